"""Filters, words, and the user's own SQL that can only read."""

from __future__ import annotations

import itertools
import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from db.query import Filters, Hit
from db.store import Store
from models.errors import StoreError
from models.outcome import Deleted


@pytest.fixture
def filled(store: Store, make: Any) -> Store:
    """Two studies: 90000001 (CD22, B-ALL, 34 patients) and 90000002 (CD19 and BCMA, MM, N unknown)."""
    one = make.record("90000001")
    two = make.record("90000002", results="24 of 30 patients (80%); 2 of 34 had it. Zentralnervensystem-Ödem in B-ALL.")
    store.save([make.fetched(one), make.fetched(two)])
    other: dict[str, Any] = {
        "targets": ("CD19", "BCMA"),
        "diseases": ("MM",),
        "study_n": None,
        "study_type": "real_world",
    }
    store.save_extractions([
        make.extraction(one, make.treated(one), make.cr(one), make.crs(one, confidence=0.5)),
        make.extraction(two, make.cr(two, endpoint="ORR"), make.crs(two, grade="any"), **other),
    ])  # fmt: skip
    store.decide(make.decision("correct", make.cr(two, endpoint="ORR"), make.cr(two, endpoint="PR")))
    return store


ALL = ["1 cohort", "1 response", "1 toxicity", "2 response", "2 toxicity"]
FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ALL),
    ({"type": "response"}, ["1 response", "2 response"]),
    ({"endpoint": "CR"}, ["1 response"]),
    ({"endpoint": "ORR"}, []),  # corrected to PR
    ({"endpoint": "PR"}, ["2 response"]),
    ({"event": "CRS"}, ["1 toxicity", "2 toxicity"]),
    ({"event": "CRS", "grade": ">=3"}, ["1 toxicity"]),
    ({"target": "CD22"}, ALL[:3]),
    ({"target": "BCMA", "type": "response"}, ["2 response"]),
    ({"target": "CD2"}, []),
    ({"disease": "MM"}, ALL[3:]),
    ({"study_type": "real_world"}, ALL[3:]),
    ({"min_n": 34}, ALL[:3]),
    ({"min_n": 35}, []),
    ({"pmid": "90000002"}, ALL[3:]),
    ({"status": "unreviewed", "type": "response"}, ["1 response"]),
    ({"status": "corrected"}, ["2 response"]),
    ({"min_confidence": 0.6, "type": "toxicity"}, ["2 toxicity"]),
    ({"text": "zentralnervensystem-ödem B-ALL"}, ALL[3:]),
    ({"text": '"had it"'}, ALL[3:]),
    ({"text": '"it had"'}, []),
    ({"text": "CD22"}, ALL),
    ({"text": "nowhere"}, []),
    ({"disease": ("ALL", "B-ALL", "T-ALL")}, ALL[:3]),
    ({"disease": ("B-ALL", "MM"), "type": "response"}, ["1 response", "2 response"]),
    ({"target": ("BCMA", "CD22"), "grade": ">=3"}, ["1 toxicity"]),
    ({"quote": "30 patients"}, ["1 response", "2 response"]),  # the second as a curator corrected it
    ({"quote": '"24 of 30" patients', "endpoint": "PR"}, ["2 response"]),
    ({"quote": "30 of 24", "target": "CD22"}, ["1 response"]),
    ({"quote": '"30 of 24"'}, []),
    ({"limit": 2}, ALL[:2]),
    ({"limit": 0}, []),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERS, ids=lambda value: str(value)[:40])
def test_filters(filled: Store, filters: dict[str, Any], expected: list[str]) -> None:
    rows = list(filled.query(Filters(**filters)))
    assert [f"{int(row['pmid']) - 90000000} {row['type']}" for row in rows] == expected
    exported = list(filled.export_rows())
    assert all(row in exported for row in rows)
    if "limit" not in filters:
        assert filled.count(Filters(**filters)) == len(rows)


def test_a_fact_that_a_curator_added_is_found_by_its_quote(filled: Store, make: Any) -> None:
    record = make.record("90000001")
    added = make.fact(record, "Median OS was 11.5 months", "survival", endpoint="OS", measure="median", value=11.5)
    filled.decide(make.decision("add", added))
    for asked, number in (({"quote": "median"}, 1), ({"quote": "median", "status": "unreviewed"}, 0)):
        assert len(list(filled.query(Filters(**asked)))) == filled.count(Filters(**asked)) == number


