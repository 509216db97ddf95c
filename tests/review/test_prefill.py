"""Selected words and what the form of a new fact is filled with."""

from __future__ import annotations

from typing import Any

import pytest

from cartevidence.review.prefill import prefill
from models.record import Record, Section

TEXT = (
    "Overall, 24 of 30 patients (80%) achieved CR by day 30. Grade 3 CRS occurred in 2 of 34 (5.9%). "
    "Median OS was 11.5 months (95% CI, 8-15). Patients were followed for a median of 14 months. "
    "Median PFS was not reached. The 1-year OS was 71.6%. Tocilizumab was given to 7. "
    "A total of 12 patients felt well in 40% of visits."
)
CR = {"endpoint": "CR", "n": 24, "total": 30, "percent": 80, "time": "30 d"}
CRS = {"event": "CRS", "grade": "3", "n": 2, "total": 34, "percent": 5.9}
OS = {"endpoint": "OS", "measure": "median", "value": 11.5, "unit": "mo", "ci_low": 8, "ci_high": 15, "ci_level": 95}
SELECTED: dict[str, tuple[str, dict[str, Any]]] = {
    "24 of 30 patients (80%) achieved CR by day 30": ("response", CR),
    "24 of 30 patients (80%)": ("response", CR),
    "Grade 3 CRS occurred in 2 of 34 (5.9%)": ("toxicity", CRS),
    "2 of 34 (5.9%)": ("toxicity", CRS),
    "Median OS was 11.5 months": ("survival", OS),
    "11.5 months (95% CI, 8-15)": ("survival", OS),
    "a median of 14 months": ("followup", {"value": 14, "unit": "mo"}),
    "Median PFS was not reached": ("survival", {"endpoint": "PFS", "measure": "median", "not_reached": True}),
    "The 1-year OS was 71.6%": ("survival", {"endpoint": "OS", "measure": "rate", "value": 71.6, "time": "1 y"}),
    "Tocilizumab was given to 7": ("procedure", {"name": "tocilizumab", "n": 7}),
    "80%": ("response", {"endpoint": "CR", "percent": 80}),
    "40%": ("response", {"percent": 40}),  # no concept claims it: the curator says what it is of
    "felt well": ("response", {}),
}


@pytest.mark.parametrize("words", SELECTED)
def test_prefill(words: str) -> None:
    record = Record(pmid="90000001", sections=(Section(label="RESULTS", text=TEXT),))
    at = record.abstract.index(words)
    found = prefill(record, "RESULTS", at, at + len(words))
    assert (found.type, found.values) == SELECTED[words]


def test_prefill_from_the_title() -> None:
    record = Record(pmid="90000001", title="A trial of CD22 CAR T cells in 34 patients")
    found = prefill(record, "TITLE", 31, 42)
    assert (found.type, found.values) == ("cohort", {"role": "treated", "n": 34})
