"""Decisions applied to evidence: what stands, what calls for another look, what is never lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from db.store import Store
from models.errors import InvalidData, StoreError
from models.evidence import Fact
from models.outcome import Deleted
from models.record import Record

Desk = Any


@pytest.fixture
def record(store: Store, make: Any) -> Record:
    record: Record = make.record()
    store.save([make.fetched(record)])
    return record


@pytest.fixture
def desk(store: Store, make: Any, record: Record) -> Desk:
    """Extracts and decides on the record; `shown` is what a curator sees of it."""

    class Desk:
        def extract(self, *facts: Fact, version: str = "2") -> None:
            facts = tuple(fact.model_copy(update={"extractor_version": version}) for fact in facts)
            assert store.save_extractions([make.extraction(record, *facts, version=version)]) == 1

        def decide(self, action: Any, fact: Fact, after: Fact | None = None, **values: Any) -> int:
            decision = make.decision(action, fact, after, **values)
            last = [at for at, former in store.decisions(record.pmid) if former.statement == decision.statement]
            return store.decide(decision, expected_last=last[-1] if last else None)

        def undo(self, fact: Fact, **values: Any) -> int:
            return self.decide("undo", fact, **values)

        @property
        def shown(self) -> list[tuple[int | None, str, str | None]]:
            """Of each fact n, status and attention."""
            return [(fact.fact.given().get("n"), fact.status, fact.attention) for fact in store.facts(record.pmid)]

    desk = Desk()
    desk.extract(make.cr(record), version="1")
    return desk


def test_without_a_decision(desk: Desk) -> None:
    assert desk.shown == [(24, "unreviewed", None)]


def test_accept_keeps_the_fact_and_its_id(desk: Desk, store: Store, make: Any, record: Record) -> None:
    fact = make.cr(record)
    decision = desk.decide("accept", fact)
    (stored,) = store.facts(record.pmid)
    assert (stored.fact, stored.id, stored.statement) == (fact, fact.id, fact.statement)
    assert (stored.status, stored.attention, stored.curator) == ("accepted", None, "ada")
    assert stored.decision == stored.last_decision == decision


def test_correct_shows_the_corrected_values_under_the_same_id(
    desk: Desk, store: Store, make: Any, record: Record
) -> None:
    fact, corrected = make.cr(record), make.cr(record, n=23, endpoint="CR/CRi")
    desk.decide("correct", fact, corrected)
    (stored,) = store.facts(record.pmid)
    assert stored.fact == corrected
    assert (stored.id, stored.statement, stored.status) == (fact.id, fact.statement, "corrected")
    desk.decide("correct", corrected, make.cr(record, n=22), statement=fact.statement)
    assert [(again.id, again.fact.given()["n"]) for again in store.facts(record.pmid)] == [(fact.id, 22)]


def test_reject_is_shown_as_rejected(desk: Desk, make: Any, record: Record) -> None:
    desk.decide("reject", make.cr(record))
    assert desk.shown == [(24, "rejected", None)]


def test_add(desk: Desk, store: Store, make: Any, record: Record) -> None:
    added = make.crs(record, rule="", extractor_version="", confidence=1)
    desk.decide("add", added)
    assert desk.shown == [(24, "unreviewed", None), (2, "added", None)]
    assert store.facts(record.pmid)[1].fact == added
    assert store.facts(record.pmid)[1].id == added.id


def test_curated_facts(desk: Desk, store: Store, make: Any, record: Record) -> None:
    os = make.fact(
        record, "Median OS was 11.5 months", "survival", endpoint="OS", measure="median", value=11.5, unit="mo"
    )
    desk.extract(make.treated(record), make.cr(record), os)
    desk.decide("add", make.crs(record))
    desk.decide("reject", make.treated(record))
    desk.decide("correct", make.cr(record), make.cr(record, n=23))
    assert [fact.status for fact in store.facts(record.pmid)] == ["rejected", "corrected", "added", "unreviewed"]
    assert [fact.status for fact in store.facts(record.pmid, curated=True)] == ["corrected", "added"]


# Each step: a letter for what happens. e24: extraction gives n 24; e-: it gives nothing; a/c/r: the curator, who
# sees what is shown, accepts, corrects to n, rejects; u: undoes.
STORIES = {
    "a": [(24, "accepted", None)],
    "a u": [(24, "unreviewed", None)],
    "c23": [(23, "corrected", None)],
    "c23 c22": [(22, "corrected", None)],
    "c23 c22 u": [(23, "corrected", None)],
    "c23 c22 u u": [(24, "unreviewed", None)],
    "c23 u c22": [(22, "corrected", None)],
    "c23 u c22 u": [(24, "unreviewed", None)],
    "a c23 r u": [(23, "corrected", None)],
    "a c23 u r u u": [(24, "unreviewed", None)],
    "r a": [(24, "accepted", None)],
    "r u a": [(24, "accepted", None)],
    # the same extraction again, by a newer version
    "a e24": [(24, "accepted", None)],
    "c23 e24": [(23, "corrected", None)],
    "c23 c22 e24": [(22, "corrected", None)],
    "r e24": [(24, "rejected", None)],
    # another value on the same statement
    "e25": [(25, "unreviewed", None)],
    "a e25": [(24, "accepted", "extraction changed")],
    "c23 e25": [(23, "corrected", "extraction changed")],
    "r e25": [(24, "rejected", "extraction changed")],
    "a e25 u": [(25, "unreviewed", None)],
    "a e25 e24": [(24, "accepted", None)],
    "c23 e25 a": [(23, "accepted", None)],  # looked again and stays with it
    "c23 e25 a e24": [(23, "accepted", "extraction changed")],
    "c23 e25 a u": [(23, "corrected", "extraction changed")],
    "c23 e23": [(23, "corrected", "extraction changed")],  # the extractor agrees by now; worth a look all the same
    # not extracted any more
    "e-": [],
    "a e-": [(24, "accepted", "no longer extracted")],
    "c23 e-": [(23, "corrected", "no longer extracted")],
    "r e-": [(24, "rejected", "no longer extracted")],
    "a e- a": [(24, "accepted", None)],
    "a e- a e24": [(24, "accepted", None)],
    "a e- a e25": [(25, "unreviewed", None), (24, "accepted", None)],
    "a e- u": [],
    "a e- e24": [(24, "accepted", None)],
}


@pytest.mark.parametrize("story", STORIES)
def test_story(desk: Desk, store: Store, make: Any, record: Record, story: str) -> None:
    for step in story.split():
        act, number = step[0], step[1:]
        shown = [fact for fact in store.facts(record.pmid) if fact.status != "unreviewed"] or store.facts(record.pmid)
        if act == "e":
            desk.extract(*([] if number == "-" else [make.cr(record, n=int(number))]))
        elif act == "u":
            desk.undo(make.cr(record))
        else:
            action = {"a": "accept", "c": "correct", "r": "reject"}[act]
            after = make.cr(record, n=int(number)) if number else None
            desk.decide(action, shown[0].fact, after, statement=shown[0].statement)
    assert sorted(desk.shown, key=str) == sorted(STORIES[story], key=str)
    assert len(store.decisions(record.pmid)) == len([step for step in story.split() if step[0] != "e"])


def test_decided_on_a_page_loaded_before_the_extraction_changed(desk: Desk, make: Any, record: Record) -> None:
    desk.extract(make.cr(record, n=25))
    desk.decide("accept", make.cr(record, n=24))
    assert desk.shown == [(24, "accepted", "extraction changed")]


def test_added_fact_that_the_extractor_finds_later_is_shown_once(desk: Desk, make: Any, record: Record) -> None:
    desk.decide("add", make.crs(record))
    desk.extract(make.cr(record), make.crs(record))
    assert desk.shown == [(24, "unreviewed", None), (2, "added", None)]
    desk.extract(make.cr(record), make.crs(record, n=3))
    assert sorted(desk.shown, key=str) == [(2, "added", None), (24, "unreviewed", None), (3, "unreviewed", None)]


def test_added_fact_corrected_rejected_undone(desk: Desk, store: Store, make: Any, record: Record) -> None:
    added, better = make.crs(record), make.crs(record, grade=">=4")
    desk.decide("add", added)
    desk.decide("correct", added, better)
    assert desk.shown[1:] == [(2, "corrected", None)]
    assert store.facts(record.pmid)[1].id == added.id
    desk.decide("reject", better, statement=added.statement)
    assert desk.shown[1:] == [(2, "rejected", None)]
    for left in ("corrected", "added"):
        desk.undo(added)
        assert desk.shown[1:] == [(2, left, None)]
    desk.undo(added)
    assert desk.shown[1:] == []


def test_fact_added_twice_is_shown_once(desk: Desk, make: Any, record: Record) -> None:
    for _ in "12":
        desk.decide("add", make.crs(record))
    assert desk.shown[1:] == [(2, "added", None)]
    desk.decide("add", make.crs(record, n=3))  # another figure of the same place and key is another fact
    assert sorted(desk.shown[1:]) == [(2, "added", None), (3, "added", None)]


def test_machine_fact_beside_an_added_one_is_decided_by_itself(desk: Desk, make: Any, record: Record) -> None:
    desk.decide("add", make.crs(record))
    desk.extract(make.crs(record, n=3))
    desk.decide("reject", make.crs(record, n=3))
    assert sorted(desk.shown) == [(2, "added", None), (3, "rejected", None)]
    desk.extract(make.crs(record, n=3), version="3")
    assert sorted(desk.shown) == [(2, "added", None), (3, "rejected", None)]
    desk.extract(make.crs(record, n=4), version="4")
    assert sorted(desk.shown) == [(2, "added", None), (3, "rejected", "extraction changed")]


def test_text_changed(desk: Desk, store: Store, make: Any, record: Record) -> None:
    desk.decide("accept", make.cr(record))
    new = make.record(results="After correction, " + record.sections[0].text)
    store.save([make.fetched(new)])
    assert desk.shown == [(24, "accepted", "text changed")]
    store.save_extractions([make.extraction(new, make.cr(new))])
    assert sorted(desk.shown) == [(24, "accepted", "text changed"), (24, "unreviewed", None)]  # never moved over
    old = next(fact for fact in store.facts(record.pmid) if fact.attention)
    _, abstract = store.text(record.pmid, old.fact.text_hash)
    assert abstract[old.fact.start : old.fact.end] == old.fact.quote
    store.save([make.fetched(record)])
    store.save_extractions([make.extraction(record, make.cr(record))])
    assert desk.shown == [(24, "accepted", None)]


def test_withdrawn_record(desk: Desk, store: Store, make: Any, record: Record) -> None:
    desk.decide("add", make.crs(record))
    desk.decide("accept", make.cr(record))
    store.save([Deleted(record.pmid, "synthetic.xml")])
    assert desk.shown == []
    _, rows = store.sql("SELECT count(*) FROM evidence_current")
    assert list(rows) == [(0,)]
    assert [decision.action for _, decision in store.decisions(record.pmid)] == ["add", "accept"]


class TestSeveralFactsOnOneStatement:
    """Two figures in one quote with the same key: each has its own decisions, told apart by what was shown."""

    @pytest.fixture
    def two(self, desk: Desk, make: Any, record: Record) -> tuple[Fact, Fact]:
        facts = make.cr(record, n=24), make.cr(record, n=20)
        assert facts[0].statement == facts[1].statement
        desk.extract(*facts, version="1")
        return facts

    def test_each_is_decided_by_itself(self, desk: Desk, two: tuple[Fact, Fact]) -> None:
        desk.decide("accept", two[0])
        assert sorted(desk.shown) == [(20, "unreviewed", None), (24, "accepted", None)]
        desk.decide("reject", two[1])
        assert sorted(desk.shown) == [(20, "rejected", None), (24, "accepted", None)]
        desk.undo(two[0], before=two[0].given())
        assert sorted(desk.shown) == [(20, "rejected", None), (24, "unreviewed", None)]

    def test_never_guessed_onto_the_other(self, desk: Desk, make: Any, record: Record, two: tuple[Fact, Fact]) -> None:
        desk.decide("accept", two[0])
        desk.extract(make.cr(record, n=25), make.cr(record, n=20))
        assert sorted(desk.shown) == [
            (20, "unreviewed", None), (24, "accepted", "extraction changed"), (25, "unreviewed", None)
        ]  # fmt: skip

    def test_both_corrected_and_extracted_again(self, desk: Desk, make: Any, record: Record, two: Any) -> None:
        desk.decide("correct", two[0], make.cr(record, n=23))
        desk.decide("correct", two[1], make.cr(record, n=19))
        desk.extract(*two)
        assert sorted(desk.shown) == [(19, "corrected", None), (23, "corrected", None)]


def test_decided_meanwhile(desk: Desk, store: Store, make: Any, record: Record) -> None:
    fact = make.cr(record)
    first = store.decide(make.decision("accept", fact))
    for seen in (None, first + 1):
        with pytest.raises(StoreError, match=r"decided meanwhile \(ada, accept\)"):
            store.decide(make.decision("reject", fact, curator="bob"), expected_last=seen)
    assert desk.shown == [(24, "accepted", None)]
    second = store.decide(make.decision("reject", fact, curator="bob"), expected_last=first)
    with pytest.raises(StoreError, match=r"decided meanwhile \(bob, reject\)"):
        store.decide(make.decision("undo", fact), expected_last=first)
    assert store.facts(record.pmid)[0].last_decision == second
    with pytest.raises(StoreError, match=f"no decision {first}"):
        store.decide(make.decision("add", make.crs(record)), expected_last=first)


REFUSED: dict[str, tuple[str, type[Exception]]] = {
    "nothing to undo": ("no decision left to undo", StoreError),
    "undo of what is not decided": ("no decision left to undo", StoreError),
    "another statement": ("another statement", StoreError),
    "unknown text": ("never had the text", StoreError),
    "unknown PMID": ("never had the text", StoreError),
    "quote elsewhere": ("Fact.quote", InvalidData),
    "another record": ("another record or text", InvalidData),
    "not a percentage": ("Response.percent", InvalidData),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(desk: Desk, store: Store, make: Any, record: Record, name: str) -> None:
    fact = make.cr(record)
    other = make.record("90000002")
    decision = {
        "nothing to undo": lambda: make.decision("undo", fact),
        "undo of what is not decided": lambda: make.decision("undo", fact, before=make.cr(record, n=9).given()),
        "another statement": lambda: make.decision("accept", fact, statement="0123456789abcdef"),
        "unknown text": lambda: make.decision("accept", fact, text_hash="0" * 16),
        "unknown PMID": lambda: make.decision("accept", make.cr(other)),
        "quote elsewhere": lambda: make.decision("correct", fact, fact.model_copy(update={"section": "TITLE"})),
        "another record": lambda: make.decision("correct", fact, make.cr(other)),
        "not a percentage": lambda: make.decision("accept", fact).model_copy(
            update={"after": {**fact.given(), "percent": -1}}
        ),
    }[name]()
    words, kind = REFUSED[name]
    with pytest.raises(kind, match=words):
        store.decide(decision)
    assert desk.shown == [(24, "unreviewed", None)]
    assert store.decisions(record.pmid) == []


def test_decisions_come_back_in_order(desk: Desk, store: Store, make: Any, record: Record) -> None:
    fact = make.cr(record)
    given = [make.decision("accept", fact), make.decision("undo", fact), make.decision("reject", fact, curator="bob")]
    last = None
    for decision in given:
        last = store.decide(decision, expected_last=last)
    assert [decision for _, decision in store.decisions(record.pmid)] == given


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE decision SET curator = 'eve'",
        "UPDATE decision SET id = 7",
        "DELETE FROM decision",
        "REPLACE INTO decision SELECT * FROM decision",
        """REPLACE INTO decision SELECT 99, pmid, statement, action, 'eve', at, text_hash, extractor_version, "before",
        "after", reason, fact, machine, supersedes, undoes FROM decision WHERE action = 'undo'""",
    ],
)
def test_decisions_are_only_ever_added_by_any_client(
    desk: Desk, store: Store, path: Any, make: Any, record: Record, sql: str
) -> None:
    desk.decide("accept", make.cr(record))
    desk.undo(make.cr(record))
    before = store.decisions(record.pmid)
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError, match="only ever added"):
        connection.execute(sql)
    assert store.decisions(record.pmid) == before
