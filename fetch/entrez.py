"""PubMed through Entrez: records by PMID, PMIDs by query. Every asked PMID is accounted for."""

from __future__ import annotations

import io
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from lxml import etree

from fetch import pubmed_xml
from fetch.eutils import Eutils, NothingThere, Unreachable, Unusable
from fetch.pmids import PMID
from models.errors import EntrezError, SourceError
from models.outcome import Fetched, NotStored, Outcome

NCBI = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"

_PIECE = 20  # PMIDs asked together once a whole batch has failed
_PATIENCE = 6  # requests that fail for good, one after the other, before the service counts as down
_SEARCH_LIMIT = 9_999  # records PubMed gives out for one query
_SEARCH_PAGE = 2_500
_FIRST_DAY = date(1700, 1, 1)


@dataclass(frozen=True, slots=True)
class _Slice:
    """A query within a range of days, both included; `field` is PubMed's name of the date."""

    query: str
    field: str = "edat"
    first: date | None = None
    last: date | None = None

    @property
    def params(self) -> dict[str, str]:
        if self.first is None or self.last is None:
            return {"term": self.query}
        days = {"mindate": f"{self.first:%Y/%m/%d}", "maxdate": f"{self.last:%Y/%m/%d}"}
        return {"term": self.query, "datetype": self.field, **days}

    def split(self) -> tuple[_Slice, ...]:
        """Two halves; of a single day of entry all days of publication; of a single day of those, nothing."""
        if self.first is None or self.last is None:
            # Publication dates may lie ahead; a year or two is what journals do.
            return (_Slice(self.query, self.field, _FIRST_DAY, date.today() + timedelta(days=800)),)
        if self.first < self.last:
            middle = self.first + (self.last - self.first) // 2
            return (
                _Slice(self.query, self.field, self.first, middle),
                _Slice(self.query, self.field, middle + timedelta(days=1), self.last),
            )
        if self.field == "edat":
            return _Slice(f"({self.query}) AND {self.first:%Y/%m/%d}[edat]", "pdat").split()
        return ()


@dataclass(frozen=True, slots=True)
class _Hits:
    count: int
    pmids: list[str]
    history: dict[str, str]


