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
    out: Console, headings: Sequence[str], rows: Sequence[Sequence[str]], *, keep_columns: bool = False
) -> None:
    """Print rows as a table no wider than the console.

    Cells wrap; where even that is too wide the last columns are left out and named below the table,
    unless `keep_columns`, which folds their words instead.
    """
    shown = len(headings) if keep_columns else _columns_that_fit(headings, rows, out.width)
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0))
    for heading in headings[:shown]:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row[:shown]))
    put(out, table)
    if shown < len(headings):
        put(out, f"Left out for lack of width: {', '.join(headings[shown:])}.")


def clean(text: str) -> str:
    """Text without control characters, so that no record can steer the terminal; line feeds and tabs stay."""
    return "".join(c if c in "\n\t" or not (ord(c) < 32 or 127 <= ord(c) < 160) else "�" for c in text)


def _columns_that_fit(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> int:
    used = 0
    for i, heading in enumerate(headings):
        longest = max((cell_len(word) for row in rows for word in row[i].split()), default=0)
        used += max(longest, max(cell_len(word) for word in heading.split() or [""])) + (GAP if i else 0)
        if used > width and i:
            return i
    return len(headings)
