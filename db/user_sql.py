"""The user's own SQL: one statement, which can read and nothing else, within a time limit."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from db.failures import code
from models.errors import StoreError

# What reading needs and nothing else; these pragmas only tell of tables, and FTS5 asks for data_version itself.
READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
TELLING_PRAGMAS = {
    "table_info", "table_xinfo", "table_list", "index_list", "index_info", "data_version", "foreign_key_list",
    "database_list",
}  # fmt: skip
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
    connection.set_authorizer(only_reading)
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


def only_reading(action: int, first: str | None, second: str | None, _database: str | None, _by: str | None) -> int:
    """An authorizer for `set_authorizer`: reading and asking for what tables there are; nothing else."""
    if action in READING:
        loads_code = action == sqlite3.SQLITE_FUNCTION and second == "load_extension"
        return sqlite3.SQLITE_DENY if loads_code else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and (first in TELLING_PRAGMAS or (first == "schema_version" and second is None)):
        return sqlite3.SQLITE_OK
    # How json_each and FTS5 tell SQLite of their columns; a real UPDATE of the schema is refused all the same.
    if action == sqlite3.SQLITE_UPDATE and first in ("sqlite_master", "sqlite_schema"):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
