"""PubMed XML as a stream of outcomes: efetch answers, saved files, whole baseline and update files.

Nothing outside the stream is ever read: entities stay unresolved, the DTD is not loaded, no network. libxml2's
own limits stay on (256 levels, 10 MB a text node), `xml_pieces` limits a record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, BinaryIO

from lxml import etree

from fetch.article_xml import pmid_of, record_of
from fetch.pmids import PMID
from fetch.xml_pieces import RECORD_ENDS, pieces
from models.errors import CartevidenceError, SourceError, UnsafeXml
from models.outcome import Deleted, Fetched, NotStored, Outcome

_ROOTS = ("PubmedArticleSet", "PubmedBookArticleSet")
_RECORDS = ("PubmedArticle", "PubmedBookArticle")
_TAGS = (*_ROOTS, *_RECORDS, "DeleteCitation", "ERROR")
_RESOURCE_LIMIT = 114  # XML_ERR_RESOURCE_LIMIT: too deep or too large for libxml2
_INTERNAL_SUBSET = re.compile(rb"<!DOCTYPE[^>\[\"']*(?:\"[^\"]*\"[^>\[\"']*|'[^']*'[^>\[\"']*)*\[")
_ENCODING = re.compile(rb"<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([A-Za-z][\w.-]*)")
_RAW_PMID = re.compile(rb"<PMID\b[^>]*>\s*([0-9]+)\s*<")
_RECORD_START = re.compile(rb"<Pubmed(?:Book)?Article(?=[\s>])")


def outcomes(stream: BinaryIO, source: str, *, fetched: datetime | None = None) -> Iterator[Outcome]:
    """What each record of a PubMed XML stream gives, in order, in constant memory.

    Fetched with its own XML for an article, NotStored `book` for a book, Deleted for each PMID of a
    DeleteCitation, NotStored `failed` for a damaged record (its PMID is '' where it cannot be read). `source`
    names the stream in records and messages; `fetched` is set on the records. Raises UnsafeXml for entity
    declarations, an internal DTD subset and absurd depth or size, SourceError for a stream that is cut off,
    damaged between records, or no PubMed XML; the records before that point have then been given.
    """
    reading = _Reading(source, fetched)
    damaged: list[NotStored] = []
    for piece in pieces(stream, source):
        if damaged:
            # There was more to come, so what could not be read was one record, not the end of the stream.
            yield from damaged
            reading.resume()
        yield from reading.read(piece)
        damaged = reading.damaged(piece)
    reading.close()


class _Reading:
    """One pass over a stream: the parser at work and what it has met so far."""

    def __init__(self, source: str, fetched: datetime | None) -> None:
        self._source = source
        self._fetched = fetched
        self._parser = self._new_parser()
        self._root = ""
        self._encoding = "UTF-8"
        self._line = 0  # lines read by the parsers before this one
        self._lines = 0  # lines in all pieces so far
        self._trouble = ""  # why the piece just read cannot be used
        self._first = True

    def _new_parser(self) -> etree.XMLPullParser:
        return etree.XMLPullParser(
            events=("start", "end"),
            tag=_TAGS,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,  # not with collect_ids=False, which makes libxml2 read the DTD all the same
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )

    def read(self, piece: bytes) -> Iterator[Outcome]:
        """Feed a piece and give what it completes; what is wrong with it is kept for `damaged`."""
        if self._first:
            self._first = False
            if declared := _ENCODING.match(piece):
                self._encoding = declared[1].decode()
            if _INTERNAL_SUBSET.search(piece):
                raise UnsafeXml(f"{self._source} declares its own DTD, which is refused; remove it from the file.")
        self._lines += piece.count(b"\n")
        try:
            self._parser.feed(piece)
        except etree.XMLSyntaxError as error:
            if getattr(error, "code", 0) == _RESOURCE_LIMIT:
                raise UnsafeXml(f"{self._source} is nested too deeply or has a huge node; it is refused.") from error
            self._trouble = f"line {self._line + (error.lineno or 0)}: {(error.msg or '').partition(', line')[0]}"
        records = 0
        for event, element in self._parser.read_events():
            if not isinstance(element, etree._Element):
                continue
            if event == "end":
                records += element.tag in _RECORDS
                yield from self._ended(element)
            else:
                self._begun(element)
                if self._trouble:
                    return
        if not (records or self._trouble) and piece.endswith(RECORD_ENDS):
            # libxml2 waits for the ';' of a bare '&', and would swallow all records up to the next one.
            self._trouble = (
                f"line {self._lines}: the record does not end where its end tag stands, perhaps for a bare '&'"
            )

    def _begun(self, element: etree._Element) -> None:
        """Check what came before the first record, and that no record begins within another."""
        parent = element.getparent()
        if self._root:
            if parent is not None and parent.getparent() is not None and element.tag in _RECORDS:
                line = self._line + int(str(element.sourceline or 0))
                self._trouble = f"line {line}: a record begins within a record"
            return
        declared: Any = element.getroottree().docinfo.internalDTD
        if declared is not None and any(True for _ in declared.iterentities()):
            raise UnsafeXml(f"{self._source} declares XML entities, which is refused; remove them from the file.")
        if parent is not None or element.tag == "ERROR":
            raise SourceError(f"{self._source} is XML, but not PubMed's (its root is not PubmedArticleSet).")
        self._root = str(element.tag)

    def _ended(self, element: etree._Element) -> Iterator[Outcome]:
        parent = element.getparent()
        reader = _READERS.get(str(element.tag))
        if reader is None or (parent is not None and parent.getparent() is not None):
            return  # the root's own end, or a tag of that name deeper down
        yield from reader(element, self._source, self._fetched)
        element.clear()
        if parent is not None:
            while element.getprevious() is not None:
                del parent[0]

    def damaged(self, piece: bytes) -> list[NotStored]:
        """The records that the piece just read would have held, when it could not be used."""
        if not self._trouble:
            return []
        if not self._root:
            raise SourceError(f"{self._source} is not well-formed XML ({self._trouble}); save it again.")
        reason = f"The record's XML is damaged ({self._source}, {self._trouble})."
        return [NotStored(pmid, "failed", reason) for pmid in _raw_pmids(piece)]

    def resume(self) -> None:
        """Go on behind a damaged record with a new parser."""
        self._trouble = ""
        self._line = self._lines
        self._parser = self._new_parser()
        self._parser.feed(f'<?xml version="1.0" encoding="{self._encoding}"?><{self._root}>'.encode())

    def close(self) -> None:
        """Raise SourceError unless the stream ended where its root did."""
        whole = not self._trouble
        try:
            self._parser.close()
        except etree.XMLSyntaxError:
            whole = False
        if not self._root:
            what = "is XML, but holds no PubMed records" if whole else "is cut off before its first record, or no XML"
            raise SourceError(f"{self._source} {what}.")
        if not whole:
            at = f" at {self._trouble}" if self._trouble else ""
            raise SourceError(
                f"{self._source} is cut off{at}; the records before the cut were read, get the whole file again."
            )


def _raw_pmids(piece: bytes) -> list[str]:
    """The PMID of each record that begins in a piece that cannot be parsed; '' where there is none."""
    pmids = []
    for part in _RECORD_START.split(piece)[1:] or [piece]:
        found = _RAW_PMID.search(part)
        pmid = found[1].decode().lstrip("0") if found else ""
        pmids.append(pmid if PMID.fullmatch(pmid) else "")
    return pmids


def _article(element: etree._Element, source: str, fetched: datetime | None) -> Iterator[Outcome]:
    try:
        record = record_of(element, source, fetched)
    except CartevidenceError as error:
        yield NotStored(pmid_of(element), "failed", str(error))
    else:
        yield Fetched(record, etree.tostring(element, encoding="UTF-8", with_tail=False), "pubmed_xml")


def _book(element: etree._Element, source: str, fetched: datetime | None) -> Iterator[Outcome]:
    yield NotStored(pmid_of(element), "book", "This PMID is a book or a chapter, which has no abstract of a study.")


def _deleted(element: etree._Element, source: str, fetched: datetime | None) -> Iterator[Outcome]:
    for child in element.iterchildren("PMID"):
        pmid = (child.text or "").strip().lstrip("0")
        if PMID.fullmatch(pmid):
            yield Deleted(pmid, source)


def _error(element: etree._Element, source: str, fetched: datetime | None) -> Iterator[Outcome]:
    said = " ".join("".join(map(str, element.itertext())).split())[:160].rstrip(".")
    raise SourceError(f"{source} holds an error of PubMed instead of records: {said}.")


_Reader = Callable[[etree._Element, str, datetime | None], Iterator[Outcome]]
_READERS: dict[str, _Reader] = {
    "PubmedArticle": _article,
    "PubmedBookArticle": _book,
    "DeleteCitation": _deleted,
    "ERROR": _error,
}
