"""Our plugin of Datasette: the desk's pages and the guard before everything.

Plugins are of the whole process, so each hook first asks whether the Datasette at hand is a desk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError

from cartevidence.review.web import routes
from cartevidence.review.web.guard import COOKIE, DATA, App, Guard
from cartevidence.review.web.site import Site
from db.user_sql import LONGEST_VALUE, only_reading

SITES: WeakKeyDictionary[Datasette, Site] = WeakKeyDictionary()


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """Pages of the desk; they come before Datasette's own."""
    return routes.of(SITES[datasette]) if datasette in SITES else []


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    """The guard."""
    if datasette not in SITES:
        return lambda app: app
    return lambda app: Guard(app, SITES[datasette], lambda text: datasette.unsign(text, COOKIE))


@hookimpl(trylast=True)
def permission_allowed(datasette: Datasette, actor: dict[str, Any] | None, action: str) -> bool | None:
    """Signed-in curators may look and ask by SQL; nobody may anything else. Datasette heeds the last answer."""
    if datasette not in SITES:
        return None
    looking = action in ("view-instance", "view-database", "view-table", "view-query", "execute-sql")
    return looking and actor is not None


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Datasette opens the file for reading; beyond that, no other file can be attached and nothing else be done."""
    if datasette in SITES and f"/{database}" == DATA:
        conn.set_authorizer(only_reading)
        conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)


@hookimpl
def menu_links(datasette: Datasette) -> list[dict[str, str]]:
    """From Datasette's tables back to the desk."""
    if datasette not in SITES:
        return []
    return [{"href": place, "label": label} for place, label in (("/", "Queue"), ("/compare", "Compare"))]


@hookimpl
def handle_exception(datasette: Datasette, request: Any, exception: Exception) -> Awaitable[Response] | None:
    """An error as a page with one sentence; Datasette's own way would print the request's values on the terminal."""

    async def page() -> Response:
        status, sentence = 500, "Something went wrong; nothing was changed."
        if isinstance(exception, Base400 | DatasetteError):
            status = exception.status
            sentence = str(getattr(exception, "message", None) or (exception.args or ["This cannot be shown"])[0])
        if request.path.endswith(".json"):
            return Response.json({"ok": False, "error": sentence, "status": status}, status=status)
        title = {404: "There is no such page", 500: "Internal error"}.get(status, "This cannot be shown")
        given = {"title": title, "sentence": "" if sentence == "404" else sentence}
        return Response.html(await datasette.render_template("desk/error.html", given, request=request), status=status)

    return page()
