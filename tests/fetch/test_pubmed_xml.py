"""PubMed XML: what a record gives, what is refused, what damage costs."""

from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from synthetic import DOCTYPE, HEAD, article, article_set, book, labelled

from fetch.pubmed_xml import outcomes
from models.errors import SourceError, UnsafeXml
from models.outcome import Deleted, Fetched, NotStored, Outcome
from models.record import Link, PartialDate, Record, Section


def read(data: bytes) -> list[Outcome]:
    return list(outcomes(BytesIO(data), "test.xml"))


def record(**parts: str) -> Record:
    (outcome,) = read(article_set(article(90000001, **parts)))  # type: ignore[arg-type]
    assert isinstance(outcome, Fetched), outcome
    return outcome.record


def read_until_error(data: bytes) -> tuple[list[Outcome], Exception]:
    found: list[Outcome] = []
    with pytest.raises(SourceError) as caught:
        for outcome in outcomes(BytesIO(data), "test.xml"):
            found.append(outcome)
    return found, caught.value


FULL = f"""<PubmedArticle><MedlineCitation><PMID Version="3">90000007</PMID>
<Article><Journal><JournalIssue><PubDate><Year>2031</Year><Month>May</Month><Day>09</Day></PubDate></JournalIssue>
<Title>Synthetic Journal of Cell Therapy</Title><ISOAbbreviation>Synth. J. Cell Ther.</ISOAbbreviation></Journal>
<ArticleTitle>CD22 <i>ex vivo</i> at 10<sup>6</sup> cells: NCT90000002.</ArticleTitle>
<ELocationID EIdType="pii" ValidYN="Y">S1</ELocationID>
<ELocationID EIdType="doi" ValidYN="Y">10.5555/early</ELocationID>
<Abstract>{labelled("BACKGROUND", "Invented. See NCT 90000003.")}<AbstractText Label="RESULTS:">n = 9.</AbstractText>
<AbstractText> </AbstractText><CopyrightInformation>Copyright nobody.</CopyrightInformation></Abstract>
<AuthorList Type="authors"><Author ValidYN="Y"><LastName>Muster</LastName><ForeName>Eva M</ForeName>
<Initials>EM</Initials>
<AffiliationInfo><Affiliation>Invented Hospital, Nowhere.</Affiliation></AffiliationInfo></Author>
<Author><LastName>Doe</LastName><Initials>J</Initials><Suffix>Jr</Suffix>
<AffiliationInfo><Affiliation>Invented Hospital, Nowhere.</Affiliation></AffiliationInfo>
<AffiliationInfo><Affiliation>Second Place.</Affiliation></AffiliationInfo></Author>
<Author ValidYN="N"><LastName>Misprint</LastName></Author>
<Author><CollectiveName>Synthetic Study Group</CollectiveName></Author></AuthorList>
<AuthorList Type="editors"><Author><LastName>Editor</LastName></Author></AuthorList>
<Language>eng</Language><Language>fre</Language>
<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>
<AccessionNumber>NCT90000001</AccessionNumber></AccessionNumberList></DataBank></DataBankList>
<PublicationTypeList><PublicationType UI="D1">Journal Article</PublicationType>
<PublicationType>Retracted Publication</PublicationType></PublicationTypeList>
<ArticleDate DateType="Electronic"><Year>2031</Year><Month>03</Month><Day>02</Day></ArticleDate></Article>
<MedlineJournalInfo><MedlineTA>Synth J Cell Ther</MedlineTA></MedlineJournalInfo>
<CommentsCorrectionsList>
<CommentsCorrections RefType="RetractionIn"><RefSource>Synth J. 2032;1:2</RefSource>
<PMID>90000008</PMID></CommentsCorrections>
<CommentsCorrections RefType="ErratumIn"><RefSource>Synth J. 2031;9:9</RefSource></CommentsCorrections>
<CommentsCorrections RefType="ExpressionOfConcernIn"><RefSource>S</RefSource></CommentsCorrections>
<CommentsCorrections RefType="Cites"><RefSource>Old work</RefSource></CommentsCorrections></CommentsCorrectionsList>
<MeshHeadingList><MeshHeading><DescriptorName>Antigens, CD22</DescriptorName><QualifierName>immunology</QualifierName>
</MeshHeading></MeshHeadingList><OtherAbstract><AbstractText>Autre.</AbstractText></OtherAbstract>
<KeywordList><Keyword>CAR<sup>+</sup> T</Keyword><Keyword>remission</Keyword></KeywordList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="doi">10.5555/final</ArticleId>
<ArticleId IdType="pmc">PMC9000007</ArticleId>
</ArticleIdList><ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.5555/cited</ArticleId>
<ArticleId IdType="pmc">PMC1</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData></PubmedArticle>"""


