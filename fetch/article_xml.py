"""One PubmedArticle element as a Record. One walk over the children; an element that is not named here is passed by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from fetch.dates import date_of_parts, printed_date
from fetch.notices import BY_REF_TYPE
from fetch.pmids import PMID
from fetch.text import canonical, folded
from fetch.trial_numbers import trial_numbers
from models.errors import SourceError
from models.record import Link, PartialDate, Record, Section


def record_of(article: etree._Element, source: str, fetched: datetime | None = None) -> Record:
    """The record that a PubmedArticle holds. Raises SourceError or InvalidData when it cannot be one."""
    draft = _Draft()
    for child in article:
        if child.tag == "MedlineCitation":
            draft.read_citation(child)
        elif child.tag == "PubmedData":
            draft.read_pubmed_data(child)
    return draft.record(source, fetched)


def pmid_of(element: etree._Element) -> str:
    """The PMID of an article or a book; '' when it has none that can be read."""
    for path in ("MedlineCitation/PMID", "BookDocument/PMID"):
        pmid = (element.findtext(path) or "").strip().lstrip("0")
        if PMID.fullmatch(pmid):
            return pmid
    return ""


class _Draft:
    """What has been read of an article so far."""

    def __init__(self) -> None:
        self.pmid = ""
        self.version = "1"
        self.title = ""
        self.vernacular_title = ""
        self.sections: list[Section] = []
        self.authors: list[str] = []
        self.affiliations: dict[str, None] = {}
        self.journals = {"MedlineTA": "", "ISOAbbreviation": "", "Title": ""}
        self.published: PartialDate | None = None
        self.published_online: PartialDate | None = None
        self.publication_types: list[str] = []
        self.mesh: list[str] = []
        self.keywords: dict[str, None] = {}
        self.languages: list[str] = []
        self.doi: str | None = None
        self.pmcid: str | None = None
        self.registered: list[str] = []
        self.links: list[Link] = []

    def record(self, source: str, fetched: datetime | None) -> Record:
        if not PMID.fullmatch(self.pmid):
            raise SourceError(f"A record of {source} has no PMID that can be read.")
        title = self.title if self.title not in ("", "[Not Available].") else self.vernacular_title
        return Record.checked(
            pmid=self.pmid,
            version=int(self.version) if self.version.isdecimal() else 1,
            title=title,
            sections=tuple(self.sections),
            authors=tuple(self.authors),
            affiliations=tuple(self.affiliations),
            journal=next(filter(None, self.journals.values()), ""),
            published=self.published,
            published_online=self.published_online,
            publication_types=tuple(self.publication_types),
            mesh=tuple(self.mesh),
            keywords=tuple(self.keywords),
            languages=tuple(self.languages),
            doi=self.doi,
            pmcid=self.pmcid,
            nct=trial_numbers(self.registered, title, *(section.text for section in self.sections)),
            links=tuple(self.links),
            source=source,
            fetched=fetched,
        )

    def read_citation(self, citation: etree._Element) -> None:
        for child in citation:
            match child.tag:
                case "PMID":
                    self.pmid = (child.text or "").strip().lstrip("0")
                    self.version = child.get("Version", "1")
                case "Article":
                    self._read_article(child)
                case "MedlineJournalInfo":
                    self.journals["MedlineTA"] = _text_of(child, "MedlineTA")
                case "MeshHeadingList":
                    for heading in child:
                        if len(heading) and heading[0].text:
                            self.mesh.append(heading[0].text)
                case "KeywordList":
                    self.keywords.update((text, None) for word in child if (text := canonical(word)))
                case "CommentsCorrectionsList":
                    self.links.extend(_links(child))

    def read_pubmed_data(self, data: etree._Element) -> None:
        # Only the article's own list: a ReferenceList has lists of the same name for the cited articles.
        for child in data:
            if child.tag == "ArticleIdList":
                for number in child:
                    kind, text = number.get("IdType"), (number.text or "").strip()
                    if kind == "doi" and text:
                        self.doi = text
                    elif kind == "pmc" and text:
                        self.pmcid = text

    def _read_article(self, article: etree._Element) -> None:
        for child in article:
            match child.tag:
                case "ArticleTitle":
                    self.title = canonical(child)
                case "VernacularTitle":
                    self.vernacular_title = canonical(child)
                case "Abstract":
                    self.sections.extend(_sections(child))
                case "AuthorList":
                    if child.get("Type", "authors") == "authors":
                        self._read_authors(child)
                case "Journal":
                    self._read_journal(child)
                case "ArticleDate":
                    if child.get("DateType", "Electronic") == "Electronic":
                        self.published_online = _date(child)
                case "PublicationTypeList":
                    self.publication_types.extend(folded(kind.text) for kind in child if kind.text)
                case "Language":
                    self.languages.append((child.text or "").strip())
                case "ELocationID":
                    if child.get("EIdType") == "doi" and child.get("ValidYN", "Y") == "Y" and not self.doi:
                        self.doi = (child.text or "").strip() or None
                case "DataBankList":
                    self.registered.extend(number.text or "" for number in child.iter("AccessionNumber"))

    def _read_authors(self, authors: etree._Element) -> None:
        for author in authors:
            names = {"LastName": "", "ForeName": "", "Initials": "", "Suffix": "", "CollectiveName": ""}
            for child in author:
                if child.tag == "AffiliationInfo":
                    place = _text_of(child, "Affiliation")
                    if place:
                        self.affiliations[place] = None
                elif child.tag in names:
                    names[str(child.tag)] = canonical(child)
            person = (names["LastName"], names["ForeName"] or names["Initials"], names["Suffix"])
            name = names["CollectiveName"] or " ".join(filter(None, person))
            if name and author.get("ValidYN", "Y") == "Y":
                self.authors.append(name)

    def _read_journal(self, journal: etree._Element) -> None:
        for child in journal:
            if child.tag in self.journals:
                self.journals[str(child.tag)] = folded(child.text or "")
            elif child.tag == "JournalIssue":
                for part in child:
                    if part.tag == "PubDate":
                        self.published = _date(part)


def _sections(abstract: etree._Element) -> Iterator[Section]:
    """The parts of the abstract; CopyrightInformation is none of them."""
    for child in abstract:
        if child.tag == "AbstractText":
            text = canonical(child)
            if text:
                label = folded(child.get("Label", "")).rstrip(": ")
                yield Section(label=label, category=child.get("NlmCategory", ""), text=text)


def _links(corrections: etree._Element) -> Iterator[Link]:
    for child in corrections:
        kind = child.get("RefType", "")
        if kind != "Cites":
            pmid = _text_of(child, "PMID").lstrip("0")
            yield Link(
                kind=BY_REF_TYPE.get(kind, "other"),
                pmid=pmid if PMID.fullmatch(pmid) else None,
                citation=_text_of(child, "RefSource"),
            )


def _date(element: etree._Element) -> PartialDate | None:
    parts = {str(child.tag): (child.text or "").strip() for child in element}
    if "Year" in parts:
        return date_of_parts(parts["Year"], parts.get("Month", ""), parts.get("Day", ""))
    return printed_date(parts.get("MedlineDate", ""))


def _text_of(element: etree._Element, tag: str) -> str:
    for child in element:
        if child.tag == tag:
            return canonical(child)
    return ""
