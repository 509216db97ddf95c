"""The page of a comparison: its table, in which each number leads to its quote, and its forest plot."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import Any, get_args

from datasette.utils.asgi import Response

from cartevidence.compare import forest_words, report_words
from cartevidence.compare.leaving_out import IN_WORDS
from cartevidence.compare.question import FEWEST_PATIENTS, SURE_ENOUGH, By, Denominator, QuestionError
from cartevidence.compare.results import Compared, LeftOut, Method, StudyRow
from cartevidence.database import EvidenceDatabase
from cartevidence.review.web.forms import FREQUENT_TIMES, fields
from cartevidence.review.web.visits import Visit
from models.study import StudyType
from models.vocabulary import vocabulary

MOST_LINES = 150  # of a plot; beyond, nobody can read it
MEASURED = {"proportion": "Patients, % (95% CI)", "rate": "Rate, % (95% CI)", "median": "Median, months (95% CI)"}
CHOICES = {
    "denominator": get_args(Denominator),
    "by": get_args(By),
    "study_type": get_args(StudyType),
    "method": get_args(Method)[:3],
}
TEXTS = ("time", "target", "disease", "text", "group")
# matplotlib's settings are of the whole process: one plot after the other.
_DRAWING = Lock()


@dataclass(frozen=True)
class Answer:
    """A comparison as the page shows it."""

    compared: Compared
    plot: str  # an image as data: address, '' for none
    described: str  # the plot in words
    reasons: list[tuple[str, list[LeftOut]]]
    notes: tuple[str, ...]

    @property
    def rows(self) -> list[tuple[str, list[tuple[StudyRow, bool]], Any]]:
        """By group its name, the studies each followed by its trial's other reports (True for these), the group."""
        return [
            (group.name, [(one, one is not row) for row in group.rows for one in (row, *row.reports)], group)
            for group in self.compared.subgroups
        ]


async def compare(visit: Visit) -> Response:
    """The form, and where something is asked for the answer."""
    asked = _asked(visit)
    answer, problem = None, ""
    if asked.get("endpoint") or asked.get("event"):
        try:
            answer = await asyncio.to_thread(_answer, visit.site.db, asked)
        except QuestionError as error:
            problem = f"{error}."
    typed = {name: visit.arg(name) or "" for name in ("what", "grade", "min_confidence", "min_n", *CHOICES, *TEXTS)}
    return await visit.page(
        "compare.html",
        answer=answer,
        problem=problem,
        typed=typed,
        flags={name: visit.arg(name) is not None for name in ("curated", "pool", "left_out")},
        responses=fields("response")[0].choices,
        survivals=fields("survival")[0].choices,
        events=fields("toxicity")[0].choices,
        grades=fields("toxicity")[1].choices,
        choices=CHOICES,
        times=FREQUENT_TIMES,
        targets=vocabulary("targets").by_name,
        diseases=vocabulary("diseases").by_name,
        usual={"min_n": FEWEST_PATIENTS, "min_confidence": SURE_ENOUGH},
        words=report_words,
        measured=MEASURED,
    )


def _asked(visit: Visit) -> dict[str, Any]:
    """The question as cartevidence.compare.asking takes it; what is left empty is left out."""
    kind, _, name = (visit.arg("what") or "").partition(":")
    asked: dict[str, Any] = {kind: name} if kind in ("endpoint", "event") and name else {}
    if kind == "event":
        asked["grade"] = visit.arg("grade")
    asked |= {name: visit.arg(name) for name in TEXTS}
    asked |= {name: value for name, values in CHOICES.items() if (value := visit.arg(name)) in values}
    asked |= {name: number for name in ("min_n", "min_confidence") if (number := _number(visit.arg(name))) is not None}
    if visit.arg("curated"):
        asked["curated"] = True
    if visit.arg("pool"):
        asked["pool"] = True
    return {name: value for name, value in asked.items() if value is not None}


def _answer(db: Path, asked: dict[str, Any]) -> Answer:
    with EvidenceDatabase.open(db, readonly=True) as evidence:
        found = evidence.compare(**asked)
    compared = found.result
    plot = ""
    if 0 < len(compared.rows) <= MOST_LINES:
        from cartevidence.compare.forest import svg

        with _DRAWING:
            plot = "data:image/svg+xml;base64," + base64.b64encode(svg(compared).encode()).decode()
    left_out = sorted(compared.left_out, key=lambda one: list(IN_WORDS).index(one.rule) if one.rule in IN_WORDS else 99)
    reasons = [
        (IN_WORDS.get(rule, rule.replace("_", " ")), list(those))
        for rule, those in groupby(left_out, key=lambda one: one.rule)
    ]
    return Answer(compared, plot, forest_words.description(compared), reasons, found.notes)


def _number(text: str | None) -> float | None:
    """A number of the form; None for anything else."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return (int(number) if number.is_integer() else number) if 0 <= number < 1e6 else None
