"""Random effects by inverse variance against metafor's rma with test="knha"."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from golden_sets import COUNTS, RATES, rates_of
from hypothesis import given, settings
from hypothesis import strategies as st

from cartevidence.compare.inverse_variance import RandomEffects, Tau2, random_effects, typical_variance
from cartevidence.compare.scales import (
    cloglogs,
    double_arcsines,
    logits,
    percent_of_cloglog,
    percent_of_double_arcsine,
    percent_of_logit,
)

ESTIMATORS: tuple[Tau2, ...] = ("reml", "dl", "pm")


def agree(ours: RandomEffects, theirs: dict[str, Any]) -> None:
    assert "error" not in theirs
    found = {"estimate": ours.mean, "se": ours.se, "tau2": ours.tau2, "q": ours.q, "i2": ours.i2}
    assert found == pytest.approx({name: theirs[name] for name in found}, abs=1e-6)


@pytest.mark.parametrize("tau2", ESTIMATORS)
@pytest.mark.parametrize("name", COUNTS)
def test_logits(name: str, tau2: Tau2) -> None:
    row = COUNTS[name]
    y, v, _ = logits(np.array(row["n"], float), np.array(row["total"], float))
    agree(random_effects(y, v, tau2), row[f"logit_{tau2}"])


@pytest.mark.parametrize("tau2", ESTIMATORS)
@pytest.mark.parametrize("name", COUNTS)
def test_double_arcsines(name: str, tau2: Tau2) -> None:
    row = COUNTS[name]
    y, v = double_arcsines(np.array(row["n"], float), np.array(row["total"], float))
    agree(random_effects(y, v, tau2), row[f"arcsine_{tau2}"])


@pytest.mark.parametrize("tau2", ESTIMATORS)
@pytest.mark.parametrize("name", RATES)
def test_cloglogs(name: str, tau2: Tau2) -> None:
    rate, low, high = (np.array(column) for column in zip(*rates_of(name), strict=True))
    se = (cloglogs(low) - cloglogs(high)) / (2 * 1.959963984540054)
    agree(random_effects(cloglogs(rate), se**2, tau2), RATES[name][tau2])


@pytest.mark.parametrize("tau2", ESTIMATORS)
def test_a_spread_below_chance_is_none(tau2: Tau2) -> None:
    pooled = random_effects(np.array([0.1, 0.11, 0.09]), np.array([1.0, 2.0, 1.5]), tau2)
    assert pooled.tau2 == 0 and pooled.i2 == 0 and pooled.q < 0.01


@pytest.mark.parametrize("tau2", ESTIMATORS)
@pytest.mark.parametrize("excess", [1e-7, 1e-4, 0.99e-3, 1.05e-3, 2e-3, 0.1, 1.0, 30.0, 1e5])
def test_with_equal_variances_tau2_is_what_the_studies_vary_beyond_them(excess: float, tau2: Tau2) -> None:
    # Then REML, DerSimonian-Laird and Paule-Mandel all are the sample variance less the sampling variance.
    y = np.array([-1.3, 0.2, 0.9, 1.7, -0.4])
    variance = float(np.var(y, ddof=1)) / (1 + excess)
    pooled = random_effects(y, np.full(5, variance), tau2)
    assert pooled.tau2 == pytest.approx(excess * variance, abs=1e-12, rel=1e-9)
    assert pooled.mean == pytest.approx(float(y.mean()))


def test_a_reml_of_two_humps_takes_the_higher() -> None:
    # Two precise studies agree and four small ones lie far apart
    y, v = np.array([0.0, 0.05, -6.0, 6.0, -6.0, 6.0]), np.array([0.002, 0.002, 2.0, 2.0, 2.0, 2.0])
    pooled = random_effects(y, v)

    def restricted(tau2: float) -> float:
        w = 1 / (v + tau2)
        mean = w @ y / w.sum()
        return float(np.log(w).sum() - math.log(w.sum()) - w @ (y - mean) ** 2) / 2

    grid = np.concatenate([[0.0], np.geomspace(1e-7, 1e3, 4000)])
    highest = max(grid, key=lambda t: restricted(float(t)))
    assert restricted(pooled.tau2) >= restricted(float(highest)) - 1e-12
    assert pooled.tau2 > 5


estimates = st.lists(
    st.tuples(st.floats(-8, 8), st.floats(1e-4, 1e3)).map(lambda pair: (round(pair[0], 6), pair[1])),
    min_size=2,
    max_size=30,
)


@settings(deadline=None)
@given(estimates, st.sampled_from(ESTIMATORS))
def test_always_an_estimate_among_the_studies(rows: list[tuple[float, float]], tau2: Tau2) -> None:
    y, v = (np.array(column) for column in zip(*rows, strict=True))
    pooled = random_effects(y, v, tau2)
    figures = (pooled.mean, pooled.se, pooled.se_plain, pooled.tau2, pooled.q, pooled.i2)
    assert all(math.isfinite(x) for x in figures)
    assert y.min() - 1e-9 <= pooled.mean <= y.max() + 1e-9
    assert pooled.tau2 >= 0 and 0 <= pooled.i2 <= 100 and pooled.weights.sum() == pytest.approx(100)
    backwards = random_effects(y[::-1], v[::-1], tau2)
    assert backwards.mean == pytest.approx(pooled.mean, abs=1e-6)
    mirrored = random_effects(-y, v, tau2)
    assert (mirrored.mean, mirrored.tau2) == pytest.approx((-pooled.mean, pooled.tau2), abs=1e-6, rel=1e-6)


@settings(deadline=None)
@given(estimates)
def test_at_paule_and_mandels_tau2_q_is_its_degrees_of_freedom(rows: list[tuple[float, float]]) -> None:
    y, v = (np.array(column) for column in zip(*rows, strict=True))
    pooled = random_effects(y, v, "pm")
    w = 1 / (v + pooled.tau2)
    q = float(w @ (y - w @ y / w.sum()) ** 2)
    if pooled.tau2 > 0:
        assert q == pytest.approx(len(y) - 1, rel=1e-6)
    else:
        assert q <= (len(y) - 1) * (1 + 1e-9)


def test_typical_variance_of_equal_ones_is_theirs() -> None:
    assert typical_variance(np.full(7, 0.3)) == pytest.approx(0.3)
    assert typical_variance(np.full(7, 1e-200)) == pytest.approx(1e-200)


@settings(deadline=None)
@given(st.floats(0.1, 99.9))
def test_there_and_back(percent: float) -> None:
    assert percent_of_logit(math.log(percent / (100 - percent))) == pytest.approx(percent)
    assert percent_of_cloglog(float(cloglogs(np.array(percent)))) == pytest.approx(percent)


@pytest.mark.parametrize("total", [1, 2, 9, 40, 1000])
def test_the_double_arcsine_of_a_count_comes_back_as_the_count(total: int) -> None:
    n = np.arange(total + 1.0)
    x, _ = double_arcsines(n, np.full(total + 1, float(total)))
    back = [percent_of_double_arcsine(float(a), total) for a in x]
    assert back == pytest.approx((100 * n / total).tolist(), abs=1e-6)


@pytest.mark.parametrize(("x", "percent"), [(-1.0, 0), (0.0, 0), (1.6, 100), (3.0, 100)])
def test_beyond_all_counts_a_double_arcsine_is_0_or_100(x: float, percent: float) -> None:
    assert percent_of_double_arcsine(x, 20.0) == percent


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("x", [-1e4, -800.0, 800.0, 1e4])
def test_the_ends_of_the_scales_are_0_and_100(x: float) -> None:
    assert percent_of_logit(x) == pytest.approx(0 if x < 0 else 100)
    assert percent_of_cloglog(x) == pytest.approx(100 if x < 0 else 0)


def test_logits_are_corrected_only_where_a_cell_is_empty() -> None:
    y, v, corrected = logits(np.array([0.0, 3.0, 8.0]), np.array([5.0, 9.0, 8.0]))
    assert corrected == 2
    assert y.tolist() == pytest.approx([math.log(0.5 / 5.5), math.log(0.5), math.log(8.5 / 0.5)])
    assert v.tolist() == pytest.approx([1 / 0.5 + 1 / 5.5, 1 / 3 + 1 / 6, 1 / 8.5 + 1 / 0.5])
