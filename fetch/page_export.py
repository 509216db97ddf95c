"""PubMed's 'Abstract (text)' export: numbered records whose paragraphs are parted by blank lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fetch.citation import citation_of
from fetch.notices import BY_HEADING, link_of_citation
from fetch.page_lines import (
    affiliation_in,
    authors_in,
    begins_other_part,
    doi_line,
    keywords_in,
    pmcid_in,
    pmid_in,
)
from fetch.section_labels import split_in_line
from fetch.text import folded
from fetch.trial_numbers import trial_numbers
from models.errors import SourceError
from models.record import Link, Record

_START = re.compile(r"^(\d+)\. (?=\S)", re.MULTILINE)
_PMID_LINE = re.compile(r"^PMID: *[1-9]", re.MULTILINE)
_AFFILIATION = re.compile(r"\((?:\d{1,3}|[#*†‡§])\)")
_LANGUAGE = re.compile(r"\[Article in .*\]")
_NO_ABSTRACT = ("No abstract available", "Publisher: Abstract available")


def looks_like(text: str) -> bool:
    """Whether the text is such an export: it begins with a numbered citation."""
    entry = text.lstrip("\ufeff \r\n\t")
    found = _START.match(entry)
    if found is None or not _PMID_LINE.search(entry):
        return False
    return citation_of(folded(entry.replace("\r\n", "\n").partition("\n\n")[0])) is not None


def entries(text: str) -> Iterator[str]:
    """The text of each record. A record begins with the next number, once the one before has its PMID."""
    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    begin: int | None = None
    number = 0
    for found in _START.finditer(text):
        follows = begin is None or (int(found[1]) == number + 1 and _PMID_LINE.search(text, begin, found.start()))
        if follows and text[max(0, found.start() - 2) : found.start()].strip("\n") == "":
            if begin is not None:
                yield text[begin : found.start()].rstrip() + "\n"
            begin, number = found.start(), int(found[1])
    if begin is not None:
        yield text[begin:].rstrip() + "\n"


def record_of(entry: str, source: str) -> Record:
    """The record of one entry. Raises SourceError when it has no citation, title or PMID."""
    paragraphs = [part.strip("\n") for part in re.split(r"\n[ \t]*\n", entry) if part.strip()]
    citation = citation_of(folded(paragraphs[0]))
    ids = next((folded(part) for part in paragraphs if _PMID_LINE.search(part)), "")
    pmid = pmid_in(ids)
    if citation is None or pmid is None or len(paragraphs) < 3:
        raise SourceError(f"{source} is not a PubMed export: an entry lacks its citation, its title or its PMID.")
    authors: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    links: list[Link] = []
    abstract: list[str] = []
    title = folded(paragraphs[1])
    for part in paragraphs[2:]:
        text = folded(part)
        heading = folded(part.partition("\n")[0])
        if _PMID_LINE.search(part):
            break
        if heading.lower() in BY_HEADING:
            links.extend(_links(heading, part))
        elif text.startswith("Author information:"):
            affiliations = _affiliations(text)
        elif not (authors or abstract) and authors_in(text):
            authors = authors_in(text)
        elif keywords_in(text):
            keywords = keywords_in(text)
        elif not (_is_aside(text) or begins_other_part(text)):
            abstract.append(text)
    sections = split_in_line(" ".join(abstract))
    return Record.checked(
        pmid=pmid,
        title=title,
        sections=sections,
        authors=authors,
        affiliations=affiliations,
        journal=citation.journal,
        published=citation.published,
        published_online=citation.published_online,
        keywords=keywords,
        doi=doi_line(ids) or citation.doi,
        pmcid=pmcid_in(ids),
        nct=trial_numbers((), title, *(section.text for section in sections)),
        links=tuple(links),
        source=source,
    )


def _is_aside(text: str) -> bool:
    return text.startswith((*_NO_ABSTRACT, "Collaborators:")) or _LANGUAGE.fullmatch(text) is not None


def _affiliations(text: str) -> tuple[str, ...]:
    places = _AFFILIATION.split(text.removeprefix("Author information:"))
    kept = (affiliation_in(folded(place)) for place in places)
    return tuple(dict.fromkeys(place for place in kept if place and not place.startswith("Contributed equally")))


def _links(heading: str, paragraph: str) -> Iterator[Link]:
    """One citation a line; a line that goes on is indented more than its first."""
    lines = [line for line in paragraph.split("\n")[1:] if line.strip()]
    indent = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    cited: list[str] = []
    for line in lines:
        if cited and len(line) - len(line.lstrip()) > indent:
            cited[-1] += " " + line.strip()
        else:
            cited.append(line.strip())
    return (link_of_citation(BY_HEADING[heading.lower()], folded(text)) for text in cited)
