"""Intervals of proportions, and the quantiles that intervals are made with."""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import NDArray

from models.errors import CannotPool

Floats = NDArray[np.float64]


@overload
def clopper_pearson(n: int, total: int, level: float = 95.0) -> tuple[float, float]: ...
@overload
def clopper_pearson(n: NDArray[np.int64], total: NDArray[np.int64], level: float = 95.0) -> tuple[Floats, Floats]: ...
def clopper_pearson(
    n: int | NDArray[np.int64], total: int | NDArray[np.int64], level: float = 95.0
) -> tuple[float, float] | tuple[Floats, Floats]:
    """Exact interval of n of total, in percent; of arrays of counts, two arrays of bounds.

    Clopper and Pearson, Biometrika 1934;26:404: the bounds are quantiles of beta distributions. `level` is percent.
    Raises CannotPool where a count is not between 0 and its total.
    """
    from scipy.special import betaincinv

    k, size = np.asarray(n, dtype=float), np.asarray(total, dtype=float)
    if not np.all((k >= 0) & (k <= size) & (size >= 1)):
        raise CannotPool("An interval needs a number of patients between 0 and a total of at least 1.")
    tail = (1 - _share(level)) / 2
    # The bound at 0 or at 100% is fixed; the counts put in there only keep the quantile defined.
    low = np.where(k == 0, 0.0, 100 * betaincinv(np.maximum(k, 1), size - np.maximum(k, 1) + 1, tail))
    below = np.minimum(k, size - 1)
    high = np.where(k == size, 100.0, 100 * betaincinv(below + 1, size - below, 1 - tail))
    return (float(low), float(high)) if low.ndim == 0 else (low, high)


def normal_quantile(level: float) -> float:
    """How many standard errors a two-sided interval of `level` percent reaches: 1.96 for 95."""
    from scipy.special import ndtri

    return float(ndtri((1 + _share(level)) / 2))


def t_quantile(level: float, df: int) -> float:
    """The same by Student's t with `df` degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + _share(level)) / 2))


def chi2_p(q: float, df: int) -> float:
    """The chance of a chi-squared of `df` degrees of freedom above `q`."""
    from scipy.special import chdtrc

    return float(chdtrc(df, q))


def _share(level: float) -> float:
    if not 0 < level < 100:
        raise CannotPool(f"The level of an interval is between 0 and 100 percent, not {level:g}.")
    return level / 100
