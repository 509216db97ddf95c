"""What a curator does on the page of a study, as the page's script sends it."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from store_cases import Make
from web_desk import PMID, WebDesk

from cartevidence.review.web import text
from cartevidence.review.web.forms import ORDER, fields, values_of
from db.store import Store
from models.errors import InvalidData
from models.evidence import EVIDENCE, PROVENANCE

CARD = re.compile(r'<article class="fact [^"]*" id="fact-([0-9a-f]+)" ([^>]*)>')


def cards(html: str) -> list[dict[str, str]]:
    """The facts of a page by their data- attributes."""
    found = []
    for _, attributes in CARD.findall(html):
        found.append({k: unescape(v) for k, v in re.findall(r'data-([a-z]+)="([^"]*)"', attributes)})
    return found


def shown(web: WebDesk, number: int = 0, curator: str = "ada") -> dict[str, Any]:
    card = cards(web.get(f"/study/{PMID}", curator).text)[number]
    return {"fact": card["fact"], "seen": int(card["seen"]) if card["seen"] else None}


def statuses(html: str) -> list[str]:
    return [card["status"] for card in cards(html)]


def test_the_page_marks_quotes_and_lists_facts_in_their_order(web: WebDesk) -> None:
    page = web.get(f"/study/{PMID}").text
    assert [card["type"] for card in cards(page)] == ["cohort", "response", "toxicity"]
    assert [card["open"] for card in cards(page)] == ["yes"] * 3
    marks = re.findall(r'<mark class="run ([^"]+)" data-start="(\d+)" data-facts="([^"]+)">([^<]+)</mark>', page)
    assert marks == [
        ("u0-cohort", "41", "1", "34 patients"),
        ("u0-response", "24", "2", "24 of 30 patients (80%)"),
        ("u0-toxicity", "72", "3", "2 of 34"),
    ]
    assert "24 of 30 is 80.0%; the printed 80% agrees" in page
    assert f"https://pubmed.ncbi.nlm.nih.gov/{PMID}/" in page


def test_accepting_correcting_rejecting_undoing(web: WebDesk, path: Path) -> None:
    accepted = web.post(f"/study/{PMID}/accept", shown(web))
    assert accepted.status_code == 200
    assert accepted.json()["said"] == "Accepted: treated 34 patients"
    assert statuses(accepted.json()["html"]) == ["accepted", "unreviewed", "unreviewed"]
    values = json.loads(cards(accepted.json()["html"])[1]["values"])
    typed = {
        "type": "response",
        "values": {**values, "n": "23", "percent": "76.7", "absent": False},
        "reason": "misread",
    }
    del typed["values"]["type"]
    corrected = web.post(f"/study/{PMID}/correct", {**shown(web, 1), **typed})
    assert corrected.status_code == 200, corrected.text
    assert corrected.json()["said"] == "Corrected: CR 23/30 (76.7%)"
    reason = web.post(f"/study/{PMID}/reject", {**shown(web, 2), "reason": "  "})
    assert reason.status_code == 400 and "why" in reason.json()["error"]
    rejected = web.post(f"/study/{PMID}/reject", {**shown(web, 2), "reason": "another group"})
    assert statuses(rejected.json()["html"]) == ["accepted", "corrected", "rejected"]
    undone = web.post(f"/study/{PMID}/undo", shown(web, 2))
    assert statuses(undone.json()["html"]) == ["accepted", "corrected", "unreviewed"]
    last = web.post(f"/study/{PMID}/undo", {"fact": None, "seen": None})
    assert statuses(last.json()["html"]) == ["accepted", "unreviewed", "unreviewed"]
    with Store.open(path, readonly=True) as store:
        acts = [(decision.action, decision.curator, decision.reason) for _, decision in store.decisions(PMID)]
    assert acts == [
        ("accept", "ada", ""), ("correct", "ada", "misread"), ("reject", "ada", "another group"), ("undo", "ada", ""),
        ("undo", "ada", ""),
    ]  # fmt: skip
    history = web.get(f"/study/{PMID}/history").text
    assert re.findall(r'<li data-entry="\d+" data-fact="[0-9a-f]*" data-act="(\w+)"', history) == [
        "undo", "undo", "reject", "correct", "accept",
    ]  # fmt: skip
    assert "<del>CR 24/30 (80%)</del> → <ins>CR 23/30 (76.7%)</ins>" in history
    one = web.get(f"/study/{PMID}/history?fact={shown(web, 0)['fact']}").text
    assert one.count("<li data-entry") == 1


def test_a_value_that_is_taken_away_is_gone(web: WebDesk, path: Path) -> None:
    values = json.loads(cards(web.get(f"/study/{PMID}").text)[1]["values"])
    values = {name: value for name, value in values.items() if name != "type"} | {"percent": ""}
    given = {**shown(web, 1), "type": "response", "values": values}
    assert web.post(f"/study/{PMID}/correct", given).status_code == 200
    with Store.open(path, readonly=True) as store:
        assert store.facts(PMID)[1].fact.values == {"type": "response", "endpoint": "CR", "n": 24, "total": 30}


def test_adding_words(web: WebDesk, path: Path) -> None:
    with Store.open(path, readonly=True) as store:
        record = store.record(PMID)
    assert record is not None
    quote = "Median OS was 11.5 months"
    start = record.abstract.index(quote)
    place = {"section": "RESULTS", "start": start, "end": start + len(quote)}
    suggested = web.post(f"/study/{PMID}/suggest", place).json()
    assert suggested["type"] == "survival"
    assert suggested["values"] == {"endpoint": "OS", "measure": "median", "value": 11.5, "unit": "mo"}
    values = {**{name: str(value) for name, value in suggested["values"].items()}, "not_reached": False}
    told = web.post(f"/study/{PMID}/check", {**place, "type": "survival", "values": values}).json()
    assert told == {"words": "OS median 11.5 months", "problems": [], "error": ""}
    added = web.post(f"/study/{PMID}/add", {**place, "type": "survival", "values": values})
    assert added.status_code == 200, added.text
    assert statuses(added.json()["html"]) == ["unreviewed", "unreviewed", "unreviewed", "added"]
    with Store.open(path, readonly=True) as store:
        assert store.facts(PMID)[3].fact.quote == quote


@pytest.mark.parametrize(("typed", "words", "problem", "error"), [
    ({"n": "23"}, "CR 23/30 (80%) · 23 of 30 is 76.7%, not 80%", "23/30 would be 76.7%", ""),
    ({"n": "31"}, "CR 31/30 (80%) · 31 of 30 is 103.3%, not 80%", "n is larger than N", ""),
    ({"total": "1,030"}, "CR 24/1030 (80%) · 24 of 1030 is 2.3%, not 80%", "2.3%", ""),
    ({"n": "two"}, "", "", "n, with it: 'two' is not a whole number"),
    ({"percent": "64,5"}, "", "", "Percent: '64,5' is not a number such as 64.5"),
    ({"percent": "nan"}, "", "", "is not a number"),
    ({"time": "soon"}, "", "", "time"),
    ({"rule": "x"}, "", "", "no such field"),
])  # fmt: skip
def test_the_form_is_checked_while_it_is_typed(
    web: WebDesk, path: Path, typed: dict[str, str], words: str, problem: str, error: str
) -> None:
    values = {"endpoint": "CR", "n": "24", "total": "30", "percent": "80", **typed}
    given = {**shown(web, 1), "type": "response", "values": values}
    told = web.post(f"/study/{PMID}/check", given).json()
    assert told["words"] == words
    assert problem in " ".join(told["problems"]) and bool(told["problems"]) == bool(problem)
    assert error in told["error"] and bool(told["error"]) == bool(error)
    with Store.open(path, readonly=True) as store:
        assert store.decisions(PMID) == []


def test_accepting_all_that_pass_the_checks(web: WebDesk) -> None:
    page = web.get(f"/study/{PMID}").text
    button = re.search(r'data-act="accept-all" data-seen="([^"]+)"', page)
    assert button
    seen = json.loads(unescape(button[1]))
    assert set(seen) == {card["fact"] for card in cards(page)}
    answer = web.post(f"/study/{PMID}/accept-all", {"seen": seen})
    assert statuses(answer.json()["html"]) == ["accepted"] * 3
    assert 'data-act="accept-all"' not in answer.json()["html"]


def test_a_page_left_open_overwrites_nothing(web: WebDesk, path: Path) -> None:
    old = shown(web, 1)
    assert web.post(f"/study/{PMID}/reject", {**old, "reason": "no"}, "ben").status_code == 200
    late = web.post(f"/study/{PMID}/accept", old)
    assert late.status_code == 409
    assert "ben" in late.json()["error"]
    assert statuses(late.json()["html"])[1] == "rejected"
    again = web.post(f"/study/{PMID}/accept", shown(web, 1))
    assert again.status_code == 200
    with Store.open(path, readonly=True) as store:
        assert [decision.action for _, decision in store.decisions(PMID)] == ["reject", "accept"]


def test_a_file_in_use_loses_nothing(web: WebDesk, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cartevidence.review.desk import Desk

    waiting = Desk.__init__
    monkeypatch.setattr(Desk, "__init__", lambda self, path, curator: waiting(self, path, curator, wait=0.1))
    given = shown(web, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        busy = web.post(f"/study/{PMID}/accept", given)
        assert web.get(f"/study/{PMID}").status_code == 200
        other.execute("ROLLBACK")
    assert busy.status_code == 503
    assert "try again" in busy.json()["error"]
    assert web.post(f"/study/{PMID}/accept", given).status_code == 200


@pytest.mark.parametrize(("act", "given", "named"), [
    ("accept", {}, "fact"),
    ("accept", {"fact": "x"}, "seen"),
    ("accept", {"fact": "x", "seen": "1"}, "seen"),
    ("accept", {"fact": "x", "seen": True}, "seen"),
    ("accept", {"fact": 7, "seen": None}, "fact"),
    ("correct", {"fact": "x", "seen": None, "type": "response"}, "values"),
    ("correct", {"fact": "x", "seen": None, "type": "gossip", "values": {}}, "type"),
    ("reject", {"fact": "x", "seen": None, "reason": "a" * 2001}, "reason"),
    ("add", {"type": "cohort", "values": {}, "section": "RESULTS", "start": -1, "end": 4}, "start"),
    ("add", {"type": "cohort", "values": {"role": "treated", "n": "4"}, "section": "RESULTS", "start": 0, "end": 9999},
     "start, end"),
    ("reject", {"fact": "x", "seen": None, "reason": ["a" * 3000]}, "reason"),
    ("undo", {"fact": {"a": 1}, "seen": None}, "fact"),
    ("correct", {"fact": "x", "seen": None, "type": "cohort", "values": {"role": ["a" * 3000], "n": 4}}, "These patients"),
    ("suggest", {"section": "RESULTS", "start": 5, "end": 5}, "start, end"),
    ("suggest", {"section": "RESULTS", "start": 5, "end": 9999}, "start, end"),
    ("accept-all", {"seen": []}, "seen"),
    ("accept-all", {"seen": {"x": "y"}}, "seen"),
])  # fmt: skip
def test_what_is_amiss_is_named(web: WebDesk, act: str, given: dict[str, Any], named: str) -> None:
    answer = web.post(f"/study/{PMID}/{act}", given)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(named)


def test_a_decision_that_nobody_saw(web: WebDesk) -> None:
    for seen in (7, -1, 10**30):
        answer = web.post(f"/study/{PMID}/accept", {**shown(web), "seen": seen})
        assert answer.status_code == 409, seen


def test_a_fact_that_is_gone(web: WebDesk) -> None:
    answer = web.post(f"/study/{PMID}/accept", {"fact": "0" * 16, "seen": None})
    assert answer.status_code == 409
    assert len(cards(answer.json()["html"])) == 3


def test_the_queue(web: WebDesk) -> None:
    page = web.get("/").text
    assert re.findall(r'<tr data-pmid="(\d+)" data-need="([^"]+)"', page)[0] == ("90000002", "low confidence")
    assert re.findall(r'<tr data-pmid="(\d+)"', web.get("/?target=cd22").text) == [PMID]
    assert re.findall(r'<tr data-pmid="(\d+)"', web.get("/?search=90000003").text) == ["90000003"]
    assert "No study fits" in web.get("/?disease=gout").text
    for odd in ("/?page=0", "/?page=x", "/?page=999999", "/?need=nothing", "/?search=%22%27%29("):
        assert web.get(odd).status_code == 200, odd


def test_forms_have_all_fields_of_the_model() -> None:
    for name, kind in EVIDENCE.items():
        wanted = set(kind.model_fields) - PROVENANCE - {"type"} | {"pooled"}
        assert set(ORDER[name]) == wanted
        assert {field.name for field in fields(name) if field.needed} == {
            field for field, told in kind.model_fields.items() if told.is_required() and field in wanted
        }


def test_typed_values() -> None:
    typed = {"n": " 24 ", "total": "1,024", "percent": "64.5 %".replace(" ", ""), "absent": False, "group": ""}
    with pytest.raises(InvalidData, match="Percent"):
        values_of("response", typed)
    assert values_of("response", {**typed, "percent": "64·5"}) == {
        "n": 24, "total": 1024, "percent": 64.5, "absent": None, "group": None,
    }  # fmt: skip


@pytest.mark.parametrize(("spans", "lines"), [
    ([(0, 10, 1), (20, 30, 2)], {1: 0, 2: 0}),
    ([(0, 30, 1), (5, 10, 2), (8, 12, 3)], {1: 0, 2: 1, 3: 2}),
    ([(5, 10, 1), (5, 30, 2)], {2: 0, 1: 1}),
    ([(0, 9, 1), (0, 9, 2), (0, 9, 3), (0, 9, 4)], {1: 0, 2: 1, 3: 2, 4: 2}),
])  # fmt: skip
def test_overlapping_quotes_have_lines_of_their_own(spans: list[tuple[int, int, int]], lines: dict[int, int]) -> None:
    assert text.lanes(spans) == lines


def test_overlapping_quotes_on_the_page(web: WebDesk, path: Path, make: Make) -> None:
    record = make.record()
    with Store.open(path) as store:
        whole = make.fact(record, "CR was seen in 24 of 30 patients (80%)", "cohort", role="treated", n=30)
        store.save_extractions([make.extraction(record, whole, make.cr(record), version="2")])
    marks = re.findall(r'<mark class="run ([^"]+)"[^>]*data-facts="([^"]+)">([^<]+)<', web.get(f"/study/{PMID}").text)
    assert marks == [
        ("u0-cohort", "1", "CR was seen in "),
        ("u0-cohort u1-response", "1 2", "24 of 30 patients (80%)"),
    ]
