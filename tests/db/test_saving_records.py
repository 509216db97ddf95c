"""What a batch of outcomes leaves in the database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.records import SaveCount
from db.store import Store
from models.outcome import Deleted, NotStored
from models.record import Link, PartialDate, Record, Section

PMID = "90000001"
FULL = Record(
    pmid=PMID,
    version=2,
    title="Synthetic: 10^6 cells/kg & “quotes”",
    sections=(
        Section(text="No label here."),
        Section(label="METHODS", category="METHODS", text=""),
        Section(label="RESULTS", text="Line\nfeed and ≥3: kept."),
    ),
    authors=("Lovelace A", "Curie M"),
    affiliations=("Synthetic Hospital, Nowhere",),
    journal="Synthetic J",
    published=PartialDate(year=2021, month=4),
    published_online=PartialDate(year=2020, month=12, day=31),
    publication_types=("Clinical Trial", "Retracted Publication"),
    mesh=("Humans",),
    keywords=("CAR T",),
    languages=("eng",),
    doi="10.0000/synthetic",
    pmcid="PMC90000001",
    nct=("NCT90000001",),
    links=(Link(kind="retraction_in", pmid="90000002", citation="Synthetic J 2022"),),
    source="synthetic.xml",
    fetched=datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
)


@pytest.mark.parametrize("record", [FULL, Record(pmid=PMID)], ids=["full", "bare"])
def test_record_comes_back_as_it_went_in(store: Store, make: Any, record: Record) -> None:
    store.save([make.fetched(record, raw=b"\x00raw" * 100)])
    assert store.record(PMID) == record
    assert store.record(PMID).text_hash == record.text_hash
    assert store.raw(PMID) == ("pubmed_xml", b"\x00raw" * 100)
    assert store.text(PMID, record.text_hash) == (record.title, record.abstract)


def test_record_columns_for_any_client(store: Store, make: Any) -> None:
    store.save([make.fetched(FULL)])
    columns, rows = store.sql("SELECT pmid, title, abstract, year, published, retracted, state FROM record")
    assert dict(zip(columns, next(rows), strict=True)) == {
        "pmid": PMID, "title": FULL.title, "abstract": FULL.abstract, "year": 2021, "published": "2021-04",
        "retracted": 1, "state": "stored",
    }  # fmt: skip


def outcomes(make: Any, text: str) -> list[Any]:
    """Outcomes in letters: a record's version and text ('1a'), f(ailed), m(issing), b(ook), D(eleted)."""
    states = {"f": "failed", "m": "missing", "b": "book"}
    return [
        NotStored(PMID, states[word], "why") if word in states
        else Deleted(PMID, "synthetic.xml") if word == "D"
        else make.fetched(
            make.record(version=int(word[0]), results=f"Text {word[1]}.", doi=word[2:] or None), word.encode()
        )
        for word in text.split()
    ]  # fmt: skip


BATCHES = {
    # batches, apart by a bar: the last count, state, text, raw bytes, former texts
    "1a": (SaveCount(new=1), "stored", "1a", ""),
    "1a | 1a": (SaveCount(unchanged=1), "stored", "1a", ""),
    "1a | 1aX": (SaveCount(updated=1), "stored", "1aX", ""),  # metadata alone
    "1a | 1b": (SaveCount(updated=1), "stored", "1b", "a"),
    "1a | 2b": (SaveCount(updated=1), "stored", "2b", "a"),
    "2b | 1a": (SaveCount(unchanged=1), "stored", "2b", ""),
    "1a | 1b | 1a": (SaveCount(updated=1), "stored", "1a", "a b"),
    "1a 3c 2b": (SaveCount(new=1), "stored", "3c", ""),  # duplicates in one batch
    "1a | 2b 3c": (SaveCount(updated=1), "stored", "3c", "a"),
    "f": (SaveCount(not_stored=1), "failed", None, ""),
    "f | m": (SaveCount(not_stored=1), "missing", None, ""),
    "b": (SaveCount(not_stored=1), "book", None, ""),
    "f | 1a": (SaveCount(new=1), "stored", "1a", ""),
    "f 1a": (SaveCount(new=1), "stored", "1a", ""),
    "1a | f": (SaveCount(unchanged=1), "stored", "1a", ""),
    "1a f": (SaveCount(new=1), "stored", "1a", ""),
    "1a | m": (SaveCount(unchanged=1), "stored", "1a", ""),
    "1a | D": (SaveCount(deleted=1), "deleted", "1a", ""),
    "1a D": (SaveCount(deleted=1), "deleted", "1a", ""),
    "D": (SaveCount(deleted=1), "deleted", None, ""),
    "f | D": (SaveCount(deleted=1), "deleted", None, ""),
    "1a | D | D": (SaveCount(unchanged=1), "deleted", "1a", ""),
    "1a | D | 1a": (SaveCount(unchanged=1), "deleted", "1a", ""),  # an old file read again
    "1a | D | f": (SaveCount(unchanged=1), "deleted", "1a", ""),
    "": (SaveCount(), None, None, ""),
}


