"""Targets: the antigens the study's CAR-T cells are aimed at, from their names and from products."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from models.record import Record
from models.scanner import Scanner
from models.vocabulary import Term, vocabulary

# Between two antigens of one list: 'CD19/CD22', 'CD19- and BCMA-directed', 'CD19 (n = 14) or BCMA'.
_JOINER = re.compile(
    r"[\s-]*(?:(?:targeted|directed|specific)?[\s-]*(?:car[\s-]?t?s?\s*)?(?:\(n\s?=\s?\d+\))?\s*"
    r"(?:/|,|×|\+|&|\bx\b|-|,?\s*\band\b/?(?:or)?|\bor\b|\bplus\b|\bversus\b|\bvs\.?)\s*(?:anti[\s-]*|the\s+)?)"
)
# What stands after an antigen that cells are aimed at. Each word may come once or twice, in any order.
_FILLER = (
    r"(?:directed|targeted|targeting|specific|redirected|bispecific|dual|tandem|bicistronic|compound|allogeneic"
    r"|autologous|universal|humani[sz]ed|human|fully|murine|donor|derived|based|naive|memory|4-1bb|cd28|cd28z|28z|bbz"
    r"|loop|nanobody|single|domain|second|third|fourth|generation|commercial|gene|edited|cord|blood|transduced|cocktail"
    r"|logic|gated|co|infused|expressing|ζ|bb|z|t|cells?)"
)
_CAR = (
    r"(?:cars?(?:[\s-]?(?:t|nk|m|ts)(?![a-z]))?|cart(?![a-z]{2})|chimeric[\s-]+antigen|logic[\s-]+receptor|synnotch)"
    r"(?![a-qu-z])"
)
_AFTER = re.compile(
    rf"[\s,/-]*(?:\([^()]{{0,24}}\)[\s,/-]*)?(?:{_FILLER}[\s,/-]+){{0,6}}(?:\([^()]{{0,12}}\)\s*)?{_CAR}"
)
_PRODUCTS_AFTER = re.compile(
    r"[\s-]*(?:directed|targeted|targeting|specific|redirected)?[\s-]*"
    r"(?:cell(?:ular)?\s+)?(?:products?|constructs?|cells(?!\s+lines?)|t[\s-]cells)\b"
)
_BEFORE = re.compile(
    r"(?:(?:car|antigen\s+receptor)s?[\s-]*(?:\([^()]{0,8}\)[\s-]*)?(?:t[\s-]*)?(?:nk[\s-]*)?(?:cells?[\s-]*)?(?:therap(?:y|ies)\s+)?"
    r"(?:products?\s+|constructs?\s+)?(?:(?:that|which)\s+)?(?:simultaneously\s+)?"
    r"(?:targeting|targets?|against|to|directed\s+(?:at|against|to|towards?)|specific\s+(?:for|to)|recogni[sz]ing|for)\s+"
    r"(?:both\s+|either\s+|the\s+)?|therapies\s+target\s+|\b(?:and|or)\s+(?:\w+\s+)?(?:targeting|directed\s+against)\s+)$"
)
# Antigens that are not aimed at here: earlier treatment, antibodies, markers.
_PRIOR = re.compile(
    r"(?:\bprior|\bprevious(?:ly)?(?:\s+treated\s+with)?|\bearlier|\bfailed|\bfailure\s+of|\bfailing|\bescaped"
    r"|\bexposed\s+to|\bexposure\s+to|\brefractory\s+to|\bresistan(?:t|ce)\s+to|\b(?:relapse[ds]?|progress(?:ing|ion|ed)"
    r"|recurrence|come\s+back|loss\s+of\s+response)\s+(?:after|following|on)|\blost\s+response\s+to|\bsecond\s+primary"
    r"|\bnaive\s+to|\bineligible\s+for|\bbeyond|\bunlike|\bthan)\s+(?:a\s+|an\s+|the\s+|with\s+|to\s+)?(?:commercial\s+|murine\s+)?"
    r"(?:anti[\s-]*)?$"
)
_MARKER_AFTER = re.compile(
    r"[\s-]*(?:\+|positiv|negativ|-?\s?(?:low|dim|high|null)\b|express|loss|escape|antigen\s+(?:loss|escape)|densit"
    r"|(?:monoclonal\s+)?antibod|blasts?|b[\s-]?cells|relapse|modulation|down|bispecific\s+(?:antibod|t[\s-]cell)|bsabs?\b|bites?\b|t[\s-]cell\s+engag)"
)
_PRIOR_AFTER = re.compile(
    r"[\s-]*(?:targeted|directed|specific)?[\s-]*car[\s-]?t?(?:[\s-]cells?)?(?:[\s-]therapy)?[\s-]+"
    r"(?:failure|failed|exposed|experienced|refractory|pretreated|resistant)"
)
_SEQUENTIAL = re.compile(r"\bsequential")

AIMED, PRIOR, WEAK = "aimed", "prior", "weak"


@dataclass(frozen=True, slots=True)
class Aim:
    """An antigen at a place, and what its surroundings say of it."""

    name: str
    start: int
    end: int
    sign: str


@lru_cache(maxsize=1)
def _scanner() -> Scanner[Term]:
    terms = (*vocabulary("targets").terms, *vocabulary("products").terms)
    return Scanner((name, term) for term in terms for name in (*term.names, *(a.lower() for a in term.abbreviations)))


def targets(record: Record, folded_title: str, folded: str) -> tuple[str, ...]:
    """Antigens the CAR-T cells are aimed at, in order of first mention.

    An antigen counts where words around it say that cells are aimed at it. One that is only met as earlier treatment
    counts when the cells of no other antigen are studied; one of the abstract alone counts less than the title's.
    """
    in_title = list(aims(folded_title))
    in_text = list(aims(folded))
    sequential = bool(_SEQUENTIAL.search(folded_title) or _SEQUENTIAL.search(folded))
    accepted = (AIMED, PRIOR) if sequential else (AIMED,)
    titled = [a.name for a in in_title if a.sign in accepted]
    named = [a.name for a in in_text if a.sign in accepted]
    own = [a.name for a in in_text if a.sign in accepted and not _in_background(folded, a.start)]
    if own and not titled:
        named = own
    best = titled + [name for name in named if not titled or named.count(name) > 1]
    if not best:
        best = [a.name for a in (*in_title, *in_text) if a.sign in (AIMED, PRIOR)] or [
            a.name for a in in_title if a.sign == WEAK and not any(b.name == a.name and not b.sign for b in in_text)
        ]
    return tuple(dict.fromkeys(best))


_BACKGROUND = re.compile(
    r"\b(?:has|have)\s+(?:revolutioni[sz]ed|transformed|changed|become|emerged|shown|demonstrated|been\s+approved)|\bshows?\s+(?:striking|remarkable|impressive|great)"
    r"|\b(?:are|is)\s+(?:approved|licensed|effective|limited|highly)|\bhowever\b|\bour\s+previous"
)


def _in_background(folded: str, at: int) -> bool:
    """Whether an antigen stands in a sentence about the field, before the study is told of."""
    start = max(folded.rfind(". ", 0, at), folded.rfind("\n", 0, at)) + 1
    end = folded.find(". ", at)
    sentence = folded[start : end if end >= 0 else len(folded)]
    return bool(_BACKGROUND.search(sentence)) and not re.search(
        r"\b(?:we|this\s+study|here|our\s+(?:study|trial))\b", sentence
    )


def aims(text: str) -> Iterator[Aim]:
    """Antigens and products of a folded text with their signs; a list of antigens shares the sign of its members."""
    hits = list(_scanner().hits(text))
    at = 0
    while at < len(hits):
        group = [hits[at]]
        while at + 1 < len(hits) and _joined(text, group[-1], hits[at + 1]):
            at += 1
            group.append(hits[at])
        at += 1
        sign = _sign(text, group[0][0], group[-1][1], product=any(term.targets for _, _, term in group))
        for start, end, term in group:
            for name in term.targets or (term.name,):
                yield Aim(name, start, end, sign)


def _joined(text: str, one: tuple[int, int, Term], two: tuple[int, int, Term]) -> bool:
    gap = text[one[1] : two[0]]
    return len(gap) <= 24 and not one[2].targets and not two[2].targets and bool(_JOINER.fullmatch(gap))


def _sign(text: str, start: int, end: int, *, product: bool) -> str:
    before, after = text[max(0, start - 60) : start], text[end : end + 90]
    prior = bool(_PRIOR.search(before) or _PRIOR_AFTER.match(after))
    if product or _aimed(text[start:end], before, after):
        return PRIOR if prior else AIMED
    return "" if _MARKER_AFTER.match(after) else WEAK


def _aimed(name: str, before: str, after: str) -> bool:
    """Whether the words around an antigen say that cells are aimed at it."""
    if (
        re.match(r"car[ -]?\d", name)
        or name.endswith(("car", "cars", "cart", "carts"))
        or _AFTER.match(after)
        or _BEFORE.search(before)
    ):
        return True
    products = bool(_PRODUCTS_AFTER.match(after))
    return products and (not _MARKER_AFTER.match(after) or bool(re.search(r"anti[\s-]*$", before)))
