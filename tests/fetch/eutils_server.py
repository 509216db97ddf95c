"""A local HTTP server that speaks the E-utilities the project uses, and misbehaves where a test wants it to.

    with EutilsServer({"90000001": article(90000001)}, script=[status(429), reset()]) as server:
        Entrez(base_url=server.url).fetch(["90000001"])
        server.log  # every request as a Call, in order

The faults of `script` are used up one a request (None: answer well). `when` is asked for the fault of each
further request. PMIDs in `only_singly` are left out of answers to several PMIDs, as PubMed does at times.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

SEARCH_LIMIT = 9_999


@dataclass(frozen=True)
class Call:
    """One request as the server saw it."""

    utility: str
    method: str
    path: str
    params: Mapping[str, str]
    at: float

    @property
    def ids(self) -> list[str]:
        return [word for word in self.params.get("id", "").split(",") if word]


class Handler(BaseHTTPRequestHandler):
    eutils: EutilsServer

    def do_GET(self) -> None:
        self._answer(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _answer(self, query: str) -> None:
        utility = urlsplit(self.path).path.rpartition("/")[2].removesuffix(".fcgi")
        params = {name: values[-1] for name, values in parse_qs(query).items()}
        call = Call(utility, self.command, self.path, params, time.monotonic())
        fault = self.eutils.take(call)
        good = self.eutils.answer(call)
        if fault is None:
            self.send(200, good)
        else:
            fault(self, good)

    def send(
        self,
        code: int,
        body: bytes,
        *,
        kind: str = "text/xml",
        headers: Mapping[str, str] | None = None,
        extra: int = 0,
    ) -> None:
        """Answer; `extra` more bytes are promised than sent."""
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) + extra))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


Fault = Callable[[Handler, bytes], None]


def status(code: int, body: str = "", *, kind: str = "text/plain", **headers: str) -> Fault:
    """An HTTP status; `Retry_After="7"` gives the header Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, good: handler.send(code, body.encode(), kind=kind, headers=named)


def instead(body: str | bytes, *, kind: str = "text/xml") -> Fault:
    """Status 200 with something else than records."""
    data = body.encode() if isinstance(body, str) else body
    return lambda handler, good: handler.send(200, data, kind=kind)


def web_page() -> Fault:
    """Status 200 with an HTML page."""
    return instead("<!DOCTYPE html><html><body>Down for maintenance</body></html>", kind="text/html")


def error_text(text: str = "Search Backend failed") -> Fault:
    """Status 200 with <ERROR>."""
    return instead(f"<?xml version='1.0'?><eFetchResult><ERROR>{text}</ERROR></eFetchResult>")


def rate_limit(code: int = 200) -> Fault:
    """The JSON that NCBI sends to whoever asks too often."""
    body = '{"error":"API rate limit exceeded","api-key":"192.0.2.1","count":"4","limit":"3"}'
    return status(code, body, kind="application/json")


def hang(seconds: float) -> Fault:
    """No answer for so long."""
    return lambda handler, good: time.sleep(seconds)


def reset() -> Fault:
    """The connection is reset instead of an answer."""

    def fault(handler: Handler, good: bytes) -> None:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    return fault


def closed() -> Fault:
    """The connection is closed without an answer."""
    return lambda handler, good: handler.connection.shutdown(socket.SHUT_RDWR)


def short_body() -> Fault:
    """Half of the promised bytes."""
    return lambda handler, good: handler.send(200, good[: len(good) // 2], extra=len(good) - len(good) // 2)


def cut_xml() -> Fault:
    """A complete HTTP answer that holds half of the XML."""
    return lambda handler, good: handler.send(200, good[: len(good) * 2 // 3])


class EutilsServer:
    """efetch and esearch over `records` (PMID to the XML of one or more articles). A context manager."""

    def __init__(
        self,
        records: Mapping[str, str | Sequence[str]] | None = None,
        *,
        script: Iterable[Fault | None] = (),
        when: Callable[[Call], Fault | None] | None = None,
        only_singly: Iterable[str] = (),
        unasked: Sequence[str] = (),
        hits: Mapping[str, Sequence[str]] | None = None,
        entered: Mapping[str, date] | None = None,
        published: Mapping[str, date] | None = None,
        page_limit: int = SEARCH_LIMIT,
    ) -> None:
        self.records = dict(records or {})
        self.script: list[Fault | None] = list(script)
        self.when = when
        self.only_singly = set(only_singly)
        self.unasked = list(unasked)
        self.hits = dict(hits or {})
        self.dates = {"edat": dict(entered or {}), "pdat": dict(published or {})}
        self.page_limit = page_limit
        self.log: list[Call] = []
        self._lock = threading.Lock()
        handler = type("BoundHandler", (Handler,), {"eutils": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/entrez/eutils/"

    def __enter__(self) -> EutilsServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def asked(self) -> list[list[str]]:
        """The PMIDs of each efetch."""
        return [call.ids for call in self.log if call.utility == "efetch"]

    def take(self, call: Call) -> Fault | None:
        """Note the request and say how to misbehave."""
        with self._lock:
            self.log.append(call)
            if self.script:
                return self.script.pop(0)
        return self.when(call) if self.when else None

    def answer(self, call: Call) -> bytes:
        return self._found(call) if call.utility == "esearch" else self._fetched(call)

    def _fetched(self, call: Call) -> bytes:
        parts: list[str] = []
        for pmid in call.ids:
            if pmid in self.records and not (pmid in self.only_singly and len(call.ids) > 1):
                held = self.records[pmid]
                parts.extend([held] if isinstance(held, str) else held)
        parts.extend(self.unasked)
        return (
            '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January '
            '2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
            f"<PubmedArticleSet>{''.join(parts)}</PubmedArticleSet>"
        ).encode()

    def _found(self, call: Call) -> bytes:
        term, _, day = call.params.get("term", "").partition(" AND ")
        pmids = list(self.hits.get(term.strip("()"), self.records))
        if day:
            on = datetime.strptime(day.partition("[")[0], "%Y/%m/%d").date()
            pmids = [pmid for pmid in pmids if self.dates["edat"].get(pmid) == on]
        if "datetype" in call.params:
            first, last = (datetime.strptime(call.params[end], "%Y/%m/%d").date() for end in ("mindate", "maxdate"))
            dates = self.dates[call.params["datetype"]]
            pmids = [pmid for pmid in pmids if first <= dates.get(pmid, date(2000, 1, 1)) <= last]
        start, size = int(call.params.get("retstart", 0)), int(call.params.get("retmax", 20))
        page = pmids[start : min(start + min(size, self.page_limit), SEARCH_LIMIT)]
        ids = "".join(f"<Id>{pmid}</Id>" for pmid in page)
        return (
            '<?xml version="1.0" encoding="UTF-8" ?>\n'
            '<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
            '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
            f"<eSearchResult><Count>{len(pmids)}</Count><RetMax>{len(page)}</RetMax><RetStart>{start}</RetStart>"
            f"<QueryKey>1</QueryKey><WebEnv>MCID_synthetic</WebEnv><IdList>{ids}</IdList></eSearchResult>"
        ).encode()
