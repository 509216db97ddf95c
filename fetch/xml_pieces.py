"""A PubMed XML stream cut into pieces that end where a record ends, so that damage stays within one record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from models.errors import UnsafeXml

_CHUNK = 1 << 16
RECORD_ENDS = (b"</PubmedArticle>", b"</PubmedBookArticle>")
_OVERLAP = max(map(len, RECORD_ENDS)) - 1
LARGEST_RECORD = 32 * 1024 * 1024  # bytes; the largest real ones, with thousands of authors, are under 5 MB


def pieces(stream: BinaryIO, source: str) -> Iterator[bytes]:
    """The stream's bytes in order; each piece but the last ends with a record's end tag.

    Raises UnsafeXml when a record has no end within LARGEST_RECORD bytes.
    """
    rest = bytearray()
    while chunk := stream.read(_CHUNK):
        searched = max(0, len(rest) - _OVERLAP)
        rest += chunk
        start = 0
        while (end := _record_end(rest, max(start, searched))) > 0:
            yield bytes(rest[start:end])
            start = end
        del rest[:start]
        if len(rest) > LARGEST_RECORD:
            raise UnsafeXml(f"{source} holds a record larger than {LARGEST_RECORD >> 20} MB, which is refused.")
    if rest:
        yield bytes(rest)


def _record_end(data: bytearray, start: int) -> int:
    """Where the first record that ends after `start` ends; 0 if none does."""
    ends = [at + len(tag) for tag in RECORD_ENDS if (at := data.find(tag, start)) >= 0]
    return min(ends, default=0)
