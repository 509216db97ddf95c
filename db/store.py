"""The evidence store: one SQLite file, one object to use it."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, Self

from db import decisions, export, extractions, query, records, user_sql
from db.comparing import ComparisonSource
from db.connection import open_for_reading, open_for_writing, writing
from db.failures import clear_errors
from db.query import Filters, Hit
from db.records import CHOSEN, SaveCount, now
from db.rows import as_json, record_from, study_from
from db.standing import StoredFact, stored_facts
from db.status import status
from models.decision import Decision
from models.errors import StoreError
from models.outcome import Extraction, Outcome
from models.record import Record
from models.study import Study


class Store:
    """Records, evidence and decisions in one database file. Use it as a context manager.

    Every writing method is one transaction: all of it is stored, or nothing. All methods raise StoreError when the
    file cannot be used (in use by another program, disk full, read-only, damaged).
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, *, readonly: bool, wait: float) -> None:
        self.path = path
        self.readonly = readonly
        self._connection = connection
        self._wait = wait

    @classmethod
    def open(
        cls, path: str | PathLike[str], *, readonly: bool = False, create: bool = True, wait: float = 20.0
    ) -> Self:
        """Open the database, making or migrating it where needed; `wait` seconds for another program's writing.

        Raises StoreError for a folder, a file that is no database, another program's or a newer one, a file that
        may not be opened, and, with `readonly` or without `create`, a missing one.
        """
        path = Path(path)
        if readonly:
            return cls(path, open_for_reading(path, wait=wait), readonly=True, wait=wait)
        return cls(path, open_for_writing(path, create=create, wait=wait), readonly=False, wait=wait)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        self._connection.close()

    # Records

    def save(self, outcomes: Sequence[Outcome]) -> SaveCount:
        """Store one batch of outcomes, in their order.

        The newest version of a record wins; one of the same version replaces when its content differs. A text that
        is replaced stays in `record_history`, and evidence made from it goes. NotStored is noted unless the record
        is here. Deleted marks the record: its evidence goes, decisions stay.
        """
        with self._writing():
            return records.save(self._connection, outcomes)

    def stored(self, pmids: Iterable[str]) -> set[str]:
        """Those of the PMIDs whose record is stored."""
        return {pmid for pmid, state in self.known(pmids).items() if state == "stored"}

    def known(self, pmids: Iterable[str]) -> dict[str, str]:
        """State of each PMID that was met before: stored, deleted, missing, book or failed."""
        chosen = as_json(list(pmids))
        with clear_errors(self.path):
            rows = self._connection.execute(
                f"""SELECT pmid, state FROM record WHERE pmid IN {CHOSEN}
                UNION ALL SELECT pmid, state FROM not_stored WHERE pmid IN {CHOSEN}""",  # noqa: S608
                (chosen, chosen),
            )
            return {row["pmid"]: row["state"] for row in rows}

    def record(self, pmid: str) -> Record | None:
        """The record; None where none is stored (never met, missing, withdrawn)."""
        row = self._row("SELECT * FROM record WHERE pmid = ? AND state = 'stored'", pmid)
        return None if row is None else record_from(row)

    def raw(self, pmid: str) -> tuple[str, bytes] | None:
        """Kind and bytes of what the record was read from."""
        row = self._row("SELECT kind, bytes FROM raw WHERE pmid = ?", pmid)
        return None if row is None else (row["kind"], zlib.decompress(row["bytes"]))

    def text(self, pmid: str, text_hash: str) -> tuple[str, str] | None:
        """Title and abstract that a fact with this text hash was read from, also when replaced since."""
        with clear_errors(self.path):
            return decisions.text_of(self._connection, pmid, text_hash)

    # Evidence

    def pending(
        self, extractor_version: str, pmids: Iterable[str] | None = None, batch: int = 200
    ) -> Iterator[list[Record]]:
        """Records, by PMID and in batches, whose evidence this version has not made from their present text.

        Each record is given once, whether or not its extraction is saved between batches.
        """
        with clear_errors(self.path):
            yield from extractions.pending(self._connection, extractor_version, pmids, batch)

    def save_extractions(self, found: Sequence[Extraction]) -> int:
        """Replace the evidence and study of these records; how many were stored. Decisions are not touched.

        One made from a text that is no longer the record's is left out (`pending` gives the record again). Raises
        StoreError for a PMID without record, InvalidData for a fact whose quote is not at its place.
        """
        with self._writing():
            return extractions.save_extractions(self._connection, found)

    def study(self, pmid: str) -> Study | None:
        """The study as extracted; None before extraction."""
        row = self._row("SELECT * FROM study WHERE pmid = ?", pmid)
        return None if row is None else study_from(row)

    def facts(self, pmid: str, curated: bool = False) -> list[StoredFact]:
        """The record's facts in the order of the text; `curated`: only accepted, corrected and added ones."""
        with clear_errors(self.path):
            return stored_facts(self._connection, pmid, curated=curated)

    # Decisions

    def decide(self, decision: Decision, *, expected_last: int | None = None) -> int:
        """Add a decision and return its id.

        `expected_last` is the id of the last decision on that statement that the curator saw (None: there was
        none, see StoredFact.last_decision). Raises Stale when another came between, StoreError when there is nothing to
        undo, or when the decision's text or statement is not that of its fact; InvalidData for a fact without proof.
        """
        with self._writing():
            return decisions.decide(self._connection, decision, expected_last)

    def decisions(self, pmid: str) -> list[tuple[int, Decision]]:
        """All decisions on a record with their ids, oldest first."""
        with clear_errors(self.path):
            return decisions.decisions(self._connection, pmid)

    # Runs

    def start_run(self, version: str, arguments: Mapping[str, Any] | Sequence[str]) -> int:
        """Note that a run begins; its id. `arguments` must hold no secrets."""
        with self._writing():
            row = self._connection.execute(
                "INSERT INTO run (version, arguments, started) VALUES (?, ?, ?) RETURNING id",
                (version, as_json(arguments), now()),
            ).fetchall()[0]
            return int(row["id"])

    def finish_run(self, run_id: int, counts: Mapping[str, Any], exit_status: int) -> None:
        """Note how a run ended."""
        with self._writing():
            self._connection.execute(
                "UPDATE run SET finished = ?, counts = ?, exit_status = ? WHERE id = ?",
                (now(), as_json(counts), exit_status, run_id),
            )

    # Reading

    def status(self) -> dict[str, Any]:
        """The `status` JSON: records by state, what was not stored and why, evidence by type, review, last run."""
        with clear_errors(self.path):
            return status(self._connection)

    def search_text(self, text: str, *, limit: int = 50) -> list[Hit]:
        """Where the words occur: best records, then best quotes, at most `limit` of each."""
        with clear_errors(self.path):
            return query.search_text(self._connection, text, limit)

    def records(self) -> Iterator[Record]:
        """All stored records, by PMID."""
        with self._snapshot() as connection:
            yield from export.records(connection)

    def query(self, filters: Filters) -> Iterator[dict[str, Any]]:
        """Fact objects (as exported) that pass the filters, by PMID, then in the order of the text."""
        with self._snapshot() as connection:
            yield from query.query(connection, filters)

    def study_objects(self, pmids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The study objects (as exported) of these records, by PMID."""
        with clear_errors(self.path):
            return export.study_objects(self._connection, pmids)

    def plan(self, filters: Filters) -> list[str]:
        """The steps by which SQLite finds these facts, for tests and benchmarks."""
        with self._snapshot() as connection:
            return query.plan(connection, filters)

    def count(self, filters: Filters) -> int:
        """How many facts pass the filters, whatever their limit."""
        with self._snapshot() as connection:
            return query.count(connection, filters)

    def sql(
        self, text: str, params: Sequence[Any] | Mapping[str, Any] = (), *, seconds: float = 30.0
    ) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        """Run the user's own SELECT: column names and rows. Raises StoreError for writing, errors, too long."""
        return user_sql.sql(open_for_reading(self.path, wait=self._wait), text, params, seconds=seconds)

    @contextmanager
    def comparing(self) -> Iterator[ComparisonSource]:
        """What a comparison reads, all of it as it is at this moment."""
        with self._snapshot() as connection:
            yield ComparisonSource(connection)

    def export_rows(self, curated: bool = False) -> Iterator[dict[str, Any]]:
        """Each record's study object, then its facts; by PMID, then in the order of the text. Same data, same rows.

        `curated`: of the facts only accepted, corrected and added ones.
        """
        with self._snapshot() as connection:
            yield from export.export_rows(connection, curated=curated)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if self.readonly:
            raise StoreError(f"{self.path} was opened for reading only; open it for writing")
        with clear_errors(self.path), writing(self._connection):
            yield

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        """The data as they are at this moment, whatever is written while the rows are taken."""
        with clear_errors(self.path), closing(open_for_reading(self.path, wait=self._wait)) as connection:
            connection.execute("BEGIN")
            yield connection

    def _row(self, sql: str, pmid: str) -> sqlite3.Row | None:
        with clear_errors(self.path):
            row: sqlite3.Row | None = self._connection.execute(sql, (pmid,)).fetchone()
            return row
