"""One pass over a text for a table of patterns, each with the value it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from models.choice import Choice, spaced

T = TypeVar("T")


class Scanner(Generic[T]):
    """Finds words and phrases; of patterns that fit at one place the first of the table wins.

    With `overlapping` a place inside another one is found as well ('retrospectively' in 'we retrospectively studied').
    """

    def __init__(
        self, rows: Iterable[tuple[str, T]], *, gaps: bool = True, tail: str = "(?![a-z0-9])", overlapping: bool = False
    ) -> None:
        table = list(rows)
        self._values = [value for _, value in table]
        self._overlapping = overlapping
        self._choice = Choice(
            (f"(?:{spaced(pattern) if gaps else pattern}){tail}" for pattern, _ in table), before="(?<![A-Za-z0-9])"
        )

    def hits(self, text: str) -> Iterator[tuple[int, int, T]]:
        """(start, end, value) of every place, from left to right."""
        for row, match in self._choice.hits(text, overlapping=self._overlapping):
            yield match.start(), match.end(), self._values[row]
