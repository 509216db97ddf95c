"""What a curator does with a fact as it stands, as a decision to be stored. Nothing here stores anything."""

from __future__ import annotations

from datetime import UTC, datetime

from db.standing import StoredFact
from models.decision import Action, Decision
from models.errors import InvalidData, StoreError
from models.evidence import Fact


def accept(stored: StoredFact, curator: str) -> Decision:
    """The fact is right as it stands. What was corrected or added before stays marked as that."""
    if stored.status == "added":
        return add(stored.fact, curator)
    action: Action = "correct" if stored.status == "corrected" else "accept"
    return _decision(action, stored, curator, after=stored.fact)


def correct(stored: StoredFact, after: Fact, curator: str, reason: str = "") -> Decision:
    """The fact is there, but says `after`."""
    return _decision("correct", stored, curator, after=after, reason=reason)


def reject(stored: StoredFact, curator: str, reason: str) -> Decision:
    """The text does not say this. Raises InvalidData without a reason."""
    if not reason.strip():
        raise InvalidData("reason: say why the fact is wrong, one word is enough")
    return _decision("reject", stored, curator, reason=reason)


def undo(stored: StoredFact, curator: str) -> Decision:
    """Take back the decision that stands on the fact. Raises StoreError where there is none."""
    if stored.decision is None:
        raise StoreError("There is nothing to undo on this fact: no decision stands on it")
    return _decision("undo", stored, curator)


def add(fact: Fact, curator: str, reason: str = "") -> Decision:
    """The text says this, and the extractor did not find it."""
    return Decision.checked(
        pmid=fact.pmid, statement=fact.statement, action="add", curator=curator, at=datetime.now(UTC),
        text_hash=fact.text_hash, extractor_version=fact.extractor_version, after=fact.given(), reason=reason.strip(),
    )  # fmt: skip


def confirmable(stored: StoredFact) -> bool:
    """Whether a fact may be accepted with others at once: not decided, and nothing that calls for a look by itself."""
    return stored.status == "unreviewed" and not stored.fact.checks and not stored.attention


def _decision(
    action: Action, stored: StoredFact, curator: str, *, after: Fact | None = None, reason: str = ""
) -> Decision:
    return Decision.checked(
        pmid=stored.fact.pmid, statement=stored.statement, action=action, curator=curator, at=datetime.now(UTC),
        text_hash=stored.fact.text_hash, extractor_version=stored.fact.extractor_version, before=stored.fact.given(),
        after=None if after is None else after.given(), reason=reason.strip(),
    )  # fmt: skip
