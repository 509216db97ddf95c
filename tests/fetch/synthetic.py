"""Synthetic PubMed records for tests. Nothing in them is from a real article; PMIDs begin at 90000001."""

from __future__ import annotations

from xml.sax.saxutils import escape

DOCTYPE = (
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">'
)
HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n{DOCTYPE}\n'


def article(
    pmid: str | int,
    *,
    title: str = "Synthetic CD19 CAR T cells in invented patients.",
    abstract: str = "<AbstractText>Of 12 invented patients, 9 (75%) had a complete remission.</AbstractText>",
    version: int = 1,
    citation: str = "",
    in_article: str = "",
    data: str = "",
) -> str:
    """One PubmedArticle; `abstract`, `citation`, `in_article` and `data` are XML put in as it is."""
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="{version}">{pmid}</PMID>'
        f"<Article><Journal><JournalIssue><PubDate><Year>2030</Year><Month>Feb</Month></PubDate></JournalIssue>"
        f"<Title>Synthetic Journal of Cell Therapy</Title></Journal><ArticleTitle>{title}</ArticleTitle>"
        f"<Abstract>{abstract}</Abstract>{in_article}<Language>eng</Language></Article>"
        f"<MedlineJournalInfo><MedlineTA>Synth J Cell Ther</MedlineTA></MedlineJournalInfo>{citation}</MedlineCitation>"
        f"<PubmedData>{data}</PubmedData></PubmedArticle>"
    )


def book(pmid: str | int) -> str:
    """One PubmedBookArticle."""
    return (
        f'<PubmedBookArticle><BookDocument><PMID Version="1">{pmid}</PMID><Book><BookTitle>Synthetic handbook'
        f"</BookTitle></Book></BookDocument></PubmedBookArticle>"
    )


def article_set(*records: str) -> bytes:
    """A whole PubMed XML file."""
    return (HEAD + "<PubmedArticleSet>\n" + "\n".join(records) + "\n</PubmedArticleSet>\n").encode()


def labelled(label: str, text: str) -> str:
    """One labelled AbstractText."""
    return f'<AbstractText Label="{label}" NlmCategory="{label}">{escape(text)}</AbstractText>'
