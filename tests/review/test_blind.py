"""Two curators, each blind to the other until both have finished; then what they left unequal is adjudicated."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cartevidence.review import merging
from cartevidence.review.desk import Desk
from cartevidence.review.desk_types import DeskFact, DeskStudy
from db.blind import review_file
from db.store import Store
from models.errors import Busy, InvalidData, Stale, StoreError
from models.record import Record

PMID = "90000001"
OpenDesk = Callable[..., Desk]
SECRET = "zebra"  # a word of anna's decisions that must be nowhere before both have finished


def fact(study: DeskStudy, kind: str) -> DeskFact:
    (found,) = [one for one in study.facts if one.fact.type == kind]
    return found


def shown(study: DeskStudy) -> list[tuple[str, str]]:
    return [(one.words, one.status) for one in study.facts]


@pytest.fixture
def assigned(desk: OpenDesk) -> OpenDesk:
    desk("chief").assign([PMID], ("anna", "ben"))
    return desk


def decide(
    desk: Desk, record: Record, *, endpoint: str = "CR", toxic: bool = True, median: float | None = 11.5
) -> None:
    """Accept the cohort, accept or correct the response, accept or reject the toxicity, perhaps add a survival."""
    study = desk.study(PMID)
    desk.accept(PMID, fact(study, "cohort").id, seen=None)
    response = fact(study, "response").id
    if endpoint == "CR":
        desk.accept(PMID, response, seen=None)
    else:
        desk.correct(PMID, response, {"endpoint": endpoint}, seen=None, reason=SECRET)
    if toxic:
        desk.accept(PMID, fact(study, "toxicity").id, seen=None)
    else:
        desk.reject(PMID, fact(study, "toxicity").id, seen=None, reason=SECRET)
    if median is not None:
        at = record.abstract.index("Median OS")
        desk.add(PMID, type="survival", section="RESULTS", start=at, end=at + 25,
                 values={"endpoint": "OS", "measure": "median", "value": median, "unit": "mo"})  # fmt: skip


def everything(path: Path) -> str:
    """All that the evidence database gives: by SQL on every table and view, by status, export, its bytes."""
    with Store.open(path, readonly=True) as store:
        told = [json.dumps([store.status(), *store.export_rows(), *store.export_rows(curated=True)])]
        _, names = store.sql("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        for (name,) in list(names):
            told.append(repr(list(store.sql(f"SELECT * FROM {name}")[1])))
    files = [path.with_name(path.name + end) for end in ("", "-wal")]
    return "\n".join([*told, *(one.read_bytes().decode("latin-1") for one in files if one.exists())])


def desk_view(desk: Desk) -> str:
    """All that a curator's desk gives of the study."""
    queue = desk.queue()
    return repr([queue, desk.progress(), desk.study(PMID), desk.history(PMID), desk.assignments(), desk.conflicts()])


def test_neither_sees_the_other_until_both_have_finished(path: Path, assigned: OpenDesk, record: Record) -> None:
    before = everything(path)
    ben_before = repr([assigned("ben").study(PMID), assigned("ben").history(PMID), assigned("ben").queue()])
    with assigned("anna") as anna:
        decide(anna, record, endpoint="CRi", toxic=False)
    assert SECRET not in everything(path)
    for name in ("ben", "carla", "chief"):
        assert SECRET not in desk_view(assigned(name))
    assert repr([assigned("ben").study(PMID), assigned("ben").history(PMID), assigned("ben").queue()]) == ben_before
    assert SECRET in desk_view(assigned("anna"))
    assigned("anna").finish(PMID)
    assert everything(path) == before
    assert repr([assigned("ben").study(PMID), assigned("ben").history(PMID), assigned("ben").queue()]) == ben_before
    for name in ("ben", "carla", "chief"):
        assert SECRET not in desk_view(assigned(name))
    with assigned("ben") as ben:
        decide(ben, record)
        assert SECRET not in desk_view(ben)
    ben = assigned("ben")
    ben.finish(PMID)
    for name in ("anna", "ben", "carla"):
        assert SECRET in desk_view(assigned(name))


