"""Synthetic studies for comparisons: an abstract that states each of its facts in a sentence of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.comparing import Candidate, Size
from db.store import Store
from models.evidence import EVIDENCE, Fact
from models.outcome import Extraction, Fetched
from models.record import PartialDate, Record, Section
from models.study import Study

Given = dict[str, Any]


def cr(n: int | None = None, total: int | None = None, **more: Any) -> Given:
    return {"type": "response", "endpoint": "CR", "n": n, "total": total, **more}


def crs(n: int | None = None, total: int | None = None, grade: str = ">=3", **more: Any) -> Given:
    return {"type": "toxicity", "event": "CRS", "grade": grade, "n": n, "total": total, **more}


def cohort(n: int, role: str = "treated", **more: Any) -> Given:
    return {"type": "cohort", "role": role, "n": n, **more}


def survival(endpoint: str, measure: str, value: float | None, **more: Any) -> Given:
    return {"type": "survival", "endpoint": endpoint, "measure": measure, "value": value, **more}


def add(store: Store, pmid: int | str, *facts: Given, study: Given | None = None, **record: Any) -> Record:
    """Store a record whose abstract has one sentence a fact, and those facts."""
    about = {"year": 2020, "authors": (f"Author{pmid} A",)} | record
    year = about.pop("year")
    sentences = [f"Synthetic statement {i} of {fact['type']}." for i, fact in enumerate(facts)]
    made = Record(
        pmid=str(pmid),
        title=f"Synthetic study {pmid}",
        sections=(Section(text=" ".join(sentences) or "Nothing is stated."),),
        published=None if year is None else PartialDate(year=year),
        **about,
    )
    found = [_fact(made, quote, fact) for quote, fact in zip(sentences, facts, strict=True)]
    store.save([Fetched(made, b"<PubmedArticle/>", "pubmed_xml")])
    about_study = {"study_type": "prospective_trial", "targets": ("CD22",), "diseases": ("B-ALL",), "study_n": 34}
    extraction = Extraction(Study(pmid=made.pmid, **about_study | (study or {})), tuple(found), made.text_hash, "1")
    assert store.save_extractions([extraction]) == 1
    return made


def _fact(record: Record, quote: str, given: Given) -> Fact:
    start = record.abstract.index(quote)
    place = {"pmid": record.pmid, "text_hash": record.text_hash, "section": "ABSTRACT", "start": start,
             "end": start + len(quote), "quote": quote, "rule": "synthetic", "extractor_version": "1",
             "confidence": 0.9}  # fmt: skip
    return EVIDENCE[given["type"]](**place | {name: value for name, value in given.items() if value is not None})


def candidate(**given: Any) -> Candidate:
    """A candidate as the database gives it; what is not named is not in the text."""
    empty = dict.fromkeys(Candidate._fields)
    usual = {"pmid": "90000001", "id": "f", "type": "response", "endpoint": "CR", "section": "ABSTRACT", "start": 0,
             "end": 1, "quote": "x", "confidence": 0.9, "checks": "[]", "status": "unreviewed"}  # fmt: skip
    return Candidate(**{**empty, **usual, **given})


def sizes(**roles: int) -> Sequence[Size]:
    """`sizes(treated=34, evaluable=30)`."""
    return [Size("90000001", role, n, 0.9) for role, n in roles.items()]
