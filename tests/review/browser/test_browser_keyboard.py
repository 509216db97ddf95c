"""The whole path of a curator, by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from decided import acts, standing
from desk_page import Enter
from desk_records import MISSED, NEXT, TWELVE, database
from desk_server import DeskServer
from playwright.sync_api import expect

from db.store import Store


@pytest.fixture
def small(tmp_path: Path) -> Iterator[DeskServer]:
    """A desk on three studies, the first with twelve facts."""
    with DeskServer(database(tmp_path, [TWELVE, NEXT, MISSED])) as server:
        yield server


def test_twelve_right_facts_take_at_most_fifteen_keys(small: DeskServer, enter: Enter) -> None:
    window = enter(small)
    window.reach("#start")
    window.press("Enter")
    expect(window.chosen).to_have_attribute("data-number", "1")
    window.keys = 0
    for number in range(1, 13):
        window.press("a")
        window.becomes(number, "accepted")
    expect(window.page.locator("#next-study")).to_be_focused()
    window.press("Enter")
    window.page.wait_for_url(f"**/study/{NEXT}")
    assert window.keys <= 15
    assert acts(small.db, TWELVE) == ["ada accept"] * 12
    window.clean()


def test_accept_all_takes_two_keys(small: DeskServer, enter: Enter) -> None:
    window = enter(small).study(TWELVE)
    window.press("A")
    window.becomes(12, "accepted")
    window.press("Enter")
    window.page.wait_for_url(f"**/study/{NEXT}")
    assert standing(small.db, TWELVE) == ["accepted"] * 12


def test_every_act_without_a_mouse(small: DeskServer, enter: Enter) -> None:
    window = enter(small)
    window.reach(f'a[href="/study/{MISSED}"]')
    window.press("Enter")
    expect(window.chosen).to_have_attribute("data-number", "1")

    window.press("c")  # 21 patients were treated: say 20
    window.reach("#field-n")
    window.type("20")
    window.press("Enter")
    window.becomes(1, "corrected")
    expect(window.chosen).to_have_attribute("data-number", "2")

    window.press("r", "Enter")  # no reason given
    expect(window.page.locator("#form-problem")).to_contain_text("why", ignore_case=True)
    window.reach("#form-reason")
    window.type("not what the text says")
    window.press("Enter")
    window.becomes(2, "rejected")

    window.press("u")
    window.becomes(2, "unreviewed")

    window.press("n")  # the words are selected in a box, by Shift and arrows
    window.reach("#words")
    text = window.focused("e => e.value")
    sentence = "The marrow was spotless in 13 of 21 patients (62%)"
    window.press("ControlOrMeta+Home", *["ArrowRight"] * text.index(sentence))
    window.press(*["Shift+ArrowRight"] * len(sentence))
    window.reach("#words-take")
    window.press("Enter")
    expect(window.page.locator("#form-quote")).to_contain_text(sentence)
    window.reach("#form-type")
    window.type("response") if window.focused("e => e.value") != "response" else None
    window.reach("#field-endpoint")
    window.page.keyboard.type("CR")
    window.reach("#form-save")
    window.press("Enter")
    window.becomes(2, "added")

    window.press("]")
    window.page.wait_for_url(lambda url: MISSED not in url)
    with Store.open(small.db, readonly=True) as store:
        facts = [(fact.status, fact.fact.type, fact.fact.n, fact.fact.quote) for fact in store.facts(MISSED)]
    assert facts[0][:3] == ("corrected", "cohort", 20)
    assert facts[1] == ("added", "response", 13, sentence)
    assert facts[2][0] == "unreviewed"
    assert acts(small.db, MISSED) == ["ada correct", "ada reject", "ada undo", "ada add"]
    window.clean()
