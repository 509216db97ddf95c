"""One record from the HTML of its PubMed page."""

from __future__ import annotations

import re

from lxml import etree

from fetch.citation import Citation, citation_of, doi_in
from fetch.dates import date_of_parts, printed_date
from fetch.page_lines import is_pmid
from fetch.section_labels import category_of
from fetch.text import canonical, folded
from fetch.trial_numbers import trial_numbers
from models.errors import SourceError
from models.record import PartialDate, Record, Section

_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def record_of(text: str, source: str) -> Record:
    """The record of a page saved as HTML, from its citation_* entries and its abstract.

    Raises SourceError for a page without PMID and title: another site's, or one that failed to load.
    """
    page = _parsed(text, source)
    pmid = next(filter(is_pmid, _meta(page, "citation_pmid")), None) or _first_text(page, "current-id")
    title = _first_text(page, "heading-title") or next(iter(_meta(page, "citation_title")), "")
    if not is_pmid(pmid) or not title:
        raise SourceError(f"{source} is HTML, but no PubMed page with a PMID and a title; save the page again.")
    sections = _sections(page)
    cited = _citation(page)
    return Record.checked(
        pmid=pmid,
        title=title,
        sections=sections,
        authors=tuple(dict.fromkeys(_meta(page, "citation_author") or _split(_meta(page, "citation_authors")))),
        affiliations=tuple(dict.fromkeys(_meta(page, "citation_author_institution"))) or _affiliations(page),
        journal=_first_text(page, "journal-actions-trigger")
        or next(iter((*_meta(page, "citation_publisher"), *_meta(page, "citation_journal_title"))), ""),
        published=(cited and cited.published) or _date(page),
        published_online=cited.published_online if cited else None,
        publication_types=_listed(page, "publication-types"),
        mesh=tuple(dict.fromkeys(term.partition("/")[0].strip(" *") for term in _listed(page, "mesh-terms"))),
        keywords=_keywords(page),
        doi=next((doi for entry in _meta(page, "citation_doi") if (doi := doi_in(entry))), None),
        pmcid=next((number for number in _meta(page, "citation_pmcid") if number.startswith("PMC")), None),
        nct=trial_numbers((), title, *(section.text for section in sections)),
        source=source,
    )


def _parsed(text: str, source: str) -> etree._Element:
    # The encoding is given, since one named inside the page would contradict text that is decoded already.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        page = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        page = None
    if page is None:
        raise SourceError(f"{source} is an HTML page that cannot be read; save it again.")
    return page


def _meta(page: etree._Element, name: str) -> list[str]:
    nodes = (node for node in page.iter("meta") if node.get("name") == name)
    return [content for node in nodes if (content := folded(node.get("content", "")))]


def _of_class(page: etree._Element, name: str) -> list[etree._Element]:
    return [node for node in page.iter() if isinstance(node.tag, str) and name in node.get("class", "").split()]


def _by_id(page: etree._Element, name: str) -> etree._Element | None:
    return next((node for node in page.iter() if isinstance(node.tag, str) and node.get("id") == name), None)


def _first_text(page: etree._Element, name: str) -> str:
    return next(filter(None, map(canonical, _of_class(page, name))), "")


def _split(lists: list[str]) -> list[str]:
    return [name for entry in lists for part in entry.split(";") if (name := folded(part))]


def _sections(page: etree._Element) -> tuple[Section, ...]:
    holder = _by_id(page, "eng-abstract")
    if holder is None:
        abstract = _by_id(page, "abstract")
        holder = next(iter(_of_class(abstract, "abstract-content")), None) if abstract is not None else None
    if holder is None:
        return ()
    sections: list[Section] = []
    for paragraph in holder.iter("p"):
        label = ""
        head = next(iter(_of_class(paragraph, "sub-title")), None)
        if head is not None:
            label = canonical(head).rstrip(": ")
            _emptied(head)
        text = canonical(paragraph).removeprefix(": ").strip()
        if text:
            sections.append(Section(label=label.upper(), category=category_of(label), text=text))
    return tuple(sections)


def _emptied(element: etree._Element) -> None:
    """Take out what the element says, but not what follows it."""
    element.text = None
    for child in list(element):
        element.remove(child)


def _citation(page: etree._Element) -> Citation | None:
    parts = [_first_text(page, "cit"), _first_text(page, "citation-doi"), _first_text(page, "secondary-date")]
    return citation_of(". " + " ".join(filter(None, parts)))


def _date(page: etree._Element) -> PartialDate | None:
    """citation_date holds '11/01/2019' or '2019 Nov'."""
    for text in _meta(page, "citation_date"):
        slashed = _SLASHED.fullmatch(text)
        return date_of_parts(slashed[3], slashed[1]) if slashed else printed_date(text)
    return None


def _affiliations(page: etree._Element) -> tuple[str, ...]:
    holder = next(iter(_of_class(page, "affiliations")), None)
    if holder is None:
        return ()
    places = []
    for entry in holder.iter("li"):
        for key in entry.iter("sup"):
            _emptied(key)
        places.append(canonical(entry).lstrip("^ "))
    return tuple(dict.fromkeys(filter(None, places)))


def _listed(page: etree._Element, part: str) -> tuple[str, ...]:
    """The entries of a list such as the publication types: the button's text, without its menu."""
    holder = _by_id(page, part)
    if holder is None:
        return ()
    return tuple(dict.fromkeys(filter(None, map(canonical, _of_class(holder, "keyword-actions-trigger")))))


def _keywords(page: etree._Element) -> tuple[str, ...]:
    words = next(iter(_meta(page, "keywords")), "") or next(iter(_meta(page, "citation_keywords")), "")
    abstract = _by_id(page, "abstract")
    if abstract is not None:
        for head in _of_class(abstract, "sub-title"):
            if canonical(head).lower().startswith("keyword"):
                return tuple(_split([(head.tail or "").strip().rstrip(".")]))
    return () if not words or "pmid:" in words.lower() else tuple(_split([words]))
