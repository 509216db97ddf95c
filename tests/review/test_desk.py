"""One curator at the desk: what is shown, what each act does, and that none is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cartevidence.review.desk import Desk
from cartevidence.review.desk_types import DeskFact, DeskStudy
from db.store import Store
from models.errors import Busy, InvalidData, Stale, StoreError
from models.record import Record

PMID = "90000001"
OpenDesk = Callable[..., Desk]


def fact(study: DeskStudy, kind: str) -> DeskFact:
    (found,) = [one for one in study.facts if one.fact.type == kind]
    return found


def shown(study: DeskStudy) -> list[tuple[str, str]]:
    return [(one.words, one.status) for one in study.facts]


UNTOUCHED = [("treated 34 patients", "unreviewed"), ("CR 24/30 (80%)", "unreviewed"),
             ("CRS grade >=3 2/34", "unreviewed")]  # fmt: skip


def test_a_study_as_shown(desk: OpenDesk) -> None:
    study = desk().study(PMID)
    assert shown(study) == UNTOUCHED
    assert [one.number for one in study.facts] == [1, 2, 3]
    assert {one.seen for one in study.facts} == {None}
    assert [section.label for section in study.sections] == ["TITLE", "RESULTS"]
    marked = [(piece.text, piece.facts) for section in study.sections for piece in section.pieces if piece.facts]
    assert marked == [("34 patients", (1,)), ("24 of 30 patients (80%)", (2,)), ("2 of 34", (3,))]
    assert (study.mode, study.label) == ("open", "PMID 90000001")


def test_accept_correct_reject_add(desk: OpenDesk, record: Record) -> None:
    ada = desk()
    study = ada.study(PMID)
    study = ada.accept(PMID, fact(study, "cohort").id, seen=None)
    study = ada.correct(PMID, fact(study, "response").id, {"n": "23", "endpoint": "CR or CRi"}, seen=None)
    study = ada.reject(PMID, fact(study, "toxicity").id, seen=None, reason="another study's")
    at = record.abstract.index(" Median OS was 11.5 months")
    study = ada.add(PMID, type="survival", section="RESULTS", start=at, end=at + 26,
                    values={"endpoint": "os", "measure": "median", "value": 11.5, "unit": "mo"})  # fmt: skip
    assert shown(study) == [
        ("treated 34 patients", "accepted"), ("CR/CRi 23/30 (80%)", "corrected"), ("CRS grade >=3 2/34", "rejected"),
        ("OS median 11.5 months", "added"),
    ]  # fmt: skip
    assert study.facts[3].fact.quote == "Median OS was 11.5 months"
    assert study.facts[1].checks == ("CR/CRi 80% of 30: 23/30 would be 76.7%",)
    assert (study.facts[1].fact.confidence, study.facts[1].fact.rule) == (1.0, "synthetic")
    entries = ada.history(PMID)
    assert [(e.act, e.before, e.after, e.reason, e.undone) for e in entries] == [
        ("add", None, "OS median 11.5 months", "", False),
        ("reject", "CRS grade >=3 2/34", None, "another study's", False),
        ("correct", "CR 24/30 (80%)", "CR/CRi 23/30 (80%)", "", False),
        ("accept", "treated 34 patients", "treated 34 patients", "", False),
    ]
    assert {e.fact for e in entries} == {one.id for one in study.facts}
    assert {e.curator for e in entries} == {"ada"}


def test_undo_takes_back_the_last_act_of_this_curator(desk: OpenDesk) -> None:
    ada, bob = desk(), desk("bob")
    study = ada.study(PMID)
    ada.accept(PMID, fact(study, "cohort").id, seen=None)
    study = ada.reject(PMID, fact(study, "response").id, seen=None, reason="no")
    study = bob.accept(PMID, fact(study, "toxicity").id, seen=None)
    assert [status for _, status in shown(ada.undo(PMID))] == ["accepted", "unreviewed", "accepted"]
    assert [status for _, status in shown(ada.undo(PMID))] == ["unreviewed", "unreviewed", "accepted"]
    with pytest.raises(StoreError, match="nothing of yours to undo"):
        ada.undo(PMID)
    study = ada.study(PMID)
    study = ada.undo(PMID, fact(study, "toxicity").id, seen=fact(study, "toxicity").seen)
    assert shown(study) == UNTOUCHED
    assert [(e.curator, e.act, e.undone) for e in ada.history(PMID)][:2] == [
        ("ada", "undo", False),
        ("ada", "undo", False),
    ]
    with pytest.raises(StoreError, match="no decision stands"):
        ada.undo(PMID, fact(study, "toxicity").id, seen=fact(study, "toxicity").seen)


def test_accept_all_leaves_what_calls_for_a_look(path: Path, desk: OpenDesk, make: Any, record: Record) -> None:
    twins = make.cr(record), make.cr(record, n=20)  # two figures of one statement
    with Store.open(path) as store:
        doubtful = make.crs(record, checks=("n_over_total",))
        store.save_extractions([make.extraction(record, make.treated(record), *twins, doubtful)])
    ada = desk()
    study = ada.study(PMID)
    study = ada.accept_all(PMID, seen={one.id: one.seen for one in study.facts if one.fact.type != "cohort"})
    assert [(one.fact.type, one.status) for one in study.facts] == [
        ("cohort", "unreviewed"), ("response", "accepted"), ("response", "accepted"), ("toxicity", "unreviewed")
    ]  # fmt: skip


def test_accept_all_is_one_transaction(desk: OpenDesk) -> None:
    ada, bob = desk(), desk("bob")
    study = ada.study(PMID)
    bob.reject(PMID, fact(study, "toxicity").id, seen=None, reason="no")
    with pytest.raises(Stale, match="decided meanwhile by bob"):
        ada.accept_all(PMID, seen={one.id: one.seen for one in study.facts})
    assert [status for _, status in shown(desk().study(PMID))] == ["unreviewed", "unreviewed", "rejected"]


def test_decided_in_between(desk: OpenDesk) -> None:
    ada, bob = desk(), desk("bob")
    one = fact(ada.study(PMID), "response")
    decided = fact(bob.accept(PMID, one.id, seen=one.seen), "response")
    for act in (
        lambda: ada.accept(PMID, one.id, seen=one.seen),
        lambda: ada.correct(PMID, one.id, {"n": 20}, seen=one.seen),
        lambda: ada.reject(PMID, one.id, seen=one.seen, reason="no"),
        lambda: ada.undo(PMID, one.id, seen=one.seen),
    ):
        with pytest.raises(Stale, match="decided meanwhile"):
            act()
    assert shown(desk().study(PMID))[1] == ("CR 24/30 (80%)", "accepted")
    assert fact(ada.correct(PMID, one.id, {"n": 20}, seen=decided.seen), "response").status == "corrected"


def test_a_locked_file_gives_busy_and_loses_nothing(path: Path, desk: OpenDesk) -> None:
    ada = desk(wait=0.05)
    one = fact(ada.study(PMID), "response")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy, match="in use by another program; try again"):
            ada.accept(PMID, one.id, seen=one.seen)
        assert shown(ada.study(PMID)) == UNTOUCHED  # reading goes on
        other.execute("ROLLBACK")
    assert fact(ada.accept(PMID, one.id, seen=one.seen), "response").status == "accepted"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "not a number": ({"n": "many"}, "Response.n"),
    "negative": ({"percent": -1}, "Response.percent"),
    "no such value of this type": ({"role": "treated"}, "role: a fact of the type response"),
    "no value at all": ({"quote": "CR"}, "quote: this is no value"),
    "half a patient": ({"n": 23.5}, "Response.n"),
    "not a time": ({"time": "a month"}, "Response.time"),
    "nothing left": ({"n": None, "percent": ""}, "n, percent: give a figure"),
    "nothing changed": ({"n": 24}, "Nothing was changed"),
    "unknown type": ({"type": "cure"}, "type: 'cure' is not one of"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_values_that_do_not_fit(desk: OpenDesk, name: str) -> None:
    ada = desk()
    one = fact(ada.study(PMID), "response")
    values, words = REFUSED[name]
    with pytest.raises(InvalidData, match=words):
        ada.correct(PMID, one.id, values, seen=None)
    assert shown(ada.study(PMID)) == UNTOUCHED
    assert ada.history(PMID) == []


def test_other_refusals(desk: OpenDesk, record: Record) -> None:
    ada = desk()
    one = fact(ada.study(PMID), "response")
    with pytest.raises(InvalidData, match="reason"):
        ada.reject(PMID, one.id, seen=None, reason="  ")
    with pytest.raises(StoreError, match="no study with PMID 90009999"):
        ada.study("90009999")
    with pytest.raises(Stale, match="not there any more"):
        ada.accept(PMID, "0" * 16, seen=None)
    place = {"section": "RESULTS", "start": record.abstract.index("24 of"), "end": record.abstract.index("24 of") + 8}
    with pytest.raises(StoreError, match="there already"):
        ada.add(PMID, type="response", values={"endpoint": "CR", "n": 24, "total": 30, "percent": 80}, **place)
    for start, end, words in ((5, 5, "not within the text"), (0, 99999, "not within"), (8, 9, "only blanks")):
        with pytest.raises(InvalidData, match=words):
            ada.add(PMID, type="cohort", section="RESULTS", start=start, end=end, values={"role": "arm", "n": 3})
    for name in ("", "  ", "x" * 61, "anna + ben"):
        with pytest.raises(InvalidData, match="curator"):
            desk(name)


def test_type_of_a_fact_can_be_corrected(desk: OpenDesk) -> None:
    ada = desk()
    study = ada.correct(PMID, fact(ada.study(PMID), "response").id, {"type": "toxicity", "event": "ICANS"}, seen=None)
    assert shown(study)[1] == ("neurotoxicity 24/30 (80%)", "corrected")
    assert shown(ada.undo(PMID)) == UNTOUCHED


def test_queue(path: Path, desk: OpenDesk, make: Any, record: Record) -> None:
    ada = desk()

    def needs(**asked: Any) -> list[tuple[str, str, int, int]]:
        items, total = desk().queue(**asked)
        assert total == len(items)
        return [(item.pmid[-1], item.need, item.decided, item.facts) for item in items]

    assert needs() == [("2", "low confidence", 0, 1), ("1", "unreviewed", 0, 3), ("3", "unreviewed", 0, 0)]
    study = ada.accept_all(PMID, seen={one.id: one.seen for one in ada.study(PMID).facts})
    assert (study.previous, study.next) == ("90000003", "90000002")
    assert needs() == [("2", "low confidence", 0, 1), ("3", "unreviewed", 0, 0), ("1", "done", 3, 3)]
    with Store.open(path) as store:
        found = make.treated(record), make.cr(record, n=25), make.crs(record, n=40, checks=("n_over_total",), grade="4")
        store.save_extractions([make.extraction(record, *found, version="2")])
    assert needs() == [("1", "attention", 3, 4), ("2", "low confidence", 0, 1), ("3", "unreviewed", 0, 0)]
    changed, gone = [one for one in desk().study(PMID).facts if one.attention]
    assert (changed.attention, gone.attention) == ("extraction changed", "no longer extracted")
    desk().accept(PMID, changed.id, seen=changed.seen)
    desk().reject(PMID, gone.id, seen=gone.seen, reason="never said")
    assert needs()[0] == ("1", "failed check", 3, 4)
    assert needs(target="cd22") == needs(search="90000001") == needs(need="failed check") == needs()[:1]
    assert needs(disease="acute lymphoblastic leukemia") == needs()[:2]  # takes in T-ALL and B-ALL
    assert needs(search="synthetic trial") == needs()
    assert needs(search="unheard") == []
    assert desk().queue(limit=1, offset=1) == (desk().queue()[0][1:2], 3)
    assert desk().queue(offset=9) == ([], 3)
    assert desk().progress() == {
        "studies": 3, "facts": 5, "decided": 3, "conflict": 0, "attention": 0, "failed check": 1, "low confidence": 1,
        "unreviewed": 1, "done": 0,
    }  # fmt: skip
    assert (desk().study("90000002").previous, desk().study("90000002").next) == (PMID, "90000003")
    assert (desk().study("90000003").previous, desk().study("90000003").next) == ("90000002", PMID)


def test_taken_over_when_pubmed_changed_the_text(path: Path, desk: OpenDesk, make: Any, record: Record) -> None:
    ada = desk()
    cohort, response, toxicity = ada.study(PMID).facts
    ada.accept(PMID, cohort.id, seen=None)
    ada.correct(PMID, response.id, {"n": 23}, seen=None)
    seen = next(one.seen for one in ada.study(PMID).facts if one.id == response.id)
    ada.correct(PMID, response.id, {"n": 22}, seen=seen)
    ada.reject(PMID, toxicity.id, seen=None, reason="no")
    new = make.record(results="After a correction, " + record.sections[0].text)
    with Store.open(path) as store:
        store.save([make.fetched(new)])
        store.save_extractions([make.extraction(new, make.treated(new), make.cr(new))])

    def look() -> list[tuple[str, str, str | None]]:
        return sorted((one.words, one.status, one.attention) for one in desk().study(PMID).facts)

    assert look() == [
        ("CR 22/30 (80%)", "corrected", "text changed"), ("CR 24/30 (80%)", "unreviewed", None),
        ("CRS grade >=3 2/34", "rejected", None), ("treated 34 patients", "accepted", "text changed"),
        ("treated 34 patients", "unreviewed", None),
    ]  # fmt: skip
    for one in desk().study(PMID).facts:
        if one.attention:
            with pytest.raises(StoreError, match="accept the fact, which takes it over"):
                desk().correct(PMID, one.id, {"n": 1}, seen=one.seen)
            desk().accept(PMID, one.id, seen=one.seen)
    assert look() == [
        ("CR 22/30 (80%)", "added", None), ("CR 24/30 (80%)", "unreviewed", None),
        ("CRS grade >=3 2/34", "rejected", None), ("treated 34 patients", "accepted", None),
    ]  # fmt: skip
    quotes = {one.fact.quote for one in desk().study(PMID).facts if one.status == "added"}
    assert quotes == {"24 of 30 patients (80%)"}
    assert len(desk().history(PMID)) == 4 + 3 + 2  # nothing is gone: three undone, two taken over


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ("Nothing of it.", "not in the changed text"),
        ("CR 24 of 30 patients (80%), 24 of 30 patients (80%).", "several times"),
    ],
)
def test_not_taken_over_where_the_words_are_not_there_once(
    path: Path, desk: OpenDesk, make: Any, results: str, words: str
) -> None:
    ada = desk()
    ada.accept(PMID, fact(ada.study(PMID), "response").id, seen=None)
    with Store.open(path) as store:
        store.save([make.fetched(make.record(results=results))])
    one = desk().study(PMID).facts[0]
    with pytest.raises(StoreError, match=words):
        desk().accept(PMID, one.id, seen=one.seen)
    assert [(e.act, e.undone) for e in desk().history(PMID)] == [("accept", False)]
