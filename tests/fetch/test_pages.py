"""Pages saved from PubMed: what varies between them, and what must not leak into a record."""

from __future__ import annotations

from io import BytesIO

import one_study
import pytest

from fetch.citation import Citation, citation_of
from fetch.page import outcomes
from fetch.page_lines import NAVIGATION, OTHER_HEADINGS, authors_in
from models.errors import SourceError
from models.outcome import Fetched
from models.record import PartialDate, Record


def read(text: str) -> list[Record]:
    found = []
    for outcome in outcomes(BytesIO(text.encode()), "page"):
        assert isinstance(outcome, Fetched)
        assert outcome.kind == "page"
        found.append(outcome.record)
    return found


def page(body: str, *, above: str = "", below: str = "") -> Record:
    (record,) = read(
        f"{above}Synth J. 2030 May 20. doi: 10.5555/x. [Epub ahead of print]\n\nAn invented title.\n\n"
        f"Author information\n\n1\nHospital of Nowhere.\n\nAbstract\n\n{body}\n\n{below}PMID:\n90000042\n"
    )
    return record


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "Synth J Cell Ther. 2030 Nov;33(11):2-9. doi: 10.5555/a.b. Epub 2030 May 20.",
            ("Synth J Cell Ther", "2030-11", "2030-05-20", "10.5555/a.b"),
        ),
        (
            "Synth J. 2030 May 20. doi: 10.5555/a. [Epub ahead of print]",
            ("Synth J", "2030-05-20", "2030-05-20", "10.5555/a"),
        ),
        (
            "Synth J. 2030 May 20. doi: 10.5555/a. Online ahead of print.",
            ("Synth J", "2030-05-20", "2030-05-20", "10.5555/a"),
        ),
        ("12. Synth J (Lond). 2030;12:3.", ("Synth J (Lond)", "2030", "None", None)),
        (". 2030 Jan-Feb;12(3):45-9. doi: 10.5555/a.", ("", "2030-01", "None", "10.5555/a")),
        ("Synth J. 2030 Winter;12(3):45.", ("Synth J", "2030", "None", None)),
        ("Synth J. 2030 May 3-9;12(3):45.", ("Synth J", "2030-05-03", "None", None)),
        ("An invented trial of 2030 patients.", None),
        ("We treated them in 2030. All lived.", None),
        ("An official website of the United States government", None),
        ("", None),
    ],
)
def test_citation_lines(line: str, expected: tuple[str, str, str, str | None] | None) -> None:
    found = citation_of(line)
    got = found and (found.journal, str(found.published), str(found.published_online), found.doi)
    assert got == expected
    assert found is None or isinstance(found, Citation)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Muster E, Doe JQ.", ("Muster E", "Doe JQ")),
        ("Muster E1, Doe JQ2,3, van den Berg A#1.", ("Muster E", "Doe JQ", "van den Berg A")),
        ("Muster E(1)(2), Doe JQ(#)(2).", ("Muster E", "Doe JQ")),
        ("Eva Muster 1 2 , John Q Doe # 3", ("Eva Muster", "John Q Doe")),
        ("Eva Müller-O'Neil 1, J D'Arc", ("Eva Müller-O'Neil", "J D'Arc")),
        ("Muster E", ("Muster E",)),
        ("Of 34 patients, 24 had a remission.", ()),
        ("We treated patients, and followed them.", ()),
        ("1 Department of Fiction, Hospital of Nowhere", ()),
    ],
)
def test_author_lines(line: str, names: tuple[str, ...]) -> None:
    assert authors_in(line) == names


@pytest.mark.parametrize(
    "junk",
    sorted(
        {*NAVIGATION, *OTHER_HEADINGS} | {"© 2030 Nobody.", "Copyright 2030", "Conflict of interest statement: none"}
    ),
)
def test_words_of_the_site_never_reach_title_or_abstract(junk: str) -> None:
    shown = junk[0].upper() + junk[1:]
    record = page("Of 12 patients, 9 lived.", above=f"{shown}\n", below=f"{shown}\nSomething else.\n")
    assert record.title == "An invented title."
    assert record.abstract == "Of 12 patients, 9 lived."


