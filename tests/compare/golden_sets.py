"""What metafor made of the sets in golden/make.R."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "golden" / "metafor.json").read_text())
COUNTS: dict[str, dict[str, Any]] = {row["name"]: row for row in GOLDEN["counts"]}
RATES: dict[str, dict[str, Any]] = {row["name"]: row for row in GOLDEN["rates"]}


def counts_of(name: str) -> list[tuple[int, int]]:
    return list(zip(COUNTS[name]["n"], COUNTS[name]["total"], strict=True))


def rates_of(name: str) -> list[tuple[float, float, float]]:
    row = RATES[name]
    return list(zip(row["rate"], row["low"], row["high"], strict=True))
