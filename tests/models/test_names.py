"""Names of authors as the sources print them, taken apart."""

from __future__ import annotations

import pytest

from models.names import Name, label, parted


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Muster Eva M", "Doe J Jr"], [Name("Muster", "Eva M"), Name("Doe", "J", "Jr")]),
        (["Muster EM", "Garcia Lopez MJ"], [Name("Muster", "EM"), Name("Garcia Lopez", "MJ")]),
        (["van der Berg Jan", "Muster Eva"], [Name("van der Berg", "Jan"), Name("Muster", "Eva")]),
        (["Eva M Muster", "Jan van der Berg"], [Name("Muster", "Eva M"), Name("van der Berg", "Jan")]),
        (["Eva Muster", "John Q Doe"], [Name("Muster", "Eva"), Name("Doe", "John Q")]),  # the second tells the order
        (["Muster Eva", "Doe John"], [Name("Muster", "Eva"), Name("Doe", "John")]),  # nothing tells: PubMed's order
        (["Muster, Eva M", "Doe, J, Jr"], [Name("Muster", "Eva M"), Name("Doe", "J", "Jr")]),
        (["Synthetic Study Group"], [Name("Synthetic Study Group", group=True)]),
        (["Consortium for Cells, Berlin"], [Name("Consortium for Cells, Berlin", group=True)]),
        (["Doe and Roe"], [Name("Doe and Roe", group=True)]),
        (["Madonna"], [Name("Madonna")]),
        (["Čapek Karel", "Ōe K"], [Name("Čapek", "Karel"), Name("Ōe", "K")]),
        ([], []),
    ],
)
def test_names_are_taken_apart(names: list[str], expected: list[Name]) -> None:
    assert parted(names) == expected


@pytest.mark.parametrize(
    ("authors", "year", "expected"),
    [
        (["Muster Eva M"], 2020, "Muster 2020"),
        (["Eva M Muster", "John Q Doe"], 2020, "Muster 2020"),
        (["Synthetic Study Group"], None, "Synthetic Study Group"),
        ([], 2020, "PMID 90000001"),
    ],
)
def test_label(authors: list[str], year: int | None, expected: str) -> None:
    assert label(authors, year, "90000001") == expected
