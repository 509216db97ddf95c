"""Parts of a whole: counts of one sentence that add up to a cohort are its groups.

'Seventy patients were included; 20 received dual-target cells and 50 single-target cells': neither 20 nor 50 is
the treated cohort. They are arms where the abstract compares therapies, and groups otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extract import roles
from extract.counting import Count

WHOLE = ("enrolled", "treated", "evaluable", "screened")
_PARTS = ("", "treated", "enrolled", "evaluable", "subgroup", "arm")
_MOST_PARTS = 6
_SMALL = 9  # a group of so few is the sum of its neighbours by chance

# That an abstract compares therapies: its title says so, or its aim, or its groups are set side by side.
COMPARISON = re.compile(
    r"\b(?:we|to|and|retrospectively|was|were|outcomes?|study)\s+(?:\w+ly\s+)?compare[ds]?\b|\bcomparing\b"
    r"|\bcomparison\s+(?:of|between)\b|\bcomparative\b|\bhead[\s-]to[\s-]head\b"
    r"|\bthan\s+(?:in\s+)?the\s+(?:[\w-]+\s+){1,3}(?:cohort|group|arm)\b"
    r"|\bbetween\s+(?:the\s+|these\s+|both\s+)*(?:two|three|2|3|both|treatment|study|therap\w+)?\s*"
    r"(?:groups|arms|cohorts|products|therapies|treatments|settings)\b"
)
_IN_TITLE = re.compile(r"\b(?:versus|vs\.?|compar\w+)\b")
MATCHED = re.compile(
    r"\bpropensity|\bpsm\b|(?<!hla-)(?<!hla )\bmatch(?:ed|ing)\b(?!\s+(?:donor|sibling|related|unrelated))"
)
_THERAPY = re.compile(
    r"-cel\b|leucel\b|\bcar(?:[\s-]?t)?\b|\b\w*cart\w*\b|transplant|\b(?:allo|auto|haplo)\w*[\s-]?(?:sct|hsct|hct)\b"
    r"|\b(?:hsct|asct|hct)\b|\bbsabs?\b|bispecific|\badcs?\b|chemo|immunotherap|radio|irradiat|tocilizumab|steroid"
    r"|glucocort|dexameth|anakinra|\bivig\b|immunoglobulin|prophyla|maintenance|consolidat|bridg|standard|conventional"
    r"|placebo|monotherapy|combin|btki?\b|inhibitor|inpatient|outpatient|\w+(?:mab|nib|mide|mib|clax|cycline)\b"
    r"|\bobserv(?:ed|ation)\b|supportive|salvage|fresh|cryopreserved|fractionated|low-dose|high-dose"
)
_LATER = re.compile(r"\b(?:prior\s+to|before|after|following|since|despite|at\s+(?:relapse|baseline))\b")
_DOSE = re.compile(r"\d\s*(?:x|×)\s*10|\d\s+million\b")
_COHORT = re.compile(r"\b(?:cohort|arm|group)\b")
_SEX = re.compile(r"\b(?:fe)?males?\b|\b(?:wo)?m[ea]n\b|\bboys?\b|\bgirls?\b")
# '12 received cells from an earlier donor and eight (40%) from a new one': the verb is said once.
_ELLIPTIC = re.compile(
    r"[\w-]+\s*(?:,|and|,\s*and|/)\s*$|[\w-]+\s*(?:\([^()]*\)\s*)?(?:patients\s+)?(?:from|with|via|using|by|as|in|on|at|after|to)\b"
)
_RECEIVED = re.compile(r"[\w-]+\s*(?:\([^()]*\)\s*)?(?:patients\s+)?(?:received|underwent|got|were\s+given)\s+(?!no\b)")
_OR = re.compile(r"\b(?:or|versus|vs|compared\s+(?:with|to)|as\s+opposed\s+to)\b")
_STOP = re.compile(r"[;:]\s")
_DISEASE = re.compile(roles.DISEASE)


def wholes(levels: Sequence[Sequence[Count]]) -> set[int]:
    """Numbers that some sentence gives as a cohort."""
    return {c.n for level in levels for c in level if c.role in WHOLE and c.n > 2}


def compares(title: str, texts: Sequence[str]) -> bool:
    """Whether the abstract sets groups side by side."""
    return bool(_IN_TITLE.search(title)) or any(COMPARISON.search(text) for text in texts)


def part_of_whole(level: Sequence[Count], text: str, cohorts: set[int], *, compared: bool) -> list[Count]:
    """The counts of one sentence, those that add up to a cohort as its groups."""
    out = list(level)
    randomised = {c.n for c in level if c.rule == "randomised"}
    places = [i for i, c in enumerate(out) if c.role in _PARTS and c.rule != "denominator"]
    at = 0
    while at < len(places):
        before = {out[places[at - 1]].n} if at and out[places[at - 1]].n > _SMALL else set()
        length = _run(out, places, at, cohorts | before, text)
        if length:
            run = places[at : at + length]
            drawn = sum(out[i].n for i in run) in randomised
            role = "arm" if drawn else _role(out, run, text, compared=compared)
            for i in run:
                if role and out[i].role != role:
                    out[i] = replace(out[i], role=role, rule="part-of-whole", strength=0.75)
            at += length
        else:
            at += 1
    return out


def side_by_side(level: Sequence[Count], text: str) -> list[Count]:
    """'corticosteroids with anakinra (n = 9) or corticosteroids alone (n = 10)': therapies that are compared are arms."""
    out = list(level)
    places = [i for i, c in enumerate(out) if c.rule in ("n-equals", "product-group") and c.role == "subgroup"]
    for i, j in pairwise(places):
        between = text[out[i].end : out[j].end]
        if len(between) < 110 and _OR.search(between) and not _DISEASE.search(between):
            names = (text[max(0, out[i].end - 90) : out[i].end], between)
            if all(_THERAPY.search(name) for name in names):
                for k in (i, j):
                    out[k] = replace(out[k], role="arm")
    return out


def _run(counts: Sequence[Count], places: Sequence[int], at: int, cohorts: set[int], text: str) -> int:
    """How many counts from `at` on add up to a cohort; the longest run is meant.

    A list is cut by semicolons throughout or nowhere.
    """
    total, best, last, cuts = 0, 0, -1, set()
    for k in range(at, min(len(places), at + _MOST_PARTS)):
        c = counts[places[k]]
        if c.start == last:
            return best
        if k > at:
            cuts.add(";" in text[last : c.start])
            if len(cuts) > 1:
                return best
        last = c.start
        total += c.n
        if k > at and total in cohorts and total > c.n:
            best = k - at + 1
    return best


def _role(counts: Sequence[Count], run: Sequence[int], text: str, *, compared: bool) -> str | None:
    """Arms are therapies that are compared, dose levels, or matched groups; None: no breakdown after all."""
    group = [counts[i] for i in run]
    told = {c.role for c in group}
    labels = [_label(text, c, group[k + 1].start if k + 1 < len(group) else len(text)) for k, c in enumerate(group)]
    therapies = [bool(_THERAPY.search(label) or _DOSE.search(label)) for label in labels]
    if any(_SEX.search(label) for label in labels):
        return None
    shared = [
        t
        or text[: c.start].endswith(" in ")
        or bool(_RECEIVED.match(w))
        or (c.rule == "rest" and bool(_ELLIPTIC.match(w)))
        for t, c, w in zip(therapies, group, labels, strict=True)
    ]
    if told & set(WHOLE) and not (len(told) == 1 or all(shared)):
        return None  # '45 were infused and 5 were not': the first is the treated cohort
    if (
        "arm" in told
        or any(roles.ARM.search(label) or _DOSE.search(label) for label in labels)
        or (compared and any(therapies) and not all(_DISEASE.search(label) for label in labels))
    ):
        return "arm"
    if MATCHED.search(text) or any(
        _COHORT.search(label) and therapy for label, therapy in zip(labels, therapies, strict=True)
    ):
        return "arm"
    return "subgroup"


def _label(text: str, c: Count, following: int) -> str:
    """The words that name a group, without what they say of the time before or after."""
    label = text[c.start : min(max(c.end, c.start + 90), max(following, c.end))]
    close = label.find(")")
    if close >= 0 and "(" not in label[:close]:
        label = label[:close]
    cut = _LATER.search(label) or _STOP.search(label)
    return label[: cut.start()] if cut else label


__all__ = ["compares", "part_of_whole", "side_by_side", "wholes"]
