"""A urllib opener with what E-utilities need: a time limit for connecting, another for reading, no redirects."""

from __future__ import annotations

import http.client
import urllib.request
from functools import partial
from typing import IO, Any


class _Http(http.client.HTTPConnection):
    def __init__(self, *args: Any, read_timeout: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._read_timeout = read_timeout

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(self._read_timeout)


class _Https(_Http, http.client.HTTPSConnection):
    """Its `super().connect()` is that of HTTPSConnection."""


class _HttpHandler(urllib.request.HTTPHandler):
    def __init__(self, read_timeout: float) -> None:
        super().__init__()
        self._connection: Any = partial(_Http, read_timeout=read_timeout)

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)


class _HttpsHandler(urllib.request.HTTPSHandler):
    def __init__(self, read_timeout: float) -> None:
        super().__init__()
        self._connection: Any = partial(_Https, read_timeout=read_timeout)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST loses its body, and the API key must not travel to another host."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        return None


def opener(read_timeout: float) -> urllib.request.OpenerDirector:
    """An opener whose `open(request, timeout=s)` gives up connecting after s seconds and reading after `read_timeout`.

    Proxies are taken from the environment, as urllib always does.
    """
    return urllib.request.build_opener(_HttpHandler(read_timeout), _HttpsHandler(read_timeout), _NoRedirect())
