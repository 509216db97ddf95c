"""Follow-up: how long patients were observed, as a median (or mean) with its range."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.numbers import NUM, number
from extract.quantities import Quantity

_WATCH = r"(?:follow[\s-]*up|f/u|fu\b|observation|surveillance)"
_MIDDLE = r"(?:median|mean)"
# What may stand between the word and its figure, part by part, each once.
_KIND = r"(?:\s+(?:times?|durations?|periods?|intervals?|length))?"
_HOW = (
    r"(?:\s*,\s*(?:estimated|calculated|assessed|determined|measured|as\s+estimated)\s[^.;,\d]{0,50},|\s*\([^()\d]*\))?"
)
_WHOM = (
    r"(?:\s+(?:of|among|for|in|from|after|since|to|until)\s+(?!an?\s+(?:median|mean)|\d)[^.;,\d]{0,60}?"
    r"(?:\d{1,4}\s+(?:(?!median|was\b)[a-z-]+\s+){1,4}?)?)?"
)
_IS = (
    r"\s*(?:was|is|were|being|of|for|lasted|reached|extend(?:s|ed)\s+to|now\s+extends\s+to|totall?ed|:|,|=|at"
    r"|from\s+infusion\s+was|after\s+infusion|\()?\s*(?:an?\s+)?"
)
_OF = rf"(?:{_MIDDLE}\s*)?(?:,\s*|of\s+|duration\s+of\s+|was\s+|at\s+|:\s*|time\s+of\s+)?(?:approximately\s+|about\s+|only\s+|over\s+|>\s*)?"
# Each row: rule, pattern that ends where the figure starts.
_BEFORE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (rule, re.compile(rf"{pattern}$"))
    for rule, pattern in (
        ("followup", rf"{_WATCH}{_KIND}{_HOW}{_WHOM}{_HOW}{_IS}{_OF}"),
        (
            "followed-for",
            rf"\b(?:followed|observed|monitored|tracked)\b(?:\s[^.;]{{0,110}}?)?\sfor\s+(?:an?\s+(?:updated\s+|extended\s+)?{_MIDDLE}\s+(?:time\s+|period\s+)?(?:of\s+)?)",
        ),
        ("followed-for", r"\bfollowed\s+(?:up\s+)?for\s+"),
        ("time-watched", rf"\bobservation\s+(?:now\s+)?(?:extends?|extended)\s+to\s+a\s+{_MIDDLE}\s+of\s+"),
        ("followed-with-a-median", rf"\bfollow(?:ed|[\s-]*up)\b[^.;]{{0,90}}?\bwith\s+an?\s+{_MIDDLE}\s+(?:of\s+)?"),
        ("after-a-median", rf"^(?:[a-z]{{3,9}}:\s*)?(?:after|with|over)\s+an?\s+{_MIDDLE}\s+(?:of\s+|time\s+of\s+)"),
    )
)
# 'After a median of 24 months' tells the follow-up only where nothing else is counted from then.
_AFTER = re.compile(
    rf"^['’]?[\])\s-]*(?:of\s+)?(?:{_MIDDLE}\s+|on-study\s+|clinical\s+|total\s+|overall\s+)*(?:of\s+)?follow[\s-]*up"
)
_NOT = re.compile(
    r"(?:lost\s+to|without|scheduled|planned|minimum|minimal|maximum|longest|shortest|at\s+least|up\s+to|last|latest|day-?\d*|pre-?specified)\s*(?:of\s+)?[^.;,(]{0,12}$"
)
_LAST = re.compile(r"(?:last|latest)\s*$")  # 'at last follow-up (median 8.7 months)'
_LINES = re.compile(r"\s*(?:prior\s+|previous\s+)?(?:lines|therap|cycles|infusions|doses)\b")
_RANGE_IN = re.compile(r"\s*(?:to|-|–)\s*\d")
_ANOTHER = re.compile(
    r"^[\])\s]*(?:\s*[\[(][^()\[\]]{0,50}[\])])?\s*(?:(?:in|for|among|with|of)\s+[^.;,()\d]{1,60}?)?(?:\s*\([^()]{0,40}\))?\s*"
    r"(?:,\s*and|,|and|vs\.?|versus|compared\s+(?:with|to))\s+(?:(?:for|in|among)\s+[^.;,()\d]{1,50}\s+)?(?:it\s+)?(?:was\s+|were\s+)?$"
)
_SPREAD = re.compile(
    rf"^[^.;()\d\[\]]{{0,40}}[\[(]\s*(?:(?:full\s+|interquartile\s+)?range|iqr)?\s*[:,]?\s*(?:[<>]\s?)?({NUM})\s*(?:-|–|—|to|,)\s*({NUM})\+?\s*(?:d|days?|weeks?|mo|months?|yr?s?|years?)?\s*[\])]"
)
_MEDIAN_AT = re.compile(rf"\b{_MIDDLE}\b[^.;]{{0,40}}$")
_REACH = 170


@dataclass(frozen=True, slots=True)
class FollowUpTime:
    """A follow-up with its quantity and the span that states it."""

    quantity: Quantity
    start: int
    end: int
    rule: str
    spread: tuple[float | None, float | None] | None = None  # a range printed further on


def read_followup(folded: str, quantities: list[Quantity]) -> list[FollowUpTime]:
    """Follow-up statements of one sentence."""
    out: list[FollowUpTime] = []
    for q in quantities:
        if q.kind not in ("duration", "time", "decimal"):
            continue
        found = _told(folded, q) or (_one_more(folded, out[-1], q) if out else None)
        if found is not None:
            out.append(found)
    return out


def _told(folded: str, q: Quantity) -> FollowUpTime | None:
    begin = max(0, q.start - _REACH)
    before = folded[begin : q.start]
    if "follow" in folded or "f/u" in folded or "observ" in folded or "surveillance" in folded or _begins(before):
        for rule, pattern in _BEFORE:
            m = pattern.search(before)
            if m is None or (rule == "after-a-median" and begin):
                continue
            lead = before[: m.start()]
            if _NOT.search(lead) and not (_LAST.search(lead) and re.search(rf"\b{_MIDDLE}\b", before)):
                return None
            if _RANGE_IN.match(folded, q.end) or _LINES.match(folded, q.end):
                return None
            head = re.search(rf"{_MIDDLE}\s+(?:[\w-]+\s+){{0,2}}$", lead[-30:])
            start = begin + m.start() - (len(head[0]) if head else 0)
            return _seen(folded, q, start, q.end, rule)
        after = _AFTER.match(folded[q.end : q.end + 60])
        if after and (re.search(_MIDDLE, after[0]) or _MEDIAN_AT.search(before)) and not _NOT.search(before):
            return _seen(folded, q, q.start, q.end + after.end(), "followup-after")
    return None


def _begins(before: str) -> bool:
    return len(before) < 60 and "a me" in before


def _seen(folded: str, q: Quantity, start: int, end: int, rule: str) -> FollowUpTime:
    spread = None
    if q.range is None and q.ci is None:
        m = _SPREAD.match(folded[q.end : q.end + 120])
        if m:
            spread, end = (number(m[1]), number(m[2])), max(end, q.end + m.end())
    return FollowUpTime(q, start, end, rule, spread)


def _one_more(folded: str, last: FollowUpTime, q: Quantity) -> FollowUpTime | None:
    """'… was 13.1 months for one group and 14.8 months for the other'."""
    gap = folded[last.quantity.end : q.start]
    if len(gap) > _REACH or q.kind != last.quantity.kind or not _ANOTHER.match(gap):
        return None
    return _seen(folded, q, last.start, q.end, "followup-of-another-group")


__all__ = ["FollowUpTime", "read_followup"]
