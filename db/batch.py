"""Writing many rows as one statement."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from db.rows import Row


def insert_all(
    connection: sqlite3.Connection,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    update: str | None = None,
) -> None:
    """Insert whole rows; with `update` (the key column) a row in the way is changed instead.

    The rows go through a temporary table, since FTS5 writes its index out after each statement that touches it: one
    statement for the batch is several times faster than one for each row.
    """
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join("?" * len(columns))
    changes = ", ".join(f'"{column}" = excluded."{column}"' for column in columns if column != update)
    in_the_way = f"ON CONFLICT ({update}) DO UPDATE SET {changes}" if update else ""
    connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS new_{table} AS SELECT {names} FROM {table} WHERE 0")  # noqa: S608
    connection.executemany(f"INSERT INTO temp.new_{table} ({names}) VALUES ({marks})", rows)  # noqa: S608
    connection.execute(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM temp.new_{table} WHERE true {in_the_way}"  # noqa: S608
    )
    connection.execute(f"DELETE FROM temp.new_{table}")  # noqa: S608
