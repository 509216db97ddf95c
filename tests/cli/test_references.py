"""RIS and BibTeX, read back by parsers that others wrote."""

from __future__ import annotations

import io
import re
from pathlib import Path

import bibtexparser
import pytest
import rispy
from program import Run

from cartevidence.references import citation, write_bibtex, write_ris
from models.record import Link, PartialDate, Record, Section

PLAIN = Record(
    pmid="90000001",
    title="CD22 CAR-T cells & 30% of β-cells_x: an mRNA study.",
    authors=("Čapek Karel J", "van der Berg Jan Jr", "Synthetic Study Group, Berlin"),
    journal="J Synth",
    published=PartialDate(year=2021, month=3, day=4),
    doi="10.5555/a_b(1)<2>%3",
    pmcid="PMC9000001",
    keywords=("CAR T", "B-ALL"),
    sections=(Section(label="RESULTS", text="24 of 30 (80%; ≥1)."), Section(text="Good.")),
)
HOSTILE = (
    "A title\r\nER  - \r\n\r\nTY  - JOUR",
    "Open { brace",
    "Closed } brace } twice",
    r"A \ backslash \} and \input{/etc/passwd}",
    '"quoted", = and # $HOME ~ ^ @article{x, @comment{',
    "A line\n@article{other2020,\n  title = {Other}\n}",
    "%comment",
    "Control\x00\x0b signs\u2028 and \ufffe",
    "TY  - BOOK",
)
# What a reader of TeX makes of the commands.
SIGNS = {
    "textbackslash": "\\",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciitilde": "~",
    "textasciicircum": "^",
}


def ris(*records: Record) -> list[dict[str, object]]:
    out = io.StringIO(newline="")
    write_ris(records, out)
    assert out.getvalue().count("\n") == out.getvalue().count("\r\n")
    return rispy.loads(out.getvalue())


def bibtex(*records: Record) -> list[dict[str, str]]:
    """The fields of each entry, with its key, and TeX turned back to plain text."""
    out = io.StringIO(newline="")
    write_bibtex(records, out)
    library = bibtexparser.parse_string(out.getvalue())
    assert (library.failed_blocks, library.comments, library.strings, library.preambles) == ([], [], [], [])
    assert out.getvalue().count("{") == out.getvalue().count("}")  # BibTeX itself counts them, escaped or not
    return [{"key": entry.key, **{f.key: f.value for f in entry.fields}} for entry in library.entries]


def plain(tex: str) -> str:
    """What stands on paper."""
    bare = re.sub(r"(?<!\\)[{}]", "", re.sub(r"\\(text\w+)\{\}", lambda command: f"<{command[1]}>", tex))
    return re.sub(r"<(text\w+)>", lambda name: SIGNS[name[1]], re.sub(r"\\([&%$#_])", r"\1", bare))


def one_line(text: str) -> str:
    return " ".join(re.sub("[\x00\x0b\ufffe]", "�", text).split())


def test_ris_has_the_whole_reference() -> None:
    (entry,) = ris(PLAIN)
    assert entry == {
        "type_of_reference": "JOUR",
        "id": "90000001",
        "title": "CD22 CAR-T cells & 30% of β-cells_x: an mRNA study",
        "authors": ["Čapek, Karel J", "van der Berg, Jan, Jr", "Synthetic Study Group Berlin"],
        "secondary_title": "J Synth",
        "journal_name": "J Synth",
        "year": "2021",
        "date": "2021/03/04",
        "abstract": "RESULTS: 24 of 30 (80%; ≥1). Good.",
        "doi": "10.5555/a_b(1)<2>%3",
        "custom2": "PMC9000001",
        "accession_number": "90000001",
        "name_of_database": "PubMed",
        "urls": ["https://pubmed.ncbi.nlm.nih.gov/90000001/"],
        "keywords": ["CAR T", "B-ALL"],
    }


