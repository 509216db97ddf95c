"""What was decided, asked of the database itself."""

from __future__ import annotations

from pathlib import Path

from db.store import Store


def acts(db: Path, pmid: str) -> list[str]:
    """The acts on a study, the oldest first: 'ada accept'."""
    with Store.open(db, readonly=True) as store:
        return [f"{decision.curator} {decision.action}" for _, decision in store.decisions(pmid)]


def standing(db: Path, pmid: str) -> list[str]:
    """The status of each fact of a study, in the order of the text."""
    with Store.open(db, readonly=True) as store:
        return [stored.status for stored in store.facts(pmid)]
