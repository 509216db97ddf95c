"""Lists of PMIDs as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

PMID = re.compile(r"[1-9][0-9]{0,8}")

_COMMENT = re.compile(r"(?:^|(?<=\s))#.*", re.MULTILINE)
_SEPARATORS = re.compile(r"[\s,;|]+")
_PREFIX = re.compile(r"(?i)^pmid[:=]?(?=[0-9]|$)")
_FIELD_TAG = re.compile(r"(?i)\[(?:pmid|uid)\]$")
_PUBMED_URL = re.compile(
    r"(?i)^(?:https?://)?(?:pubmed\.ncbi\.nlm\.nih\.gov|(?:www\.)?ncbi\.nlm\.nih\.gov/pubmed)/([0-9]+)"
)
_WRAPPING = "\"'`()[]<>{}"


@dataclass(frozen=True, slots=True)
class PmidList:
    """PMIDs, unique in the order given; how many repeats were dropped; the words that are no PMID."""

    pmids: tuple[str, ...]
    duplicates: int
    rejected: tuple[str, ...]


def parse_pmids(text: str) -> PmidList:
    """Read PMIDs parted by blanks, commas or line ends; '#' begins a comment.

    'PMID: 90000001', '90000001[uid]' and addresses of PubMed pages count too; leading zeros are dropped.
    """
    pmids: dict[str, None] = {}
    duplicates, rejected = 0, []
    for word in _SEPARATORS.split(_COMMENT.sub("", text.lstrip("\ufeff"))):
        bare = _bare(word)
        if not bare:
            continue
        if not PMID.fullmatch(bare):
            rejected.append(word)
        elif bare in pmids:
            duplicates += 1
        else:
            pmids[bare] = None
    return PmidList(tuple(pmids), duplicates, tuple(rejected))


def _bare(word: str) -> str:
    """The digits of a word that names a PMID; '' for a mere 'PMID:' before one; else the word itself."""
    url = _PUBMED_URL.match(word.strip(_WRAPPING))
    if url:
        return url[1].lstrip("0")
    inner = _FIELD_TAG.sub("", word).strip(_WRAPPING + ".:")
    inner = _PREFIX.sub("", inner)
    if inner.isascii() and inner.isdecimal():
        return inner.lstrip("0") or word
    return inner and word
