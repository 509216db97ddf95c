"""Pooled proportions: figures, notes, limits, time."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from dataclasses import asdict

import numpy as np
import pytest
from golden_sets import COUNTS, counts_of
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from cartevidence.compare.inverse_variance import Tau2
from cartevidence.compare.pooling import FEWEST, pool
from cartevidence.compare.results import Method, Pooled
from models.errors import CannotPool

METHODS: tuple[Method, ...] = ("glmm", "reml", "freeman-tukey", "exact")
POOLABLE = [name for name, row in COUNTS.items() if len(row["n"]) >= FEWEST]


def logistic(x: float) -> float:
    return 100 / (1 + math.exp(-x))


@pytest.mark.parametrize("name", [n for n in POOLABLE if "error" not in COUNTS[n]["glmm"] and "doubt" not in COUNTS[n]])
def test_glmm_is_rma_glmm_in_percent(name: str) -> None:
    pooled, theirs = pool(counts_of(name)), COUNTS[name]["glmm"]
    assert pooled.method == "glmm"
    assert pooled.estimate == pytest.approx(logistic(theirs["estimate"]), abs=0.003)
    assert pooled.ci_low == pytest.approx(logistic(theirs["low"]), abs=0.01)
    assert pooled.ci_high == pytest.approx(logistic(theirs["high"]), abs=0.01)
    assert pooled.i2 == pytest.approx(theirs["i2"], abs=0.01)
    # rma.glmm fits a rate for each study by iteration, which ends a little short where a cell is empty.
    assert pooled.q == pytest.approx(theirs["q_lrt"], abs=1e-6)
    assert pooled.q_df == theirs["q_df"]
    assert pooled.q_p == pytest.approx(theirs["q_p"], abs=1e-6)


@pytest.mark.parametrize("tau2", ["reml", "dl", "pm"])
@pytest.mark.parametrize("name", POOLABLE)
def test_reml_is_rma_in_percent(name: str, tau2: Tau2) -> None:
    pooled, theirs = pool(counts_of(name), "reml", tau2=tau2), COUNTS[name][f"logit_{tau2}"]
    assert pooled.link_estimate == pytest.approx(theirs["estimate"], abs=1e-6)
    assert pooled.estimate == pytest.approx(logistic(theirs["estimate"]), abs=1e-5)
    if theirs["se"] == 0:
        return
    assert pooled.link_se == pytest.approx(theirs["se"], abs=1e-6)
    bounds = (pooled.ci_low, pooled.ci_high, pooled.prediction_low, pooled.prediction_high)
    expected = [logistic(theirs[bound]) for bound in ("low", "high", "prediction_low", "prediction_high")]
    assert bounds == pytest.approx(expected, abs=1e-5)
    assert pooled.q_p == pytest.approx(theirs["q_p"], abs=1e-6)


@pytest.mark.parametrize("tau2", ["reml", "dl", "pm"])
@pytest.mark.parametrize("name", POOLABLE)
def test_freeman_tukey_is_metafors_with_the_harmonic_mean(name: str, tau2: Tau2) -> None:
    pooled, theirs = pool(counts_of(name), "freeman-tukey", tau2=tau2), COUNTS[name][f"arcsine_{tau2}"]
    assert pooled.estimate == pytest.approx(theirs["percent"]["estimate"], abs=1e-5)
    if theirs["se"] == 0:
        return
    bounds = (pooled.ci_low, pooled.ci_high, pooled.prediction_low, pooled.prediction_high)
    expected = [theirs["percent"][bound] for bound in ("low", "high", "prediction_low", "prediction_high")]
    assert bounds == pytest.approx(expected, abs=1e-5)


def test_the_prediction_interval_of_the_glmm_is_by_t_with_one_degree_fewer_than_studies() -> None:
    pooled = pool(counts_of("heterogeneous"))
    assert pooled.link_estimate is not None and pooled.link_se is not None and pooled.tau2 is not None
    reach = student.ppf(0.975, 6) * math.sqrt(pooled.tau2 + pooled.link_se**2)
    assert pooled.prediction_low == pytest.approx(logistic(pooled.link_estimate - reach))
    assert pooled.prediction_high == pytest.approx(logistic(pooled.link_estimate + reach))


def test_the_level_changes_intervals_and_nothing_else() -> None:
    wide, narrow = (asdict(pool(counts_of("heterogeneous"), level=level)) for level in (99, 80))
    changed = {name for name in wide if wide[name] != narrow[name]}
    assert changed == {"level", "ci_low", "ci_high", "prediction_low", "prediction_high"}
    assert wide["ci_low"] < narrow["ci_low"] < narrow["ci_high"] < wide["ci_high"]


@pytest.mark.parametrize(("name", "estimate", "word"), [("all_full", 100, "all"), ("all_zero", 0, "none")])
def test_all_at_one_end_are_taken_together(name: str, estimate: float, word: str) -> None:
    pooled = pool(counts_of(name))
    assert pooled.method == "exact"
    total = sum(COUNTS[name]["total"])
    beyond = 100 * 0.025 ** (1 / total)
    expected = (100, beyond, 100) if estimate else (0, 0, 100 - beyond)
    assert (pooled.estimate, pooled.ci_low, pooled.ci_high) == pytest.approx(expected)
    assert f"every study has {word} of its patients with the outcome" in pooled.notes[0]
    assert pooled.tau2 is None and pooled.prediction_low is None


def test_exact_is_one_interval_of_all_patients() -> None:
    pooled = pool([(12, 15), (6, 10), (6, 10)], "exact")
    assert (pooled.events, pooled.total, pooled.k) == (24, 35, 3)
    assert (pooled.ci_low, pooled.ci_high) == pytest.approx((50.7120000, 83.1482849), abs=1e-6)
    assert pooled.weights == pytest.approx((1500 / 35, 1000 / 35, 1000 / 35))
    assert pooled.notes == ("Differences between the studies are left out of account.",)


def test_where_the_likelihood_has_no_maximum_reml_steps_in_and_says_so() -> None:
    pooled = pool(counts_of("zero_or_full"))
    assert pooled.method == "reml"
    assert pooled.notes[:2] == (
        "The random-intercept logistic model did not converge (every study has 0% or 100%); "
        "inverse variance with REML was used.",
        "0.5 was added to both cells of 4 studies with 0% or 100%, to have a logit.",
    )
    assert pooled.estimate == pool(counts_of("zero_or_full"), "reml").estimate


def test_a_search_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cartevidence.compare.glmm.STEPS", 1)
    pooled = pool(counts_of("heterogeneous"))
    assert pooled.method == "reml"
    assert "did not converge (its maximum was not found)" in pooled.notes[0]


def test_single_patients_cannot_tell_of_differences() -> None:
    pooled = pool([(1, 1), (1, 1), (0, 1), (1, 1), (1, 1)])
    assert (pooled.method, pooled.estimate, pooled.tau2) == ("glmm", pytest.approx(80), 0)
    assert pooled.notes == ("Each study has one patient, from whom differences between studies cannot be known.",)


@pytest.mark.parametrize("method", ["glmm", "reml", "freeman-tukey"])
def test_few_studies_make_an_unreliable_prediction(method: Method) -> None:
    note = "With 4 studies the prediction interval is unreliable."
    assert pool([(3, 9), (8, 12), (5, 10), (4, 11)], method).notes[-1:] == (note,)
    assert not any("unreliable" in n for n in pool([(3, 9), (8, 12), (5, 10), (4, 11), (9, 20)], method).notes)


def test_an_estimator_that_is_not_the_usual_one_is_named() -> None:
    counts = counts_of("heterogeneous")
    assert pool(counts, "reml").notes == ()
    for tau2, name in (("dl", "DerSimonian and Laird"), ("pm", "Paule and Mandel")):
        notes = pool(counts, "reml", tau2=tau2).notes  # type: ignore[arg-type]
        assert notes == (f"The variance between studies was estimated by {name}, not by REML.",)


def test_an_interval_narrower_than_chance_is_told_with_the_ordinary_one() -> None:
    pooled = pool(counts_of("homogeneous"), "reml")
    assert pooled.notes == (
        "Hartung and Knapp's interval is narrower than the ordinary one (50.7-67.5%), "
        "since the studies differ less than chance alone would have them.",
    )


@pytest.mark.parametrize("method", ["reml", "freeman-tukey"])
def test_equal_studies_do_not_make_an_interval_without_width(method: Method) -> None:
    pooled = pool([(5, 10)] * 4, method)
    assert pooled.ci_high - pooled.ci_low > 25
    assert "without width; the ordinary interval is given" in pooled.notes[0]
    assert pooled.estimate == pytest.approx(50)


def test_the_double_arcsine_leads_astray_and_is_told() -> None:
    # As Schwarzer found: few events, and totals from tens to thousands. The lowest of the studies has 0.175%.
    pooled = pool([(2, 58), (11, 6140), (2, 1140)], "freeman-tukey")
    assert pooled.estimate < 0.02
    assert pooled.notes[0] == "The double arcsine leads astray here: its estimate lies beyond those of all studies."


def test_weights_of_the_glmm() -> None:
    pooled = pool(counts_of("three_apart"))
    p, tau2 = pooled.estimate / 100, pooled.tau2
    raw = [1 / (tau2 + 1 / (total * p * (1 - p))) for total in COUNTS["three_apart"]["total"]]
    assert pooled.weights == pytest.approx([100 * w / sum(raw) for w in raw])


@pytest.mark.parametrize("k", [0, 1, 2])
def test_fewer_than_three_studies_are_not_pooled(k: int) -> None:
    assert FEWEST == 3
    with pytest.raises(CannotPool, match=f"at least 3 studies; there are {k}"):
        pool([(3, 9)] * k)


@pytest.mark.parametrize("bad", [(-1, 5), (6, 5), (0, 0), (2.5, 5)])
def test_what_is_no_proportion_is_refused(bad: tuple[int, int]) -> None:
    with pytest.raises(CannotPool, match="is no proportion"):
        pool([(3, 9), (4, 9), bad])


def test_other_methods_and_levels_are_refused() -> None:
    with pytest.raises(CannotPool, match="not pooled by cloglog; choose glmm, reml"):
        pool([(3, 9)] * 3, "cloglog")
    with pytest.raises(CannotPool, match="between 0 and 100 percent"):
        pool([(3, 9)] * 3, level=100)


def is_whole(pooled: Pooled) -> bool:
    figures = [x for x in asdict(pooled).values() if isinstance(x, float)]
    return all(math.isfinite(x) for x in figures) and all(math.isfinite(w) for w in pooled.weights)


proportions = st.integers(1, 80).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))
many = st.lists(proportions, min_size=3, max_size=12)


@settings(deadline=None)
@given(many, st.sampled_from(METHODS))
def test_always_a_whole_answer_within_the_studies(counts: list[tuple[int, int]], method: Method) -> None:
    pooled = pool(counts, method)
    assert is_whole(pooled)
    assert 0 <= pooled.ci_low <= pooled.estimate + 1e-9 and pooled.estimate - 1e-9 <= pooled.ci_high <= 100
    if pooled.prediction_low is not None and pooled.prediction_high is not None:
        assert pooled.prediction_low <= pooled.ci_low + 1e-6 and pooled.ci_high <= pooled.prediction_high + 1e-6
    assert sum(pooled.weights) == pytest.approx(100) and len(pooled.weights) == len(counts)
    corrected = [
        100 * (n + 0.5) / (t + 1) if pooled.method == "reml" and n in (0, t) else 100 * n / t for n, t in counts
    ]
    astray = any("leads astray" in note for note in pooled.notes)
    assert astray or min(corrected) - 1e-6 <= pooled.estimate <= max(corrected) + 1e-6


@settings(deadline=None)
@given(many, st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_order_and_the_side_that_is_counted_do_not_matter(
    counts: list[tuple[int, int]], method: Method, random: np.random.Generator
) -> None:
    pooled = pool(counts, method)
    mixed = list(counts)
    random.shuffle(mixed)
    assert pool(mixed, method).estimate == pytest.approx(pooled.estimate, abs=1e-6)
    mirrored = pool([(t - n, t) for n, t in counts], method)
    assert mirrored.method == pooled.method
    figures = (100 - mirrored.estimate, 100 - mirrored.ci_high, 100 - mirrored.ci_low)
    assert figures == pytest.approx((pooled.estimate, pooled.ci_low, pooled.ci_high), abs=1e-4)
    assert mirrored.weights == pytest.approx(pooled.weights, abs=1e-3)


def drawn(k: int, most: int) -> list[tuple[int, int]]:
    random = np.random.default_rng(4)
    total = random.integers(5, most, k)
    n = random.binomial(total, 1 / (1 + np.exp(-random.normal(0.8, 0.9, k))))
    return list(zip(n.tolist(), total.tolist(), strict=True))


@pytest.mark.parametrize(("k", "most", "seconds"), [(60, 200, 0.05), (30_000, 200, 1.0), (30_000, 20_000, 1.5)])
def test_pooling_takes_a_moment(k: int, most: int, seconds: float) -> None:
    counts = drawn(k, most)
    pool(counts[:3])
    took = []
    for _ in range(3):
        start = time.perf_counter()
        pooled = pool(counts)
        took.append(time.perf_counter() - start)
    assert pooled.method == "glmm" and pooled.k == k
    assert min(took) < 2 * seconds  # twice, for a busy machine


def test_scipy_is_loaded_only_when_asked_for_figures() -> None:
    code = "import sys, cartevidence.compare.landmark as m; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
