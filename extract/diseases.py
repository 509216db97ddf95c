"""Diseases: those treated in the study, by the short names of the evidence tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from models.scanner import Scanner
from models.vocabulary import Term, vocabulary

# Each disease with the broader ones that give way to it.
BROADER: dict[str, tuple[str, ...]] = {
    "B-ALL": ("ALL", "leukemia"), "T-ALL": ("ALL", "leukemia"), "ALL": ("leukemia",), "AML": ("leukemia",),
    "CLL": ("leukemia", "NHL", "B-NHL", "lymphoma"), "hairy cell leukemia": ("leukemia",),
    "T-LBL": ("NHL", "lymphoma", "T-cell lymphoma"), "Richter transformation": ("LBCL", "DLBCL", "lymphoma", "leukemia"),
    "PMBCL": ("LBCL", "B-NHL", "NHL", "lymphoma"), "DLBCL": ("LBCL", "B-NHL", "NHL", "lymphoma"),
    "plasmablastic lymphoma": ("LBCL", "DLBCL", "B-NHL", "NHL", "lymphoma"), "LBCL": ("B-NHL", "NHL", "lymphoma"),
    "FL": ("B-NHL", "NHL", "lymphoma"), "MCL": ("B-NHL", "NHL", "lymphoma"), "MZL": ("B-NHL", "NHL", "lymphoma"),
    "Burkitt lymphoma": ("B-NHL", "NHL", "lymphoma"), "PTLD": ("NHL", "B-NHL", "lymphoma"),
    "B-NHL": ("NHL", "lymphoma"), "NHL": ("lymphoma",),
    "PCNSL": ("CNS lymphoma", "LBCL", "B-NHL", "NHL", "lymphoma"),
    "secondary CNS lymphoma": ("CNS lymphoma", "lymphoma"), "CNS lymphoma": ("lymphoma",),
    "HL": ("lymphoma",), "PTCL": ("T-cell lymphoma", "NHL", "lymphoma"), "CTCL": ("T-cell lymphoma", "NHL", "lymphoma"),
    "T-cell lymphoma": ("NHL", "lymphoma"), "IIM": ("myositis",), "glioblastoma": ("glioma", "solid tumors"),
    "osteosarcoma": ("sarcoma",), "rhabdomyosarcoma": ("sarcoma",), "Ewing sarcoma": ("sarcoma",),
}  # fmt: skip
_LYMPHOID = {"leukemia", "lymphoma", "NHL", "B-NHL", "ALL"}
_AUTOIMMUNE = (
    "SLE", "SSc", "IIM", "myositis", "myasthenia gravis", "NMOSD", "MS", "rheumatoid arthritis", "ANCA vasculitis",
    "Sjögren disease", "CIDP", "stiff person syndrome", "ITP",
)  # fmt: skip

# Words before a disease that is not the one treated: a complication, a donor of comparison, an older history.
_NOT_TREATED_BEFORE = re.compile(
    r"\b(?:second(?:ary)?(?!\s+cns|\s+central)|subsequent|therapy-related|second\s+primary|risks?\s+of|develop(?:ed|ing|ment\s+of)?"
    r"|switch(?:ed)?\s+to|conver(?:ted|sion)\s+(?:in)?to|transform(?:ed|ation)\s+(?:in)?to|history\s+of|resembling|mimicking"
    r"|such\s+as|unlike|other\s+than|without|no|excluding|de\s+novo|diagnosed\s+as|donor(?:s)?\s+with|presenting\s+as|for)"
    r"\s+(?:(?:an?|the|new|treatment-related|acute|t-cell|cases?\s+of)\s+){0,2}$"
)
_FOR = re.compile(r"\bfor\s+(?:(?:an?|the|new|acute)\s+)?$")
_NOT_TREATED_AFTER = re.compile(
    r"(?:[\s-]+(?:cell\s+lines?|free|type|like|associated\s+(?:antigen|hemo|haemo)|effector)\b|-derived|[\s-]+(?:following|after)\s+(?:[a-z0-9-]+\s+){0,3}(?:car\b|chimeric))"
)
_TITLE_EVENT = re.compile(r"\bto\s+(?:acute|[a-z-]+\s+)?$")

_SENTENCE = re.compile(r"(?<=[.?!;])\s+(?=[A-Z\d(])|\n")
_OWN = re.compile(
    r"\b(?:we|our|this\s+(?:study|trial|analysis|phase|report|cohort|case|work|meta|review|retro|prospective|single|multi|cross)"
    r"|here|herein|a\s+total\s+of|\d[\d,]*\s+(?:[\w/-]+\s+){0,4}?(?:patients|adults|children|participants|recipients|cases)"
    r"|were\s+(?:enrolled|included|treated|infused|analy[sz]ed|randomi[sz]ed|assigned|identified|eligible)|enrolled|\(n\s?=\s?\d"
    r"|year-old|presented\s+with|eligib|patients\s+(?:with|who)|adults\s+with|children\s+with|comprised)"
)
_BACKGROUND = re.compile(
    r"\b(?:has|have)\s+(?:revolutioni[sz]ed|transformed|changed|become|emerged|shown|demonstrated|been|improved|led)|approved"
    r"|remains?\s+(?:a|an|poor|incurable|unclear|unknown|challenging)|standard\s+of\s+care|according\s+to\s+the\s+literature"
    r"|is\s+an?\s+(?:rare|aggressive|incurable|b-cell)"
)
_BACKGROUND_LABEL = re.compile(r"^(?:background|introduction|importance|context|rationale)\b")
_COUNT_AFTER = re.compile(r"[^.;()]{0,12}(?:\(\s?n\s?=|,?\s?n\s?=|[:(,]?\s{0,2}\d{1,4}\b|\s?\[)")
_COUNT_BEFORE = re.compile(r"\d[\d,]*\s+(?:\(\d+(?:\.\d+)?\s?%\)\s+)?(?:with|had|for|of|patients\s+with|cases\s+of)\s+(?:r/r\s+|relapsed\s+)?$")

# CAR-T against these antigens for 'ALL' or 'leukemia' is for leukaemia of B cells; BCMA products are for myeloma.
_B_LINEAGE = re.compile(r"cd-?\s?(?:19|22)(?!\d)|tisagenlecleucel|tisa-cel|brexucabtagene|brexu-cel|obecabtagene|obe-cel")
_POOLED = re.compile(r"meta-?\s?analy|umbrella review|systematic review|pharmacovigilance|faers|vigibase")
_MYELOMA_PRODUCT = re.compile(r"(?:ide|cilta|eque|zevor|anito)cabtagene|\b(?:ide|cilta|eque|zevor|anito)-cel\b")


@dataclass(frozen=True, slots=True)
class Mention:
    """A disease at a place."""

    name: str
    broad: bool
    start: int
    end: int
    counted: bool = False
    weight: int = 1


@lru_cache(maxsize=1)
def _scanners() -> tuple[Scanner[Term], Scanner[Term]]:
    terms = vocabulary("diseases").terms
    names = Scanner((name, term) for term in terms for name in sorted(term.names, key=len, reverse=True))
    short = Scanner(
        ((a, term) for term in terms for a in term.abbreviations), gaps=False, tail="s?(?![A-Za-z0-9])"
    )
    return names, short


def diseases(folded_title: str, folded: str, original_title: str, original: str) -> tuple[str, ...]:
    """Diseases treated in the study, in order of mention.

    Those that the title names, and in place of the title's broad words ('lymphoma') the narrower ones that the
    abstract names for its patients; without any in the title, those of the abstract's own part.
    """
    titled = [m for m in mentions(original_title, folded_title) if _treated(folded_title, m, title=True)]
    names = _unique(m.name for m in titled)
    if any(not m.broad for m in titled):
        found = [n for n in names if not _is_broad(n, titled)] if not _mixed(names) else names
        return _settled(_narrowed(found), folded_title, folded)
    body = list(own_mentions(original, folded))
    if titled:
        narrower = _unique(m.name for m in body if _narrower_than(m.name, names) and m.weight >= 2)
        counted = _unique(m.name for m in body if m.counted and _narrower_than(m.name, names))
        return _settled(_narrowed([*(counted or narrower), *names]), folded_title, folded)
    strong = [m.name for m in body if m.weight >= 2] or [m.name for m in body]
    found = list(_unique(strong))
    if not found and _MYELOMA_PRODUCT.search(f"{folded_title} {folded}"):
        found = ["MM"]
    return _settled(_narrowed(found), folded_title, folded)


def mentions(original: str, folded: str) -> list[Mention]:
    """All places of diseases; of two that overlap the longer, else the first."""
    names, short = _scanners()
    hits = [*names.hits(folded), *short.hits(original)]
    kept: list[tuple[int, int, Term]] = []
    for start, end, term in sorted(hits, key=lambda h: (h[0] - h[1], h[0])):
        if not any(start < e and s < end for s, e, _ in kept):
            kept.append((start, end, term))
    return [Mention(t.name, t.kind == "broad", s, e) for s, e, t in sorted(kept, key=lambda h: h[:2])]


def own_mentions(original: str, folded: str) -> Iterator[Mention]:
    """Diseases of the abstract that are treated, weighed by how much their sentence is about this study."""
    found = mentions(original, folded)
    bounds = [0, *(m.end() for m in _SENTENCE.finditer(original)), len(original) + 1]
    weights = [_weight(folded[a:b]) for a, b in zip(bounds, bounds[1:], strict=False)]
    at = 0
    for m in found:
        while bounds[at + 1] <= m.start:
            at += 1
        if not weights[at] or not _treated(folded, m, title=False):
            continue
        counted = bool(
            _COUNT_AFTER.match(folded[m.end : m.end + 24]) or _COUNT_BEFORE.search(folded[max(0, m.start - 40) : m.start])
        )
        yield Mention(m.name, m.broad, m.start, m.end, counted, weights[at] + counted)


def _weight(sentence: str) -> int:
    """2 for a sentence about this study, 1 for any other, 0 for background."""
    if _BACKGROUND_LABEL.match(sentence):
        return 0
    if _BACKGROUND.search(sentence):
        return 0 if not re.search(r"\b(?:we|this study|were enrolled|were included)\b", sentence) else 1
    return 2 if _OWN.search(sentence) else 1


def _treated(folded: str, m: Mention, *, title: bool) -> bool:
    before = folded[max(0, m.start - 44) : m.start]
    if _NOT_TREATED_AFTER.match(folded[m.end : m.end + 50]):
        return False
    if title and _TITLE_EVENT.search(before):
        return False
    found = _NOT_TREATED_BEFORE.search(before)
    return not found or bool(_FOR.search(before))


def _is_broad(name: str, found: list[Mention]) -> bool:
    return any(m.broad and m.name == name for m in found)


def _mixed(names: tuple[str, ...]) -> bool:
    """Whether broad names stand beside diseases of another family ('lymphoma and myeloma')."""
    return any(n in ("lymphoma", "NHL", "B-NHL", "leukemia", "ALL") for n in names)


def _narrower_than(name: str, broad: Iterable[str]) -> bool:
    wide = set(broad)
    return bool(wide & set(BROADER.get(name, ()))) or ("autoimmune diseases" in wide and name in _AUTOIMMUNE)


def _narrowed(names: Iterable[str]) -> list[str]:
    kept = list(dict.fromkeys(names))
    wide = {broad for name in kept for broad in BROADER.get(name, ())}
    if any(name in _AUTOIMMUNE for name in kept):
        wide.add("autoimmune diseases")
    return [name for name in kept if name not in wide]


def _settled(names: list[str], folded_title: str, folded: str) -> tuple[str, ...]:
    """B-lineage leukaemia by its antigen; the names that only help to find others dropped."""
    whole = f"{folded_title} {folded}"
    out = []
    for name in names:
        if name in ("ALL", "leukemia") and _B_LINEAGE.search(whole) and not _POOLED.search(whole):
            name = "B-ALL"
        out.append(name)
    useful = [n for n in out if n not in ("solid tumors", "autoimmune diseases")]
    return tuple(dict.fromkeys(useful or ()))


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
