"""Twice and blind: two curators in browsers of their own, then a third who adjudicates."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from decided import acts, standing
from desk_page import Enter, Window, serious
from desk_records import CHECKS, TWIN
from desk_server import DeskServer
from playwright.sync_api import expect

from db.store import Store

SECRET = "only ada can know this"
SEEN_BY_BEN = (
    "/", f"/study/{TWIN}", f"/study/{TWIN}/history", "/agreement", "/assign", "/rules", "/evidence/decision",
    "/evidence/decision.json?_size=max", "/evidence/evidence_current.json?_size=max&pmid=" + TWIN,
    f"/evidence/evidence_current.csv?pmid={TWIN}", "/evidence.json?sql=select+*+from+decision", "/evidence",
    "/evidence.json?sql=select+*+from+sqlite_master",
)  # fmt: skip


def assign(window: Window, pmid: str, first: str, second: str) -> None:
    window.open("/assign")
    window.page.get_by_label("PMIDs").fill(pmid)
    window.page.get_by_label("First curator").fill(first)
    window.page.get_by_label("Second curator").fill(second)
    window.page.get_by_role("button", name="Assign").click()
    expect(window.page.locator(f'#assigned tr[data-pmid="{pmid}"]')).to_contain_text(f"{first}, {second}")


def reject(window: Window, number: int, reason: str) -> None:
    window.press("r")
    window.page.keyboard.type(reason)
    window.press("Enter")
    window.becomes(number, "rejected")


def fetched(window: Window, path: str) -> str:
    """What the server answers, as the curator's own programs would get it."""
    return str(window.page.evaluate("path => fetch(path).then(answer => answer.text())", path))


def exported(db: Path) -> str:
    with Store.open(db, readonly=True) as store:
        return json.dumps(list(store.export_rows()))


def test_a_blind_pair_and_its_adjudication(desk: DeskServer, enter: Enter) -> None:
    ada, ben, cleo = (enter(desk, name) for name in ("ada", "ben", "cleo"))
    assign(cleo, TWIN, "ada", "ben")

    # ada: accept, reject, accept
    expect(ada.study(TWIN).page.locator("#facts")).to_have_attribute("data-mode", "blind")
    ada.press("a")
    ada.becomes(1, "accepted")
    reject(ada, 2, SECRET)
    ada.press("a")
    ada.becomes(3, "accepted")
    assert acts(desk.db, TWIN) == []  # the record is not touched

    # Nothing of it is to be seen by ben: by page, by SQL, by export.
    for path in SEEN_BY_BEN:
        answer = fetched(ben, path)
        assert answer and SECRET not in answer, path
    assert SECRET not in exported(desk.db)
    ben.study(TWIN)
    assert ben.statuses == ["unreviewed"] * 3

    ada.press("f")
    expect(ada.said).to_contain_text("Done with this study")

    # ben: accept, correct, accept
    ben.study(TWIN)
    assert ben.statuses == ["unreviewed"] * 3  # nor after ada has finished
    ben.press("a")
    ben.becomes(1, "accepted")
    ben.press("c")
    ben.page.locator("#field-n").fill("15")
    ben.press("Enter")
    ben.becomes(2, "corrected")
    ben.press("a")
    ben.becomes(3, "accepted")
    ben.press("f")
    expect(ben.said).to_contain_text("Done with this study")

    # What they decided alike is the record, once and in both names; the rest is for cleo.
    assert acts(desk.db, TWIN) == ["ada + ben accept", "ada + ben accept"]
    assert standing(desk.db, TWIN) == ["accepted", "unreviewed", "accepted"]
    cleo.open("/agreement")
    row = cleo.page.locator("#conflicts tbody tr")
    expect(row).to_have_count(1)
    for words in ("ada", "ben", SECRET, "ORR 15/20"):
        expect(row).to_contain_text(words)
    row.get_by_role("link", name="Decide").click()
    expect(cleo.chosen).to_have_attribute("data-number", "2")
    expect(cleo.chosen).to_contain_text(SECRET)
    cleo.chosen.get_by_role("button", name="Take these values").click()
    expect(cleo.page.locator("#field-n")).to_have_value("15")
    cleo.page.locator("#field-n").fill("16")
    cleo.page.locator("#field-percent").fill("80.0")
    cleo.press("Escape")
    cleo.press("a")
    cleo.becomes(2, "accepted")
    assert acts(desk.db, TWIN) == ["ada + ben accept", "ada + ben accept", "cleo accept"]

    cleo.open("/agreement")
    expect(cleo.page.locator("#conflicts")).to_have_count(0)
    cleo.open(f"/study/{TWIN}/history")
    for words in ("adjudicated", SECRET, "ada", "ben", "cleo"):
        expect(cleo.page.locator("#history")).to_contain_text(words)
    for window in (ada, ben, cleo):
        window.clean()


def test_the_queue_leads_with_conflicts_and_with_what_is_mine(desk: DeskServer, enter: Enter, axe: str) -> None:
    ada, ben, cleo = (enter(desk, name) for name in ("ada", "ben", "cleo"))
    assign(ada, CHECKS, "ada", "ben")
    ada.open("/?mine=1")
    expect(ada.page.locator(f'#queue tr[data-pmid="{CHECKS}"]')).to_contain_text("blind")
    cleo.open("/?mine=1")
    expect(cleo.page.locator(f'#queue tr[data-pmid="{CHECKS}"]')).to_have_count(0)
    for window, reason in ((ada, ""), (ben, "misread")):
        window.study(CHECKS)
        for number in range(1, 5):
            if reason and number == 3:
                reject(window, number, reason)
            else:
                window.press("a")
                window.becomes(number, "accepted")
        window.press("f")
        expect(window.said).to_contain_text("Done with this study")
    cleo.open("/")
    first = cleo.page.locator("#queue tbody tr").first
    expect(first).to_have_attribute("data-need", "conflict")
    expect(first).to_have_attribute("data-pmid", CHECKS)
    for looks in ({"width": "phone"}, {"dark": True}):
        reader = enter(desk, "cleo", **looks)
        for path in ("/agreement", "/assign", f"/study/{CHECKS}", f"/study/{CHECKS}/history"):
            reader.open(path)
            assert reader.overflow() == 0, path
            assert serious(reader.page, axe) == []
        reader.clean()


@pytest.mark.parametrize(
    ("pmids", "second", "told"), [("not a number", "ben", "PMID"), (TWIN, "ada", "two"), ("999999", "ben", "999999")]
)
def test_an_assignment_that_cannot_be(pmids: str, second: str, told: str, desk: DeskServer, enter: Enter) -> None:
    window = enter(desk)
    window.open("/assign")
    window.page.get_by_label("PMIDs").fill(pmids)
    window.page.get_by_label("Second curator").fill(second)
    window.page.get_by_role("button", name="Assign").click()
    expect(window.page.locator("#problem")).to_contain_text(told)
    expect(window.page.get_by_label("PMIDs")).to_have_value(pmids)  # nothing that was typed is lost
