"""A record, a study or a fact as a row of its table, and back without loss."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from db.views import CURRENT
from models.evidence import Fact, fact_from
from models.outcome import Extraction
from models.record import PartialDate, Record
from models.study import Study

Row = tuple[Any, ...]

RECORD = (
    "pmid", "title", "abstract", "version", "journal", "year", "published", "published_online", "doi", "pmcid",
    "authors", "affiliations", "publication_types", "mesh", "keywords", "languages", "nct", "links", "sections",
    "retracted", "source", "fetched", "text_hash", "state",
)  # fmt: skip
RECORD_LISTS = ("authors", "affiliations", "publication_types", "mesh", "keywords", "languages", "nct")
STUDY = (
    "pmid", "study_type", "targets", "diseases", "study_n", "nct", "phase", "products", "text_hash",
    "extractor_version",
)  # fmt: skip
EVIDENCE = (*CURRENT, "key")


def as_json(value: object) -> str:
    """Compact JSON, Unicode as it stands."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def record_row(record: Record) -> Row:
    """The row of a record that is stored. Sections are kept as spans of `abstract`, so that no text stands twice."""
    spans = record.section_spans
    sections = [
        {"label": section.label, "category": section.category, "start": start, "end": end}
        for section, (_, start, end) in zip(record.sections, spans, strict=True)
    ]
    values: dict[str, Any] = {name: as_json(getattr(record, name)) for name in RECORD_LISTS}
    for name in ("published", "published_online"):
        date = getattr(record, name)
        values[name] = None if date is None else str(date)
    values |= {
        "links": as_json([link.given() for link in record.links]),
        "sections": as_json(sections),
        "retracted": int(record.retracted),
        "fetched": record.fetched.isoformat() if record.fetched else None,
        "state": "stored",
    }
    return tuple(values[name] if name in values else getattr(record, name) for name in RECORD)


def record_from(row: sqlite3.Row) -> Record:
    """The record of a row of `record`."""
    abstract = row["abstract"]
    sections = [
        {"label": part["label"], "category": part["category"], "text": abstract[part["start"] : part["end"]]}
        for part in json.loads(row["sections"])
    ]
    return Record.checked(
        **{name: row[name] for name in ("pmid", "version", "title", "journal", "doi", "pmcid", "source")},
        **{name: tuple(json.loads(row[name])) for name in RECORD_LISTS},
        sections=sections,
        published=_date(row["published"]),
        published_online=_date(row["published_online"]),
        links=json.loads(row["links"]),
        fetched=datetime.fromisoformat(row["fetched"]) if row["fetched"] else None,
    )


def _date(text: str | None) -> PartialDate | None:
    if text is None:
        return None
    return PartialDate(**dict(zip(("year", "month", "day"), map(int, text.split("-")), strict=False)))


def study_row(extraction: Extraction) -> Row:
    """The row of an extraction's study, which also says what was extracted from which text."""
    study = extraction.study
    lists = {name: as_json(getattr(study, name)) for name in ("targets", "diseases", "nct", "products")}
    plain = {name: getattr(study, name) for name in ("pmid", "study_type", "study_n", "phase")}
    made = {"text_hash": extraction.text_hash, "extractor_version": extraction.extractor_version}
    return tuple((lists | plain | made)[name] for name in STUDY)


def study_from(row: sqlite3.Row) -> Study:
    """The study of a row of `study`."""
    lists = {name: json.loads(row[name]) for name in ("targets", "diseases", "nct", "products")}
    return Study.checked(**lists, **{name: row[name] for name in ("pmid", "study_type", "study_n", "phase")})


def evidence_rows(facts: Iterable[Fact]) -> list[Row]:
    """The rows of facts; a fact given twice is one row."""
    rows: dict[str, Row] = {}
    for fact in facts:
        given = fact.__dict__
        derived = {
            "id": fact.id,
            "statement": fact.statement,
            "key": fact.key,
            "checks": as_json(fact.checks) if fact.checks else "[]",
            "inferred": as_json(fact.inferred) if fact.inferred else "[]",
        }
        rows[fact.id] = tuple(derived[name] if name in derived else given.get(name) for name in EVIDENCE)
    return list(rows.values())


def fact_from_row(row: sqlite3.Row) -> Fact:
    """The fact of a row of `evidence` or `evidence_current`."""
    values = {name: row[name] for name in row.keys() if row[name] is not None}  # noqa: SIM118  (a Row iterates values)
    for name in ("checks", "inferred"):
        values[name] = tuple(json.loads(values.get(name, "[]")))
    return fact_from(values)
