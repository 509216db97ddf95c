"""Reading the evidence: by filters and by words.

Facts come by PMID as a number, each study's in the order of the text. What is asked decides the way that SQLite takes
to them, so that a few of a million come at once: see `_undecided`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from db.export import fact_object
from db.rows import as_json
from models.decision import Status
from models.errors import StoreError
from models.evidence import FactType

Names = str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What facts to give; None means any. Names are canonical ones; of a tuple any. All given filters must hold.

    `target`, `disease`, `study_type` and `min_n` (its patients) are about the fact's study; `text` holds words
    that all occur in its title or abstract, `quote` words of the fact's quote. `limit`: at most so many facts.
    """

    type: FactType | None = None
    endpoint: str | None = None
    event: str | None = None
    grade: str | None = None
    target: Names | None = None
    disease: Names | None = None
    study_type: str | None = None
    min_n: int | None = None
    pmid: str | None = None
    status: Status | None = None
    min_confidence: float | None = None
    text: str | None = None
    quote: str | None = None
    limit: int | None = None


# What a filter says of the fact's study, of its record, of the fact. '+' tells SQLite that no index serves: a type
# has so many facts that it is faster to go through them in their order. The types that an endpoint and an event imply
# are given so that the index on types leads to them.
AMONG = "EXISTS (SELECT 1 FROM json_each(study.{}) AS one WHERE one.value IN (SELECT value FROM json_each(?)))"
OF_STUDY = {
    "target": AMONG.format("targets"),
    "disease": AMONG.format("diseases"),
    "study_type": "study.study_type = ?",
    "min_n": "study.study_n >= ?",
}
WITH_WORDS = "CAST({}pmid AS INTEGER) IN (SELECT rowid FROM record_fts WHERE record_fts MATCH ?)"
OF_FACT = {
    "type": "+type = ?",
    "endpoint": "type IN ('response', 'survival') AND endpoint = ?",
    "event": "type = 'toxicity' AND endpoint IS NULL AND event = ?",
    "grade": "grade = ?",
    "pmid": "pmid = ?",
    "status": "status = ?",
    "min_confidence": "confidence >= ?",
    "quote": """id IN (SELECT id FROM evidence
        WHERE number IN (SELECT rowid FROM evidence_fts WHERE evidence_fts MATCH ?)
        UNION ALL SELECT value FROM json_each(?))""",
}
SELECTIVE = ("endpoint", "event", "grade", "pmid", "quote")  # an index leads to few facts
Condition = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where searched words occur: a record's title or abstract, or a fact's quote (then `fact` is its id)."""

    pmid: str
    title: str
    excerpt: str
    fact: str | None = None


def query(connection: sqlite3.Connection, filters: Filters) -> Iterator[dict[str, Any]]:
    """The fact objects that pass the filters, by PMID as a number, then in the order of the text."""
    sql, values = _statement(connection, filters)
    for row in connection.execute(sql, values):
        yield fact_object(row)


def plan(connection: sqlite3.Connection, filters: Filters) -> list[str]:
    """How SQLite goes about it: the steps of its query plan."""
    sql, values = _statement(connection, filters)
    return [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]


def _statement(connection: sqlite3.Connection, filters: Filters) -> Condition:
    arms = [
        (f"SELECT e.*, {number} AS number, e.section <> 'TITLE' AS below {source}", values)
        for number, source, values in _arms(connection, filters)
    ]
    return (
        f"""{" UNION ALL ".join(sql for sql, _ in arms)} ORDER BY number, below, start, "end", id LIMIT ?""",
        [*(value for _, values in arms for value in values), -1 if filters.limit is None else filters.limit],
    )


def count(connection: sqlite3.Connection, filters: Filters) -> int:
    """How many facts pass the filters, whatever the limit."""
    return sum(
        connection.execute(f"SELECT count(*) {source}", values).fetchone()[0]
        for _, source, values in _arms(connection, filters)
    )


def conditions(connection: sqlite3.Connection, filters: Filters) -> Condition:
    """The filters as SQL for the WHERE of anything with the columns asked for and `pmid`; true where none is given."""
    return _joined([*_of_fact(connection, filters), *_of_study(connection, filters)])


def _arms(connection: sqlite3.Connection, filters: Filters) -> list[tuple[str, str, list[Any]]]:
    """The halves of the evidence that can have what is asked for: the PMID as a number, FROM and WHERE, values."""
    arms = []
    if filters.status in (None, "unreviewed"):
        arms.append(_undecided(connection, filters))
    if filters.status != "unreviewed":
        where, values = conditions(connection, filters)
        arms.append(("CAST(e.pmid AS INTEGER)", f"FROM evidence_decided AS e WHERE {where}", values))
    return arms


def _undecided(connection: sqlite3.Connection, filters: Filters) -> tuple[str, str, list[Any]]:
    """Facts without a decision: those an index leads to, sorted; else study by study, or all, in their order."""
    of_study = _about_study(connection, filters)
    if of_study and not any(getattr(filters, name) is not None for name in SELECTIVE):
        where, values = _joined([*of_study, *_of_fact(connection, filters)])
        return (
            "CAST(study.pmid AS INTEGER)",
            f"FROM study CROSS JOIN evidence_undecided AS e ON e.pmid = study.pmid WHERE {where}",
            values,
        )
    where, values = conditions(connection, filters)
    return "CAST(e.pmid AS INTEGER)", f"FROM evidence_undecided AS e WHERE {where}", values


def _of_fact(connection: sqlite3.Connection, filters: Filters) -> list[Condition]:
    given = []
    for name, condition in OF_FACT.items():
        value = getattr(filters, name)
        if value is None:
            continue
        if name == "quote":
            search = words(connection, value)
            given.append((condition, [search, as_json(_decided_with(connection, search))]))
        else:
            given.append((condition, [value]))
    return given


def _about_study(connection: sqlite3.Connection, filters: Filters) -> list[Condition]:
    """The filters that are about the study, for a row of `study`."""
    given: list[Condition] = []
    for name, condition in OF_STUDY.items():
        value = getattr(filters, name)
        if value is not None and name in ("target", "disease"):
            value = as_json([value] if isinstance(value, str) else value)
        if value is not None:
            given.append((condition, [value]))
    if filters.text is not None:
        given.append((WITH_WORDS.format("study."), [words(connection, filters.text)]))
    return given


def _of_study(connection: sqlite3.Connection, filters: Filters) -> list[Condition]:
    """The same for any row with a `pmid`; words are looked for in records that were not extracted too."""
    given = [condition for condition in _about_study(connection, filters) if "record_fts" not in condition[0]]
    where, values = _joined(given)
    found: list[Condition] = [(f"pmid IN (SELECT pmid FROM study WHERE {where})", values)] if given else []  # noqa: S608
    if filters.text is not None:
        found.append((WITH_WORDS.format(""), [words(connection, filters.text)]))
    return found


def _joined(given: list[Condition]) -> Condition:
    return " AND ".join(["1", *(sql for sql, _ in given)]), [value for _, values in given for value in values]


def _decided_with(connection: sqlite3.Connection, search: str) -> list[str]:
    """Ids of decided facts with the words in their quotes: what a curator added is not in the index of quotes."""
    with closing(sqlite3.connect(":memory:")) as index:
        index.execute("CREATE VIRTUAL TABLE quotes USING fts5 (id UNINDEXED, quote)")
        decided = connection.execute("SELECT id, quote FROM evidence_decided")
        index.executemany("INSERT INTO quotes VALUES (?, ?)", (tuple(row) for row in decided))
        return [id for (id,) in index.execute("SELECT id FROM quotes WHERE quotes MATCH ?", (search,))]


def words(connection: sqlite3.Connection, text: str) -> str:
    """A search that takes every word as it is ('B-ALL', 'AND'); words in double quotes stay together."""
    search: str = Database(connection, recursive_triggers=False, execute_plugins=False).quote_fts(text)
    if not search:
        raise StoreError("The search is empty; give at least one word")
    return search


def search_text(connection: sqlite3.Connection, text: str, limit: int) -> list[Hit]:
    """Where the words occur, best first: records, then quotes. At most `limit` of each."""
    search = words(connection, text)
    records = connection.execute(
        """SELECT r.pmid, r.title, snippet(record_fts, -1, '', '', '…', 24) AS excerpt
        FROM record_fts JOIN record AS r ON CAST(r.pmid AS INTEGER) = record_fts.rowid
        WHERE record_fts MATCH ? AND r.state = 'stored' ORDER BY record_fts.rank, record_fts.rowid LIMIT ?""",
        (search, limit),
    )
    quotes = connection.execute(
        """SELECT r.pmid, r.title, e.quote AS excerpt, e.id
        FROM evidence_fts JOIN evidence AS e ON e.number = evidence_fts.rowid JOIN record AS r ON r.pmid = e.pmid
        WHERE evidence_fts MATCH ? ORDER BY evidence_fts.rank, evidence_fts.rowid LIMIT ?""",
        (search, limit),
    )
    return [Hit(*row) for row in records] + [Hit(*row) for row in quotes]
