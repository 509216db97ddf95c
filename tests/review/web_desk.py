"""A desk without a network: requests go straight to its ASGI application."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx

from cartevidence.review.web.server import datasette_of
from cartevidence.review.web.site import Site

PMID = "90000001"  # of the first study of the database in conftest.py
ORIGIN = "http://localhost"  # port 80, so that the Host header is 'localhost'
TOKEN = re.compile(r'data-token="([^"]+)"')


class WebDesk:
    """A desk for some curators, and their browsers' cookies."""

    def __init__(self, db: Path, *curators: str, **given: Any) -> None:
        self.site = Site.of(db, curators or ("ada",), port=80, **given)
        self.datasette = datasette_of(self.site)
        self.app = self.datasette.app()
        self.cookies: dict[str, dict[str, str]] = {}
        self._loop = asyncio.new_event_loop()

    def ask(self, method: str, path: str, curator: str | None = None, **given: Any) -> httpx.Response:
        """A request with the cookies of a curator who has signed in, or with none; redirects are not followed."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url=ORIGIN, cookies=self.cookies.get(curator or "")
            ) as client:
                return await client.request(method, path, **given)

        answer = self._loop.run_until_complete(asked())
        if curator is not None:
            self.cookies.setdefault(curator, {}).update(answer.cookies)
        return answer

    def sign_in(self, curator: str) -> httpx.Response:
        return self.ask("GET", f"/sign-in?token={self.site.tokens[curator]}", curator)

    def get(self, path: str, curator: str = "ada", **given: Any) -> httpx.Response:
        if curator not in self.cookies:
            self.sign_in(curator)
        return self.ask("GET", path, curator, **given)

    def token(self, curator: str = "ada") -> str:
        found = TOKEN.search(self.get("/", curator).text)
        assert found
        return found[1]

    def post(self, path: str, given: object, curator: str = "ada", **more: Any) -> httpx.Response:
        """An act as the page's own script sends it."""
        headers = {"x-csrftoken": self.token(curator), **more.pop("headers", {})}
        return self.ask("POST", path, curator, json=given, headers=headers, **more)

    def close(self) -> None:
        self.datasette.executor.shutdown()
        for database in self.datasette.databases.values():
            database.close()
        self._loop.close()