def test_every_field_of_a_record() -> None:
    (outcome,) = read(article_set(FULL))
    assert isinstance(outcome, Fetched)
    assert outcome.record == Record(
        pmid="90000007",
        version=3,
        title="CD22 ex vivo at 10^6 cells: NCT90000002.",
        sections=(
            Section(label="BACKGROUND", category="BACKGROUND", text="Invented. See NCT 90000003."),
            Section(label="RESULTS", text="n = 9."),
        ),
        authors=("Muster Eva M", "Doe J Jr", "Synthetic Study Group"),
        affiliations=("Invented Hospital, Nowhere.", "Second Place."),
        journal="Synth J Cell Ther",
        published=PartialDate(year=2031, month=5, day=9),
        published_online=PartialDate(year=2031, month=3, day=2),
        publication_types=("Journal Article", "Retracted Publication"),
        mesh=("Antigens, CD22",),
        keywords=("CAR^+ T", "remission"),
        languages=("eng", "fre"),
        doi="10.5555/final",
        pmcid="PMC9000007",
        nct=("NCT90000001", "NCT90000002", "NCT90000003"),
        links=(
            Link(kind="retraction_in", pmid="90000008", citation="Synth J. 2032;1:2"),
            Link(kind="erratum_in", citation="Synth J. 2031;9:9"),
            Link(kind="expression_of_concern_in", citation="S"),
        ),
        source="test.xml",
    )
    assert outcome.kind == "pubmed_xml"
    assert outcome.raw.startswith(b"<PubmedArticle>")
    assert outcome.raw.endswith(b"</PubmedArticle>")
    assert outcome.record.abstract == "BACKGROUND: Invented. See NCT 90000003.\nRESULTS: n = 9."


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("<Year>2019</Year>", "2019"),
        ("<Year>2019</Year><Month>05</Month>", "2019-05"),
        ("<Year>2019</Year><Month>Sept</Month><Day>31</Day>", "2019-09-31"),
        ("<Year>2019</Year><Season>Winter</Season>", "2019"),
        ("<Year>2019</Year><Month>Foo</Month><Day>3</Day>", "2019"),
        ("<MedlineDate>2019 May-Jun</MedlineDate>", "2019-05"),
        ("<MedlineDate>2019 May 20-26</MedlineDate>", "2019-05-20"),
        ("<MedlineDate>2000 Dec-2001 Jan</MedlineDate>", "2000-12"),
        ("<MedlineDate>1998 Winter</MedlineDate>", "1998"),
        ("<MedlineDate>Spring 1998</MedlineDate>", "1998"),
        ("<MedlineDate>1998-1999</MedlineDate>", "1998"),
        ("<MedlineDate>undated</MedlineDate>", "None"),
    ],
)
def test_dates_keep_their_precision(date: str, expected: str) -> None:
    xml = article(90000001).replace("<Year>2030</Year><Month>Feb</Month>", date)
    (outcome,) = read(article_set(xml))
    assert isinstance(outcome, Fetched)
    assert str(outcome.record.published) == expected


