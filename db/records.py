"""Storing what became of each PMID: the newest version wins, and nothing a decision rests on is lost."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from db.batch import insert_all
from db.rows import RECORD, Row, as_json, record_row
from models.outcome import Deleted, Fetched, NotStored, Outcome
from models.record import Record

ABOUT_FETCHING = ("source", "fetched")  # a record that differs in these alone has not changed
CONTENT = [at for at, name in enumerate(RECORD) if name not in ABOUT_FETCHING]
VERSION, FETCHED, TEXT_HASH, STATE = (RECORD.index(name) for name in ("version", "fetched", "text_hash", "state"))
CHOSEN = "(SELECT value FROM json_each(?))"  # PMIDs given as one JSON list


@dataclass(frozen=True, slots=True)
class SaveCount:
    """What a batch did: PMIDs that are new, changed, or as before; not stored; withdrawn by PubMed."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    not_stored: int = 0
    deleted: int = 0


@dataclass
class _Batch:
    """The rows as the database has them, and as the outcomes, taken in their order, leave them."""

    before: dict[str, Row]
    after: dict[str, Row]
    raw: dict[str, Fetched]
    absent: dict[str, NotStored]

    def take(self, outcome: Outcome) -> None:
        if isinstance(outcome, Fetched):
            self._fetched(outcome)
        elif isinstance(outcome, Deleted):
            self._deleted(outcome)
        elif outcome.pmid not in self.after:  # a record that is here outlives a later failure to fetch it
            self.absent[outcome.pmid] = outcome

    def _fetched(self, outcome: Fetched) -> None:
        record = outcome.record
        held, row = self.after.get(record.pmid), record_row(record)
        if held is not None and not _replaces(row, held):
            return
        self.after[record.pmid] = row
        self.raw[record.pmid] = outcome
        self.absent.pop(record.pmid, None)

    def _deleted(self, outcome: Deleted) -> None:
        held = self.after.get(outcome.pmid) or record_row(Record(pmid=outcome.pmid))
        if held[STATE] != "deleted":
            marks = {"state": "deleted", "source": outcome.source, "fetched": now()}
            self.after[outcome.pmid] = tuple(marks.get(name, old) for name, old in zip(RECORD, held, strict=True))
        self.absent.pop(outcome.pmid, None)

    @property
    def changed(self) -> list[str]:
        return [pmid for pmid, row in self.after.items() if self.before.get(pmid) != row]


def save(connection: sqlite3.Connection, outcomes: Sequence[Outcome]) -> SaveCount:
    """Store one batch within the caller's transaction. A batch may hold a PMID more than once."""
    pmids = {outcome.record.pmid if isinstance(outcome, Fetched) else outcome.pmid for outcome in outcomes}
    batch = _held(connection, pmids)
    for outcome in outcomes:
        batch.take(outcome)
    before, after, changed = batch.before, batch.after, batch.changed
    # Evidence was made from the text that was here: with another text, or none in use, it has to go.
    outdated = [pmid for pmid in changed if pmid in before and _text_in_use(before[pmid]) != _text_in_use(after[pmid])]
    keep_text = [pmid for pmid in outdated if before[pmid][TEXT_HASH] != after[pmid][TEXT_HASH]]
    connection.execute(
        f"""INSERT OR IGNORE INTO record_history (pmid, text_hash, version, title, abstract, replaced)
        SELECT pmid, text_hash, version, title, abstract, ? FROM record
        WHERE pmid IN {CHOSEN} AND title || abstract <> ''""",  # noqa: S608
        (now(), as_json(keep_text)),
    )
    drop_evidence(connection, outdated)
    insert_all(connection, "record", RECORD, [after[pmid] for pmid in changed], update="pmid")
    raws = [(pmid, fetched.kind, zlib.compress(fetched.raw)) for pmid, fetched in batch.raw.items()]
    insert_all(connection, "raw", ("pmid", "kind", "bytes"), raws, update="pmid")
    connection.execute(f"DELETE FROM not_stored WHERE pmid IN {CHOSEN}", (as_json(list(after)),))  # noqa: S608
    absent = [(outcome.pmid, outcome.state, outcome.reason, now()) for outcome in batch.absent.values()]
    insert_all(connection, "not_stored", ("pmid", "state", "reason", "at"), absent, update="pmid")
    deleted = [pmid for pmid in changed if after[pmid][STATE] == "deleted"]
    new = [pmid for pmid in changed if pmid not in before and after[pmid][STATE] == "stored"]
    return SaveCount(
        new=len(new),
        updated=len(changed) - len(new) - len(deleted),
        unchanged=len(after) - len(changed),
        not_stored=len(batch.absent),
        deleted=len(deleted),
    )


def drop_evidence(connection: sqlite3.Connection, pmids: Sequence[str]) -> None:
    """Take away the extractor's evidence and study of these PMIDs. Decisions stay."""
    if pmids:
        for table in ("evidence", "study"):
            connection.execute(f"DELETE FROM {table} WHERE pmid IN {CHOSEN}", (as_json(list(pmids)),))  # noqa: S608


def now() -> str:
    """The time of this moment, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _held(connection: sqlite3.Connection, pmids: Iterable[str]) -> _Batch:
    names = ", ".join(RECORD)
    rows = connection.execute(f"SELECT {names} FROM record WHERE pmid IN {CHOSEN}", (as_json(list(pmids)),))  # noqa: S608
    held = {row["pmid"]: tuple(row) for row in rows}
    return _Batch(before=held, after=dict(held), raw={}, absent={})


def _replaces(row: Row, held: Row) -> bool:
    """Whether a record just read takes the place of the one held: newer, or of the same version but different."""
    if held[STATE] == "deleted":
        # An old file read again must not bring a withdrawn record back; PubMed, asked since, may.
        return row[FETCHED] is not None and _time(row[FETCHED]) > _time(held[FETCHED])
    if row[VERSION] != held[VERSION]:
        return bool(row[VERSION] > held[VERSION])
    return any(row[at] != held[at] for at in CONTENT)


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _text_in_use(row: Row) -> str | None:
    return row[TEXT_HASH] if row[STATE] == "stored" else None
