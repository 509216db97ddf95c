"""The page of a forest plot: its measures, and the things that stand on it.

All places are in points (1/72 inch) from the upper left corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cartevidence.compare.forest_rows import Line

Align = Literal["left", "right", "center"]
Symbol = Literal["study", "uncounted", "pooled", "other method", "prediction", "open end", "not reached"]

PAGE = 540.0  # 7.5 inches wide: fits between the margins of A4
MARGIN = 12.0
TITLE, BODY, SMALL = 11.0, 8.0, 6.7  # sizes of letters
LEADING = 1.32  # from one line of text to the next, of the size of letters
MIDDLE = 0.36  # half the height of a capital or digit, of the size of letters
BLACK, GREY = "#1a1a1a", "#595959"


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text with its base line at `y`; at `x` it begins, ends, or has its middle, by `align`."""

    text: str
    x: float
    y: float
    size: float = BODY
    bold: bool = False
    colour: str = BLACK
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the plot, with the height of its middle."""

    line: Line
    y: float


@dataclass(frozen=True, slots=True)
class Axis:
    """From `start` to `end` on the page stand 0 to `most`, percent or months."""

    start: float
    end: float
    most: float
    ticks: tuple[float, ...]

    def place(self, value: float) -> float:
        """Where a value stands on the page."""
        return self.start + (self.end - self.start) * value / self.most


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is on the page."""

    title: str
    height: float
    axis: Axis
    top: float  # of the plot
    bottom: float
    words: tuple[Words, ...]
    rows: tuple[Row, ...]
    stripes: tuple[tuple[float, float], ...]  # top and bottom of every other study's line
    rules: tuple[float, ...]  # heights of lines from margin to margin
    legend: tuple[tuple[Symbol, float, float], ...]  # symbols with the middle of each
    reference: tuple[float, float] | None  # the estimate over all studies, and how far down its line goes
