"""Inverse variance pooling with random effects and Knapp-Hartung intervals.

Written here since no library at hand does all of it: of the usual ones, one has no REML, lets DerSimonian and
Laird's tau² go below 0 and can end Paule and Mandel's search at 0; the other stops its REML short of six digits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Tau2 = Literal["reml", "dl", "pm"]
ESTIMATORS: dict[Tau2, str] = {"reml": "REML", "dl": "DerSimonian and Laird", "pm": "Paule and Mandel"}

NOTHING = 1e-12  # a spread between studies this small, in proportion to their variances, is rounding


@dataclass(frozen=True, slots=True)
class RandomEffects:
    """A pooled mean on the scale of the studies' estimates.

    `se` is by Hartung and Knapp, with k - 1 degrees of freedom (`se_plain` without their correction); `i2` percent.
    """

    mean: float
    se: float
    se_plain: float
    tau2: float
    q: float
    df: int
    i2: float
    weights: Floats  # percent, sum 100


def random_effects(y: Floats, v: Floats, tau2: Tau2 = "reml") -> RandomEffects:
    """Pool estimates `y` with sampling variances `v` (at least two, variances above 0).

    tau²: REML, DerSimonian and Laird (Control Clin Trials 1986;7:177) or Paule and Mandel (1982). Standard error:
    Hartung and Knapp, Stat Med 2001;20:3875. Q: Cochran's. I²: Higgins and Thompson, Stat Med 2002;21:1539, from
    tau² and their typical variance, as metafor reports it.
    """
    df = len(y) - 1
    between = {"reml": _reml, "dl": _dersimonian_laird, "pm": _paule_mandel}[tau2](y, v)
    w = 1 / (v + between)
    mean = _mean(y, w)
    plain = float(np.sqrt(1 / w.sum()))
    spread = float(w @ (y - mean) ** 2) / df
    return RandomEffects(
        mean=mean,
        se=plain * float(np.sqrt(spread)) if spread > NOTHING else 0.0,
        se_plain=plain,
        tau2=between,
        q=_q(y, v, 0.0),
        df=df,
        i2=100 * between / (between + typical_variance(v)),
        weights=100 * w / w.sum(),
    )


def typical_variance(v: Floats) -> float:
    """Higgins and Thompson's "typical" sampling variance of studies."""
    w = 1 / v
    # In proportion to the greatest weight, so that no square overflows.
    w = w / w.max()
    return float((len(v) - 1) * w.sum() / (w.sum() ** 2 - w @ w) * v.min())


def _mean(y: Floats, w: Floats) -> float:
    return float(w @ y / w.sum())


def _q(y: Floats, v: Floats, tau2: float) -> float:
    w = 1 / (v + tau2)
    return float(w @ (y - _mean(y, w)) ** 2)


def _dersimonian_laird(y: Floats, v: Floats) -> float:
    w = 1 / v
    excess = _q(y, v, 0.0) - (len(y) - 1)
    return max(0.0, excess / float(w.sum() - w @ w / w.sum()))


def _paule_mandel(y: Floats, v: Floats) -> float:
    """The tau² at which the generalised Q is its degrees of freedom; Q falls with tau²."""
    df = len(y) - 1

    def excess(tau2: float) -> float:
        return _q(y, v, tau2) - df

    return _root(excess, 0.0, _most(y)) if excess(0.0) > 0 else 0.0


def _reml(y: Floats, v: Floats) -> float:
    """The highest restricted likelihood over tau² from 0 up; it may have more than one hump, so all of it is tried."""
    most = _most(y)
    least = min(float(v.min()), most) * 1e-3
    if most <= NOTHING * float(v.min()):
        return 0.0
    tries = np.concatenate([[0.0], np.geomspace(least, most, 60)])
    best = int(np.argmax([_restricted_likelihood(y, v, float(t)) for t in tries]))

    def slope(tau2: float) -> float:
        return _restricted_slope(y, v, tau2)

    if best == 0:
        # Either 0 itself, or a top so near to it that it lies before the first try.
        return _root(slope, 0.0, least) if slope(0.0) > 0 > slope(least) else 0.0
    low, high = float(tries[best - 1]), float(tries[min(best + 1, len(tries) - 1)])
    return _root(slope, low, high) if slope(low) > 0 > slope(high) else float(tries[best])


def _restricted_likelihood(y: Floats, v: Floats, tau2: float) -> float:
    w = 1 / (v + tau2)
    return float(np.log(w).sum() - np.log(w.sum()) - w @ (y - _mean(y, w)) ** 2) / 2


def _restricted_slope(y: Floats, v: Floats, tau2: float) -> float:
    """The derivative of the restricted log likelihood by tau²."""
    w = 1 / (v + tau2)
    return float((w * w) @ (y - _mean(y, w)) ** 2 - w.sum() + w @ w / w.sum()) / 2


def _most(y: Floats) -> float:
    """Neither REML nor Paule and Mandel find a tau² above this.

    A variance with any weights s is sum over i, j of s_i s_j (y_i - y_j)² / 2, hence at most (1 - sum of s²) times
    half the squared range; put into the two estimating equations, this bounds tau² by half the squared range.
    """
    return float(np.ptp(y)) ** 2 / 2 * 1.01


def _root(f: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(f, low, high, xtol=1e-15, rtol=1e-13, maxiter=500))
