"""Which side of a study a curator sees: the common one, or as one of a pair their own; and what it asks of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cartevidence.review.adjudicating import open_conflicts, pair_rows
from cartevidence.review.desk_types import Mode, Opinion
from cartevidence.review.pairs import opinions, own_facts
from db.blind import Assignment, Blind
from db.reviewing import NEEDS, Review, Told
from db.standing import StoredFact
from models.decision import Need


@dataclass(frozen=True, slots=True)
class Place:
    """A study for one curator: the mode, the facts, what a pair decided unequally by id, whether they are done."""

    mode: Mode
    facts: Sequence[StoredFact]
    opinions: Mapping[str, tuple[Opinion, ...]] = field(default_factory=dict)
    finished: bool = False


def place_of(review: Review, blind: Blind, assignment: Assignment | None, pmid: str, curator: str) -> Place:
    """What a curator may see of a study. `assignment` is that of the study, if there is one."""
    if assignment is None:
        return Place("open", review.facts(pmid))
    if assignment.merged:
        facts, unequal = open_conflicts(review, assignment, pair_rows(blind, assignment))
        said = {id: opinions(row, assignment.curators) for id, row in unequal.items()}
        return Place("adjudication" if unequal else "open", facts, said, finished=True)
    if curator not in assignment.curators:
        return Place("waiting", review.facts(pmid))
    finished = curator in assignment.finished
    return Place(
        "waiting" if finished else "blind", own_facts(assignment, blind.decisions(pmid, curator)), {}, finished
    )


def told(review: Review, blind: Blind, assignments: Sequence[Assignment], curator: str, *, low: float) -> list[Told]:
    """The states, as this curator sees them, of studies that are not as the evidence database alone has them."""
    states = []
    for assignment in assignments:
        # What both decided alike on all facts is as the evidence database has it.
        if assignment.conflicts == 0 or review.withdrawn(assignment.pmid):
            continue
        place = place_of(review, blind, assignment, assignment.pmid, curator)
        if place.mode != "open":
            states.append(_told(assignment.pmid, place, low))
    return states


def _told(pmid: str, place: Place, low: float) -> Told:
    open_ones = [stored.fact for stored in place.facts if stored.status == "unreviewed"]
    failed = sum(bool(fact.checks) for fact in open_ones)
    lowest = min((fact.confidence for fact in open_ones), default=None)
    need: Need = "unreviewed"
    if place.mode == "adjudication":
        need = "conflict"
    elif place.mode == "waiting":
        need = "done"
    elif failed:
        need = "failed check"
    elif lowest is not None and lowest < low:
        need = "low confidence"
    return Told(
        pmid=pmid, facts=len(place.facts), decided=len(place.facts) - len(open_ones), failed=failed, lowest=lowest,
        need=NEEDS.index(need), mode=place.mode,
    )  # fmt: skip
