"""Links: what was found to belong together, and the runs of values and concepts that are linked."""

from __future__ import annotations

from dataclasses import dataclass, field

from extract.concepts import Mention
from extract.quantities import Quantity

# In a clause's skeleton these stand for the letters of concepts, grades and times.
CONCEPT, GRADE, TIME = "\ue000", "\ue001", "\ue002"


@dataclass(slots=True)
class Link:
    """A concept with (or, for absences and qualifiers, without) a quantity."""

    mention: Mention
    quantity: Quantity | None
    rule: str
    strength: float
    start: int
    end: int
    grade: str | None = None
    time: str | None = None
    absent: bool = False
    qualifier: str | None = None
    group: str | None = None
    restates: Quantity | None = None  # '24 of 30 (80%), which accounted for 70.5% of all 34': the earlier value


@dataclass(slots=True)
class Carried:
    """What a sentence leaves for the next: 'Grade 3 events occurred in 4' goes on about the same event."""

    event: Mention | None = None
    survival: Mention | None = None
    response: Mention | None = None
    time: str | None = None
    told: tuple[tuple[Mention, ...], ...] = ()  # what its values were of, for 'they were 84% and 58% at 3 months'
    grades: tuple[str, ...] = ()  # of the last event's values, for 'the figures for ICANS were'
    latest: Mention | None = None  # what the last value was of, for 'by product it was 28% and 5%'


@dataclass(slots=True)
class ValueRun:
    """Neighbouring values joined as a list: '27 (93%) and 32 (91%)'."""

    items: list[Quantity]
    start: int
    end: int
    joints: list[int] = field(
        default_factory=list
    )  # per gap between items: 2 compares ('vs'), 1 names a group, 0 lists


@dataclass(slots=True)
class ConceptRun:
    """Neighbouring concepts joined as a list: 'CRS and ICANS'."""

    items: list[Mention]
    start: int
    end: int


def lone(mention: Mention, at: int) -> ConceptRun:
    """A run of one concept that does not stand in this sentence, for a value at `at`."""
    return ConceptRun([Mention(mention.kind, at, at, mention.name)], at, at)
