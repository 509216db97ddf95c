"""Records saved from PubMed's web page: as text (layouts before and since 2020), as its 'Abstract' export, as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from fetch import page_export, page_html, page_text
from models.errors import SourceError
from models.outcome import Fetched, Outcome

_LARGEST_PAGE = 64 * 1024 * 1024  # bytes
_CHUNK = 1 << 20
_HTML = re.compile(r"(?is)\A\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b")


def outcomes(stream: BinaryIO, source: str) -> Iterator[Outcome]:
    """The record of a saved page, or those of an export, as Fetched.

    Raises SourceError when the stream is no such page.
    """
    data = b""
    while chunk := stream.read(_CHUNK):
        data += chunk
        if len(data) > _LARGEST_PAGE:
            raise SourceError(f"{source} is larger than {_LARGEST_PAGE >> 20} MB, which no saved page is.")
    text = decoded(data)
    if is_html(text):
        yield Fetched(page_html.record_of(text, source), data, "page")
    elif page_export.looks_like(text):
        for entry in page_export.entries(text):
            yield Fetched(page_export.record_of(entry, source), entry.encode(), "page")
    else:
        yield Fetched(page_text.record_of(text, source), data, "page")


def is_html(text: str) -> bool:
    """Whether the text begins as an HTML page does."""
    return _HTML.match(text) is not None


def looks_like(text: str) -> bool:
    """Whether the text is some kind of page saved from PubMed."""
    return is_html(text) or page_export.looks_like(text) or page_text.looks_like(text)


def decoded(data: bytes) -> str:
    """Text as people save it: UTF-8, UTF-16 with a mark, else the Western Windows code page."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
