"""What a pair left unequal, among the facts of the evidence database, until somebody adjudicates it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cartevidence.review import acts
from cartevidence.review.pairs import Both, compared
from db.blind import Assignment, Blind
from db.reviewing import Review
from db.standing import StoredFact
from models.decision import Decision
from models.evidence import fact_from

BLIND = "decided blind"  # the reason of what one of a pair added, laid down for the adjudicator to decide on


def pair_rows(blind: Blind, assignment: Assignment) -> list[Both]:
    """Each fact of a study with what the two decided. Only for a study that both have finished."""
    if not assignment.complete:
        raise ValueError(f"the pair has not finished {assignment.pmid}")
    first, second = (blind.decisions(assignment.pmid, curator) for curator in assignment.curators)
    return compared(assignment, first, second)


def open_conflicts(
    review: Review, assignment: Assignment, rows: Sequence[Both]
) -> tuple[list[StoredFact], dict[str, Both]]:
    """The study's facts with those that are open between the two among them, and what the two said, by id."""
    facts, unequal = review.facts(assignment.pmid), {}
    history = review.history(assignment.pmid)
    for row in rows:
        if row.alike or _settled(row, history):
            continue
        shown = next((stored for stored in facts if _is(stored, row)), None)
        if shown is None:
            fact = row.fact
            last = review.last_decision(fact.statement)
            shown = StoredFact(fact, fact.id, fact.statement, "unreviewed", None, None, None, last)
            facts.append(shown)
        unequal[shown.id] = row
    facts.sort(key=lambda one: (one.fact.section != "TITLE", one.fact.start, one.fact.end, one.id))
    return facts, unequal


def adjudicated(decision: Decision, assignment: Assignment) -> Decision:
    """The decision marked as the third record on a fact."""
    mark = "adjudicated by one of the pair" if decision.curator in assignment.curators else "adjudicated"
    return decision.model_copy(update={"reason": f"{mark}: {decision.reason}" if decision.reason else mark})


def lay_down_addition(review: Review, row: Both) -> int | None:
    """Put a fact that one of the two added into the evidence database, as theirs; None where it is there."""
    author = row.first or row.second
    if row.found or author is None or _laid_down(review.history(row.fact.pmid), row.fact.id):
        return None
    decision = acts.add(row.fact, author.decision.curator, BLIND).model_copy(update={"at": author.decision.at})
    return review.decide(decision, review.last_decision(row.fact.statement))


def take_back_addition(review: Review, pmid: str, fact_id: str, curator: str) -> None:
    """After an adjudication was undone: a fact laid down for it goes too."""
    stored = next((one for one in review.facts(pmid) if one.id == fact_id), None)
    if stored is None or stored.decision is None or not _laid_down(review.history(pmid), fact_id, stored.decision):
        return
    review.decide(acts.undo(stored, curator), stored.last_decision)


def _laid_down(history: Sequence[Mapping[str, Any]], fact_id: str, id: int | None = None) -> bool:
    return any(
        entry["action"] == "add" and entry["reason"] == BLIND and entry["fact"] == fact_id and not entry["undone"]
        and id in (None, entry["id"])
        for entry in history
    )  # fmt: skip


def _settled(row: Both, history: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a decision was taken on the fact since, that was not taken back."""
    for entry in history:
        if entry["action"] == "undo" or entry["undone"]:
            continue
        if entry["fact"] == row.fact.id:
            return True
        before = None if entry["before"] is None else fact_from(json.loads(entry["before"])).values
        if entry["statement"] == row.fact.statement and before == row.fact.values:
            return True
    return False


def _is(stored: StoredFact, row: Both) -> bool:
    if stored.id == row.fact.id:
        return True
    same = stored.statement == row.fact.statement and stored.fact.values == row.fact.values
    return same and stored.decision is None
