"""The columns of a forest plot: how wide each gets, the texts in them, and the axis in the room between."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cartevidence.compare.forest_page import BLACK, BODY, GREY, MARGIN, MIDDLE, PAGE, SMALL, Align, Axis, Words
from cartevidence.compare.forest_rows import Line, rows_of
from cartevidence.compare.forest_text import plain, shorten, width
from cartevidence.compare.results import Compared

GAP = 9.0  # between columns
BESIDE_AXIS = 13.0  # keeps squares and arrows at either end of the axis off the texts
NARROWEST_AXIS, NARROWEST_LABELS, ROOMY_LABELS = 165.0, 70.0, 98.0
WIDEST = 64.0  # of PMIDs and times, which are short unless something is odd
MARKS = 5.6  # size of the raised marks behind a label
BEFORE_MARKS, RAISED = 1.5, 2.4
INDENT = 7.0  # of what is under the heading of a subgroup
STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240, 600)  # months from tick to tick
TICKS = 7  # at most, beside 0
YEAR = re.compile(r" \d{4}$")  # is kept when a label is shortened


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table with its edges; `name` is the attribute of a line that stands in it."""

    name: str
    heading: str
    left: float
    right: float
    align: Align

    @property
    def x(self) -> float:
        """Where its texts are anchored."""
        return self.right if self.align == "right" else self.left


@dataclass(frozen=True, slots=True)
class Columns:
    """The labels, the columns left and right of the axis that are not empty, and the axis."""

    labels: Column
    others: tuple[Column, ...]
    axis: Axis
    indent: float

    @property
    def room(self) -> float:
        """For a text that goes over all columns left of the axis."""
        return self.axis.start - BESIDE_AXIS - MARGIN

    def headings(self, y: float) -> list[Words]:
        """The names of the columns on the base line `y`."""
        return [Words(column.heading, column.x, y, BODY, True, align=column.align) for column in self._all]

    def numbers(self, y: float) -> list[Words]:
        """The numbers of the axis on the base line `y`."""
        axis = self.axis
        return [Words(f"{tick:g}", axis.place(tick), y, SMALL, False, GREY, "center") for tick in axis.ticks]

    def cells(self, line: Line, middle: float) -> Iterator[Words]:
        """The texts of a line around the height `middle`."""
        bold, y = line.kind in ("heading", "pooled"), middle + MIDDLE * BODY
        x = MARGIN + (0 if line.kind == "heading" or line.overall else self.indent)
        marks = width(line.marks, MARKS) + BEFORE_MARKS if line.marks else 0.0
        label, room = plain(line.label), self._end_of_label(line) - x - marks
        year = YEAR.search(label) if line.kind == "study" else None
        end = year[0] if year else ""
        label = shorten(label.removesuffix(end), room - width(end, BODY), BODY, bold) + end
        yield Words(label, x, y, BODY, bold)
        if line.marks:
            yield Words(line.marks, x + width(label, BODY, bold) + BEFORE_MARKS, y - RAISED, MARKS)
        for column in self.others:
            if text := plain(getattr(line, column.name)):
                size = SMALL if column.name == "pmid" else BODY
                grey = column.name == "pmid" or line.kind == "prediction"
                if column.name in ("pmid", "time"):  # figures are never cut
                    text = shorten(text, column.right - column.left, size, bold)
                yield Words(text, column.x, y, size, bold, GREY if grey else BLACK, column.align)

    @property
    def _all(self) -> tuple[Column, ...]:
        return (self.labels, *self.others)

    def _end_of_label(self, line: Line) -> float:
        """A heading goes up to the axis, an estimate over the column of PMIDs, which it has none of."""
        if line.kind == "heading":
            return MARGIN + self.room
        return self.labels.right if line.pmid else self.others[0].right


