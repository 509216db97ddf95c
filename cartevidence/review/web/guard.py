"""What stands before every request: the right host, a signed-in curator, a body of sane size, strict headers."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote

from cartevidence.review.web.site import Site

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Signed = Callable[[str], object]  # the value of a signed text; raises for a forged one

LARGEST_BODY = 65_536  # bytes; a decision needs a few hundred
COOKIE = "curator"  # what the signature of the cookie is for
SIGNED_IN_FOR = 7 * 24 * 3600  # seconds
TOO_LARGE = "That is too large: a decision needs a few lines."
KINDS = ("application/json", "application/x-www-form-urlencoded")
DATA = "/evidence"  # where Datasette's own pages are
OPEN = ("/sign-in", "/favicon.ico")  # and /static/...
COMMON = "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
OURS = f"default-src 'none'; script-src 'self'; style-src 'self'; {COMMON}"
# Datasette's tables have their scripts and styles within the page.
THEIRS = f"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; {COMMON}"
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class Guard:
    """Wraps the whole of Datasette; nothing but the sign-in page and the style sheets is reached without a curator."""

    def __init__(self, app: App, site: Site, unsign: Signed) -> None:
        self.app = app
        self.site = site
        self.unsign = unsign

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # As it was sent: Datasette finds its pages by that.
        path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
        theirs = path == DATA or path.startswith((f"{DATA}/", f"{DATA}."))

        async def guarded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", []), *HEADERS]
                headers.append((b"content-security-policy", (THEIRS if theirs else OURS).encode()))
                if path.startswith("/static/"):
                    headers.append((b"cache-control", b"no-cache"))
                message = {**message, "headers": headers}
            await send(message)

        refused = self._refused(scope)
        if refused:
            await _answer(guarded_send, *refused)
            return
        curator = self._curator(scope)
        if curator is None and not (path in OPEN or path.startswith("/static/")):
            await self._ask_to_sign_in(scope, path, guarded_send)
            return
        if path.startswith("/-/") and not path.startswith("/-/static/"):
            await _answer(guarded_send, 404, "There is no such page.")  # Datasette's own ways in and its inner state
            return
        actor = None if curator is None else {"id": curator}
        # A bearer token would switch off Datasette's check of forms, and nothing here uses one.
        headers = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
        body = await _body(receive) if scope["method"] == "POST" else b""
        if body is None:
            await _answer(guarded_send, 413, TOO_LARGE)
            return
        if not _is_text(body):
            await _answer(guarded_send, 400, "What was sent is no text: load the page again.")
            return
        await self.app({**scope, "headers": headers, "actor": actor}, _given(body, receive), guarded_send)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        """Status and sentence for a request that no honest page sends."""
        hosts, origins, lengths = (_header(scope, name) for name in (b"host", b"origin", b"content-length"))
        if len(hosts) != 1 or not self.site.answers_to(hosts[0]):
            return 400, f"The desk is not at this address: open {self.site.url}."
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "Only GET and POST are answered."
        if scope["method"] == "POST" and any(origin != f"http://{hosts[0]}" for origin in origins):
            return 403, "Another web site asked for this: it was refused."
        if scope["method"] == "POST" and not any(kind.startswith(KINDS) for kind in _header(scope, b"content-type")):
            return 415, "Only forms and JSON are taken."
        if any(not length.isdigit() or int(length) > LARGEST_BODY for length in lengths):
            return 413, TOO_LARGE
        return None

    def _curator(self, scope: Scope) -> str | None:
        cookies: SimpleCookie = SimpleCookie()
        try:
            for header in _header(scope, b"cookie"):
                cookies.load(header)
        except CookieError:
            return None
        if self.site.cookie not in cookies:
            return None
        try:
            given = self.unsign(cookies[self.site.cookie].value)
        except Exception:  # whatever a forged cookie makes the reader stumble over
            return None
        if not isinstance(given, dict) or given.get("curator") not in self.site.tokens:
            return None
        return str(given["curator"]) if time.time() < given.get("until", 0) else None

    async def _ask_to_sign_in(self, scope: Scope, path: str, send: Send) -> None:
        if scope["method"] == "GET" and any("text/html" in accepted for accepted in _header(scope, b"accept")):
            query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
            back = quote(path + query, safe="/")
            await send({
                "type": "http.response.start", "status": 303,
                "headers": [(b"location", f"/sign-in?next={back}".encode()), (b"cache-control", b"no-store")],
            })  # fmt: skip
            await send({"type": "http.response.body", "body": b""})
        else:
            await _answer(send, 401, "You are not signed in: open your sign-in link again; nothing typed here is lost.")


def _header(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


async def _body(receive: Receive) -> bytes | None:
    """All that is sent; None as soon as it is too large, whatever was said of its length."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST_BODY:
            return None
    return body


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _given(body: bytes, receive: Receive) -> Receive:
    """The body again for whoever asks, then whatever else comes, such as that the browser has gone."""
    told = False

    async def given() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return given


async def _answer(send: Send, status: int, sentence: str) -> None:
    body = json.dumps({"error": sentence}).encode()
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
