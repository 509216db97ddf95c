"""Answers of `query`: a table for people, CSV and JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from textwrap import indent
from typing import Any, BinaryIO, TextIO

from rich.console import Console

from cartevidence import wording
from cartevidence.exporting import FACT, write_jsonl
from cartevidence.spreadsheet import utf8, write_csv
from cartevidence.terminal import print_blocks, print_table, put
from models.evidence import fact_from

TABLE_ROWS = 200  # what a table shows of a long answer unless told otherwise
MORE = "A higher --limit shows more, --format csv gives all."
NARROWEST = 8  # columns narrower than this, gap included, are not worth a table


def print_facts(out: Console, facts: Iterable[Mapping[str, Any]], total: int) -> None:
    """Facts (as exported) in words, a row each, with their quotes; ends with how many of `total` these are."""
    rows = []
    for values in facts:
        fact = fact_from({**values, "text_hash": ""})  # the words need no proof of place
        rows.append([fact.pmid, wording.sentence(fact), fact.quote, f"{fact.confidence:.2f}"])
    if rows:
        print_table(out, ["PMID", "Evidence", "Quote", "Sure"], rows)
    if total > len(rows):
        put(out, f"The first {len(rows):,} of {wording.plural(total, 'fact')}. {MORE}")
        return
    studies = len({row[0] for row in rows})
    put(out, f"{wording.plural(len(rows), 'fact')} of {wording.plural(studies, 'study', 'studies')}.")


def print_rows(out: Console, headings: Sequence[str], rows: Iterable[Sequence[Any]], most: int) -> None:
    """The first rows of an SQL query, as blocks where they have too many columns for a table; ends with how many."""
    cells = [[_text(cell) for cell in row] for row in islice(rows, most + 1)]
    there_are_more = len(cells) > most
    del cells[most:]
    if cells and len(headings) * NARROWEST > out.width:
        print_blocks(out, headings, cells)
    elif cells:
        print_table(out, headings, cells)
    if there_are_more:
        put(out, f"The first {wording.plural(len(cells), 'row')}; there are more. {MORE}")
    else:
        put(out, f"{wording.plural(len(cells), 'row')}.")


def write_facts(facts: Iterable[Mapping[str, Any]], form: str, out: BinaryIO) -> None:
    """Facts as csv, json or jsonl."""
    if form == "csv":
        with utf8(out) as text:
            write_csv(FACT, ([fact.get(name) for name in FACT] for fact in facts), text)
    else:
        _write_json(facts, form, out)


def write_rows(headings: Sequence[str], rows: Iterable[Sequence[Any]], form: str, out: BinaryIO) -> None:
    """Rows of an SQL query as csv, json or jsonl."""
    if form == "csv":
        with utf8(out) as text:
            write_csv(headings, rows, text)
    else:
        _write_json((dict(zip(headings, map(_json, row), strict=True)) for row in rows), form, out)


def _write_json(rows: Iterable[Mapping[str, Any]], form: str, out: BinaryIO) -> None:
    with utf8(out) as text:
        if form == "jsonl":
            write_jsonl(rows, text)
        else:
            _write_array(rows, text)


def _write_array(rows: Iterable[Mapping[str, Any]], out: TextIO) -> None:
    """One JSON array, row by row, so that a long answer takes little memory."""
    begun = False
    for row in rows:
        out.write(",\n" if begun else "[\n")
        out.write(indent(json.dumps(row, indent=2, ensure_ascii=False), "  "))
        begun = True
    out.write("\n]\n" if begun else "[]\n")


def _json(cell: Any) -> Any:
    return cell.hex() if isinstance(cell, bytes) else cell


def _text(cell: Any) -> str:
    if isinstance(cell, bytes):
        return f"<{len(cell):,} bytes>"
    if isinstance(cell, float):
        return wording.number(cell)
    return "" if cell is None else str(cell)
