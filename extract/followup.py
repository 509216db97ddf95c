"""Follow-up: how long patients were observed, as a median (or mean) with its range."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.quantities import Quantity

_BEFORE = re.compile(
    r"(?:(?:follow[\s-]*up|f/u|fu\b)(?:\s+(?:time|duration|period|interval))?(?:\s+(?:of|among|for|in|from|after)\s+(?!a\s+median)[^.;,\d]{0,50}?(?:\d{1,4}\s+(?:(?!median|was\b)[a-z-]+\s+){1,4}?)?)?\s*(?:\([^()\d]*\)\s*)?(?:was|is|of|for|:|,|=|at|from\s+infusion\s+was|reached|after\s+infusion\s+was|\()?\s*(?:a\s+)?(?:median\s+|mean\s+)?(?:of\s+|duration\s+of\s+|was\s+|at\s+|:\s*)?(?:approximately\s+|only\s+|over\s+|>\s*)?"
    r"|(?:^|[,;:]\s*)(?:after|with|over)\s+a\s+(?:median|mean)\s+(?:of\s+|time\s+of\s+|observation\s+(?:time|period)\s+of\s+)"
    r"|(?:median|mean)\s+(?:observation|surveillance)(?:\s+(?:time|period|duration))?\s*(?:was|of|,|:)\s*"
    r"|followed\s+(?:up\s+)?for\s+(?:a\s+median\s+of\s+)?)$"
)
_AFTER = re.compile(r"^[\])\s]*(?:of\s+)?(?:median\s+|mean\s+|on-study\s+|clinical\s+)?(?:of\s+)?follow[\s-]*up")
_NOT = re.compile(r"(?:lost\s+to|without|scheduled|planned|minimum\s+of|at\s+least)\s*[^.;]{0,12}$")


@dataclass(frozen=True, slots=True)
class FollowUpTime:
    """A follow-up with its quantity and the span that states it."""

    quantity: Quantity
    start: int
    end: int
    rule: str


def read_followup(folded: str, quantities: list[Quantity]) -> list[FollowUpTime]:
    """Follow-up statements of one sentence."""
    out = []
    for q in quantities:
        if q.kind not in ("duration", "time", "decimal"):
            continue
        before = folded[max(0, q.start - 110) : q.start]
        m = _BEFORE.search(before)
        if m and not _NOT.search(before[: m.start()]):
            if m[0].startswith(("follow", "f/u", "fu")) or re.match(
                r"(?:[,;:]\s*)?followed|(?:[,;:]\s*)?(?:after|with|over)\s+a\s+(?:median|mean)|(?:median|mean)\s+(?:obs|surv)",
                m[0],
            ):
                if not m[0].startswith(("follow", "f/u", "fu")) and re.search(
                    r"\b(?:lines|therap|cycles)\b", folded[q.end : q.end + 20]
                ):
                    continue
                start = max(0, q.start - 110) + m.start()
                lead = re.search(r"(?:median|mean)\s+(?:[\w-]+\s+){0,2}$", folded[max(0, start - 30) : start])
                out.append(FollowUpTime(q, start - len(lead[0]) if lead else start, q.end, "followup"))
        elif after := _AFTER.match(folded[q.end : q.end + 80]):
            out.append(FollowUpTime(q, q.start, q.end + after.end(), "followup-after"))
    return out
