"""Files and folders as sources of records. What a file is, its content tells, not its name."""

from __future__ import annotations

import contextlib
import gzip
import io
import logging
import os
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from fetch import medline, page, pubmed_xml
from fetch.pmids import PmidList, parse_pmids
from models.errors import SourceError
from models.outcome import Outcome

__all__ = ["PmidList", "UnknownKind", "parse_pmids", "read"]

_HEAD = 1 << 20  # bytes; a page's PMID may stand below hundreds of affiliations
_BLOCK = 1 << 16
_GZIP = b"\x1f\x8b"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MEDLINE_FIELD = re.compile(r"(?m)^(?:PMID|OWN |STAT|TI  |BTI )- ")
_MEDLINE_LINE = re.compile(r"[A-Z][A-Z0-9]{1,3} *- ")
_log = logging.getLogger(__name__)

Reader = Callable[[BinaryIO, str], Iterator[Outcome]]


class _Content(io.RawIOBase):
    """What a file holds, unpacked, as far as it is whole: damage is an error only once all before it was read."""

    def __init__(self, source: io.BufferedReader | gzip.GzipFile) -> None:
        self._source = source
        self._seen = b""
        self._damage: Exception | None = None

    def head(self, size: int) -> bytes:
        """The first bytes, about `size`; they are still to be read."""
        while len(self._seen) < size and (chunk := self._next()):
            self._seen += chunk
        if self._damage is not None and not self._seen:
            raise self._damage
        return self._seen

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._seen or self._next()
        if not data and self._damage is not None:
            raise self._damage
        count = min(len(buffer), len(data))
        buffer[:count], self._seen = data[:count], data[count:]
        return count

    def _next(self) -> bytes:
        try:
            # read1, since read would lose what stands between the last full block and the damage.
            return b"" if self._damage else self._source.read1(_BLOCK)
        except (EOFError, OSError, zlib.error) as error:
            self._damage = error
            return b""


class UnknownKind(SourceError):
    """A file that is nothing this program reads; in a folder it is only reported."""


def _report(error: SourceError) -> None:
    _log.warning("Skipped: %s", error)


def read(path: Path, *, skipped: Callable[[SourceError], None] = _report) -> Iterator[Outcome]:
    """The outcomes of a file, or of all files of a folder and its subfolders in sorted order.

    Reads PubMed XML, MEDLINE and pages saved from PubMed, each also gzipped, streaming where they may be
    large. Raises SourceError, with a sentence that names the file, for one that cannot be read; what came
    before damage in it has then been given. In a folder, hidden files are passed over and such errors go to
    `skipped` (by default a logged warning) while the other files are read; a file that is no source at all
    comes as UnknownKind. A folder without any source raises SourceError.
    """
    path = Path(path)
    with _named(path):
        is_folder = path.is_dir()
        if not is_folder and not path.exists():
            raise SourceError(f"{path} does not exist; check its name.")
    if is_folder:
        yield from _read_folder(path, skipped)
    else:
        yield from _read_file(path)


def _read_folder(folder: Path, skipped: Callable[[SourceError], None]) -> Iterator[Outcome]:
    sources = 0
    for path in _files(folder, skipped):
        try:
            yield from _read_file(path)
        except UnknownKind as error:
            skipped(error)
        except SourceError as error:
            sources += 1
            skipped(error)
        else:
            sources += 1
    if not sources:
        raise SourceError(f"{folder} holds no PubMed XML, MEDLINE or saved page; give a folder that does.")


def _files(folder: Path, skipped: Callable[[SourceError], None]) -> Iterator[Path]:
    """All files below `folder`, sorted, without hidden ones. Links to folders are not followed."""

    def refused(error: OSError) -> None:
        problem = SourceError(f"{error.filename} cannot be read ({error.strerror}); check its permissions.")
        if Path(error.filename) == folder:
            raise problem
        skipped(problem)

    for place, folders, names in os.walk(folder, onerror=refused):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if not name.startswith("."))


def _read_file(path: Path) -> Iterator[Outcome]:
    with _named(path):
        if not path.is_file():
            raise UnknownKind(f"{path} is neither a file nor a folder.")
        with path.open("rb") as file, contextlib.ExitStack() as unpacked:
            packed = file.peek(2)[:2] == _GZIP
            content = _Content(unpacked.enter_context(gzip.GzipFile(fileobj=file)) if packed else file)
            yield from _reader(content.head(_HEAD), path)(cast(BinaryIO, content), str(path))


def _reader(head: bytes, path: Path) -> Reader:
    """Who reads a file that begins so."""
    if not head.strip():
        raise SourceError(f"{path} is empty; save it again.")
    if b"\0" in head and not head.startswith(_UTF16):
        raise UnknownKind(f"{path} is a binary file, not records; give PubMed XML, MEDLINE or a saved page.")
    text = page.decoded(head)
    start = text.lstrip()
    if page.is_html(text):
        return page.outcomes
    if start.startswith("<"):
        return pubmed_xml.outcomes
    if _MEDLINE_LINE.match(start) and _MEDLINE_FIELD.search(start):
        return medline.outcomes
    if page.looks_like(text):
        return page.outcomes
    listed = parse_pmids(text)
    if listed.pmids and not listed.rejected:
        raise UnknownKind(f"{path} is a list of PMIDs, not records; give it with --pmids.")
    if sum(not (sign.isprintable() or sign.isspace()) for sign in text) > len(text) / 100:
        raise UnknownKind(f"{path} is a binary file, not records; give PubMed XML, MEDLINE or a saved page.")
    raise UnknownKind(f"{path} is neither PubMed XML nor MEDLINE nor a page saved from PubMed.")


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Turn what goes wrong while reading into one sentence about the file."""
    try:
        yield
    except PermissionError:
        raise SourceError(f"{path} may not be read; check its permissions.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise SourceError(f"{path} is a damaged or cut off gzip file; get it again.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror or error}).") from None
