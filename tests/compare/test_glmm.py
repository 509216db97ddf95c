"""The random-intercept logistic model against its exact integral and against metafor's rma.glmm."""

from __future__ import annotations

import math

import numpy as np
import pytest
from exact_integral import maximum, study
from golden_sets import COUNTS, counts_of

from cartevidence.compare import glmm
from cartevidence.compare.binomial_normal import Studies, likelihood

HARD = [
    (0, 1), (1, 1), (0, 3), (3, 3), (2, 5), (1, 40), (0, 50), (50, 50), (13, 40), (999, 1000), (0, 1000),
    (500, 1000), (1, 100_000), (30_000, 100_000), (1_000_000, 1_000_000),
]  # fmt: skip


@pytest.mark.parametrize("tau", [0.001, 0.05, 0.4, 1.0, 3.0, 10.0, 30.0])
@pytest.mark.parametrize("mu", [-6.0, -1.0, 0.0, 2.5])
def test_likelihood_and_slopes_are_those_of_the_exact_integral(mu: float, tau: float) -> None:
    for n, total in HARD:
        value, by_mu, by_tau = study(n, total, mu, tau)
        here = likelihood(Studies.of([(n, total)]), mu, tau)
        assert here.value == pytest.approx(value, abs=2e-8), (n, total)
        scale = max(1.0, math.sqrt(total))
        assert here.gradient == pytest.approx([by_mu, by_tau], abs=1e-7 * scale, rel=1e-7), (n, total)


def test_a_thousand_million_patients_are_as_good_as_a_normal_logit() -> None:
    n, total, mu, tau = 400_000_000, 1_000_000_000, 0.3, 0.8
    logit, variance = math.log(n / (total - n)), 1 / n + 1 / (total - n)
    top = n * math.log(n / total) + (total - n) * math.log(1 - n / total)
    spread = tau**2 + variance
    exact = top + (math.log(variance / spread) - (logit - mu) ** 2 / spread) / 2
    here = likelihood(Studies.of([(n, total)]), mu, tau)
    assert here.value == pytest.approx(exact, abs=1e-6)
    # Logarithms near 1e9 are rounded to 1e-7, which the slope feels.
    assert here.gradient[0] == pytest.approx((logit - mu) / spread, abs=1e-3)


@pytest.mark.parametrize(("mu", "tau"), [(-2.0, 0.3), (0.5, 1.5), (3.0, 6.0)])
def test_the_hessian_is_the_change_of_the_slopes(mu: float, tau: float) -> None:
    studies = Studies.of([(3, 10), (9, 12), (0, 4), (20, 24), (20, 24), (7, 7)])
    here, step = likelihood(studies, mu, tau), 1e-5
    by_mu = likelihood(studies, mu + step, tau).gradient - likelihood(studies, mu - step, tau).gradient
    by_tau = likelihood(studies, mu, tau + step).gradient - likelihood(studies, mu, tau - step).gradient
    assert here.hessian == pytest.approx(np.array([by_mu, by_tau]) / (2 * step), abs=1e-6)


def test_at_tau_0_it_is_where_small_taus_lead() -> None:
    studies = Studies.of([(3, 10), (9, 12), (0, 4)])
    at, near = likelihood(studies, 0.3, 0.0), likelihood(studies, 0.3, 1e-4)
    assert near.value == pytest.approx(at.value, abs=1e-6)
    assert near.gradient == pytest.approx(at.gradient, abs=1e-2)
    assert near.hessian == pytest.approx(at.hessian, abs=1e-3)


def test_equal_proportions_are_counted_as_often_as_they_stand() -> None:
    once = likelihood(Studies.of([(3, 10)]), 0.2, 0.8)
    thrice = likelihood(Studies.of([(3, 10)] * 3), 0.2, 0.8)
    assert thrice.value == pytest.approx(3 * once.value, rel=1e-13)
    assert thrice.hessian == pytest.approx(3 * once.hessian, rel=1e-13)


FITTED = [name for name, row in COUNTS.items() if "error" not in row["glmm"] and "doubt" not in row]


@pytest.mark.parametrize("name", FITTED)
def test_metafor_with_its_seven_points(name: str) -> None:
    fit, theirs = glmm.fit(counts_of(name)), COUNTS[name]["glmm"]
    assert fit is not None
    assert fit.mu == pytest.approx(theirs["estimate"], abs=1e-4)
    assert fit.se == pytest.approx(theirs["se"], abs=3e-4)
    assert fit.tau2 == pytest.approx(theirs["tau2"], abs=1e-6, rel=1e-3)


