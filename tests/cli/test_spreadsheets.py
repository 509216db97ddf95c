"""CSV and workbooks: what goes in comes out, in pandas, in LibreOffice and in openpyxl."""

from __future__ import annotations

import csv
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import soffice
from program import Run

from cartevidence import exporting, spreadsheet
from models.errors import CartevidenceError

QUOTES = (
    'CR in 24 of 30, that is "80%", ≥1 dose · p<0·05',
    "two\nlines, and a comma",
    "1-2",
    "3/4",
    "2023-03-15",
    "12e3",
    "0012",
    "TRUE",
    " blanks around ",
    "'apostrophe",
    "CRS (grade ≥3); β-cells; 10^6; 日本",
    "#N/A",
)
FORMULAS = ("=1+1", '=HYPERLINK("http://127.0.0.1:9/")', "@SUM(1)", "+A1", "-x")


def rows(quotes: tuple[str, ...] = QUOTES) -> Iterator[dict[str, Any]]:
    yield {
        "type": "study", "pmid": "90000001", "title": "=1+1, a title", "year": 2021, "journal": "J Synth",
        "targets": ["CD19", "CD22"], "diseases": ["B-ALL"], "study_n": 1234, "nct": [], "retracted": False,
        "label": "Muster 2021",
    }  # fmt: skip
    for at, quote in enumerate(quotes):
        yield {
            "type": "response", "pmid": "90000001", "id": f"{at:016d}", "endpoint": "CR/CRi", "n": 24, "total": 30,
            "percent": 80.5 + at, "ci_low": 61.4, "quote": quote, "section": "RESULTS", "start": 9, "end": 12,
            "confidence": 0.9, "checks": [], "status": "unreviewed", "time": "30 d", "pooled": True,
        }  # fmt: skip
    yield {"type": "study", "pmid": "90000002", "title": "Nothing found", "nct": [], "retracted": True}


def written(form: str, folder: Path, found: Any = None) -> Path:
    path = folder / f"e.{form}"
    with exporting.replacing(path) as out:
        exporting.write(rows() if found is None else found, form, out)
    return path


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_pandas_reads_the_same_values(tmp_path: Path) -> None:
    frame = pd.read_csv(written("csv", tmp_path), dtype={"pmid": str, "id": str}, keep_default_na=False, na_values=[""])
    facts = frame[frame["type"] == "response"]
    for column in ("quote", "id", "n", "total", "percent", "ci_low", "confidence", "time", "pooled", "start"):
        assert facts[column].tolist() == [row[column] for row in rows() if row["type"] == "response"], column
    assert facts["targets"].unique().tolist() == ["CD19; CD22"]
    assert frame["retracted"].tolist() == [False] * len(QUOTES) + [True]
    assert frame.iloc[-1][["pmid", "type"]].tolist() == ["90000002", "study"]
    assert frame.iloc[-1][["n", "quote", "year", "label"]].isna().all()


def test_pandas_reads_the_demo_as_jsonl_has_it(cartevidence: Run, demo_db: Path, tmp_path: Path) -> None:
    for form in ("jsonl", "csv"):
        assert cartevidence("export", "--db", demo_db, "--format", form, "--out", f"e.{form}").returncode == 0
    objects = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text(encoding="utf-8").splitlines()]
    studies = {row["pmid"]: row for row in objects if row["type"] == "study"}
    facts = [row for row in objects if row["type"] != "study"]
    frame = pd.read_csv(tmp_path / "e.csv", dtype={"pmid": str, "id": str, "grade": str, "extractor_version": str})
    frame = frame[frame["type"] != "study"]
    assert len(frame) == len(facts) > 40
    names = {name for row in (*facts, *studies.values()) for name in row}
    assert names <= set(frame.columns)  # no field of the export is left out
    for column in frame.columns:
        expected = [{**studies[fact["pmid"]], **fact}.get(column) for fact in facts]
        flat = ["; ".join(value) or None if isinstance(value, list) else value for value in expected]
        found = [None if pd.isna(value) else value for value in frame[column]]
        assert found == flat, column


@soffice.needed
def test_libreoffice_reads_and_writes_the_same_values(tmp_path: Path) -> None:
    ours = lines(written("csv", tmp_path))
    as_text = lines(soffice.converted(tmp_path / "e.csv", "csv", text_stays_text=True))
    assert as_text == ours
    # Opened without a word on what is text, numbers, words and proof still come through.
    plain = lines(soffice.converted(tmp_path / "e.csv", "csv"))
    for column in ("type", "title", "n", "total", "percent", "ci_low", "confidence", "time", "endpoint", "retracted"):
        assert [row[column] for row in plain] == [row[column] for row in ours], column
    assert [row["quote"] for row in plain[:2]] == list(QUOTES[:2])
    book = openpyxl.load_workbook(soffice.converted(tmp_path / "e.csv", "xlsx", text_stays_text=True))
    headings, *cells = book.worksheets[0].iter_rows(values_only=True)
    found = [dict(zip(headings, row, strict=True)) for row in cells]
    assert [row["quote"] for row in found[:-1]] == list(QUOTES)
    assert (found[3]["percent"], found[3]["n"], found[3]["pmid"]) == (83.5, 24, "90000001")


