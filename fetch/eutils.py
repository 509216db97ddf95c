"""One question to E-utilities, asked through Bio.Entrez until it is answered well or there is no more use in it.

Bio.Entrez builds and opens each request. It has no time limits, a fixed address and a retry of its own that
does not wait on 429, and it keeps its settings in its module. So for the moment of a call, and under a lock,
its `urlopen` is ours (which moves the request to `base_url`, makes it a POST and sets the time limits), its
retry is off and its own pause is skipped in favour of `Pace`. Email, tool and key go in as parameters.
"""

from __future__ import annotations

import http.client
import io
import random
import re
import ssl
import threading
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import quote_plus, urlsplit

from Bio import Entrez as bio

from fetch.connection import opener
from fetch.pace import Pace, shared_pace
from models.errors import EntrezError

T = TypeVar("T")

_LONGEST_WAIT = 120.0  # seconds; a service that asks for more is asked again another day
_LONGEST_BACKOFF = 30.0
_LARGEST_ANSWER = 512 * 1024 * 1024  # bytes
_LONGEST_ANSWER = 600.0  # seconds; stops a service that sends a byte now and then
_BIO_LOCK = threading.Lock()

_RETRYABLE_STATUS = frozenset({408, 429, 500, 502, 503, 504})
_NOTHING_THERE = re.compile(
    r"(?i)id list is empty|no correct ids|empty id list|cannot get document summary|is not a valid (?:uid|pmid)"
)
_PASSING_TROUBLE = re.compile(r"(?i)rate limit|too many requests|backend failed|temporar|time-?out|timed out|try again")
_ERROR_TEXT = re.compile(r"(?is)<ERROR>(.*?)</ERROR>|\"error\"\s*:\s*\"([^\"]*)\"")
_MARKUP = re.compile(r"(?s)<(script|style)\b.*?</\1>|<[^>]*>")


class Unreachable(EntrezError):
    """There is no use in asking this service anything more for now."""


class Refused(EntrezError):
    """The service understood, and will answer the same question the same way."""


class NothingThere(Refused):
    """None of the asked IDs exists."""


class Unusable(EntrezError):
    """The answer is not what was asked for: cut off, an HTML page, an error text. Worth asking again."""


