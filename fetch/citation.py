"""The line of a page that says where an article appeared.

For example 'Synth J Cell Ther. 2030 Nov;3(11):1-9. doi: 10.5555/x. Epub 2030 May 20.'
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fetch.dates import printed_date
from models.record import PartialDate

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_SEASON = r"(?:Spring|Summer|Autumn|Fall|Winter)"
_DATE = rf"(?:1[89]|20)\d\d(?:[ -](?:{_SEASON}|{_MONTH}(?: \d{{1,2}})?(?:-(?:{_MONTH} ?)?(?:\d{{1,2}})?)?|\d{{4}}))?"
_CITATION = re.compile(rf"(?P<journal>[^;]{{0,150}}?)\.?(?:^|(?<=[.\s]))\s*(?P<date>{_DATE})\s*(?=[;.:]|$)")
_ONLINE = re.compile(rf"(?:Epub|eCollection|Online) (?P<date>{_DATE})")
_AHEAD = re.compile(r"(?i)(?:epub|online) ahead of print")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+")
_NUMBERED = re.compile(r"^\d+\. ")


@dataclass(frozen=True, slots=True)
class Citation:
    """Journal as abbreviated there ('' if it stands on a line of its own), dates and DOI."""

    journal: str
    published: PartialDate | None
    published_online: PartialDate | None
    doi: str | None


def citation_of(line: str) -> Citation | None:
    """What a citation line says; None when the line is none."""
    found = _CITATION.match(_NUMBERED.sub("", line))
    if found is None:
        return None
    journal = found["journal"].strip(" .")
    rest = found.string[found.end() :]
    bare = found.string.lstrip().startswith(".")
    if not (journal or bare) or not (rest.startswith(";") or "doi:" in rest or _AHEAD.search(rest) or ":" in rest):
        return None
    published = printed_date(found["date"])
    published_online = published if _AHEAD.search(rest) else None
    if online := _ONLINE.search(rest):
        published_online = printed_date(online["date"])
    return Citation(journal, published, published_online, doi_in(rest))


def doi_in(text: str) -> str | None:
    """The first DOI in `text`, without the full stop of its sentence."""
    found = _DOI.search(text)
    return found[0].rstrip(".,;") if found else None
