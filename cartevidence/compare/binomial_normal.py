"""The likelihood of the random-intercept logistic model, by quadrature fitted to each study.

A study's logit is normal with mean `mu` and standard deviation `tau`, and its patients are binomial given the logit:

    L = integral over u of  p^n (1-p)^(total-n) phi(u),   logit p = mu + tau u

The integrand is a single hump. Its top and the two points where it has died away are found by Newton's method, and it
is summed at even steps between them. For a smooth function that dies away at both ends this trapezoidal rule gains
digits as fast as steps are added (Trefethen and Weideman, SIAM Review 2014;56:385), also for a large tau, where
Gauss-Hermite points, even when centred and scaled to each study, need many hundreds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DEPTH = 30.0  # the hump is followed down to exp(-30) of its top
STEP = 0.4  # the widest step on the logit: with it a hump as steep as 999/1000 has is summed to nine digits
FEWEST_POINTS = 33
CELLS = 50_000  # points summed at once, to stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Studies:
    """Proportions, equal ones counted once: `n` of `total` patients in `times` studies. Arrays of one length."""

    n: Floats
    total: Floats
    times: Floats

    @classmethod
    def of(cls, counts: Sequence[tuple[int, int]]) -> Studies:
        pairs, times = np.unique(np.asarray(counts, dtype=np.int64), axis=0, return_counts=True)
        return cls(pairs[:, 0].astype(float), pairs[:, 1].astype(float), times.astype(float))

    def part(self, which: NDArray[np.int64]) -> Studies:
        return Studies(self.n[which], self.total[which], self.times[which])

    @property
    def pooled_logit(self) -> float:
        """Logit of all patients taken together: the maximum of the likelihood where tau is 0."""
        n, total = float(self.times @ self.n), float(self.times @ self.total)
        return float(np.log(n / (total - n)))


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Log likelihood (without binomial coefficients) at `mu` and `tau`, its gradient (2) and Hessian (2 by 2) there."""

    value: float
    gradient: Floats
    hessian: Floats


def likelihood(studies: Studies, mu: float, tau: float) -> Likelihood:
    """The likelihood with its derivatives by mu and by tau, each good to about 1e-9 of a study's likelihood."""
    if tau == 0:
        return _without_spread(studies, mu)
    low, high = _hump(studies, mu, tau)
    points = np.maximum(FEWEST_POINTS, np.ceil((high - low) * tau / STEP).astype(int) + 1)
    by_points = np.argsort(points, kind="stable")
    value, gradient, hessian = 0.0, np.zeros(2), np.zeros((2, 2))
    for part in np.array_split(by_points, 1 + int(points.sum()) // CELLS):
        v, g, h = _summed(studies.part(part), mu, tau, low[part], high[part], int(points[part[-1]]))
        value, gradient, hessian = value + v, gradient + g, hessian + h
    return Likelihood(value, gradient, hessian)


def _without_spread(studies: Studies, mu: float) -> Likelihood:
    """At tau 0 the model is the ordinary logistic one. The likelihood is even in tau, so that its slope by tau is 0."""
    p, softplus = _logistic(np.asarray(mu))
    residual, variance = studies.n - studies.total * p, studies.total * p * (1 - p)
    m = studies.times
    value = float(m @ (studies.n * mu - studies.total * softplus))
    bend = float(m @ (residual**2 - variance))
    return Likelihood(value, np.array([float(m @ residual), 0.0]), np.diag([-float(m @ variance), bend]))


def _summed(
    studies: Studies, mu: float, tau: float, low: Floats, high: Floats, points: int
) -> tuple[float, Floats, Floats]:
    """Value, gradient and Hessian by Fisher's identities: means over u of the score given u, and their covariances."""
    n, total, m = studies.n[:, None], studies.total[:, None], studies.times
    step = (high - low) / (points - 1)
    u = low[:, None] + step[:, None] * np.arange(points)
    eta = mu + tau * u
    p, softplus = _logistic(eta)
    log_density = n * eta - total * softplus - u * u / 2
    highest = log_density.max(axis=1)
    weight = np.exp(log_density - highest[:, None])
    mass = weight.sum(axis=1)
    value = highest + np.log(mass * step / np.sqrt(2 * np.pi))
    weight /= mass[:, None]

    def mean(x: Floats) -> Floats:
        means: Floats = np.einsum("ij,ij->i", weight, x)
        return means

    s: Floats = n - total * p
    v: Floats = total * p * (1 - p)
    su: Floats = s * u
    s1, su1 = mean(s), mean(su)
    by_mu = mean(s * s) - s1**2 - mean(v)
    by_both = mean(s * su) - s1 * su1 - mean(v * u)
    by_tau = mean(su * su) - su1**2 - mean(v * u * u)
    gradient = np.array([m @ s1, m @ su1])
    hessian = np.array([[m @ by_mu, m @ by_both], [m @ by_both, m @ by_tau]])
    return float(m @ value), gradient, hessian


def _hump(studies: Studies, mu: float, tau: float) -> tuple[Floats, Floats]:
    """Between which two places on u the integrand rises from next to nothing to its top, and falls again.

    Its logarithm is concave and bends by at least 1, so that both ends are within sqrt(2 DEPTH) of the top.
    """
    n, total = studies.n, studies.total
    # The slope is n's pull minus total p's, minus u: it has its one zero between these two.
    left, right = tau * (n - total), tau * n
    u = np.zeros_like(n)
    for _ in range(100):
        p, _softplus = _logistic(mu + tau * u)
        slope, bend = tau * (n - total * p) - u, 1 + tau * tau * total * p * (1 - p)
        move = slope / bend
        if float(np.max(np.abs(move) * np.sqrt(bend))) < 0.01:
            break
        left, right = np.where(slope > 0, u, left), np.where(slope < 0, u, right)
        there = u + move
        beyond = (there <= left) | (there >= right)
        u = np.where(beyond & (np.abs(move) > 1e-12), (left + right) / 2, there)
    eta = mu + tau * u
    p, softplus = _logistic(eta)
    height = n * eta - total * softplus - u * u / 2 - DEPTH
    width = np.sqrt(2 * DEPTH / (1 + tau * tau * total * p * (1 - p)))
    return _end(studies, mu, tau, u, -width, height), _end(studies, mu, tau, u, width, height)


def _end(studies: Studies, mu: float, tau: float, top: Floats, width: Floats, height: Floats) -> Floats:
    """Where the logarithm of the integrand falls to `height`, on the side of the top that the sign of `width` tells.

    On a concave curve every step of Newton's method ends on the far side of the sought point, so that to stop
    early only makes the hump a little wider than needed.
    """
    n, total = studies.n, studies.total
    side: Floats = np.sign(width)
    for _ in range(6):
        u = top + width
        eta = mu + tau * u
        p, softplus = _logistic(eta)
        drop = n * eta - total * softplus - u * u / 2 - height
        width = width - drop / (tau * (n - total * p) - u)
        width = side * np.clip(side * width, 1e-12, np.sqrt(2 * DEPTH) + 0.1)
    return top + width


def _logistic(eta: Floats) -> tuple[Floats, Floats]:
    """p and log(1 + exp(eta)), without overflow at either end."""
    small = np.exp(-np.abs(eta))
    return np.where(eta > 0, 1.0, small) / (1 + small), np.maximum(eta, 0) + np.log1p(small)
