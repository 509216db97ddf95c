"""A record's facts as they stand, decisions applied."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from db.export import IN_TEXT
from db.rows import fact_from_row
from models.decision import CURATED, Status
from models.evidence import Fact


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact as it stands, decisions applied.

    `statement` and `last_decision` (the id of the last decision on the statement, undos too; None if there is none)
    are what a new decision on it has to name. `decision` is the one that stands. `attention` says why a decided
    fact needs another look: 'text changed', 'extraction changed' or 'no longer extracted'.
    """

    fact: Fact
    id: str
    statement: str
    status: Status
    attention: str | None
    decision: int | None
    curator: str | None
    last_decision: int | None


def stored_facts(connection: sqlite3.Connection, pmid: str, *, curated: bool = False) -> list[StoredFact]:
    """The record's facts in the order of the text; `curated`: only accepted, corrected and added ones."""
    only = f"AND status IN {CURATED}" if curated else ""
    rows = connection.execute(
        f"""SELECT *, (SELECT max(d.id) FROM decision AS d WHERE d.statement = evidence_current.statement)
        AS last_decision FROM evidence_current WHERE pmid = ? {only} ORDER BY {IN_TEXT}""",  # noqa: S608
        (pmid,),
    )
    names = ("id", "statement", "status", "attention", "decision", "curator", "last_decision")
    return [StoredFact(fact_from_row(row), **{name: row[name] for name in names}) for row in rows]
