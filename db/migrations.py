"""The tables, as numbered steps from an empty file to today's schema.

A step that was released is never edited: a change of the schema is a new step at the end of MIGRATIONS, and
`PRAGMA user_version` counts the steps a file has had. Views hold no data: they are made anew after the steps.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from sqlite_utils import Database

from db.fact_views import FACT_VIEWS
from db.overview import STUDY_OVERVIEW
from db.views import CURRENT_VIEWS

VIEWS = {**CURRENT_VIEWS, "study_overview": STUDY_OVERVIEW, **FACT_VIEWS}
APPLICATION_ID = 0x43415254  # 'CART'
Step = Callable[[Database], None]


def migrate(connection: sqlite3.Connection, version: int, steps: Sequence[Step] | None = None) -> None:
    """Bring a file from `version` to the last step. The caller holds the transaction around it."""
    steps = MIGRATIONS if steps is None else steps
    # No plugins: a curator's database must not depend on what else is installed.
    database = Database(connection, recursive_triggers=False, execute_plugins=False)
    for name in reversed(VIEWS):
        connection.execute(f"DROP VIEW IF EXISTS {name}")
    for step in steps[version:]:
        step(database)
    for name, sql in VIEWS.items():
        database.create_view(name, sql)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(steps)}")


def first_schema(database: Database) -> None:
    """Records with their raw bytes and former texts, what was not stored, evidence, decisions, runs, search."""
    _records(database)
    _evidence(database)
    _decisions(database)
    database.create_table(
        "run",
        {
            "id": int,
            "version": str,
            "arguments": str,
            "started": str,
            "finished": str,
            "counts": str,
            "exit_status": int,
        },
        pk="id",
        not_null=("version", "arguments", "started"),
    )


def _records(database: Database) -> None:
    database.create_table(
        "record",
        {
            "pmid": str,
            "title": str,
            "abstract": str,
            "version": int,
            "journal": str,
            "year": int,
            "published": str,
            "published_online": str,
            "doi": str,
            "pmcid": str,
            "authors": str,
            "affiliations": str,
            "publication_types": str,
            "mesh": str,
            "keywords": str,
            "languages": str,
            "nct": str,
            "links": str,
            "sections": str,
            "retracted": int,
            "source": str,
            "fetched": str,
            "text_hash": str,
            "state": str,
        },
        pk="pmid",
        not_null=("pmid", "title", "abstract", "version", "retracted", "text_hash", "state"),
    )
    # Orders PMIDs as numbers, finds a search hit's record, and counts records by state without reading texts.
    database.execute("CREATE INDEX record_number ON record (CAST(pmid AS INTEGER), state)")
    database["record"].create_index(["state"], "record_state")
    database.create_table(
        "record_history",
        {"pmid": str, "text_hash": str, "version": int, "title": str, "abstract": str, "replaced": str},
        pk=("pmid", "text_hash"),
        foreign_keys=[("pmid", "record", "pmid")],
        not_null=("version", "title", "abstract", "replaced"),
    )
    _only_grows(database, "record_history", "former texts are kept, they prove old decisions")
    database.create_table(
        "raw",
        {"pmid": str, "kind": str, "bytes": bytes},
        pk="pmid",
        foreign_keys=[("pmid", "record", "pmid")],
        not_null=("kind", "bytes"),
    )
    database.create_table(
        "not_stored",
        {"pmid": str, "state": str, "reason": str, "at": str},
        pk="pmid",
        not_null=("state", "reason", "at"),
    )
    # FTS5 asks for an integer that never changes; VACUUM may renumber a rowid, so the PMID's number serves.
    database.create_view("record_text", "SELECT CAST(pmid AS INTEGER) AS number, title, abstract FROM record")
    _search(database, "record", ("title", "abstract"), number="CAST({row}.pmid AS INTEGER)", content="record_text")


def _evidence(database: Database) -> None:
    database.create_table(
        "study",
        {
            "pmid": str,
            "study_type": str,
            "targets": str,
            "diseases": str,
            "study_n": int,
            "nct": str,
            "phase": str,
            "products": str,
            "text_hash": str,
            "extractor_version": str,
        },
        pk="pmid",
        foreign_keys=[("pmid", "record", "pmid")],
        not_null=("study_type", "targets", "diseases", "nct", "products", "text_hash", "extractor_version"),
    )
    database.create_table(
        "evidence",
        {
            "number": int,
            "id": str,
            "pmid": str,
            "type": str,
            "role": str,
            "endpoint": str,
            "measure": str,
            "event": str,
            "grade": str,
            "name": str,
            "n": int,
            "total": int,
            "percent": float,
            "value": float,
            "unit": str,
            "time": str,
            "ci_low": float,
            "ci_high": float,
            "ci_level": float,
            "low": float,
            "high": float,
            "not_reached": int,
            "absent": int,
            "qualifier": str,
            "group": str,
            "section": str,
            "start": int,
            "end": int,
            "quote": str,
            "confidence": float,
            "checks": str,
            "inferred": str,
            "rule": str,
            "extractor_version": str,
            "version": int,
            "text_hash": str,
            "statement": str,
            "key": str,
        },
        pk="number",
        foreign_keys=[("pmid", "record", "pmid")],
        not_null=("id", "pmid", "type", "section", "start", "end", "quote", "confidence", "checks", "inferred", "rule",
                  "extractor_version", "version", "text_hash", "statement", "key"),
    )  # fmt: skip
    evidence = database["evidence"]
    evidence.create_index(["pmid"], "evidence_pmid")
    evidence.create_index(["type", "endpoint", "event"], "evidence_measure")
    _search(database, "evidence", ("quote",), number="{row}.number", content="evidence")


def _decisions(database: Database) -> None:
    database.execute(
        """CREATE TABLE decision (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            pmid TEXT NOT NULL REFERENCES record (pmid),
            statement TEXT NOT NULL,
            action TEXT NOT NULL CHECK (action IN ('accept', 'correct', 'reject', 'add', 'undo')),
            curator TEXT NOT NULL,
            at TEXT NOT NULL,
            text_hash TEXT NOT NULL,
            extractor_version TEXT NOT NULL,
            "before" TEXT,
            "after" TEXT,
            reason TEXT NOT NULL,
            fact TEXT,
            machine TEXT,
            supersedes INTEGER REFERENCES decision (id),
            undoes INTEGER UNIQUE REFERENCES decision (id),
            CHECK ((action = 'undo') = (undoes IS NOT NULL))
        )"""
    )
    decision = database["decision"]
    decision.create_index(["statement"], "decision_statement")
    decision.create_index(["pmid"], "decision_pmid")
    decision.create_index(["supersedes"], "decision_supersedes")
    _only_grows(database, "decision", "decisions are only ever added")
    # INSERT OR REPLACE removes the row in its way without asking the trigger on DELETE.
    database.execute(
        """CREATE TRIGGER decision_not_replaced BEFORE INSERT ON decision
        WHEN EXISTS (SELECT 1 FROM decision WHERE id = new.id OR undoes = new.undoes)
        BEGIN SELECT RAISE(ABORT, 'decisions are only ever added'); END"""
    )


def _only_grows(database: Database, table: str, why: str) -> None:
    for act in ("UPDATE", "DELETE"):
        database.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )


def _search(database: Database, table: str, columns: tuple[str, ...], *, number: str, content: str) -> None:
    """Full-text search over columns of a table, kept in step by triggers; `number` is the row's lasting integer."""
    names = ", ".join(columns)
    database.execute(
        f"CREATE VIRTUAL TABLE {table}_fts USING fts5 ({names}, content='{content}', content_rowid='number')"
    )
    old, new = (
        ", ".join([number.format(row=row), *(f"{row}.{column}" for column in columns)]) for row in ("old", "new")
    )
    add = f"INSERT INTO {table}_fts (rowid, {names}) VALUES ({new});"  # noqa: S608
    remove = f"INSERT INTO {table}_fts ({table}_fts, rowid, {names}) VALUES ('delete', {old});"  # noqa: S608
    for name, event, body in (
        ("added", "INSERT", add),
        ("removed", "DELETE", remove),
        ("changed", f"UPDATE OF {names}", remove + add),
    ):
        database.execute(f"CREATE TRIGGER {table}_fts_{name} AFTER {event} ON {table} BEGIN {body} END")


def pooled_results(database: Database) -> None:
    """Results that a meta-analysis pooled are marked."""
    database["evidence"].add_column("pooled", int)


def indexes_for_asking(database: Database) -> None:
    """What filters, pages and the order of answers need so that a million facts are not read for a few."""
    # Answers come by PMID as a number: with these SQLite walks in that order and stops when it has enough.
    database.execute("CREATE INDEX evidence_number ON evidence (CAST(pmid AS INTEGER))")
    database.execute("CREATE INDEX study_number ON study (CAST(pmid AS INTEGER))")
    database["evidence"].create_index(["id"], "evidence_id")
    database.execute("CREATE INDEX evidence_grade ON evidence (grade, event) WHERE grade IS NOT NULL")
    database["record"].create_index(["year"], "record_year")
    # Nearly all records are stored ones: an index on that only keeps SQLite from a better one.
    database.execute("DROP INDEX record_state")


MIGRATIONS: list[Step] = [first_schema, pooled_results, indexes_for_asking]
LATEST = len(MIGRATIONS)
