"""Figures within figures and endpoints taken up again: 'ORR (CR rate) was 86% (69%)', 'at 3 months, they were …'."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise

from extract.checks import same_percent
from extract.clause import Clause
from extract.concepts import Mention
from extract.link_words import AGAIN
from extract.links import CONCEPT, GRADE, TIME, Link, ValueRun
from extract.quantities import Quantity

_OPENS = re.compile(r"\s*(?:rates?\s*)?[(\[]\s*$")
_CLOSES = re.compile(r"\s*(?:rates?\s*)?[)\]]")
_RESTATED = re.compile(rf"[\])]?\s*[\[(]\s*(?:an?\s+|the\s+|overall\s+)?{CONCEPT}")
_BY_NAME = re.compile(r"[\[(]\s*(?:[a-z]{2,5}|overall\s+response)(?:\s+rates?)?\s*[,:=]?\s*(?:of\s+|was\s+)?$")
_LISTED = re.compile(r"\s*(?:,|and|,\s*and|or|&)\s*$")


def bracket_pairs(clause: Clause) -> list[tuple[Mention, Quantity]]:
    """For 'ORR (CR) was 86% (69%) in FL and 78% (55%) in DLBCL': every value with its endpoint."""
    skeleton = clause.skeleton
    for outer, inner in pairwise(clause.concepts):
        if (
            outer.kind != "response"
            or inner.kind != "response"
            or outer.name == inner.name
            or not _OPENS.match(skeleton[outer.end : inner.start])
            or not _CLOSES.match(skeleton[inner.end : inner.end + 12])
        ):
            continue
        following = next((c.start for c in clause.concepts if c.start >= inner.end), len(skeleton))
        values = [q for q in clause.values if inner.end <= q.start and q.end <= following]
        out: list[tuple[Mention, Quantity]] = []
        for first, second in pairwise(values):
            if first.percent is None or second.percent is None or any(first is q for _, q in out):
                continue
            if _OPENS.match(skeleton[first.end : second.start]) and _CLOSES.match(skeleton[second.end :]):
                out += [(outer, first), (inner, second)]
        return out
    return []


def spread_times(clause: Clause) -> None:
    """As many times as outer values and as values in their brackets: one time for each pair."""
    lists = _time_lists(clause)
    if len(lists) != 1:
        return
    times, end = lists[0]
    groups: dict[str, list[Link]] = defaultdict(list)
    for link in clause.links:
        if link.mention.kind == "response" and link.quantity is not None and link.quantity.start >= end:
            groups[link.mention.name].append(link)
    matching = [g for g in groups.values() if len(g) == len(times) and len({one.time for one in g}) == 1]
    inside = [g for g in matching if all(clause.in_bracket(one.quantity.start) for one in g if one.quantity)]
    if len(matching) < 2 or not inside or len(groups) != len(matching):
        return
    for group in matching:
        for link, time in zip(group, times, strict=True):
            link.time = time


def join_restated(clause: Clause) -> None:
    """'Seven of 12 achieved a response (ORR 58%)': count and percent of one figure, each with its endpoint."""
    out: list[Link] = []
    for link in clause.links:
        last, q = out[-1] if out else None, link.quantity
        if (
            last is not None
            and q is not None
            and last.quantity is not None
            and last.mention.name == link.mention.name
            and link.mention.kind == "response"
            and last.quantity.n is not None
            and last.quantity.percent is None
            and q.percent is not None
            and q.n is None
            and 0 <= q.start - link.mention.end < 30
            and (
                _BY_NAME.search(clause.folded, last.mention.start, q.start)
                if last.mention is link.mention
                else _RESTATED.match(clause.skeleton, max(last.mention.end, last.quantity.end))
            )
            and (last.quantity.total is None or same_percent(last.quantity.n, last.quantity.total, q.percent))
        ):
            last.quantity.percent, last.quantity.ci, last.quantity.tail = q.percent, q.ci, q.end
            last.end = max(last.end, q.end)
            continue
        out.append(link)
    clause.links[:] = out


def told_again(
    clause: Clause, run: ValueRun, previous_end: int, told: tuple[tuple[Mention, ...], ...]
) -> list[Mention]:
    """The endpoints that a pronoun takes up: '…; at 3 months, they were 60% and 43%'. `told` are those of earlier values."""
    since = clause.skeleton[previous_end : run.start]
    if (
        not told
        or run.items[0].kind != "proportion"
        or run.items[0].bare
        or len(since) > 140
        or CONCEPT in since
        or GRADE in since
        or not AGAIN.search(since)
    ):
        return []
    k, names = len(run.items), list(told[-1])
    if len(names) != k and k > 1:
        singly = [group[0] for group in told[-k:] if len(group) == 1]  # 'ORR was 65% and CR 44%; …, they were'
        if len({m.name for m in singly}) == k or len(names) > 1:
            names = singly
    if len(names) not in (1, k) or (k == 1 and len(names) > 1) or len({m.name for m in names}) < len(names):
        return []
    return names


# 'By product it was 2.0% …', 'Their 1-year incidence was 32% …', 'Rates were 28%, 5% and 10% with …'
_EVENT_AGAIN = re.compile(
    rf"^\s*(?:results:\s+)?(?:(?:by|per|according\s+to|in|for|with|among|at|after|within|over)\s+[^.;:()]{{1,60}}?,?\s+)?(?:it|this|(?:the(?:ir)?|its|these|corresponding)\s+(?:(?:{TIME}+|(?:\d+-(?:day|month|year)|cumulative|estimated|overall|crude|corresponding|respective|observed|pooled|actuarial|actual))\s+){{0,3}}?(?:rates?|incidences?|frequenc(?:y|ies)|figures?|proportions?|percentages?)|(?:cumulative\s+)?(?:rates?|incidences?))(?:\s+by\s+[\w\s-]{{1,20}}?)?\s+(?:was|were)\s+(?:only\s+|about\s+)?$"
)


def event_again(clause: Clause, run: ValueRun, previous_end: int, event: Mention | None) -> Mention | None:
    """The event of the sentence before, where this one opens with a pronoun for it and gives shares of groups."""
    since = clause.skeleton[: run.start]
    if (
        event is None
        or event.kind != "events"
        or event.name in ("AE", "SAE", "all-cause death")
        or previous_end
        or len(since) > 110
        or CONCEPT in since
        or GRADE in since
        or any(q.kind != "proportion" or q.percent is None for q in run.items)
        or len(set(clause.carried.grades)) > 1
        or not _EVENT_AGAIN.match(since)
    ):
        return None
    return event


def _time_lists(clause: Clause) -> list[tuple[list[str], int]]:
    lists = [(list(t.times), t.end) for t in clause.times if len(t.times) > 1]
    chain: list[Quantity] = []
    for t in [*(t for t in clause.times if len(t.times) == 1), None]:
        if t is not None and chain and _LISTED.match(clause.skeleton[chain[-1].end : t.start]):
            chain.append(t)
            continue
        if len(chain) > 1:
            lists.append(([c.times[0] for c in chain], chain[-1].end))
        chain = [t] if t is not None else []
    return lists


__all__ = ["bracket_pairs", "event_again", "join_restated", "spread_times", "told_again"]
