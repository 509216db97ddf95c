"""What a comparison gives: a row a study, pooled estimates, what was left out and why, and an account of the run.

Percent is 0-100, medians are in months. All of these are plain values: nothing here reads a database or draws.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Measure = Literal["proportion", "rate", "median"]
METHODS = {
    "glmm": "random-intercept logistic model, maximum likelihood",
    "reml": "inverse variance on the logit, REML with Hartung-Knapp interval",
    "freeman-tukey": "inverse variance on the Freeman-Tukey double arcsine, REML with Hartung-Knapp interval",
    "cloglog": "inverse variance on the complementary log-log, REML with Hartung-Knapp interval",
    "exact": "all patients taken together, Clopper-Pearson interval",
}
Method = Literal["glmm", "reml", "freeman-tukey", "cloglog", "exact"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """A pooled estimate of proportions or of survival rates at one time.

    `estimate`, its interval and the prediction interval are percent; `link_estimate`, `link_se` and `tau2` are on
    the scale of the method (logit; double arcsine; complementary log-log). None where the method does not give it.
    """

    method: Method
    k: int  # studies
    events: int | None  # patients with the outcome over all studies; None for survival rates
    total: int | None
    estimate: float
    ci_low: float
    ci_high: float
    level: float = 95.0
    prediction_low: float | None = None  # where a new study's true value would lie
    prediction_high: float | None = None
    link_estimate: float | None = None
    link_se: float | None = None
    tau2: float | None = None
    i2: float | None = None  # percent
    q: float | None = None
    q_df: int | None = None
    q_p: float | None = None
    weights: tuple[float, ...] = ()  # of the studies in their order, percent, sum 100
    notes: tuple[str, ...] = ()  # what a reader must know: fallback, no convergence, few studies

    @property
    def words(self) -> str:
        return METHODS[self.method]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRow:
    """One study's figure with its proof. Of a trial with several reports, the others are in `reports`."""

    pmid: str
    label: str  # 'Shah 2020'
    year: int | None
    title: str
    study_type: str
    targets: tuple[str, ...]
    diseases: tuple[str, ...]
    products: tuple[str, ...]
    nct: tuple[str, ...]
    measure: Measure
    name: str  # 'CR/CRi', 'CRS grade >=3', 'OS'
    time: str | None  # '30 d', '1 y', 'best'
    group: str | None
    n: int | None = None  # patients with the outcome
    total: int | None = None  # of how many
    denominator: str | None = None  # 'treated', 'evaluable', 'enrolled', 'treated, enrolled'; None: not told
    value: float | None = None  # percent; of a median months; None for a median that was not reached
    ci_low: float | None = None
    ci_high: float | None = None  # None beside a lower bound: not reached
    interval: Literal["Clopper-Pearson", "as printed"] | None = None
    not_reached: bool = False
    fact: str  # id of the fact
    quote: str
    section: str
    start: int
    end: int
    confidence: float
    status: str  # 'unreviewed', 'accepted', 'corrected', 'added'
    notes: tuple[str, ...] = ()  # how the figure was come by, where it is not plainly as printed
    weight: float | None = None  # percent of the pooled estimate
    reports: tuple[StudyRow, ...] = ()

    @property
    def url(self) -> str:
        return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"

    @property
    def count(self) -> str:
        """'24/30', or '' where the text gives none."""
        return "" if self.n is None or self.total is None else f"{self.n}/{self.total}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgroup:
    """The studies that share a value of what the comparison is grouped by; `name` is '' where it is not grouped."""

    name: str
    rows: tuple[StudyRow, ...]
    pooled: Pooled | None
    why_not_pooled: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A study that is not in the figure, by what rule, and why in words."""

    pmid: str
    label: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the account: how many records or studies, and what of; `parts` tells how many for which reason."""

    label: str
    count: int
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Compared:
    """All that a comparison found out."""

    title: str  # 'CR/CRi', 'CRS grade >=3', 'OS at 1 y'
    measure: Measure
    asked: dict[str, str]  # the question and its filters in words, for captions and files
    rows: tuple[StudyRow, ...]
    subgroups: tuple[Subgroup, ...]  # one without a name where not grouped
    by: str | None
    pooled: Pooled | None
    why_not_pooled: str = ""
    sensitivity: tuple[Pooled, ...] = ()  # the same studies by other methods
    left_out: tuple[LeftOut, ...] = ()
    account: tuple[Step, ...] = ()
    caveats: tuple[str, ...] = field(default=())  # such as that targets were not compared head-to-head
