"""What a comparison reads: all studies with what decides whether they count, and the figures that may be compared.

Plain tuples instead of models, since a comparison over 100,000 studies looks at every one of them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from db import status
from db.query import Filters, conditions
from db.records import CHOSEN
from db.rows import as_json


class Head(NamedTuple):
    """A stored record with what was read of its study; `study_type` is None before extraction. Lists as JSON."""

    pmid: str
    year: int | None
    first_author: str | None
    retracted: int
    study_type: str | None
    targets: str | None
    diseases: str | None
    study_n: int | None
    fits: int  # 1 where it passes the filters


class Candidate(NamedTuple):
    """A figure of the kind asked for, decisions applied, rejected ones left out."""

    pmid: str
    id: str
    type: str
    endpoint: str | None
    measure: str | None
    event: str | None
    grade: str | None
    n: int | None
    total: int | None
    percent: float | None
    value: float | None
    unit: str | None
    time: str | None
    ci_low: float | None
    ci_high: float | None
    ci_level: float | None
    not_reached: int | None
    absent: int | None
    qualifier: str | None
    group: str | None
    pooled: int | None
    section: str
    start: int
    end: int
    quote: str
    confidence: float
    checks: str
    status: str


class Size(NamedTuple):
    """A number of patients that may be a denominator: of the whole cohort (by role), of an arm (role 'arm'), or of
    responders (role 'responders')."""

    pmid: str
    role: str
    n: int
    confidence: float  # 1 for what a curator confirmed


class Details(NamedTuple):
    """What is needed of the studies that have a figure: whose they are, and what was said of them since."""

    title: str
    authors: tuple[str, ...]
    affiliation: str | None  # of the first author
    nct: tuple[str, ...]  # registered ones, then those of the text
    products: tuple[str, ...]
    notices: tuple[str, ...]  # kinds of notices that PubMed links: 'erratum_in', 'expression_of_concern_in' ...


OF_ALL = "n IS NOT NULL AND pooled IS NULL AND status <> 'rejected'"
FEW = 2000
EMPTY = (None, "", "[]")  # what most lists are, told apart without parsing
# Endpoints whose n is a number of responders, the usual denominator of MRD negativity and of relapse.
RESPONDERS = ("CR/CRi", "CR", "CRi", "CR/sCR", "ORR")


class ComparisonSource:
    """The database as a comparison reads it, at one moment."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def heads(self, filters: Filters) -> list[Head]:
        """Every stored record, by PMID as a number; of the filters only those on studies count."""
        where, values = conditions(self._connection, filters)
        rows = self._connection.execute(
            f"""SELECT r.pmid, r.year, json_extract(r.authors, '$[0]'), r.retracted,
              s.study_type, s.targets, s.diseases, s.study_n, r.pmid IN (SELECT pmid FROM record WHERE {where})
            FROM record AS r LEFT JOIN study AS s ON s.pmid = r.pmid
            WHERE r.state = 'stored' ORDER BY CAST(r.pmid AS INTEGER)""",  # noqa: S608
            values,
        )
        rows.row_factory = None
        return [Head._make(row) for row in rows]

    def candidates(
        self,
        *,
        type: str,
        endpoints: Sequence[str] = (),
        event: str | None = None,
        measure: str | None = None,
        pmids: Collection[str],
    ) -> dict[str, list[Candidate]]:
        """The figures of the endpoints or the event, by PMID, each study's in the order of the text.

        Of `pmids` only.
        """
        names = ", ".join(f'"{name}"' for name in Candidate._fields)
        wanted, values = ["type = ?", "status <> 'rejected'"], [type]
        if event is not None:
            wanted.append("endpoint IS NULL AND event = ?")  # as the index has it
            values.append(event)
        else:
            wanted.append(f"endpoint IN {CHOSEN}")
            values.append(as_json(list(endpoints)))
        if measure is not None:
            wanted.append("measure = ?")
            values.append(measure)
        of, chosen = _among(pmids)
        wanted.append(of)
        values += chosen
        rows = self._connection.execute(
            f"SELECT {names} FROM evidence_current WHERE {' AND '.join(wanted)}",  # noqa: S608
            values,
        )
        rows.row_factory = None
        found: dict[str, list[Candidate]] = {}
        for row in map(Candidate._make, rows):
            found.setdefault(row.pmid, []).append(row)
        for several in found.values():
            if len(several) > 1:
                several.sort(key=_in_text)
        return found

    def endpoints(self, names: Sequence[str], pmids: Collection[str]) -> dict[str, set[str]]:
        """Which of the endpoints the extractor found in each of the records, by PMID."""
        of, values = _among(pmids)
        rows = self._connection.execute(
            f"""SELECT pmid, endpoint FROM evidence
            WHERE type IN ('response', 'survival') AND endpoint IN {CHOSEN} AND {of}""",  # noqa: S608
            [as_json(list(names)), *values],
        )
        rows.row_factory = None
        found: dict[str, set[str]] = {}
        for pmid, endpoint in rows:
            found.setdefault(pmid, set()).add(endpoint)
        return found

    def sizes(self, pmids: Collection[str], *, responders: bool) -> dict[str, list[Size]]:
        """Sizes of the whole cohort and of arms, with `responders` numbers of responders too, by PMID."""
        kinds: list[tuple[str, str, list[str]]] = [
            ("role", "type = 'cohort' AND role IN ('enrolled', 'treated', 'evaluable') AND \"group\" IS NULL", []),
            ("role", "type = 'cohort' AND role = 'arm'", []),
        ]
        if responders:
            of_all = f"type = 'response' AND \"group\" IS NULL AND endpoint IN {CHOSEN}"
            kinds.append(("'responders'", of_all, [as_json(RESPONDERS)]))
        of, values = _among(pmids)
        rows = self._connection.execute(
            " UNION ALL ".join(
                f"""SELECT pmid, {role}, n, iif(status = 'unreviewed', confidence, 1.0)
                FROM evidence_current WHERE {which} AND {OF_ALL} AND {of}"""  # noqa: S608
                for role, which, _ in kinds
            ),
            [value for _, _, given in kinds for value in (*given, *values)],
        )
        rows.row_factory = None
        found: dict[str, list[Size]] = {}
        for row in map(Size._make, rows):
            found.setdefault(row.pmid, []).append(row)
        return found

    def details(self, pmids: Iterable[str]) -> dict[str, Details]:
        """Authors, centre, registrations, products and notices of the records, by PMID."""
        rows = self._connection.execute(
            f"""SELECT r.pmid, r.title, r.authors, json_extract(r.affiliations, '$[0]'), r.nct, s.nct, s.products,
              r.links
            FROM record AS r LEFT JOIN study AS s ON s.pmid = r.pmid WHERE r.pmid IN {CHOSEN}""",  # noqa: S608
            (as_json(list(pmids)),),
        )
        rows.row_factory = None
        return {
            pmid: Details(
                title,
                _texts(authors),
                affiliation,
                tuple(dict.fromkeys(_texts(registered) + _texts(told))),
                _texts(products),
                () if links in EMPTY else tuple(dict.fromkeys(link["kind"] for link in json.loads(links))),
            )
            for pmid, title, authors, affiliation, registered, told, products, links in rows
        }

    def states(self) -> dict[str, int]:
        """How many of the PMIDs ever asked for are stored, deleted, missing, a book, or failed."""
        return status.records_by_state(self._connection)


def _among(pmids: Collection[str]) -> tuple[str, list[str]]:
    """That the PMID is one of these: few are looked up by PMID, of many the index on what is measured finds more."""
    return f"{'' if len(pmids) <= FEW else '+'}pmid IN {CHOSEN}", [as_json(list(pmids))]


def _in_text(found: Candidate) -> tuple[bool, int]:
    """The order of the text: title before abstract, then by place."""
    return found.section != "TITLE", found.start


def _texts(value: str | None) -> tuple[str, ...]:
    return () if value in EMPTY else tuple(json.loads(value or "[]"))
