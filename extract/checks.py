"""Checks: the arithmetic a careful reviewer does in the head. Values are never changed, only flagged."""

from __future__ import annotations

from typing import Any


def check(values: dict[str, Any], cohort: int | None) -> list[str]:
    """Names of the checks that one fact fails; `cohort` is the largest cohort of the study."""
    failed = []
    n, total, percent = values.get("n"), values.get("total"), values.get("percent")
    estimate = percent if percent is not None else values.get("value")
    low, high = values.get("ci_low"), values.get("ci_high")
    if n is not None and total is not None and n > total:
        failed.append("n_over_total")
    if percent is not None and percent > 100:
        failed.append("percent_over_100")
    if n is not None and total and percent is not None and n <= total and not same_percent(n, total, percent):
        failed.append("percent_mismatch")
    if low is not None and high is not None and low > high:
        failed.append("interval_order")
    elif estimate is not None and ((low is not None and estimate < low) or (high is not None and estimate > high)):
        failed.append("outside_interval")
    if total is not None and cohort is not None and total > cohort:
        failed.append("total_over_cohort")
    return failed


def same_percent(n: float, total: float, percent: float) -> bool:
    """Whether n/total rounds (or is cut) to the printed percent, at the precision it was printed with."""
    exact = 100 * n / total
    text = f"{percent:.10g}"
    digits = len(text.split(".")[1]) if "." in text else 0
    step = 10.0**-digits
    return abs(exact - percent) <= 0.5 * step + 1e-9


def check_study(facts: list[dict[str, Any]]) -> None:
    """Checks between facts of one study, added to each fact's 'checks' in place."""

    def comparable(a: dict[str, Any], b: dict[str, Any]) -> bool:
        """Of the same patients: named alike, and each the only figure of its kind in the sentence."""
        alone = all(sum(same(f, g) for g in facts) == 1 for f in (a, b))
        return alone and all(a.get(k) == b.get(k) for k in ("group", "time", "total"))

    def same(f: dict[str, Any], g: dict[str, Any]) -> bool:
        return all(f.get(k) == g.get(k) for k in ("type", "endpoint", "event", "grade", "at"))

    for kind, key, small, large, name in (
        ("response", "endpoint", ("CR", "CR/sCR", "sCR"), ("ORR",), "cr_over_orr"),
        ("toxicity", "grade", (">=3", "3-4", "severe", ">=4"), ("any",), "grade_over_any"),
    ):
        rows = [f for f in facts if f["type"] == kind and f.get("percent") is not None]
        for a in rows:
            if a.get(key) not in small or name in a["checks"]:
                continue
            for b in rows:
                if (
                    b.get(key) in large
                    and comparable(a, b)
                    and a.get("event") == b.get("event")
                    and a["percent"] > b["percent"]
                    and a["at"] == b["at"]
                ):
                    a["checks"].append(name)
                    break
