"""MEDLINE text, and labels printed in line."""

from __future__ import annotations

from io import BytesIO

import one_study
import pytest

from fetch.medline import outcomes
from fetch.section_labels import CATEGORY, category_of, split_in_line
from models.outcome import Fetched, NotStored, Outcome
from models.record import Link, LinkKind


def read(text: str) -> list[Outcome]:
    return list(outcomes(BytesIO(text.encode()), "some.nbib"))


def test_several_entries_with_a_book_and_a_damaged_one() -> None:
    text = (
        one_study.MEDLINE
        + "\n\nPMID- 90000050\nBTI - Synthetic handbook\n\nPMID- word\nTI  - Lost.\n\nPMID- 09000051\nTI  - Last.\n"
    )
    first, second, third, last = read(text)
    assert isinstance(first, Fetched)
    assert first.kind == "medline"
    assert second == NotStored(
        "90000050", "book", "This PMID is a book or a chapter, which has no abstract of a study."
    )
    assert isinstance(third, NotStored)
    assert (third.pmid, third.state) == ("", "failed")
    assert isinstance(last, Fetched)
    assert (last.record.pmid, last.record.title, last.record.sections) == ("9000051", "Last.", ())


def test_the_raw_entry_reads_back_as_the_same_record() -> None:
    (first,) = read(one_study.MEDLINE)
    assert isinstance(first, Fetched)
    (again,) = read(first.raw.decode())
    assert isinstance(again, Fetched)
    assert again.record == first.record


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("RIN ", "retraction_in"),
        ("ROF ", "retraction_of"),
        ("EIN ", "erratum_in"),
        ("EFR ", "erratum_for"),
        ("ECI ", "expression_of_concern_in"),
        ("ECF ", "expression_of_concern_for"),
        ("CRI ", "corrected_and_republished_in"),
        ("UOF ", "update_of"),
        ("CIN ", "comment_in"),
        ("CON ", "comment_on"),
        ("PRIN", "other"),
    ],
)
def test_links(tag: str, kind: LinkKind) -> None:
    (outcome,) = read(f"PMID- 90000001\nTI  - T.\n{tag}- Synth J. 2030;1(1):2. PMID:\n      90000002\n")
    assert isinstance(outcome, Fetched)
    assert outcome.record.links == (Link(kind=kind, pmid="90000002", citation="Synth J. 2030;1(1):2"),)
    assert outcome.record.retracted == (kind == "retraction_in")


@pytest.mark.parametrize(
    ("lines", "field", "expected"),
    [
        ("TI  - [Not Available].\nTT  - Erfundener Titel.", "title", "Erfundener Titel."),
        ("TI  - T.\nAU  - Muster E\nAU  - Doe J", "authors", ("Muster E", "Doe J")),
        ("TI  - T.\nJT  - Synthetic journal", "journal", "Synthetic journal"),
        ("TI  - T.\nDP  - 1998 Winter", "published", "1998"),
        ("TI  - T.\nDP  - 2019 May-Jun", "published", "2019-05"),
        ("TI  - T.\nSI  - Dryad/1\nSI  - ClinicalTrials.gov/NCT90000001", "nct", ("NCT90000001",)),
        ("TI  - T.\nAB  -\nOT  - ", "keywords", ()),
    ],
)
def test_fields(lines: str, field: str, expected: object) -> None:
    (outcome,) = read(f"PMID- 90000001\n{lines}\n")
    assert isinstance(outcome, Fetched)
    value = getattr(outcome.record, field)
    assert (str(value) if field == "published" else value) == expected


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("Nothing but text: with colons.", [("", "Nothing but text: with colons.")]),
        ("BACKGROUND: A. METHODS: B.", [("BACKGROUND", "A."), ("METHODS", "B.")]),
        ("BACKGROUND: in ALL METHODS: B", [("BACKGROUND", "in ALL"), ("METHODS", "B")]),
        ("A first sentence. RESULTS: B.", [("", "A first sentence."), ("RESULTS", "B.")]),
        ("METHODS AND RESULTS: A.", [("METHODS AND RESULTS", "A.")]),
        ("DESIGN, SETTING, AND PARTICIPANTS: A.", [("DESIGN, SETTING, AND PARTICIPANTS", "A.")]),
        ("METHODS/FINDINGS: A.", [("METHODS/FINDINGS", "A.")]),
        ("AIM: A CAR: B. CD19: C.", [("AIM", "A CAR: B. CD19: C.")]),
        ("RESULTS: ORR:80%, CR: 60%.", [("RESULTS", "ORR:80%, CR: 60%.")]),
        ("Background: A. Results: B.", [("Background", "A."), ("Results", "B.")]),
        ("Background: see Results: B.", [("Background", "see Results: B.")]),
        ("We did it. Results: B.", [("", "We did it. Results: B.")]),
        ("AUTHORS’ CONCLUSIONS: A.", [("AUTHORS’ CONCLUSIONS", "A.")]),
        ("METHODS: RESULTS: B.", [("RESULTS", "B.")]),
    ],
)
def test_labels_in_line(text: str, sections: list[tuple[str, str]]) -> None:
    assert [(section.label, section.text) for section in split_in_line(text)] == sections


def test_every_label_of_the_table_is_usable() -> None:
    categories = {"BACKGROUND", "OBJECTIVE", "METHODS", "RESULTS", "CONCLUSIONS", "UNASSIGNED"}
    assert set(CATEGORY.values()) == categories
    for label, category in CATEGORY.items():
        assert label == label.strip().upper()
        (section,) = split_in_line(f"{label}: Text.")
        assert (section.label, section.category, section.text) == (label, category, "Text.")
        assert category_of(label.capitalize()) == category


def test_text_that_holds_no_field_is_one_failed_entry() -> None:
    (outcome,) = read("some words\n")
    assert isinstance(outcome, NotStored)
    assert outcome.state == "failed"
