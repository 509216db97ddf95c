"""Diseases: those treated in the study, by the short names of the evidence tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from models.scanner import Scanner
from models.vocabulary import Term, vocabulary

# Each disease with the broader ones that give way to it.
BROADER: dict[str, tuple[str, ...]] = {
    "B-ALL": ("ALL", "leukemia"),
    "T-ALL": ("ALL", "leukemia"),
    "ALL": ("leukemia",),
    "AML": ("leukemia",),
    "hairy cell leukemia": ("leukemia",),
    "CLL": ("leukemia",),
    "Richter transformation": ("LBCL", "DLBCL", "lymphoma", "leukemia"),
    "DLBCL": ("LBCL", "aggressive lymphoma", "B-NHL", "NHL", "lymphoma"),
    "PMBCL": ("LBCL", "aggressive lymphoma", "B-NHL", "NHL", "lymphoma"),
    "plasmablastic lymphoma": ("LBCL", "DLBCL", "B-NHL", "NHL", "lymphoma"),
    "LBCL": ("aggressive lymphoma", "B-NHL", "NHL", "lymphoma"),
    "MCL": ("aggressive lymphoma", "B-NHL", "NHL", "lymphoma"),
    "Burkitt lymphoma": ("aggressive lymphoma", "B-NHL", "NHL", "lymphoma"),
    "aggressive lymphoma": ("B-NHL", "NHL", "lymphoma"),
    "FL": ("indolent lymphoma", "B-NHL", "NHL", "lymphoma"),
    "MZL": ("indolent lymphoma", "B-NHL", "NHL", "lymphoma"),
    "indolent lymphoma": ("B-NHL", "NHL", "lymphoma"),
    "PTLD": ("B-NHL", "NHL", "lymphoma"),
    "B-NHL": ("NHL", "lymphoma"),
    "NHL": ("lymphoma",),
    "PCNSL": ("CNS lymphoma", "B-NHL", "NHL", "lymphoma"),
    "secondary CNS lymphoma": ("B-NHL", "NHL", "lymphoma"),
    "CNS lymphoma": ("B-NHL", "NHL", "lymphoma"),
    "HL": ("lymphoma",),
    "T-LBL": ("T-cell lymphoma", "NHL", "lymphoma"),
    "PTCL": ("T-cell lymphoma", "NHL", "lymphoma"),
    "CTCL": ("T-cell lymphoma", "NHL", "lymphoma"),
    "T-cell lymphoma": ("NHL", "lymphoma"),
    "IIM": ("myositis",),
    "glioblastoma": ("glioma",),
    "gastric cancer": ("gastrointestinal cancer",),
    "esophageal cancer": ("gastrointestinal cancer",),
    "pancreatic cancer": ("gastrointestinal cancer",),
    "colorectal cancer": ("gastrointestinal cancer",),
    "cholangiocarcinoma": ("gastrointestinal cancer",),
    "osteosarcoma": ("sarcoma",),
    "rhabdomyosarcoma": ("sarcoma",),
    "Ewing sarcoma": ("sarcoma",),
}
FAMILIES = {"autoimmune diseases": "autoimmune", "solid tumors": "solid"}

# Words before a disease that is not the one treated: a complication, a donor of comparison, an older history.
_NOT_TREATED_BEFORE = re.compile(
    r"\b(?:second(?:ary)?(?!\s+cns|\s+central)|subsequent|therapy-related|second\s+primary|risks?\s+of"
    r"|develop(?:ed|ing|ment\s+of)?|switch(?:ed)?\s+to|conver(?:ted|sion)\s+(?:in)?to|transform(?:ed|ation)\s+(?:in)?to"
    r"|history\s+of|resembling|mimicking|such\s+as|unlike|other\s+than|(?<!and\s)(?<!or\s)without|no|excluding"
    r"|de\s+novo|diagnosed\s+as|donors?\s+with|presenting\s+as)"
    r"\s+(?:(?:an?|the|new|treatment-related|acute|t-cell|cases?\s+of)\s+){0,2}$"
)
_NOT_TREATED_AFTER = re.compile(r"[\s-]+(?:free|type|like|associated\s+(?:antigen|hemo|haemo))\b")
# Neoplasms that come up after CAR-T cells: where a title tells of one, it is not the disease treated.
_SECOND = {"PTCL", "T-cell lymphoma", "CTCL", "AML", "MDS", "solid tumors"}
_AFTER_CAR = re.compile(
    r"[\s-]+(?:[a-z-]+\s+){0,3}?(?:following|after)\s+(?!(?:anti-)?(?:cd[57]\b|cd30|cd4\b|cd33|cd123|cll))"
    r"(?:[a-z0-9-]+\s+){0,3}(?:car\b|car-t|chimeric|[a-z]+cabtagene|[a-z]+-cel\b|tisagenlecleucel)"
)
_SECOND_TITLE = re.compile(
    r"\b(?:second(?:ary)?|subsequent|new)\s+(?:primary\s+)?(?:ha?ematolog\w+\s+|t-cell\s+|myeloid\s+)?"
    r"(?:malignanc|neoplas|cancer)|\b(?:malignanc\w+|neoplasms?|cancers?)\s+(?:after|following)\s+(?:[\w-]+\s+){0,2}(?:chimeric|car\b)"
)

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
_COUNT_BEFORE = re.compile(
    r"\d[\d,]*\s+(?:\(\d+(?:\.\d+)?\s?%\)\s+)?(?:(?:with|had|for|of|patients\s+with|cases\s+of)\s+)?(?:r/r\s+|relapsed\s+)?$"
)

# CAR-T against these antigens for 'ALL' or 'leukemia' is for leukaemia of B cells; BCMA products are for myeloma.
_B_LINEAGE = re.compile(
    r"cd-?\s?(?:19|22)(?!\d)|tisagenlecleucel|tisa-cel|brexucabtagene|brexu-cel|obecabtagene|obe-cel"
)
_B_LINEAGE_PRODUCT = re.compile(
    r"cd-?\s?19(?!\d)|tisagenlecleucel|(?:axi|brexu|liso|obe)cabtagene|\b(?:axi|tisa|brexu|liso|obe)-cel\b"
)
_LEUKEMIC = re.compile(
    r"\bleuk(?:a)?emia|\b(?:children|pediatric|paediatric)\b.{0,400}?\b(?:mrd|residual\s+disease)\b", re.DOTALL
)
_POOLED = re.compile(r"meta-?\s?analy|umbrella review|systematic review|pharmacovigilance|faers|vigibase")
_B_CELL = {"ALL": "B-ALL", "leukemia": "B-ALL", "lymphoma": "NHL", "secondary CNS lymphoma": "LBCL"}
_CALLED = {"aggressive lymphoma": "LBCL", "indolent lymphoma": "FL"}
_B_CELL_LYMPHOMAS = {"LBCL", "DLBCL", "FL", "MCL", "B-NHL"}
_POOLED_B_CELL = {"leukemia": "ALL", "lymphoma": "NHL", "secondary CNS lymphoma": "LBCL"}
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
    short = Scanner(((a, term) for term in terms for a in term.abbreviations), gaps=False, tail="s?(?![A-Za-z0-9])")
    return names, short


def diseases(folded_title: str, folded: str, original_title: str, original: str) -> tuple[str, ...]:
    """Diseases treated in the study, in order of mention.

    Those that the title names, and in place of the title's broad words ('lymphoma') the narrower ones that the
    abstract names for its patients; without any in the title, those of the abstract's own part.
    """
    in_title = mentions(original_title, folded_title)
    titled = [m for m in in_title if _treated(folded_title, m)]
    banned = {m.name for m in in_title if _is_second(folded_title, m)}
    if _SECOND_TITLE.search(folded_title):
        banned |= _SECOND
    titled = [m for m in titled if m.name not in banned]
    body = [m for m in own_mentions(original, folded) if m.name not in banned]
    broad = _unique(m.name for m in titled if m.broad)
    names = [_told_apart(m.name, body) for m in titled if not m.broad]
    if broad:
        narrower = _best([m for m in body if _broader(m.name).intersection(broad)])
        names += [m.name for m in narrower]
    if not titled:
        names = [m.name for m in _best(body)]
    names += broad
    whole = f"{folded_title} {folded}"
    if not names and _MYELOMA_PRODUCT.search(whole) and not _B_LINEAGE_PRODUCT.search(whole):
        names = ["MM"]
    if not names and not banned and _B_LINEAGE.search(whole) and _LEUKEMIC.search(whole):
        names = ["leukemia"]
    return _settled(_narrowed(names), whole)


def _best(found: list[Mention]) -> list[Mention]:
    """Those with patients counted where two diseases are; else those of the sentences most about this study."""
    counted = [m for m in found if m.counted and m.weight >= 2]
    if len({m.name for m in counted}) >= 2:
        return counted
    most = min(2, max((m.weight for m in found), default=0))
    return [m for m in found if m.weight >= most]


def _told_apart(name: str, body: list[Mention]) -> str:
    """The one narrower disease that the whole abstract speaks of instead of the title's."""
    inner = [m.name for m in body if name in BROADER.get(m.name, ())]
    same = any(m.name == name for m in body)
    return inner[0] if len(inner) >= 3 and len(set(inner)) == 1 and not same else name


