"""What extraction leaves in the database, and which records still wait for it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from db.store import Store
from models.errors import InvalidData, StoreError
from models.evidence import EVIDENCE, Fact
from models.outcome import Deleted
from models.study import Study

EACH_KIND: dict[str, dict[str, Any]] = {
    "cohort": {"role": "treated", "n": 34},
    "response": {"endpoint": "CR/CRi", "n": 24, "total": 30, "percent": 80.0, "ci_low": 61.4, "ci_high": 92.3,
                 "ci_level": 95, "time": "30 d", "group": "children"},
    "toxicity": {"event": "CRS", "grade": ">=3", "absent": True, "qualifier": "none"},
    "procedure": {"name": "HSCT bridging", "n": 0, "percent": 0.5},
    "survival": {"endpoint": "OS", "measure": "median", "not_reached": True, "unit": "mo", "ci_low": -1.5},
    "followup": {"value": 14.25, "unit": "mo", "low": 1, "high": 30.125},
}  # fmt: skip


@pytest.mark.parametrize("kind", EVIDENCE)
def test_each_kind_of_fact_comes_back_as_it_went_in(store: Store, make: Any, kind: str) -> None:
    record = make.record(version=3)
    found = {"checks": ("percent_mismatch",), "inferred": ("total", "time"), "confidence": 1 / 3}
    fact: Fact = make.fact(record, "24 of 30", kind, **EACH_KIND[kind], **found)
    store.save([make.fetched(record)])
    store.save_extractions([make.extraction(record, fact)])
    (stored,) = store.facts(record.pmid)
    assert stored.fact == fact
    assert (stored.id, stored.statement) == (fact.id, fact.statement) == (stored.fact.id, stored.fact.statement)
    assert (stored.status, stored.attention, stored.decision, stored.last_decision) == ("unreviewed", None, None, None)


def test_every_field_of_every_model_has_its_column(store: Store) -> None:
    columns, _ = store.sql("SELECT * FROM evidence")
    fields = {name for kind in EVIDENCE.values() for name in kind.model_fields}
    assert fields | {"number", "id", "statement", "key"} == set(columns)
    columns, _ = store.sql("SELECT * FROM study")
    assert set(Study.model_fields) | {"text_hash", "extractor_version"} == set(columns)


def test_study_comes_back(store: Store, make: Any) -> None:
    record = make.record()
    found = make.extraction(record, nct=("NCT90000001",), phase="1/2", products=("synthetic-cel",), study_n=None)
    store.save([make.fetched(record)])
    store.save_extractions([found])
    assert store.study(record.pmid) == found.study
    assert store.study("90000099") is None


def test_same_extraction_twice_is_stored_once(store: Store, make: Any) -> None:
    record = make.record()
    found = make.extraction(record, make.cr(record), make.cr(record), make.crs(record))
    store.save([make.fetched(record)])
    for _ in "12":
        assert store.save_extractions([found]) == 1
        assert [fact.fact for fact in store.facts(record.pmid)] == [make.cr(record), make.crs(record)]


def test_new_version_replaces_the_evidence_of_its_records_only(store: Store, make: Any) -> None:
    one, two = make.record("90000001"), make.record("90000002")
    store.save([make.fetched(one), make.fetched(two)])
    store.save_extractions([make.extraction(one, make.cr(one)), make.extraction(two, make.cr(two))])
    newer = make.crs(one, extractor_version="2")
    store.save_extractions([make.extraction(one, newer, version="2", study_n=30)])
    assert [fact.fact for fact in store.facts("90000001")] == [newer]
    assert store.study("90000001").study_n == 30
    assert [fact.fact for fact in store.facts("90000002")] == [make.cr(two)]


def test_pending(store: Store, make: Any) -> None:
    records = [make.record(pmid) for pmid in ("90000010", "9000002", "90000001", "90000003", "90000004")]
    store.save([make.fetched(record) for record in records])
    store.save([Deleted("90000004", "synthetic.xml")])

    def waiting(*arguments: Any, **more: Any) -> list[list[str]]:
        return [[record.pmid for record in batch] for batch in store.pending(*arguments, **more)]

    in_order = ["9000002", "90000001", "90000003", "90000010"]
    assert waiting("1") == [in_order]
    assert waiting("1", batch=3) == [in_order[:3], in_order[3:]]
    assert waiting("1", ["90000010", "90000001", "90000010", "90000099"]) == [["90000001", "90000010"]]
    assert waiting("1", []) == []
    store.save_extractions([make.extraction(records[0]), make.extraction(records[1])])  # without facts, too
    assert waiting("1") == [["90000001", "90000003"]]
    assert waiting("2") == [in_order]
    assert next(store.pending("1"))[0] == records[2]


def test_pending_goes_on_while_extractions_are_saved(store: Store, make: Any) -> None:
    store.save([make.fetched(make.record(str(pmid))) for pmid in range(90000001, 90000012)])
    seen = []
    for batch in store.pending("1", batch=3):
        seen += [record.pmid for record in batch]
        store.save_extractions([make.extraction(record) for record in batch[1:]])  # one of each batch fails
    assert seen == [str(pmid) for pmid in range(90000001, 90000012)]
    assert sum(len(batch) for batch in store.pending("1")) == 4


def test_extraction_of_a_text_that_has_changed_is_left_out(store: Store, make: Any) -> None:
    old = make.record()
    store.save([make.fetched(old)])
    store.save([make.fetched(make.record(results="All new."))])
    assert store.save_extractions([make.extraction(old, make.cr(old))]) == 0
    assert store.facts(old.pmid) == []
    store.save([Deleted("90000001", "synthetic.xml")])
    new = make.record(results="All new.")
    assert store.save_extractions([make.extraction(new, make.fact(new, "new", endpoint="CR"))]) == 0


def test_fact_without_its_quote_is_refused_and_nothing_is_written(store: Store, make: Any) -> None:
    one, two = make.record("90000001"), make.record("90000002")
    store.save([make.fetched(one), make.fetched(two)])
    moved = make.cr(two).model_copy(update={"start": 1, "end": 1 + len(make.cr(two).quote)})
    of_another = make.extraction(two, make.cr(one))
    for bad, words in ((make.extraction(two, moved), "Fact.quote"), (of_another, "another record")):
        with pytest.raises(InvalidData, match=words):
            store.save_extractions([make.extraction(one, make.cr(one)), bad])
        assert store.facts("90000001") == []
    with pytest.raises(StoreError, match="90000003 is not in the database"):
        store.save_extractions([make.extraction(make.record("90000003"))])


def test_evidence_table_for_any_client(store: Store, path: Any, make: Any) -> None:
    record = make.record()
    store.save([make.fetched(record)])
    store.save_extractions([make.extraction(record, make.cr(record, group="children", time="30 d"))])
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute(
            'SELECT pmid, type, endpoint, n, total, percent, "group", key FROM evidence'
        ).fetchone()
    assert row == ("90000001", "response", "CR", 24, 30, 80.0, "children", "response|CR|30 d|children")
