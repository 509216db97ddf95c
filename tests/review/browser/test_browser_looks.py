"""Every page: no barrier that axe-core finds, light and dark; no sideways scrolling; nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desk_page import Enter, Window, serious
from desk_records import CHECKS, HOSTILE, NEXT, RETRACTED, TWELVE
from desk_server import DeskServer

PAGES = (
    "/",
    f"/study/{TWELVE}",
    f"/study/{CHECKS}",
    f"/study/{RETRACTED}",
    f"/study/{HOSTILE}",
    f"/study/{NEXT}/history",
    "/agreement",
    "/rules",
    "/assign",
    "/sign-in",
)
FORMS = {"c": "#form", "r": "#form", "n": "#words-panel", "?": "#help[open]"}


def views(window: Window) -> Iterator[str]:
    """Open every page, and every form of a study, one after the other."""
    for path in PAGES:
        window.open(path)
        yield path
    for key, selector in FORMS.items():
        window.study(CHECKS)
        window.press("j", key)
        window.page.locator(selector).wait_for()
        yield key


@pytest.fixture
def lived_in(desk: DeskServer, enter: Enter) -> DeskServer:
    """The desk with decisions of every kind on a study, and a message on the screen."""
    window = enter(desk).study(NEXT)
    if window.statuses == ["unreviewed"] * 3:
        window.press("a")
        window.becomes(1, "accepted")
        window.press("r", *"not here")
        window.press("Enter")
        window.becomes(2, "rejected")
        window.press("c")
        window.page.locator("#field-n").fill("4")
        window.press("Enter")
        window.becomes(3, "corrected")
    return desk


@pytest.mark.parametrize(("width", "dark"), [("wide", False), ("phone", True)])
def test_no_page_has_a_serious_barrier_or_scrolls_sideways(
    width: str, dark: bool, lived_in: DeskServer, enter: Enter, axe: str
) -> None:
    window = enter(lived_in, width=width, dark=dark)
    for view in views(window):
        assert (view, window.overflow(), serious(window.page, axe)) == (view, 0, [])
    window.clean()


def test_no_page_of_a_tablet_scrolls_sideways(lived_in: DeskServer, enter: Enter) -> None:
    window = enter(lived_in, width="tablet")
    assert {view: wide for view in views(window) if (wide := window.overflow())} == {}
    window.clean()


def test_buttons_of_a_phone_are_large_enough_for_a_finger(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk, width="phone", touch=True).study(TWELVE)
    heights = [box["height"] for one in window.chosen.get_by_role("button").all() if (box := one.bounding_box())]
    assert len(heights) >= 4 and min(heights) >= 44


def test_a_page_that_is_not_there(desk: DeskServer, enter: Enter, axe: str) -> None:
    window = enter(desk)
    for path in ("/study/999999", "/study/999999/history", "/no-such-page"):
        answer = window.page.goto(window.origin + path)
        assert answer is not None and answer.status == 404
        assert window.page.get_by_role("link", name="Back to the queue").is_visible()
        assert serious(window.page, axe) == []
    window.clean(but=lambda error: "404" in error)
