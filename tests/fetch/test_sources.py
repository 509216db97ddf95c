"""Files and folders of every kind, good and bad."""

from __future__ import annotations

import gzip
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import one_study
import pytest
from synthetic import article, article_set

from fetch.sources import UnknownKind, read
from models.errors import SourceError
from models.outcome import Fetched, NotStored
from models.record import Link, PartialDate, Record

FORMS = {
    "xml": one_study.XML,
    "xml.gz": gzip.compress(one_study.XML),
    "xml in UTF-16": one_study.XML.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "medline": one_study.MEDLINE.encode(),
    "medline.gz": gzip.compress(one_study.MEDLINE.encode()),
    "medline with CRLF": one_study.MEDLINE.replace("\n", "\r\n").encode("utf-8-sig"),
    "old page": one_study.OLD_PAGE.encode(),
    "old page with CRLF": one_study.OLD_PAGE.replace("\n", "\r\n").encode(),
    "old page in UTF-16": one_study.OLD_PAGE.encode("utf-16"),
    "old page in cp1252": one_study.OLD_PAGE.encode("cp1252"),
    "new page": one_study.NEW_PAGE.encode(),
    "new page without blank lines": one_study.NEW_PAGE.replace("\n\n", "\n").encode(),
    "export": one_study.EXPORT.encode(),
    "export with CRLF": one_study.EXPORT.replace("\n", "\r\n").encode("utf-8-sig"),
    "html": one_study.HTML.encode(),
}


def records(path: Path) -> list[Record]:
    outcomes = list(read(path))
    assert all(isinstance(outcome, Fetched) for outcome in outcomes), outcomes
    return [outcome.record for outcome in outcomes if isinstance(outcome, Fetched)]


@pytest.mark.parametrize("form", FORMS)
def test_one_study_gives_the_same_text_in_every_form_whatever_its_name(form: str, tmp_path: Path) -> None:
    path = tmp_path / "saved.dat"
    path.write_bytes(FORMS[form])
    (record,) = records(path)
    assert record.title == one_study.TITLE
    assert record.sections == one_study.SECTIONS
    assert record.abstract == one_study.ABSTRACT
    assert (record.pmid, record.doi, record.journal) == (one_study.PMID, one_study.DOI, one_study.JOURNAL)
    assert record.published == PartialDate(year=2030, month=11)
    assert record.published_online == PartialDate(year=2030, month=5, day=20)
    assert record.affiliations == one_study.AFFILIATIONS
    assert record.keywords == (() if "export" in form else one_study.KEYWORDS)
    assert record.nct == ("NCT90000042",)
    assert record.pmcid == "PMC9000042"
    assert record.source == str(path)
    assert record.fetched is None


@pytest.mark.parametrize("form", ["xml", "medline", "old page", "new page", "export", "html"])
def test_authors_without_their_marks(form: str, tmp_path: Path) -> None:
    path = tmp_path / "saved"
    path.write_bytes(FORMS[form])
    (record,) = records(path)
    expected = {
        "xml": ("Muster Eva", "Doe John Q", "Synthetic Study Group"),
        "medline": ("Muster Eva", "Doe John Q", "Synthetic Study Group"),
        "old page": ("Muster E", "Doe JQ", "Synthetic Study Group"),
        "new page": ("Eva Muster", "John Q Doe", "Synthetic Study Group"),
        "export": ("Muster E", "Doe JQ", "Synthetic Study Group"),
        "html": ("Eva Muster", "John Q Doe"),
    }
    assert record.authors == expected[form]


@pytest.mark.parametrize("form", ["xml", "medline", "new page", "html"])
def test_indexing_where_the_form_has_it(form: str, tmp_path: Path) -> None:
    path = tmp_path / "saved"
    path.write_bytes(FORMS[form])
    (record,) = records(path)
    assert record.publication_types == ("Clinical Trial, Phase I", "Retracted Publication")
    assert record.retracted
    assert record.mesh == ("Antigens, CD22",)


