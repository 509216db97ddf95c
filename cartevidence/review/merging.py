"""What both of a pair decided alike goes into the evidence database once both have finished.

One transaction there, then a note in the review file. Stopped in between, it is gone through again: decisions by the
pair's common name are there already, so none is written twice.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cartevidence.review.adjudicating import pair_rows
from cartevidence.review.pairs import Both, said
from db.blind import Assignment, reading_blind, writing_blind
from db.reviewing import deciding
from models.decision import Action, Decision


def pair_name(assignment: Assignment) -> str:
    """The name under which the two decide: 'anna + ben'."""
    return " + ".join(assignment.curators)


def merge_finished(path: Path, *, wait: float) -> None:
    """Put in what pairs have finished and is not in yet. Raises Busy when a file stays in use."""
    with reading_blind(path, wait=wait) as blind:
        ready = [(one, pair_rows(blind, one)) for one in map(blind.assignment, blind.unmerged()) if one is not None]
    for assignment, rows in ready:
        merge(path, assignment, rows, wait=wait)


def merge(path: Path, assignment: Assignment, rows: list[Both], *, wait: float) -> None:
    """Put the equal decisions of a pair on one study into the evidence database."""
    name = pair_name(assignment)
    with deciding(path, wait=wait) as review:
        withdrawn = review.record(assignment.pmid) is None
        if not withdrawn and not review.decided_by(assignment.pmid, name):
            for row in rows:
                if row.alike:
                    decision = common(row, assignment)
                    review.decide(decision, review.last_decision(decision.statement))
    with writing_blind(path, wait=wait) as blind:
        blind.merged(assignment.pmid, 0 if withdrawn else sum(not row.alike for row in rows))


def common(row: Both, assignment: Assignment) -> Decision:
    """The one decision of the two: the first one's act, both reasons."""
    one, other = row.first, row.second
    if one is None or other is None:
        raise ValueError("both must have decided")
    reasons = [verdict.decision.reason for verdict in (one, other)]
    told = reasons[0]
    if reasons[0] != reasons[1]:
        told = "; ".join(f"{who}: {why}" for who, why in zip(assignment.curators, reasons, strict=True) if why)
    act: Action = "add" if not row.found else "accept"
    if row.found and one.said != said(row.fact):
        act = "reject" if one.outcome is None else "correct"
    return Decision.checked(
        pmid=assignment.pmid, statement=row.fact.statement, action=act, curator=pair_name(assignment),
        at=datetime.now(UTC), text_hash=row.fact.text_hash, extractor_version=row.fact.extractor_version,
        before=row.fact.given() if row.found else None, after=one.decision.after, reason=told,
    )  # fmt: skip
