"""ClinicalTrials.gov numbers of a record: those listed for it and those its text names."""

from __future__ import annotations

from collections.abc import Iterable

from models.record import NCT


def trial_numbers(listed: Iterable[str], *texts: str) -> tuple[str, ...]:
    """Unique numbers in order, listed ones first, written without blanks ('NCT02315612')."""
    found: dict[str, None] = {}
    for text in (*listed, *texts):
        if "NCT" in text:
            found.update(dict.fromkeys("".join(number.split()) for number in NCT.findall(text)))
    return tuple(found)
