"""A comparison as table, JSON, workbook, file for R and references."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import bibtexparser
import openpyxl
import pandas as pd
import pytest
import rispy
from hand_made import medians, nothing, proportions, rates, records, study

from cartevidence.compare import tables
from cartevidence.compare.results import Compared
from models.errors import CartevidenceError

COLUMNS = [
    "study",
    "pmid",
    "year",
    "targets",
    "diseases",
    "study_type",
    "name",
    "time",
    "group",
    "n",
    "total",
    "denominator",
    "percent",
    "ci_low",
    "ci_high",
    "interval",
    "weight",
    "confidence",
    "status",
    "quote",
    "section",
    "start",
    "end",
    "url",
    "notes",
    "other_reports",
]


def written(compared: Compared, form: str, **how: Any) -> str:
    out = io.BytesIO()
    tables.write(compared, form, out, **how)
    return out.getvalue().decode()


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_frame_has_a_typed_row_for_each_study() -> None:
    frame = tables.frame(proportions())
    assert [name for name in frame.columns if name != "subgroup"] == COLUMNS
    assert {str(frame[name].dtype) for name in ("year", "n", "total", "start", "end")} == {"Int64"}
    assert {str(frame[name].dtype) for name in ("percent", "ci_low", "weight", "confidence")} == {"Float64"}
    assert {str(frame[name].dtype) for name in ("study_type", "denominator", "status")} == {"category"}
    assert {str(frame[name].dtype) for name in ("pmid", "quote", "group", "time")} == {"string"}
    first, third = frame.iloc[0], frame.iloc[2]
    assert (first["study"], first["pmid"], first["n"], first["total"], first["percent"]) == (
        "Muster 2019",
        "90000001",
        24,
        30,
        80,
    )
    assert first["url"] == "https://pubmed.ncbi.nlm.nih.gov/90000001/"
    assert (first["other_reports"], first["subgroup"], first["targets"]) == ("90000006", "CD19", "CD19")
    assert first["end"] - first["start"] == len(first["quote"])
    assert third["notes"] == "n computed from 53% of 17; the best response"
    assert pd.isna(third["time"])
    assert pd.isna(frame.iloc[3]["denominator"])


def test_frame_of_medians_is_in_months() -> None:
    frame = tables.frame(medians())
    assert "percent" not in frame.columns
    assert "subgroup" not in frame.columns
    assert [None if pd.isna(value) else value for value in frame["months"]] == [12.9, None]
    assert frame["not_reached"].tolist() == [False, True]
    assert frame["ci_high"].isna().all()


@pytest.mark.parametrize("compared", [proportions(), rates(), medians(), nothing()], ids=lambda c: c.title)
def test_csv_is_the_frame(compared: Compared) -> None:
    frame = tables.frame(compared)
    read = pd.read_csv(io.StringIO(written(compared, "csv")), dtype={n: str(t) for n, t in frame.dtypes.items()})
    pd.testing.assert_frame_equal(read, frame, check_categorical=False)


def test_a_study_of_two_groups_names_both() -> None:
    both = study("90000001", targets=("CD19", "CD22"))
    one = proportions(rows=(both,))
    groups = tuple(type(group)(name=group.name, rows=(both,), pooled=None) for group in one.subgroups)
    grouped = proportions(rows=(both,), subgroups=groups)
    assert tables.frame(grouped)["subgroup"].tolist() == ["CD19; CD22"]


def test_json_is_the_whole_comparison() -> None:
    found = json.loads(written(proportions(), "json"))
    assert list(found) == [
        "title", "measure", "asked", "by", "studies", "pooled", "sensitivity", "subgroups", "left_out", "account",
        "caveats",
    ]  # fmt: skip
    assert [one["pmid"] for one in found["studies"]] == ["90000001", "90000002", "90000003", "90000004", "90000005"]
    first = found["studies"][0]
    assert (first["study"], first["n"], first["total"], first["percent"]) == ("Muster 2019", 24, 30, 80)
    assert first["end"] - first["start"] == len(first["quote"])
    assert [one["pmid"] for one in first["reports"]] == ["90000006"]
    assert first["reports"][0]["url"] == "https://pubmed.ncbi.nlm.nih.gov/90000006/"
    assert not {"time", "group", "reports", "not_reached", "label", "value"} & set(found["studies"][2])
    assert (found["pooled"]["estimate"], found["pooled"]["k"], found["pooled"]["notes"]) == (
        80.456789,
        5,
        ["Few studies."],
    )
    assert [one["method"] for one in found["sensitivity"]] == ["reml", "freeman-tukey"]
    assert found["sensitivity"][1]["tau2"] == 0  # nought is not absent
    assert [(one["name"], one["studies"]) for one in found["subgroups"]] == [
        ("CD19", ["90000001", "90000002", "90000005"]),
        ("CD22", ["90000003", "90000004"]),
    ]
    assert found["subgroups"][1]["why_not_pooled"] == "fewer than 3 studies"
    assert found["left_out"][1] == {
        "pmid": "90000008",
        "study": "Poe 2016",
        "rule": "kind_of_paper",
        "reason": "a review",
    }
    assert found["account"][0]["parts"][1] == {"label": "missing", "count": 2}
    assert written(proportions(), "json") == written(proportions(), "json")


def test_json_of_little() -> None:
    median = json.loads(written(medians(), "json"))
    assert median["studies"][0]["months"] == 12.9
    assert median["studies"][1]["not_reached"] is True
    assert not {"months", "percent", "ci_high", "weight"} & set(median["studies"][1])
    assert "pooled" not in median
    empty = json.loads(written(nothing(), "json"))
    assert (empty["studies"], empty["subgroups"], empty["why_not_pooled"]) == ([], [], "no study gives this figure")


@pytest.mark.parametrize(
    ("compared", "expected"),
    [
        (proportions(), {"study": "Muster 2019", "xi": "24", "ni": "30", "pmid": "90000001", "subgroup": "CD19"}),
        (
            rates(),
            {
                "study": "Muster 2019",
                "rate": "71.6",
                "ci.lb": "61.0",
                "ci.ub": "80.0",
                "pmid": "90000001",
                "subgroup": "",
            },
        ),
        (
            medians(),
            {"study": "Muster 2019", "median": "12.9", "ci.lb": "8.1", "ci.ub": "", "pmid": "90000001", "subgroup": ""},
        ),
    ],
    ids=lambda c: getattr(c, "title", ""),
)
def test_metafor_has_the_columns_its_functions_ask_for(compared: Compared, expected: dict[str, str]) -> None:
    found = lines(written(compared, "metafor"))
    assert list(found[0]) == list(expected)
    assert found[0] == expected
    assert len(found) == len(compared.rows)


def test_metafor_leaves_unknown_counts_empty() -> None:
    found = lines(written(proportions(rows=(study("90000001", n=None), study("90000002"))), "metafor"))
    assert [(row["xi"], row["ni"]) for row in found] == [("", "30"), ("41", "50")]


def test_workbook() -> None:
    out = io.BytesIO()
    tables.write(proportions(), "xlsx", out)
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["studies", "pooled", "left out", "account"]
    headings, *rows = book["studies"].iter_rows()
    first = dict(zip([cell.value for cell in headings], rows[0], strict=True))
    assert (first["n"].value, first["total"].value, first["percent"].value) == (24, 30, 80)
    assert first["percent"].number_format == '0.0"%"'
    assert first["pmid"].hyperlink.target == "https://pubmed.ncbi.nlm.nih.gov/90000001/"
    assert len(rows) == 5
    pooled = pd.read_excel(out, sheet_name="pooled")
    assert pooled["estimate of"].tolist() == ["all studies"] + ["all studies, sensitivity"] * 2 + ["CD19", "CD22"]
    assert pooled["percent"].round(4).tolist()[:2] == [80.4568, 79.9]
    assert pooled["notes"].tolist()[-1] == "not pooled: fewer than 3 studies"
    assert [row[0] for row in book["left out"].iter_rows(min_row=2, values_only=True)] == [
        "90000007",
        "90000008",
        "90000009",
    ]
    account = list(book["account"].iter_rows(min_row=2, values_only=True))
    assert ("asked", "disease: B-ALL", None) in account
    assert account[3:6] == [
        ("account", "records in the database", 40),
        ("of these", "stored", 38),
        ("of these", "missing", 2),
    ]
    assert account[-1] == ("caveat", "Targets were not compared head-to-head.", None)


def test_workbook_of_nothing_has_its_sheets() -> None:
    out = io.BytesIO()
    tables.write(nothing(), "xlsx", out)
    assert [sheet.max_row for sheet in openpyxl.load_workbook(out)] == [1, 2, 1, 3]


def test_references_are_of_the_studies_and_their_other_reports() -> None:
    expected = ["90000001", "90000006", "90000002", "90000003", "90000004", "90000005"]
    entries = rispy.loads(written(proportions(), "ris", records=records()))
    assert [entry["accession_number"] for entry in entries] == expected
    assert entries[-1]["notes"] == ["Retracted publication"]
    library = bibtexparser.parse_string(written(proportions(), "bibtex", records=records()))
    assert [entry["pmid"] for entry in library.entries] == expected


def test_what_cannot_be_written_is_one_sentence() -> None:
    with pytest.raises(CartevidenceError, match="not written as docx: choose one of csv, json"):
        written(proportions(), "docx")
    with pytest.raises(CartevidenceError, match="PMID 90000001 is not given"):
        written(proportions(), "ris")
