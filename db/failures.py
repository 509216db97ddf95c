"""What SQLite and the file system may refuse, said in one sentence that tells what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.errors import Busy, StoreError

# Primary result codes of SQLite; an extended code keeps its primary one in the low byte.
ADVICE = {
    sqlite3.SQLITE_BUSY: "{path} is in use by another program; try again when that one has finished",
    sqlite3.SQLITE_LOCKED: "{path} is in use by another program; try again when that one has finished",
    sqlite3.SQLITE_FULL: "The disk is full: make room for {path} and run again; all finished batches are kept",
    sqlite3.SQLITE_READONLY: "{path} may only be read: give yourself the right to write it, or use another database",
    sqlite3.SQLITE_PERM: "{path} may not be opened: give yourself the right to read and write it",
    sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened: check that you may read and write it and its folder",
    sqlite3.SQLITE_IOERR: "Reading or writing {path} failed: check the disk and its free space, then run again",
    sqlite3.SQLITE_CORRUPT: "{path} is damaged: restore a copy of it, or start a new database",
    sqlite3.SQLITE_NOTADB: "{path} is not a database of cartevidence; choose another file for it",
    sqlite3.SQLITE_TOOBIG: "A value is too big for {path}; leave that record out and run again",
}


def code(error: sqlite3.Error) -> int:
    """SQLite's primary result code of the error, 0 where it has none."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


@contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's refusals within the block into StoreError; a mistake in our own SQL stays what it is."""
    try:
        yield
    except sqlite3.Error as error:
        advice = ADVICE.get(code(error))
        if advice is None:
            raise
        in_use = code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        raise (Busy if in_use else StoreError)(advice.format(path=path)) from error
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror or error}") from error