@pytest.mark.parametrize("form", ["xml", "medline", "old page", "new page", "export"])
def test_the_erratum_is_linked(form: str, tmp_path: Path) -> None:
    path = tmp_path / "saved"
    path.write_bytes(FORMS[form])
    (record,) = records(path)
    assert record.links == (Link(kind="erratum_in", pmid="90000043", citation=one_study.CORRECTION),)


SEED = Path(__file__).parents[3] / "shared" / "seeds" / "31110217.txt"


@pytest.mark.skipif(not SEED.exists(), reason="the seed record lies outside the project")
def test_the_seed_record() -> None:
    (record,) = records(SEED)
    assert record.title == "CD22 CAR T-cell therapy in refractory or relapsed B acute lymphoblastic leukemia."
    (section,) = record.sections
    assert section.label == ""
    assert section.text.startswith("Despite worldwide")
    assert section.text.endswith("durable remission.")
    assert (record.journal, record.year, record.pmid) == ("Leukemia", 2019, "31110217")
    assert record.doi == "10.1038/s41375-019-0488-7"
    assert len(record.affiliations) == 11


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b" \n\n ", "is empty", id="blank"),
        pytest.param(gzip.compress(b""), "is empty", id="empty gzip"),
        pytest.param(bytes(range(256)) * 10, "binary", id="binary"),
        pytest.param(b"%PDF-1.7\n\x8f\x01\x02\x03\x04" * 20, "binary", id="binary without NUL"),
        pytest.param(b"PK\x03\x04\0\0", "binary", id="zip"),
        pytest.param(b"Dear colleague,\nthe results are fine.\n", "neither PubMed XML nor", id="letter"),
        pytest.param(b"90000001\n90000002\n", "--pmids", id="list of PMIDs"),
        pytest.param(b'{"title": "x"}', "neither PubMed XML nor", id="JSON"),
        pytest.param(b"<html><body><h1>Sign in</h1></body></html>", "no PubMed page", id="foreign HTML"),
        pytest.param(b"<article><body/></article>", "no PubMed records", id="foreign XML"),
        pytest.param(one_study.XML[: len(one_study.XML) // 2], "cut off", id="half an XML file"),
        pytest.param(gzip.compress(one_study.XML)[:-200], "damaged or cut off gzip", id="half a gzip file"),
        pytest.param(gzip.compress(one_study.XML)[:40] + b"x" * 99, "damaged or cut off gzip", id="broken gzip"),
        pytest.param(b"\x1f\x8bnot really", "damaged or cut off gzip", id="gzip in name only"),
        pytest.param(one_study.MEDLINE.encode("utf-16-le"), "binary", id="UTF-16 without a mark"),
        pytest.param(one_study.MEDLINE.encode("cp1252"), "UTF-8", id="MEDLINE in another encoding"),
    ],
)
def test_bad_input_is_one_clear_sentence_about_the_file(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "given.file"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=says) as caught:
        list(read(path))
    message = str(caught.value)
    assert str(path) in message
    assert message.endswith(".")
    assert "\n" not in message


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        list(read(tmp_path / "nothing"))