def test_all_come_in_order_whatever_the_way_to_them(store: Store, make: Any) -> None:
    """PMIDs as numbers, title before abstract, then by place: with and without filters that lead another way."""
    records = [make.record(pmid) for pmid in ("90000010", "9000002", "90000009")]
    store.save([make.fetched(record) for record in records])
    store.save_extractions(
        make.extraction(record, make.crs(record), make.cr(record), make.treated(record)) for record in records[::-1]
    )
    store.decide(make.decision("accept", make.cr(records[0])))
    inside = ["cohort", "response", "toxicity"]
    expected = [(pmid, kind) for pmid in ("9000002", "90000009", "90000010") for kind in inside]
    for asked in ({}, {"target": "CD22"}, {"text": "CD22"}, {"min_confidence": 0.1}, {"min_n": 1}):
        assert [(row["pmid"], row["type"]) for row in store.query(Filters(**asked))] == expected, asked
    assert [row["pmid"] for row in store.query(Filters(quote="patients", type="response"))] == [
        "9000002", "90000009", "90000010"
    ]  # fmt: skip


@pytest.mark.parametrize("text", ['"', "", "  ", '""'])
def test_search_for_nothing(filled: Store, text: str) -> None:
    with pytest.raises(StoreError, match="at least one word"):
        list(filled.query(Filters(text=text)))


@pytest.mark.parametrize("text", ["AND", "a OR", 'half "open', "NEAR(", "col:umn", "-x", "*", "x'; DROP TABLE record"])
def test_search_takes_words_as_they_are(filled: Store, text: str) -> None:
    assert filled.search_text(text) == []


def test_search_text(filled: Store) -> None:
    hits = filled.search_text("24 30")
    assert {(hit.pmid, hit.fact is None) for hit in hits} == {
        ("90000001", True), ("90000001", False), ("90000002", True), ("90000002", False)
    }  # fmt: skip
    assert all("24" in hit.excerpt and hit.title for hit in hits)
    (hit,) = filled.search_text("Ödem")
    assert hit == Hit("90000002", hit.title, hit.excerpt)


def test_search_keeps_step(filled: Store, make: Any, path: Path) -> None:
    changed = make.record("90000001", results="Lentiviral vector.")
    filled.save([make.fetched(changed)])
    assert [hit.pmid for hit in filled.search_text("lentiviral")] == ["90000001"]
    assert {hit.pmid for hit in filled.search_text("24 of 30")} == {"90000002"}
    filled.save([Deleted("90000001", "synthetic.xml")])
    assert filled.search_text("lentiviral") == []
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")  # renumbers rows
        for table in ("record_fts", "evidence_fts"):
            connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")
    assert [hit.pmid for hit in filled.search_text("Ödem")] == ["90000002"]


