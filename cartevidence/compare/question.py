"""What a comparison is asked: a measure, how to choose a study's figure, and which studies count."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

from cartevidence import wording
from cartevidence.compare.grades import TAKES_IN, answer
from cartevidence.compare.results import Measure, Method
from db.query import Filters
from models.errors import CartevidenceError

Denominator = Literal["treated", "evaluable", "enrolled", "responders"]
By = Literal["target", "disease", "study-type", "product", "denominator", "time", "endpoint"]
Link = Literal["all", "nct", "none"]
Inclusion = Literal["retracted", "review", "meta_analysis", "preclinical", "cost_effectiveness", "doubtful"]

FEWEST_PATIENTS = 4  # smaller ones are case reports, by the definition that study types go by
SURE_ENOUGH = 0.8
# Their usual denominator is the responders; all other figures of responders are left out unless asked for.
OF_RESPONDERS = ("relapse", "antigen-negative relapse", "antigen-positive relapse")
# What a study may report in place of an endpoint; it is named where the study is left out, never taken unasked.
RELATED: dict[str, tuple[str, ...]] = {
    "CR/CRi": ("CR", "CRi", "CR/sCR", "MRD- CR", "ORR"),
    "CR": ("CR/CRi", "CR/sCR", "sCR", "MRD- CR", "ORR"),
    "CR/sCR": ("CR", "sCR", ">=VGPR", "ORR"),
    "sCR": ("CR/sCR", "CR"),
    "ORR": ("CR/CRi", "CR", "PR"),
    "MRD-": ("MRD- CR",),
    "MRD- CR": ("MRD-", "CR/CRi", "CR"),
    "PFS": ("EFS", "LFS", "RFS", "DFS"),
    "EFS": ("PFS", "LFS", "RFS", "DFS"),
    "LFS": ("RFS", "EFS", "DFS", "PFS"),
    "RFS": ("LFS", "EFS", "DFS", "PFS"),
    "DFS": ("RFS", "LFS", "EFS", "PFS"),
}


class QuestionError(CartevidenceError):
    """The question cannot be answered as it was asked."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """All that decides what a comparison gives. Names are canonical.

    Either `endpoints` (the first that a study reports is taken) or `event` with `grade` is given. `time` is a time
    point such as '30 d', '1 y'; None takes the best response. `denominator` None takes treated, evaluable, enrolled
    in this order. `group`: words of the group to take where a study gives no figure of its whole cohort.
    """

    measure: Measure
    endpoints: tuple[str, ...] = ()
    event: str | None = None
    grade: str | None = None
    time: str | None = None
    denominator: Denominator | None = None
    group: str | None = None
    filters: Filters = field(default_factory=Filters)
    min_n: int = FEWEST_PATIENTS
    min_confidence: float = SURE_ENOUGH
    curated: bool = False
    include: frozenset[Inclusion] = frozenset()
    link: Link = "all"
    by: By | None = None
    method: Method = "glmm"
    pool: bool = True

    @property
    def type(self) -> Literal["response", "toxicity", "survival"]:
        if self.measure != "proportion":
            return "survival"
        return "toxicity" if self.event else "response"

    @property
    def name(self) -> str:
        """'CR/CRi', 'CR/CRi, else CR', 'CRS grade >=3', 'OS'."""
        if self.event:
            return self.event if self.grade in (None, "any") else f"{self.event} {wording.grade(self.grade or '')}"
        return ", else ".join(self.endpoints)

    @property
    def title(self) -> str:
        """The name with what is measured and when: 'OS at 1 y', 'median PFS', 'CR at 3 mo'."""
        if self.measure == "median":
            return f"median {self.name}"
        return f"{self.name} at {self.time}" if self.time and self.time != "best" else self.name

    @cached_property
    def denominators(self) -> tuple[Denominator, ...]:
        """The denominators that may be taken, the preferred one first."""
        if self.denominator:
            return (self.denominator,)
        if self.endpoints and set(self.endpoints) <= set(OF_RESPONDERS):
            return ("responders", "treated", "evaluable", "enrolled")
        return ("treated", "evaluable", "enrolled")

    @cached_property
    def grade_answers(self) -> dict[tuple[str, bool], tuple[int, str] | None]:
        """How well each printed grade answers for the asked one, without and with the event absent."""
        asked = self.grade or "any"
        return {(printed, none): answer(printed, asked, absent=none) for printed in TAKES_IN for none in (False, True)}

    def in_words(self) -> dict[str, str]:
        """What was asked, for captions and files; only what was given or bears on the result."""
        studies = {name: getattr(self.filters, name) for name in STUDY_FILTERS}
        shown = {
            "measure": self.title,
            **{name.replace("_", " "): _told(value) for name, value in studies.items() if value is not None},
            "denominator": self.denominator,
            "group": self.group,
            "minimum confidence": wording.number(self.min_confidence),
            "minimum patients": str(self.min_n),
            "only curated": "yes" if self.curated else None,
            "included": ", ".join(sorted(self.include)) or None,
            "reports linked": {"all": None, "nct": "by registration only", "none": "no"}[self.link],
            "grouped by": self.by,
        }
        return {name: value for name, value in shown.items() if value is not None}


def _told(value: str | tuple[str, ...]) -> str:
    """'CD22'; of a disease with those that it takes in 'ALL (also B-ALL, T-ALL)'."""
    return value if isinstance(value, str) else f"{value[0]} (also {', '.join(value[1:])})"


STUDY_FILTERS = ("target", "disease", "study_type", "text", "pmid")
INCLUSIONS: tuple[Inclusion, ...] = get_args(Inclusion)
