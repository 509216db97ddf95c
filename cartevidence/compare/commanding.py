"""The command `compare`: ask, print or write, plot."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from cartevidence import exporting, terminal
from cartevidence.compare import printing, tables
from cartevidence.compare.comparison import Comparison
from cartevidence.compare.engine import compare
from cartevidence.compare.question import Question, QuestionError
from db.store import Store


def check(questions: int, form: str, out: str | None) -> None:
    """Raises QuestionError where two answers would have to go into one stream that holds one."""
    if questions > 1 and out is None and form not in ("table", "json"):
        raise QuestionError("An endpoint and an event together need --out FILE, or ask for them one after the other")


def answer(
    store: Store,
    questions: Sequence[tuple[Question, list[str]]],
    *,
    form: str,
    out: str | None,
    plot: str | None,
    all_left_out: bool,
) -> None:
    """Answer the questions, see `asking.questions`; of two the second one's files are numbered."""
    comparisons = [Comparison(store, compare(store, question), tuple(notes)) for question, notes in questions]
    for note in dict.fromkeys(note for comparison in comparisons for note in comparison.notes):
        click.echo(f"Note: {note}", err=True)
    if plot:
        for comparison, path in zip(comparisons, numbered(plot, len(comparisons)), strict=True):
            comparison.plot(path)
            click.echo(f"{path} written.", err=True)
    if out:
        for comparison, path in zip(comparisons, numbered(out, len(comparisons)), strict=True):
            with exporting.replacing(path) as file:
                file.write(written(comparison, form))
            click.echo(f"{path} written.", err=True)
    elif form == "table":
        for comparison in comparisons:
            printing.print_compared(terminal.console(), comparison.result, all_left_out=all_left_out)
    else:
        sys.stdout.buffer.write(_together(comparisons, form))
        sys.stdout.flush()


def numbered(path: str, count: int) -> list[Path]:
    """The path, and for further files 'name-2.png' ..."""
    first = Path(path)
    return [first] + [first.with_stem(f"{first.stem}-{i}") for i in range(2, count + 1)]


def written(comparison: Comparison, form: str) -> bytes:
    """The comparison as a file of the format named."""
    file = io.BytesIO()
    if form == "table":
        text = io.StringIO()
        printing.print_compared(terminal.console(text), comparison.result, all_left_out=True)
        return text.getvalue().encode()
    if form == "html":
        return comparison.html().encode()
    tables.write(comparison.result, form, file, comparison.records if form in ("ris", "bibtex") else None)
    return file.getvalue()


def _together(comparisons: Sequence[Comparison], form: str) -> bytes:
    if len(comparisons) == 1:
        return written(comparisons[0], form)
    both = [json.loads(written(comparison, form)) for comparison in comparisons]
    return (json.dumps({"comparisons": both}, indent=2, ensure_ascii=False) + "\n").encode()
