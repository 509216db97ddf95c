"""The desk: what one curator sees of a study, and does with it. Opened for a page or an act, closed after it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, Self

from cartevidence import wording
from cartevidence.review import acts
from cartevidence.review.desk_types import DeskStudy, Entry, Need, QueueItem
from cartevidence.review.live_check import failed_checks, largest_cohort
from cartevidence.review.study import desk_study
from cartevidence.review.values import added, corrected
from db.query import Filters
from db.reviewing import NEEDS, Asked, Review, deciding, reading
from db.standing import StoredFact
from models.decision import Decision
from models.errors import InvalidData, Stale, StoreError
from models.evidence import Fact, fact_from
from models.names import label
from models.record import Record
from models.vocabulary import vocabulary

LOW = 0.6  # facts with less confidence need eyes before the rest
LONGEST_NAME = 60


class Desk:
    """One curator at one database. Use it as a context manager, within one thread.

    Every act names the last decision that its curator saw (`seen`, from DeskFact.seen) and is one transaction: all of
    it is stored, or nothing. It gives the study as it stands afterwards. Raises Stale when another decision came
    between, Busy when another program keeps the file for `wait` seconds, InvalidData naming the field for values that
    do not fit, StoreError for a study or fact that is not there.
    """

    def __init__(self, path: str | PathLike[str], curator: str, *, wait: float = 3.0) -> None:
        self.path = Path(path)
        self.curator = curator_name(curator)
        self._wait = wait
        self._open = ExitStack()
        self._review: Review

    def __enter__(self) -> Self:
        self._look()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    # Reading

    def queue(
        self,
        *,
        need: Need | None = None,
        target: str | None = None,
        disease: str | None = None,
        search: str | None = None,
        mine: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[list[QueueItem], int]:
        """A page of the studies, what needs eyes first before the rest, then by PMID; and how many there are.

        Names of targets and diseases may be typed as in papers; a disease takes in narrower ones. `search`: words of
        title or abstract, or a PMID; `mine`: only studies assigned to this curator.
        """
        asked = self._asked(need=need, filters=_filters(target, disease, search), mine=mine)
        rows, total = self._review.queue(asked, limit=limit, offset=offset)
        return [_item(row) for row in rows], total

    def progress(self) -> dict[str, int]:
        """`studies`, `facts`, `decided` (facts), and by need how many studies have it."""
        return self._review.progress(self._asked())

    def study(self, pmid: str) -> DeskStudy:
        """A study as this curator may see it. Raises StoreError for one that is not stored."""
        record = self._record(pmid)
        previous, following = self._review.beside(pmid, self._asked())
        return desk_study(
            record,
            self._review.study(pmid),
            self._review.facts(pmid),
            same_trial=self._review.same_trial(pmid),
            beside=(previous, following),
        )

    def history(self, pmid: str) -> list[Entry]:
        """Every decision on a study, the newest first. Raises StoreError for a study that is not stored."""
        self._record(pmid)
        return [_entry(row) for row in self._review.history(pmid)]

    # Acts

    def accept(self, pmid: str, fact_id: str, *, seen: int | None) -> DeskStudy:
        """The fact is right as it stands; of one that calls for attention: it stays as decided."""
        return self._act(pmid, fact_id, seen, lambda stored, _: acts.accept(stored, self.curator))

    def correct(
        self, pmid: str, fact_id: str, values: Mapping[str, Any], *, seen: int | None, reason: str = ""
    ) -> DeskStudy:
        """The fact is there, but with these values: those that differ, None for one that the text does not give."""

        def decision(stored: StoredFact, facts: Sequence[StoredFact]) -> Decision:
            return acts.correct(stored, self._corrected(stored, facts, values), self.curator, reason)

        return self._act(pmid, fact_id, seen, decision)

    def reject(self, pmid: str, fact_id: str, *, seen: int | None, reason: str) -> DeskStudy:
        """The text does not say this; a reason is required."""
        return self._act(pmid, fact_id, seen, lambda stored, _: acts.reject(stored, self.curator, reason))

    def add(self, pmid: str, *, type: str, section: str, start: int, end: int, values: Mapping[str, Any]) -> DeskStudy:
        """The text says this too: a fact of the selected words, which count in the title or the abstract."""
        with self._deciding() as review:
            record, facts = _stored(review, pmid), review.facts(pmid)
            fact = added(record, type, section, start, end, values)
            cohort = largest_cohort((stored.fact for stored in facts), review.study(pmid))
            fact = fact.model_copy(update={"checks": failed_checks(fact, cohort)})
            if any(stored.fact.values == fact.values and _same_words(stored.fact, fact) for stored in _upheld(facts)):
                raise StoreError("This fact is there already; accept or correct it instead")
            review.decide(acts.add(fact, self.curator), review.last_decision(fact.statement))
        return self._after(pmid)

    def undo(self, pmid: str, fact_id: str | None = None, *, seen: int | None = None) -> DeskStudy:
        """Take back the decision that stands on a fact; without `fact_id` this curator's last one on the study.

        What stood before that decision stands again.
        """
        with self._deciding() as review:
            facts = review.facts(pmid)
            if fact_id is None:
                mine = [stored for stored in facts if stored.curator == self.curator and stored.decision is not None]
                if not mine:
                    raise StoreError("There is nothing of yours to undo on this study")
                last = max(mine, key=lambda stored: stored.decision or 0)
                review.decide(acts.undo(last, self.curator), last.last_decision if seen is None else seen)
            else:
                stored = _found(facts, fact_id, decided=True)
                review.decide(acts.undo(stored, self.curator), seen)
        return self._after(pmid)

    def accept_all(self, pmid: str, *, seen: Mapping[str, int | None]) -> DeskStudy:
        """Accept the facts in `seen` that are undecided, pass all checks and call for no look by themselves."""
        with self._deciding() as review:
            by_hand: dict[str, int] = {}  # a statement may have several facts, each decision on it is its last then
            for stored in review.facts(pmid):
                if stored.id in seen and acts.confirmable(stored):
                    last = by_hand.get(stored.statement, seen[stored.id])
                    by_hand[stored.statement] = review.decide(acts.accept(stored, self.curator), last)
                elif stored.id in seen and stored.last_decision != seen[stored.id]:
                    raise Stale(
                        f"{wording.sentence(stored.fact)} was decided meanwhile by {stored.curator}; look at it again"
                    )
        return self._after(pmid)

    def _act(
        self,
        pmid: str,
        fact_id: str,
        seen: int | None,
        decision: Callable[[StoredFact, Sequence[StoredFact]], Decision],
    ) -> DeskStudy:
        with self._deciding() as review:
            facts = review.facts(pmid)
            review.decide(decision(_found(facts, fact_id), facts), seen)
        return self._after(pmid)

    def _corrected(self, stored: StoredFact, facts: Sequence[StoredFact], given: Mapping[str, Any]) -> Fact:
        fact = corrected(stored.fact, given)
        others = (other.fact for other in facts if other is not stored)
        cohort = largest_cohort((*others, fact), self._review.study(fact.pmid))
        return fact.model_copy(update={"checks": failed_checks(fact, cohort, stored.fact)})

    # The file

    def _look(self) -> None:
        """See the database as it is now."""
        self._open.close()
        self._review = self._open.enter_context(reading(self.path, wait=self._wait))

    @contextmanager
    def _deciding(self) -> Iterator[Review]:
        with deciding(self.path, wait=self._wait) as review:
            yield review

    def _after(self, pmid: str) -> DeskStudy:
        self._look()
        return self.study(pmid)

    def _record(self, pmid: str) -> Record:
        return _stored(self._review, pmid)

    def _asked(self, *, need: Need | None = None, filters: Filters | None = None, mine: bool = False) -> Asked:
        return Asked(
            low=LOW,
            need=None if need is None else NEEDS.index(need),
            filters=filters or Filters(),
            only=[] if mine else None,
        )


def curator_name(name: str) -> str:
    """A curator's name as it is stored. Raises InvalidData for an empty or overlong one, or one that means a pair."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidData(f"curator: give a name of 1 to {LONGEST_NAME} characters")
    if " + " in name:
        raise InvalidData("curator: ' + ' stands between the two of a pair; choose another name")
    return name


