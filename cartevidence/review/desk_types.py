"""What the desk shows and takes: plain values between the rules of reviewing and whatever displays them.

Nothing here reads a database or knows of the web. A decision always names the last decision that its curator saw
(`seen`), so that nobody overwrites what they have not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from models.decision import Need as Need
from models.decision import Status
from models.evidence import Fact, FactType
from models.record import Record
from models.study import Study

Act = Literal["accept", "correct", "reject", "add", "undo"]
# blind: this curator is one of a pair; waiting: a pair has not finished, nothing can be decided here for now;
# adjudication: the pair has finished, what they decided unequally is open.
Mode = Literal["open", "blind", "waiting", "adjudication"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """A study in the queue."""

    pmid: str
    label: str
    title: str
    year: int | None
    study_type: str | None
    targets: tuple[str, ...]
    diseases: tuple[str, ...]
    retracted: bool
    facts: int
    decided: int
    failed_checks: int
    lowest_confidence: float | None  # of its undecided facts
    need: Need
    mode: Mode = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFact:
    """A fact as this curator may see it: in a blind review with their own decisions only."""

    number: int  # 1, 2 ... in the order of the text
    fact: Fact
    id: str
    statement: str
    status: Status
    attention: str | None
    seen: int | None  # id of the last decision on its statement, to be given back with a decision
    words: str  # 'CR/CRi 24/30 (80%) at 30 d'
    checks: tuple[str, ...]  # failed arithmetic checks in words
    others: tuple[Opinion, ...] = ()  # in an adjudication: what the two decided


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one curator of a pair decided on a fact."""

    curator: str
    status: Status
    words: str
    values: dict[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with the numbers of the facts whose quotes cover it; overlapping quotes share pieces."""

    text: str
    facts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TextSection:
    """A part of the record: its label ('TITLE', 'RESULTS', 'ABSTRACT'), where it begins, its pieces in order.

    `start` counts from the beginning of the title (section TITLE) or of the canonical abstract.
    """

    label: str
    start: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskStudy:
    """All that the page of a study shows."""

    record: Record
    label: str
    study: Study | None
    sections: tuple[TextSection, ...]
    facts: tuple[DeskFact, ...]
    mode: Mode
    notices: tuple[str, ...]  # 'retracted', 'erratum published' ... in words
    same_trial: tuple[str, ...]  # PMIDs of other reports of the trial
    previous: str | None  # PMIDs beside it in the queue
    next: str | None
    finished: bool = False  # blind: this curator is done; else somebody looked through this very text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the history of a study."""

    id: int
    at: str
    curator: str
    act: Act
    before: str | None  # the fact in words
    after: str | None
    reason: str
    extractor_version: str
    text_hash: str
    undone: bool
    fact: str = ""  # DeskFact.id of the fact it is about
    mode: Mode = "open"  # blind: a decision of one of a pair, shown since both have finished


@dataclass(frozen=True, slots=True)
class Prefill:
    """What words that a curator selected seem to say: the type of fact and the values that the words give."""

    type: FactType
    values: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """A study that was given to a pair."""

    pmid: str
    title: str
    curators: tuple[str, str]
    at: str
    finished: tuple[str, ...]  # who of the two has finished
    conflicts: int | None  # facts still unequal; None until both have finished
