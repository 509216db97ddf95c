"""Agreement against worked examples, computed by hand as told beside each."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartevidence.review.agreement import CATEGORIES, Estimate, cohen_kappa, gwet_ac1, percent_agreement

# Fleiss, Statistical Methods for Rates and Proportions, table 18.1: two raters, 100 subjects, three categories.
# Observed .75 + .04 + .10 = .89. Margins .80 .10 .10 and .80 .05 .15: by chance .64 + .005 + .015 = .66.
# kappa = (.89 - .66) / (1 - .66) = .23 / .34 = .6765; the book gives .68 with a standard error of .087:
# on   .75 (.34 - 1.60·.11)² + .04 (.34 - .15·.11)² + .10 (.34 - .25·.11)² = .020172 + .0041861 + .0097656 = .0341237
# off  .01·(.80+.10)² + .04·(.80+.10)² + .05·(.05+.80)² + .01·(.05+.10)² = .0081 + .0324 + .036125 + .000225 = .07685
# rest (.89·.66 - 2·.66 + .89)² = .1574² = .02477476
# variance (.0341237 + .0121·.07685 - .0247748) / (100·.34⁴) = .0102788 / 1.336336 = .0076918, error .0877
FLEISS = {
    ("a", "a"): 75, ("a", "b"): 1, ("a", "c"): 4,
    ("b", "a"): 5, ("b", "b"): 4, ("b", "c"): 1,
    ("c", "a"): 0, ("c", "b"): 0, ("c", "c"): 10,
}  # fmt: skip

# Gwet's paradox: 118 both positive, 5 and 2 one of them, none both negative; 125 subjects.
# Observed 118/125 = .944. Mean share of positives (123 + 120)/250 = .972: by chance 2·.972·.028 = .054432.
# AC1 = (.944 - .054432) / .945568 = .94078, while kappa = -.0234 (by chance .984·.96 + .016·.04 = .94528).
# on      .944·.028 - .944·.054432 = -.0249518
# squares .944·.028² + .056·.5² - .054432² = .0007401 + .014 - .0029628 = .0117773
# variance (.944·.056 + 4·.0592237·.0249518 + 4·.0592237²·.0117773) / (125·.945568²)
#   = (.052864 + .0059109 + .0001652) / 111.76236 = .00052737, error .022965
GWET = {("+", "+"): 118, ("+", "-"): 5, ("-", "+"): 2, ("-", "-"): 0}


def error(found: Estimate) -> float:
    assert found.value is not None and found.low is not None
    return (found.value - found.low) / 1.959964


def test_kappa() -> None:
    found = cohen_kappa(FLEISS, "abc")
    assert found.value == pytest.approx(0.23 / 0.34)
    assert error(found) == pytest.approx(0.0877, abs=5e-5)
    assert (found.low, found.high) == (pytest.approx(0.5046, abs=1e-3), pytest.approx(0.8484, abs=1e-3))


def test_kappa_of_the_paradox() -> None:
    found = cohen_kappa(GWET, "+-")
    assert found.value == pytest.approx((0.944 - 0.94528) / (1 - 0.94528))


def test_ac1() -> None:
    found = gwet_ac1(GWET, "+-")
    assert found.value == pytest.approx(0.94078, abs=1e-5)
    assert error(found) == pytest.approx(0.022965, abs=1e-6)


def test_percent() -> None:
    found = percent_agreement(GWET)
    # The exact bounds: of 125 facts, at least 118 are alike with a chance of 2.5% where the share is 88.81%,
    # and at most 118 where it is 97.72%.
    assert found.value == pytest.approx(94.4)
    assert (found.low, found.high) == (pytest.approx(88.81, abs=0.01), pytest.approx(97.72, abs=0.01))
    chance = sum(math.comb(125, k) * 0.8881**k * 0.1119 ** (125 - k) for k in range(118, 126))
    assert chance == pytest.approx(0.025, abs=2e-4)


def test_not_defined() -> None:
    assert cohen_kappa({}) == gwet_ac1({}) == percent_agreement({}) == Estimate(None)
    all_accepted = {("accept", "accept"): 9}
    assert cohen_kappa(all_accepted) == Estimate(None)
    assert gwet_ac1(all_accepted) == Estimate(1.0, 1.0, 1.0)


TABLES = st.fixed_dictionaries({cell: st.integers(0, 30) for cell in product(CATEGORIES, CATEGORIES)})


@given(TABLES)
def test_properties(table: dict[tuple[str, str], int]) -> None:
    """In bounds, the same whoever is named first, and 1 only where all are alike."""
    turned = {(j, i): n for (i, j), n in table.items()}
    off = sum(n for (i, j), n in table.items() if i != j)
    for figure in (cohen_kappa, gwet_ac1):
        found, other = figure(table), figure(turned)
        if found.value is None or found.low is None or found.high is None:
            assert other.value is None
            continue
        assert other.value is not None and other.low is not None
        assert math.isclose(found.value, other.value, abs_tol=1e-9)
        assert math.isclose(found.low, other.low, abs_tol=1e-9)
        assert -1 <= found.low <= found.value <= found.high <= 1
        assert (abs(found.value - 1) < 1e-9) == (off == 0)
