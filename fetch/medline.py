"""MEDLINE and .nbib text, read through Bio.Medline."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from Bio import Medline

from fetch.dates import compact_date, printed_date
from fetch.notices import BY_MEDLINE_TAG, link_of_citation
from fetch.pmids import PMID
from fetch.section_labels import split_in_line
from fetch.text import folded
from fetch.trial_numbers import trial_numbers
from models.errors import InvalidData, SourceError
from models.outcome import Fetched, NotStored, Outcome
from models.record import Link, Record

_LARGEST_ENTRY = 32 * 1024 * 1024  # characters


def outcomes(stream: BinaryIO, source: str) -> Iterator[Outcome]:
    """What each entry of a MEDLINE stream gives, in order: Fetched, or NotStored for books and damaged entries.

    Entries are parted by blank lines. Raises SourceError when the stream is not UTF-8 text.
    """
    for entry in _entries(stream, source):
        # Bio.Medline keeps a wrapped author or keyword as two, so lines are joined before it reads them.
        fields: dict[str, Any] = next(Medline.parse(_unfolded(entry)), {})
        pmid = str(fields.get("PMID", "")).strip().lstrip("0")
        if not PMID.fullmatch(pmid):
            yield NotStored("", "failed", f"An entry of {source} has no PMID that can be read.")
        elif "BTI" in fields and "TI" not in fields:
            yield NotStored(pmid, "book", "This PMID is a book or a chapter, which has no abstract of a study.")
        else:
            try:
                record = _record(pmid, fields, source)
            except InvalidData as error:
                yield NotStored(pmid, "failed", str(error))
            else:
                yield Fetched(record, "".join(entry).encode(), "medline")


def _entries(stream: BinaryIO, source: str) -> Iterator[list[str]]:
    entry: list[str] = []
    size = 0
    text = io.TextIOWrapper(stream, encoding="utf-8-sig")
    try:
        for line in text:
            if line.strip():
                entry.append(line)
                size += len(line)
                if size > _LARGEST_ENTRY:
                    raise SourceError(f"{source} holds an entry of over {_LARGEST_ENTRY >> 20} MB, which is refused.")
            elif entry:
                yield entry
                entry, size = [], 0
    except UnicodeDecodeError:
        raise SourceError(f"{source} is not UTF-8 text; save it as UTF-8.") from None
    finally:
        text.detach()  # the stream is the caller's to close
    if entry:
        yield entry


def _unfolded(entry: list[str]) -> list[str]:
    """One line a field: continuation lines, which begin with six blanks, are joined to theirs."""
    lines: list[str] = []
    for line in entry:
        text = line.rstrip()
        if line.startswith("      ") and lines:
            lines[-1] += " " + text.strip()
        elif text[4:5] == "-":
            lines.append(text + "  " if len(text) < 6 else text)
    return lines


def _record(pmid: str, fields: dict[str, Any], source: str) -> Record:
    title = _one(fields, "TI")
    if title in ("", "[Not Available]."):
        title = _one(fields, "TT") or title
    sections = split_in_line(_one(fields, "AB"))
    ids = [*_many(fields, "AID"), *_many(fields, "LID")]
    return Record.checked(
        pmid=pmid,
        title=title,
        sections=sections,
        authors=(*(_author(name) for name in _many(fields, "FAU") or _many(fields, "AU")), *_many(fields, "CN")),
        affiliations=tuple(dict.fromkeys(_many(fields, "AD"))),
        journal=_one(fields, "TA") or _one(fields, "JT"),
        published=printed_date(_one(fields, "DP")),
        published_online=compact_date(_one(fields, "DEP")),
        publication_types=_many(fields, "PT"),
        mesh=tuple(dict.fromkeys(term.partition("/")[0].lstrip("*") for term in _many(fields, "MH"))),
        keywords=tuple(dict.fromkeys(word.lstrip("*") for word in _many(fields, "OT"))),
        languages=_many(fields, "LA"),
        doi=next((text.removesuffix("[doi]").strip() for text in ids if text.endswith("[doi]")), None),
        pmcid=_one(fields, "PMC") or None,
        nct=trial_numbers(_many(fields, "SI"), title, *(section.text for section in sections)),
        links=tuple(_links(fields)),
        source=source,
    )


def _one(fields: dict[str, Any], tag: str) -> str:
    value = fields.get(tag, "")
    return folded(" ".join(value) if isinstance(value, list) else value)


def _many(fields: dict[str, Any], tag: str) -> tuple[str, ...]:
    value = fields.get(tag, [])
    return tuple(filter(None, map(folded, value if isinstance(value, list) else [value])))


def _author(name: str) -> str:
    """'Family, Given' without its comma, as the other formats give it."""
    return name.replace(", ", " ", 1)


def _links(fields: dict[str, Any]) -> Iterator[Link]:
    for tag, kind in BY_MEDLINE_TAG.items():
        for citation in _many(fields, tag):
            yield link_of_citation(kind, citation)
