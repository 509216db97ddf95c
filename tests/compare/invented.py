"""Comparisons of invented studies, of any size, with estimates put in by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scipy.stats import beta

from cartevidence.compare.results import Compared, Measure, Pooled, StudyRow, Subgroup

NAMES = (
    "Abel",
    "Brown",
    "Cordes",
    "Dumont",
    "Eriksen",
    "Fuentes",
    "Goto",
    "Huang",
    "Ivanova",
    "Jansen",
    "Kaya",
    "Lund",
)
COUNTS = (
    (24, 30),
    (18, 25),
    (41, 52),
    (120, 214),
    (9, 9),
    (31, 70),
    (0, 6),
    (16, 17),
    (77, 156),
    (5, 12),
    (52, 61),
    (33, 40),
)
CAVEAT = "Subgroups were not compared head-to-head: their patients and trials differ in more than the target."


def row(number: int, **given: object) -> StudyRow:
    """The `number`th invented study: a proportion with its Clopper-Pearson interval, unless told otherwise."""
    n, total = COUNTS[number % len(COUNTS)]
    low = 0.0 if n == 0 else 100 * float(beta.ppf(0.025, n, total - n + 1))
    high = 100.0 if n == total else 100 * float(beta.ppf(0.975, n + 1, total - n))
    year = 2015 + number % 11
    figures: dict[str, object] = {
        "pmid": str(90000001 + number),
        "label": f"{NAMES[number % len(NAMES)]} {year}",
        "year": year,
        "title": "An invented study",
        "study_type": "prospective_trial",
        "targets": ("CD19",),
        "diseases": ("B-ALL",),
        "products": (),
        "nct": (),
        "measure": "proportion",
        "name": "CR/CRi",
        "time": None,
        "group": None,
        "n": n,
        "total": total,
        "denominator": "treated",
        "value": 100 * n / total,
        "ci_low": low,
        "ci_high": high,
        "interval": "Clopper-Pearson",
        "fact": f"f{number}",
        "quote": f"{n} of {total} patients",
        "section": "abstract",
        "start": 0,
        "end": 9,
        "confidence": 0.95,
        "status": "unreviewed",
    }
    return StudyRow(**{**figures, **given})  # type: ignore[arg-type]


def rate(number: int, **given: object) -> StudyRow:
    """A 1-year survival rate with its interval as printed."""
    value = 40.0 + 7 * (number % 7)
    printed = {"measure": "rate", "name": "OS", "time": "1 y", "n": None, "value": value, "ci_low": value - 12.4}
    return row(number, **{**printed, "ci_high": value + 9.8, "interval": "as printed", **given})


def median(number: int, **given: object) -> StudyRow:
    """A median survival in months with its interval as printed."""
    value = 6.3 + 2.1 * (number % 6)
    printed = {"measure": "median", "name": "PFS", "time": None, "n": None, "value": value, "ci_low": value - 3}
    return row(number, **{**printed, "ci_high": value + 5.5, "interval": "as printed", **given})


def pooled(rows: Sequence[StudyRow], **given: object) -> Pooled:
    """A plausible estimate of the rows, weighted by their patients; not computed by any method."""
    total = sum(row.total or 0 for row in rows)
    value = sum((row.value or 0) * (row.total or 0) for row in rows) / total
    counted = all(row.n is not None for row in rows)
    figures: dict[str, object] = {
        "method": "glmm",
        "k": len(rows),
        "events": sum(row.n or 0 for row in rows) if counted else None,
        "total": total if counted else None,
        "estimate": value,
        "ci_low": value - 6.2,
        "ci_high": value + 5.4,
        "prediction_low": max(0.0, value - 31),
        "prediction_high": min(100.0, value + 22),
        "tau2": 0.4237,
        "i2": 63.2,
        "q": 37.84,
        "q_df": len(rows) - 1,
        "q_p": 0.0004,
        "weights": tuple(100 * (row.total or 0) / total for row in rows),
    }
    return Pooled(**{**figures, **given})  # type: ignore[arg-type]


def compared(
    rows: Sequence[StudyRow],
    *,
    title: str = "CR/CRi",
    groups: Sequence[str] = (),
    measure: Measure = "proportion",
    **given: object,
) -> Compared:
    """A comparison of the rows, pooled from 3 studies on; with `groups` the rows are dealt out to them in turn."""

    def pool(of: Sequence[StudyRow]) -> Pooled | None:
        return pooled(of) if len(of) >= 3 and measure != "median" else None

    whole = pool(rows)
    if whole:
        rows = [replace(row, weight=weight) for row, weight in zip(rows, whole.weights, strict=True)]
    why = "" if whole else "medians are not pooled" if measure == "median" else "under 3 studies"
    dealt = [tuple(rows[start :: len(groups)]) for start in range(len(groups))] if groups else [tuple(rows)]
    subgroups = tuple(
        Subgroup(name=name, rows=part, pooled=pool(part), why_not_pooled="" if pool(part) else "under 3 studies")
        for name, part in zip(groups or [""], dealt, strict=True)
    )
    told: dict[str, object] = {
        "asked": {"endpoint": title, "target": "CD19", "disease": "B-ALL"},
        "by": "target" if groups else None,
        "pooled": whole,
        "why_not_pooled": why,
        "sensitivity": (pooled(rows, method="freeman-tukey", weights=()),) if whole and measure == "proportion" else (),
        "caveats": (CAVEAT,) if groups else (),
    }
    return Compared(title=title, measure=measure, rows=tuple(rows), subgroups=subgroups, **{**told, **given})  # type: ignore[arg-type]
