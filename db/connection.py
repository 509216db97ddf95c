"""Opening the database file: is it there, is it ours, may we, and how SQLite is set."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from db.failures import clear_errors, code
from db.migrations import APPLICATION_ID, LATEST, migrate
from models.errors import StoreError

HEADER = b"SQLite format 3\x00"


class Schema(NamedTuple):
    """What a file of ours carries: its kind, the number of its latest schema, how an older one gets there."""

    application_id: int
    latest: int
    migrate: Callable[[sqlite3.Connection, int], None]


def evidence_schema() -> Schema:
    """The schema of an evidence database."""
    return Schema(APPLICATION_ID, LATEST, migrate)


def open_for_writing(path: Path, *, create: bool, wait: float, schema: Schema | None = None) -> sqlite3.Connection:
    """Open, make or migrate the database; raises StoreError. `wait`: seconds to wait for another writer."""
    schema = schema or evidence_schema()
    _check_file(path, needed=not create)
    with clear_errors(path):
        connection, version = _connect(path, "rwc" if create else "rw", wait, schema, new_is_fine=True)
        try:
            _use_log(connection, wait)
            if version < schema.latest:
                with writing(connection):
                    # Asked again under the lock: another process may have migrated meanwhile.
                    schema.migrate(connection, _check_ours(connection, path, schema, new_is_fine=True))
        except BaseException:
            connection.close()
            raise
    return connection


def open_for_reading(path: Path, *, wait: float, schema: Schema | None = None) -> sqlite3.Connection:
    """Open an existing database so that nothing can be written through it; raises StoreError."""
    schema = schema or evidence_schema()
    _check_file(path, needed=True)
    with clear_errors(path):
        try:
            connection, version = _connect(path, "ro", wait, schema, new_is_fine=False)
        except sqlite3.OperationalError as error:
            if code(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) or _has_log(path):
                raise
            # A folder in which SQLite may not make its -shm file (an archive, a disc): with no write-ahead log
            # beside it the file is complete, so it can be read as unchanging.
            connection, version = _connect(path, "ro&immutable=1", wait, schema, new_is_fine=False)
    if version < schema.latest:
        connection.close()
        raise StoreError(f"{path} was made by an older version; open it for writing once (cartevidence extract)")
    connection.execute("PRAGMA query_only = ON")
    return connection


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction: all of the block is stored, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk makes SQLite roll back by itself; then there is nothing left to roll back.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _connect(
    path: Path, mode: str, wait: float, schema: Schema, *, new_is_fine: bool
) -> tuple[sqlite3.Connection, int]:
    """A connection to a file that is ours, and the schema's number."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=wait, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        version = _check_ours(connection, path, schema, new_is_fine=new_is_fine)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -65536")  # 64 MiB: random index pages stay in memory
    except BaseException:
        connection.close()
        raise
    return connection, version


def _use_log(connection: sqlite3.Connection, wait: float) -> None:
    """Have SQLite write ahead to a log (WAL), so that readers and a writer do not wait for each other."""
    until = time.monotonic() + wait
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # Here SQLite does not wait by itself for another process that is just opening the file too.
            if code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _check_file(path: Path, *, needed: bool) -> None:
    """Refuse what SQLite would answer vaguely, or only after touching it."""
    with clear_errors(path):
        if path.is_dir():
            raise StoreError(f"{path} is a folder; name a file for the database")
        if not path.exists():
            if needed:
                raise StoreError(f"{path} does not exist; check the name, or make it with cartevidence run")
            if not path.absolute().parent.is_dir():
                raise StoreError(f"The folder {path.parent} does not exist; make it, or choose another one")
            return
        with path.open("rb") as file:
            start = file.read(len(HEADER))
    if not start and needed:
        raise StoreError(f"{path} is an empty file; make the database with cartevidence run")
    if start and start != HEADER:
        raise StoreError(f"{path} is not a database of cartevidence; choose another file for it")


def _check_ours(connection: sqlite3.Connection, path: Path, schema: Schema, *, new_is_fine: bool) -> int:
    """The schema's number (0: still empty); refuses another program's file and a newer one."""
    # One statement sees one state of the file, also while another process is just making the tables.
    application, version, tables = connection.execute(
        """SELECT application_id, user_version, EXISTS (SELECT 1 FROM sqlite_master)
        FROM pragma_application_id, pragma_user_version"""
    ).fetchone()
    if application != schema.application_id:
        if (application, version, tables) == (0, 0, 0) and new_is_fine:
            return 0
        raise StoreError(f"{path} is a database of another program; choose another file for cartevidence")
    if version > schema.latest:
        raise StoreError(
            f"{path} was made by a newer cartevidence (schema {version}, this one knows {schema.latest}); "
            "update cartevidence"
        )
    return int(version)


def _has_log(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0
