"""The Python API: typed data frames, and comparisons as objects."""

from __future__ import annotations

import pandas as pd
import pytest
from studies import add, cohort, cr, crs, survival

import cartevidence
from cartevidence.database import COLUMNS, EvidenceDatabase


@pytest.fixture
def filled(db: EvidenceDatabase) -> EvidenceDatabase:
    add(db, 90000001, cohort(34), cr(24, 30, percent=80.0), crs(absent=True), year=2019)
    add(db, 90000002, cr(None, None, percent=70.5), study={"targets": ("CD19",), "study_n": None}, year=None)
    add(db, 90000003, survival("OS", "median", None, not_reached=True))
    add(db, 90000004, cr(5, 10))
    return db


def test_evidence_is_a_typed_frame(filled: EvidenceDatabase) -> None:
    frame = filled.evidence()
    assert list(frame.columns) == list(COLUMNS)
    assert list(frame["pmid"]) == ["90000001"] * 3 + ["90000002", "90000003", "90000004"]
    assert {name: str(frame[name].dtype) for name in ("n", "total", "percent", "absent", "type", "year")} == {
        "n": "Int64", "total": "Int64", "percent": "Float64", "absent": "boolean", "type": "category", "year": "Int64",
    }  # fmt: skip
    assert list(frame["type"].cat.categories) == ["cohort", "response", "survival", "toxicity", "followup", "procedure"]
    first, absent = frame.iloc[1], frame.iloc[2]
    assert (first["n"], first["total"], first["percent"], first["targets"]) == (24, 30, 80.0, ("CD22",))
    assert absent["absent"] is True or absent["absent"] == True  # noqa: E712
    assert absent["n"] is pd.NA
    assert frame.iloc[3]["year"] is pd.NA


def test_filters_take_names_as_typed(filled: EvidenceDatabase) -> None:
    assert list(filled.evidence(type="response", target="cd22")["pmid"]) == ["90000001", "90000004"]
    assert list(filled.evidence(endpoint="complete remission", min_n=30)["n"].dropna()) == [24, 5]
    assert list(filled.evidence(event="cytokine release syndrome")["pmid"]) == ["90000001"]


def test_no_facts_give_an_empty_frame_of_the_same_columns(filled: EvidenceDatabase) -> None:
    none, some = filled.evidence(target="BCMA"), filled.evidence()
    assert len(none) == 0
    assert list(none.dtypes) == list(some.dtypes)


def test_a_filter_that_does_not_exist_is_refused(filled: EvidenceDatabase) -> None:
    with pytest.raises(TypeError, match="colour"):
        filled.evidence(colour="red")


def test_opening_gives_this_object(filled: EvidenceDatabase) -> None:
    with cartevidence.open(filled.path, readonly=True) as db:
        assert len(db.evidence(type="toxicity")) == 1
        assert len(db.compare(endpoint="CR").studies) == 2


def test_a_comparison_as_an_object(filled: EvidenceDatabase) -> None:
    add(filled, 90000005, cr(9, 12))
    comparison = filled.compare(endpoint="CR", by="target")
    assert list(comparison.table["pmid"]) == ["90000001", "90000004", "90000005"]
    assert comparison.pooled is not None
    assert set(comparison.subgroups) == {"CD22"}
    assert set(comparison.left_out["pmid"]) == {"90000002", "90000003"}
    assert comparison.account[0].count == 5
    assert set(comparison.records) == {"90000001", "90000004", "90000005"}
    assert "3 studies" in repr(comparison)
    assert filled.compare(endpoint="CR").subgroups == {}
    assert filled.compare(endpoint="CR", disease="blood cancer").notes


def test_plot_and_page(filled: EvidenceDatabase, tmp_path: object) -> None:
    from pathlib import Path

    comparison = filled.compare(endpoint="CR")
    path = Path(str(tmp_path)) / "forest.svg"
    comparison.plot(path)
    assert path.read_text(encoding="utf-8").count("<svg") == 1
