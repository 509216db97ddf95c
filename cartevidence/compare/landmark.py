"""Pooling survival rates at one time, each with the interval that its study printed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cartevidence.compare.intervals import normal_quantile
from cartevidence.compare.inverse_variance import Tau2, random_effects
from cartevidence.compare.pooling import FEWEST, by_inverse_variance
from cartevidence.compare.results import Pooled
from cartevidence.compare.scales import cloglogs, percent_of_cloglog
from models.errors import CannotPool

PRINTED = 95.0  # the level of the intervals that studies print


def why_not_poolable(rate: float | None, low: float | None, high: float | None) -> str | None:
    """Why a survival rate with this interval (percent) cannot be pooled, in words; None where it can."""
    if rate is None or not math.isfinite(rate):
        return "no rate is given"
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return "no confidence interval is given, so that its precision is not known"
    if not (0 <= rate <= 100 and 0 <= low <= 100 and 0 <= high <= 100):
        return "the rate or its interval is not between 0 and 100%"
    if rate in (0, 100):
        return f"a rate of {rate:g}% has no complementary log-log"
    if not low <= rate <= high:
        return "the interval does not contain the rate"
    if low == 0 or high == 100:
        return f"an interval that reaches {0 if low == 0 else 100}% does not tell how precise the rate is"
    if low == high:
        return "the interval has no width"
    return None


def pool_rates(rates: Sequence[tuple[float, float, float]], level: float = 95.0, *, tau2: Tau2 = "reml") -> Pooled:
    """Pool (rate, low, high) of survival in percent, of at least FEWEST studies, low to high a 95% interval.

    On the complementary log-log scale, log(-log S), on which Kaplan-Meier intervals are about symmetric (Kalbfleisch
    and Prentice 1980); a study's standard error is the width of its interval there over twice 1.96. Inverse variance
    with REML (or `tau2`) and Hartung-Knapp; prediction interval with k - 1 degrees of freedom. `level` is that of the
    pooled intervals. Raises CannotPool with fewer studies or one that `why_not_poolable` objects to.
    """
    if len(rates) < FEWEST:
        raise CannotPool(f"Pooling needs at least {FEWEST} studies; there are {len(rates)}.")
    for rate in rates:
        if why := why_not_poolable(*rate):
            raise CannotPool(f"{rate[0]}% ({rate[1]}-{rate[2]}%) cannot be pooled: {why}.")
    table = np.asarray(rates, dtype=float)
    width = cloglogs(table[:, 1]) - cloglogs(table[:, 2])
    se = width / (2 * normal_quantile(PRINTED))
    pooled = random_effects(cloglogs(table[:, 0]), se**2, tau2)
    return by_inverse_variance("cloglog", pooled, percent_of_cloglog, level, tau2)
