"""Filters are found as people type them; what is not known is said, not silently empty."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from program import Run

from cartevidence.filter_names import canonical


@pytest.mark.parametrize(
    ("what", "typed", "stored"),
    [
        ("endpoint", "cr/cri", "CR/CRi"),
        ("endpoint", "complete remission", "CR"),
        ("event", "ICANS", "neurotoxicity"),
        ("event", "cytokine release syndrome", "CRS"),
        ("grade", ">=3", ">=3"),
        ("grade", "3+", ">=3"),
        ("grade", "Grade ≥ 3", ">=3"),
        ("grade", "grade 3", "3"),
        ("grade", "3-4", "3-4"),
        ("target", "cd22", "CD22"),
        ("disease", "b-all", "B-ALL"),
        ("study_type", "prospective_trial", "prospective_trial"),
        ("study_type", "trial", "prospective_trial"),
        ("study_type", "Meta-Analysis", "meta_analysis"),
    ],
)
def test_a_typed_name_becomes_the_stored_one(what: str, typed: str, stored: str) -> None:
    assert canonical({what: typed, "pmid": "90001001", "text": "icans"}) == (
        {what: stored, "pmid": "90001001", "text": "icans"},
        [],
    )


def test_a_name_not_known_is_kept_and_told(cartevidence: Run, demo_db: Path) -> None:
    assert canonical({"endpoint": "CRx", "event": None})[0] == {"endpoint": "CRx", "event": None}
    done = cartevidence("query", "--endpoint", "CRx", "--format", "json", "--db", demo_db)
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    assert done.stderr.startswith("Note: 'CRx' is not a name of any endpoint that is extracted; did you mean CR")


def test_query_finds_what_is_meant(cartevidence: Run, demo_db: Path) -> None:
    meant, stored = (
        cartevidence("query", "--event", event, "--grade", grade, "--format", "jsonl", "--db", demo_db)
        for event, grade in (("icans", "3+"), ("neurotoxicity", ">=3"))
    )
    assert meant.stdout == stored.stdout != ""
    assert meant.stderr == ""


def test_a_disease_takes_in_narrower_ones_and_says_so(cartevidence: Run, demo_db: Path) -> None:
    named, notes = canonical({"disease": "acute lymphoblastic leukemia"})
    assert (named, notes) == ({"disease": ("ALL", "B-ALL", "T-ALL")}, ["ALL takes in B-ALL, T-ALL."])
    found = {}
    for disease in ("ALL", "B-ALL", "T-ALL"):
        done = cartevidence("query", "--disease", disease, "--format", "jsonl", "--db", demo_db)
        assert done.stderr == ("Note: ALL takes in B-ALL, T-ALL.\n" if disease == "ALL" else "")
        found[disease] = set(done.stdout.splitlines())
    assert found["ALL"] == found["B-ALL"] | found["T-ALL"]
    assert found["B-ALL"] and found["T-ALL"] and not found["B-ALL"] & found["T-ALL"]
