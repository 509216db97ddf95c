"""Figures within figures and endpoints taken up again: 'ORR (CR rate) was 86% (69%)', 'at 3 months, they were …'."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise

from extract.checks import same_percent
from extract.clause import Clause
from extract.concepts import Mention
from extract.link_words import AGAIN, LIST
from extract.links import CONCEPT, GRADE, TIME, ConceptRun, Link, ValueRun
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


def repeat_times(clause: Clause) -> None:
    """'EFS was 73% at 6 and 50% at 12 months; OS was 90% and 76%': the times of the list before hold again."""
    groups: list[list[Link]] = []
    for link in sorted(
        (one for one in clause.links if one.quantity is not None and one.quantity.kind == "proportion"),
        key=lambda one: one.quantity.start if one.quantity is not None else 0,
    ):
        if groups and groups[-1][0].mention.name == link.mention.name and groups[-1][0].mention.kind == "survival":
            groups[-1].append(link)
        else:
            groups.append([link])
    for before, after in pairwise(groups):
        k = len(before)
        first, last = after[0].quantity, after[-1].quantity
        if (
            k < 2
            or k != len(after)
            or {before[0].mention.kind, after[0].mention.kind} != {"survival"}
            or len({one.time for one in before}) != k
            or len({one.time for one in after}) != 1
            or first is None
            or last is None
            or after[0].mention.start < max(one.quantity.end for one in before if one.quantity is not None)
            or any(after[0].mention.start - 24 <= t.start <= last.end + 30 for t in _apart(clause, before))
            or re.search(r"\b(?:vs|versus|in|with|for|than)\b", clause.skeleton[first.end : last.start])
        ):
            continue
        for link, told in zip(after, before, strict=True):
            link.time = told.time


def _apart(clause: Clause, before: list[Link]) -> list[Quantity]:
    """Times that do not stand with the values before."""
    upto = max(max(one.end, one.quantity.end) for one in before if one.quantity is not None)
    return [t for t in clause.times if t.start > upto + 14]


_MIXED = {"response", "survival", "events"}


def mixed_lists(clause: Clause, runs: list[ConceptRun], values: list[ValueRun]) -> list[ConceptRun]:
    """'ORR, CR, 1-year PFS and 1-year OS were 78%, 53%, 44% and 62%': one list of endpoints of both kinds."""
    out = list(runs)
    for value in values:
        k = len(value.items)
        if k < 3 or any(q.kind != "proportion" or q.bare for q in value.items):
            continue
        upto = next((i for i in range(len(out) - 1, -1, -1) if out[i].end <= value.start), -1)
        first, items = upto, list(out[upto].items) if upto >= 0 else []
        while (
            first > 0
            and len(items) < k
            and LIST.match(clause.skeleton[out[first - 1].end : out[first].start])
            and not any(out[first - 1].start <= q.start < out[first].end for q in clause.values)
        ):
            first -= 1
            items = [*out[first].items, *items]
        if (
            upto > first
            and len(items) == k
            and {m.kind for m in items} <= _MIXED
            and len({(m.kind, m.name) for m in items}) == k
        ):
            out[first : upto + 1] = [ConceptRun(items, out[first].start, out[upto].end)]
    return out


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


_NEW_CLAUSE = re.compile(r"[\])%\s]*[;,]\s*(?:and\s+|but\s+)?")


_OF_GROUPS = re.compile(r"[\])%\s]*,?\s*(?:with|in|for|among|of|after|at)\s")


def event_again(clause: Clause, run: ValueRun, previous_end: int, event: Mention | None) -> Mention | None:
    """The event of the sentence before, where this one opens with a pronoun for it and gives shares of groups."""
    since, grades = clause.skeleton[: run.start], clause.carried.grades
    if previous_end:  # 'NRM was 5.9%; by disease it was 9.2% in …'
        last = clause.links[-1] if clause.links else None
        opened = _NEW_CLAUSE.match(clause.skeleton, previous_end)
        if last is None or opened is None or ";" not in opened[0]:
            return None
        event, since, grades = last.mention, clause.skeleton[opened.end() : run.start], (last.grade or "any",)
    if (
        event is None
        or event.kind != "events"
        or event.name in ("AE", "SAE", "all-cause death")
        or len(since) > 110
        or CONCEPT in since
        or GRADE in since
        or any(q.kind != "proportion" or q.percent is None for q in run.items)
        or len(set(grades)) > 1
        or not _EVENT_AGAIN.match(since)
        or (len(run.items) > 1 and not any(run.joints) and not _OF_GROUPS.match(clause.skeleton, run.end))
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


__all__ = ["bracket_pairs", "event_again", "join_restated", "mixed_lists", "repeat_times", "spread_times", "told_again"]
