"""Chromium as a curator's browser, and desks for it to open."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_page import Enter, Window, sign_in
from desk_records import database
from desk_server import DeskServer
from playwright.sync_api import Browser, sync_playwright

CI = os.environ.get("CI") == "true"  # there nothing may be missing
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
AXE = Path(__file__).resolve().parents[1] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a screen, with a new profile.

    It lives for a module: while it does, no other test could start an event loop.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        (pytest.fail if CI else pytest.skip)("Chromium is not installed: chromium on Debian")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core, the script that finds barriers in a page."""
    if not AXE.exists():
        (pytest.fail if CI else pytest.skip)("axe-core is not installed: npm install --prefix tests/review")
    return AXE.read_text()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all studies of desk_records. Read only: copy it before changing it."""
    return database(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def desk(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    """A desk for ada, ben and cleo on all studies. Its tests share it: each decides on a study of its own."""
    db = tmp_path_factory.mktemp("desk") / "evidence.db"
    shutil.copy(filled, db)
    with DeskServer(db, "ada", "ben", "cleo") as server:
        yield server


@pytest.fixture
def enter(browser: Browser) -> Iterator[Enter]:
    """Open the desk as a curator in a window of its own: `enter(desk, "ada", width="phone")`."""
    windows: list[Window] = []

    def enter(server: DeskServer, curator: str = "", **looks: object) -> Window:
        windows.append(sign_in(browser, server.links[curator or server.curators[0]], **looks))
        return windows[-1]

    yield enter
    for window in windows:
        window.context.close()
