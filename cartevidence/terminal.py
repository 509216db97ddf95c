"""Where text meets the terminal: consoles, tables that fit the width, one way to print each."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

PIPED_WIDTH = 120
GAP = 2  # blanks between two columns


def console(stream: TextIO | None = None) -> Console:
    """A console on `stream` (standard output if None): colours and the terminal's width on a terminal
    (NO_COLOR is respected), plain text of COLUMNS or 120 columns elsewhere."""
    stream = stream or sys.stdout
    width = None
    if not stream.isatty() and not os.environ.get("COLUMNS", "").isdigit():
        width = PIPED_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def put(out: Console, what: RenderableType = "", style: str = "") -> None:
    """Print; elsewhere than on a terminal without the blanks with which lines are filled up."""
    if out.is_terminal:
        out.print(what, style=style)
        return
    with out.capture() as captured:
        out.print(what)
    for line in captured.get().splitlines() or [""]:
        out.out(line.rstrip())


def print_table(
    out: Console, headings: Sequence[str], rows: Sequence[Sequence[str]], *, expendable: Sequence[str] = ()
) -> None:
    """Print rows as a table no wider than the console.

    Cells wrap between words. Where the words alone are too wide, `expendable` columns are left out, the first
    named first, and listed below the table; where that is not enough, words are folded.
    """
    words, lines = _widths(headings, rows)
    shown = _columns_that_fit(headings, words, expendable, out.width)
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0))
    widths = _shared_out([words[i] for i in shown], [lines[i] for i in shown], out.width)
    for i, width in zip(shown, widths, strict=True):
        table.add_column(headings[i], width=width, overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(row[i])) for i in shown))
    put(out, table)
    left_out = [heading for i, heading in enumerate(headings) if i not in shown]
    if left_out:
        put(out, f"Left out for lack of width: {', '.join(left_out)}.")


def print_blocks(out: Console, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print each row as lines 'heading  cell', without empty cells, and an empty line behind it."""
    left = max(map(cell_len, headings)) + GAP
    for row in rows:
        for heading, cell in zip(headings, row, strict=True):
            if cell:
                line = Text(" " * (left - cell_len(heading))).join([Text(clean(heading), "bold"), Text(clean(cell))])
                put(out, line)
        put(out)


def clean(text: str) -> str:
    """Text without control characters, so that no record can steer the terminal; line feeds and tabs stay."""
    return "".join(c if c in "\n\t" or not (ord(c) < 32 or 127 <= ord(c) < 160) else "�" for c in text)


def _widths(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[int], list[int]]:
    """For each column the width of its longest word and of its longest line."""
    words, lines = [], []
    for i, heading in enumerate(headings):
        cells = [line for row in (headings, *rows) for line in row[i].splitlines()]
        lines.append(max((cell_len(line) for line in cells), default=1))
        words.append(max((cell_len(word) for line in cells for word in line.split()), default=1))
        words[-1] = max(words[-1], cell_len(heading))
    return words, lines


def _columns_that_fit(
    headings: Sequence[str], words: Sequence[int], expendable: Sequence[str], width: int
) -> list[int]:
    """Which columns to show so that no word is broken, as far as leaving out the expendable ones helps."""
    shown = list(range(len(headings)))
    for heading in expendable:
        if sum(words[i] for i in shown) + GAP * (len(shown) - 1) <= width:
            break
        shown = [i for i in shown if headings[i] != heading]
    return shown


def _shared_out(words: Sequence[int], lines: Sequence[int], width: int) -> list[int]:
    """Widths of columns: none wider than its lines; what is left beyond the words goes where cells wrap most.

    Where even the words do not fit, the widest columns shrink.
    """
    widths = list(words)
    left = width - GAP * (len(words) - 1) - sum(widths)
    while left > 0 and any(line > given for line, given in zip(lines, widths, strict=True)):
        narrowest = max(range(len(widths)), key=lambda i: lines[i] / widths[i])
        widths[narrowest] += 1
        left -= 1
    while left < 0 and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
        left += 1
    return widths
