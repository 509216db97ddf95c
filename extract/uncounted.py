"""Counts beside a concept that are no result: who was looked at, not who had it."""

from __future__ import annotations

import re

from extract.concepts import Mention
from extract.links import CONCEPT, GRADE
from extract.quantities import PEOPLE, Quantity

_AMONG = re.compile(r"\b(?:among|in|of)\s+(?:the\s+|all\s+|these\s+)*$")
_EVALUABLE_FOR = re.compile(
    r"\b(?:evaluable|assessable|available|eligible)\s+(?:for|of)\s+(?:[\w-]+\s+){0,3}[\w-]+\s*[(\[]\s*$"
)
_INCLUDED = re.compile(rf"\s*(?:[\w-]+\s+){{0,3}}?(?:{PEOPLE})\s+(?:included|were)\s")
# 'No ICANS or grade 3 CRS occurred in the 12 patients …': nobody had it.
_NOBODY = re.compile(
    r"(?:^|[.;:]\s+|,\s+(?:and|but|with)\s+)(?:there\s+(?:was|were)\s+)?no\s[^.;:]*\b(?:in|among|of)\s+(?:the|these|those|any\s+of\s+the|all|the\s+other)\s+$"
)
# '… (97/101) in 101 evaluable patients': whom the figure before was told of.
_AGAIN = re.compile(r"^[\])%\s]*(?:in|of|among)\s+(?:the\s+|all\s+)?$")
_EVALUABLE = re.compile(r"\s*(?:response-|efficacy-)?(?:evaluable|assessable|treated|infused)\b")


# 'No CRS was seen in 14 of 20': those are the ones without it.
_DENIED_IN = re.compile(
    rf"(?:^|[.;:,]\s*|\b(?:and|but|with|while)\s+)(?:there\s+was\s+)?no\s+(?:evidence\s+of\s+|{GRADE}+\s+|[\w-]+\s+){{0,3}}{CONCEPT}+(?:\s*(?:,|or|and)\s*(?:{GRADE}+\s+)?{CONCEPT}+)*\s+(?:events?\s+)?(?:(?:was|were)\s+)?(?:observed|seen|noted|reported|recorded|occurred|developed|found|present)?\s*(?:in|by)\s+(?:only\s+)?$"
)


def denied_in(skeleton: str, q: Quantity, start: int) -> bool:
    """Whether a figure counts those in whom something was not seen."""
    return q.kind == "proportion" and bool(_DENIED_IN.search(skeleton[max(0, start - 160) : start]))


# 'a population of 61 infused patients', 'no fewer than in those who progressed': whom the figures are of.
_GROUP_OF = re.compile(r"\b(?:populations?|cohorts?|groups?|sets?|series|subsets?|samples?)\s+of\s+(?:the\s+|all\s+)?$")
_AS_IN = re.compile(r"\s*(?:as|than)\s+in\b")
# 'the median SLEDAI score after 3 months was 0': points of a scale.
_SCORED = re.compile(
    r"\b(?:scores?|scales?|index|indices|sledai[\w-]*|das28|madrs|edss|mg-?adl|qmg|titers?|titres?|points?|levels?)\b[^.;]{0,70}?"
    r"\b(?:was|were|of|to|from|by|at)\s+$"
)
# '22 patients responded and 9 did not.'
_DID_NOT = re.compile(rf"\s*(?:(?:{PEOPLE})\s+)?(?:did|do|had|was|were)\s+not\s*(?:[.;,)]|$)")
_IN_A_BRACKET = re.compile(r"\d\s*\(\s*$")  # 'was 0 (2)': a number with its spread
_OF_MEDIAN = re.compile(
    r"\b(?:median|mean|average)\b(?:\s*\([^()]*\))?(?:\s+(?!of\b|was\b)[\w-]+){0,9}?(?:\s+of|\s+was|\s+were)\s+$"
)


def no_value(folded: str, skeleton: str, q: Quantity, start: int, previous_end: int) -> bool:
    """Whether a bare count only tells whom the figures are of. `previous_end`: where the figure before ends."""
    if not q.bare:
        return False
    if q.eq and _EVALUABLE_FOR.search(folded, 0, start):
        return True
    if _DID_NOT.match(folded, q.n_end):
        return True
    before = folded[max(0, start - 130) : start]
    if _IN_A_BRACKET.search(before) and folded[q.n_end : q.n_end + 1] == ")" and not q.eq:
        return True
    if not q.noun and (_SCORED.search(before) or _OF_MEDIAN.search(before) or _AS_IN.match(folded, q.n_end)):
        return True
    if _GROUP_OF.search(before) or _NOBODY.search(folded, 0, start):
        return True
    if not q.noun:
        return False
    if _AMONG.search(folded, 0, start) and _INCLUDED.match(folded, q.n_end):
        return True  # 'toxic effects among the 128 patients included neutropenia in 117'
    told = folded[previous_end - 1 : previous_end + 1].strip()[-1:] if previous_end else ""
    return (
        told in ("%", ")", "]")
        and bool(told)
        and bool(_AGAIN.match(skeleton[previous_end:start]))
        and bool(_EVALUABLE.match(folded, q.n_end))
    )


# '25% had no CRS', '14 patients (35%) remained free of infection'
_HAD_NONE = re.compile(
    rf"[\])%\s]*(?:(?:of\s+)?(?:the\s+|all\s+)?(?:\w+\s+)?(?:{PEOPLE})\s*)?(?:\([^()]{{0,30}}\)\s*)?(?:who\s+)?"
    r"(?:(?:had|have|developed|experienced|suffered|showed|remained|were|stayed|with)\s+(?:no\b|neither\b|free\s+(?:of|from)\b|without\b)"
    r"|without\b|did\s+not\s+(?:have|develop|experience|suffer|show)\b)"
)
# 'CRS was not observed in 40%', 'CRS was absent in 12'
_NOT_SEEN_IN = re.compile(
    r"\b(?:(?:was|were)\s+not\s+(?:observed|seen|reported|noted|recorded|detected|found|documented|present)|did\s+not\s+(?:occur|develop|appear)"
    r"|(?:was|were)\s+absent)\s+in\s+(?:only\s+|about\s+|the\s+(?:(?:remaining|other)\s+)?|these\s+|those\s+|another\s+)?$"
)
_DENIED_NEXT = re.compile(r"\s*(?:[\w≥>/'’-]+\s+){0,3}")


def of_those_without(folded: str, mention: Mention, q: Quantity, mentions: list[Mention]) -> bool:
    """Whether a figure counts those who did not have the event."""
    if mention.kind != "events" or q.none or q.n == 0 or q.percent == 0:
        return False
    had_none = _HAD_NONE.match(folded, q.end)
    if had_none:
        denied = next((m for m in mentions if m.kind == "events" and m.start >= had_none.end()), None)
        near = denied is not None and _DENIED_NEXT.fullmatch(folded, had_none.end(), denied.start)
        # 'CRS occurred in 30% without ICANS' tells of CRS, '30% had no ICANS' does not.
        bare = had_none[0].split()[-1] == "without" and mention.start < q.start
        return near is not None and denied is not None and (not bare or denied.name == mention.name)
    if mention.end > q.start:
        return False
    return bool(_NOT_SEEN_IN.search(folded[mention.end : q.start]))


__all__ = ["denied_in", "no_value", "of_those_without"]
