"""A record that tries to run scripts: all of its text is shown as it is, and nothing else happens."""

from __future__ import annotations

from desk_page import Enter
from desk_records import CHECKS, ENTITIES, HOSTILE, IMAGE, LABEL, LONG_WORD, SCRIPT, TEXTS
from desk_server import DeskServer
from playwright.sync_api import expect

PAGES = (
    "/",
    f"/study/{HOSTILE}",
    f"/study/{HOSTILE}/history",
    "/compare?what=endpoint:CR",
    f"/evidence/record/{HOSTILE}",
    "/evidence/record",
)
INJECT = """() => {
    document.body.append(Object.assign(document.createElement("script"), {textContent: "window.owned = 6"}));
    document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.owned = 7'>");
}"""


def test_every_page_that_shows_the_record(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk)
    for path in PAGES:
        window.open(path)
        window.page.wait_for_load_state("networkidle")
        assert window.page.evaluate("() => typeof window.owned") == "undefined", path
        assert window.page.locator('img[src="x"], svg[onload], [onerror]').count() == 0, path
        window.clean()


def test_the_text_is_shown_letter_by_letter(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk).study(HOSTILE)
    title, sections, _, _ = TEXTS[HOSTILE]
    parts = window.page.locator("#text .part").all()
    assert [part.text_content() for part in parts] == [title, *(" ".join(text.split()) for _, text in sections)]
    shown = window.page.locator("#text").inner_text()
    for odd in (SCRIPT, IMAGE, ENTITIES, LONG_WORD, "🧬🩸"):
        assert odd in shown
    assert LABEL.upper() in shown.upper()
    assert title in window.page.locator("h1").inner_text()


def test_hostile_words_can_be_added_and_hostile_reasons_be_given(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk).study(HOSTILE)
    quote = f"and {ENTITIES}"  # behind letters that JavaScript counts twice
    window.drag_over(quote)
    window.press("n")
    window.page.locator("#form-type").select_option("cohort")
    window.page.get_by_label("These patients were").select_option("treated")
    window.page.locator("#field-n").fill("9")
    window.page.locator("#field-group").fill(SCRIPT)
    window.page.locator("#form-save").click()
    expect(window.chosen).to_have_attribute("data-status", "added")
    expect(window.chosen.locator(".quote")).to_contain_text(quote)
    expect(window.chosen).to_contain_text(SCRIPT)
    window.press("r")
    window.page.keyboard.type(IMAGE)
    window.press("Enter")
    window.page.locator('.fact[data-status="rejected"]').wait_for()
    window.open(f"/study/{HOSTILE}/history")
    expect(window.page.locator("#history")).to_contain_text(IMAGE)
    expect(window.page.locator("#history")).to_contain_text(SCRIPT)
    assert window.page.evaluate("() => typeof window.owned") == "undefined"
    window.clean()


def test_a_script_that_got_into_a_page_would_not_run(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk)
    for path in ("/", f"/study/{HOSTILE}", f"/study/{HOSTILE}/history", "/sign-in"):
        window.open(path)
        window.page.evaluate(INJECT)
        window.page.wait_for_timeout(100)
        assert window.page.evaluate("() => typeof window.owned") == "undefined", path
        assert any("Content Security Policy" in error for error in window.errors), path
        window.errors.clear()


def test_hostile_searches(desk: DeskServer, enter: Enter) -> None:
    window = enter(desk)
    window.page.locator("#search").fill(f'{SCRIPT}" onfocus="window.owned = 4" AND NEAR(')
    window.page.locator("#search").press("Enter")
    window.page.wait_for_url("**search=**")
    expect(window.page.locator("#search")).to_have_value(f'{SCRIPT}" onfocus="window.owned = 4" AND NEAR(')
    window.open("/?target=%27%22%3E%3Cscript%3Ewindow.owned%3D5%3C/script%3E&page=999999")
    assert window.page.evaluate("() => typeof window.owned") == "undefined"
    window.open(f"/?search={CHECKS}")
    expect(window.page.locator("#queue tbody tr")).to_have_count(1)
    window.clean()
