"""Evidence as outside programs read it: study and fact objects as promised in the contract."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from db.records import CHOSEN
from db.rows import as_json, record_from
from db.views import SAID
from models.decision import CURATED
from models.names import label
from models.record import Record

STUDY_LISTS = ("targets", "diseases")
NUMBERS = ("percent", "value", "ci_low", "ci_high", "ci_level", "low", "high", "confidence")
FLAGS = ("not_reached", "absent", "pooled")
FACT = (
    "type", "pmid", "id", *SAID, "quote", "section", "start", "end", "confidence", "checks", "rule",
    "extractor_version", "status", "attention",
)  # fmt: skip
# The order of the text: title before abstract, then by place.
IN_TEXT = "section <> 'TITLE', start, \"end\", id"


STUDIES = """
SELECT r.pmid, r.title, r.year, r.journal, r.doi, r.nct AS record_nct, r.retracted, r.authors,
  s.study_type, s.targets, s.diseases, s.study_n, s.nct
FROM record AS r LEFT JOIN study AS s ON s.pmid = r.pmid WHERE r.state = 'stored'
"""


def export_rows(connection: sqlite3.Connection, *, curated: bool) -> Iterator[dict[str, Any]]:
    """Each stored record's study object, then its facts in the order of the text; by PMID as a number."""
    only = f"AND status IN {CURATED}" if curated else ""
    for study in connection.execute(f"{STUDIES} ORDER BY CAST(r.pmid AS INTEGER)"):
        yield study_object(study)
        facts = connection.execute(
            f"SELECT * FROM evidence_current WHERE pmid = ? {only} ORDER BY {IN_TEXT}",  # noqa: S608
            (study["pmid"],),
        )
        for fact in facts:
            yield fact_object(fact)


def records(connection: sqlite3.Connection) -> Iterator[Record]:
    """All stored records, by PMID as a number."""
    rows = connection.execute("SELECT * FROM record WHERE state = 'stored' ORDER BY CAST(pmid AS INTEGER)")
    yield from map(record_from, rows)


def study_objects(connection: sqlite3.Connection, pmids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The study objects of these records, by PMID."""
    rows = connection.execute(f"{STUDIES} AND r.pmid IN {CHOSEN}", (as_json(list(pmids)),))
    return {row["pmid"]: study_object(row) for row in rows}


def study_object(row: sqlite3.Row) -> dict[str, Any]:
    """The study line of one record. Targets and diseases are lists once the record has been extracted."""
    lists = {name: json.loads(row[name]) for name in STUDY_LISTS if row[name] is not None}
    # Registered numbers first, then those that only the text gives.
    numbers = dict.fromkeys([*json.loads(row["record_nct"] or "[]"), *json.loads(row["nct"] or "[]")])
    return _present(
        {
            "type": "study",
            "pmid": row["pmid"],
            "title": row["title"],
            "year": row["year"],
            "journal": row["journal"] or None,
            "doi": row["doi"],
            "study_type": row["study_type"],
            **lists,
            "study_n": row["study_n"],
            "nct": list(numbers),
            "retracted": bool(row["retracted"]),
            "label": label(json.loads(row["authors"]), row["year"], row["pmid"]),
        }
    )


def fact_object(row: sqlite3.Row) -> dict[str, Any]:
    """One fact with its proof and status; `attention` only where a decided fact needs another look."""
    values = {name: row[name] for name in FACT}
    values |= {name: _number(row[name]) for name in NUMBERS}
    values |= {name: bool(row[name]) or None for name in FLAGS}
    values["checks"] = json.loads(row["checks"] or "[]")
    return _present(values)


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _number(value: float | None) -> float | int | None:
    """Whole numbers as text prints them: 80, not 80.0."""
    return int(value) if value is not None and value.is_integer() and abs(value) < 1e15 else value
