"""The text of a record cut where quotes begin and end, so that overlapping quotes can each be shown."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cartevidence.review.desk_types import Piece, TextSection
from models.evidence import Fact
from models.record import Record

Numbered = tuple[int, Fact]


def sections(record: Record, facts: Sequence[Numbered]) -> tuple[TextSection, ...]:
    """Title and sections of the abstract in order, each in pieces; `facts` are those of this very text.

    The pieces of a section, put together, are its text in `record.title` or `record.abstract` from `start` on.
    """
    titled = [(number, fact) for number, fact in facts if fact.section == "TITLE"]
    others = [(number, fact) for number, fact in facts if fact.section != "TITLE"]
    title = TextSection("TITLE", 0, pieces(record.title, 0, len(record.title), titled))
    return (
        title,
        *(
            TextSection(label, start, pieces(record.abstract, start, end, others))
            for label, start, end in record.section_spans
        ),
    )


def pieces(text: str, start: int, end: int, facts: Sequence[Numbered]) -> tuple[Piece, ...]:
    """`text[start:end]` in pieces, each with the numbers of the facts whose quotes cover it; no piece is empty."""
    near = [(number, fact) for number, fact in facts if fact.start < end and fact.end > start]
    cuts = {start, end, *(at for _, fact in near for at in (fact.start, fact.end) if start < at < end)}
    return tuple(
        Piece(text[a:b], tuple(number for number, fact in near if fact.start <= a and b <= fact.end))
        for a, b in pairwise(sorted(cuts))
    )
