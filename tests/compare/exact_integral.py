"""The random-intercept logistic likelihood by adaptive integration to about 1e-12, slowly and by another road."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from scipy.integrate import IntegrationWarning, quad
from scipy.optimize import brentq, root


def study(n: int, total: int, mu: float, tau: float) -> tuple[float, float, float]:
    """Log likelihood of one study without its binomial coefficient, and its slopes by mu and by tau."""

    def share(eta: float) -> float:
        return 1 / (1 + math.exp(-eta)) if eta > -700 else 0.0

    def log_density(u: float) -> float:
        eta = mu + tau * u
        return n * eta - total * (max(eta, 0.0) + math.log1p(math.exp(-abs(eta)))) - u * u / 2

    def slope(u: float) -> float:
        return n - total * share(mu + tau * u)

    top = brentq(lambda u: tau * slope(u) - u, -tau * total - 1, tau * total + 1, xtol=1e-14)
    height = log_density(top)
    p = share(mu + tau * top)
    width = 1 / math.sqrt(1 + tau * tau * total * p * (1 - p))

    def density(u: float) -> float:
        return math.exp(max(-700.0, log_density(u) - height))

    # From the width of the top on outwards until even the prior alone has died away
    near = np.concatenate([np.arange(0, 4) * width, width * 2 ** np.arange(2.0, 3 + math.log2(3 / width))])
    breaks = np.unique(np.concatenate([top - near, top + near]))

    def over(f: Callable[[float], float]) -> float:
        with warnings.catch_warnings():
            # Of a million patients the logarithms are rounded before the twelfth digit, of which quad complains.
            warnings.simplefilter("ignore", IntegrationWarning)
            return sum(quad(f, a, b, epsabs=1e-12, epsrel=1e-11)[0] for a, b in pairwise(breaks))

    mass = over(density)
    by_mu, by_tau = over(lambda u: density(u) * slope(u)), over(lambda u: density(u) * slope(u) * u)
    return height + math.log(mass / math.sqrt(2 * math.pi)), by_mu / mass, by_tau / mass


def slopes(counts: Sequence[tuple[int, int]], mu: float, tau: float) -> np.ndarray:
    """Of the log likelihood of all studies, by mu and by log tau."""
    each = np.array([study(n, total, mu, tau)[1:] for n, total in counts]).sum(axis=0)
    return each * np.array([1.0, tau])


def maximum(counts: Sequence[tuple[int, int]], mu: float, tau: float) -> tuple[float, float, float]:
    """Estimate, its standard error and tau² where the slopes are 0, sought from `mu` and `tau`."""
    found = root(lambda x: slopes(counts, x[0], math.exp(x[1])), [mu, math.log(tau)], tol=1e-11)
    at, step = found.x, 1e-4
    hessian = np.zeros((2, 2))
    for i in range(2):
        move = np.eye(2)[i] * step
        # Central differences of two widths, so that the error goes by the fourth power of the step.
        wide, narrow = (
            (slopes(counts, a[0], math.exp(a[1])) - slopes(counts, b[0], math.exp(b[1]))) / (2 * w * step)
            for w, a, b in ((2, at + 2 * move, at - 2 * move), (1, at + move, at - move))
        )
        hessian[i] = (4 * narrow - wide) / 3
    return float(at[0]), math.sqrt(np.linalg.inv(-(hessian + hessian.T) / 2)[0, 0]), math.exp(2 * at[1])
