"""Time points as lengths of time, and when two of them are the same."""

from __future__ import annotations

DAYS = {"d": 1.0, "wk": 7.0, "mo": 30.4375, "y": 365.25}
# Day 28, week 4, day 30 and month 1 are one visit; 6 and 7 months are not.
RESPONSE_TOLERANCE = 0.1
# Survival falls with time: only other names of the same time (52 weeks, 12 months, 1 year) are the same.
SURVIVAL_TOLERANCE = 0.025


def days(time: str | None) -> float | None:
    """'30 d' → 30.0, '1 y' → 365.25; None for 'best' and for no time."""
    if time is None or time == "best":
        return None
    number, unit = time.split()
    return float(number) * DAYS[unit]


def months(value: float, unit: str | None) -> float:
    """A length in `unit` (months if None) as months of 30.4375 days."""
    return value * DAYS[unit or "mo"] / DAYS["mo"]


def same_time(time: str | None, asked: str, tolerance: float) -> bool:
    """Whether two time points are the same; `tolerance` is a share of the longer one."""
    one, other = days(time), days(asked)
    if one is None or other is None:
        return asked == "best" and one is None
    return abs(one - other) <= tolerance * max(one, other) + 1e-9
