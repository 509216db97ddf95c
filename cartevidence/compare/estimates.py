"""Intervals of studies and the pooled estimate of a set of them, with its sensitivity analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cartevidence import wording
from cartevidence.compare.choosing import Figure
from cartevidence.compare.landmark import pool_rates, why_not_poolable
from cartevidence.compare.pooling import FEWEST, pool
from cartevidence.compare.question import Question
from cartevidence.compare.results import Method, Pooled

# The other way of pooling that is shown beneath.
SENSITIVITY: dict[Method, Method] = {"glmm": "reml", "reml": "glmm", "freeman-tukey": "glmm"}


@dataclass(frozen=True, slots=True)
class Estimate:
    """What figures give together: of each its weight (percent; None: not pooled) and why it was not pooled."""

    weights: Sequence[float | None]
    notes: Sequence[tuple[str, ...]]
    pooled: Pooled | None = None
    why_not_pooled: str = ""
    sensitivity: tuple[Pooled, ...] = ()


def estimate(question: Question, figures: Sequence[Figure]) -> Estimate:
    """Pool the figures where the measure and their number allow it, else say why not."""
    if question.measure == "proportion":
        return _proportions(question, figures)
    if question.measure == "rate":
        return _rates(question, figures)
    return _not_pooled(figures, "medians are not pooled")


def _proportions(question: Question, figures: Sequence[Figure]) -> Estimate:
    counts = [(figure.counted.n, figure.counted.total) for figure in figures if figure.counted is not None]
    if not question.pool or len(counts) < FEWEST:
        return _not_pooled(figures, _why_not(question, len(counts)))
    pooled = pool(counts, method=question.method)
    sensitivity = pool(counts, method=SENSITIVITY[question.method]) if pooled.method in SENSITIVITY else None
    # Where one method falls back on the other there is nothing to set beside it.
    differs = sensitivity is not None and sensitivity.method != pooled.method
    others = (sensitivity,) if sensitivity is not None and differs else ()
    return Estimate(pooled.weights, [()] * len(figures), pooled, sensitivity=others)


def _rates(question: Question, figures: Sequence[Figure]) -> Estimate:
    if not question.pool:
        return _not_pooled(figures, _why_not(question, len(figures)))
    reasons, usable = [], []
    for figure in figures:
        printed = figure.printed
        rate, low, high = printed.value, printed.ci_low, printed.ci_high
        why = why_not_poolable(rate, low, high)
        if why is None and printed.ci_level not in (None, 95):
            why = f"its interval is of {wording.number(printed.ci_level)}%"
        reasons.append(why)
        if why is None and rate is not None and low is not None and high is not None:
            usable.append((rate, low, high))
    notes = [() if why is None else (f"not pooled: {why}",) for why in reasons]
    if len(usable) < FEWEST:
        return Estimate([None] * len(figures), notes, why_not_pooled=_why_not(question, len(usable)))
    pooled = pool_rates(usable)
    weights = iter(pooled.weights)
    return Estimate([next(weights) if why is None else None for why in reasons], notes, pooled)


def _not_pooled(figures: Sequence[Figure], why: str) -> Estimate:
    return Estimate([None] * len(figures), [()] * len(figures), why_not_pooled=why)


def _why_not(question: Question, k: int) -> str:
    if not question.pool:
        return "rates are pooled only when asked for" if question.measure == "rate" else "not asked for"
    return f"{wording.plural(k, 'study', 'studies')}, fewer than the {FEWEST} that pooling needs"