def test_modes(assigned: OpenDesk, record: Record) -> None:
    def modes() -> list[tuple[str, str]]:
        def of(name: str) -> tuple[str, str]:
            item = next(item for item in assigned(name).queue()[0] if item.pmid == PMID)
            assert item.mode == assigned(name).study(PMID).mode
            return item.mode, item.need

        return [of(name) for name in ("anna", "ben", "carla")]

    assert modes() == [("blind", "unreviewed"), ("blind", "unreviewed"), ("waiting", "done")]
    with assigned("anna") as anna:
        with pytest.raises(StoreError, match="3 facts are not decided yet"):
            anna.finish(PMID)
        decide(anna, record, toxic=False)
        assert [item.decided for item in anna.queue()[0] if item.pmid == PMID] == [4]
        study = anna.finish(PMID)
        assert (study.mode, study.finished) == ("waiting", True)
        with pytest.raises(StoreError, match="You have finished"):
            anna.undo(PMID)
        with pytest.raises(StoreError, match="nothing to finish"):
            anna.finish(PMID)
    assert modes() == [("waiting", "done"), ("blind", "unreviewed"), ("waiting", "done")]
    with assigned("carla") as carla, pytest.raises(StoreError, match="under blind review"):
        carla.accept(PMID, carla.study(PMID).facts[0].id, seen=None)
    with assigned("ben") as ben:
        decide(ben, record)
        ben.finish(PMID)
    assert modes() == [("adjudication", "conflict")] * 3


def test_equal_decisions_go_in_and_unequal_ones_are_adjudicated(path: Path, assigned: OpenDesk, record: Record) -> None:
    for name, given in {"anna": {"endpoint": "CRi", "toxic": False}, "ben": {"median": 12.0}}.items():
        with assigned(name) as one:
            decide(one, record, **given)
            one.finish(PMID)
    carla = assigned("carla")
    study = carla.study(PMID)
    assert study.mode == "adjudication"
    assert shown(study) == [
        ("treated 34 patients", "accepted"), ("CR 24/30 (80%)", "unreviewed"), ("CRS grade >=3 2/34", "unreviewed"),
        ("OS median 11.5 months", "unreviewed"), ("OS median 12 months", "unreviewed"),
    ]  # fmt: skip
    assert [[(o.curator, o.status, o.words, o.reason) for o in one.others] for one in study.facts] == [
        [],
        [("anna", "corrected", "CRi 24/30 (80%)", SECRET), ("ben", "accepted", "CR 24/30 (80%)", "")],
        [("anna", "rejected", "rejected", SECRET), ("ben", "accepted", "CRS grade >=3 2/34", "")],
        [("anna", "added", "OS median 11.5 months", ""), ("ben", "unreviewed", "did not add it", "")],
        [("anna", "unreviewed", "did not add it", ""), ("ben", "added", "OS median 12 months", "")],
    ]
    assert [(pmid, one.words) for pmid, one in carla.conflicts()] == [(PMID, words) for words, _ in shown(study)[1:]]
    assert [one.conflicts for one in carla.assignments()] == [4]
    response, toxicity, *added = study.facts[1:]
    carla.correct(PMID, response.id, {"endpoint": "CRi"}, seen=response.seen, reason="the text says so")
    carla.accept(PMID, toxicity.id, seen=toxicity.seen)
    carla.accept(PMID, added[0].id, seen=added[0].seen)
    with pytest.raises(Stale):  # the other figure of the same words was decided on
        carla.reject(PMID, added[1].id, seen=added[1].seen, reason="misread")
    again = next(one for one in carla.study(PMID).facts if one.id == added[1].id)
    study = carla.reject(PMID, again.id, seen=again.seen, reason="misread")
    assert (study.mode, carla.conflicts(), [one.conflicts for one in carla.assignments()]) == ("open", [], [0])
    assert shown(study) == [
        ("treated 34 patients", "accepted"), ("CRi 24/30 (80%)", "corrected"), ("CRS grade >=3 2/34", "accepted"),
        ("OS median 11.5 months", "added"), ("OS median 12 months", "rejected"),
    ]  # fmt: skip
    assert [one.attention for one in study.facts] == [None] * 5
    with Store.open(path, readonly=True) as store:
        decisions = [(one.curator, one.action, one.reason) for _, one in store.decisions(PMID)]
    assert decisions == [
        ("anna + ben", "accept", ""),
        ("carla", "correct", "adjudicated: the text says so"),
        ("carla", "accept", "adjudicated"),
        ("anna", "add", "decided blind"),
        ("carla", "add", "adjudicated"),
        ("ben", "add", "decided blind"),
        ("carla", "reject", "adjudicated: misread"),
    ]
    blind = [(e.curator, e.act) for e in carla.history(PMID) if e.mode == "blind"]
    assert sorted(blind) == [("anna", "accept"), ("anna", "add"), ("anna", "correct"), ("anna", "reject"),
                             ("ben", "accept"), ("ben", "accept"), ("ben", "accept"), ("ben", "add")]  # fmt: skip