def mentions(original: str, folded: str) -> list[Mention]:
    """All places of diseases; of two that overlap the longer, else the first."""
    names, short = _scanners()
    hits = [*names.hits(folded), *short.hits(original)]
    kept: list[tuple[int, int, Term]] = []
    for hit in sorted(hits, key=lambda h: (h[0], -h[1])):
        if not kept or hit[0] >= kept[-1][1]:
            kept.append(hit)
        elif hit[1] - hit[0] > kept[-1][1] - kept[-1][0]:
            kept[-1] = hit
    return [Mention(term.name, term.kind == "broad", start, end) for start, end, term in kept]


def own_mentions(original: str, folded: str) -> Iterator[Mention]:
    """Diseases of the abstract that are treated, weighed by how much their sentence is about this study."""
    found = mentions(original, folded)
    bounds = [0, *(m.end() for m in _SENTENCE.finditer(original)), len(original) + 1]
    weights = [_weight(folded[a:b]) for a, b in pairwise(bounds)]
    at = 0
    for m in found:
        while bounds[at + 1] <= m.start:
            at += 1
        if not _treated(folded, m):
            continue
        counted = bool(
            _COUNT_AFTER.match(folded[m.end : m.end + 24])
            or _COUNT_BEFORE.search(folded[max(0, m.start - 40) : m.start])
        )
        yield Mention(m.name, m.broad, m.start, m.end, counted, weights[at] + counted)


