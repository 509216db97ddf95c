"""One record from the text of its PubMed page, in the layout before 2020 or the one since."""

from __future__ import annotations

import re

from fetch.citation import citation_of
from fetch.notices import BY_HEADING, link_of_citation
from fetch.page_lines import (
    AFFILIATION_HEADINGS,
    affiliation_in,
    authors_in,
    begins_other_part,
    doi_line,
    is_navigation,
    keywords_in,
    lines_of,
    own_pmid,
    pmcid_in,
    pmid_in,
)
from fetch.section_labels import category_of, split_paragraphs
from fetch.trial_numbers import trial_numbers
from models.errors import SourceError
from models.record import Link, Record

_ID_LABEL = re.compile(r"^(?:PMID|PMCID|DOI):")
_LABEL_ALONE = re.compile(r"([A-Z][^.:]{1,98}):")
_BULLETS = "•*-– "


def looks_like(text: str) -> bool:
    """Whether the text has what every saved page has: a citation and a PMID."""
    lines = lines_of(text)
    return pmid_in(" ".join(lines)) is not None and _citation_at(lines) is not None


def record_of(text: str, source: str) -> Record:
    """The record of a saved page. Raises SourceError when it has no citation, title or PMID.

    Authors stand as printed: family name first in the old layout, given name first in the new one.
    """
    lines = lines_of(text)
    at = _citation_at(lines)
    if at is None:
        raise SourceError(f"{source} is not a page saved from PubMed: it has no line with journal and year.")
    citation = citation_of(lines[at])
    assert citation is not None  # noqa: S101 - _citation_at found it by the same test
    rest = lines[at + 1 :]
    # An address or a label may stand on the line after its name: 'PMID:' / '90000001'.
    ids = " ".join(rest)
    pmid = own_pmid(rest)
    if pmid is None:
        raise SourceError(f"{source} is not a page saved from PubMed: it has no PMID.")
    abstract_at = next((n for n, line in enumerate(rest) if line.lower() in ("abstract", "abstract:")), None)
    head = rest[:abstract_at] if abstract_at is not None else rest[: _end_of_head(rest)]
    title, below = _title(head)
    if not title:
        raise SourceError(f"{source} is not a page saved from PubMed: it has no title below its citation.")
    paragraphs, end = _paragraphs(rest, abstract_at + 1) if abstract_at is not None else ([], len(head))
    sections = split_paragraphs(paragraphs)
    authors, affiliations = _people(below)
    tail = rest[end:]
    return Record.checked(
        pmid=pmid,
        title=title,
        sections=sections,
        authors=authors,
        affiliations=affiliations,
        journal=citation.journal or _journal_above(lines, at),
        published=citation.published,
        published_online=citation.published_online,
        publication_types=_listed(tail, "publication types", "publication type"),
        mesh=_mesh(tail),
        keywords=_keywords(tail),
        doi=doi_line(ids) or citation.doi,
        pmcid=_pmcid(rest),
        nct=trial_numbers((), title, *(section.text for section in sections)),
        links=(*_links(below), *_links(tail)),
        source=source,
    )


def _citation_at(lines: list[str]) -> int | None:
    return next((n for n, line in enumerate(lines) if citation_of(line) is not None), None)


def _journal_above(lines: list[str], at: int) -> str:
    """In the new layout the journal stands alone above its issue, with a menu in between."""
    return next((line for line in reversed(lines[:at]) if line and not is_navigation(line)), "").rstrip(".")


def _end_of_head(lines: list[str]) -> int:
    return next((n for n, line in enumerate(lines) if _ID_LABEL.match(line)), len(lines))


def _title(head: list[str]) -> tuple[str, list[str]]:
    """The title and the lines below it."""
    for n, line in enumerate(head):
        if line and not is_navigation(line):
            following = head[n + 1] if n + 1 < len(head) else ""
            unfinished = line[-1] not in ".?!]" and following and not authors_in(following)
            if unfinished and not begins_other_part(following) and following.lower() not in AFFILIATION_HEADINGS:
                return f"{line} {following}", head[n + 2 :]
            return line, head[n + 1 :]
    return "", []


def _people(lines: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Authors and affiliations from the lines between title and abstract."""
    authors: tuple[str, ...] = ()
    affiliations: dict[str, None] = {}
    among_affiliations = False
    for line in lines:
        if line.lower() in AFFILIATION_HEADINGS:
            among_affiliations = True
        elif not line or is_navigation(line):
            continue
        elif begins_other_part(line):
            among_affiliations = False
        elif among_affiliations:
            place = affiliation_in(line)
            if place:
                affiliations[place] = None
        elif not authors:
            authors = authors_in(line)
    return authors, tuple(affiliations)


def _paragraphs(lines: list[str], start: int) -> tuple[list[str], int]:
    """The paragraphs of the abstract, each section's in one, and the index of the line behind them."""
    paragraphs: list[str] = []
    for n in range(start, len(lines)):
        line = lines[n]
        if begins_other_part(line):
            return paragraphs, n
        if not line:
            continue
        # Text without a label of its own goes on from what stands above it.
        if paragraphs and not _begins_section(line, paragraphs):
            paragraphs[-1] += " " + line
        else:
            paragraphs.append(line)
    return paragraphs, len(lines)


def _begins_section(line: str, above: list[str]) -> bool:
    label, colon, text = line.partition(":")
    if not colon or (text and not text.startswith(" ")):
        return False
    if category_of(label):
        return True
    # A label nobody listed counts when it stands alone on its line in capitals, as the old layout prints them.
    return bool(_LABEL_ALONE.fullmatch(line)) and label.isupper() and not above[-1].endswith(":")


def _after(lines: list[str], *headings: str) -> list[str]:
    """The lines of the part of the page that one of `headings` begins."""
    start = next((n + 1 for n, line in enumerate(lines) if line.lower() in headings), len(lines))
    part = []
    for line in lines[start:]:
        if is_navigation(line):
            continue
        if begins_other_part(line):
            break
        if line:
            part.append(line)
    return part


def _listed(lines: list[str], *headings: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip(_BULLETS) for line in _after(lines, *headings)))


def _mesh(lines: list[str]) -> tuple[str, ...]:
    """Headings without their qualifiers: 'Antigens, CD22 / immunology*'."""
    terms = (term.partition("/")[0].strip(" *") for term in _listed(lines, "mesh terms", "mesh term"))
    return tuple(dict.fromkeys(terms))


def _keywords(lines: list[str]) -> tuple[str, ...]:
    for n, line in enumerate(lines):
        if line.lower() in ("keywords:", "keywords"):
            return keywords_in("Keywords: " + next(filter(None, lines[n + 1 :]), ""))
        found = keywords_in(line)
        if found:
            return found
    return ()


def _pmcid(lines: list[str]) -> str | None:
    for n, line in enumerate(lines):
        at = line.find("PMCID:")
        if at >= 0:
            return pmcid_in(line[at:] + " " + " ".join(lines[n + 1 : n + 2]))
    return None


def _links(lines: list[str]) -> tuple[Link, ...]:
    links = []
    for n, line in enumerate(lines):
        kind = BY_HEADING.get(line.lower())
        if kind is not None:
            cited = _after(lines[n:], line.lower())
            for entry in cited:
                if entry.lower() in AFFILIATION_HEADINGS or authors_in(entry):
                    break
                links.append(link_of_citation(kind, entry.strip(_BULLETS)))
    return tuple(links)
