"""Where an act is carried out: on the evidence database, or on one curator's own blind decisions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from cartevidence.review.adjudicating import (
    adjudicated,
    lay_down_addition,
    open_conflicts,
    pair_rows,
    take_back_addition,
)
from cartevidence.review.pairs import Both, own_facts
from db.blind import Assignment, Blind, reading_blind, writing_blind
from db.reviewing import Review, deciding
from db.standing import StoredFact
from models.decision import Decision
from models.errors import StoreError
from models.evidence import fact_from


class Bench(Protocol):
    """The facts of one study as a curator may see them within a transaction, and the way to decide on them."""

    def facts(self) -> list[StoredFact]:
        """In the order of the text."""

    def decide(self, decision: Decision, stored: StoredFact | None, seen: int | None) -> int:
        """Add a decision on a fact (None: a new one) and return its id. Raises Stale where another came between."""

    def open_to_both(self) -> set[str]:
        """Ids of the facts that a pair left unequal."""


@contextmanager
def bench(path: Path, pmid: str, curator: str, *, blind: bool, wait: float) -> Iterator[Bench]:
    """One transaction on a study; `blind`: the curator is one of a pair that has not finished it.

    Raises StoreError where the curator may not decide on the study now.
    """
    if blind:
        with writing_blind(path, wait=wait) as own:
            yield OwnBench(own, still_open(own, pmid, curator), curator)
    else:
        with deciding(path, wait=wait) as review, reading_blind(path, wait=wait) as pairs:
            yield CommonBench(review, pairs, pmid)


def still_open(blind: Blind, pmid: str, curator: str) -> Assignment:
    """The assignment of one of a pair who has not finished. Raises StoreError for anybody else."""
    assignment = blind.assignment(pmid)
    if assignment is None or curator not in assignment.curators:
        raise StoreError(f"The study {pmid} is not assigned to {curator}; look at it again")
    if curator in assignment.finished:
        raise StoreError("You have finished this study: what you decided on it stays as it is")
    return assignment


class OwnBench:
    """One of a pair at their own decisions."""

    def __init__(self, blind: Blind, assignment: Assignment, curator: str) -> None:
        self._blind = blind
        self._assignment = assignment
        self._curator = curator

    def facts(self) -> list[StoredFact]:
        return own_facts(self._assignment, self._blind.decisions(self._assignment.pmid, self._curator))

    def decide(self, decision: Decision, stored: StoredFact | None, seen: int | None) -> int:
        if stored is not None:
            undoes = stored.decision if decision.action == "undo" else None
            return self._blind.decide(decision, stored.id, seen, undoes)
        fact = own_fact_id(decision)
        decided = self._blind.decisions(self._assignment.pmid, self._curator)
        return self._blind.decide(decision, fact, max((one.id for one in decided if one.fact == fact), default=None))

    def open_to_both(self) -> set[str]:
        return set()


class CommonBench:
    """The evidence database, which all see. A study under blind review is closed here until both have finished."""

    def __init__(self, review: Review, blind: Blind, pmid: str) -> None:
        self._review = review
        self._pmid = pmid
        self._assignment = blind.assignment(pmid)
        self._rows: list[Both] = []
        if self._assignment is not None:
            if not self._assignment.merged:
                raise StoreError("This study is under blind review by two curators; decide on it when both are done")
            self._rows = pair_rows(blind, self._assignment)

    def facts(self) -> list[StoredFact]:
        return self._seen()[0]

    def decide(self, decision: Decision, stored: StoredFact | None, seen: int | None) -> int:
        if stored is None:
            return self._review.decide(decision, self._review.last_decision(decision.statement))
        row = self._seen()[1].get(stored.id)
        if row is not None and self._assignment is not None and decision.action != "undo":
            decision = adjudicated(decision, self._assignment)
            if not row.found:
                laid = lay_down_addition(self._review, row) if seen == stored.last_decision else None
                seen = seen if laid is None else laid
                if decision.action == "accept":  # the extractor never had it
                    decision = decision.model_copy(update={"action": "add", "before": None})
        id = self._review.decide(decision, seen)
        if decision.action == "undo" and any(not one.found and one.fact.id == stored.id for one in self._rows):
            take_back_addition(self._review, self._pmid, stored.id, decision.curator)
        return id

    def open_to_both(self) -> set[str]:
        return set(self._seen()[1])

    def _seen(self) -> tuple[list[StoredFact], dict[str, Both]]:
        if self._assignment is None:
            return self._review.facts(self._pmid), {}
        return open_conflicts(self._review, self._assignment, self._rows)


def own_fact_id(decision: Decision) -> str:
    """The id of the fact that an `add` makes."""
    return fact_from(decision.after or {}).id
