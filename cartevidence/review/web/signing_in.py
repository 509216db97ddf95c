"""Signing in by one's own link, and out again."""

from __future__ import annotations

import asyncio
import time

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from cartevidence.review.web.guard import COOKIE, SIGNED_IN_FOR
from cartevidence.review.web.site import Site
from cartevidence.review.web.visits import Routed, Visit

PAUSE = 1.0  # seconds after a wrong secret, one after the other, so that guessing takes ages


def sign_in(site: Site) -> Routed:
    """The page of the link, which signs in at once where no password is asked for; and what its form posts."""
    one_at_a_time = asyncio.Lock()

    async def answered(request: Request, datasette: Datasette) -> Response:
        posted = request.method == "POST"
        given = await request.post_vars() if posted else request.args
        token, password = (given.get("token") or "").strip(), given.get("password") or ""
        place = _place(given.get("next"))
        curator = site.curator(token) if token else None
        sentence, status = "", 200
        if token and curator is None:
            sentence, status = "This link is not of this desk: a desk that is opened anew prints new links.", 403
        elif posted and not site.admits(password):
            sentence, status = "The password is not right.", 403
        if status == 403:
            async with one_at_a_time:
                await asyncio.sleep(PAUSE)
        signed_in = curator if curator and status == 200 and (posted or site.password is None) else None
        shown = {
            "sentence": sentence,
            "token": "" if curator is None else token,
            "next": place,
            "needs_password": site.password is not None,
            "signed_in": signed_in,
        }
        visit = Visit(site, datasette, request)
        response = Response.html(await visit.render("sign_in.html", **shown), status=status)
        if signed_in:
            value = datasette.sign({"curator": signed_in, "until": int(time.time()) + SIGNED_IN_FOR}, COOKIE)
            response.set_cookie(site.cookie, value, httponly=True, samesite="strict")
        return response

    return answered


def sign_out(site: Site) -> Routed:
    """Forget the cookie."""

    async def answered(request: Request, datasette: Datasette) -> Response:
        if request.method != "POST":
            return Response.json({"error": "Use the button to sign out."}, status=405)
        response = Response.redirect("/sign-in", status=303)
        response.set_cookie(site.cookie, "", max_age=0, httponly=True, samesite="strict")
        return response

    return answered


async def token(visit: Visit) -> Response:
    """A fresh token for acts, for a page that was open while the desk was opened anew."""
    return Response.json({"token": visit.request.scope["csrftoken"]()})


def _place(wanted: str | None) -> str:
    """Where to go on: a place of this site, else the queue."""
    if wanted and wanted.startswith("/") and wanted.isprintable() and not wanted.startswith(("//", "/\\", "/sign-")):
        return wanted
    return "/"