class Entrez:
    """PubMed at NCBI, or at a mirror that speaks E-utilities.

    `email`, `api_key` and `base_url` come from NCBI_EMAIL, NCBI_API_KEY and CARTEVIDENCE_ENTREZ_URL where not
    given. `retries` counts the tries after the first; time limits are in seconds. Further options go to
    `Eutils` (`pace`, `sleep`, `jitter`, `first_wait`). Raises EntrezError for an address that is none.
    """

    def __init__(
        self,
        *,
        email: str | None = None,
        api_key: str | None = None,
        base_url: str | None = None,
        tool: str = "cartevidence",
        batch_size: int = 200,
        retries: int = 5,
        connect_timeout: float = 10.0,
        read_timeout: float = 30.0,
        **waiting: Any,
    ) -> None:
        if batch_size < 1:
            raise EntrezError(f"batch_size must be at least 1, not {batch_size}.")
        self._batch_size = batch_size
        self._eutils = Eutils(
            base_url=base_url or _setting("CARTEVIDENCE_ENTREZ_URL") or NCBI,
            email=email or _setting("NCBI_EMAIL"),
            api_key=api_key or _setting("NCBI_API_KEY"),
            tool=tool,
            retries=retries,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            **waiting,
        )

    def fetch(self, pmids: Sequence[str]) -> Iterator[list[Outcome]]:
        """Fetch records; each asked PMID appears exactly once, as Fetched or NotStored.

        Yields a list per finished batch, then lists for the PMIDs that had to be asked again singly. What a
        batch's answer lacks is asked singly before it is `missing`. A batch that fails for good is asked in
        smaller pieces, then singly. When the service proves unreachable, the rest is `failed` at once.
        """
        asked = dict.fromkeys(pmids)
        wrong = [NotStored(word, "failed", f"{word!r} is not a PMID.") for word in asked if not PMID.fullmatch(word)]
        if wrong:
            yield list(wrong)
        waiting = deque(_batches([word for word in asked if PMID.fullmatch(word)], self._batch_size))
        absent: list[str] = []
        failures = 0  # in a row
        while waiting:
            batch = waiting.popleft()
            try:
                # While PubMed is failing, each further question gets one retry only.
                found = self._records(batch, retries=1 if failures else None)
            except EntrezError as error:
                failures += 1
                if isinstance(error, Unreachable) or failures >= _PATIENCE:
                    rest = [*batch, *(pmid for later in waiting for pmid in later), *absent]
                    reason = f"{str(error).rstrip('.')}; run again to fetch it."
                    yield [NotStored(pmid, "failed", reason) for pmid in rest]
                    return
                if len(batch) == 1:
                    yield [NotStored(batch[0], "failed", str(error))]
                else:
                    waiting.extend(_batches(batch, _PIECE if len(batch) > _PIECE else 1))
            else:
                failures = 0
                if len(batch) == 1:
                    yield [found.get(batch[0]) or _missing(batch[0])]
                else:
                    again = [pmid for pmid in batch if pmid not in found or _is_failed(found[pmid])]
                    absent.extend(again)
                    settled = [found[pmid] for pmid in batch if pmid not in set(again)]
                    if settled:
                        yield list(settled)
            if not waiting and absent:
                waiting.extend([pmid] for pmid in absent)
                absent = []

    def search(self, query: str) -> Iterator[list[str]]:
        """PMIDs that match a PubMed query, in lists, none twice.

        Results are kept on PubMed's history server while they are read. A query with more than 9,999 hits is
        split by date of entry. Raises EntrezError when PubMed fails or the query is empty.
        """
        seen: set[str] = set()
        slices = [_Slice(query)]
        while slices:
            part = slices.pop()
            hits = self._hits(part, retmax=_SEARCH_PAGE)
            if hits.count > _SEARCH_LIMIT:
                halves = part.split()
                if not halves:
                    raise EntrezError(f"More than 9,999 records of one day match {query!r}; narrow the query.")
                slices.extend(reversed(halves))
                continue
            for page in self._pages(part, hits):
                new = [pmid for pmid in dict.fromkeys(page) if pmid not in seen]
                seen.update(new)
                if new:
                    yield new

    def count(self, query: str) -> int:
        """How many records match a PubMed query."""
        return self._hits(_Slice(query), retmax=0).count

    def _records(self, pmids: Sequence[str], *, retries: int | None) -> dict[str, Fetched | NotStored]:
        """What one request gives for `pmids`, by PMID; the newest version of each."""

        def read(body: bytes) -> dict[str, Fetched | NotStored]:
            wanted, others = set(pmids), set()
            found: dict[str, Fetched | NotStored] = {}
            try:
                for outcome in pubmed_xml.outcomes(io.BytesIO(body), "Entrez", fetched=datetime.now(UTC)):
                    pmid = outcome.record.pmid if isinstance(outcome, Fetched) else outcome.pmid
                    if pmid in wanted and isinstance(outcome, (Fetched, NotStored)):
                        found[pmid] = _newer(found.get(pmid), outcome)
                    else:
                        others.add(pmid)
            except SourceError as error:
                raise Unusable(str(error)) from None
            if others and not found:
                raise Unusable("PubMed answered with records that were not asked for")
            return found

        try:
            return self._eutils.ask("efetch", read, {"id": ",".join(pmids), "retmode": "xml"}, retries=retries)
        except NothingThere:
            return {}

    def _pages(self, part: _Slice, hits: _Hits) -> Iterator[list[str]]:
        yield hits.pmids
        got, history = len(hits.pmids), hits.history
        while got < hits.count:
            try:
                page = self._hits(part, retstart=got, retmax=_SEARCH_PAGE, **history)
            except Unreachable:
                raise
            except EntrezError:
                if not history:
                    raise
                history = {}  # PubMed forgot this history; the query itself still stands
                continue
            if not page.pmids:
                raise EntrezError(f"PubMed gave only {got} of the {hits.count} PMIDs it found; run again.")
            got += len(page.pmids)
            yield page.pmids

    def _hits(self, part: _Slice, **params: str | int) -> _Hits:
        if not part.query.strip():
            raise EntrezError("The search query is empty; give PubMed search terms.")
        asked: dict[str, str | int] = {"usehistory": "y", "retmode": "xml", **part.params, **params}
        return self._eutils.ask("esearch", _search_result, asked)


def _setting(name: str) -> str | None:
    return os.environ.get(name, "").strip() or None


def _batches(pmids: Sequence[str], size: int) -> Iterable[list[str]]:
    return (list(pmids[start : start + size]) for start in range(0, len(pmids), size))


def _missing(pmid: str) -> NotStored:
    return NotStored(pmid, "missing", "PubMed has no record with this PMID.")


def _is_failed(outcome: Fetched | NotStored) -> bool:
    return isinstance(outcome, NotStored) and outcome.state == "failed"


def _newer(known: Fetched | NotStored | None, other: Fetched | NotStored) -> Fetched | NotStored:
    """The higher version of a record; of equal versions the later; a record rather than none."""
    if not isinstance(known, Fetched):
        return other
    if not isinstance(other, Fetched):
        return known
    return other if other.record.version >= known.record.version else known


def _search_result(body: bytes) -> _Hits:
    """Read an esearch answer; raises Unusable if it is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise Unusable("PubMed's answer to the search was cut off or damaged.") from None
    pmids = [(node.text or "").strip() for node in root.iterfind("IdList/Id")]
    count = root.findtext("Count", "").strip()
    if root.tag != "eSearchResult" or not count.isdecimal() or not all(map(PMID.fullmatch, pmids)):
        said = root.findtext(".//ERROR") or root.tag
        raise Unusable(f"PubMed's answer to the search is not usable: {said[:160]}.")
    web_env, query_key = root.findtext("WebEnv"), root.findtext("QueryKey")
    return _Hits(int(count), pmids, {"WebEnv": web_env, "query_key": query_key} if web_env and query_key else {})
