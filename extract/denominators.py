"""Denominators: the N of a result that its own words leave out, filled only where it is certain.

Certain is: the words point to it ('five of them', 'of whom 22', 'Of 36 children …, 33'), or n and percent
are printed and n/N rounds to that percent for an N that the abstract states. Filled ones are marked inferred.
"""

from __future__ import annotations

import re

from extract.checks import same_percent
from extract.concepts import ANTIGEN_POSITIVE
from extract.links import Link
from extract.quantities import PEOPLE, Quantity
from extract.reading import Reading

_OF_THEM_AFTER = re.compile(r"^\s*(?:\([^()]*\)\s*)?(?:[\w-]+\s+)?of\s+(?:them|whom|these|those|which)\b")
_OF_THEM_BEFORE = re.compile(
    r"(?:\b(?:of|among|in)\s+(?:whom|these|them|those|which)\b(?:\s+(?:patients|responders|children|relapses|participants))?\s*,?\s*(?:[\w-]+\s+){0,3}?|\bincluding\s+|\bwith\s+loss\s+of\s+[\w\s]{2,20}\bin\s+)$"
)
_IN_SET = re.compile(
    r"^(?:as\s+[\w\s]{1,24},\s*)?(?:in|across|among|for|within)\s+(?:the\s+)?[^,;.]{1,80}\(\s*(?:k\s?=\s?\d+\s*[;,]\s*)?$"
)
# '…: all patients (N = 236), 89% and 70%; those given X (n = 191), 94%': a group opens the clause, figures follow.
_GROUP_LEADS = re.compile(r"(?:^|[;:]\s*(?:and\s+)?)(?:[^;:,()]|\([^()]*\)){3,90}\(\s*$")
_LED_BY_GROUP = re.compile(r"^\s*[,:]\s*(?:[\d.]+\s?%\s*(?:\([^()]*\)\s*)?(?:,|and|,\s*and)\s*){0,3}$")
# 'the rate among treated patients (N = 55) in phase 2 was 71%'
_IN_GROUP = re.compile(
    rf"\b(?:in|among|for|of)\s+(?:the\s+|all\s+)?(?:[\w-]+\s+){{0,6}}?(?:{PEOPLE}|group|cohort|population|set|arm)\s*(?:[\w-]+\s+){{0,5}}\(\s*$"
)
_WAS = re.compile(r"^\s*(?:in\s+(?:[\w-]+\s+){1,4})?(?:was|were|:|,)\s*(?:only\s+|as\s+high\s+as\s+)?$")
_TOPIC = re.compile(
    r"(?:^|[,;:.]\s*|\band\s+)(?:of|among|amongst|out\s+of|in|for)\s+(?:the\s+|these\s+|all\s+|those\s+|our\s+)*$"
)


def denominators(readings: list[Reading]) -> dict[int, int]:
    """For links without a denominator: id of the link -> its certain N."""
    stated = _stated(readings)
    found: dict[int, int] = {}
    last: Quantity | None = None
    for reading in readings:
        sentence = reading.sentence.folded
        counted = [q for q in reading.quantities if q.kind == "proportion" and q.n is not None]
        for link in reading.links:
            q = link.quantity
            if q is None or q.kind != "proportion" or q.total is not None:
                continue
            if q.n is None:
                total = _topic(sentence, q, reading.quantities)
                if total and q.percent is not None and same_percent(round(q.percent * total / 100), total, q.percent):
                    found[id(link)] = int(total)
                continue
            total = (
                _pointed(sentence, q, counted, last)
                or _of_relapses(reading, link)
                or _topic(sentence, q, counted)
                or _parts(reading, link)
                or _infused(reading, q)
            )
            if total is not None and q.n <= total and (q.percent is None or same_percent(q.n, total, q.percent)):
                found[id(link)] = int(total)
            elif q.percent is not None:
                total = _by_arithmetic(q, counted, stated)
                if total is not None:
                    found[id(link)] = total
        if counted:
            last = counted[-1]
    return found


_PARTS = frozenset({"CR", "sCR", "CRi", "VGPR", "PR", "SD", "PD", "NR"})


def _of_relapses(reading: Reading, link: Link) -> float | None:
    """'4 relapsed (2 CD19-positive, 2 CD19-negative)': the relapses in the bracket are of those before it."""
    if link.mention.name in (ANTIGEN_POSITIVE, "antigen-negative relapse") and link.quantity is not None:
        opened = reading.sentence.folded.rfind("(", 0, link.quantity.start)
        if opened >= 0 and ")" not in reading.sentence.folded[opened : link.quantity.start]:
            host = [
                o.quantity
                for o in reading.links
                if o.quantity is not None and o.mention.name == "relapse" and o.quantity.n and o.end <= opened
            ]
            if host and (link.quantity.n or 0) <= (host[-1].n or 0):
                return host[-1].n
    return None


