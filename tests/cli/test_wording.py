"""Facts in the words of an evidence table."""

from __future__ import annotations

from typing import Any

import pytest

from cartevidence import wording
from models.evidence import fact_from


def fact(**values: Any) -> Any:
    place = {"pmid": "90009001", "text_hash": "x", "section": "ABSTRACT", "start": 0, "end": 1, "quote": "x"}
    return fact_from({**place, "rule": "test", "extractor_version": "test", "confidence": 0.9, **values})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            {"type": "response", "endpoint": "CR/CRi", "n": 24, "total": 30, "percent": 80.0, "time": "30 d"},
            "CR/CRi 24/30 (80%) at 30 d",
        ),
        (
            {"type": "response", "endpoint": "CR/CRi", "total": 34, "percent": 70.5, "group": "all enrolled"},
            "CR/CRi 70.5% of 34 [all enrolled]",
        ),
        ({"type": "response", "endpoint": "ORR", "n": 5, "time": "best"}, "ORR 5 (best)"),
        ({"type": "response", "endpoint": "relapse", "absent": True}, "relapse none"),
        (
            {"type": "response", "endpoint": "CR", "percent": 68, "ci_low": 53, "ci_high": 81, "ci_level": 95},
            "CR 68% (95% CI 53-81)",
        ),
        (
            {"type": "survival", "endpoint": "LFS", "measure": "rate", "value": 71.6, "time": "1 y", "ci_low": 44.2,
             "ci_high": 99.0, "ci_level": 95},
            "LFS 71.6% at 1 y (95% CI 44.2-99)",
        ),
        ({"type": "survival", "endpoint": "OS", "measure": "median", "not_reached": True}, "OS median not reached"),
        (
            {"type": "survival", "endpoint": "DOR", "measure": "median", "value": 15.2, "unit": "mo", "ci_low": 11.8},
            "DOR median 15.2 months (95% CI 11.8-not reached)",
        ),
        ({"type": "survival", "endpoint": "EFS", "measure": "hr", "value": 0.44}, "EFS HR 0.44"),
        ({"type": "toxicity", "event": "CRS", "grade": ">=3", "n": 11, "percent": 21.2}, "CRS grade >=3 11 (21.2%)"),
        ({"type": "toxicity", "event": "CRS", "grade": "mild", "qualifier": "most"}, "CRS mild most"),
        ({"type": "toxicity", "event": "infection", "percent": 0}, "infection 0%"),
        ({"type": "cohort", "role": "treated", "n": 1}, "treated 1 patient"),
        ({"type": "cohort", "role": "enrolled", "n": 1204}, "enrolled 1,204 patients"),
        ({"type": "followup", "value": 14, "unit": "mo", "low": 1, "high": 30.5}, "follow-up 14 (1-30.5) months"),
        ({"type": "procedure", "name": "HSCT bridging", "n": 11}, "HSCT bridging 11"),
    ],
)  # fmt: skip
def test_sentence(values: dict[str, Any], words: str) -> None:
    assert wording.sentence(fact(**values)) == words


@pytest.mark.parametrize(
    ("values", "code", "words"),
    [
        (  # n is not printed with this percent: the nearest whole number of patients is named
            {"type": "response", "endpoint": "CR/CRi", "total": 34, "percent": 70.5},
            "percent_mismatch",
            "CR/CRi 70.5% of 34: 24/34 would be 70.6%",
        ),
        (
            {"type": "toxicity", "event": "CRS", "grade": ">=3", "n": 5, "total": 20, "percent": 15.25},
            "percent_mismatch",
            "CRS grade >=3 15.25% of 20: 5/20 would be 25.00%",
        ),
        (
            {"type": "response", "endpoint": "ORR", "n": 31, "total": 30},
            "n_over_total",
            "ORR 31/30: n is larger than N",
        ),
    ],
)
def test_failed_check_in_words(values: dict[str, Any], code: str, words: str) -> None:
    assert wording.check(fact(**values), code) == words


def test_listing_is_cut() -> None:
    assert wording.listing(["a", "b", "c"], most=2) == "a, b and 1 more"