def _stored(review: Review, pmid: str) -> Record:
    record = review.record(pmid)
    if record is None:
        raise StoreError(f"There is no study with PMID {pmid} in this database; ask for it with cartevidence run")
    return record


def _found(facts: Sequence[StoredFact], fact_id: str, *, decided: bool = False) -> StoredFact:
    """The fact of that id. Where a decided one and one found since have the same, the undecided is meant by default."""
    same = [stored for stored in facts if stored.id == fact_id]
    if not same:
        raise Stale("This fact is not there any more: it was undone or extracted anew; look at the study again")
    return next((stored for stored in same if (stored.decision is not None) == decided), same[0])


def _upheld(facts: Sequence[StoredFact]) -> list[StoredFact]:
    return [stored for stored in facts if stored.status != "rejected"]


def _same_words(one: Fact, other: Fact) -> bool:
    same_text = one.text_hash == other.text_hash and (one.section == "TITLE") == (other.section == "TITLE")
    return same_text and one.start < other.end and other.start < one.end


def _filters(target: str | None, disease: str | None, search: str | None) -> Filters:
    """Names as they are stored; a name that is not known is kept."""
    search = (search or "").strip()
    by_number = search.isdigit()
    if disease:
        disease = vocabulary("diseases").canonical(disease) or disease
    return Filters(
        target=(vocabulary("targets").canonical(target) or target) if target else None,
        disease=(disease, *vocabulary("diseases").narrower(disease)) if disease else None,
        pmid=search if by_number else None,
        text=search if search and not by_number else None,
    )


def _item(row: Mapping[str, Any]) -> QueueItem:
    plain = ("pmid", "title", "year", "study_type", "facts", "decided", "mode")
    return QueueItem(
        **{name: row[name] for name in plain},
        label=label(json.loads(row["authors"]), row["year"], row["pmid"]),
        targets=tuple(json.loads(row["targets"] or "[]")),
        diseases=tuple(json.loads(row["diseases"] or "[]")),
        retracted=bool(row["retracted"]),
        failed_checks=row["failed"],
        lowest_confidence=row["lowest"],
        need=NEEDS[row["need"]],
    )


def _entry(row: Mapping[str, Any]) -> Entry:
    def words(given: str | None) -> str | None:
        return None if given is None else wording.sentence(fact_from(json.loads(given)))

    return Entry(
        id=row["id"],
        at=row["at"],
        curator=row["curator"],
        act=row["action"],
        before=words(row["before"]),
        after=words(row["after"]),
        reason=row["reason"],
        extractor_version=row["extractor_version"],
        text_hash=row["text_hash"],
        undone=bool(row["undone"]),
        fact=row["fact"] or "",
    )
