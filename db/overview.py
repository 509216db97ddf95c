"""The view `study_overview`: one row a study, the first columns of an evidence table, for any SQLite client.

Each cell asks for the facts of its own study by PMID, so that a page of the view costs its rows and no more. That is
why it goes to the two halves of `evidence_current`: SQLite would first put the whole of that view together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.key_figures import ONE_YEAR, RATES, RESPONSES, SEVERE, TOXICITIES

# What the heading of a column does not say: when, and whose figure it is.
_OF_WHOM = """coalesce(' [' || f."group" || ']', '') || iif(f.pooled, ' [pooled]', '')"""
_WHEN = "CASE WHEN f.time IS NULL THEN '' WHEN f.time = 'best' THEN ' (best)' ELSE ' at ' || f.time END"

_INTERVAL = """CASE WHEN f.ci_low IS NOT NULL OR f.ci_high IS NOT NULL THEN
      printf('%g%% CI ', coalesce(f.ci_level, 95)) || iif(f.ci_low IS NULL, 'not reached', printf('%g', f.ci_low))
      || '-' || iif(f.ci_high IS NULL, 'not reached', printf('%g', f.ci_high)) END"""
_PERCENT = "CASE WHEN f.n IS NOT NULL AND f.percent IS NOT NULL THEN printf('%g%%', f.percent) END"

# As `wording.value` has it: '24/30 (80%, 95% CI 61-92)', '80% of 30', 'none'.
_PROPORTION = f"""CASE
      WHEN f.n IS NOT NULL THEN f.n || coalesce('/' || f.total, '')
      WHEN f.percent IS NOT NULL THEN printf('%g%%', f.percent) || coalesce(' of ' || f.total, '')
      WHEN f.absent THEN 'none' ELSE coalesce(f.qualifier, 'of ' || f.total, 'stated') END
    || coalesce(' (' || {_PERCENT} || ', ' || {_INTERVAL} || ')',
      ' (' || coalesce({_PERCENT}, {_INTERVAL}) || ')', '')"""
_RATE = f"printf('%g%%', f.value) || coalesce(' (' || {_INTERVAL} || ')', '')"

# Of several facts the whole cohort's, then the one with the fullest numbers, then the first one, abstract before
# title: the same order as that of the table that `run` prints, see cartevidence/evidence_table.py.
_FULLEST = """f."group" IS NOT NULL, (f.n IS NULL) + (f.total IS NULL) + (f.percent IS NULL),
      f.section = 'TITLE', f.start"""


@dataclass(frozen=True)
class Figure:
    """A column of the view: which facts may stand in it, and how it is written."""

    name: str
    facts: str  # the condition
    told_by: str  # the column that tells endpoints or grades apart
    choices: Sequence[str]  # its values, the best first; the first is what the heading says
    value: str  # as text
    other: str = "' ' || f.endpoint"  # how another choice than the first is told

    @property
    def text(self) -> str:
        other = f"iif({self.told_by} = {_text(self.choices[0])}, '', {self.other})"
        return f"{self.value}\n    || {other} || {_WHEN if self.value == _PROPORTION else _text('')} || {_OF_WHOM}"

    @property
    def preference(self) -> str:
        order = " ".join(f"WHEN {_text(choice)} THEN {at}" for at, choice in enumerate(self.choices))
        return f"printf('%02d %d %d %d %08d', CASE {self.told_by} {order} END, {_FULLEST})"

    def best(self, column: str) -> str:
        """The text or the quote of the fact that stands here, NULL where there is none."""
        shown = self.text if column == "text" else f"f.{column}"
        arms = [
            f"""SELECT {shown} AS {column}, {self.preference} AS preference
      FROM {half} AS f WHERE f.pmid = r.pmid AND {self.facts} AND {_COUNTS}"""  # noqa: S608
            for half in ("evidence_undecided", "evidence_decided")
        ]
        return f"(SELECT {column} FROM (\n      {' UNION ALL '.join(arms)}) ORDER BY preference LIMIT 1)"  # noqa: S608


# What a meta-analysis pooled is its result; elsewhere it is another paper's.
_COUNTS = "f.status <> 'rejected' AND (f.pooled IS NULL OR s.study_type = 'meta_analysis')"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _among(names: Sequence[str]) -> str:
    return f"({', '.join(map(_text, names))})"


def _figures() -> list[Figure]:
    year = f"f.time IN {_among(ONE_YEAR)}"
    # '+' keeps SQLite from the index on types: a study's facts are few, a type's many.
    responses = [
        Figure(name, f"+f.type = 'response' AND f.endpoint IN {_among(names)}", "f.endpoint", names, _PROPORTION)
        for name, names in RESPONSES.items()
    ]
    rate = f"+f.type = 'survival' AND f.measure = 'rate' AND f.value IS NOT NULL AND {year} AND f.endpoint IN "
    rates = [Figure(name, rate + _among(names), "f.endpoint", names, _RATE) for name, names in RATES.items()]
    severe = f"+f.type = 'toxicity' AND f.grade IN {_among(SEVERE)} AND f.event = "
    other = "iif(f.grade = 'severe', ' severe', ' grade ' || f.grade)"
    toxicities = [
        Figure(name, severe + _text(event), "f.grade", SEVERE, _PROPORTION, other) for name, event in TOXICITIES.items()
    ]
    return [*responses, *rates, *toxicities]


FIGURES = _figures()

_EMPTY = """CASE WHEN s.pmid IS NULL THEN 'not extracted yet' WHEN r.abstract = '' THEN 'no abstract'
      ELSE 'not in abstract' END"""


def listed(column: str) -> str:
    """A list of the study as text: 'CD19, CD22'."""
    return f"(SELECT group_concat(value, ', ') FROM json_each(s.{column})) AS {column}"  # noqa: S608


URL = "'https://pubmed.ncbi.nlm.nih.gov/' || r.pmid || '/' AS url"

STUDY_OVERVIEW = f"""
SELECT r.pmid AS pmid, json_extract(r.authors, '$[0]') AS first_author, r.year AS year, r.title AS title,
  s.study_type AS study_type, {listed("targets")}, {listed("diseases")}, s.study_n AS study_n,
  r.retracted AS retracted,
  {", ".join(f"coalesce({figure.best('text')}, {_EMPTY}) AS {figure.name}" for figure in FIGURES)},
  {", ".join(f"{figure.best('quote')} AS {figure.name}_quote" for figure in FIGURES)},
  {URL}
FROM record AS r LEFT JOIN study AS s ON s.pmid = r.pmid
WHERE r.state = 'stored'
"""  # noqa: S608
