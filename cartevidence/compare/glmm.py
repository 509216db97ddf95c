"""Maximum likelihood of the random-intercept logistic model (binomial-normal GLMM) of proportions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cartevidence.compare.binomial_normal import Likelihood, Studies, likelihood

Floats = NDArray[np.float64]

# A likelihood can have one maximum at tau 0 and another far from it, so that the search begins all along tau.
TAUS = (0.1, 0.3, 0.6, 1.2, 2.5, 5.0, 10.0)
LEAST, WIDEST = 1e-5, 40.0  # beyond these standard deviations on the logit the likelihood has no maximum
STEPS = 100
NEAR, CLOSE = 1e-4, 1e-9  # rises in log likelihood so small that a step needs no check, and is the last one
ENOUGH = 300  # different proportions from which to find where to start


@dataclass(frozen=True, slots=True)
class Fit:
    """The maximum: mean logit, its standard error by the observed information, variance between studies."""

    mu: float
    se: float
    tau2: float
    log_likelihood: float  # without binomial coefficients


def fit(counts: Sequence[tuple[int, int]]) -> Fit | None:
    """The maximum over mu and tau; None where there is none at finite values or it was not found.

    `counts` are (patients with the outcome, patients). Where the likelihood is highest at tau 0, estimate and
    standard error are those of the ordinary logistic model. No maximum exists where every study has 0 or all of
    its patients with the outcome, unless each has but one patient, of whom tau cannot be known: then it is 0.
    """
    studies = Studies.of(counts)
    extreme = (studies.n == 0) | (studies.n == studies.total)
    events, patients = float(studies.times @ studies.n), float(studies.times @ studies.total)
    if events in (0, patients) or (extreme.all() and studies.total.max() > 1):
        return None
    mu = studies.pooled_logit
    none = likelihood(studies, mu, 0.0)
    best = Fit(mu, float(np.sqrt(-1 / none.hessian[0, 0])), 0.0, none.value)
    if studies.total.max() == 1:
        return best
    start = _start(studies, best, none)
    if start is None:
        return best
    found = _climb(studies, *start)
    if found is None:
        return None
    return found if found.log_likelihood > best.log_likelihood else best


def _start(studies: Studies, flat: Fit, at_flat: Likelihood) -> tuple[float, float] | None:
    """mu and tau to climb from; None where no tau above 0 does better than 0."""
    some = studies.part(np.arange(0, len(studies.n), 1 + len(studies.n) // ENOUGH))
    mu = flat.mu
    places = [(likelihood(some, mu, 0.0).value, mu, 0.0)]
    for tau in TAUS:
        for _ in range(2):
            here = likelihood(some, mu, tau)
            mu += float(np.clip(here.gradient[0] / max(-here.hessian[0, 0], 1e-12), -2, 2))
        places.append((likelihood(some, mu, tau).value, mu, tau))
    _, mu, tau = max(places)
    if tau > 0:
        return mu, tau
    # The likelihood goes by tau squared: its slope there at 0 is half of its bend by tau.
    slope = float(at_flat.hessian[1, 1]) / 2
    if slope <= -1e-10 * float(at_flat.hessian[0, 0]):
        return None
    p = 1 / (1 + np.exp(-flat.mu))
    spread = float(studies.times @ (studies.total * p * (1 - p)) ** 2) / 2
    return flat.mu, float(np.sqrt(min(slope / spread, TAUS[0] ** 2)))


def _climb(studies: Studies, mu: float, tau: float) -> Fit | None:
    """Newton's method on (mu, log tau), with steps cut until they rise; None where it does not come to an end."""
    here = likelihood(studies, mu, tau)
    for _ in range(STEPS):
        gradient, hessian = _by_log_tau(here, tau)
        step = _uphill(gradient, hessian)
        rise = float(gradient @ step) / 2
        step /= max(1.0, abs(step[0]) / 2, abs(step[1]))
        for _ in range(30):
            there = likelihood(studies, mu + step[0], tau * np.exp(step[1]))
            # So near the top the values differ by no more than rounding, and Newton's step is sure.
            if there.value > here.value or rise < NEAR:
                break
            step = step / 2
        else:
            return None
        mu, tau, here = float(mu + step[0]), float(tau * np.exp(step[1])), there
        if rise < CLOSE:
            return _fit_at(here, mu, tau)
        if not LEAST < tau < WIDEST:
            return None
    return None


def _by_log_tau(here: Likelihood, tau: float) -> tuple[Floats, Floats]:
    scale = np.array([1.0, tau])
    hessian = here.hessian * np.outer(scale, scale)
    hessian[1, 1] += tau * here.gradient[1]
    return here.gradient * scale, hessian


def _uphill(gradient: Floats, hessian: Floats) -> Floats:
    """Newton's step, turned uphill in any direction in which the likelihood bends the wrong way."""
    bends, axes = np.linalg.eigh(hessian)
    step: Floats = axes @ ((axes.T @ gradient) / np.maximum(np.abs(bends), 1e-8))
    return step


def _fit_at(here: Likelihood, mu: float, tau: float) -> Fit | None:
    information = -here.hessian
    if information[0, 0] <= 0 or np.linalg.det(information) <= 0:
        return None
    variance = float(np.linalg.inv(information)[0, 0])
    return Fit(mu, float(np.sqrt(variance)), tau * tau, here.value)
