"""Where the work stands: records by state, evidence, review."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, get_args

from models.decision import Status
from models.evidence import EVIDENCE

STATES = ("stored", "missing", "book", "failed", "deleted")


def records_by_state(connection: sqlite3.Connection) -> dict[str, int]:
    """How many PMIDs are in each of STATES."""
    records = dict.fromkeys(STATES, 0)
    for table in ("record", "not_stored"):
        rows = connection.execute(f"SELECT state, count(*) FROM {table} GROUP BY state")  # noqa: S608
        records |= dict(rows.fetchall())
    return records


def status(connection: sqlite3.Connection) -> dict[str, Any]:
    """The `status` JSON of the contract: `records`, `not_stored`, `evidence`, `review`, and the last `run`."""
    records = records_by_state(connection)
    not_stored = connection.execute("SELECT pmid, state, reason FROM not_stored ORDER BY CAST(pmid AS INTEGER), pmid")
    types, review, attention = dict.fromkeys(EVIDENCE, 0), dict.fromkeys(get_args(Status), 0), 0
    current = "SELECT type, status, count(*), count(attention) FROM evidence_current GROUP BY type, status"
    for kind, state, count, calling in connection.execute(current):
        types[kind] += count
        review[state] += count
        attention += calling
    extracted = connection.execute("SELECT count(*) FROM study").fetchone()[0]
    run = connection.execute(
        "SELECT id, version, started, finished, counts, exit_status FROM run ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return {
        "records": records,
        "not_stored": [dict(row) for row in not_stored],
        "evidence": {"extracted_records": extracted, "facts": sum(types.values()), **types},
        "review": {**review, "attention": attention},
        "run": None if run is None else {**dict(run), "counts": json.loads(run["counts"] or "{}")},
    }
