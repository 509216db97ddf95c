"""One request of a curator: its desk, its pages, and the answers to what can go wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from cartevidence.review.desk import Desk
from cartevidence.review.web.site import Site
from models.errors import Busy, CartevidenceError, InvalidData, Stale

Found = TypeVar("Found")
LONGEST_TEXT = 2_000  # letters of a reason, a group


@dataclass(frozen=True)
class Visit:
    """What a view is given."""

    site: Site
    datasette: Datasette
    request: Request

    @property
    def curator(self) -> str:
        return str(self.request.actor["id"])

    @property
    def pmid(self) -> str:
        return str(self.request.url_vars["pmid"])

    def arg(self, name: str) -> str | None:
        """A value of the address, None where it is empty."""
        return (self.request.args.get(name) or "").strip() or None

    async def ask(self, work: Callable[[Desk], Found]) -> Found:
        """Do work at this curator's desk, in a thread of its own, so that waiting for the file stops nobody else."""

        def at_desk() -> Found:
            with Desk(self.site.db, self.curator) as desk:
                return work(desk)

        return await asyncio.to_thread(at_desk)

    async def page(self, template: str, status: int = 200, **given: Any) -> Response:
        body = await self.render(template, **given)
        return Response.html(body, status=status)

    async def render(self, template: str, **given: Any) -> str:
        given = {"curator": self.request.actor and self.curator, **given}
        return str(await self.datasette.render_template(f"desk/{template}", given, request=self.request))

    async def sent(self) -> dict[str, Any]:
        """The JSON object that was posted. Raises InvalidData for anything else and for texts that are too long."""
        try:
            given = json.loads(await self.request.post_body())
        except (ValueError, RecursionError) as error:
            raise InvalidData("The request is no JSON: load the page again") from error
        if not isinstance(given, dict):
            raise InvalidData("The request is no JSON object: load the page again")
        for name, value in [*given.items(), *_inner(given.get("values"))]:
            if isinstance(value, str) and len(value) > LONGEST_TEXT:
                raise InvalidData(f"{name}: at most {LONGEST_TEXT} letters, please")
        return given


View = Callable[[Visit], Awaitable[Response]]
Routed = Callable[[Request, Datasette], Awaitable[Response]]


def status_of(error: CartevidenceError) -> int:
    """The HTTP status that tells a program what kind of error it is."""
    return 409 if isinstance(error, Stale) else 503 if isinstance(error, Busy) else 400


def page(site: Site, view: View, *, form: bool = False) -> Routed:
    """A view that is read by GET; its errors are pages. With `form` it takes what its own form posts, too."""

    async def answered(request: Request, datasette: Datasette) -> Response:
        visit = Visit(site, datasette, request)
        if request.method == "POST" and not form:
            return Response.json({"error": "This page is only for reading."}, status=405)
        try:
            return await view(visit)
        except CartevidenceError as error:
            status = status_of(error)
            return await visit.page(
                "error.html", 404 if status == 400 else status, title="This cannot be shown", sentence=f"{error}."
            )

    return answered


def act(site: Site, view: View) -> Routed:
    """A view that is posted to, with the token that only our own pages know; its errors are JSON."""

    async def answered(request: Request, datasette: Datasette) -> Response:
        visit = Visit(site, datasette, request)
        if request.method != "POST":
            return Response.json({"error": "Nothing is changed by looking: use the page."}, status=405)
        try:
            return await view(visit)
        except CartevidenceError as error:
            return Response.json({"error": f"{str(error).rstrip('.')}."}, status=status_of(error))

    return answered


def _inner(values: object) -> list[tuple[str, object]]:
    return list(values.items()) if isinstance(values, dict) else []
