"""Counts of people in a sentence: which numbers may be one, and where their noun phrase ends."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extract import roles
from extract.quantities import Quantity


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people with its role, the rule that gave it and the span that states it."""

    role: str
    n: int
    rule: str
    strength: float
    start: int
    end: int


@dataclass(slots=True)
class Candidate:
    """A number that may count people. `np_end`: where its noun phrase ends; `phrase`: its words before the noun."""

    n: int
    start: int
    end: int
    np_end: int
    quantity: Quantity
    noun: str = ""
    phrase: str = ""
    eq: bool = False
    denominator: bool = False


_STOP_WORDS = (
    r"(?:had|has|have|having|was|were|are|is|be|been|with|without|in|on|at|by|for|from|to|who|whom|whose"
    r"|of|and|or|but|that|which|"
    r"achieved|developed|experienced|responded|died|received|underwent|did|got|while|than|versus|vs|after"
    r"|before|because|so|as|per|"
    r"proceeded|reached|entered|completed|went|remained|showed|the|these|an?|their)"
)
_STOP = rf"(?:{_STOP_WORDS}|{roles.THINGS})\b"
_NOUN = re.compile(
    rf"\s*(?:of\s+(?:the|these|those|our|all)\s+)?(?P<phrase>(?:(?!{_STOP})(?:relapsed\s+(?:and"
    rf"|or)\s+refractory|[a-z≥][\w'’/+.–-]*),?\s+){{0,8}}?(?:(?!{_STOP})[a-z][\w-]*\s+(?:and|or|and/or)\s+(?:(?!{_STOP})[a-z][\w-]*\s+)?)?)(?P<noun>{roles.PEOPLE})"
    rf"(?![\w-])(?:\s+(?:and|or)\s+(?:(?!{_STOP})[a-z][\w-]*\s+){{0,2}}{roles.PEOPLE}(?![\w-]))?"
)
_ACTION = (
    r"(?:started|initiated|commenced|began|required|needed|stopped|discontinued|refused|declined|failed|progressed|relapsed"
    r"|chose|continued|resumed|finished|switched|presented|harbou?red|carried|displayed|exhibited|maintained|lost|gained)"
)
_THING = re.compile(
    rf"\s*(?:(?!{roles.PEOPLE}\b|{_STOP_WORDS}\b|{_ACTION}\b)[a-z][\w/-]*\s+){{0,3}}?{roles.THINGS}(?![\w-])"
    rf"|\s?[-–—:.]\s?\d|-[a-z]|\s*%"
    r"|(?:\s*,\s*[\d.]{1,6}){0,5}\s*,?\s*(?:and|or|to)\s+[\d.]{1,6}\s*(?:×|x\s?10|million\b)"
)
# '55 received fresh CAR-T cells and 35 cryopreserved cells': the verb is said once.
_GIVEN = re.compile(
    r"\s+(?:(?!of\b|prior\b|previous\b|more\b|further\b|additional\b|cycles?\b|lines?\b|doses?\b|courses?\b)[a-z][\w/-]*\s+){1,4}?(?:cells?|products?|therap(?:y|ies)|treatments?|infusions?)\b"
)
_RECEIVED = re.compile(r"\b(?:received|underwent|got|given)\b[^;:.]*(?:,|\band)\s+$")
_NOT_A_COUNT = re.compile(
    r"(?:(?<![a-z\s])[-–—]|[/±+]|\.(?!\s)|\d\s+to|\b(?:phase|day|week|month|year|grade|level|type|version"
    r"|stage|cohort|arm|group|period|scores?|ds|deauville|ecog|line|than|q|p|dl|status\s+of|score\s+of|(?:median|mean|minimum"
    r"|maximum)\s+of|up\s+to|least|most|every|×|x))\s*$"
)
# 'in the standard arm 40 of 90 patients': no number of an arm.
_IN_ARM = re.compile(r"\b(?:arm|group|cohort)\s+$")
_BRACKET = re.compile(r"[()\[\]]")
_WORD_END = re.compile(r"[\w,.-]*\w")


def brackets(folded: str) -> list[tuple[int, int]]:
    """Spans of the outermost brackets; one that is never closed ends with the sentence."""
    out: list[tuple[int, int]] = []
    depth = start = 0
    for m in _BRACKET.finditer(folded):
        if m[0] in "([":
            if depth == 0:
                start = m.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                out.append((start, m.end()))
    if depth and len(folded) - start < 80:
        out.append((start, len(folded)))
    return out


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` with the spans as blanks, so that offsets hold."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], " " * (end - start)]
        at = end
    return "".join(parts) + text[at:]


def candidates_in(
    folded: str, flat: str, quantities: list[Quantity], begin: int, end: int, inside: Sequence[tuple[int, int]]
) -> list[Candidate]:
    """Numbers of this level that may be people: not inside one of the brackets `inside`."""
    out: list[Candidate] = []
    for q in quantities:
        if q.kind != "proportion" or q.end <= begin or q.start >= end:
            continue
        places: list[tuple[float | None, int, int, bool]] = []
        if q.total is not None and q.total_span is not None:
            places.append((q.n, q.start, word_end(folded, q.start), False))
            places.append((q.total, *q.total_span, True))
        elif q.total is not None and not q.all and q.n is not None and "/" in folded[q.start : q.n_end]:
            continue
        else:
            places.append((q.n, q.start, q.n_end or q.end, False))
        for value, at, stop, total in places:
            if value is None or value < 1 or value != int(value) or at < begin or at >= end or _inside(at, inside):
                continue
            if q.percent is not None and at == q.start and folded[at:stop].rstrip()[-1:] == "%":
                continue
            made = _candidate(folded, flat, int(value), at, stop, end, q, total)
            if made is not None:
                out.append(made)
    return out


def _inside(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a place is in one of the sorted spans."""
    k = bisect_right(spans, (at, at)) - 1
    return k >= 0 and spans[k][0] < at < spans[k][1]


def word_end(folded: str, start: int) -> int:
    m = _WORD_END.match(folded, start)
    return m.end() if m else start


def _candidate(
    folded: str, flat: str, n: int, start: int, stop: int, end: int, q: Quantity, total: bool
) -> Candidate | None:
    eq = (
        folded.startswith("n", start) or folded[max(0, start - 4) : start].rstrip().endswith(("n =", "n="))
        if q.eq or total
        else False
    )
    if not eq and _NOT_A_COUNT.search(flat, max(0, start - 14), start):
        if q.total_span is None or not _IN_ARM.search(flat, max(0, start - 14), start):
            return None
    m = _NOUN.match(flat, stop, end)
    if m:
        return Candidate(n, start, stop, m.end(), q, m["noun"], m["phrase"], eq, total)
    if (
        _THING.match(flat, stop, end)
        and not roles.LISTED_ARM.match(flat, stop, end)
        and not (_GIVEN.match(flat, stop, end) and _RECEIVED.search(flat, max(0, start - 90), start))
    ):
        return None
    return Candidate(n, start, stop, stop, q, "", "", eq, total)


__all__ = ["Candidate", "Count", "blanked", "brackets", "candidates_in", "word_end"]
