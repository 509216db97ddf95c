"""Curators' decisions: only ever added, each tied to the fact it is about, never over another unseen."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from db.extractions import check_proof
from db.rows import as_json, fact_from_row
from models.decision import Decision
from models.errors import Stale, StoreError
from models.evidence import Fact, fact_from

DECISION = (
    "pmid", "statement", "action", "curator", "at", "text_hash", "extractor_version", "before", "after", "reason",
)  # fmt: skip
LINKS = ("fact", "machine", "supersedes", "undoes")


def decide(connection: sqlite3.Connection, decision: Decision, expected_last: int | None) -> int:
    """Add a decision within the caller's transaction and return its id; see Store.decide."""
    _check_unseen(connection, decision, expected_last)
    standing = connection.execute(
        "SELECT * FROM decision_effective WHERE statement = ? ORDER BY id DESC", (decision.statement,)
    ).fetchall()
    links = _undo(decision, standing) if decision.action == "undo" else _about(connection, decision, standing)
    given = decision.model_dump(mode="json")
    given |= {name: None if given[name] is None else as_json(given[name]) for name in ("before", "after")}
    names = (*DECISION, *LINKS)
    connection.execute(
        f"""INSERT INTO decision ({", ".join(f'"{name}"' for name in names)})
        VALUES ({", ".join("?" * len(names))})""",  # noqa: S608
        [*(given[name] for name in DECISION), *(links.get(name) for name in LINKS)],
    )
    return int(connection.execute("SELECT last_insert_rowid()").fetchone()[0])


def decisions(connection: sqlite3.Connection, pmid: str) -> list[tuple[int, Decision]]:
    """All decisions on a record with their ids, oldest first, undone ones and undos too."""
    found = []
    for row in connection.execute("SELECT * FROM decision WHERE pmid = ? ORDER BY id", (pmid,)):
        values = {name: row[name] for name in DECISION}
        values |= {name: None if row[name] is None else json.loads(row[name]) for name in ("before", "after")}
        found.append((row["id"], Decision.checked(**values)))
    return found


def _check_unseen(connection: sqlite3.Connection, decision: Decision, expected_last: int | None) -> None:
    last = connection.execute(
        "SELECT id, curator, action FROM decision WHERE statement = ? ORDER BY id DESC LIMIT 1", (decision.statement,)
    ).fetchone()
    if last is None and expected_last is not None:
        raise Stale(f"The statement has no decision {expected_last}; load it again and decide anew")
    if last is not None and last["id"] != expected_last:
        by = f"{last['curator']}, {last['action']}"
        raise Stale(f"The statement was decided meanwhile ({by}); load it again and decide anew")


def _undo(decision: Decision, standing: Sequence[sqlite3.Row]) -> dict[str, Any]:
    """Cancel the latest standing decision; where `before` is given, the latest on that fact."""
    last = standing[0] if standing else None
    if decision.before is not None:
        last = _former(fact_from(decision.before), None, standing)
    if last is None:
        raise StoreError("There is no decision left to undo on this statement")
    return {"undoes": last["id"]}


def _about(connection: sqlite3.Connection, decision: Decision, standing: Sequence[sqlite3.Row]) -> dict[str, Any]:
    """What ties a decision to its fact: the fact's id, the machine's fact as known, the decision it replaces."""
    before = None if decision.before is None else fact_from(decision.before)
    after = None if decision.after is None else fact_from(decision.after)
    for fact in (before, after):
        if fact is not None:
            _check_text(connection, decision, fact)
    former = _former(before, after, standing)
    if former is None:
        shown = fact_from(decision.before or decision.after or {})
        if shown.statement != decision.statement:
            raise StoreError("The decision names another statement than its fact; load the statement again")
        return {"fact": shown.id, "machine": None if before is None else as_json(before.given())}
    if before is not None and before.values == _shown(former).values:
        # The curator saw how things stand, so what the machine says by now is known.
        known = _covered(connection, former)
        known_json = None if known is None else as_json(known.given())
    else:
        known_json = None if before is None else as_json(before.given())
    return {"fact": former["fact"], "machine": known_json, "supersedes": former["id"]}


def _former(before: Fact | None, after: Fact | None, standing: Sequence[sqlite3.Row]) -> sqlite3.Row | None:
    """The standing decision on the same fact: its outcome or its machine fact is what the curator was shown.

    A fact that is added once more, nothing having been shown, is the one that stands already.
    """
    shown = before or after
    if shown is None:
        return None
    for row in standing:
        if _shown(row).values == shown.values:
            return row
    for row in standing if before is not None else ():
        if row["machine"] is not None and fact_from(json.loads(row["machine"])).values == shown.values:
            return row
    return None


def _shown(row: sqlite3.Row) -> Fact:
    """The fact as a standing decision leaves it, or as it was rejected."""
    return fact_from(json.loads(row["after"] or row["before"]))


def _covered(connection: sqlite3.Connection, former: sqlite3.Row) -> Fact | None:
    """The machine fact that a standing decision is about, as it is now."""
    row = connection.execute(
        """SELECT e.* FROM evidence AS e JOIN decision_covers AS c ON c.evidence = e.number
        WHERE e.pmid = ? AND c.decision = ? ORDER BY e.number LIMIT 1""",
        (former["pmid"], former["id"]),
    ).fetchone()
    return None if row is None else fact_from_row(row)


def _check_text(connection: sqlite3.Connection, decision: Decision, fact: Fact) -> None:
    text = text_of(connection, decision.pmid, decision.text_hash)
    if text is None:
        raise StoreError(f"PMID {decision.pmid} never had the text that was decided on; load the study again")
    check_proof(fact, decision.pmid, decision.text_hash, *text)


def text_of(connection: sqlite3.Connection, pmid: str, text_hash: str) -> tuple[str, str] | None:
    """Title and abstract of a record as they were under that hash, now or formerly."""
    row = connection.execute(
        """SELECT title, abstract FROM record WHERE pmid = :pmid AND text_hash = :hash
        UNION ALL SELECT title, abstract FROM record_history WHERE pmid = :pmid AND text_hash = :hash LIMIT 1""",
        {"pmid": pmid, "hash": text_hash},
    ).fetchone()
    return None if row is None else (row["title"], row["abstract"])
