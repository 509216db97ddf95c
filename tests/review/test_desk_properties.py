"""What must hold whatever curators do, on real files: undo restores, nothing is lost, pieces are the text."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_cases import Make

from cartevidence.review.desk import Desk
from cartevidence.review.pieces import sections
from db.store import Store
from models.errors import Stale
from models.evidence import Cohort
from models.record import Record, Section

PMID = "90000001"
MAKE = Make()
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def database() -> Iterator[Path]:
    """A study with three facts, two of one statement."""
    record = MAKE.record()
    facts = MAKE.treated(record), MAKE.cr(record), MAKE.cr(record, n=20)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "evidence.db"
        with Store.open(path) as store:
            store.save([MAKE.fetched(record)])
            store.save_extractions([MAKE.extraction(record, *facts)])
        yield path


def snapshot(desk: Desk) -> list[tuple[str, str, str]]:
    return [(one.id, one.words, one.status) for one in desk.study(PMID).facts]


def act(desk: Desk, index: int, how: str, number: int, seen: dict[str, int | None] | None = None) -> bool:
    """One act on the fact at an index; whether there was anything to do."""
    facts = desk.study(PMID).facts
    fact = facts[index % len(facts)]
    last = fact.seen if seen is None else seen.get(fact.id)
    if how == "accept":
        desk.accept(PMID, fact.id, seen=last)
    elif how == "reject":
        desk.reject(PMID, fact.id, seen=last, reason=f"no {number}")
    elif how == "correct":
        if fact.fact.given()["n"] == number:
            return False
        desk.correct(PMID, fact.id, {"n": number}, seen=last)
    else:
        text = desk.study(PMID).record.abstract
        words = {"role": "subgroup", "n": number}
        if any((one.fact.section, one.fact.values.get("n")) == ("RESULTS", number) for one in facts):
            return False
        desk.add(PMID, type="cohort", section="RESULTS", start=text.index("2 of 34"), end=len(text), values=words)
    return True


ACTS = st.tuples(st.integers(0, 6), st.sampled_from(["accept", "reject", "correct", "add"]), st.integers(1, 30))


@pytest.mark.parametrize("blind", [False, True])
@settings(max_examples=25, deadline=None)
@given(acts=st.lists(ACTS, max_size=8))
def test_undo_after_any_act_restores_what_was(blind: bool, acts: list[tuple[int, str, int]]) -> None:
    with database() as path, Desk(path, "ada") as ada:
        if blind:
            ada.assign([PMID], ("ada", "ben"))
        were = [snapshot(ada)]
        for index, how, number in acts:
            if act(ada, index, how, number):
                were.append(snapshot(ada))
        decisions = len(ada.history(PMID))
        assert decisions == len(were) - 1
        for former in reversed(were[:-1]):
            ada.undo(PMID)
            assert snapshot(ada) == former
        history = ada.history(PMID)
        assert len(history) == 2 * decisions  # undone ones stay in the history
        assert all(entry.undone or entry.act == "undo" for entry in history)


TURNS = st.lists(st.tuples(st.booleans(), st.booleans(), ACTS), max_size=12)


@settings(max_examples=30, deadline=None)
@given(turns=TURNS)
def test_two_windows_interleaved_never_lose_a_decision(turns: list[tuple[bool, bool, tuple[int, str, int]]]) -> None:
    """Each turn: who acts, and whether on a page loaded anew or on the one from before."""
    with database() as path:
        pages: dict[str, dict[str, int | None]] = {}
        statements: dict[str, str] = {}
        last: dict[str, int | None] = {}
        stored: list[tuple[str, str]] = []
        for is_ada, anew, (index, how, number) in turns:
            who = "ada" if is_ada else "ben"
            with Desk(path, who) as desk:
                facts = desk.study(PMID).facts
                statements |= {one.id: one.statement for one in facts}
                if anew or who not in pages:
                    pages[who] = {one.id: one.seen for one in facts}
                fact = facts[index % len(facts)]
                stale = pages[who].get(fact.id) != last.get(statements[fact.id])
                if how != "add" and stale:
                    with pytest.raises(Stale):
                        # A correction to what stands already would be refused for that.
                        act(desk, index, "reject", number, pages[who])
                    continue
                if act(desk, index, how, number, pages[who]):
                    entry = desk.history(PMID)[0]
                    stored.append((who, entry.act))
                    with Store.open(path, readonly=True) as store:
                        id, decision = store.decisions(PMID)[-1]
                    last[decision.statement] = id
        with Desk(path, "carla") as carla:
            history = [(entry.curator, entry.act) for entry in reversed(carla.history(PMID))]
        assert history == stored


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


@settings(max_examples=200, deadline=None)
@given(
    title=WORDS,
    texts=st.lists(st.tuples(st.sampled_from(["", "RESULTS", "METHODS"]), WORDS), max_size=4),
    cuts=st.lists(st.tuples(st.booleans(), st.integers(0, 150), st.integers(1, 60)), max_size=8),
)
def test_pieces_put_together_are_the_text(title: str, texts: list[tuple[str, str]], cuts: list[Any]) -> None:
    record = Record(pmid=PMID, title=title, sections=tuple(Section(label=label, text=text) for label, text in texts))
    facts = []
    for number, (in_title, start, length) in enumerate(cuts, start=1):
        text = record.title if in_title else record.abstract
        quote = text[start : start + length]
        if quote:
            section = "TITLE" if in_title else "RESULTS"
            facts.append((number, Cohort(
                pmid=PMID, text_hash=record.text_hash, section=section, start=start, end=start + len(quote),
                quote=quote, rule="r", extractor_version="1", confidence=1, role="arm", n=1,
            )))  # fmt: skip
    found = sections(record, facts)
    assert "".join(piece.text for piece in found[0].pieces) == title
    for section, (label, start, end) in zip(found[1:], record.section_spans, strict=True):
        assert (section.label, section.start) == (label, start)
        assert "".join(piece.text for piece in section.pieces) == record.abstract[start:end]
    for number, fact in facts:
        inside = [0] * len(record.title if fact.section == "TITLE" else record.abstract)
        for section in found[:1] if fact.section == "TITLE" else found[1:]:
            at = section.start
            for piece in section.pieces:
                assert piece.text
                for place in range(at, at + len(piece.text)):
                    inside[place] = int(number in piece.facts)
                at += len(piece.text)
        spans = [(0, len(title))] if fact.section == "TITLE" else [(a, b) for _, a, b in record.section_spans]
        for place, covered in enumerate(inside):
            within = fact.start <= place < fact.end and any(a <= place < b for a, b in spans)
            assert covered == int(within)


KILLED = """
import os, signal, sys
from cartevidence.review.desk import Desk
path, curator, stop = sys.argv[1], sys.argv[2], int(sys.argv[3])
for at in range(stop):
    with Desk(path, curator) as desk:
        fact = next(one for one in desk.study("90000001").facts if one.status == "unreviewed")
        desk.reject("90000001", fact.id, seen=fact.seen, reason=str(at))
        if at == stop - 1:
            os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("blind", [False, True])
@pytest.mark.parametrize("stop", [1, 2])
def test_killed_between_two_decisions(blind: bool, stop: int) -> None:
    with database() as path:
        if blind:
            with Desk(path, "chief") as chief:
                chief.assign([PMID], ("ada", "ben"))
        done = subprocess.run([sys.executable, "-c", KILLED, path, "ada", str(stop)], cwd=ROOT, check=False)
        assert done.returncode == -9
        with Desk(path, "ada") as ada:
            assert [entry.reason for entry in reversed(ada.history(PMID))] == [str(at) for at in range(stop)]
            assert sum(status == "rejected" for _, _, status in snapshot(ada)) == stop
