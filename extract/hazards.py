"""Hazard ratios: of which endpoint a ratio is, told by the risk named beside it or by what its factor predicts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.concepts import Mention
from extract.links import ConceptRun, ValueRun
from extract.quantities import Quantity

_RISK = r"(?:risks?|hazards?|hrs?|hazard\s+ratios?|rates?|incidences?|probabilit\w+|likelihood)\s+(?:of|for)\s+(?:subsequent\s+|disease\s+|same-site\s+|an?\s+)*"
# Each row: endpoint, words that name its risk. Of several the last before the ratio counts.
_RISKS: tuple[tuple[str, str], ...] = (
    ("PFS", r"(?:disease\s+)?progression\s*(?:or|/|and/or)\s*death|death\s*(?:or|/)\s*(?:disease\s+)?progression"),
    ("EFS", r"events?\s+or\s+death|risk\s+of\s+(?:an?\s+)?events?\b(?!\s+of)"),
    ("relapse or progression", r"(?:relapses?|recurrence)\s*(?:or|/|and)\s*(?:disease\s+)?progression|progression\s*(?:or|/)\s*relapse"),
    ("NRM", r"non-?\s?relapse\s+mortality|treatment-related\s+mortality|(?:nrm|trm)\b"),
    ("OS", r"(?:risks?|hazards?|hazard\s+ratios?(?:\s*\(a?hr\))?|a?hrs?|rates?)\s+(?:of|for)\s+(?:all-cause\s+)?(?:death|mortality)(?!\s+(?:from|due|without|or|/))|(?:overall|all-cause|higher|lower|increased|reduced)\s+mortality|associated\s+with\s+(?:death|mortality)(?!\s+(?:from|due))"),
    ("relapse", rf"{_RISK}(?:relapses?|recurrences?)\b(?!\s*(?:or|/)\s*(?:disease\s+)?(?:progression|death))|(?<=[a-z] )(?:lower|higher|more|fewer|less)\s+relapses?\b"),
    ("progression", rf"{_RISK}progression\b(?!\s*(?:or|/|and/or)\s*(?:death|relapse))"),
)  # fmt: skip
_NAMED = re.compile("|".join(f"(?P<r{i}>{words})" for i, (_, words) in enumerate(_RISKS)))
# '…, relapse (HR 0.93) and death (HR 1.4)': an endpoint of a list, with its ratio in brackets.
_LISTED = re.compile(
    r"(?:^|[,;)\]]|\b(?:and|or|nor|in|for|of|on|with|but|reduce[sd]?|lower(?:ed)?|less|fewer|decreased?|increased?))\s*(?P<word>relapses?|cir|progression|disease\s+progression|death|mortality|progression\s+or\s+relapse)\s*(?:\([a-z]{2,4}\)\s*)?[,(\[]\s*$"
)
_LISTED_NAMES = {"death": "OS", "mortality": "OS", "cir": "relapse", "relapses": "relapse"}
_OTHER_OUTCOME = re.compile(
    r"\b(?:risk|survival|mortality|incidence|infections?|(?<!early )(?<!prior )(?<!late )(?<!previous )(?<!first )relapse)\b"
)
# 'high LDH (HR 1.8) and bulk (HR 2.1) were associated with shorter PFS'
_PREDICTS = re.compile(
    r"\b(?:associat\w+\s+with|correlat\w+\s+with|linked\s+(?:to|with)|related\s+to|predict(?:ed|s|ors?\s+(?:of|for)|ive\s+(?:of|for)|ing)|"
    r"(?:risk|prognostic|predictive|adverse|independent)\s+(?:\w+\s+)?(?:factors?|variables?|markers?)\s+(?:for|of)|prognostic\s+(?:for|of)|"
    r"(?:(?:was|were|remained|proved)\s+)(?:\w+ly\s+)?(?:adverse|unfavou?rable|favou?rable|detrimental|significant|independent|relevant)\s+(?:factors?\s+)?(?:for|in)|"
    r"favou?r(?:ed|ing)|"
    r"translated\s+into|resulted\s+in|led\s+to|conferred|impact(?:ed|ing)(?:\s+on)?|affect(?:ed|ing)|influenc(?:ed|ing)|determinants?\s+of|had|impair(?:ed|ing)|improv(?:ed|ing)|worsen(?:ed|ing)|prolong(?:ed|ing)|shorten(?:ed|ing))\s+(?:(?:a|an|the|both|with|significantly|independently|an?\s+independent)\s+)*(?:[\w-]+\s+){0,3}$"
)
_RELAPSE_FORETOLD = re.compile(
    r"\b(?:associated\s+with|predict(?:ed|ors?\s+(?:of|for)|ive\s+of)|(?:risk|prognostic)\s+factors?\s+(?:for|of))\s+"
    r"(?:an?\s+|the\s+|early\s+|subsequent\s+|(?:higher|increased|lower|greater|reduced)\s+(?:risk|rate|incidence)\s+of\s+)*"
    r"(?P<what>relapses?(?!\s*(?:-|free|or\b)))"
)
_TITLE_FOR = re.compile(r"^[^.;]{0,30}\b(?:for|in|of)\b[^.;]{0,12}$")


@dataclass(frozen=True, slots=True)
class Ratio:
    """The endpoint of a run of ratios, by which rule and how sure."""

    concepts: ConceptRun
    rule: str
    strength: float
    left: bool = True


def _is_survival(run: ConceptRun | None) -> bool:
    return run is not None and run.items[0].kind == "survival"


def _risk(folded: str, since: int, upto: int) -> Mention | None:
    """The last risk that is named in a stretch of the sentence."""
    last = None
    for m in _NAMED.finditer(folded, since, upto):
        last = m
    if last is not None and last.lastgroup is not None:
        return Mention("survival", last.start(), last.end(), _RISKS[int(last.lastgroup[1:])][0])
    listed = _LISTED.search(folded[since:upto])
    if listed is None:
        return None
    word = " ".join(listed["word"].split()).removeprefix("disease ")
    start = since + listed.start("word")
    return Mention("survival", start, since + listed.end("word"), _LISTED_NAMES.get(word, word))


def ratio_of(
    folded: str,
    skeleton: str,
    run: ValueRun,
    concept_runs: list[ConceptRun],
    values: list[Quantity],
) -> Ratio | None:
    """The endpoint that a run of hazard ratios measures, or None where it is no survival endpoint."""
    first = run.items[0]
    # 'reduced the risk of death by 40% (HR 0.6)': the percent says the ratio once more.
    since = max((v.end for v in values if v.end <= run.start and not folded.endswith("by ", 0, v.start)), default=0)
    before = [r for r in concept_runs if r.end <= run.start]
    nearest = next((r for r in reversed(before) if _is_survival(r)), None)
    fresh = nearest is not None and nearest.end > since
    beside = _risk(folded, since, first.start)
    if beside is not None and not (fresh and nearest is not None and nearest.start >= beside.start):
        return Ratio(lone_at(beside), "hazard-ratio-of-risk", 0.8)
    inside = _risk(folded, first.start, first.end)
    if inside is not None and not fresh:
        return Ratio(lone_at(inside), "hazard-ratio-of-risk", 0.8)
    left = before[-1] if before else None
    event = left is not None and left.end > since and left.items[-1].kind == "events"
    if (
        event
        and left is not None
        and not fresh
        and re.match(r"^\s*[\])]?\s*[,(\[]?\s*$", skeleton[left.end : run.start])
    ):
        return _predicted(folded, skeleton, run, concept_runs, values)
    named_at = max(since, nearest.end if nearest is not None else 0)
    if not fresh and _OTHER_OUTCOME.search(folded, named_at, run.start):
        return _predicted(folded, skeleton, run, concept_runs, values)
    ahead = _predicted(folded, skeleton, run, concept_runs, values)
    if nearest is not None and (fresh or ahead is None):
        return Ratio(nearest, "hazard-ratio", 0.9 if fresh else 0.8)
    if ahead is not None:
        return ahead
    right = next((r for r in concept_runs if r.start >= run.end), None)
    if right is not None and _is_survival(right) and _TITLE_FOR.match(skeleton[run.end : right.start]):
        return Ratio(right, "hazard-ratio-for", 0.85, left=False)
    return None


def lone_at(mention: Mention) -> ConceptRun:
    """A run of one mention that stands in the sentence."""
    return ConceptRun([mention], mention.start, mention.end)


def _predicted(
    folded: str, skeleton: str, run: ValueRun, concept_runs: list[ConceptRun], values: list[Quantity]
) -> Ratio | None:
    """'A (HR 1.8) and B (HR 2.1) were associated with shorter PFS': the ratio is of the endpoint foretold."""
    right = next(
        (r for r in concept_runs if r.start >= run.end and _PREDICTS.search(skeleton[run.end : r.start])), None
    )
    relapse = _RELAPSE_FORETOLD.search(skeleton, run.end, run.end + 320)
    if relapse and (right is None or right.start >= relapse.start("what")):
        right = lone_at(Mention("survival", relapse.start("what"), relapse.end("what"), "relapse"))
    if right is None or not _is_survival(right) or len(right.items) > 1 or right.start - run.end > 320:
        return None
    gap = re.sub(r"^[^()\[\]]*[)\]]|\([^()]*\)|\[[^\[\]]*\]", "", skeleton[run.end : right.start])
    if re.search(r";\s|(?<!vs)(?<!\d)\.\s|\bnot\b|\bwhile\b|\bwhereas\b|\bbut\b", gap):
        return None
    ends = re.search(r";|(?<!vs)\.\s", skeleton[right.end :])
    upto = right.end + ends.start() if ends else len(skeleton)
    if any(right.end <= v.start < upto and v.kind == "hr" for v in values):
        return None  # the endpoint's own ratio follows it
    return Ratio(right, "hazard-ratio-of-predictor", 0.8, left=False)


__all__ = ["Ratio", "ratio_of"]
