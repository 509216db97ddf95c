"""Deciding with the mouse: correct with the live check, reject, add by selecting words, undo, history."""

from __future__ import annotations

from decided import acts, standing
from desk_page import Enter
from desk_records import CHECKS, MISSED, NEXT, RETRACTED, TWELVE
from desk_server import DeskServer
from playwright.sync_api import expect

from db.store import Store


def test_failed_checks_are_said_in_words_and_a_correction_is_checked_as_it_is_typed(
    desk: DeskServer, enter: Enter
) -> None:
    window = enter(desk).study(CHECKS)
    expect(window.fact(2).locator(".check")).to_contain_text("20/25 would be 80")
    window.fact(2).click()
    window.fact(2).get_by_role("button", name="Correct").click()
    check, percent = window.page.locator("#form-check"), window.page.get_by_label("Percent")
    expect(percent).to_have_value("72")
    percent.fill("81")
    expect(check).to_contain_text("20/25 would be 80")
    percent.fill("80")
    expect(check).not_to_contain_text("would be")
    expect(check).to_contain_text("ORR 20/25 (80%)")
    percent.fill("eighty")
    window.page.locator("#form-save").click()
    expect(window.page.locator("#form-problem")).to_contain_text("eighty")
    assert standing(desk.db, CHECKS) == ["unreviewed"] * 4
    percent.fill("80")
    window.page.locator("#form-save").click()
    window.becomes(2, "corrected")
    expect(window.fact(2).locator(".check")).to_have_count(0)
    assert acts(desk.db, CHECKS) == ["ada correct"]
    window.clean(but=lambda error: "status of 400" in error)


def test_accept_all_leaves_failed_checks_to_the_curator(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk, "ben").study(CHECKS)
    window.page.get_by_role("button", name="Accept all").click()
    window.becomes(4, "accepted")
    now = standing(desk.db, CHECKS)
    assert (now[0], now[2], now[3]) == ("accepted", "unreviewed", "accepted") and now[1] != "accepted"
    expect(window.chosen).to_have_attribute("data-open", "yes")


def test_reject_needs_a_reason(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk).study(NEXT)
    window.fact(3).click()
    window.fact(3).get_by_role("button", name="Reject").click()
    window.page.locator("#form-save").click()
    expect(window.page.locator("#form-problem")).to_contain_text("why", ignore_case=True)
    window.page.locator("#form-reason").fill("   ")
    window.page.locator("#form-save").click()
    expect(window.page.locator("#form-problem")).to_be_visible()
    assert acts(desk.db, NEXT) == []
    window.page.locator("#form-reason").fill("<b>severe</b> CRS of another group")
    window.page.locator("#form-save").click()
    window.becomes(3, "rejected")
    window.open(f"/study/{NEXT}/history")
    expect(window.page.locator("#history li")).to_have_count(1)
    expect(window.page.locator("#history")).to_contain_text("<b>severe</b> CRS of another group")
    window.clean()


def test_added_by_selecting_words_with_numbers_filled_in_and_undone(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk).study(MISSED)
    quote = "spotless in 13 of 21 patients (62%)"
    window.drag_over(quote)
    window.press("n")
    form = window.page.locator("#form")
    expect(form.locator("#form-quote")).to_contain_text(quote)
    form.locator("#form-type").select_option("response")
    form.get_by_label("Endpoint").select_option("CR")
    for label, value in (("n, with it", "13"), ("N, out of", "21"), ("Percent", "62")):
        expect(form.get_by_label(label)).to_have_value(value)
    form.locator("#form-save").click()
    window.becomes(2, "added")
    expect(window.chosen).to_have_attribute("data-number", "2")
    with Store.open(desk.db, readonly=True) as store:
        added = store.facts(MISSED)[1].fact
    assert (added.quote, added.values["endpoint"], added.values["n"], added.values["total"]) == (quote, "CR", 13, 21)
    lit = window.page.locator("#text .run.lit").all_inner_texts()
    assert "".join(lit) == quote

    window.fact(2).get_by_role("button", name="Undo").click()
    expect(window.page.locator(".fact")).to_have_count(2)
    assert standing(desk.db, MISSED) == ["unreviewed"] * 2
    assert acts(desk.db, MISSED) == ["ada add", "ada undo"]
    window.clean()


def test_a_fact_and_its_words_light_each_other(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk).study(TWELVE)
    lit = window.page.locator("#text .run.lit")
    window.fact(4).click()
    assert "".join(lit.all_inner_texts()) == "overall response rate was 85% (34 of 40)"
    # Fact 5 lies within the words of 6: a click means the shorter, a second one the longer.
    words = window.page.locator('#text .run[data-facts="5 6"]').first
    words.click()
    expect(window.chosen).to_have_attribute("data-number", "5")
    words.click()
    expect(window.chosen).to_have_attribute("data-number", "6")
    assert "".join(lit.all_inner_texts()).endswith("of grade 3 or higher in 6 patients (15%)")
    window.clean()


def test_a_retraction_is_said_where_the_study_is_met(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk)
    expect(window.page.locator(f'tr[data-pmid="{RETRACTED}"]')).to_contain_text("retracted")
    window.study(RETRACTED)
    expect(window.page.locator(".notice").first).to_contain_text("retract", ignore_case=True)