def test_a_title_that_is_not_available_is_replaced_by_the_vernacular_one() -> None:
    vernacular = "<VernacularTitle>Erfundener Titel.</VernacularTitle>"
    assert record(title="[Not Available].", in_article=vernacular).title == "Erfundener Titel."


def test_books_and_deletions_in_order() -> None:
    deleted = "<DeleteCitation><PMID Version='1'>90000009</PMID><PMID>090000010</PMID></DeleteCitation>"
    found = read(article_set(article(90000001), book(90000002), deleted))
    assert isinstance(found[0], Fetched)
    assert isinstance(found[1], NotStored)
    assert (found[1].pmid, found[1].state) == ("90000002", "book")
    assert found[2:] == [Deleted("90000009", "test.xml"), Deleted("90000010", "test.xml")]


@pytest.mark.parametrize("version", ["1", "2"])
def test_every_version_in_a_file_is_given(version: str) -> None:
    found = read(article_set(article(90000001, version=1), article(90000001, version=int(version))))
    assert [o.record.version for o in found if isinstance(o, Fetched)] == [1, int(version)]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'<!DOCTYPE PubmedArticleSet [<!ENTITY a "b">]><PubmedArticleSet/>', id="entity"),
        pytest.param(
            b'<!DOCTYPE PubmedArticleSet PUBLIC "x" "https://h/x.dtd" [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            + article_set(article(90000001)).partition(b"\n<Pubmed")[2].join([b"<Pubmed", b""]),
            id="external entity",
        ),
        pytest.param(
            '<!DOCTYPE PubmedArticleSet [<!ENTITY a "b">]><PubmedArticleSet/>'.encode("utf-16"), id="entity in UTF-16"
        ),
        pytest.param(b"<!DOCTYPE PubmedArticleSet [<!ATTLIST x y CDATA 'z'>]><PubmedArticleSet/>", id="own DTD"),
        pytest.param(
            b'<!DOCTYPE PubmedArticleSet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
            b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><PubmedArticleSet>&c;</PubmedArticleSet>',
            id="billion laughs",
        ),
        pytest.param(article_set("<PubmedArticle>" + "<i>" * 300 + "</i>" * 300 + "</PubmedArticle>"), id="deep"),
        pytest.param(article_set(article(90000001, title="x" * 11_000_000)), id="huge text"),
        pytest.param(article_set(article(90000001, citation="<a/>" * 9_000_000)), id="huge record"),
        pytest.param(HEAD.encode() + b"<PubmedArticleSet>" + b"<Junk/>" * 5_000_000, id="no record ever ends"),
    ],
)
def test_hostile_xml_is_refused(data: bytes) -> None:
    with pytest.raises(UnsafeXml, match=r"test\.xml"):
        read(data)


def test_pubmeds_own_doctype_is_accepted_and_never_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*args: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("socket.socket.connect", no_network)
    assert DOCTYPE.encode() in article_set(article(90000001))
    assert len(read(article_set(article(90000001)))) == 1


def test_a_dtd_on_this_machine_is_not_opened(tmp_path: Path) -> None:
    dtd = tmp_path / "local.dtd"
    dtd.write_text("<!this would be an error")
    whole = article_set(article(90000001)).decode().replace(DOCTYPE, f'<!DOCTYPE PubmedArticleSet SYSTEM "{dtd}">')
    assert isinstance(read(whole.encode())[0], Fetched)


