"""Evidence as files that other programs read: JSON lines, CSV and Excel workbooks."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from models.errors import CartevidenceError

if TYPE_CHECKING:
    import pandas as pd

Row = Mapping[str, Any]
STUDY = ("pmid", "title", "year", "journal", "doi", "study_type", "targets", "diseases", "study_n", "nct", "retracted")
FACT = ("pmid", "type", "role", "endpoint", "event", "grade", "name", "measure", "n", "total", "percent", "value",
        "ci_low", "ci_high", "ci_level", "low", "high", "unit", "time", "qualifier", "absent", "not_reached", "group",
        "pooled", "quote", "section", "start", "end", "confidence", "checks", "status", "attention", "rule",
        "extractor_version", "id")  # fmt: skip
WIDTHS = {"title": 60, "quote": 60, "journal": 24, "doi": 24}  # columns of a workbook, in characters
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def write(rows: Iterable[Row], form: str, out: BinaryIO) -> None:
    """Write exported rows in the format named: jsonl, csv or xlsx."""
    if form == "xlsx":
        write_xlsx(rows, out)
        return
    with utf8(out) as text:
        (write_jsonl if form == "jsonl" else write_csv)(rows, text)


@contextmanager
def utf8(out: BinaryIO) -> Iterator[TextIO]:
    """Text over a binary stream: UTF-8 whatever the terminal's encoding, line ends as written."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    yield text
    text.detach()  # flushes, and leaves `out` open


def write_jsonl(rows: Iterable[Row], out: TextIO) -> None:
    """One JSON object a line, as the rows come: a database of any size takes little memory."""
    for row in rows:
        out.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_csv(rows: Iterable[Row], out: TextIO) -> None:
    """One line a fact, with its study's columns; a study without facts has one line of type 'study'."""
    frame = evidence_frame(rows)
    texts: list[str] = list(frame.select_dtypes("string").columns)
    for name in texts:
        frame[name] = frame[name].map(spreadsheet_safe, na_action="ignore")
    frame.to_csv(out, index=False, lineterminator="\r\n")


def write_xlsx(rows: Iterable[Row], out: BinaryIO) -> None:
    """A workbook with the sheets 'studies' and 'evidence'; no cell is a formula."""
    import pandas as pd

    studies, facts = frames(rows)
    with pd.ExcelWriter(out, engine="openpyxl") as book:
        for name, frame in (("studies", studies), ("evidence", facts)):
            frame.to_excel(book, sheet_name=name, index=False, freeze_panes=(1, 1))
            sheet = book.sheets[name]
            sheet.auto_filter.ref = sheet.dimensions
            for heading in sheet[1]:
                sheet.column_dimensions[heading.column_letter].width = WIDTHS.get(str(heading.value), 13)
            for line in sheet.iter_rows():
                for cell in line:
                    if cell.data_type == "f":  # openpyxl takes any text that starts with '=' for a formula
                        cell.data_type = "s"


def frames(rows: Iterable[Row]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Studies and facts as two tables; lists become text joined by '; ', whole numbers stay whole."""
    import pandas as pd

    studies: list[Row] = []
    facts: list[Row] = []
    for row in rows:
        flat = {name: _flat(value) for name, value in row.items()}
        (studies if row["type"] == "study" else facts).append(flat)
    return (
        pd.DataFrame(studies, columns=_columns(studies, STUDY)).convert_dtypes(),
        pd.DataFrame(facts, columns=_columns(facts, FACT)).convert_dtypes(),
    )


def evidence_frame(rows: Iterable[Row]) -> pd.DataFrame:
    """Facts joined with their studies, in the order of the facts; studies without facts stay as rows of their own."""
    import pandas as pd

    studies, facts = frames(rows)
    joined = studies.drop(columns="type", errors="ignore").merge(facts, on="pmid", how="left", sort=False)
    joined["type"] = joined["type"].fillna("study") if len(facts) else pd.Series("study", index=joined.index)
    return joined


def _columns(rows: Sequence[Row], first: Sequence[str]) -> list[str]:
    """The known columns in their order, then any other that occurs."""
    others = dict.fromkeys(name for row in rows for name in row if name not in first and name != "type")
    return [*first, *others]


def spreadsheet_safe(cell: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe; numbers are left alone."""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def _flat(value: Any) -> Any:
    """A value for a cell: lists as text, and no control characters, which Excel's format refuses."""
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value))
    return CONTROL.sub("�", value) if isinstance(value, str) else value


def write_rows_as_csv(headings: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """Rows of a query as CSV by RFC 4180."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([spreadsheet_safe(cell) for cell in row] for row in rows)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` once written to the end; on an error `path` stays as it was."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(path)
    except OSError as error:
        raise CartevidenceError(
            f"{path} could not be written ({error.strerror}): nothing there was changed."
        ) from error
    finally:
        part.unlink(missing_ok=True)
