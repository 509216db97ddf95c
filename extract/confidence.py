"""Confidence: how often facts found like this one were right on annotated abstracts.

A logistic model over a few signs that a reviewer would go by too: the rule that found the fact, whether its
figures agree with each other, how crowded its sentence is. The weights stand in `weights/confidence.toml`; they are
fitted by `benchmarks/calibrate.py`, and `docs/accuracy.md` shows how well they hold.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from extract.checks import same_percent

WEIGHTS = Path(__file__).parent / "weights" / "confidence.toml"


@lru_cache(maxsize=1)
def weights() -> dict[str, float]:
    """The weight of each sign; 'bias' is the starting point."""
    return {name: float(value) for name, value in tomllib.loads(WEIGHTS.read_text(encoding="utf-8"))["weights"].items()}


def signs(fact: Mapping[str, Any]) -> list[str]:
    """The signs of a fact: fields of a draft, with 'crowd' (values linked in its sentence) and 'checks'."""
    kind, rule = fact["type"], fact["rule"]
    found = [f"type {kind}", f"rule {kind} {rule}"]
    n, total, percent = fact.get("n"), fact.get("total"), fact.get("percent")
    estimate = percent if percent is not None else fact.get("value")
    inferred = "total" in fact.get("inferred", ())
    if fact["checks"]:
        found.append("a check failed")
    elif n is not None and total and percent is not None and same_percent(n, total, percent):
        found.append("n/N is the percent, N inferred" if inferred else "n/N is the percent")
    elif fact.get("ci_low") is not None and estimate is not None:
        found.append("estimate inside its interval")
    elif kind != "cohort":
        if percent is not None and n is None:
            found.append("percent alone")
        elif n is not None and percent is None:
            found.append("count with N" if total and not inferred else "count alone")
    if n is not None and n <= 5 and percent is None and kind != "cohort":
        found.append("small count")
    crowd = fact.get("crowd", 1)
    found.append("sentence with one value" if crowd <= 1 else "crowded sentence" if crowd > 4 else "few values")
    if kind == "toxicity":
        found.append(
            f"event {fact['event']}"
            if fact["event"] in ("CRS", "neurotoxicity", "death", "infection")
            else "other event"
        )
        if fact.get("grade", "any") != "any":
            found.append("graded")
    if kind == "response":
        found.append(f"endpoint {fact['endpoint']}")
    if kind == "survival" and fact["measure"] == "rate":
        found.append("rate at a time" if fact.get("time") else "rate without time")
    if kind == "cohort":
        found.append(f"role {fact['role']}")
    return found


def confidence(fact: Mapping[str, Any]) -> float:
    """Between 0 and 1, three decimals."""
    table = weights()
    total = table["bias"] + sum(table.get(sign, 0.0) for sign in signs(fact))
    return round(1 / (1 + math.exp(-total)), 3)
