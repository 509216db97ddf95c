"""Where everything of a forest plot stands. The width of the page is fixed, its height follows from the lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cartevidence.compare import forest_words as words
from cartevidence.compare.forest_columns import columns
from cartevidence.compare.forest_page import (
    BODY,
    GREY,
    LEADING,
    MARGIN,
    MIDDLE,
    PAGE,
    SMALL,
    TITLE,
    Plan,
    Row,
    Symbol,
    Words,
)
from cartevidence.compare.forest_rows import Kind, Line, lines, number, rows_of, settled
from cartevidence.compare.forest_text import plain, width, wrap
from cartevidence.compare.results import Compared

FULL = PAGE - 2 * MARGIN
HEIGHTS: dict[Kind, float] = {
    "heading": 19,
    "study": 13.5,
    "pooled": 14.5,
    "other method": 13,
    "prediction": 12,
    "said": 9.5,  # for each line of text
}
MANY = 30  # lines from which on the numbers of the axis stand above the plot too
INDENT = 8.0  # of what is said under an estimate
SYMBOL = 18.0  # room for a symbol of the legend


def plan(compared: Compared) -> Plan:
    """Lay out a comparison of any size."""
    drawn = settled(compared)
    every = tuple(lines(drawn))
    table = columns(drawn, every)
    heads, y = _heads(compared, drawn)
    rules = [y]
    texts = [*heads, *table.headings(y + 11)]
    y += 16
    rules.append(y)
    if len(every) > MANY:
        texts += table.numbers(y + SMALL + 3)
        y += SMALL + 5
    top = y
    y += 2
    rows: list[Row] = []
    stripes: list[tuple[float, float]] = []
    studies = 0
    below: float | None = None  # where the estimates over all studies begin
    for line in every:
        if line.overall and below is None:
            below = y + 3
            rules.append(below)
            y += 6
        before = y
        if line.kind == "said":
            indent = INDENT + (0 if line.overall else table.indent)
            said = wrap(plain(line.label), table.room + 6 - indent, SMALL)  # no square comes near
            texts += [_small(text, y + n * HEIGHTS["said"], MARGIN + indent) for n, text in enumerate(said)]
            y += HEIGHTS["said"] * len(said)
        else:
            y += HEIGHTS[line.kind]
            texts += table.cells(line, (before + y) / 2 + (2 if line.kind == "heading" else 0))
        rows.append(Row(line, (before + y) / 2))
        if line.kind == "study":
            studies += 1
            if studies % 2:
                stripes.append((before, y))
    bottom = y + 3
    y = bottom + SMALL + 4
    texts += table.numbers(y)
    y += SMALL * LEADING + 1
    middle = (table.axis.start + table.axis.end) / 2
    texts.append(Words(words.axis(drawn), middle, y, SMALL, colour=GREY, align="center"))
    y += 6
    rules.append(y)
    legend, told, y = _legend(every, y + 4)
    notes, y = _notes(words.footnotes(drawn), y + 3)
    reference = drawn.pooled.estimate if drawn.pooled else None
    return Plan(
        title=plain(words.title(drawn)),
        height=y + MARGIN / 2,
        axis=table.axis,
        top=top,
        bottom=bottom,
        words=(*texts, *told, *notes),
        rows=tuple(rows),
        stripes=tuple(stripes),
        rules=tuple(rules),
        legend=tuple(legend),
        reference=None if reference is None else (reference, below or bottom),
    )


def _heads(compared: Compared, drawn: Compared) -> tuple[list[Words], float]:
    """Title and subtitle, and the height beneath them."""
    y = MARGIN - 5
    placed = []
    for text in wrap(plain(words.title(drawn)), FULL, TITLE, True):
        y += TITLE * LEADING
        placed.append(Words(text, MARGIN, y, TITLE, True))
    y += 1
    for text in wrap(plain(" · ".join(filter(None, (_size(compared, drawn), words.asked(drawn))))), FULL, BODY):
        y += BODY * LEADING
        placed.append(Words(text, MARGIN, y, BODY, colour=GREY))
    return placed, y + 7


def _size(compared: Compared, drawn: Compared) -> str:
    """How many studies there are, and whether all are drawn."""
    shown, of = len(rows_of(drawn)), number(compared)
    if shown < of:
        return f"the first {shown} of {of:,} studies are drawn"
    return words.studies(shown) if shown else "no study to show"


def _legend(every: Sequence[Line], y: float) -> tuple[list[tuple[Symbol, float, float]], list[Words], float]:
    """Symbols with their middles, what each means, and the height beneath."""
    symbols: list[tuple[Symbol, float, float]] = []
    told: list[Words] = []
    x, y = MARGIN, y + SMALL
    for symbol, meaning in _meanings(every).items():
        wide = SYMBOL + width(meaning, SMALL) + 12
        if x > MARGIN and x + wide - 12 > PAGE - MARGIN:
            x, y = MARGIN, y + SMALL * 1.5
        symbols.append((symbol, x + SYMBOL / 2 - 2, y - MIDDLE * SMALL))
        told.append(_small(meaning, y - 0.72 * HEIGHTS["said"], x + SYMBOL))
        x += wide
    return symbols, told, y


def _meanings(every: Sequence[Line]) -> dict[Symbol, str]:
    """What the symbols that occur mean."""
    kinds = {line.kind for line in every}
    squares = [line for line in every if line.kind == "study" and line.at is not None]
    found: dict[Symbol, str] = {}
    if any(line.area for line in squares):
        by = {"weight": ", area by weight", "patients": ", area by number of patients", "equal": ""}[squares[0].sized]
        found["study"] = f"study with its interval{by}"
    if any(not line.area for line in squares):
        found["uncounted"] = "study without weight in the estimate"
    if "pooled" in kinds:
        found["pooled"] = "pooled estimate with its interval"
    if "other method" in kinds:
        found["other method"] = "the same studies by another method"
    if "prediction" in kinds:
        found["prediction"] = "prediction interval: where a new study's true value would lie"
    if any(line.open_end for line in every):
        found["open end"] = "interval goes on"
    if any(line.not_reached for line in every):
        found["not reached"] = "median not reached"
    return found


def _notes(paragraphs: Iterable[str], y: float) -> tuple[list[Words], float]:
    """Footnotes, and the height beneath them."""
    placed = []
    for paragraph in paragraphs:
        y += 1.5
        for text in wrap(plain(paragraph), FULL, SMALL):
            placed.append(_small(text, y))
            y += SMALL * LEADING
    return placed, y


def _small(text: str, top: float, x: float = MARGIN) -> Words:
    return Words(text, x, top + 0.72 * HEIGHTS["said"], SMALL, colour=GREY)