SELECTS: list[tuple[str, Any, list[tuple[Any, ...]]]] = [
    ("SELECT count(*) FROM evidence_current", (), [(5,)]),
    ("SELECT pmid FROM record WHERE pmid = ?", ["90000001"], [("90000001",)]),
    ("SELECT pmid FROM record WHERE pmid = :pmid", {"pmid": "90000001"}, [("90000001",)]),
    ("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 3) SELECT sum(x) FROM c", (), [(6,)]),
    ("SELECT value FROM study, json_each(targets) WHERE pmid = '90000002'", (), [("CD19",), ("BCMA",)]),
    ("SELECT rowid FROM record_fts WHERE record_fts MATCH 'Ödem'", (), [(90000002,)]),
    ("SELECT count(*) > 10 FROM pragma_table_info('record')", (), [(1,)]),
    ("SELECT 1 WHERE 0", (), []),
    ("VALUES (1, 'a');", (), [(1, "a")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "params", "expected"), SELECTS)
def test_sql(filled: Store, text: str, params: Any, expected: list[tuple[Any, ...]]) -> None:
    columns, rows = filled.sql(text, params)
    assert list(rows) == expected
    assert all(isinstance(column, str) for column in columns)


REFUSED = {
    "INSERT INTO run (version, arguments, started) VALUES ('', '', '')": "Only reading",
    "UPDATE record SET title = ''": "Only reading",
    "DELETE FROM evidence": "Only reading",
    "DROP TABLE evidence": "Only reading",
    "CREATE TABLE mine (x)": "Only reading",
    "CREATE TEMP TABLE mine (x)": "Only reading",
    "WITH x AS (SELECT 1) INSERT INTO run SELECT * FROM x": "Only reading",
    "INSERT INTO record_fts (record_fts) VALUES ('rebuild')": "Only reading",
    "ATTACH ':memory:' AS other": "Only reading",
    "DETACH main": "Only reading",
    "PRAGMA query_only = OFF": "Only reading",
    "PRAGMA user_version = 9": "Only reading",
    "PRAGMA writable_schema = ON": "Only reading",
    "VACUUM INTO '/tmp/never.db'": "Only reading",
    "BEGIN": "Only reading",
    "UPDATE sqlite_master SET sql = ''": "may not be modified",
    "REINDEX": "Only reading",
    "ANALYZE": "Only reading",
    "SELECT load_extension('x')": "Only reading",
    "SELECT writefile('x', 'y')": "no such function",
    "SELECT 1; DELETE FROM evidence": "one statement",
    "SELECT 1; SELECT 2": "one statement",
    "SELECT x FROM nowhere": "does not run: no such table",
    "SELEC 1": "does not run: near",
    "SELECT ?": "does not run: Incorrect number of bindings",
    "": "gives no rows",
    "-- only a comment": "gives no rows",
    "SELECT zeroblob(1000000000)": "does not run: string or blob too big",
}


@pytest.mark.parametrize("text", REFUSED)
def test_sql_refused_and_nothing_changed(filled: Store, text: str) -> None:
    before = list(filled.export_rows())
    with pytest.raises(StoreError, match=REFUSED[text]):
        list(filled.sql(text)[1])
    assert list(filled.export_rows()) == before


FOREVER = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT {} FROM c"


def test_sql_that_takes_too_long(filled: Store) -> None:
    begun = time.monotonic()
    with pytest.raises(StoreError, match=r"longer than 0\.2 s"):
        filled.sql(FOREVER.format("count(*)"), seconds=0.2)
    assert time.monotonic() - begun < 5


def test_sql_streams_and_a_slow_reader_is_not_cut_off(filled: Store) -> None:
    _, rows = filled.sql(FOREVER.format("x"), seconds=0.3)
    assert list(itertools.islice(rows, 600)) == [(x,) for x in range(1, 601)]
    time.sleep(0.4)
    assert next(rows) == (601,)
    rows.close()  # type: ignore[attr-defined]


# What leads to the facts without a decision, of which there may be a million.
PLANS: list[tuple[dict[str, Any], str]] = [
    ({}, "SCAN e USING INDEX evidence_number"),
    ({"type": "response"}, "SCAN e USING INDEX evidence_number"),
    ({"min_confidence": 0.9}, "SCAN e USING INDEX evidence_number"),
    ({"status": "unreviewed"}, "SCAN e USING INDEX evidence_number"),
    ({"endpoint": "CR"}, "SEARCH e USING INDEX evidence_measure (type=? AND endpoint=?)"),
    ({"type": "response", "endpoint": "CR"}, "SEARCH e USING INDEX evidence_measure (type=? AND endpoint=?)"),
    ({"event": "CRS"}, "SEARCH e USING INDEX evidence_measure (type=? AND endpoint=? AND event=?)"),
    ({"grade": ">=3"}, "SEARCH e USING INDEX evidence_grade (grade=?)"),
    ({"event": "CRS", "grade": ">=3"}, "SEARCH e USING INDEX evidence_grade (grade=? AND event=?)"),
    ({"pmid": "90000001"}, "SEARCH e USING INDEX evidence_pmid (pmid=?)"),
    ({"quote": "patients"}, "SEARCH e USING INDEX evidence_id (id=?)"),
    ({"target": "CD22"}, "SCAN study USING INDEX study_number; SEARCH e USING INDEX evidence_pmid (pmid=?)"),
    ({"disease": ("MM",), "min_n": 5}, "SCAN study USING INDEX study_number; SEARCH e USING INDEX evidence_pmid (pmid=?)"),
    ({"text": "CD22"}, "SEARCH study USING INDEX study_number (<expr>=?); SEARCH e USING INDEX evidence_pmid (pmid=?)"),
    ({"endpoint": "CR", "target": "CD22"}, "SEARCH e USING INDEX evidence_measure (type=? AND endpoint=?)"),
]  # fmt: skip


@pytest.mark.parametrize(("filters", "way"), PLANS, ids=lambda value: str(value)[:40])
def test_filters_go_the_short_way(filled: Store, filters: dict[str, Any], way: str) -> None:
    steps = filled.plan(Filters(**filters, limit=100))
    taken = [step for step in steps if re.match(r"(SCAN|SEARCH) (e|study)\b", step)]
    assert "; ".join(taken).startswith(way)
    assert "SCAN e" not in steps


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("SELECT * FROM evidence_current WHERE pmid = '90000001'", "e USING INDEX evidence_pmid"),
        (
            "SELECT * FROM evidence_current WHERE type = 'response' AND endpoint = 'CR'",
            "e USING INDEX evidence_measure",
        ),
        ("SELECT * FROM evidence_current", "d USING INDEX decision_statement"),
        ("SELECT * FROM record ORDER BY CAST(pmid AS INTEGER)", "USING INDEX record_number"),
    ],
)
def test_plans_use_the_indexes(filled: Store, sql: str, index: str) -> None:
    plan = " ".join(row[3] for row in filled.sql("EXPLAIN QUERY PLAN " + sql)[1])
    assert index in plan
    assert "SCAN r " not in plan and "record_state" not in plan
