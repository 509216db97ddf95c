"""Clopper-Pearson intervals."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from cartevidence.compare.intervals import chi2_p, clopper_pearson, normal_quantile, t_quantile
from models.errors import CannotPool


@pytest.mark.parametrize(
    ("n", "total", "level", "low", "high"),
    [
        # Bounds of R's binom.test
        (24, 30, 95, 61.4333489, 92.2864488),
        (0, 10, 95, 0, 30.8497108),
        (10, 10, 95, 69.1502892, 100),
        (1, 1, 95, 2.5, 100),
        (0, 1, 95, 0, 97.5),
        (43, 52, 90, 71.7405161, 90.6625278),
        (812, 1500, 99, 50.7770355, 57.4630936),
    ],
)
def test_the_bounds(n: int, total: int, level: float, low: float, high: float) -> None:
    assert clopper_pearson(n, total, level) == pytest.approx((low, high), abs=1e-6)


proportions = st.integers(1, 400).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


@settings(deadline=None)
@given(proportions)
def test_the_interval_holds_the_proportion_and_mirrors(proportion: tuple[int, int]) -> None:
    n, total = proportion
    low, high = clopper_pearson(n, total)
    assert 0 <= low <= 100 * n / total <= high <= 100
    other = clopper_pearson(total - n, total)
    assert (100 - high, 100 - low) == pytest.approx(other, abs=1e-9)


@settings(deadline=None)
@given(proportions, st.sampled_from([80.0, 95.0, 99.0]))
def test_at_each_bound_the_count_has_half_of_the_rest(proportion: tuple[int, int], level: float) -> None:
    n, total = proportion
    low, high = clopper_pearson(n, total, level)
    tail = (1 - level / 100) / 2
    if n > 0:
        assert binom.sf(n - 1, total, low / 100) == pytest.approx(tail, rel=1e-6)
    if n < total:
        assert binom.cdf(n, total, high / 100) == pytest.approx(tail, rel=1e-6)


@pytest.mark.parametrize("total", [1, 2, 7, 60, 500])
def test_more_patients_with_the_outcome_raise_both_bounds(total: int) -> None:
    low, high = clopper_pearson(np.arange(total + 1), np.full(total + 1, total))
    assert np.all(np.diff(low) > 0) and np.all(np.diff(high) > 0)


def test_arrays_give_what_single_counts_give_and_scipy_too() -> None:
    n, total = np.array([0, 3, 8, 8]), np.array([5, 11, 8, 9])
    low, high = clopper_pearson(n, total)
    for i in range(len(n)):
        assert (low[i], high[i]) == clopper_pearson(int(n[i]), int(total[i]))
        theirs = binomtest(int(n[i]), int(total[i])).proportion_ci(method="exact")
        assert (low[i], high[i]) == pytest.approx((100 * theirs.low, 100 * theirs.high), abs=1e-7)


def test_a_hundred_thousand_studies_take_a_moment() -> None:
    random = np.random.default_rng(1)
    total = random.integers(1, 500, 100_000)
    n = random.binomial(total, 0.6)
    clopper_pearson(1, 2)
    start = time.perf_counter()
    low, high = clopper_pearson(n, total)
    assert time.perf_counter() - start < 0.6  # 0.1 s on an idle machine
    assert np.all(low <= 100 * n / total) and np.all(100 * n / total <= high)


@pytest.mark.parametrize(("n", "total"), [(-1, 5), (6, 5), (0, 0)])
def test_counts_that_are_no_proportion_are_refused(n: int, total: int) -> None:
    with pytest.raises(CannotPool, match="between 0 and a total"):
        clopper_pearson(n, total)


@pytest.mark.parametrize("level", [0, 100, -3, 101])
def test_levels_that_are_none_are_refused(level: float) -> None:
    with pytest.raises(CannotPool, match="between 0 and 100 percent"):
        clopper_pearson(1, 2, level)


def test_quantiles() -> None:
    assert normal_quantile(95) == pytest.approx(1.959963984540054)
    assert t_quantile(95, 2) == pytest.approx(4.302652729911275)
    assert t_quantile(90, 24) == pytest.approx(1.7108820799094284)
    assert chi2_p(5.991464547107979, 2) == pytest.approx(0.05)
    assert chi2_p(0, 3) == 1
