"""The tables of a review file: who reviews what blind, and what they decided before both had finished.

A file of its own beside the evidence database, so that nothing which reads that database can show it. Rows are only
ever added. A step that was released is never edited: a change is a new step at the end of STEPS.
"""

from __future__ import annotations

import sqlite3

from db.connection import Schema

APPLICATION_ID = 0x43415256  # 'CARV'

FIRST = """
CREATE TABLE assignment (
  id INTEGER PRIMARY KEY AUTOINCREMENT, pmid TEXT NOT NULL UNIQUE, first TEXT NOT NULL, second TEXT NOT NULL,
  at TEXT NOT NULL, assigned_by TEXT NOT NULL, text_hash TEXT NOT NULL, facts TEXT NOT NULL, CHECK (first <> second));
CREATE TABLE blind_decision (
  id INTEGER PRIMARY KEY AUTOINCREMENT, pmid TEXT NOT NULL REFERENCES assignment (pmid), fact TEXT NOT NULL,
  statement TEXT NOT NULL, action TEXT NOT NULL CHECK (action IN ('accept', 'correct', 'reject', 'add', 'undo')),
  curator TEXT NOT NULL, at TEXT NOT NULL, text_hash TEXT NOT NULL, extractor_version TEXT NOT NULL,
  "before" TEXT, "after" TEXT, reason TEXT NOT NULL, undoes INTEGER UNIQUE REFERENCES blind_decision (id),
  CHECK ((action = 'undo') = (undoes IS NOT NULL)));
CREATE INDEX blind_decision_pmid ON blind_decision (pmid, curator);
CREATE TABLE finish (
  id INTEGER PRIMARY KEY AUTOINCREMENT, pmid TEXT NOT NULL, curator TEXT NOT NULL, at TEXT NOT NULL,
  text_hash TEXT NOT NULL, of_pair INTEGER NOT NULL, UNIQUE (pmid, curator, text_hash, of_pair));
CREATE TABLE merge (id INTEGER PRIMARY KEY AUTOINCREMENT, pmid TEXT NOT NULL UNIQUE, at TEXT NOT NULL,
  conflicts INTEGER NOT NULL);
"""
# What stands in the way of a new row: INSERT OR REPLACE removes it without asking the trigger on DELETE.
TAKEN = {
    "assignment": "id = new.id OR pmid = new.pmid",
    "blind_decision": "id = new.id OR undoes = new.undoes",
    "finish": """id = new.id
      OR (pmid, curator, text_hash, of_pair) = (new.pmid, new.curator, new.text_hash, new.of_pair)""",
    "merge": "id = new.id OR pmid = new.pmid",
}


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring a review file from `version` to the last step. The caller holds the transaction around it."""
    for step in STEPS[version:]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(STEPS)}")


def _only_grow() -> list[str]:
    why = "SELECT RAISE(ABORT, 'rows of a review file are only ever added')"
    statements = [
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN {why}; END"
        for table in TAKEN
        for act in ("UPDATE", "DELETE")
    ]
    return statements + [
        f"CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table} "  # noqa: S608
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) BEGIN {why}; END"
        for table, taken in TAKEN.items()
    ]


STEPS: list[list[str]] = [[*filter(str.strip, FIRST.split(";")), *_only_grow()]]
REVIEW_FILE = Schema(APPLICATION_ID, len(STEPS), migrate)
