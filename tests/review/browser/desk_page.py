"""A curator's browser window: a page of Chromium that is watched while a test drives it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Error, Page, Request

WIDTHS = {"wide": (1280, 800), "tablet": (768, 1024), "phone": (390, 844)}


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

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def open(self, path: str) -> None:
        """Go to a page of the desk."""
        self.page.goto(self.origin + path)

    def focused(self, expression: str = "e => e.tagName") -> Any:
        """What a function in JavaScript says of the element that has the focus."""
        return self.page.evaluate(f"() => ({expression})(document.activeElement)")

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(
            self.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )

    def clean(self, *, errors: bool = True) -> None:
        """Assert that nothing went to another server, no dialog opened, and nothing went wrong."""
        assert self.foreign == []
        assert self.dialogs == []
        assert not errors or self.errors == []

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


def sign_in(browser: Browser, link: str, *, width: str = "wide", dark: bool = False, touch: bool = False) -> Window:
    """A window of its own, with its own cookies, that has followed a curator's sign-in link."""
    across, down = WIDTHS[width]
    context = browser.new_context(
        viewport={"width": across, "height": down}, color_scheme="dark" if dark else "light", has_touch=touch
    )
    context.set_default_timeout(10_000)
    parts = urlsplit(link)
    window = Window(context, f"{parts.scheme}://{parts.netloc}")
    window.page.goto(link)
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