def _parts(reading: Reading, link: Link) -> float | None:
    of_all = [
        o.quantity.total
        for o in reading.links
        if o is not link
        and o.quantity is not None
        and o.quantity.all
        and o.mention.name == link.mention.name
        and o.end <= link.end
    ]
    if of_all and link.quantity is not None and link.quantity.bare and (link.quantity.n or 0) <= (of_all[0] or 0):
        return of_all[0]  # 'All six had CRS, of grade 1 in three'
    return _parts_of_response(reading, link)


def _parts_of_response(reading: Reading, link: Link) -> float | None:
    """'7 of 21 responded, 2 with CR and 5 with PR'; '21 were evaluable: 4 PR, 11 SD and 6 PD': one denominator."""
    q = link.quantity
    if q is None or not q.bare or link.mention.name not in _PARTS:
        return None
    whole = [
        o.quantity
        for o in reading.links
        if o.quantity is not None
        and o.mention.name in ("ORR", *_PARTS)
        and o.quantity.total
        and o.quantity.end <= q.start
    ]
    if whole:
        return whole[0].total
    parts = [
        o.quantity.n or 0
        for o in reading.links
        if o.quantity is not None and o.quantity.bare and o.mention.name in _PARTS
    ]
    return next(
        (c.n for c in reading.quantities if c.bare and c.n == sum(parts) and len(parts) > 1 and c.end <= q.start), None
    )


def _infused(reading: Reading, q: Quantity) -> float | None:
    """'Nine infants were infused and seven entered CR': of those treated or evaluable in the same sentence."""
    if not q.bare:
        return None
    wider = [
        c
        for c in reading.cohorts
        if c.role in ("treated", "evaluable") and c.end <= q.start and q.n is not None and c.n >= q.n
    ]
    return wider[-1].n if wider and ";" not in reading.sentence.folded[wider[-1].end : q.start] else None


def _stated(readings: list[Reading]) -> list[int]:
    """Cohort sizes and denominators that the abstract states, in order of first mention."""
    sizes: dict[int, None] = {}
    # Results are told of those treated or evaluable sooner than of all who were enrolled.
    for roles in (("treated", "evaluable"), ("enrolled", "screened", "arm", "subgroup")):
        for count in (c for reading in readings for c in reading.cohorts if c.role in roles):
            if count.n > 1:
                sizes.setdefault(count.n, None)
    for reading in readings:
        for q in reading.quantities:
            if q.kind == "proportion" and q.total:
                sizes.setdefault(int(q.total), None)
    return list(sizes)


def _pointed(sentence: str, q: Quantity, counted: list[Quantity], last: Quantity | None) -> float | None:
    before = sentence[max(0, q.start - 60) : q.start]
    if not (_OF_THEM_AFTER.match(sentence[q.n_end : q.n_end + 40]) or _OF_THEM_BEFORE.search(before)):
        return None
    earlier = [o for o in counted if o.end <= q.start and o.n is not None and q.n is not None and o.n >= q.n]
    if earlier:
        return earlier[-1].n
    if before.rstrip().endswith("including"):
        return None  # what it is a part of stands in the same sentence
    return last.n if last is not None and last.n is not None and q.n is not None and last.n >= q.n else None


def _topic(sentence: str, q: Quantity, counted: list[Quantity]) -> float | None:
    topics = [
        o for o in counted if o.end <= q.start and o.bare and _TOPIC.search(sentence[max(0, o.start - 20) : o.start])
    ]
    if topics:
        between = sentence[topics[-1].end : q.start]
        return topics[-1].n if not re.search(r"[;.]\s", between) and len(between) < 160 else None
    return _sized_group(sentence, q, counted)


def _sized_group(sentence: str, q: Quantity, counted: list[Quantity]) -> float | None:
    """The size in the brackets of the group that a figure is told of: 'among treated patients (N = 55) it was 71%'."""
    sized = [o for o in counted if o.end <= q.start and o.eq and o.bare]
    if not sized:
        return None
    size = sized[-1]
    close = sentence.find(")", size.end - 1, q.start)
    if close < 0:
        return None
    between, before = sentence[close + 1 : q.start], sentence[: size.start]
    if _IN_SET.match(before) and len(sized) == 1:
        return size.n if not re.search(r"[;.]\s", between) and len(between) < 260 else None
    if _LED_BY_GROUP.match(between) and _GROUP_LEADS.search(before):
        return size.n
    return size.n if _WAS.match(between) and _IN_GROUP.search(before) else None


def _by_arithmetic(q: Quantity, counted: list[Quantity], stated: list[int]) -> int | None:
    n, percent = q.n, q.percent
    if n is None or percent is None:
        return None
    near = [int(o.total) for o in reversed(counted) if o is not q and o.total] + [
        int(o.n) for o in reversed(counted) if o is not q and o.n is not None and o.n >= n
    ]
    for total in near:
        if total >= max(n, 2) and same_percent(n, total, percent):
            return total
    fit = [total for total in stated if total >= max(n, 2) and same_percent(n, total, percent)]
    return fit[0] if len(fit) == 1 else None  # where two sizes fit, neither is certain


__all__ = ["Link", "denominators"]
