"""Pooled survival rates at one time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from golden_sets import RATES, rates_of
from hypothesis import given, settings
from hypothesis import strategies as st

from cartevidence.compare.inverse_variance import Tau2
from cartevidence.compare.landmark import pool_rates, why_not_poolable
from models.errors import CannotPool


@pytest.mark.parametrize("tau2", ["reml", "dl", "pm"])
@pytest.mark.parametrize("name", RATES)
def test_it_is_rma_on_the_complementary_log_log(name: str, tau2: Tau2) -> None:
    pooled, theirs = pool_rates(rates_of(name), tau2=tau2), RATES[name][tau2]
    assert (pooled.method, pooled.k, pooled.events, pooled.total) == ("cloglog", len(rates_of(name)), None, None)
    assert (pooled.link_estimate, pooled.link_se) == pytest.approx((theirs["estimate"], theirs["se"]), abs=1e-6)
    assert (pooled.tau2, pooled.q, pooled.i2) == pytest.approx((theirs["tau2"], theirs["q"], theirs["i2"]), abs=1e-6)
    # A high complementary log-log is a low survival: the bounds change places.
    bounds = (pooled.estimate, pooled.ci_low, pooled.ci_high, pooled.prediction_low, pooled.prediction_high)
    percent = theirs["percent"]
    expected = [percent[b] for b in ("estimate", "low", "high", "prediction_low", "prediction_high")]
    assert bounds == pytest.approx(expected, abs=1e-5)


def test_one_study_thrice_is_that_study_with_a_third_of_its_variance() -> None:
    pooled = pool_rates([(60.0, 45.0, 72.0)] * 3)
    assert pooled.estimate == pytest.approx(60)
    width = math.log(-math.log(0.45)) - math.log(-math.log(0.72))
    assert pooled.link_se == pytest.approx(width / (2 * 1.959964) / math.sqrt(3), rel=1e-6)
    assert "without width" in pooled.notes[0]


def test_the_level_is_that_of_the_pooled_interval_not_of_the_printed_ones() -> None:
    usual, narrow = (pool_rates(rates_of("heterogeneous"), level) for level in (95, 80))
    assert (narrow.link_se, narrow.tau2) == (usual.link_se, usual.tau2)
    assert usual.ci_low < narrow.ci_low < narrow.ci_high < usual.ci_high


@pytest.mark.parametrize(
    ("rate", "low", "high", "why"),
    [
        (60, 45, 72, None),
        (60, 60, 72, None),
        (0.1, 0.01, 0.9, None),
        (None, 45, 72, "no rate is given"),
        (math.nan, 45, 72, "no rate is given"),
        (60, None, 72, "no confidence interval is given, so that its precision is not known"),
        (60, 45, math.inf, "no confidence interval is given, so that its precision is not known"),
        (60, -4, 72, "the rate or its interval is not between 0 and 100%"),
        (60, 45, 102, "the rate or its interval is not between 0 and 100%"),
        (0, 0, 12, "a rate of 0% has no complementary log-log"),
        (100, 80, 100, "a rate of 100% has no complementary log-log"),
        (60, 0, 72, "an interval that reaches 0% does not tell how precise the rate is"),
        (94, 80, 100, "an interval that reaches 100% does not tell how precise the rate is"),
        (60, 61, 72, "the interval does not contain the rate"),
        (60, 45, 59.9, "the interval does not contain the rate"),
        (60, 72, 45, "the interval does not contain the rate"),
        (60, 60, 60, "the interval has no width"),
    ],
)
def test_why_a_rate_cannot_be_pooled(
    rate: float | None, low: float | None, high: float | None, why: str | None
) -> None:
    assert why_not_poolable(rate, low, high) == why


def test_what_cannot_be_pooled_is_refused_with_the_reason() -> None:
    with pytest.raises(CannotPool, match=r"94% \(80-100%\) cannot be pooled: an interval that reaches 100%"):
        pool_rates([(60, 45, 72), (55, 40, 66), (94, 80, 100)])
    with pytest.raises(CannotPool, match="at least 3 studies; there are 2"):
        pool_rates([(60, 45, 72), (55, 40, 66)])


def with_interval(rate: float, down: float, up: float) -> tuple[float, float, float]:
    return rate, rate * (1 - down), rate + (100 - rate) * up


rates = st.builds(with_interval, st.floats(1, 99), st.floats(0.05, 0.95), st.floats(0.05, 0.95))


@settings(deadline=None)
@given(st.lists(rates, min_size=3, max_size=12), st.sampled_from([80.0, 95.0, 99.9]))
def test_always_a_whole_answer_within_the_studies(rows: list[tuple[float, float, float]], level: float) -> None:
    pooled = pool_rates(rows, level)
    assert pooled.prediction_low is not None and pooled.prediction_high is not None
    assert min(r for r, _, _ in rows) - 1e-9 <= pooled.estimate <= max(r for r, _, _ in rows) + 1e-9
    assert 0 <= pooled.prediction_low <= pooled.ci_low + 1e-9 and pooled.ci_low <= pooled.estimate + 1e-9
    assert pooled.estimate <= pooled.ci_high + 1e-9 and pooled.ci_high <= pooled.prediction_high + 1e-9 <= 100 + 1e-6
    backwards = pool_rates(rows[::-1], level)
    assert backwards.estimate == pytest.approx(pooled.estimate, abs=1e-6)
    assert np.allclose(backwards.weights[::-1], pooled.weights, atol=1e-4)
