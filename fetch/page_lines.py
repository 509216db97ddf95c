"""What the text layouts of PubMed's page have in common: headings, identifiers, author lines, affiliations."""

from __future__ import annotations

import re

from fetch.citation import doi_in
from fetch.notices import BY_HEADING
from fetch.pmids import PMID
from fetch.text import folded

# Whole lines that belong to the site, not to the record.
NAVIGATION = frozenset({
    "format", "send to", "choose destination", "actions", "search in pubmed", "search in mesh", "add to search",
    "free article", "free pmc article", "no abstract available", "item in clipboard", "display options",
    "pubmed disclaimer", "search in nlm catalog", "save", "email", "clipboard", "cite", "share", "favorites",
    "permalink", "copy", "show details", "hide details", "expand", "collapse", "advanced", "user guide",
})  # fmt: skip

AFFILIATION_HEADINGS = frozenset({
    "author information", "author information:", "affiliation", "affiliations", "affiliation expand",
    "affiliations expand", "affiliation collapse", "affiliations collapse", "authors and affiliations",
})  # fmt: skip

# Whole lines that begin a part of the page which is not the abstract.
OTHER_HEADINGS = frozenset({
    "supplemental content", "full text links", "full-text links", "similar articles", "see all similar articles",
    "cited by", "see all \"cited by\" articles", "figures", "figure", "images from this publication",
    "see all images", "references", "publication types", "publication type", "mesh terms", "mesh term",
    "substances", "substance", "supplementary concepts", "linkout", "linkout - more resources",
    "related information", "grant support", "grants and funding", "associated data",
    "personal name as subject", "miscellaneous", "page navigation", "support center", "collaborators",
    "collaborators, affiliations", "loading ...", "loading…", "publication history", "erratum", "share on facebook",
    "plain language summary", "conflict of interest", "secondary source id", "title & authors", "related articles",
    "medical", "full text sources", "research materials", "other literature sources", "molecular biology databases",
})  # fmt: skip

_OTHER_STARTS = re.compile(
    r"(?:(?:PMID|PMCID|DOI):|Conflict of interest statement|Conflicts? of interest|\[Indexed for|\[PubMed|Icon for"
    r"|©|\([cC]\) ?\d{4}|Copyright\b|Published by |Save citation|Keywords?\s*:|KEYWORDS?\s*:)"
)
_KEYWORDS = re.compile(r"(?i)keywords?\s*:\s*")
_PMID_LINE = re.compile(r"\bPMID:?\s*([1-9][0-9]{0,8})\b")
_PMCID = re.compile(r"\bPMC[0-9]+\b")
_MARKERS = re.compile(r"(?:\s*(?:\([\d#*†‡§]+\)|[#*†‡§]\d*|(?<=[^\W\d])\d+|\s\d+))+\s*$")
_NAME = re.compile(r"[^\W\d_][\w'’.\- ]{0,60}")
_NAME_PARTICLES = frozenset({"al", "da", "de", "del", "den", "der", "di", "dos", "el", "la", "le", "van", "von"})
_AFFILIATION_NUMBER = re.compile(r"^(?:\(?(?:\d{1,3}|[#*†‡§])\)?\s+|\(\d{1,3}\))")


def lines_of(text: str) -> list[str]:
    """The text's lines, each with its blanks folded."""
    return [folded(line) for line in text.splitlines()]


def is_navigation(line: str) -> bool:
    """Whether the whole line is one of the site's own words."""
    return line.lower() in NAVIGATION


def begins_other_part(line: str) -> bool:
    """Whether a line ends the abstract (or whatever stood before it)."""
    low = line.lower()
    return low in OTHER_HEADINGS or low in BY_HEADING or low in NAVIGATION or _OTHER_STARTS.match(line) is not None


def keywords_in(line: str) -> tuple[str, ...]:
    """The words of a 'Keywords: a; b.' line; () if it is none."""
    found = _KEYWORDS.match(line)
    if found is None:
        return ()
    return tuple(filter(None, (folded(word) for word in re.split(r";", line[found.end() :].rstrip(".")))))


def own_pmid(lines: list[str]) -> str | None:
    """The page's own PMID, which begins its line or stands on the next one; those of other articles do not."""
    for n, line in enumerate(lines):
        if line.startswith("PMID:"):
            found = pmid_in(" ".join(filter(None, lines[n : n + 3])))
            if found:
                return found
    return pmid_in(" ".join(lines))


def pmid_in(text: str) -> str | None:
    """The first PMID that is called one ('PMID: 90000001')."""
    found = _PMID_LINE.search(text)
    return found[1] if found else None


def pmcid_in(text: str) -> str | None:
    """The first PMC number in `text`."""
    found = _PMCID.search(text)
    return found[0] if found else None


def doi_line(text: str) -> str | None:
    """The DOI that `text` calls one ('DOI: 10....')."""
    at = text.find("DOI:")
    return doi_in(text[at:]) if at >= 0 else None


def authors_in(line: str) -> tuple[str, ...]:
    """The names of an author line without the numbers of their affiliations; () if it is not one."""
    names = []
    for part in re.split(r"[,;]", line.rstrip(". ")):
        if not part.strip(" #*†‡§()0123456789"):
            continue  # a further number of the author before
        name = folded(_MARKERS.sub("", part))
        if not _NAME.fullmatch(name) or len(name.split()) > 6:
            return ()
        names.append(name)
    alike = sum(1 for name in names if len(name.split()) >= 2 and all(map(_is_name_word, name.split())))
    return tuple(names) if names and alike * 2 >= len(names) else ()


def _is_name_word(word: str) -> bool:
    return word[0].isupper() or word in _NAME_PARTICLES


def affiliation_in(line: str) -> str:
    """An affiliation without its number; '' for a line that is only the number."""
    if line.isdecimal() or line.strip("()").isdecimal():
        return ""
    return _AFFILIATION_NUMBER.sub("", line).strip()


def is_pmid(text: str) -> bool:
    """Whether the text is a bare PMID."""
    return PMID.fullmatch(text) is not None