def test_undoing_an_adjudication_opens_the_conflict_again(path: Path, assigned: OpenDesk, record: Record) -> None:
    for name, median in (("anna", 11.5), ("ben", None)):
        with assigned(name) as one:
            decide(one, record, median=median)
            one.finish(PMID)
    before = everything_shown(assigned("carla"))
    with assigned("carla") as carla:
        survival = fact(carla.study(PMID), "survival")
        for act in (
            lambda seen: carla.accept(PMID, survival.id, seen=seen),
            lambda seen: carla.reject(PMID, survival.id, seen=seen, reason="no"),
            lambda seen: carla.correct(PMID, survival.id, {"value": 11}, seen=seen),
        ):
            study = act(fact(carla.study(PMID), "survival").seen)
            assert study.mode == "open"
            assert carla.undo(PMID).mode == "adjudication"
            assert everything_shown(assigned("carla")) == before
    with Store.open(path, readonly=True) as store:
        assert [one.fact.type for one in store.facts(PMID)] == ["cohort", "response", "toxicity"]
    with assigned("anna") as anna:
        survival = fact(anna.study(PMID), "survival")
        anna.accept(PMID, survival.id, seen=survival.seen)
        assert anna.history(PMID)[0].reason == "adjudicated by one of the pair"


def everything_shown(desk: Desk) -> list[tuple[str, str, int]]:
    return [(one.words, one.status, len(one.others)) for one in desk.study(PMID).facts]


def test_all_alike(assigned: OpenDesk, path: Path, record: Record) -> None:
    for name in ("anna", "ben"):
        with assigned(name) as one:
            decide(one, record, endpoint="CRi", toxic=False)
            one.finish(PMID)
    study = assigned("carla").study(PMID)
    assert (study.mode, [status for _, status in shown(study)]) == (
        "open",
        ["accepted", "corrected", "rejected", "added"],
    )
    with Store.open(path, readonly=True) as store:
        assert {one.curator for _, one in store.decisions(PMID)} == {"anna + ben"}
        assert [one.reason for _, one in store.decisions(PMID)] == ["", SECRET, SECRET, ""]
    item = next(item for item in assigned("ben").queue()[0] if item.pmid == PMID)
    assert (item.need, item.mode, item.decided) == ("done", "open", 4)


