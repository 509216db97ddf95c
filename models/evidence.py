"""The evidence types. One fact is one value (with its companions) that a sentence of one record states.

Percent is 0-100 and as printed. Times are texts such as '30 d', '4 wk', '12 mo', '1 y', or 'best'.
A field the text does not give is None, never computed. `total` is the denominator (N).
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from models.base import Model
from models.record import Pmid

Count = Annotated[int, Field(ge=0, le=100_000_000)]
# No upper limit: a misprint such as 107% is kept as printed and flagged in `checks`.
Percent = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Time = Annotated[str, Field(pattern=r"^(best|\d+(\.\d+)? (d|wk|mo|y))$")]
Unit = Literal["d", "wk", "mo", "y"]
FactType = Literal["cohort", "response", "survival", "toxicity", "followup", "procedure"]
Role = Literal["enrolled", "treated", "evaluable", "screened", "arm", "subgroup"]
Measure = Literal["rate", "median", "hr"]
Grade = Literal["any", "1", "2", "3", "4", "5", "1-2", "1-3", "2-3", "2-4", "3-4", "3-5", "4-5",
                ">=2", ">=3", ">=4", "mild", "moderate", "severe"]  # fmt: skip
Qualifier = Literal["most", "all", "few", "some", "none"]


class Fact(Model):
    """What all evidence shares: where it stands and how it was found."""

    type: FactType
    pmid: Pmid
    version: int = 1
    text_hash: str
    section: str  # 'TITLE', a section's label, or 'ABSTRACT'
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    quote: Annotated[str, Field(min_length=1)]
    group: str | None = None  # whose figure this is when not the whole cohort's
    pooled: Literal[True] | None = None  # a meta-analysis' own result, over its studies
    rule: str
    extractor_version: str
    confidence: Annotated[float, Field(ge=0, le=1)]
    checks: tuple[str, ...] = ()
    inferred: tuple[str, ...] = ()  # names of fields taken from another sentence

    KEY: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="after")
    def _span_fits_quote(self) -> Fact:
        if self.end - self.start != len(self.quote):
            raise ValueError("end - start is not the length of quote")
        return self

    @property
    def key(self) -> str:
        """What is measured, without its numbers: 'response|CR/CRi|30 d|'."""
        return "|".join([self.type, *(str(getattr(self, name) or "") for name in self.KEY), self.group or ""])

    @property
    def statement(self) -> str:
        """Names the statement a decision is about: text, place and key, whatever its numbers."""
        return _digest(self.pmid, self.text_hash, self.section == "TITLE", self.start, self.end, self.key)

    @cached_property
    def id(self) -> str:
        """Stable: the same text and extractor version give the same id."""
        return _digest(self.model_dump(mode="json", exclude_none=True, exclude={"version"}))

    @property
    def values(self) -> dict[str, Any]:
        """The fields of this type that are given, without place and provenance."""
        return {k: v for k, v in self.given().items() if k not in PROVENANCE}


PROVENANCE = frozenset(Fact.model_fields) - {"type", "group"}


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]


class Cohort(Fact):
    """A number of patients with its role in the study."""

    type: Literal["cohort"] = "cohort"
    role: Role
    n: Count
    KEY = ("role",)


class Proportion(Fact):
    """n of total, percent and interval: what response, toxicity and procedure have in common."""

    n: Count | None = None
    total: Count | None = None
    percent: Percent | None = None
    ci_low: Number | None = None
    ci_high: Number | None = None
    ci_level: Number | None = None
    time: Time | None = None
    qualifier: Qualifier | None = None
    absent: Literal[True] | None = None


class Response(Proportion):
    """Remission, response, relapse or measurable residual disease; endpoint names as in the vocabulary."""

    type: Literal["response"] = "response"
    endpoint: str
    KEY = ("endpoint", "time")


class Toxicity(Proportion):
    """An adverse event of a grade; `absent` for a stated absence ('no grade 4 CRS')."""

    type: Literal["toxicity"] = "toxicity"
    event: str
    grade: Grade = "any"
    KEY = ("event", "grade", "time")


class Procedure(Proportion):
    """Transplant bridging, tocilizumab, steroids, manufacturing success, infused of enrolled."""

    type: Literal["procedure"] = "procedure"
    name: str
    KEY = ("name",)


class Survival(Fact):
    """A landmark rate (percent at `time`), a median (in `unit`, or not reached) or a hazard ratio."""

    type: Literal["survival"] = "survival"
    endpoint: str
    measure: Measure
    value: Number | None = None
    time: Time | None = None
    unit: Unit | None = None
    ci_low: Number | None = None
    ci_high: Number | None = None
    ci_level: Number | None = None
    not_reached: Literal[True] | None = None
    KEY = ("endpoint", "measure", "time")


class FollowUp(Fact):
    """Median (or mean) follow-up with its range, in `unit`."""

    type: Literal["followup"] = "followup"
    value: Number | None = None
    unit: Unit | None = None
    low: Number | None = None
    high: Number | None = None


Evidence = Cohort | Response | Survival | Toxicity | FollowUp | Procedure
EVIDENCE: dict[str, type[Fact]] = {
    "cohort": Cohort, "response": Response, "survival": Survival,
    "toxicity": Toxicity, "followup": FollowUp, "procedure": Procedure,
}  # fmt: skip
_FIELDS = {name: frozenset(kind.model_fields) for name, kind in EVIDENCE.items()}

# What each check says, for people.
CHECKS = {
    "percent_mismatch": "the printed percent is not n/N",
    "percent_over_100": "the percent is over 100",
    "n_over_total": "n is larger than N",
    "outside_interval": "the estimate lies outside its interval",
    "interval_order": "the interval's bounds are in the wrong order",
    "total_over_cohort": "N is larger than the cohort",
    "cr_over_orr": "complete responses exceed overall responses",
    "grade_over_any": "the graded events exceed events of any grade",
}


def fact_from(values: dict[str, Any]) -> Fact:
    """Build the fact that a row or a JSON object describes; raises InvalidData naming the field."""
    kind = EVIDENCE.get(str(values.get("type")))
    if kind is None:
        from models.errors import InvalidData

        raise InvalidData(f"Fact.type: {values.get('type')!r} is not one of {', '.join(EVIDENCE)}")
    fields = _FIELDS[values["type"]]
    known = {k: v for k, v in values.items() if k in fields and v is not None}
    return kind.checked(**known)
