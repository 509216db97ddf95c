"""Authors' names taken apart, and the short name of a study.

A record holds a name as one text, and sources differ: PubMed's XML and MEDLINE give 'Muster Eva M', its pages
'Eva M Muster'. Which of the two a list follows is told by the names that show it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV|2nd|3rd|4th)\.?")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?){1,4}")
_PLAIN = re.compile(r"([^\W\d_]{2,}) [A-Z]{1,3}")  # 'Muster EM'
_GROUP = re.compile(
    r"\b(?:group|groups|consorti\w+|collaborat\w+|investigators?|network|society|committee|team|trial|trials|registry|"
    r"foundation|association|alliance|program|programme|project|study|center|centre|hospital|university|institute|"
    r"initiative|cooperative|for|of|the|and|on|behalf)\b|[&;/]|\d",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Name:
    """A person (`given` may be '') or a group of authors, whose whole name is `family`."""

    family: str
    given: str = ""
    suffix: str = ""
    group: bool = False


def parted(names: Sequence[str]) -> list[Name]:
    """The names of one list of authors, taken apart. 'Family, Given' is taken at its word."""
    given_first = sum(map(_vote, names)) > 0
    return [_parted(name, given_first) for name in names]


def label(authors: Sequence[str], year: int | None, pmid: str) -> str:
    """What papers call a study in passing: 'Muster 2020'; 'PMID 90000001' for one without authors."""
    if not authors:
        return f"PMID {pmid}"
    plain = _PLAIN.fullmatch(authors[0])  # most names: told at once, without a look at the others
    family = plain[1] if plain else parted(authors)[0].family
    return f"{family} {year or ''}".rstrip()


def _parted(name: str, given_first: bool) -> Name:
    name = " ".join(name.split())
    if _is_group(name):
        return Name(name, group=True)
    if ", " in name:
        family, given, suffix = (*name.split(", ", 2), "")[:3]
        return Name(family, given, suffix)
    words, suffix = _without_suffix(name)
    if len(words) < 2:
        return Name(name)
    at = _family_at_the_end(words) if given_first else _family_at_the_start(words)
    first, second = " ".join(words[:at]), " ".join(words[at:])
    return Name(second, first, suffix) if given_first else Name(first, second, suffix)


def _is_group(name: str) -> bool:
    return bool(_GROUP.search(_SUFFIX.sub("", name)))


def _without_suffix(name: str) -> tuple[list[str], str]:
    words = name.split()
    if len(words) > 2 and _SUFFIX.fullmatch(words[-1]):
        return words[:-1], words[-1]
    return words, ""


def _vote(name: str) -> int:
    """1 for a name that must begin with the given name, -1 for one that cannot, 0 for one that does not tell."""
    words, _ = _without_suffix(name)
    if len(words) < 2 or ", " in name or _is_group(name):
        return 0
    if words[0][0].islower() or _is_initials(words[-1]):
        return -1
    inner = words[1:-1]
    return 1 if _is_initials(words[0]) or any(_is_initials(word) or word[0].islower() for word in inner) else 0


def _is_initials(word: str) -> bool:
    return word.isupper() and _INITIALS.fullmatch(word) is not None


def _family_at_the_start(words: Sequence[str]) -> int:
    """How many words the family name has: 'van der Berg Jan', 'Muster Eva M', 'Garcia Lopez MJ' (several initials)."""
    if _is_initials(words[-1]) and len(words[-1].strip(".")) > 1:
        return len(words) - 1
    at = 0
    while at < len(words) - 2 and words[at][0].islower():
        at += 1
    return at + 1


def _family_at_the_end(words: Sequence[str]) -> int:
    """Where the family name begins: at its first particle, else it is the last word."""
    particles = (at for at, word in enumerate(words[1:-1], start=1) if word[0].islower())
    return next(particles, len(words) - 1)