@pytest.mark.parametrize("batches", BATCHES)
def test_batches(store: Store, path: Any, make: Any, batches: str) -> None:
    count, state, held, former = BATCHES[batches]
    for batch in batches.split("|"):
        done = store.save(outcomes(make, batch))
    assert done == count
    assert store.known([PMID, "90000099"]) == ({PMID: state} if state else {})
    assert store.stored([PMID, "90000099"]) == ({PMID} if state == "stored" else set())
    assert (store.record(PMID) is not None) == (state == "stored")
    assert (store.raw(PMID) or (None, None))[1] == (held.encode() if held else None)
    with closing(sqlite3.connect(path)) as connection:
        texts = connection.execute("SELECT abstract FROM record_history ORDER BY abstract").fetchall()
        assert [text[len("RESULTS: Text ")] for (text,) in texts] == former.split()
        in_table = connection.execute("SELECT abstract, version FROM record WHERE abstract <> ''").fetchall()
        assert in_table == ([(f"RESULTS: Text {held[1]}.", int(held[0]))] if held else [])
        assert connection.execute("SELECT count(*) FROM not_stored").fetchone()[0] == (
            state in ("failed", "missing", "book")
        )


def test_pubmed_asked_after_the_withdrawal_brings_a_record_back(store: Store, make: Any) -> None:
    record = make.record()
    store.save([make.fetched(record), Deleted(PMID, "synthetic.xml")])
    store.save([make.fetched(record.model_copy(update={"fetched": datetime.now(UTC) - timedelta(days=1)}))])
    assert store.known([PMID]) == {PMID: "deleted"}
    store.save([make.fetched(record.model_copy(update={"fetched": datetime.now(UTC) + timedelta(seconds=2)}))])
    assert store.known([PMID]) == {PMID: "stored"}


def test_only_source_and_time_of_fetching_differ(store: Store, make: Any) -> None:
    store.save([make.fetched(FULL)])
    later = FULL.model_copy(update={"source": "other.xml", "fetched": datetime(2025, 1, 1, tzinfo=UTC)})
    assert store.save([make.fetched(later)]) == SaveCount(unchanged=1)
    assert store.record(PMID) == FULL


def test_text_changes_take_the_old_evidence_away(store: Store, make: Any) -> None:
    record = make.record()
    store.save([make.fetched(record)])
    store.save_extractions([make.extraction(record, make.cr(record))])
    store.save([make.fetched(make.record(doi="10.0000/new"))])
    assert len(store.facts(PMID)) == 1  # metadata alone: the evidence still has its text
    changed = make.record(results="All new.")
    store.save([make.fetched(changed)])
    assert (store.facts(PMID), store.study(PMID)) == ([], None)
    assert [r.pmid for batch in store.pending("1") for r in batch] == [PMID]
    assert store.text(PMID, record.text_hash) == (record.title, record.abstract)
    assert store.text(PMID, "0" * 16) is None


def test_former_texts_cannot_be_changed(store: Store, path: Any, make: Any) -> None:
    store.save(outcomes(make, "1a"))
    store.save(outcomes(make, "1b"))
    with closing(sqlite3.connect(path)) as connection:
        for sql in ("UPDATE record_history SET title = ''", "DELETE FROM record_history"):
            with pytest.raises(sqlite3.IntegrityError, match="former texts are kept"):
                connection.execute(sql)


def test_runs_and_status(store: Store, make: Any) -> None:
    assert store.status()["run"] is None
    run = store.start_run("0.1.0", {"sources": ["90000001"]})
    record = make.record()
    store.save([
        make.fetched(record), NotStored("90000010", "failed", "timed out"),
        NotStored("90000009", "missing", "no such PMID"),
    ])  # fmt: skip
    store.save([Deleted("90000003", "synthetic.xml")])
    store.save_extractions([make.extraction(record, make.cr(record), make.crs(record), make.treated(record))])
    store.decide(make.decision("accept", make.cr(record)))
    store.finish_run(run, {"stored": 1}, 3)
    status = store.status()
    assert status["records"] == {"stored": 1, "missing": 1, "book": 0, "failed": 1, "deleted": 1}
    assert status["not_stored"] == [
        {"pmid": "90000009", "state": "missing", "reason": "no such PMID"},
        {"pmid": "90000010", "state": "failed", "reason": "timed out"},
    ]
    assert status["evidence"] == {
        "extracted_records": 1, "facts": 3, "cohort": 1, "response": 1, "survival": 0, "toxicity": 1, "followup": 0,
        "procedure": 0,
    }  # fmt: skip
    assert status["review"] == {
        "unreviewed": 2, "accepted": 1, "corrected": 0, "rejected": 0, "added": 0, "attention": 0
    }  # fmt: skip
    assert (status["run"]["version"], status["run"]["counts"], status["run"]["exit_status"]) == (
        "0.1.0",
        {"stored": 1},
        3,
    )
