"""Infections by kind: '16 (27%) were bacterial, 14 (23%) viral' names no infection, and '7 patients had 9 episodes' neither."""

from __future__ import annotations

import re

from extract.clause import Clause
from extract.concepts import Mention
from extract.links import ConceptRun, ValueRun, lone
from extract.quantities import PEOPLE

_KIND = re.compile(
    r"[\])%\s]*(?:of\s+(?:them|these|which|whom|the\s+infections|infections)\s+)?(?:(?:were|was|being|had)\s+)?(?:(?:mainly|mostly|purely|proven|documented)\s+)?"
    r"(?:bacterial|viral|fungal|parasitic|protozoal|mixed|polymicrobial)(?!\s+(?:load|prophyla|or\b|and/or|reactivation))(?:\s+(?:origin|ones|aetiology|etiology|in\s+origin))?\s*(?:$|[.,;)]|and\b|respectively)"
)
# 'Infections were bacterial (n = 5), viral (n = 3) and …'
_LABELLED = re.compile(r"\b(?:bacterial|viral|fungal|parasitic|mixed|polymicrobial)(?:\s+(?:origin|ones))?\s*[(\[]\s*$")
_OF_WHICH = re.compile(r"\b(?:of\s+(?:which|these|the\s+infections)|infection\s+events,)\b")
_EPISODES = re.compile(
    rf"[\])%\s]*(?:{PEOPLE})\s*(?:\([^()]*\)\s*)?(?:had|developed|experienced|suffered)\s+(?:a\s+total\s+of\s+)?(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen)\s+(?:further\s+|infectious\s+|infection\s+)?episodes\b"
)


def kind_of_infection(clause: Clause, run: ValueRun, runs: list[ConceptRun]) -> ConceptRun | None:
    """The infection that a share by kind of germ, or a count of those with episodes, is told of."""
    first = run.items[0]
    by_kind = len(run.items) == 1 and first.percent is not None and _KIND.match(clause.skeleton, run.end)
    had = first.bare and first.noun and _EPISODES.match(clause.folded, first.n_end)
    labelled = first.eq and _LABELLED.search(clause.skeleton, 0, run.start)
    if not by_kind and not had and not labelled:
        return None
    if by_kind and first.n is None and _OF_WHICH.search(clause.folded, 0, run.start):
        return None  # shares of the infections, not of the patients
    before: list[Mention] = [m for r in runs if r.end <= run.start for m in r.items if m.kind == "events"]
    if before:
        found = before[-1]
        return ConceptRun([found], found.start, found.end) if found.name == "infection" else None
    if by_kind and first.n is None:
        return None
    event = clause.carried.event
    return lone(event, run.start) if event is not None and event.name == "infection" else None


__all__ = ["kind_of_infection"]