@pytest.mark.parametrize(
    ("body", "sections"),
    [
        ("One paragraph.\n\nAnother one.", [("", "One paragraph. Another one.")]),
        ("Wrapped at\nsome width.", [("", "Wrapped at some width.")]),
        ("BACKGROUND:\nA.\n\nRESULTS:\nB.\n\nStill B.", [("BACKGROUND", "A."), ("RESULTS", "B. Still B.")]),
        ("BACKGROUND: A.\nRESULTS: B.", [("BACKGROUND", "A."), ("RESULTS", "B.")]),
        (
            "Background: A.\nTrial registration: NCT90000001.",
            [("BACKGROUND", "A."), ("TRIAL REGISTRATION", "NCT90000001.")],
        ),
        ("AIMS:\nA.\nWHAT WE DID:\nB.\nRESULTS:\nC.", [("AIMS", "A."), ("WHAT WE DID", "B."), ("RESULTS", "C.")]),
        ("We saw this: CR in 9.\nOf note: nothing.", [("", "We saw this: CR in 9. Of note: nothing.")]),
        ("BACKGROUND: A. METHODS: B. RESULTS: C.", [("BACKGROUND", "A."), ("METHODS", "B."), ("RESULTS", "C.")]),
    ],
)
def test_sections_of_a_page(body: str, sections: list[tuple[str, str]]) -> None:
    assert [(section.label, section.text) for section in page(body).sections] == sections


def test_a_page_without_an_abstract_still_gives_its_record() -> None:
    (record,) = read(
        "Synth J. 2030 May;1(2):3.\n\nAn invented letter.\n\nMuster E.\n\nPMID: 90000042\n\nSimilar articles\n"
    )
    assert (record.pmid, record.title, record.sections) == ("90000042", "An invented letter.", ())
    assert record.authors == ("Muster E",)


def test_a_title_broken_over_two_lines() -> None:
    text = one_study.NEW_PAGE.replace(one_study.TITLE, one_study.TITLE.replace(" a made-up", "\na made-up"))
    assert read(text)[0].title == one_study.TITLE


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("An invented title.\n\nAbstract\n\nText.\nPMID: 90000001", "no line with journal and year"),
        ("Synth J. 2030 May;1(2):3.\n\nAn invented title.\n\nAbstract\n\nText.", "no PMID"),
        ("Synth J. 2030 May;1(2):3.\n\nPMID: 90000001\n", "no title"),
    ],
)
def test_what_is_no_page_is_one_sentence(text: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        read(text)


def test_an_export_of_several_records() -> None:
    bare = (
        "2. Synth J. 2031;2:1.\n\n[An invented letter in German].\n\n[Article in German]\n\nMuster E.\n\n"
        "PMID: 90000050 [Indexed for MEDLINE]\n"
    )
    third = (
        "3. Synth J. 2032 Jan 5;2(1):1. doi: 10.5555/three. Online ahead of print.\n\nA third title.\n\nDoe J(1).\n\n"
        "Author information:\n(1)Utopia.\n\nComment on\n    Synth J. 2030;1:1.\n    Synth J. 2030;1:2.\n\n"
        "We did two things.\n1. We wrote it.\n2. We read it.\n\nCopyright © 2032 Nobody.\n\n"
        "DOI: 10.5555/three\nPMID: 90000051\n"
    )
    first, second, last = read(one_study.EXPORT + "\n\n" + bare + "\n\n" + third)
    assert (first.pmid, first.abstract) == (one_study.PMID, one_study.ABSTRACT)
    assert (second.pmid, second.sections, second.authors) == ("90000050", (), ("Muster E",))
    assert second.published == PartialDate(year=2031)
    assert (last.pmid, last.doi) == ("90000051", "10.5555/three")
    assert last.abstract == "We did two things. 1. We wrote it. 2. We read it."
    assert [link.citation for link in last.links] == ["Synth J. 2030;1:1", "Synth J. 2030;1:2"]
    assert {link.kind for link in last.links} == {"comment_on"}


def test_the_raw_text_of_an_export_is_that_of_the_record() -> None:
    (outcome,) = outcomes(BytesIO(one_study.EXPORT.encode()), "x")
    assert isinstance(outcome, Fetched)
    (again,) = outcomes(BytesIO(outcome.raw), "x")
    assert isinstance(again, Fetched)
    assert again.record == outcome.record


def test_an_abstract_in_html_may_be_absent_and_scripts_are_not_text() -> None:
    start, end = one_study.HTML.index('<div class="abstract"'), one_study.HTML.index('<div class="similar')
    (record,) = read(one_study.HTML[:start] + one_study.HTML[end:])
    assert (record.title, record.sections) == (one_study.TITLE, ())