def test_bibtex_has_the_whole_reference() -> None:
    (entry,) = bibtex(PLAIN)
    assert entry == {
        "key": "Capek2021_90000001",
        "author": "Čapek, Karel J and van der Berg, Jr, Jan and {Synthetic Study Group, Berlin}",
        "title": r"{CD22} {CAR-T} cells \& 30\% of β-cells\_x: an {mRNA} study",
        "journal": "J Synth",
        "year": "2021",
        "month": "3",
        "doi": "10.5555/a_b(1)<2>%3",
        "pmid": "90000001",
        "url": "https://pubmed.ncbi.nlm.nih.gov/90000001/",
        "keywords": "CAR T, B-ALL",
        "abstract": r"RESULTS: 24 of 30 (80\%; ≥1). Good.",
    }
    assert plain(entry["title"]) == "CD22 CAR-T cells & 30% of β-cells_x: an mRNA study"


def test_what_the_record_lacks_is_no_field() -> None:
    bare = Record(pmid="90000002", title="T")
    assert set(ris(bare)[0]) == {"type_of_reference", "id", "title", "accession_number", "name_of_database", "urls"}
    assert set(bibtex(bare)[0]) == {"key", "title", "pmid", "url"}


def test_a_retracted_record_says_so() -> None:
    gone = Record(pmid="90000003", title="T", links=(Link(kind="retraction_in", pmid="90000004"),))
    assert ris(gone)[0]["notes"] == ["Retracted publication"]
    assert bibtex(gone)[0]["note"] == "Retracted publication"


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_stays_in_its_field(title: str) -> None:
    records = [
        Record(
            pmid="90000001", title=title, authors=(title,), journal=title, doi=title, sections=(Section(text=title),)
        ),
        PLAIN.model_copy(update={"pmid": "90000002"}),
    ]
    first, second = ris(*records)
    assert (first["title"], first["abstract"]) == (one_line(title), one_line(title))
    assert second["id"] == "90000002"
    first, second = bibtex(*records)
    assert (plain(first["title"]), plain(first["abstract"])) == (one_line(title), one_line(title))
    assert second["key"] == "Capek2021_90000002"


def test_keys_are_unique_and_plain() -> None:
    authors = (("Müller-Lüdenscheidt Erwin",), ("Müller-Lüdenscheidt Erwin",), ("东 方",), ())
    records = [Record(pmid=str(90000001 + i), authors=a, title="T") for i, a in enumerate(authors)]
    keys = [entry["key"] for entry in bibtex(*records)]
    assert keys == ["MullerLudenscheidt_90000001", "MullerLudenscheidt_90000002", "90000003", "90000004"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"title": "Does it work?", "authors": ("Muster Eva M", "Doe J Jr")}, "Muster EM, Doe J Jr. Does it work?"),
        ({"title": "T.", "journal": "J Synth", "doi": "10.5555/x"}, "T. J Synth. doi:10.5555/x."),
        ({"title": "T", "authors": tuple(f"Muster{x} Eva" for x in "abcdefg")},
         "Mustera E, Musterb E, Musterc E, Musterd E, Mustere E, Musterf E, et al. T."),
        ({"title": "T", "authors": ("Anne-Marie Q Muster", "Synthetic Group")}, "Muster AMQ, Synthetic Group. T."),
    ],
)  # fmt: skip
def test_citation(values: dict[str, object], expected: str) -> None:
    assert citation(Record.checked(pmid="90000001", **values)) == expected


@pytest.mark.parametrize("form", ["ris", "bibtex"])
def test_export_of_references(form: str, cartevidence: Run, demo_db: Path, tmp_path: Path) -> None:
    done = cartevidence("export", "--db", demo_db, "--format", form, "--out", "studies.txt")
    assert (done.returncode, done.stderr) == (0, "")
    text = (tmp_path / "studies.txt").read_bytes().decode()
    if form == "ris":
        pmids = [entry["accession_number"] for entry in rispy.loads(text)]
    else:
        pmids = [entry["pmid"] for entry in bibtexparser.parse_string(text).entries]
    assert pmids == [str(90001001 + i) for i in range(8)]
    refused = cartevidence("export", "--db", demo_db, "--format", form, "--curated")
    assert refused.returncode == 2
    assert "--curated" in refused.stderr
