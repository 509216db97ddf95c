"""Reading the evidence: by filters, by words, or by the user's own SQL that cannot write."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from db.export import IN_TEXT, fact_object
from db.failures import code
from models.decision import Status
from models.errors import StoreError
from models.evidence import FactType

OF_STUDY = "pmid IN (SELECT pmid FROM study WHERE {})"
WITH_NAME = OF_STUDY.format("EXISTS (SELECT 1 FROM json_each(study.{}) AS one WHERE one.value = ?)")
WITH_WORDS = """pmid IN (SELECT pmid FROM record WHERE CAST(pmid AS INTEGER) IN
    (SELECT rowid FROM record_fts WHERE record_fts MATCH ?))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What facts to give; None means any. Names are canonical ones. All given filters must hold.

    `target`, `disease`, `study_type` and `min_n` (its patients) are about the fact's study; `text` holds words
    that all occur in its title or abstract. `limit`: at most so many facts.
    """

    type: FactType | None = None
    endpoint: str | None = None
    event: str | None = None
    grade: str | None = None
    target: str | None = None
    disease: str | None = None
    study_type: str | None = None
    min_n: int | None = None
    pmid: str | None = None
    status: Status | None = None
    min_confidence: float | None = None
    text: str | None = None
    limit: int | None = None


CONDITIONS = {
    "type": "type = ?",
    "endpoint": "endpoint = ?",
    "event": "event = ?",
    "grade": "grade = ?",
    "target": WITH_NAME.format("targets"),
    "disease": WITH_NAME.format("diseases"),
    "study_type": OF_STUDY.format("study_type = ?"),
    "min_n": OF_STUDY.format("study_n >= ?"),
    "pmid": "pmid = ?",
    "status": "status = ?",
    "min_confidence": "confidence >= ?",
    "text": WITH_WORDS,
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where searched words occur: a record's title or abstract, or a fact's quote (then `fact` is its id)."""

    pmid: str
    title: str
    excerpt: str
    fact: str | None = None


def query(connection: sqlite3.Connection, filters: Filters) -> Iterator[dict[str, Any]]:
    """The fact objects that pass the filters, by PMID as a number, then in the order of the text."""
    where, values = conditions(connection, filters)
    rows = connection.execute(
        f"""SELECT * FROM evidence_current WHERE {where}
        ORDER BY CAST(pmid AS INTEGER), {IN_TEXT} LIMIT ?""",  # noqa: S608
        [*values, -1 if filters.limit is None else filters.limit],
    )
    for row in rows:
        yield fact_object(row)


def conditions(connection: sqlite3.Connection, filters: Filters) -> tuple[str, list[Any]]:
    """The filters as SQL for a WHERE with its values; always true where none is given."""
    wanted, values = ["1"], []
    for name, condition in CONDITIONS.items():
        value = getattr(filters, name)
        if value is not None:
            wanted.append(condition)
            values.append(words(connection, value) if name == "text" else value)
    return " AND ".join(wanted), values


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


# What reading needs and nothing else; these pragmas only tell of tables, and FTS5 asks for data_version itself.
READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
TELLING_PRAGMAS = {"table_info", "table_xinfo", "table_list", "index_list", "index_info", "data_version"}
LONGEST_VALUE = 100_000_000  # bytes, so that one expression cannot take all memory
ROWS_AT_ONCE = 500


def sql(
    connection: sqlite3.Connection, text: str, params: Sequence[Any] | Mapping[str, Any] = (), *, seconds: float
) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """Run one reading statement on a read-only connection that is given away: closed when the rows are through.

    Gives the column names and the rows as they come. Raises StoreError for anything but reading, for SQL that does
    not run, and after `seconds` of SQLite's own time (what the caller does between rows does not count).
    """
    clock = _Clock(seconds)
    connection.row_factory = None
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    connection.set_authorizer(_only_reading)
    connection.set_progress_handler(clock.is_over, 10_000)
    try:
        with _said(clock):
            cursor = connection.execute(text, params)
            first = cursor.fetchmany(ROWS_AT_ONCE)
        if cursor.description is None:
            raise StoreError("The SQL gives no rows; write a SELECT")
    except BaseException:
        connection.close()
        raise
    return [column[0] for column in cursor.description], _rows(connection, cursor, first, clock)


def _rows(
    connection: sqlite3.Connection, cursor: sqlite3.Cursor, rows: list[tuple[Any, ...]], clock: _Clock
) -> Iterator[tuple[Any, ...]]:
    with closing(connection):
        while rows:
            yield from rows
            with _said(clock):
                rows = cursor.fetchmany(ROWS_AT_ONCE)


class _Clock:
    """Counts the time spent within SQLite."""

    def __init__(self, seconds: float) -> None:
        self.seconds = self.left = seconds
        self.ends = 0.0

    def is_over(self) -> bool:
        return time.monotonic() > self.ends

    @contextmanager
    def running(self) -> Iterator[None]:
        begun = time.monotonic()
        self.ends = begun + self.left
        try:
            yield
        finally:
            self.left -= time.monotonic() - begun


@contextmanager
def _said(clock: _Clock) -> Iterator[None]:
    try:
        with clock.running():
            yield
    except sqlite3.Error as error:
        if code(error) == sqlite3.SQLITE_INTERRUPT:
            reason = f"The query took longer than {clock.seconds:g} s; narrow it, or raise the time limit"
        elif code(error) in (sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY) or "not authorized" in str(error):
            reason = "Only reading is allowed here: write one SELECT; the evidence is changed by run and review"
        elif "one statement" in str(error):
            reason = "Only one statement at a time is allowed; leave out what follows the semicolon"
        else:
            reason = f"The SQL does not run: {error}"
        raise StoreError(reason) from error
    except sqlite3.Warning as error:  # Python 3.11's way to refuse a second statement
        raise StoreError("Only one statement at a time is allowed; leave out what follows the semicolon") from error


def _only_reading(action: int, first: str | None, second: str | None, _database: str | None, _by: str | None) -> int:
    if action in READING:
        loads_code = action == sqlite3.SQLITE_FUNCTION and second == "load_extension"
        return sqlite3.SQLITE_DENY if loads_code else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first in TELLING_PRAGMAS:
        return sqlite3.SQLITE_OK
    # How json_each and FTS5 tell SQLite of their columns; a real UPDATE of the schema is refused all the same.
    if action == sqlite3.SQLITE_UPDATE and first in ("sqlite_master", "sqlite_schema"):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