@pytest.mark.parametrize(
    ("damage", "pmid"),
    [
        pytest.param(article("90000002", title="a & b"), "90000002", id="bare ampersand"),
        pytest.param(article("90000002", title="a <b>c"), "90000002", id="tag not closed"),
        pytest.param(article("90000002", title="a &nbsp; b"), "90000002", id="undefined entity"),
        pytest.param(article("90000002").replace("90000002", "none"), "", id="no PMID"),
        pytest.param(article("90000002", version=0), "90000002", id="version 0"),
        pytest.param(article("90000002", title="\x01"), "90000002", id="control character"),
        pytest.param("</b>" + article("90000002"), "90000002", id="stray end tag"),
    ],
)
def test_a_damaged_record_does_not_end_the_file(damage: str, pmid: str) -> None:
    found = read(article_set(article(90000001), damage, article(90000003), article(90000004)))
    assert [o.record.pmid for o in found if isinstance(o, Fetched)] == ["90000001", "90000003", "90000004"]
    (failed,) = (o for o in found if isinstance(o, NotStored))
    assert (failed.pmid, failed.state) == (pmid, "failed")
    assert failed.reason


def test_a_record_without_its_end_costs_itself_and_the_next_one_only() -> None:
    unended = article(90000002).removesuffix("</PubmedArticle>")
    found = read(article_set(article(90000001), unended, article(90000003), article(90000004)))
    assert [o.record.pmid for o in found if isinstance(o, Fetched)] == ["90000001", "90000004"]
    assert [(o.pmid, o.state) for o in found if isinstance(o, NotStored)] == [
        ("90000002", "failed"),
        ("90000003", "failed"),
    ]


@pytest.mark.parametrize("keep", [0.35, 0.5, 0.66, 0.9, 0.99])
def test_a_cut_file_gives_what_came_before_and_says_so(keep: float) -> None:
    whole = article_set(*(article(90000001 + n) for n in range(20)))
    cut = whole[: int(len(whole) * keep)]
    found, error = read_until_error(cut)
    complete = cut.count(b"</PubmedArticle>")
    assert [o.record.pmid for o in found if isinstance(o, Fetched)] == [str(90000001 + n) for n in range(complete)]
    assert len(found) == complete > 0
    assert "cut off" in str(error)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "cut off before its first record"),
        (b"<html><body>x</body></html>", "no PubMed records"),
        (b"<article><PubmedArticle/></article>", "not PubMed's"),
        (b"<eFetchResult><ERROR>Some trouble</ERROR></eFetchResult>", "not PubMed's"),
        (b"<PubmedArticleSet><ERROR>Some trouble</ERROR></PubmedArticleSet>", "Some trouble"),
        (b"<PubmedArticleSet", "cut off before its first record"),
    ],
)
def test_what_is_not_pubmed_xml_gets_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        read(data)


def test_another_encoding_is_read_also_behind_a_damaged_record() -> None:
    text = '<?xml version="1.0" encoding="iso-8859-1"?><PubmedArticleSet>{}</PubmedArticleSet>'
    body = article(90000001, title="é") + article(90000002, title="<b>") + article(90000003, title="ü")
    found = read(text.format(body).encode("latin-1"))
    assert [o.record.title for o in found if isinstance(o, Fetched)] == ["é", "ü"]


MEASURE = """
import re
from io import RawIOBase
from pathlib import Path
from synthetic import HEAD, article
from fetch.pubmed_xml import outcomes

class Large(RawIOBase):
    '''A PubMed file that is never in memory as a whole.'''
    def __init__(self, count):
        self.parts = self.make(count)
    def make(self, count):
        yield (HEAD + "<PubmedArticleSet>").encode()
        for n in range(count):
            yield article(90000001 + n, abstract=f"<AbstractText>{'<i>x</i> ' * 200}</AbstractText>").encode()
        yield b"</PubmedArticleSet>"
    def read(self, size=-1):
        return next(self.parts, b"")

def peak():
    return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])

for count in (1, 3_000):
    before = peak()
    assert sum(1 for _ in outcomes(Large(count), "large.xml")) == count
print(peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process its own peak of memory")
def test_memory_stays_flat_over_a_large_file() -> None:
    here = Path(__file__).parent
    path = os.pathsep.join((str(here), str(here.parents[1])))
    run = [sys.executable, "-c", MEASURE]
    done = subprocess.run(run, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 5_000  # kB, where the trees of 3,000 records take over 100,000
