"""One expression → the atoms it is read as: (kind, numbers, unit or times)."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.numbers import number, read_numbers
from extract.quantities import read_quantities
from models.vocabulary import fold


def atoms(text: str) -> list[tuple[Any, ...]]:
    return [
        (a.kind, *a.numbers, *([a.unit] if a.unit else []), *a.times)
        for a in read_numbers(fold(text))
        if a.kind != "noise"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24 of 30", [("count", 24), ("count", 30)]),
        ("24/30", [("fraction", 24, 30)]),
        ("Twenty-four patients", [("count", 24)]),
        ("one hundred and two patients", [("count", 102)]),
        ("a single patient", [("count", 1)]),
        ("1,204 patients", [("count", 1204)]),
        ("n = 34", [("count", 34)]),
        ("81·3%", [("percent", 81.3)]),
        ("30-0%", [("percent", 30.0)]),
        ("forty-six percent", [("percent", 46)]),
        ("7.6%/19.6%", [("percent", 7.6, 19.6)]),
        ("59.8% ± 9.1%", [("percent", 59.8)]),
        ("(95% CI, 61-92)", [("ci", 61, 92, 95)]),
        ("95% CI: 61·2–92·3", [("ci", 61.2, 92.3, 95)]),
        ("[95% confidence interval [CI], 61 to 92]", [("ci", 61, 92, 95)]),
        ("90% CI 4.1 to not estimable", [("ci", 4.1, None, 90)]),
        ("95% CI, 9.9–NE", [("ci", 9.9, None, 95)]),
        ("12.5 months", [("duration", 12.5, "mo")]),
        ("1.4 years", [("duration", 1.4, "y")]),
        ("1-year", [("time", "1 y")]),
        ("1- and 2-year", [("time", "1 y", "2 y")]),
        ("6-, 12- and 18-month", [("time", "6 mo", "12 mo", "18 mo")]),
        ("day 28", [("time", "28 d")]),
        ("month 3", [("time", "3 mo")]),
        ("hazard ratio, 0.52", [("hr", 0.52)]),
        ("HR for progression or death was 0.26", [("hr", 0.26)]),
        ("median not reached", [("not_reached",)]),
        ("range, 2.6-19.0", [("range", 2.6, 19.0)]),
    ],
)
def test_results_are_read(text: str, expected: list[tuple[Any, ...]]) -> None:
    assert atoms(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "p = 0.03", "P<.001", "P for interaction = 0.18", "1 × 10^6 cells/kg", "200 × 10^6 CAR T cells", "aged 2-25 years",
        "median age, 9 years; range, 1-24", "a 62-year-old man", "from January 2019 to March 2021", "in 2020", "NCT02650414",
        "phase 1/2", "I2 = 71%", "≥5% blasts", "more than 20%", "500 mg/m2", "<10−4", "at least one line", "1:1 randomization",
        "odds ratio 2.1 (95% CI 1.1-3.3)", "three prior lines", "AUC 0.81", "4-1BB", "CD19", "per 100 patient-days", "within 36 h",
    ],
)  # fmt: skip
def test_what_is_no_result_gives_none(text: str) -> None:
    assert atoms(text) == []


@pytest.mark.parametrize(
    ("text", "n", "total", "percent", "low", "high"),
    [
        ("24 of 30 patients (80%; 95% CI, 61-92)", 24, 30, 80, 61, 92),
        ("86% (32/37; 95% CI, 71 to 95)", 32, 37, 86, 71, 95),
        ("28 (85%) of 33 patients", 28, 33, 85, None, None),
        ("46 (68.7%; 95% CI 56.2–79.4) of 67 treated patients", 46, 67, 68.7, 56.2, 79.4),
        ("70.5% of all 34 enrolled patients", None, 34, 70.5, None, None),
        ("22/86 [25.6%]", 22, 86, 25.6, None, None),
        ("84.6% (n = 11 of 13)", 11, 13, 84.6, None, None),
        ("27 patients, i.e. 65.9%", 27, None, 65.9, None, None),
        ("48% (27, 66%)", None, None, 48, 27, 66),
        ("all 12 patients", 12, 12, None, None, None),
    ],
)
def test_parts_of_one_result_are_joined(
    text: str, n: float | None, total: float | None, percent: float | None, low: float | None, high: float | None
) -> None:
    folded = fold(text)
    (q,) = [q for q in read_quantities(folded, read_numbers(folded)) if q.kind == "proportion"]
    assert (q.n, q.total, q.percent) == (n, total, percent)
    assert (q.ci or (None, None))[:2] == (low, high)


def test_missing_signs_inside_lists() -> None:
    folded = "os rates at 6, 12 and 24 months were 90, 80 and 70%"
    found = read_quantities(folded, read_numbers(folded))
    assert [q.percent for q in found if q.percent is not None] == [90, 80, 70]
    assert [q.value for q in found if q.kind == "duration"] == [6, 12, 24]


@given(st.integers(1, 99))
def test_words_and_digits_agree(n: int) -> None:
    ones = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
    tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    word = ones[n - 1] if n < 20 else tens[n // 10 - 2] + (f"-{ones[n % 10 - 1]}" if n % 10 else "")
    assert number(word) == n


@given(st.text(alphabet="0123456789./,;()[]%–-· nofCIpatients=<≥±", max_size=120))
@settings(max_examples=150, deadline=None)
def test_atoms_are_in_order_and_do_not_overlap(text: str) -> None:
    found = read_numbers(fold(text))
    assert all(0 <= a.start < a.end <= len(text) for a in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
