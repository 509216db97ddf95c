"""Blind pairs: what one of the two sees, and where their decisions are alike or differ once both have finished.

Nothing here stores anything or knows who asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cartevidence import wording
from cartevidence.review.desk_types import Opinion
from db.blind import Assignment, BlindDecision
from db.standing import StoredFact
from models.decision import STATUS, Decision
from models.evidence import Fact, fact_from


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision of one of a pair that stands on a fact, and where it leaves the fact (None: rejected).

    `shown` is what the machine says; None for a fact that this curator added.
    """

    id: int
    fact: str
    decision: Decision
    shown: dict[str, Any] | None

    @property
    def found(self) -> bool:
        return self.shown is not None

    @property
    def outcome(self) -> Fact | None:
        return None if self.decision.after is None else fact_from(self.decision.after)

    @property
    def said(self) -> dict[str, Any] | None:
        """What the fact says in the end, without place and provenance; None where it was rejected."""
        outcome = self.outcome
        return None if outcome is None else said(outcome)


@dataclass(frozen=True, slots=True)
class Both:
    """A fact and what each of the two decided; None for the one of the two who did not add it."""

    fact: Fact
    found: bool
    first: Verdict | None
    second: Verdict | None

    @property
    def alike(self) -> bool:
        return self.first is not None and self.second is not None and self.first.said == self.second.said


def verdicts(assignment: Assignment, decisions: Sequence[BlindDecision]) -> dict[str, Verdict]:
    """What stands of one curator's decisions, by id of the fact, in the order in which facts were first decided."""
    undone = {one.undoes for one in decisions if one.undoes is not None}
    machine = {fact.id: said(fact) for fact in assignment.facts}
    return {
        one.fact: Verdict(one.id, one.fact, one.decision, machine.get(one.fact))
        for one in decisions
        if one.undoes is None and one.id not in undone
    }


def own_facts(assignment: Assignment, decisions: Sequence[BlindDecision]) -> list[StoredFact]:
    """The study as one of the pair sees it: the machine's facts with their own decisions, and what they added."""
    standing = verdicts(assignment, decisions)
    last = {one.fact: one.id for one in decisions}
    shown = []
    machine = {fact.id: fact for fact in assignment.facts}
    for id, fact in [*machine.items(), *((id, None) for id in standing if id not in machine)]:
        verdict = standing.get(id)
        if verdict is not None:
            given = verdict.decision.after or verdict.decision.before
            fact = fact_from(given) if given is not None else fact
        if fact is not None:
            shown.append(_stored(fact, id, verdict, last.get(id), machine.get(id)))
    return sorted(shown, key=lambda one: (one.fact.section != "TITLE", one.fact.start, one.fact.end, one.id))


def _stored(fact: Fact, id: str, verdict: Verdict | None, last: int | None, machine: Fact | None) -> StoredFact:
    statement = (machine or fact).statement if verdict is None else verdict.decision.statement
    if verdict is None:
        return StoredFact(fact, id, statement, "unreviewed", None, None, None, last)
    status = STATUS[verdict.decision.action]
    return StoredFact(fact, id, statement, status, None, verdict.id, verdict.decision.curator, last)


def compared(assignment: Assignment, first: Sequence[BlindDecision], second: Sequence[BlindDecision]) -> list[Both]:
    """Each fact of the machine with what the two decided, then what they added, added by both as one.

    Two added facts are one where they say the same of overlapping words. One that was added and rejected again is
    left out.
    """
    one, other = verdicts(assignment, first), verdicts(assignment, second)
    rows = [Both(fact, True, one.get(fact.id), other.get(fact.id)) for fact in assignment.facts]
    added = [verdict for verdict in one.values() if not verdict.found and verdict.outcome is not None]
    left = [verdict for verdict in other.values() if not verdict.found and verdict.outcome is not None]
    for verdict in added:
        same = next((mate for mate in left if _same_addition(verdict, mate)), None)
        if same is not None:
            left.remove(same)
        rows.append(Both(_outcome(verdict), False, verdict, same))
    return rows + [Both(_outcome(verdict), False, None, verdict) for verdict in left]


def opinions(both: Both, curators: tuple[str, str]) -> tuple[Opinion, ...]:
    """What the two decided, side by side."""
    told = []
    for curator, verdict in zip(curators, (both.first, both.second), strict=True):
        if verdict is None:
            told.append(Opinion(curator, "unreviewed", "did not add it", {}, ""))
            continue
        outcome, status = verdict.outcome, STATUS[verdict.decision.action]
        words = "rejected" if outcome is None else wording.sentence(outcome)
        told.append(Opinion(curator, status, words, outcome.values if outcome else {}, verdict.decision.reason))
    return tuple(told)


def _outcome(verdict: Verdict) -> Fact:
    outcome = verdict.outcome
    assert outcome is not None  # noqa: S101  (rejected ones were left out)
    return outcome


def _same_addition(one: Verdict, other: Verdict) -> bool:
    return one.said == other.said and overlap(_outcome(one), _outcome(other))


def said(fact: Fact) -> dict[str, Any]:
    """What a fact says, without place and provenance."""
    return {**fact.values, "pooled": fact.pooled}


def overlap(one: Fact, other: Fact) -> bool:
    """Whether two quotes of one text share characters."""
    same_text = one.text_hash == other.text_hash and (one.section == "TITLE") == (other.section == "TITLE")
    return same_text and one.start < other.end and other.start < one.end
