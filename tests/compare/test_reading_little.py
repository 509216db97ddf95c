"""A comparison goes to its figures by indexes, never through all facts of the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from studies import add, cohort, cr, crs, survival

from cartevidence.database import EvidenceDatabase
from db import comparing
from db.comparing import ComparisonSource

READ: list[Callable[[ComparisonSource, set[str]], Any]] = [
    lambda source, pmids: source.candidates(type="response", endpoints=("CR", "CR/CRi"), pmids=pmids),
    lambda source, pmids: source.candidates(type="toxicity", event="CRS", pmids=pmids),
    lambda source, pmids: source.candidates(type="survival", endpoints=("OS",), measure="rate", pmids=pmids),
    lambda source, pmids: source.sizes(pmids, responders=True),
    lambda source, pmids: source.endpoints(("CR/CRi", "ORR"), pmids),
    lambda source, pmids: source.details(pmids),
]


@pytest.mark.parametrize("many", [False, True], ids=["few studies", "many studies"])
@pytest.mark.parametrize("read", READ)
def test_no_scan_of_the_evidence(
    db: EvidenceDatabase, monkeypatch: pytest.MonkeyPatch, read: Callable[..., Any], many: bool
) -> None:
    for i in range(3):
        add(db, 90000001 + i, cohort(30), cr(20, 30), crs(2, 30), survival("OS", "rate", 70.0, time="1 y"))
    if many:
        monkeypatch.setattr(comparing, "FEW", 0)
    connection = sqlite3.connect(db.path)
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    found = read(ComparisonSource(connection), {"90000001", "90000002"})
    assert set(found) == (set() if read is READ[4] else {"90000001", "90000002"})
    connection.set_trace_callback(None)
    (sql,) = [text for text in asked if text.lstrip().startswith("SELECT")]
    steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    connection.close()
    assert not [step for step in steps if step.startswith(("SCAN e", "SCAN evidence", "SCAN record", "SCAN r"))], steps
    assert any("USING" in step and "INDEX" in step for step in steps)
