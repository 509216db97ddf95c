"""Which papers report the same patients."""

from __future__ import annotations

from typing import Any

import pytest

from cartevidence.compare.trials import Report, centres, foremost, link, overlaps, person

TEAM = ("Alpha A", "Bravo B", "Charlie C", "Delta D", "Echo E", "Foxtrot F")
OTHERS = ("Golf G", "Hotel H", "India I", "Juliet J")


def report(pmid: int, year: int | None = 2020, patients: int | None = 30, **given: Any) -> Report:
    usual = {"nct": (), "authors": TEAM, "centres": (), "products": (), "targets": ("CD22",), "diseases": ("B-ALL",)}
    values = {name: value if name == "authors" else frozenset(value) for name, value in (usual | given).items()}
    return Report(pmid=str(90000000 + pmid), year=year, patients=patients, **values)


# (what the case shows, two reports, whether they are one trial)
PAIRS = [
    ("one registration", report(1, nct=["NCT1"]), report(2, nct=["NCT1"], authors=OTHERS, targets=["CD19"]), True),
    ("two registrations", report(1, nct=["NCT1"]), report(2, nct=["NCT2"]), False),
    ("one of them registered", report(1), report(2, nct=["NCT2"]), True),
    ("a pooled analysis", report(1, nct=["NCT1"]), report(2, nct=["NCT1", "NCT2"]), False),
    ("the same pooled analysis", report(1, nct=["NCT2", "NCT1"]), report(2, nct=["NCT1", "NCT2"]), True),
    ("the cohort grew", report(1, 2018, 15), report(2, 2020, 34), True),
    ("the cohort shrank", report(1, 2018, 34), report(2, 2020, 15), False),
    ("one year, two sizes", report(1, 2020, 34), report(2, 2020, 15), True),
    ("years far apart", report(1, 2010, 15), report(2, 2020, 34), False),
    ("no year", report(1, None, 15), report(2, 2020, 34), False),
    ("another antigen", report(1), report(2, targets=["CD19"]), False),
    ("no antigen", report(1, targets=[]), report(2, targets=[]), False),
    ("another disease", report(1), report(2, diseases=["AML"]), False),
    ("a disease in common", report(1), report(2, diseases=["AML", "B-ALL"]), True),
    ("another product", report(1, products=["a"]), report(2, products=["b"]), False),
    ("a product told once", report(1, products=["a"]), report(2), True),
    ("other people", report(1), report(2, authors=OTHERS), False),
    ("two people in common", report(1, authors=TEAM[:2]), report(2, authors=TEAM[:2]), False),
    ("a third of the people", report(1, authors=(*TEAM[:3], *OTHERS, "Kilo K", "Lima L")),
     report(2, authors=(*TEAM[:3], "Mike M", "November N", "Oscar O", "Papa P", "Quebec Q", "Romeo R")), False),
    ("a third of the people at one centre",
     report(1, authors=(*TEAM[:3], *OTHERS, "Kilo K", "Lima L"), centres=["x hospital"]),
     report(2, authors=(*TEAM[:3], "Mike M", "November N", "Oscar O", "Papa P", "Quebec Q", "Romeo R"),
            centres=["x hospital"]), True),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "same"), [case[1:] for case in PAIRS], ids=[case[0] for case in PAIRS])
def test_two_reports_of_one_trial(one: Report, other: Report, same: bool) -> None:
    assert link([one, other]) == ([[0, 1]] if same else [[0], [1]])
    assert link([other, one]) == ([[0, 1]] if same else [[0], [1]])
    assert link([one, other], "none") == [[0], [1]]
    registered = same and len(one.nct | other.nct) == len(one.nct) == len(other.nct) and bool(one.nct)
    assert link([one, other], "nct") == ([[0, 1]] if registered else [[0], [1]])


def test_a_paper_without_registration_does_not_tie_two_trials() -> None:
    groups = link([report(1, nct=["NCT1"]), report(2), report(3, nct=["NCT2"])])
    assert sorted(map(len, groups)) == [1, 2]
    assert [0, 2] not in groups


def test_a_trial_of_three_reports() -> None:
    reports = [report(1, 2018, 9), report(2, 2019, 20, authors=OTHERS), report(3, 2022, 40, nct=["NCT1"]),
               report(4, 2024, 40, nct=["NCT1"], authors=("Zulu Z",))]  # fmt: skip
    assert [0, 2, 3] in link(reports)


def test_the_largest_report_stands_for_the_trial_then_the_latest() -> None:
    reports = [report(1, 2018, 50), report(2, 2022, 40), report(3, 2023, 50), report(4, 2024, None)]
    assert foremost(reports, [0, 1, 2, 3]) == 2
    assert foremost(reports, [0, 1, 3]) == 0


def test_a_pooled_analysis_beside_its_own_trial() -> None:
    reports = [report(1, nct=["NCT1", "NCT2"]), report(2, nct=["NCT2"]), report(3, nct=["NCT8", "NCT9"])]
    assert overlaps(reports) == {0: ("NCT2", 1)}


def test_centres_are_institutions() -> None:
    assert centres("Ward 3, Example University Hospital, Springfield.") == {"example university hospital"}
    assert centres(None) == frozenset()


@pytest.mark.parametrize("written", ["Muster Eva M", "Eva M Muster", "Muster, Eva M", "MUSTER Eva"])
def test_a_name_written_either_way_is_one_person(written: str) -> None:
    assert person(written) == "eva muster"


def test_linking_many_papers_of_one_author_takes_no_square() -> None:
    reports = [report(i, authors=("Common C", f"Own{i} A", f"Own{i} B")) for i in range(3000)]
    assert len(link(reports)) == 3000