def test_what_came_before_the_damage_is_kept(tmp_path: Path) -> None:
    noise = os.urandom(60_000).hex()  # so that gzip cannot hold it all in one block
    whole = gzip.compress(article_set(*(article(90000001 + n, title=noise[n * 5_000 :][:5_000]) for n in range(20))))
    path = tmp_path / "baseline.xml.gz"
    path.write_bytes(whole[: len(whole) * 3 // 4])
    found = []
    with pytest.raises(SourceError, match="gzip"):
        for outcome in read(path):
            found.append(outcome)
    assert 5 < len(found) < 20


def test_a_damaged_record_is_reported_and_the_file_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "some.xml"
    path.write_bytes(article_set(article(90000001), article(90000002, title="<b>"), article(90000003)))
    first, second, third = read(path)
    assert isinstance(first, Fetched)
    assert isinstance(third, Fetched)
    assert isinstance(second, NotStored)
    assert (second.pmid, second.state) == ("90000002", "failed")
    assert str(path) in second.reason


def test_a_folder_is_read_in_order_and_what_is_no_source_is_reported(tmp_path: Path) -> None:
    files: dict[str, bytes] = {
        "b.xml": article_set(article(90000002)),
        "a/z.txt": one_study.OLD_PAGE.encode(),
        "a/notes.txt": b"Call the library.",
        "a/deep/er/x.xml.gz": gzip.compress(article_set(article(90000003))),
        "c.xml": article_set(article(90000004), article(90000005))[:-400],
        "d.xml": article_set(article(90000006)),
        ".hidden/e.xml": article_set(article(90000007)),
        ".f.xml": article_set(article(90000008)),
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    problems: list[SourceError] = []
    found = [o.record.pmid for o in read(tmp_path, skipped=problems.append) if isinstance(o, Fetched)]
    assert found == ["90000002", "90000004", "90000006", one_study.PMID, "90000003"]
    assert [(type(problem), str(problem).split()[0]) for problem in problems] == [
        (SourceError, str(tmp_path / "c.xml")),
        (UnknownKind, str(tmp_path / "a" / "notes.txt")),
    ]


def test_without_a_listener_problems_in_a_folder_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "good.xml").write_bytes(one_study.XML)
    (tmp_path / "notes.txt").write_text("Call the library.")
    assert len(list(read(tmp_path))) == 1
    assert "notes.txt" in caplog.text


@pytest.mark.parametrize("content", [None, b"Call the library."])
def test_a_folder_without_any_source(content: bytes | None, tmp_path: Path) -> None:
    if content:
        (tmp_path / "notes.txt").write_bytes(content)
    with pytest.raises(SourceError, match=f"{tmp_path} holds no PubMed XML"):
        list(read(tmp_path))


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder owned by an ordinary user, as which the test runs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.geteuid() == 0:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
            try:
                yield folder
            finally:
                os.seteuid(0)
        else:
            yield folder
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o700)


def _forbidden_file(folder: Path) -> Path:
    path = folder / "some.xml"
    path.write_bytes(one_study.XML)
    path.chmod(0)
    return path


def _forbidden_folder(folder: Path) -> Path:
    path = folder / "some"
    path.mkdir()
    (path / "a.xml").write_bytes(one_study.XML)
    path.chmod(0)
    return path


def _inside_forbidden_folder(folder: Path) -> Path:
    return _forbidden_folder(folder) / "a.xml"


@pytest.mark.parametrize("make", [_forbidden_file, _forbidden_folder, _inside_forbidden_folder])
def test_no_permission(make: Callable[[Path], Path], unprivileged: Path) -> None:
    path = make(unprivileged)
    with pytest.raises(SourceError, match="check its permissions") as caught:
        list(read(path))
    assert str(path) in str(caught.value)


def test_a_subfolder_without_permission_is_reported_and_the_rest_is_read(unprivileged: Path) -> None:
    _forbidden_folder(unprivileged)
    (unprivileged / "good.xml").write_bytes(one_study.XML)
    problems: list[SourceError] = []
    assert len(list(read(unprivileged, skipped=problems.append))) == 1
    assert "check its permissions" in str(problems[0])


def test_a_large_gzip_is_streamed(tmp_path: Path) -> None:
    """The first records are there before the file has been read to its (damaged) end."""
    packer = zlib.compressobj(wbits=31)
    data = packer.compress(article_set(*(article(90000001 + n) for n in range(5_000)))) + packer.flush()
    path = tmp_path / "baseline.xml.gz"
    path.write_bytes(data[:-20])
    stream = read(path)
    assert isinstance(next(stream), Fetched)
    stream.close()  # type: ignore[attr-defined]