FINE = [n for n, row in COUNTS.items() if "error" not in row["glmm"] and n not in ("zero_or_full", "single_patients")]


@pytest.mark.parametrize("name", FINE)
def test_metafor_with_fifty_points(name: str) -> None:
    fit, theirs = glmm.fit(counts_of(name)), COUNTS[name]["glmm_fine"]
    assert fit is not None
    assert fit.mu == pytest.approx(theirs["estimate"], abs=2e-5)
    assert fit.se == pytest.approx(theirs["se"], abs=5e-5)
    assert fit.tau2 == pytest.approx(theirs["tau2"], abs=1e-6, rel=3e-5)


SPREAD = [
    "heterogeneous", "wide", "zero_and_full", "tiny_and_large", "large", "huge", "two_apart", "three_apart", "four",
    "ten_high", "outlier", "two_precise", "skewed", "extremes",
]  # fmt: skip


@pytest.mark.parametrize("name", SPREAD)
def test_the_maximum_is_that_of_the_exact_integral(name: str) -> None:
    counts = counts_of(name)
    fit = glmm.fit(counts)
    assert fit is not None
    tau = math.sqrt(fit.tau2)
    mu, se, tau2 = maximum(counts, fit.mu + 0.05 * fit.se, tau * 1.02)
    assert fit.mu == pytest.approx(mu, abs=1e-6)
    assert fit.se == pytest.approx(se, abs=1e-6)
    assert fit.tau2 == pytest.approx(tau2, abs=1e-6, rel=1e-6)


@pytest.mark.parametrize(
    "name", ["homogeneous", "one_zero", "rare", "equal", "equal_shares", "huge_equal", "fifteen", "twenty"]
)
def test_without_spread_it_is_the_logistic_model_of_all_patients(name: str) -> None:
    counts = counts_of(name)
    fit = glmm.fit(counts)
    assert fit is not None and fit.tau2 == 0
    n, total = (sum(column) for column in zip(*counts, strict=True))
    assert fit.mu == pytest.approx(math.log(n / (total - n)), abs=1e-12)
    assert fit.se == pytest.approx(math.sqrt(1 / n + 1 / (total - n)), rel=1e-12)
    flat = sum(study(a, b, fit.mu, 1e-7)[0] for a, b in counts)
    for tau in (0.02, 0.1, 0.3, 1.0, 3.0):
        assert sum(study(a, b, fit.mu, tau)[0] for a, b in counts) < flat


def test_a_far_maximum_is_found_although_no_spread_is_better_than_a_little() -> None:
    # Two precise studies agree, four small ones lie at 0 and 100%: there is a maximum at tau 0 and a higher one far off.
    counts = counts_of("two_precise")
    studies = Studies.of(counts)
    none, little = likelihood(studies, 0.0, 0.0), likelihood(studies, 0.0, 0.01)
    fit = glmm.fit(counts)
    assert little.value < none.value
    assert fit is not None and fit.log_likelihood > none.value + 0.5
    assert math.sqrt(fit.tau2) == pytest.approx(3.97, abs=0.01)


@pytest.mark.parametrize("spread", [1.02, 1.05, 1.2])
def test_a_maximum_close_to_no_spread_is_found(spread: float) -> None:
    # Residuals a little larger than chance has them
    away = round(math.sqrt(spread * 400 * 0.25))
    counts = [(200 - away, 400), (200 + away, 400)] * 4
    fit = glmm.fit(counts)
    assert fit is not None
    if 2 * sum((n - 200) ** 2 - 100 for n, _ in counts) > 0:
        mu, se, tau2 = maximum(counts, fit.mu, math.sqrt(fit.tau2) * 1.01)
        assert (fit.mu, fit.se, fit.tau2) == pytest.approx((mu, se, tau2), abs=1e-6)
    else:
        assert fit.tau2 == 0


@pytest.mark.parametrize(
    "counts",
    [[(0, 5), (0, 9), (0, 3)], [(5, 5), (9, 9), (3, 3)], [(0, 6), (10, 10), (0, 8), (7, 7)], [(0, 1), (1, 1), (0, 2)]],
)
def test_no_maximum_no_estimate(counts: list[tuple[int, int]]) -> None:
    assert glmm.fit(counts) is None


def test_single_patients_have_the_logistic_estimate() -> None:
    fit = glmm.fit([(1, 1)] * 4 + [(0, 1)])
    assert fit is not None
    assert (fit.mu, fit.se, fit.tau2) == pytest.approx((math.log(4), math.sqrt(1 / 4 + 1), 0))
