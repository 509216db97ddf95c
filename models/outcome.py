"""What can become of a record that was asked for or found in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from models.evidence import Fact
from models.record import Record
from models.study import Study

RawKind = Literal["pubmed_xml", "medline", "page"]
NotStoredState = Literal["missing", "book", "failed"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A record with the bytes it was read from (one article's XML, one MEDLINE entry, one page)."""

    record: Record
    raw: bytes
    kind: RawKind


@dataclass(frozen=True, slots=True)
class NotStored:
    """An asked PMID that gave no record: `missing` (no such PMID), `book`, or `failed`, with its reason."""

    pmid: str
    state: NotStoredState
    reason: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """A PMID that PubMed withdrew (DeleteCitation); its evidence must not be used."""

    pmid: str
    source: str


Outcome = Fetched | NotStored | Deleted


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one extractor version found in one version of one record."""

    study: Study
    facts: tuple[Fact, ...]
    text_hash: str
    extractor_version: str
