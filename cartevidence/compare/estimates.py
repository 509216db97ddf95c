"""Intervals for each study and the pooled estimate of a set of rows, with its sensitivity analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cartevidence import wording
from cartevidence.compare.intervals import clopper_pearson
from cartevidence.compare.landmark import pool_rates, why_not_poolable
from cartevidence.compare.pooling import FEWEST, pool
from cartevidence.compare.question import Question
from cartevidence.compare.results import Method, Pooled, StudyRow

# The other way of pooling that is shown beneath.
SENSITIVITY: dict[Method, Method] = {"glmm": "reml", "reml": "glmm", "freeman-tukey": "glmm"}


@dataclass(frozen=True, slots=True)
class Estimate:
    """The rows with interval and weight, and what they give together."""

    rows: tuple[StudyRow, ...]
    pooled: Pooled | None = None
    why_not_pooled: str = ""
    sensitivity: tuple[Pooled, ...] = ()


def estimate(question: Question, rows: Sequence[StudyRow]) -> Estimate:
    """Pool the rows where the measure and their number allow it, else say why not."""
    if question.measure == "proportion":
        return _proportions(question, rows)
    if question.measure == "rate":
        return _rates(question, rows)
    return Estimate(tuple(rows), why_not_pooled="medians are not pooled")


def _proportions(question: Question, rows: Sequence[StudyRow]) -> Estimate:
    counts = [(row.n or 0, row.total or 0) for row in rows]
    if rows:
        low, high = clopper_pearson(np.array([n for n, _ in counts]), np.array([total for _, total in counts]))
        rows = [
            replace(row, ci_low=float(a), ci_high=float(b), interval="Clopper-Pearson")
            for row, a, b in zip(rows, low, high, strict=True)
        ]
    if not question.pool or len(rows) < FEWEST:
        return Estimate(tuple(rows), why_not_pooled=_why_not(question, len(rows)))
    pooled = pool(counts, method=question.method)
    sensitivity = pool(counts, method=SENSITIVITY[question.method]) if pooled.method in SENSITIVITY else None
    weighted = tuple(replace(row, weight=weight) for row, weight in zip(rows, pooled.weights, strict=True))
    # Where one method falls back on the other there is nothing to set beside it.
    differs = sensitivity is not None and sensitivity.method != pooled.method
    return Estimate(weighted, pooled, sensitivity=(sensitivity,) if sensitivity is not None and differs else ())


def _rates(question: Question, rows: Sequence[StudyRow]) -> Estimate:
    if not question.pool:
        return Estimate(tuple(rows), why_not_pooled=_why_not(question, len(rows)))
    usable: list[tuple[float, float, float]] = []
    checked = []
    for row in rows:
        why = "without an interval"
        if row.value is not None and row.ci_low is not None and row.ci_high is not None:
            why = why_not_poolable(row.value, row.ci_low, row.ci_high) or ""
            if not why:
                usable.append((row.value, row.ci_low, row.ci_high))
        checked.append((replace(row, notes=(*row.notes, f"not pooled: {why}")) if why else row, not why))
    if len(usable) < FEWEST:
        return Estimate(tuple(row for row, _ in checked), why_not_pooled=_why_not(question, len(usable)))
    pooled = pool_rates(usable)
    weights = iter(pooled.weights)
    weighted = tuple(replace(row, weight=next(weights)) if used else row for row, used in checked)
    return Estimate(weighted, pooled)


def _why_not(question: Question, k: int) -> str:
    if not question.pool:
        return "rates are pooled only when asked for" if question.measure == "rate" else "not asked for"
    return f"{wording.plural(k, 'study', 'studies')}, fewer than the {FEWEST} that pooling needs"
