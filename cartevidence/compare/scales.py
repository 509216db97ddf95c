"""The scales that percentages are pooled on: to each a way there, with sampling variances, and a way back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def logits(n: Floats, total: Floats) -> tuple[Floats, Floats, int]:
    """Logit and its variance of each n of total, and in how many studies 0.5 was added to both cells.

    It is added where a cell is empty and nowhere else, as metafor's escalc does by default (`to="only0"`).
    """
    empty = (n == 0) | (n == total)
    add = np.where(empty, 0.5, 0.0)
    with_it, without = n + add, total - n + add
    return np.log(with_it / without), 1 / with_it + 1 / without, int(empty.sum())


def percent_of_logit(x: float) -> float:
    return float(100 / (1 + np.exp(-x))) if x > 0 else float(100 * np.exp(x) / (1 + np.exp(x)))


def double_arcsines(n: Floats, total: Floats) -> tuple[Floats, Floats]:
    """Freeman and Tukey's double arcsine (Ann Math Stat 1950;21:607) and its variance, halved as metafor does."""
    return _double_arcsine(n, total), 1 / (4 * total + 2)


def _double_arcsine(n: Floats, total: Floats) -> Floats:
    half: Floats = (np.arcsin(np.sqrt(n / (total + 1))) + np.arcsin(np.sqrt((n + 1) / (total + 1)))) / 2
    return half


def percent_of_double_arcsine(x: float, total: float) -> float:
    """Miller's inverse (Am Stat 1978;32:138) for one total; of several studies, the harmonic mean of theirs.

    What lies beyond the double arcsines of 0 and of all of `total` is 0 and 100%, as in metafor's transf.ipft.hm.
    """
    size = np.asarray(total)
    if x <= float(_double_arcsine(np.asarray(0.0), size)):
        return 0.0
    if x >= float(_double_arcsine(size, size)):
        return 100.0
    sine = np.sin(2 * x)
    inner = sine + (sine - 1 / sine) / total
    return float(50 * (1 - np.sign(np.cos(2 * x)) * np.sqrt(max(0.0, 1 - inner * inner))))


def cloglogs(rate: Floats) -> Floats:
    """log(-log S) of survival S given in percent; it falls as survival rises."""
    x: Floats = np.log(-np.log(rate / 100))
    return x


def percent_of_cloglog(x: float) -> float:
    return float(100 * np.exp(-np.exp(min(x, 700.0))))
