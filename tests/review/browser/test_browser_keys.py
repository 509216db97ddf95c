"""Keys: shown by ?, changed by the curator, never acting while something is typed; where the focus is."""

from __future__ import annotations

import pytest
from decided import acts
from desk_page import Enter, Window
from desk_records import CHECKS, HOSTILE, MISSED, NEXT, RETRACTED, TWELVE, TWIN
from desk_server import DeskServer
from playwright.sync_api import expect

SOMEWHERE = "e => e !== null && e !== document.body"


def test_help_shows_every_key_and_gives_the_focus_back(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk).study(TWELVE)
    window.press("j", "?")
    help = window.page.get_by_role("dialog")
    expect(help).to_be_visible()
    keys = {str(box.get_attribute("data-key")): box.input_value() for box in help.locator("input[data-key]").all()}
    expected = {"accept": "a", "correct": "c", "reject": "r", "undo": "u", "add": "n", "accept-all": "A", "help": "?"}
    assert expected.items() <= keys.items()
    window.press("a")  # changes nothing behind the dialog
    window.press("Escape")
    expect(help).to_be_hidden()
    expect(window.fact(2)).to_be_focused()
    assert acts(desk.db, TWELVE) == []
    window.clean()


def test_a_key_can_be_changed_and_stays_so(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk).study(NEXT)
    window.press("?")
    window.page.locator('input[data-key="accept"]').focus()
    window.press("r")
    expect(window.page.locator("#help-problem")).to_contain_text("taken")
    window.press("y")
    expect(window.page.locator('input[data-key="accept"]')).to_have_value("y")
    window.press("Escape")
    expect(window.chosen.get_by_role("button", name="Accept")).to_contain_text("y")
    window.study(NEXT)
    window.press("a")
    window.press("y")
    window.becomes(1, "accepted")
    assert acts(desk.db, NEXT) == ["ada accept"]

    window.press("?")
    window.page.locator("#keys-reset").click()
    window.press("Escape", "a")
    window.becomes(2, "accepted")
    window.clean()


def test_single_keys_can_be_switched_off(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk).study(RETRACTED)
    window.press("?")
    window.page.get_by_label("Single keys act").uncheck()
    window.press("Escape", "a", "r", "n")
    assert window.page.locator("#form, #words-panel").count() == 0
    assert acts(desk.db, RETRACTED) == []
    window.press("?")  # still shows the way back
    expect(window.page.get_by_role("dialog")).to_be_visible()


def test_keys_are_letters_where_something_is_typed(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk).study(MISSED)
    window.press("r")
    expect(window.page.locator("#form-reason")).to_be_focused()
    window.page.keyboard.type("a rare unusual case? jk [n]")
    expect(window.page.locator("#form-reason")).to_have_value("a rare unusual case? jk [n]")
    window.press("Escape")
    expect(window.page.locator("#form")).to_have_count(0)
    assert acts(desk.db, MISSED) == []


def test_keys_with_a_modifier_are_the_browsers(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk).study(MISSED)
    window.press("Control+a", "Alt+a", "Meta+u")
    assert acts(desk.db, MISSED) == []
    assert window.page.locator("#form").count() == 0


def test_next_and_previous_fact(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk).study(TWELVE)
    for key, number in (("j", 2), ("ArrowDown", 3), ("k", 2), ("ArrowUp", 1), ("k", 1)):
        window.press(key)
        expect(window.fact(number)).to_be_focused()
        expect(window.chosen).to_have_attribute("data-number", str(number))
        expect(window.fact(number)).to_be_in_viewport()


def test_the_focus_is_never_lost(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk).study(TWIN)
    steps: list[tuple[str, str]] = [
        ("a", "accepted 1"), ("k", ""), ("u", "unreviewed 1"), ("r", ""), ("Escape", ""), ("c", ""), ("Escape", ""),
        ("n", ""), ("Escape", ""), ("?", ""), ("Escape", ""), ("A", "accepted 3"), ("U", ""),
    ]  # fmt: skip
    for key, awaited in steps:
        window.press(key)
        if awaited:
            status, number = awaited.split()
            window.becomes(int(number), status)
        window.page.wait_for_timeout(100)
        assert window.focused(SOMEWHERE), f"after {key} the focus is nowhere"
    window.clean()


STOP = """e => {
    const style = getComputedStyle(e), name = e.id || e.textContent.trim() || e.name || e.tagName;
    return e === document.body ? null : [name, style.outlineStyle !== "none"];
}"""


def stops(window: Window) -> dict[str, bool]:
    """What Tab goes through until it has come around, and whether each shows that it has the focus."""
    found: dict[str, bool] = {}
    for _ in range(150):
        window.press("Tab")
        stop = window.focused(STOP)
        if stop and stop[0] == next(iter(found), None):
            break
        if stop:
            found[stop[0]] = stop[1]
    return found


@pytest.mark.parametrize("path", ["/", f"/study/{CHECKS}", f"/study/{HOSTILE}/history"])
def test_tab_reaches_everything_and_shows_where_it_is(path: str, desk: DeskServer, enter: Enter) -> None:
    window = enter(desk)
    window.open(path)
    found = stops(window)
    assert {"Skip to the content", "Queue", "Compare", "Sign out"} <= set(found)
    assert [name for name, shown in found.items() if not shown] == []
    window.clean()


def test_what_is_done_is_said(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk).study(HOSTILE)
    window.press("j", "a")
    expect(window.said).to_contain_text("Accepted")
    expect(window.said).to_contain_text("CR 9/12 (75%)")
    window.press("k", "u")
    expect(window.said).to_contain_text("Undone")