@pytest.mark.parametrize("stop", ["before", "after"])
def test_an_interrupted_merge_is_repeated_without_duplicates(
    assigned: OpenDesk, path: Path, record: Record, monkeypatch: pytest.MonkeyPatch, stop: str
) -> None:
    with assigned("anna") as anna:
        decide(anna, record)
        anna.finish(PMID)
    ben = assigned("ben")
    decide(ben, record, toxic=False)

    class Killed(BaseException):
        pass

    def kill(*_: Any, **__: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(merging, "deciding" if stop == "before" else "writing_blind", kill)
        with pytest.raises(Killed):
            ben.finish(PMID)
    for _ in "12":
        study = assigned("carla").study(PMID)
        assert study.mode == "adjudication"
        assert [status for _, status in shown(study)] == ["accepted", "accepted", "unreviewed", "added"]
    with Store.open(path, readonly=True) as store:
        assert [one.curator for _, one in store.decisions(PMID)] == ["anna + ben"] * 3


def test_own_window_twice(assigned: OpenDesk) -> None:
    one, other = assigned("anna"), assigned("anna")
    shown_fact = one.study(PMID).facts[0]
    other.accept(PMID, shown_fact.id, seen=shown_fact.seen)
    with pytest.raises(Stale, match="another window"):
        one.reject(PMID, shown_fact.id, seen=shown_fact.seen, reason="no")
    assert assigned("anna").study(PMID).facts[0].status == "accepted"


def test_blind_undo_and_accept_all(assigned: OpenDesk, record: Record) -> None:
    anna = assigned("anna")
    before = shown(anna.study(PMID))
    study = anna.accept_all(PMID, seen={one.id: one.seen for one in anna.study(PMID).facts})
    assert {status for _, status in shown(study)} == {"accepted"}
    for _ in study.facts:
        study = anna.undo(PMID)
    assert shown(study) == before
    decide(anna, record, endpoint="CRi", toxic=False) if all(one.seen is None for one in study.facts) else None
    one = anna.study(PMID).facts[0]
    anna.reject(PMID, one.id, seen=one.seen, reason="no")
    one = anna.study(PMID).facts[0]
    anna.undo(PMID, one.id, seen=one.seen)
    assert shown(anna.study(PMID)) == before


def test_extracted_anew_meanwhile(path: Path, assigned: OpenDesk, record: Record, make: Any) -> None:
    """Both go on judging the same facts; what they decided meets what the extractor says by then."""
    with assigned("anna") as anna:
        decide(anna, record, median=None)
        anna.finish(PMID)
    with Store.open(path) as store:
        store.save_extractions([make.extraction(record, make.treated(record), make.cr(record, n=25), version="2")])
    with assigned("ben") as ben:
        assert [words for words, _ in shown(ben.study(PMID))][1] == "CR 24/30 (80%)"
        decide(ben, record, toxic=False, median=None)
        ben.finish(PMID)
    study = assigned("carla").study(PMID)
    assert [(one.words, one.status, one.attention, len(one.others)) for one in study.facts] == [
        ("treated 34 patients", "accepted", None, 0),
        ("CR 24/30 (80%)", "accepted", "extraction changed", 0),
        ("CRS grade >=3 2/34", "unreviewed", None, 2),
    ]


def test_assigning(path: Path, desk: OpenDesk) -> None:
    chief = desk("chief")
    with pytest.raises(InvalidData, match="two different"):
        chief.assign([PMID], ("anna", "Anna"))
    with pytest.raises(StoreError, match="no study with PMID 90009999"):
        chief.assign([PMID, "90009999"], ("anna", "ben"))
    assert chief.assignments() == []
    chief.accept("90000002", chief.study("90000002").facts[0].id, seen=None)
    with pytest.raises(StoreError, match="has decisions already"):
        chief.assign(["90000002"], ("anna", "ben"))
    chief.assign([PMID, "90000003"], ("anna", "ben"))
    with pytest.raises(StoreError, match="assigned already"):
        chief.assign([PMID], ("carla", "ben"))
    assert [(one.pmid, one.curators, one.finished, one.conflicts) for one in chief.assignments()] == [
        (PMID, ("anna", "ben"), (), None), ("90000003", ("anna", "ben"), (), None)
    ]  # fmt: skip
    assert [item.pmid for item in desk("anna").queue(mine=True)[0]] == [PMID, "90000003"]
    assert desk("carla").queue(mine=True) == ([], 0)
    assert review_file(path).name == "evidence.review.db"


def test_a_study_without_facts_is_done_when_somebody_looked_it_through(desk: OpenDesk) -> None:
    ada = desk()
    assert ada.study("90000003").finished is False
    assert ada.finish("90000003").finished is True
    assert [item.pmid for item in ada.queue(need="done")[0]] == ["90000003"]
    desk("chief").assign(["90000003"], ("ada", "ben"))
    assert (desk().study("90000003").mode, desk().study("90000003").finished) == ("blind", False)


def test_a_locked_review_file_gives_busy_and_loses_nothing(path: Path, assigned: OpenDesk) -> None:
    anna = assigned("anna", wait=0.05)
    one = anna.study(PMID).facts[0]
    with closing(sqlite3.connect(review_file(path), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy, match="try again"):
            anna.accept(PMID, one.id, seen=one.seen)
        other.execute("ROLLBACK")
    assert anna.accept(PMID, one.id, seen=one.seen).facts[0].status == "accepted"


@pytest.mark.parametrize("table", ["assignment", "blind_decision", "finish", "merge"])
def test_rows_of_the_review_file_are_only_ever_added(
    path: Path, assigned: OpenDesk, record: Record, table: str
) -> None:
    for name in ("anna", "ben"):
        with assigned(name) as one:
            decide(one, record)
            one.undo(PMID)
            one.finish(PMID)
    with closing(sqlite3.connect(review_file(path))) as connection:
        for sql in (
            f"UPDATE {table} SET id = id",
            f"DELETE FROM {table}",
            f"REPLACE INTO {table} SELECT * FROM {table}",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
                connection.execute(sql)
