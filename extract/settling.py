"""An abstract's counts read together: a number keeps the role that was told best."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract import roles
from extract.counting import Count
from extract.parts import WHOLE, compares, part_of_whole, side_by_side, wholes
from models.study import StudyType

_ABSTRACT = 4  # sentences; fewer are an excerpt, whose largest group need not be the cohort
_WITH_DISEASE = re.compile(rf"\s+with\s+(?:[\w/+-]+\s+){{0,3}}?{roles.DISEASE}")
_CONSECUTIVE = re.compile(
    r"\b(?:consecutive|all|our|adult|unselected)\s+(?:adult\s+)?(?:patients|children|adults)\s+with\s[^;:.]{0,120}$"
)
# 'in the nine patients treated under the revised protocol', of all who were treated
_PARTICIPLE = re.compile(
    r"\b(?:in|of|among|for)\s+the\s+[\w-]+\s+(?:(?!were\b|was\b|who\b)[\w-]+\s+){0,3}(?:treated|infused|dosed)$"
)
_WHO = re.compile(r"\s+(?:who|in\s+whom|whose|with(?:out)?)\b")
_HAD = re.compile(r"\b(?:had|were|was|have|has)\b")
_DRAWN = {"matched", "assessed-in"}  # drawn from a cohort that is larger
_WEAK = {"title-count", "n-equals-all", "topic", "topic-subgroup", "denominator-adjective", "case"}


def settle(
    levels: Sequence[Sequence[Count]], kind: StudyType, title: str, texts: Sequence[str] = ()
) -> list[list[Count]]:
    """Counts of all sentences, read together: a number keeps the role that was told best.

    `texts`: the folded sentences, where groups are to be told from arms.
    """
    compared = compares(title.lower(), texts)
    if texts:
        known_cohorts = wholes(levels)
        levels = [
            part_of_whole(level, text, known_cohorts, compared=compared)
            for level, text in zip(levels, texts, strict=True)
        ]
        if compared:
            levels = [side_by_side(level, text) for level, text in zip(levels, texts, strict=True)]
    if kind == "meta_analysis":
        levels = [
            [_pooled(c, text) for c in level] for level, text in zip(levels, texts or [""] * len(levels), strict=True)
        ]
    levels = [[_whole_of_arms(c, level) for c in level] for level in levels]
    told: dict[int, Count] = {}
    for count in (c for level in levels for c in level):
        if count.role and count.rule not in _WEAK and count.n > 1:
            told.setdefault(count.n, count)
    named = {c.n: c.role for level in levels for c in level if c.rule == "denominator-adjective" and c.role}
    most = max(
        (
            c.n
            for level in levels
            for c in level
            if c.role in ("treated", "enrolled") and c.rule not in ("topic", "title-count")
        ),
        default=0,
    )
    most_treated = max((c.n for level in levels for c in level if c.role == "treated"), default=0)
    titled = max((c.n for level in levels for c in level if c.rule == "title-count"), default=0)
    # An abstract that gives its cohort only as a denominator: '10 of 56 patients with CNS lymphoma'.
    stated = max((c.n for level in levels for c in level if c.role in WHOLE and c.rule not in _DRAWN), default=0)
    widest = max((c.n for level in levels for c in level if c.rule == "denominator"), default=0)
    heads = {
        id(c)
        for level, text in zip(levels, texts, strict=False)
        for c in level
        if (c.rule == "described-group" and not _HAD.search(text, c.start, c.end))
        or (c.rule == "n-equals" and c.role == "subgroup" and _CONSECUTIVE.search(text, 0, c.end))
    }
    described = max((c.n for level in levels for c in level if id(c) in heads), default=0)
    largest = max((c.n for level in levels for c in level if c.role), default=0)
    whole_abstract = len(texts) >= _ABSTRACT
    seen_in = max((c.n for level in levels for c in level if c.rule == "rest-in"), default=0)
    only_denominator = (
        whole_abstract and widest > 3 and widest > stated and kind not in ("meta_analysis", "case_report")
    )
    out: list[list[Count]] = []
    for level, text in zip(levels, texts or [""] * len(levels), strict=True):
        row = []
        for c in level:
            if only_denominator and c.rule == "denominator" and c.n == widest:
                c = replace(c, role="treated")
            elif c.rule == "denominator" and c.n < stated and c.n not in told and _WITH_DISEASE.match(text, c.end):
                c = replace(c, role="subgroup")
            if whole_abstract and not stated and id(c) in heads and c.n == described == largest > 3:
                c = replace(c, role="treated", rule="largest-group")
            if whole_abstract and c.rule == "rest-in" and c.n == seen_in > max(stated, largest, widest, 9):
                c = replace(c, role="treated")
            if not c.role:
                continue
            known = told.get(c.n)
            if c.n == 1 and c.role not in ("subgroup", "arm") and (kind != "case_report" or most > 1 or titled > 1):
                continue
            if c.rule in ("topic", "n-equals-all") and known is None and c.n < most:
                c = replace(c, role="subgroup")
            if c.rule == "adjective-treated" and kind == "meta_analysis" and "recipients" in text[c.start : c.end]:
                c = replace(c, role="enrolled")
            if c.rule in ("therapy-in", "tolerated-in") and c.n < (widest if only_denominator else stated):
                c = replace(c, role="subgroup")
            if c.rule in ("n-equals-studies", "there-were", "first-patients") and c.n < most:
                c = replace(c, role="subgroup")
            tail = text[c.end : c.end + 20]
            if c.rule == "enrolled-before" and c.n < most and text[: c.start].endswith(" the ") and _WHO.match(tail):
                c = replace(c, role="subgroup")
            if (
                c.rule == "treated-after"
                and c.n < most_treated
                and _PARTICIPLE.search(text, max(0, c.start - 12), c.end)
            ):
                if re.match(r"\s+(?:under|for|on|during|before|after|within|in)\b", tail):
                    c = replace(c, role="subgroup")
            if c.rule == "enrolled-before" and known is not None and text[: c.start].endswith(("these ", "those ")):
                c = replace(c, role=known.role)
            if c.rule == "reports" and kind == "meta_analysis":
                continue
            if c.rule in ("n-equals", "product-group") and c.n == most and known is not None and known.role in WHOLE:
                c = replace(c, role=known.role)
            if (
                c.rule in ("title-count", "topic", "topic-subgroup", "adjective-treated", "n-equals-all")
                and known is not None
            ):
                c = replace(c, role=known.role)
            elif c.rule == "therapy-in" and c.n in named:
                c = replace(c, role=named[c.n])  # 'a trial of CAR T cells in 34 …; 24 of the 34 enrolled patients'
            elif c.rule == "product-group" and compared:
                c = replace(c, role="arm")
            row.append(c)
        out.append(row)
    return out


def _whole_of_arms(c: Count, level: Sequence[Count]) -> Count:
    """'156 were allocated to A (n = 104) or B (n = 52)': the number that its arms add up to is no arm itself."""
    others = [o.n for o in level if o.role in ("arm", "subgroup") and o is not c and o.start >= c.start]
    if c.rule in ("assigned-arm", "labelled-group") and len(others) > 1 and sum(others) == c.n:
        return replace(c, role="enrolled", rule="whole-of-arms")
    return c


def _pooled(c: Count, text: str) -> Count:
    """A meta-analysis includes patients whom others treated or analysed."""
    if c.rule in ("treated-after", "title-count", "included-in-analysis", "treated-before"):
        return replace(c, role="enrolled")
    if c.rule == "analysed-after" and "analy" in text[c.start : c.end]:
        return replace(c, role="enrolled")
    return c


__all__ = ["settle"]
