"""CSV text and Excel workbooks, written row by row: any number of rows in little memory.

Lists become text joined by '; ', flags TRUE or FALSE, absent values empty cells. No cell is ever a formula.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from models.errors import CartevidenceError

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell

EXCEL_ROWS = 1_048_576  # of a sheet, its heading included
EXCEL_LINKS = 65_530  # of a sheet; Excel calls a file with more damaged
# What XML, and so Excel's format, cannot hold.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@contextmanager
def utf8(out: BinaryIO) -> Iterator[TextIO]:
    """Text over a binary stream: UTF-8 whatever the terminal's encoding, line ends as written."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    try:
        yield text
    finally:
        text.detach()  # flushes, and leaves `out` open


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """CSV by RFC 4180. Text stands in quotes and numbers do not, so that a reader may tell 1-2 from a date."""
    for row in itertools.chain([headings], rows):
        out.write(",".join(map(_csv_cell, row)) + "\r\n")


def _csv_cell(value: Any) -> str:
    value = flat(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return str(value)
    return '"' + safe(str(value)).replace('"', '""') + '"' if value else ""


def safe(text: str) -> str:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe; a number is left alone."""
    if text.startswith(("=", "+", "-", "@", "\t", "\r")) and not NUMBER.fullmatch(text):
        return "'" + text
    return text


def flat(value: Any) -> Any:
    """A value for a cell: lists as text, and no control characters."""
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value))
    return CONTROL.sub("�", value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Column:
    """How a column of a workbook looks; `width` is in characters."""

    width: float = 11
    number: str = "General"
    wrap: bool = False


_COUNT, _PERCENT, _SURE = Column(9, "#,##0"), Column(9, 'General"%"'), Column(11, "0.00")
COLUMNS = {
    "title": Column(60, wrap=True), "quote": Column(60, wrap=True), "notes": Column(40, wrap=True),
    "reason": Column(60, wrap=True), "what": Column(60, wrap=True), "url": Column(42), "study": Column(20),
    "label": Column(20), "journal": Column(24), "doi": Column(26), "study_type": Column(18), "nct": Column(14),
    "targets": Column(12), "diseases": Column(16), "endpoint": Column(12), "event": Column(18), "name": Column(22),
    "group": Column(24), "method": Column(50), "estimate of": Column(22),
    "part": Column(11), "rule": Column(18), "subgroup": Column(16), "id": Column(19),
    "year": Column(7, "0"), "n": _COUNT, "total": _COUNT, "study_n": _COUNT, "start": _COUNT, "end": _COUNT,
    "k": _COUNT, "events": _COUNT, "count": _COUNT, "confidence": _SURE,
    "percent": _PERCENT, "ci_level": _PERCENT, "weight": Column(9, '0.0"%"'), "months": Column(9, "0.0#"),
}  # fmt: skip


@contextmanager
def workbook(out: BinaryIO) -> Iterator[Workbook]:
    """An Excel workbook, written to `out` once the block is done; nothing is written where that fails."""
    from openpyxl import Workbook as Book

    book = Workbook(Book(write_only=True))
    try:
        yield book
    finally:
        book.finish()  # also after an error: openpyxl complains aloud of sheets left open
    book.save(out)


class Workbook:
    """A workbook that is written sheet by sheet and row by row; several sheets may grow at once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._sheets: list[Sheet] = []

    def sheet(self, name: str, columns: Sequence[str], looks: Mapping[str, Column] | None = None) -> Sheet:
        """A new sheet with these headings, its first row and column frozen; `looks` before those in COLUMNS."""
        self._sheets.append(Sheet(self._book.create_sheet(name), columns, COLUMNS | dict(looks or {})))
        return self._sheets[-1]

    def finish(self) -> None:
        """End all sheets; none can grow afterwards."""
        for sheet in self._sheets:
            sheet.finish()

    def save(self, out: BinaryIO) -> None:
        """Write the file."""
        self._book.save(out)


class Sheet:
    """A sheet that takes a mapping a row. `pmid` becomes a link to PubMed."""

    def __init__(self, sheet: Any, columns: Sequence[str], looks: Mapping[str, Column]) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font

        self._sheet, self._columns = sheet, tuple(columns)
        self._rows = self._links = 0
        sheet.freeze_panes = "B2"
        headings, self._cells = [], []
        for at, name in enumerate(columns, start=1):
            look = looks.get(name, Column())
            sheet.column_dimensions[_letter(at)].width = look.width
            heading = WriteOnlyCell(sheet, name)
            heading.font = Font(bold=True)
            headings.append(heading)
            cell = WriteOnlyCell(sheet)
            cell.alignment = Alignment(vertical="top", wrap_text=look.wrap)
            cell.number_format = look.number
            if name == "pmid":
                cell.font = Font(color="0563C1", underline="single")
            self._cells.append(cell)
        self._append(headings)

    def row(self, values: Mapping[str, Any]) -> None:
        """Add a row; names that are no columns are left out. Raises CartevidenceError at Excel's limit of rows."""
        cells: list[WriteOnlyCell | None] = []
        # The same cell objects serve every row: each row is written out before the next.
        for name, cell in zip(self._columns, self._cells, strict=True):
            value = flat(values.get(name))
            if value is None or value == "":
                cells.append(None)
                continue
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # openpyxl takes text such as '=1' or '#N/A' for a formula or an error
                cell.hyperlink = self._link(value) if name == "pmid" else None
            cells.append(cell)
        self._append(cells)

    def _append(self, cells: Sequence[WriteOnlyCell | None]) -> None:
        if self._rows >= EXCEL_ROWS:
            raise CartevidenceError(
                f"The sheet {self._sheet.title} would have more than the {EXCEL_ROWS:,} rows that Excel can hold: "
                "write csv or jsonl instead."
            )
        self._rows += 1
        self._sheet.append(cells)

    def finish(self) -> None:
        """End the sheet, with filter buttons over its filled part."""
        self._sheet.auto_filter.ref = f"A1:{_letter(len(self._columns))}{self._rows}"
        self._sheet.close()

    def _link(self, pmid: str) -> str | None:
        self._links += 1
        return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if self._links <= EXCEL_LINKS else None


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))