@soffice.needed
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_libreoffice_runs_no_formula(form: str, tmp_path: Path) -> None:
    """In CSV an apostrophe stands before what it would run; a workbook says itself what is text."""
    path = written(form, tmp_path, rows(FORMULAS))
    if form == "csv":
        texts = [row["quote"] for row in lines(soffice.converted(path, "csv"))[:-1]]
        assert texts == ["'" + quote for quote in FORMULAS]
    else:
        book = openpyxl.load_workbook(soffice.converted(path, "xlsx"))
        cells = [row[0] for row in book["response"].iter_rows(min_row=2, min_col=_column(book["response"], "quote"))]
        assert [(cell.value, cell.data_type) for cell in cells] == [(quote, "s") for quote in FORMULAS]


@soffice.needed
def test_libreoffice_opens_the_workbook(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(soffice.converted(written("xlsx", tmp_path), "xlsx"))
    ours = openpyxl.load_workbook(tmp_path / "e.xlsx")
    assert book.sheetnames == ours.sheetnames
    logical = {"=TRUE()": True, "=FALSE()": False}  # as LibreOffice writes them
    for sheet in ours:
        found = [tuple(logical.get(value, value) for value in row) for row in book[sheet.title].values]
        assert found == list(sheet.values)
    assert book["response"]["A2"].hyperlink.target == "https://pubmed.ncbi.nlm.nih.gov/90000001/"


def _column(sheet: Any, name: str) -> int:
    return [cell.value for cell in sheet[1]].index(name) + 1


def test_workbook_has_a_sheet_for_each_type_with_its_columns(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written("xlsx", tmp_path))
    assert book.sheetnames == ["studies", "cohort", "response", "survival", "toxicity", "followup", "procedure"]
    headings = {sheet.title: [cell.value for cell in sheet[1]] for sheet in book}
    assert all(names[0] == "pmid" for names in headings.values())
    assert headings["cohort"] == [
        "pmid", "label", "year", "targets", "diseases", "role", "n", "group", "pooled", "quote", "section", "start", "end",
        "confidence", "checks", "status", "attention", "rule", "extractor_version", "id",
    ]  # fmt: skip
    assert {"endpoint", "time", "percent", "total"} <= set(headings["response"]).difference({"event", "role", "value"})
    assert {"event", "grade"} <= set(headings["toxicity"])
    assert {"measure", "value", "unit", "not_reached"} <= set(headings["survival"])
    assert not {"endpoint", "n"} & set(headings["followup"])
    assert [sheet.max_row for sheet in book] == [3, 1, len(QUOTES) + 1, 1, 1, 1, 1]


def test_workbook_looks_as_a_reader_needs_it(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written("xlsx", tmp_path))["response"]
    cells = {sheet.cell(1, at).value: sheet.cell(2, at) for at in range(1, sheet.max_column + 1)}
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", sheet.dimensions)
    assert sheet["A1"].font.bold
    assert cells["pmid"].hyperlink.target == "https://pubmed.ncbi.nlm.nih.gov/90000001/"
    assert [(cells[name].value, cells[name].number_format) for name in ("n", "percent", "confidence", "year")] == [
        (24, "#,##0"),
        (80.5, 'General"%"'),
        (0.9, "0.00"),
        (2021, "0"),
    ]
    assert cells["quote"].alignment.wrap_text
    assert sheet.column_dimensions[cells["quote"].column_letter].width > 40
    assert (cells["label"].value, cells["targets"].value) == ("Muster 2021", "CD19; CD22")
    assert (cells["pooled"].value, cells["checks"].value, cells["ci_high"].value) == (True, None, None)


def test_workbook_text_is_no_formula_error_or_control_sign(tmp_path: Path) -> None:
    odd = (*FORMULAS, "#N/A", "a\x0bb\x00\ufffe")
    path = written("xlsx", tmp_path, rows(odd))
    sheet = openpyxl.load_workbook(path)["response"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2, min_col=_column(sheet, "quote"))]
    assert [(cell.value, cell.data_type) for cell in cells] == [(text, "s") for text in (*odd[:-1], "a�b��")]
    with zipfile.ZipFile(path) as parts:
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name)]


def test_more_rows_than_excel_holds_are_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "EXCEL_ROWS", 5)
    with pytest.raises(CartevidenceError, match=r"The sheet response would have more than the 5 rows .* csv or jsonl"):
        written("xlsx", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_no_more_links_than_excel_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "EXCEL_LINKS", 3)
    sheet = openpyxl.load_workbook(written("xlsx", tmp_path))["response"]
    links = [row[0].hyperlink is not None for row in sheet.iter_rows(min_row=2)]
    assert links == [True] * 3 + [False] * (len(QUOTES) - 3)
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} == {"90000001"}


@pytest.mark.parametrize(("form", "most"), [("csv", 1_000_000), ("xlsx", 12_000_000)])
def test_memory_does_not_hold_the_rows(form: str, most: int) -> None:
    found = (row for _ in range(250) for row in rows(("long " * 400,) * 10))  # 5 MB of quotes
    tracemalloc.start()
    exporting.write(found, form, BytesIO() if form == "xlsx" else _Nowhere())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < most


class _Nowhere(BytesIO):
    def write(self, data: Any) -> int:
        return len(data)
