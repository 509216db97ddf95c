"""Events that only their sentence makes known: adjectives that share a noun, kinds of second cancers."""

from __future__ import annotations

import re

from extract.grades import Mention

# '2,100 neurologic (31%), 600 cardiac (8%) and 60 ocular events': the noun comes once, behind the last.
_SHARED = re.compile(
    r"(?<![\w-])(?P<kind>neurolog(?:ic(?:al)?)?|neurotoxic|cardiac|cardiovascular|infectious|renal|hepatic|pulmonary|respiratory)"
    r"(?=\s*(?:[(\[]\s*(?:n\s?=\s?)?\d|,|and\b|in\s+\d))"
)
_NOUN = re.compile(r"\b(?:events?|toxicit(?:y|ies)|reactions?|complications?|aes?)\b")
_KINDS = {
    "neurolog": "neurotoxicity", "neuroto": "neurotoxicity", "cardi": "cardiac", "infect": "infection",
    "renal": "renal", "hepat": "hepatic", "pulmon": "pulmonary", "respir": "pulmonary",
}  # fmt: skip
_APART = re.compile(r"[;:]|(?<!vs)\.\s|\b(?:was|were|had|is|are)\b")

# 'Second cancers were MDS (n = 10), AML (n = 4) and melanoma (n = 2)'
_SECOND = re.compile(
    r"\b(?:second(?:ary)?|subsequent|new)\s+(?:primary\s+|haematologic(?:al)?\s+|hematologic(?:al)?\s+|solid\s+)?(?:malignanc(?:y|ies)|cancers?|neoplasms?|tumou?rs?)\b|\bspms?\b"
)
_CANCER = re.compile(
    r"(?<![\w-])(?:aml|acute\s+myeloid\s+leuka?emias?|myeloid\s+leuka?emias?|t-?\s?cell\s+(?:lymphomas?|leuka?emias?|malignanc(?:y|ies)|large\s+granular\s+lymphocytic\s+leuka?emias?)"
    r"|melanomas?|(?:(?:lung|breast|prostate|bladder|thyroid|colorectal|colon|pancreatic|gastric|renal|skin)\s+)(?:cancers?|carcinomas?|adenocarcinomas?)"
    r"|(?:squamous|basal)\s+cell\s+(?:carcinomas?|cancers?)|(?:skin|solid)\s+(?:cancers?|tumou?rs?)|sarcomas?)"
    r"(?=\s*[(\[]\s*(?:n\s?=\s?)?\d|\s+in\s+\d)"
)


def told_by_sentence(folded: str, known: list[Mention]) -> list[Mention]:
    """Further events of a folded sentence; `known` are those that their own words tell."""
    out = []
    for m in _SHARED.finditer(folded):
        noun = _NOUN.search(folded, m.end(), m.end() + 160)
        if noun is None or _APART.search(folded, m.end(), noun.start()):
            continue
        if _NOUN.match(folded, m.end() + 1) or not re.search(r"\d", folded[m.end() : noun.start()]):
            continue
        name = next(name for stem, name in _KINDS.items() if m["kind"].startswith(stem))
        out.append(Mention("events", m.start(), m.end(), name))
    second = _SECOND.search(folded)
    if second is not None:
        out += [
            Mention("events", m.start(), m.end(), "secondary malignancy")
            for m in _CANCER.finditer(folded, second.end())
        ]
    return [m for m in out if all(m.end <= k.start or m.start >= k.end for k in known)]


__all__ = ["told_by_sentence"]
