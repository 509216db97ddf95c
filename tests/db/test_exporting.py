"""Export objects as the contract promises them."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

from db.store import Store
from models.outcome import Deleted, NotStored
from models.record import PartialDate


def jsonl(store: Store, **how: Any) -> list[str]:
    return [json.dumps(row, ensure_ascii=False) for row in store.export_rows(**how)]


def test_objects(store: Store, make: Any) -> None:
    record = make.record(
        doi="10.0000/synthetic",
        authors=("Muster Eva M", "Doe J"),
        published=PartialDate(year=2021),
        nct=("NCT90000001",),
    )
    store.save([make.fetched(record)])
    cr = make.cr(record, percent=80, ci_low=61.4, checks=("percent_mismatch",), time="30 d", inferred=("time",))
    no_crs = make.fact(record, "Severe CRS occurred", "toxicity", event="CRS", grade=">=3", absent=True)
    store.save_extractions([make.extraction(record, no_crs, cr, nct=("NCT90000002", "NCT90000001"))])
    study, *facts = store.export_rows()
    assert study == {
        "type": "study", "pmid": "90000001", "title": record.title, "year": 2021, "journal": "Synthetic J",
        "doi": "10.0000/synthetic", "study_type": "prospective_trial", "targets": ["CD22"], "diseases": ["B-ALL"],
        "study_n": 34, "nct": ["NCT90000001", "NCT90000002"], "retracted": False, "label": "Muster 2021",
    }  # fmt: skip
    assert facts[0] == {
        "type": "response", "pmid": "90000001", "id": cr.id, "endpoint": "CR", "n": 24, "total": 30, "percent": 80,
        "time": "30 d", "ci_low": 61.4, "quote": cr.quote, "section": "RESULTS", "start": cr.start, "end": cr.end,
        "confidence": 0.9, "checks": ["percent_mismatch"], "rule": "synthetic", "extractor_version": "1",
        "status": "unreviewed",
    }  # fmt: skip
    assert '"n": 24, "total": 30, "percent": 80, ' in json.dumps(facts[0])  # whole numbers without a point
    assert facts[1]["absent"] is True
    assert not {"n", "percent", "not_reached", "attention", "group"} & set(facts[1])


def test_record_before_extraction(store: Store, make: Any) -> None:
    store.save([make.fetched(make.record(journal=""))])
    assert list(store.export_rows()) == [
        {
            "type": "study",
            "pmid": "90000001",
            "title": make.record().title,
            "nct": [],
            "retracted": False,
            "label": "PMID 90000001",
        }
    ]


def test_records_are_in_order_and_whole(store: Store, make: Any) -> None:
    records = [make.record(pmid, authors=("Muster Eva M",)) for pmid in ("90000010", "9000002", "90000001")]
    store.save([make.fetched(record) for record in records])
    store.save([Deleted("90000001", "synthetic.xml")])
    assert list(store.records()) == [records[1], records[0]]


def test_order(store: Store, make: Any) -> None:
    """By PMID as a number; title before abstract, then by place."""
    records = [make.record(pmid) for pmid in ("90000010", "9000002", "90000001")]
    store.save([make.fetched(record) for record in records])
    store.save_extractions(
        [make.extraction(r, make.crs(r), make.cr(r, n=23), make.cr(r), make.treated(r)) for r in records]
    )
    store.decide(make.decision("accept", make.crs(records[1])))
    rows = list(store.export_rows())
    assert [row["pmid"] for row in rows] == ["9000002"] * 5 + ["90000001"] * 5 + ["90000010"] * 5
    assert [row["type"] for row in rows] == ["study", "cohort", "response", "response", "toxicity"] * 3
    ids = [row["id"] for row in rows if row["type"] == "response"]
    assert ids[0] < ids[1]


def test_same_bytes_whatever_the_order_of_work(tmp_path: Path, make: Any) -> None:
    records = [make.record(str(pmid)) for pmid in range(90000001, 90000021)]
    found = [make.extraction(r, make.cr(r), make.crs(r)) for r in records]
    with Store.open(tmp_path / "one.db") as one, Store.open(tmp_path / "two.db") as two:
        one.save([make.fetched(record) for record in records])
        one.save_extractions(found)
        for record, extraction in reversed(list(zip(records, found, strict=True))):
            two.save([NotStored(record.pmid, "failed", "first try")])
            two.save([make.fetched(record)])
            for _ in "12":
                two.save_extractions([extraction])
        assert jsonl(one) == jsonl(two)
        assert len(jsonl(one)) == 60


def test_curated(store: Store, make: Any) -> None:
    record = make.record()
    store.save([make.fetched(record)])
    store.save_extractions([make.extraction(record, make.cr(record), make.treated(record))])
    store.decide(make.decision("correct", make.cr(record), make.cr(record, percent=79.5)))
    store.decide(make.decision("reject", make.treated(record)))
    store.decide(make.decision("add", make.crs(record)))
    everything = [(row.get("status"), row.get("percent")) for row in store.export_rows()]
    assert everything == [(None, None), ("rejected", None), ("corrected", 79.5), ("added", None)]
    assert [row.get("status") for row in store.export_rows(curated=True)] == [None, "corrected", "added"]


def test_decided_fact_of_a_former_text_says_so(store: Store, make: Any) -> None:
    record = make.record()
    store.save([make.fetched(record)])
    store.save_extractions([make.extraction(record, make.cr(record))])
    store.decide(make.decision("accept", make.cr(record)))
    store.save([make.fetched(make.record(results="All new."))])
    assert [row.get("attention") for row in store.export_rows()] == [None, "text changed"]


def test_withdrawn_records_are_left_out(store: Store, make: Any) -> None:
    record = make.record()
    store.save([make.fetched(record), make.fetched(make.record("90000002"))])
    store.save_extractions([make.extraction(record, make.cr(record))])
    store.decide(make.decision("accept", make.cr(record)))
    store.save([Deleted("90000001", "synthetic.xml"), Deleted("90000003", "synthetic.xml")])
    assert [row["pmid"] for row in store.export_rows()] == ["90000002"]


def test_rows_are_of_one_moment_while_others_write(store: Store, make: Any) -> None:
    records = [make.record(str(pmid)) for pmid in range(90000001, 90000004)]
    store.save([make.fetched(record) for record in records])
    rows = store.export_rows()
    next(rows)
    store.save_extractions([make.extraction(record, make.cr(record)) for record in records])
    assert len(list(rows)) == 2
    assert len(list(store.export_rows())) == 6


def test_memory_stays_flat(store: Store, make: Any) -> None:
    for start in range(90000001, 90002001, 500):
        records = [
            make.record(str(pmid), results=f"24 of 30 patients (80%) {pmid}" * 20) for pmid in range(start, start + 500)
        ]
        store.save([make.fetched(record) for record in records])
        store.save_extractions([make.extraction(record, make.cr(record)) for record in records])
    tracemalloc.start()
    assert sum(1 for _ in store.export_rows()) == 4000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
