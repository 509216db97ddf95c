"""The history of a study, line by line, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cartevidence import wording
from cartevidence.review.desk_types import Entry
from db.blind import BlindDecision
from models.evidence import fact_from


def entry(row: Mapping[str, Any]) -> Entry:
    """A row of `decision`, with `fact` for an undo too and `undone`."""
    before, after = (None if row[name] is None else json.loads(row[name]) for name in ("before", "after"))
    return Entry(
        id=row["id"],
        at=row["at"],
        curator=row["curator"],
        act=row["action"],
        before=_words(before),
        after=_words(after),
        reason=row["reason"],
        extractor_version=row["extractor_version"],
        text_hash=row["text_hash"],
        undone=bool(row["undone"]),
        fact=row["fact"] or "",
    )


def blind_entries(decisions: Sequence[BlindDecision]) -> list[Entry]:
    """What one of a pair decided before both had finished."""
    undone = {one.undoes for one in decisions}
    return [
        Entry(
            id=one.id,
            at=one.decision.model_dump(mode="json")["at"],
            curator=one.decision.curator,
            act=one.decision.action,
            before=_words(one.decision.before),
            after=_words(one.decision.after),
            reason=one.decision.reason,
            extractor_version=one.decision.extractor_version,
            text_hash=one.decision.text_hash,
            undone=one.id in undone,
            fact=one.fact,
            mode="blind",
        )
        for one in decisions
    ]


def _words(given: dict[str, Any] | None) -> str | None:
    return None if given is None else wording.sentence(fact_from(given))
