"""Two windows in conflict, a page left open, a locked database, a killed server: nothing is lost or overwritten."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from decided import acts, standing
from desk_page import Enter
from desk_records import NEXT, RETRACTED, TEXTS, TWIN, database, read, xml
from desk_server import DeskServer
from playwright.sync_api import expect

from db.store import Store
from models.outcome import Extraction


@pytest.fixture
def own(tmp_path: Path) -> Iterator[DeskServer]:
    """A desk of one test, on two studies."""
    with DeskServer(database(tmp_path, [NEXT, TWIN]), "ada") as server:
        yield server


def refused(error: str) -> bool:
    """What Chromium notes of an answer that is meant to refuse, or of a server that is gone."""
    return "Failed to load resource" in error


def test_two_windows_in_conflict(desk: DeskServer, enter: Enter) -> None:
    ada, ben = enter(desk, "ada").study(NEXT), enter(desk, "ben").study(NEXT)
    ada.press("a")
    ada.becomes(1, "accepted")

    ben.press("c")
    ben.page.locator("#field-n").fill("31")
    ben.press("Enter")
    expect(ben.page.locator("#form-problem")).to_contain_text("ada")
    ben.becomes(1, "accepted")  # how it stands now is shown
    expect(ben.page.locator("#field-n")).to_have_value("31")  # and what was typed is kept
    assert acts(desk.db, NEXT) == ["ada accept"]

    ben.press("Escape", "j")  # the rest of the study can be decided as before
    expect(ben.chosen).to_have_attribute("data-number", "2")
    ben.press("a")
    ben.becomes(2, "accepted")
    assert acts(desk.db, NEXT) == ["ada accept", "ben accept"]
    ben.clean(but=refused)


def test_accept_all_in_a_window_that_is_behind(desk: DeskServer, enter: Enter) -> None:
    ada, ben = enter(desk, "ada").study(TWIN), enter(desk, "ben").study(TWIN)
    ada.press("r")
    ada.page.keyboard.type("another group")
    ada.press("Enter")
    ada.becomes(1, "rejected")
    ben.press("A")
    expect(ben.trouble).to_contain_text("ada")
    assert standing(desk.db, TWIN) == ["rejected", "unreviewed", "unreviewed"]


def test_a_page_left_open_while_the_extractor_ran_again(own: DeskServer, enter: Enter) -> None:
    window = enter(own).study(NEXT)
    window.press("a")
    window.becomes(1, "accepted")
    with Store.open(own.db) as store:  # a newer version reads other figures of facts 1 and 2
        study, facts = store.study(NEXT), [stored.fact for stored in store.facts(NEXT)]
        assert study is not None
        changed = [fact.model_copy(update={"n": fact.values["n"] + 1}) for fact in facts[:2]]
        store.save_extractions([Extraction(study, (*changed, facts[2]), facts[0].text_hash, "999")])
    window.press("a")  # fact 2, as it was
    expect(window.trouble).to_contain_text("look", ignore_case=True)
    expect(window.page.locator(".fact").nth(0)).to_contain_text("look again")
    assert acts(own.db, NEXT) == ["ada accept"]
    window.clean(but=refused)


def test_a_page_left_open_while_pubmed_changed_the_text(own: DeskServer, enter: Enter) -> None:
    window = enter(own).study(NEXT)
    title, sections, links, types = TEXTS[NEXT]
    revised = [(label, text.replace("21 of 30 patients (70%)", "24 of 30 patients (80%)")) for label, text in sections]
    TEXTS["revised"] = (title, revised, links, types)
    read(own.db, [xml("revised").replace(">revised<", f">{NEXT}<")])
    del TEXTS["revised"]
    window.press("a")
    expect(window.trouble).to_contain_text("look", ignore_case=True)
    assert acts(own.db, NEXT) == []


def test_a_locked_database(own: DeskServer, enter: Enter) -> None:
    window = enter(own).study(NEXT)
    with closing(sqlite3.connect(own.db, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        window.press("c")
        window.page.locator("#field-n").fill("31")
        window.press("Enter")
        expect(window.page.locator("#form-problem")).to_contain_text("in use by another program")
        expect(window.page.locator("#field-n")).to_have_value("31")
        reader = enter(own)  # reading goes on meanwhile
        expect(reader.page.locator("#queue")).to_be_visible()
        other.execute("ROLLBACK")
    window.page.locator("#field-n").focus()
    window.press("Enter")
    window.becomes(1, "corrected")
    assert acts(own.db, NEXT) == ["ada correct"]
    window.clean(but=refused)


def test_a_server_that_is_killed_between_two_decisions(own: DeskServer, enter: Enter) -> None:
    window = enter(own).study(NEXT)
    window.press("a")
    window.becomes(1, "accepted")
    own.kill()
    assert acts(own.db, NEXT) == ["ada accept"]

    window.press("c")
    window.page.locator("#field-n").fill("20")
    window.press("Enter")
    expect(window.page.locator("#form-problem")).to_contain_text("does not answer")
    old_link = own.links["ada"]
    own.start()
    window.press("Enter")  # the desk that was opened anew does not know this curator
    expect(window.page.locator("#form-problem")).to_contain_text("sign", ignore_case=True)
    expect(window.page.locator("#field-n")).to_have_value("20")
    tab = window.context.new_page()
    assert tab.goto(old_link).status == 403
    tab.goto(own.links["ada"])
    window.page.bring_to_front()
    window.page.locator("#field-n").focus()
    window.press("Enter")
    window.becomes(2, "corrected")
    assert acts(own.db, NEXT) == ["ada accept", "ada correct"]
    assert own.stop() == 0, own.printed


def test_a_half_filled_form_is_not_left_unasked(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk).study(RETRACTED)
    window.press("c")
    window.page.locator("#field-n").fill("49")
    window.fact(2).click()
    window.fact(2).get_by_role("button", name="Accept").click()
    expect(window.trouble).to_contain_text("form is open")
    expect(window.page.locator("#field-n")).to_have_value("49")
    assert acts(desk.db, RETRACTED) == []
