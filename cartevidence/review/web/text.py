"""The text of a study as it is shown: runs of words with the facts whose quotes cover them, each on its own line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cartevidence.review.desk_types import DeskFact, DeskStudy

LANES = 3  # lines that can be drawn beneath a word


@dataclass(frozen=True)
class Run:
    """Words covered by the same quotes. `classes` colour them; `ends` are the facts whose quote ends here."""

    text: str
    start: int
    facts: tuple[DeskFact, ...]
    classes: str
    ends: tuple[DeskFact, ...]


@dataclass(frozen=True)
class Part:
    """A section with its runs."""

    label: str
    start: int
    runs: tuple[Run, ...]

    @property
    def length(self) -> int:
        return sum(len(run.text) for run in self.runs)


def parts(study: DeskStudy) -> list[Part]:
    """Title first, then the abstract by section."""
    facts = {fact.number: fact for fact in study.facts}
    lines = lanes([(f.fact.start, f.fact.end, f.number) for f in study.facts if f.fact.section != "TITLE"])
    lines |= lanes([(f.fact.start, f.fact.end, f.number) for f in study.facts if f.fact.section == "TITLE"])
    shown = []
    for section in study.sections:
        at, runs = section.start, []
        for number, piece in enumerate(section.pieces):
            after = section.pieces[number + 1].facts if number + 1 < len(section.pieces) else ()
            covering = tuple(facts[n] for n in piece.facts)
            ends = tuple(fact for fact in covering if fact.number not in after)
            runs.append(Run(piece.text, at, covering, _classes(covering, lines), ends))
            at += len(piece.text)
        shown.append(Part(section.label, section.start, tuple(runs)))
    return shown


def lanes(spans: Sequence[tuple[int, int, int]]) -> dict[int, int]:
    """For each (start, end, number) the line beneath the words that it keeps over its whole length, from 0.

    Quotes that overlap have different lines as far as there are any; a longer one takes the lower line.
    """
    taken: dict[int, int] = {}
    for start, end, number in sorted(spans, key=lambda span: (span[0], -span[1], span[2])):
        used = {taken[n] for a, b, n in spans if n in taken and a < end and start < b}
        taken[number] = next((lane for lane in range(LANES) if lane not in used), LANES - 1)
    return taken


def _classes(covering: Sequence[DeskFact], lines: dict[int, int]) -> str:
    """'u0-response u1-toxicity': which colours the lines beneath have."""
    return " ".join(dict.fromkeys(f"u{lines[fact.number]}-{fact.fact.type}" for fact in covering))
