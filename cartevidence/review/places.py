"""Which side of a study a curator sees: the common one, or as one of a pair their own; and what it asks of them."""

from __future__ import annotations

import json
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
    states, standing = [], blind.standing(curator)
    for assignment in assignments:
        pmid = assignment.pmid
        if not assignment.merged:
            hers = curator in assignment.curators
            mode: Mode = "blind" if hers and curator not in assignment.finished else "waiting"
            states.append(_own(assignment, standing.get(pmid, {}) if hers else {}, mode, low))
        elif assignment.conflicts and not review.withdrawn(pmid):
            place = place_of(review, blind, assignment, pmid, curator)
            if place.opinions:
                left = [stored.fact for stored in place.facts if stored.status == "unreviewed"]
                states.append(
                    Told(
                        pmid=pmid,
                        facts=len(place.facts),
                        decided=len(place.facts) - len(left),
                        failed=sum(bool(fact.checks) for fact in left),
                        lowest=min((fact.confidence for fact in left), default=None),
                        need=NEEDS.index("conflict"),
                        mode=place.mode,
                    )
                )
    return states


def _own(assignment: Assignment, acts: Mapping[str, str], mode: Mode, low: float) -> Told:
    """One of the pair's state, from the facts as JSON: a queue may have a thousand such studies."""
    machine = {fact["id"]: fact for fact in json.loads(assignment.facts_json)}
    left = [fact for id, fact in machine.items() if id not in acts]
    failed = sum(bool(fact.get("checks")) for fact in left)
    lowest = min((fact["confidence"] for fact in left), default=None)
    need: Need = "unreviewed"
    if mode == "waiting":
        need = "done"
    elif failed:
        need = "failed check"
    elif lowest is not None and lowest < low:
        need = "low confidence"
    facts = len(machine.keys() | acts.keys())
    return Told(
        pmid=assignment.pmid, facts=facts, decided=facts - len(left), failed=failed, lowest=lowest,
        need=NEEDS.index(need), mode=mode,
    )  # fmt: skip