def _weight(sentence: str) -> int:
    """2 for a sentence about this study, 1 for any other, 0 for background."""
    if _BACKGROUND_LABEL.match(sentence):
        return 0
    if _BACKGROUND.search(sentence):
        return 0 if not re.search(r"\b(?:we|this study|were enrolled|were included)\b", sentence) else 1
    return 2 if _OWN.search(sentence) else 1


def _treated(folded: str, m: Mention) -> bool:
    before = folded[max(0, m.start - 44) : m.start]
    if _NOT_TREATED_AFTER.match(folded[m.end : m.end + 50]):
        return False
    return not _NOT_TREATED_BEFORE.search(before)


def _is_second(folded: str, m: Mention) -> bool:
    """Whether a title tells of this disease as one that arose after the treatment."""
    if m.name in _SECOND and _AFTER_CAR.match(folded[m.end : m.end + 60]):
        return True
    return bool(_NOT_TREATED_BEFORE.search(folded[max(0, m.start - 44) : m.start])) and m.name in _SECOND


def _broader(name: str) -> set[str]:
    """The broader names that give way to this one."""
    kind = vocabulary("diseases").by_name[name].kind
    return {*BROADER.get(name, ()), *(family for family, members in FAMILIES.items() if kind == members)}


def _narrowed(names: Iterable[str]) -> list[str]:
    kept = list(dict.fromkeys(names))
    wide = {broad for name in kept for broad in _broader(name)}
    return [name for name in kept if name not in wide]


_DLBCL = re.compile(r"\bdlbcl\b|\bdiffuse large b[\s-]cell lymphoma")


def _settled(names: list[str], whole: str) -> tuple[str, ...]:
    """Diseases of B cells told by the antigen; the names that only help to find others dropped."""
    lineage, pooled = bool(_B_LINEAGE.search(whole)), bool(_POOLED.search(whole))
    rules = _POOLED_B_CELL if pooled else _B_CELL
    lineage = lineage or bool(_B_CELL_LYMPHOMAS.intersection(names))
    if _DLBCL.search(whole):  # the lymphoma that came to the brain is told by name
        rules = rules | {"secondary CNS lymphoma": "DLBCL"}
    settled = [rules.get(name, name) if lineage else name for name in names]
    settled = [_CALLED.get(name, name) for name in settled]
    return tuple(n for n in dict.fromkeys(settled) if n not in ("solid tumors", "autoimmune diseases"))


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
