"""A view for each type of fact, with its study: what a person wants of it and only the columns that the type has.

Decisions are applied and rejected facts left out.
"""

from __future__ import annotations

from db.overview import URL, listed

_INTERVAL = ("ci_low", "ci_high", "ci_level")
_PROPORTION = ("n", "total", "percent", *_INTERVAL, "time", "absent", "qualifier")
COLUMNS: dict[str, tuple[str, ...]] = {
    "cohort": ("role", "n"),
    "response": ("endpoint", *_PROPORTION),
    "survival": ("endpoint", "measure", "value", "unit", "time", "not_reached", *_INTERVAL),
    "toxicity": ("event", "grade", *_PROPORTION),
    "followup": ("value", "unit", "low", "high"),
    "procedure": ("name", *_PROPORTION),
}
_PROOF = ("group", "pooled", "quote", "section", "confidence", "checks", "status", "id")


# LEFT JOIN, though each fact has its record: then SQLite leaves out what is not asked for, as when it only counts.
def _facts(kind: str, half: str) -> str:
    shown = ", ".join(f'f."{column}" AS "{column}"' for column in (*COLUMNS[kind], *_PROOF))
    return f"""SELECT f.pmid AS pmid, r.year AS year, r.title AS title, s.study_type AS study_type,
  {listed("targets")}, {listed("diseases")}, s.study_n AS study_n, r.retracted AS retracted,
  {shown}, {URL}
FROM {half} AS f LEFT JOIN record AS r ON r.pmid = f.pmid LEFT JOIN study AS s ON s.pmid = f.pmid
WHERE f.type = '{kind}' AND f.status <> 'rejected'"""  # noqa: S608


FACT_VIEWS = {
    kind: f"{_facts(kind, 'evidence_undecided')} UNION ALL {_facts(kind, 'evidence_decided')}" for kind in COLUMNS
}
