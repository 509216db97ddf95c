"""Synthetic studies for the desk: every text, figure and number is invented, PMIDs are 92000001 and up."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from synthetic import article, article_set

from cartevidence import pipeline
from db.store import Store

TWELVE, NEXT, CHECKS, RETRACTED, HOSTILE, MISSED, TWIN = (str(92000000 + number) for number in range(1, 8))

LONG_WORD = "CARTcells" * 60
SCRIPT = '<script>window.owned = 1; alert("owned")</script>'
IMAGE = '<img src=x onerror="window.owned = 2">'
LABEL = "\"><svg onload='window.owned = 3'>"
ENTITIES = "&amp;lt;b&gt; {{ 7 * 7 }} ${7 * 7} {% raw %}"

# PMID → title, sections of the abstract as (label, text), XML of its links and of its publication types
Text = tuple[str, list[tuple[str, str]], str, str]
TEXTS: dict[str, Text] = {
    # Exactly twelve facts, each as the text says.
    TWELVE: (
        "Invented CD19 CAR T cells in B-cell acute lymphoblastic leukaemia [synthetic].",
        [
            ("METHODS", "Patients with relapsed B-cell acute lymphoblastic leukaemia received CD19 CAR T cells."),
            (
                "RESULTS",
                "Forty patients were treated. CR or CRi was achieved in 32 of 40 patients (80%) by day 28, and MRD "
                "negativity in 28 of 40 patients (70%). The overall response rate was 85% (34 of 40). CRS occurred in "
                "30 of 40 patients (75%), of grade 3 or higher in 6 patients (15%). Neurotoxicity of grade 3 or higher "
                "was seen in 4 of 40 patients (10%). Tocilizumab was given to 10 of 40 patients (25%). At a median "
                "follow-up of 14.2 months, the 1-year overall survival was 68% (95% CI, 52-80). Median event-free "
                "survival was 9.5 months (95% CI, 6.1-13.0). Infections of grade 3 or higher occurred in 8 patients "
                "(20%).",
            ),
            ("CONCLUSION", "The invented cells were active."),
        ],
        "",
        "",
    ),
    NEXT: (
        "Invented CD22 CAR T cells after failure of CD19 [synthetic].",
        [
            (
                "RESULTS",
                "Thirty patients with B-ALL were treated. Complete remission was achieved in 21 of 30 patients (70%). "
                "CRS of grade 3 or higher occurred in 3 of 30 patients (10%).",
            )
        ],
        "",
        "",
    ),
    # The printed percent is not n/N, and complete responses exceed overall responses.
    CHECKS: (
        "Invented CD19 CAR T cells in large B-cell lymphoma: figures that do not add up [synthetic].",
        [
            (
                "RESULTS",
                "Twenty-five patients with large B-cell lymphoma were treated. The overall response rate was 72% (20 "
                "of 25), and complete response was seen in 22 of 25 patients (88%). CRS of grade 3 or higher occurred "
                "in 2 of 25 patients (8%).",
            )
        ],
        "",
        "",
    ),
    RETRACTED: (
        "Invented BCMA CAR T cells in multiple myeloma, withdrawn since [synthetic].",
        [("RESULTS", "Fifty patients were treated. The overall response rate was 90% (45 of 50).")],
        '<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>Synth J Cell Ther. 2031 Jan;'
        "4(1):9</RefSource><PMID>92000099</PMID></CommentsCorrections></CommentsCorrectionsList>",
        "<PublicationTypeList><PublicationType>Retracted Publication</PublicationType></PublicationTypeList>",
    ),
    HOSTILE: (
        f"Invented {SCRIPT} of CD19 CAR T cells & 'quotes' \"twice\" [synthetic].",
        [
            (
                "RESULTS",
                f"{SCRIPT} Twelve patients with B-ALL were treated. Complete remission was achieved in 9 of 12 patients "
                f"(75%) {IMAGE} 🧬🩸 and {ENTITIES}. {LONG_WORD} was a word. CRS of grade 3 or higher occurred in 3 of "
                "12 patients (25%). \u202eleft to right\u202c </textarea></pre>.",
            ),
            (LABEL, "No dose-limiting toxicity was observed. <title>"),
        ],
        "",
        "",
    ),
    # The extractor does not see the responses: nothing says of whom 13/21 are.
    MISSED: (
        "Invented CD7 CAR T cells with words that few use [synthetic].",
        [
            (
                "RESULTS",
                "Twenty-one patients with T-ALL were treated. The marrow was spotless in 13 of 21 patients (62%). CRS of "
                "grade 3 or higher occurred in 2 of 21 patients (10%).",
            )
        ],
        "",
        "",
    ),
    TWIN: (
        "Invented GPRC5D CAR T cells in multiple myeloma, reviewed twice [synthetic].",
        [
            (
                "RESULTS",
                "Twenty patients with multiple myeloma were treated. The overall response rate was 80% (16 of 20). CRS "
                "of grade 3 or higher occurred in 1 of 20 patients (5%).",
            )
        ],
        "",
        "",
    ),
}


def xml(pmid: str) -> str:
    """The study as a PubmedArticle."""
    title, sections, links, types = TEXTS[pmid]
    abstract = "".join(
        f"<AbstractText Label={quoteattr(label)} NlmCategory={quoteattr(label)}>{escape(text)}</AbstractText>"
        for label, text in sections
    )
    return article(pmid, title=escape(title), abstract=abstract, citation=links, in_article=types)


def read(db: Path, records: Iterable[str]) -> None:
    """Bring PubmedArticles into the database with their evidence, as `cartevidence run FILE` does."""
    source = next(path for i in itertools.count() if not (path := db.with_name(f"records{i}.xml")).exists())
    source.write_bytes(article_set(*records))
    with Store.open(db) as store:
        report = pipeline.run([source], store)
    assert report.exit_status == 0, report.problems


def database(folder: Path, pmids: Iterable[str] = TEXTS) -> Path:
    """A database of these studies."""
    db = folder / "evidence.db"
    read(db, map(xml, pmids))
    return db
