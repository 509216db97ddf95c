"""The compare page: a table and a forest plot, each number a link to its words."""

from __future__ import annotations

import pytest
from desk_page import Enter, serious
from desk_records import HOSTILE, SCRIPT, TWELVE, TWIN
from desk_server import DeskServer
from playwright.sync_api import expect

ORR = "/compare?what=endpoint:ORR"


def test_each_number_leads_to_its_words(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk)
    window.open("/compare")
    window.page.get_by_label("What", exact=True).select_option("endpoint:ORR")
    window.page.get_by_role("button", name="Compare").click()
    row = window.page.locator(f'#compared tr[data-pmid="{TWELVE}"]')
    expect(row).to_contain_text("34/40")
    row.locator("a.proof").first.click()
    window.page.wait_for_url(f"**/study/{TWELVE}?fact=*")
    expect(window.chosen).to_contain_text("ORR 34/40 (85%)")
    lit = window.page.locator("#text .run.lit")
    assert "".join(lit.all_inner_texts()) == "overall response rate was 85% (34 of 40)"
    window.clean()


def test_the_plot_is_drawn_and_described(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk)
    window.open(ORR)
    plot = window.page.locator("#plot img")
    expect(plot).to_be_visible()
    assert plot.evaluate("e => e.complete && e.naturalWidth > 0")
    assert len(plot.get_attribute("alt") or "") > 40
    assert "Pooled" in window.page.locator("#estimate").inner_text()
    window.clean()


def test_a_decision_counts_at_once(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk)
    window.open(ORR)
    expect(window.page.locator(f'#compared tr[data-pmid="{TWIN}"]')).to_contain_text("16/20")
    window.study(TWIN)
    window.press("j", "r")
    window.page.keyboard.type("not this study's")
    window.press("Enter")
    window.becomes(2, "rejected")
    window.open(ORR)
    expect(window.page.locator(f'#compared tr[data-pmid="{TWIN}"]')).to_have_count(0)


@pytest.mark.parametrize(("width", "dark"), [("wide", True), ("tablet", True), ("phone", False)])
def test_it_fits_and_has_no_serious_barrier(width: str, dark: bool, desk: DeskServer, enter: Enter, axe: str) -> None:
    window = enter(desk, width=width, dark=dark)
    for path in ("/compare", f"{ORR}&by=target", "/compare?what=event:CRS&grade=%3E%3D3", "/compare?what=endpoint:OS"):
        window.open(path)
        assert window.overflow() == 0, path
        assert serious(window.page, axe) == []
    window.clean()


def test_hostile_questions_are_refused_in_words(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk)
    for query in (
        f"what=endpoint:{SCRIPT}",
        "what=endpoint:CR&target=%27%22%3E%3Cimg%20src%3Dx%3E",
        "what=x&min_n=many",
    ):
        window.open(f"/compare?{query}")
        assert window.page.locator('img[src="x"]').count() == 0
        assert window.page.evaluate("() => typeof window.owned") == "undefined"
    window.open("/compare?what=endpoint:CR")
    expect(window.page.locator(f'#compared tr[data-pmid="{HOSTILE}"]')).to_contain_text("9/12")
    window.clean(but=lambda error: "status of 4" in error)
