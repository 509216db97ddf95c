"""A bibliographic record as PubMed holds it, and the canonical text that all offsets refer to."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.base import Model

Pmid = Annotated[str, Field(pattern=r"^[1-9]\d{0,8}$")]

NCT = re.compile(r"\bNCT\s?0?\d{7,8}\b")

LinkKind = Literal[
    "retraction_in", "retraction_of", "erratum_in", "erratum_for",
    "expression_of_concern_in", "expression_of_concern_for",
    "corrected_and_republished_in", "corrected_and_republished_from",
    "update_in", "update_of", "comment_in", "comment_on", "other",
]  # fmt: skip


class PartialDate(Model):
    """A date known to the year, month or day (`precision` tells which)."""

    year: Annotated[int, Field(ge=1500, le=2200)]
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None

    @model_validator(mode="after")
    def _no_day_without_month(self) -> PartialDate:
        if self.day is not None and self.month is None:
            raise ValueError("day is given without month")
        return self

    @property
    def precision(self) -> Literal["year", "month", "day"]:
        return "day" if self.day is not None else "month" if self.month is not None else "year"

    def __str__(self) -> str:
        return "-".join(f"{part:02d}" for part in (self.year, self.month, self.day) if part is not None)


class Section(Model):
    """A part of the abstract: its printed label ('' if none), NLM's category ('' if none), its text."""

    label: str = ""
    category: str = ""
    text: str

    @property
    def canonical(self) -> str:
        return f"{self.label}: {self.text}" if self.label else self.text


class Link(Model):
    """A tie to another notice or article: retraction, erratum, expression of concern, ..."""

    kind: LinkKind
    pmid: Pmid | None = None
    citation: str = ""


class Record(Model):
    """One version of one PubMed record."""

    pmid: Pmid
    version: Annotated[int, Field(ge=1)] = 1
    title: str = ""
    sections: tuple[Section, ...] = ()
    authors: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    journal: str = ""
    published: PartialDate | None = None
    published_online: PartialDate | None = None
    publication_types: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    doi: str | None = None
    pmcid: str | None = None
    nct: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    source: str = ""
    fetched: datetime | None = None

    @cached_property
    def abstract(self) -> str:
        """The canonical abstract: `LABEL: text` for each section, joined by a line feed."""
        return "\n".join(section.canonical for section in self.sections)

    @cached_property
    def section_spans(self) -> tuple[tuple[str, int, int], ...]:
        """For each section its label ('ABSTRACT' if none) and the span of its text in `abstract`."""
        spans, at = [], 0
        for section in self.sections:
            end = at + len(section.canonical)
            spans.append((section.label or "ABSTRACT", end - len(section.text), end))
            at = end + 1
        return tuple(spans)

    @cached_property
    def text_hash(self) -> str:
        """First 16 hex digits of the SHA-256 of title and abstract; changes when either does."""
        return hashlib.sha256(f"{self.title}\n\n{self.abstract}".encode()).hexdigest()[:16]

    @property
    def year(self) -> int | None:
        """Year of publication, of print where known, else online."""
        date = self.published or self.published_online
        return date.year if date else None

    @property
    def retracted(self) -> bool:
        return "Retracted Publication" in self.publication_types or any(k.kind == "retraction_in" for k in self.links)

    @property
    def url(self) -> str:
        return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
