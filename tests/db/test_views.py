"""The views for people: what stands in each cell, what is left out, and that a page of them costs its rows only."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cartevidence import wording
from db.overview import FIGURES
from db.store import Store
from models.evidence import EVIDENCE, Fact

TEXT = "CR was seen in 24 of 30 patients (80%). Severe CRS occurred in 2 of 34. Median OS was 11.5 months."


def overview(store: Store, pmid: str = "90000001") -> dict[str, Any]:
    headings, rows = store.sql("SELECT * FROM study_overview WHERE pmid = ?", [pmid])
    (row,) = rows
    return dict(zip(headings, row, strict=True))


def response(make: Any, record: Any, endpoint: str, **values: Any) -> Fact:
    return make.fact(record, values.pop("quote", "24 of 30 patients (80%)"), endpoint=endpoint, **values)


def survival(make: Any, record: Any, endpoint: str, **values: Any) -> Fact:
    given = {"endpoint": endpoint, "measure": "rate", "time": "1 y"} | values
    return make.fact(record, "Median OS was 11.5 months", "survival", **given)


def toxicity(make: Any, record: Any, event: str, grade: str, **values: Any) -> Fact:
    return make.fact(record, values.pop("quote", "2 of 34"), "toxicity", event=event, grade=grade, **values)


# Facts of one study → the column and what it shows.
R, S, T = response, survival, toxicity
CELLS: list[tuple[str, str, list[tuple[Any, str, dict[str, Any]]]]] = [
    ("cr_cri", "24/30 (80%)", [(R, "CR/CRi", {"n": 24, "total": 30, "percent": 80})]),
    ("cr_cri", "24/30 (80%) CR", [(R, "CR", {"n": 24, "total": 30, "percent": 80})]),
    ("cr_cri", "70.5% (95% CI 44.2-99) at 30 d", [(R, "CR/CRi", {"percent": 70.5, "ci_low": 44.2, "ci_high": 99, "time": "30 d"})]),
    ("cr_cri", "24/30 (80%, 90% CI 61-92) (best)", [(R, "CR/CRi", {"n": 24, "total": 30, "percent": 80, "ci_low": 61, "ci_high": 92, "ci_level": 90, "time": "best"})]),
    ("cr_cri", "0/30", [(R, "CR/CRi", {"n": 0, "total": 30})]),
    ("cr_cri", "none", [(R, "CR/CRi", {"absent": True})]),
    ("cr_cri", "stated CR", [(R, "CR", {})]),
    ("cr_cri", "most", [(R, "CR/CRi", {"qualifier": "most"})]),
    ("cr_cri", "80% of 30 [arm A]", [(R, "CR/CRi", {"percent": 80, "total": 30, "group": "arm A"})]),
    # the best endpoint first, then the whole cohort, then the fullest numbers, then abstract before title
    ("cr_cri", "20/30", [(R, "CR", {"n": 24, "total": 30, "percent": 80}), (R, "CR/CRi", {"n": 20, "total": 30})]),
    ("cr_cri", "20", [(R, "CR/CRi", {"n": 24, "total": 30, "group": "arm A"}), (R, "CR/CRi", {"n": 20})]),
    ("cr_cri", "20/30", [(R, "CR/CRi", {"percent": 80}), (R, "CR/CRi", {"n": 20, "total": 30, "quote": "Severe CRS"})]),
    ("cr_cri", "2", [(R, "CR/CRi", {"n": 34, "quote": "34 patients"}), (R, "CR/CRi", {"n": 2})]),
    ("cr_cri", "not in abstract", [(R, "ORR", {"n": 24, "total": 30})]),
    ("orr", "24/30", [(R, "ORR", {"n": 24, "total": 30})]),
    ("mrd_negative", "24/30 MRD- CR", [(R, "MRD- CR", {"n": 24, "total": 30})]),
    ("os_1y", "76.5% (95% CI 60-not reached)", [(S, "OS", {"value": 76.5, "ci_low": 60})]),
    ("os_1y", "60%", [(S, "OS", {"value": 60, "time": "12 mo"})]),
    ("os_1y", "not in abstract", [(S, "OS", {"value": 60, "time": "2 y"})]),
    ("os_1y", "not in abstract", [(S, "OS", {"value": 12, "measure": "median", "unit": "mo", "time": None})]),
    ("pfs_1y", "not in abstract", [(S, "EFS", {"value": 60})]),
    ("lfs_1y", "60% EFS", [(S, "EFS", {"value": 60}), (S, "DFS", {"value": 70})]),
    ("severe_crs", "2/34", [(T, "CRS", {"grade": ">=3", "n": 2, "total": 34})]),
    ("severe_crs", "2/34 grade 3-4", [(T, "CRS", {"grade": "3-4", "n": 2, "total": 34})]),
    ("severe_crs", "2/34 severe", [(T, "CRS", {"grade": "severe", "n": 2, "total": 34})]),
    ("severe_crs", "not in abstract", [(T, "CRS", {"grade": "any", "n": 2, "total": 34})]),
    ("severe_icans", "none", [(T, "neurotoxicity", {"grade": ">=3", "absent": True})]),
]  # fmt: skip


@pytest.mark.parametrize(("column", "shown", "given"), CELLS)
def test_a_cell(store: Store, make: Any, column: str, shown: str, given: list[Any]) -> None:
    record = make.record()
    facts = [build(make, record, name, **values) for build, name, values in given]
    store.save([make.fetched(record)])
    store.save_extractions([make.extraction(record, *facts)])
    row = overview(store)
    assert row[column] == shown
    assert (row[f"{column}_quote"] is None) == (shown == "not in abstract")
    # the same words as everywhere else, where the heading says all
    values = [wording.value(fact) for fact in facts if fact.group is None and not fact.given().get("time")]
    if len(facts) == 1 and values and " " not in shown.partition(")")[2] and shown[0].isdigit():
        assert shown.startswith(values[0])


def test_what_is_not_there_is_told_apart(store: Store, make: Any) -> None:
    read, new = make.record("90000001"), make.record("90000002")
    bare = make.record("90000003", sections=())
    store.save([make.fetched(record) for record in (read, new, bare)])
    store.save_extractions([make.extraction(read), make.extraction(bare)])
    shown = [overview(store, pmid)["os_1y"] for pmid in ("90000001", "90000002", "90000003")]
    assert shown == ["not in abstract", "not extracted yet", "no abstract"]


def test_the_study_is_described(store: Store, make: Any) -> None:
    record = make.record(authors=("Doe J", "Roe R"))
    store.save([make.fetched(record)])
    store.save_extractions([make.extraction(record, make.cr(record), targets=("CD19", "CD22"))])
    row = overview(store)
    assert (row["first_author"], row["targets"], row["study_n"]) == ("Doe J", "CD19, CD22", 34)
    assert row["url"] == "https://pubmed.ncbi.nlm.nih.gov/90000001/" == record.url
    assert row["cr_cri_quote"] == "24 of 30 patients (80%)"


@pytest.mark.parametrize(
    ("action", "corrected", "shown"),
    [("reject", None, "not in abstract"), ("correct", 23, "23/30 (80%) CR"), ("accept", None, "24/30 (80%) CR")],
)
def test_decisions_are_applied(store: Store, make: Any, action: str, corrected: int | None, shown: str) -> None:
    record = make.record()
    fact = make.cr(record)
    store.save([make.fetched(record)])
    store.save_extractions([make.extraction(record, fact)])
    store.decide(make.decision(action, fact, make.cr(record, n=corrected) if corrected else None))
    assert overview(store)["cr_cri"] == shown
    _, rows = store.sql("SELECT n, status FROM response")
    expected = {"reject": [], "correct": [(23, "corrected")], "accept": [(24, "accepted")]}[action]
    assert list(rows) == expected


@pytest.mark.parametrize(
    ("study_type", "shown"), [("meta_analysis", "24/30 (80%) CR [pooled]"), ("review", "not in abstract")]
)
def test_pooled_results_are_those_of_a_meta_analysis(store: Store, make: Any, study_type: str, shown: str) -> None:
    record = make.record()
    store.save([make.fetched(record)])
    store.save_extractions([make.extraction(record, make.cr(record, pooled=True), study_type=study_type)])
    assert overview(store)["cr_cri"] == shown


@pytest.mark.parametrize("kind", EVIDENCE)
def test_a_view_of_each_type_has_its_columns(store: Store, kind: str) -> None:
    headings, _ = store.sql(f"SELECT * FROM {kind}")
    about = {"year", "title", "study_type", "targets", "diseases", "study_n", "retracted", "url", "status", "id"}
    found_by = {"version", "text_hash", "start", "end", "rule", "extractor_version", "inferred", "type"}
    assert set(headings) == set(EVIDENCE[kind].model_fields) - found_by | about


def test_withdrawn_records_are_left_out(store: Store, make: Any) -> None:
    from models.outcome import Deleted

    record = make.record()
    store.save([make.fetched(record), Deleted(record.pmid, "synthetic.xml")])
    assert list(store.sql("SELECT * FROM study_overview")[1]) == []


def plan(path: Path, sql: str) -> list[str]:
    with closing(sqlite3.connect(path)) as client:
        return [row[3] for row in client.execute("EXPLAIN QUERY PLAN " + sql)]


@pytest.mark.parametrize("figure", [figure.name for figure in FIGURES])
def test_a_cell_reads_its_own_study_only(store: Store, path: Path, figure: str) -> None:
    for column in (figure, f"{figure}_quote"):
        steps = plan(path, f"SELECT {column} FROM study_overview")
        assert "SEARCH e USING INDEX evidence_pmid (pmid=?)" in steps
        assert "SEARCH d USING INDEX decision_pmid (pmid=?)" in steps
        assert not [step for step in steps if step.startswith(("SCAN e", "SCAN d")) or "evidence_measure" in step]


@pytest.mark.parametrize(
    ("order", "index"),
    [("pmid", "sqlite_autoindex_record_1"), ("year", "record_year"), ("CAST(pmid AS INTEGER)", "record_number")],
)
def test_a_page_in_order_needs_no_sorting(store: Store, path: Path, order: str, index: str) -> None:
    steps = plan(path, f"SELECT pmid, title FROM study_overview ORDER BY {order} LIMIT 50 OFFSET 100")
    assert any(step.startswith("SCAN r USING") and index in step for step in steps)
    assert not [step for step in steps if step.endswith("FOR ORDER BY")]