class _Again(Exception):
    """One try failed in a way that may pass. `reached` tells whether the service was there at all."""

    def __init__(self, reason: str, *, after: float = 0.0, reached: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after
        self.reached = reached


class Eutils:
    """Asks one E-utilities service. Safe to use from several threads.

    `retries` counts the tries after the first. Time limits are in seconds. `pace`, `sleep` and `jitter`
    (0 to 1) can be replaced, so that tests need not wait.
    """

    def __init__(
        self,
        *,
        base_url: str,
        email: str | None,
        api_key: str | None,
        tool: str,
        retries: int,
        connect_timeout: float,
        read_timeout: float,
        first_wait: float = 0.5,
        pace: Pace | None = None,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise EntrezError("CARTEVIDENCE_ENTREZ_URL must be a web address such as https://host/entrez/eutils/.")
        self._base_url = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"
        self._host = parts.hostname + (f":{parts.port}" if parts.port else "")
        self._identity = {"tool": tool, "email": email, "api_key": api_key}
        self._secrets = sorted({api_key, quote_plus(api_key)}) if api_key else []
        self._retries = retries
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._first_wait = first_wait
        self._pace = pace or shared_pace(self._base_url, api_key)
        self._sleep = sleep
        self._jitter = jitter
        self._opener = opener(read_timeout)

    def ask(
        self,
        utility: str,
        read: Callable[[bytes], T],
        params: Mapping[str, str | int],
        *,
        retries: int | None = None,
    ) -> T:
        """What `read` makes of the answer of `utility` ('efetch', 'esearch') to `params`.

        `read` raises Unusable for an answer worth asking again. Raises Refused at once, and Unusable or
        Unreachable after all retries. No message holds the API key.
        """
        tries = 1 + (self._retries if retries is None else retries)
        for done in range(1, tries + 1):
            self._pace.wait()
            try:
                return read(self._answer(utility, params))
            except Unusable as error:
                trouble = _Again(str(error))
            except _Again as error:
                trouble = error
            if done < tries:
                self._sleep(self._wait(done, trouble.after))
        kind = Unusable if trouble.reached else Unreachable
        raise kind(f"{trouble.reason.rstrip('.')}, {tries} times in a row.")

    def _wait(self, done: int, asked_for: float) -> float:
        """Seconds before the next try: exponential with jitter, and never less than the service asked for."""
        backoff = min(_LONGEST_BACKOFF, self._first_wait * 2.0 ** (done - 1)) * (0.5 + self._jitter())
        return asked_for + backoff if asked_for else backoff

    def _answer(self, utility: str, params: Mapping[str, str | int]) -> bytes:
        """The body of a good answer; every way of failing becomes _Again or an EntrezError."""
        try:
            with self._open(utility, params) as response:
                body = self._body(response)
        except urllib.error.HTTPError as error:
            raise self._of_status(error) from None
        except urllib.error.URLError as error:
            raise self._not_reached(error.reason) from None
        except TimeoutError:
            raise _Again(f"PubMed at {self._host} did not answer within {self._read_timeout:g} s") from None
        except (http.client.HTTPException, OSError) as error:
            raise _Again(f"The connection to {self._host} broke off ({type(error).__name__})") from None
        self._check(body)
        return body

    def _open(self, utility: str, params: Mapping[str, str | int]) -> Any:
        with _BIO_LOCK, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Bio warns of a missing email on every call
            own_urlopen, own_tries = bio.urlopen, bio.max_tries
            bio.urlopen, bio.max_tries, bio._open.previous = self._send, 1, 0.0
            try:
                handle = getattr(bio, utility)(db="pubmed", **params, **self._identity)
            finally:
                bio.urlopen, bio.max_tries = own_urlopen, own_tries
        return handle.detach() if isinstance(handle, io.TextIOWrapper) else handle

    def _send(self, request: urllib.request.Request) -> Any:
        """Stands in for `urlopen` inside Bio.Entrez."""
        address = urlsplit(request.full_url)
        data = request.data if isinstance(request.data, bytes) else address.query.encode()
        ours = urllib.request.Request(  # noqa: S310 - the scheme was checked in __init__
            self._base_url + address.path.rpartition("/")[2],
            data=data,
            headers={"User-Agent": str(self._identity["tool"])},
            method="POST",
        )
        return self._opener.open(ours, timeout=self._connect_timeout)

    def _body(self, response: Any) -> bytes:
        expected = response.headers.get("Content-Length", "")
        deadline = time.monotonic() + _LONGEST_ANSWER
        chunks, size = [], 0
        while chunk := response.read1(1 << 20):
            chunks.append(chunk)
            size += len(chunk)
            if size > _LARGEST_ANSWER:
                raise Refused(f"The answer of {self._host} is larger than {_LARGEST_ANSWER >> 20} MB.")
            if time.monotonic() > deadline:
                raise TimeoutError
        if expected.isdecimal() and size < int(expected):
            raise _Again(f"The answer of {self._host} was cut off after {size} of {expected} bytes")
        return b"".join(chunks)

    def _check(self, body: bytes) -> None:
        """Recognise an error that came with status 200."""
        head = body[:2000].lstrip().lower()
        if not head:
            raise _Again(f"PubMed at {self._host} sent an empty answer")
        if head.startswith(b"<!doctype html") or b"<html" in head:
            raise _Again(f"PubMed at {self._host} sent a web page instead of records: {self._said(body)}")
        if head.startswith(b"{") or b"<error>" in head:
            text = self._said(body)
            if _NOTHING_THERE.search(text):
                raise NothingThere(f"PubMed answered: {text}.")
            raise _Again(f"PubMed answered: {text}")

    def _of_status(self, error: urllib.error.HTTPError) -> Exception:
        with error:
            try:
                text = self._said(error.read(20_000))
            except (OSError, http.client.HTTPException):
                text = ""
        said = f": {text}" if text else ""
        if error.code in _RETRYABLE_STATUS or error.code >= 500 or _PASSING_TROUBLE.search(text):
            after = _seconds(error.headers.get("Retry-After"))
            if after > _LONGEST_WAIT:
                return Unreachable(f"PubMed at {self._host} asks to wait {after:.0f} s before it is asked again.")
            return _Again(f"PubMed at {self._host} answered {error.code}{said}", after=after)
        if _NOTHING_THERE.search(text):
            return NothingThere(f"PubMed answered: {text}.")
        if "api key" in text.lower():
            return Unreachable("PubMed refused the API key; correct or unset NCBI_API_KEY.")
        if error.code in (401, 403, 404) or error.code // 100 == 3:
            said += "; check CARTEVIDENCE_ENTREZ_URL"
        return Refused(f"PubMed at {self._host} refused with {error.code}{said}.")

    def _not_reached(self, reason: object) -> Exception:
        if isinstance(reason, ssl.SSLCertVerificationError):
            return Unreachable(f"The certificate of {self._host} cannot be verified; check proxy and clock.")
        if isinstance(reason, TimeoutError):
            why = f"no connection within {self._connect_timeout:g} s"
        else:
            why = getattr(reason, "strerror", None) or str(reason)
        return _Again(f"PubMed cannot be reached at {self._host} ({self._without_key(why)})", reached=False)

    def _said(self, body: bytes) -> str:
        """The service's own words in a few characters, without markup and without the key."""
        text = body[:20_000].decode("utf-8", "replace")
        found = _ERROR_TEXT.search(text)
        words = found[1] or found[2] or "" if found else _MARKUP.sub(" ", text)
        return self._without_key(" ".join(words.split()))[:160].rstrip(". ")

    def _without_key(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def _seconds(retry_after: str | None) -> float:
    """A Retry-After header, which holds seconds or a date, as seconds from now; 0 if there is none."""
    if not retry_after:
        return 0.0
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        then = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    return max(0.0, (then.replace(tzinfo=then.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
