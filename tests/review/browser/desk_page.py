"""A curator's browser window: a page of Chromium that is watched while a test drives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Error, Locator, Page, Request, expect

WIDTHS = {"wide": (1280, 800), "tablet": (768, 1024), "phone": (390, 844)}
# Where words of the abstract stand on the screen: the middle of their first and of their last letter's outer edge.
PLACE = """words => {
    const walk = document.createTreeWalker(document.querySelector("#text"), NodeFilter.SHOW_TEXT);
    const nodes = []; let text = "";
    while (walk.nextNode()) { nodes.push([walk.currentNode, text.length]); text += walk.currentNode.data; }
    const start = text.indexOf(words);
    if (start < 0) throw new Error("not on the page: " + words);
    const letter = at => {
        const [node, first] = nodes.findLast(found => found[1] <= at);
        const range = document.createRange();
        range.setStart(node, at - first); range.setEnd(node, at - first + 1);
        return range.getBoundingClientRect();
    };
    document.querySelector("#text").scrollIntoView();
    const from = letter(start), to = letter(start + words.length - 1);
    return [from.left + 1, from.top + from.height / 2, to.right - 1, to.top + to.height / 2];
}"""


class Window:
    """A page, the requests it made, and what went wrong in it. It counts the keys that are pressed."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.context = context
        self.origin = origin
        self.page: Page = context.new_page()
        self.keys = 0
        self.foreign: list[str] = []  # requests to any other server
        self.errors: list[str] = []  # console errors, exceptions, refusals by the Content-Security-Policy
        self.dialogs: list[str] = []  # alert, confirm, prompt
        self.page.on("request", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", self._failed)
        self.page.on("dialog", self._asks)

    # Going about

    def open(self, path: str) -> None:
        """Go to a page of the desk."""
        self.page.goto(self.origin + path)

    def study(self, pmid: str) -> Self:
        """Open a study and wait until its desk takes keys."""
        self.open(f"/study/{pmid}")
        expect(self.chosen).to_be_visible()
        return self

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        """Type into what has the focus, over what it holds."""
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def reach(self, selector: str, key: str = "Tab", limit: int = 60) -> None:
        """Move the focus to an element by pressing a key."""
        for _ in range(limit):
            if self.focused("(e, selector) => e.matches(selector)", selector):
                return
            self.press(key)
        raise AssertionError(f"{limit} times {key} did not reach {selector}")

    def drag_over(self, words: str) -> None:
        """Select words of the abstract with the mouse."""
        across, down, to_across, to_down = self.page.evaluate(PLACE, words)
        self.page.mouse.move(across, down)
        self.page.mouse.down()
        self.page.mouse.move((across + to_across) / 2, to_down, steps=4)
        self.page.mouse.move(to_across, to_down, steps=4)
        self.page.mouse.up()
        assert self.page.evaluate("() => getSelection().toString()") == words

    # What it shows

    @property
    def chosen(self) -> Locator:
        """The fact that keys are about."""
        return self.page.locator('.fact[aria-current="true"]')

    def fact(self, number: int) -> Locator:
        """A fact in the list, by its number."""
        return self.page.locator(f'.fact[data-number="{number}"]')

    @property
    def statuses(self) -> list[str]:
        """The status of each fact, in the order of the list."""
        return [str(fact.get_attribute("data-status")) for fact in self.page.locator(".fact").all()]

    def becomes(self, number: int, status: str) -> None:
        """Wait until a fact has this status."""
        expect(self.fact(number)).to_have_attribute("data-status", status)

    @property
    def said(self) -> Locator:
        """What a screen reader is told of what was done."""
        return self.page.locator("#said")

    @property
    def trouble(self) -> Locator:
        """What a curator is told of what went wrong."""
        return self.page.locator("#trouble")

    def focused(self, expression: str, given: object = None) -> Any:
        """What a function in JavaScript says of the element that has the focus."""
        return self.page.evaluate(f"given => ({expression})(document.activeElement, given)", given)

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        root = "document.documentElement"
        return int(self.page.evaluate(f"() => {root}.scrollWidth - {root}.clientWidth"))

    def clean(self, *, but: Callable[[str], bool] = lambda error: False) -> None:
        """Assert that nothing went to another server, no dialog opened, and nothing went wrong `but` what may."""
        assert self.foreign == []
        assert self.dialogs == []
        assert [error for error in self.errors if not but(error)] == []

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.foreign.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def _failed(self, error: Error) -> None:
        self.errors.append(str(error))

    def _asks(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


Enter = Callable[..., Window]


def sign_in(browser: Browser, link: str, *, width: str = "wide", dark: bool = False, touch: bool = False) -> Window:
    """A window of its own, with its own cookies, that has followed a curator's sign-in link to the queue."""
    across, down = WIDTHS[width]
    context = browser.new_context(
        viewport={"width": across, "height": down}, color_scheme="dark" if dark else "light", has_touch=touch
    )
    context.set_default_timeout(10_000)
    parts = urlsplit(link)
    window = Window(context, f"{parts.scheme}://{parts.netloc}")
    window.page.goto(link)
    window.page.wait_for_url(f"{window.origin}/")
    return window


def serious(page: Page, axe: str) -> list[str]:
    """What axe-core calls a serious or critical barrier on the page as it is, one line each."""
    page.evaluate(axe)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url}: {violation['id']} ({violation['impact']}): {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