def columns(compared: Compared, every: Sequence[Line]) -> Columns:
    """The columns for the lines of a settled comparison; those that would be empty are left out."""
    indent = INDENT if any(group.name for group in compared.subgroups) else 0.0
    median = compared.measure == "median"
    left = _filled(every, (("pmid", "PMID"), ("count", "N" if _only_totals(compared) else "n/N"), ("time", "Time")))
    right = _filled(every, (("estimate", f"{'Months' if median else 'Percent'} [95% CI]"), ("weight", "Weight")))
    if _time_in_title(compared):
        left = [column for column in left if column.name != "time"]
    wide = _widest_label(every, left[0].right, indent)
    taken = sum(column.right + GAP for column in [*left, *right]) - GAP + 2 * BESIDE_AXIS + 2 * MARGIN
    wide = min(wide, max(NARROWEST_LABELS, PAGE - NARROWEST_AXIS - taken))
    labels = Column("label", "Study", MARGIN, MARGIN + wide, "left")
    left = _side_by_side(left, labels.right + GAP)
    right = _side_by_side(right, PAGE - MARGIN + GAP - sum(column.right + GAP for column in right))
    most, ticks = scale(compared)
    axis = Axis(left[-1].right + BESIDE_AXIS, right[0].left - BESIDE_AXIS, most, ticks)
    return Columns(labels, (*left, *right), axis, indent)


def scale(compared: Compared) -> tuple[float, tuple[float, ...]]:
    """The end of the axis and its ticks: 0 to 100 percent; months up to all medians and most of their intervals."""
    if compared.measure != "median":
        return 100.0, (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
    rows = rows_of(compared)
    lower = [value for row in rows for value in (row.value, row.ci_low) if value is not None]
    furthest = max(lower, default=10.0)
    # One interval that goes on for years does not press the others together; it is drawn with an arrow.
    upper = [row.ci_high for row in rows if row.ci_high is not None and row.ci_high <= 2.5 * furthest]
    most = max([furthest * 1.1, *upper, 1.0])
    step = next((step for step in STEPS if most / step <= TICKS), most / TICKS)
    count = math.ceil(most / step)
    return step * count, tuple(step * n for n in range(count + 1))


def _filled(every: Sequence[Line], named: Sequence[tuple[str, str]]) -> list[Column]:
    """Columns from 0 to the width of their widest text; PMIDs and estimates always, others where there is a text."""
    found = []
    for name, heading in named:
        texts = [plain(getattr(line, name)) for line in every]
        if any(texts) or name in ("pmid", "estimate"):
            bold = name != "pmid"
            wide = max((width(text, BODY, bold) for text in texts), default=0.0)
            limit = WIDEST if name in ("pmid", "time") else math.inf
            align: Align = "left" if name in ("pmid", "time") else "right"
            found.append(Column(name, heading, 0.0, max(min(wide, limit), width(heading, BODY, True)), align))
    return found


def _side_by_side(columns: Sequence[Column], start: float) -> list[Column]:
    placed = []
    for column in columns:
        placed.append(replace(column, left=start, right=start + column.right))
        start = placed[-1].right + GAP
    return placed


def _widest_label(every: Sequence[Line], pmids: float, indent: float) -> float:
    """So that all names of studies fit, and those of estimates, which go on over the column of PMIDs."""
    marks = BEFORE_MARKS + width("*†", MARKS)
    wide = ROOMY_LABELS
    for line in every:
        if line.kind == "study":
            wide = max(wide, indent + width(plain(line.label), BODY) + (marks if line.marks else 0.0))
        elif line.kind not in ("heading", "said"):
            wide = max(wide, indent + width(plain(line.label), BODY, True) - GAP - pmids)
    return wide


def _only_totals(compared: Compared) -> bool:
    return compared.measure != "proportion" and not any(row.count for row in rows_of(compared))


def _time_in_title(compared: Compared) -> bool:
    times = {row.time for row in rows_of(compared)}
    return len(times) == 1 and compared.title.endswith(f" at {next(iter(times))}")
