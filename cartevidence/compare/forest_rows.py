"""The lines of a forest plot, from top to bottom: what each says and what it draws. Nothing is placed or drawn yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypedDict

from cartevidence.compare import forest_words as words
from cartevidence.compare.results import Compared, Pooled, StudyRow, Subgroup

Kind = Literal["heading", "study", "pooled", "other method", "prediction", "said"]
Sized = Literal["weight", "patients", "equal"]
MOST = 400  # studies drawn: a longer page exceeds what PNG and PDF can hold
EQUAL = 0.35  # area of each square where neither weights nor patients are known
UNPLACED = "In no subgroup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. `at`, `low` and `high` are on the axis: percent, or months of medians; None draws nothing."""

    kind: Kind
    label: str
    marks: str = ""  # '*' has notes, '†' has other reports
    pmid: str = ""
    count: str = ""
    time: str = ""
    estimate: str = ""
    weight: str = ""
    at: float | None = None
    low: float | None = None
    high: float | None = None
    open_end: bool = False  # the interval has no upper end
    not_reached: bool = False
    area: float = 0.0  # of the square: a share of the largest one's; 0: not in the pooled estimate
    sized: Sized = "equal"  # what the area shows
    overall: bool = False  # of all studies rather than of a subgroup


def settled(compared: Compared) -> Compared:
    """The comparison as it is drawn.

    Every study is in a subgroup (one more for those in none) and has its weight; an estimate that stands with the
    only group is the one over all; beyond MOST studies the rest is cut.
    """
    subgroups = _complete(compared)
    pooled = compared.pooled
    if pooled is None and len(subgroups) == 1 and not subgroups[0].name:
        pooled = subgroups[0].pooled
    drawn = []
    room = MOST
    for group in (_weighed(group, compared.rows, pooled) for group in subgroups):
        rows = group.rows[:room]
        room -= len(rows)
        if rows or not group.rows:
            drawn.append(replace(group, rows=rows))
    return replace(compared, subgroups=tuple(drawn), pooled=pooled)


def rows_of(compared: Compared) -> list[StudyRow]:
    """The studies in the order of their lines."""
    return [row for group in compared.subgroups for row in group.rows]


def number(compared: Compared) -> int:
    """How many studies a comparison holds, with those that are not drawn."""
    return sum(len(group.rows) for group in _complete(compared))


def lines(compared: Compared) -> Iterator[Line]:
    """Of a settled comparison: each subgroup with its estimate, then the estimate over all, and by other methods."""
    rows = rows_of(compared)
    sized: Sized = (
        "weight" if any(row.weight for row in rows) else "patients" if all(r.total for r in rows) else "equal"
    )
    largest = max((_size(row, sized) for row in rows), default=1.0)
    for group in compared.subgroups:
        if group.name:
            yield Line(kind="heading", label=group.name)
        for row in group.rows:
            yield _study(row, _size(row, sized) / largest, sized)
        if group.name and group.pooled:
            yield from _estimate(group.pooled, f"Pooled, {words.studies(group.pooled.k)}", group.rows)
        elif group.name and group.name != UNPLACED and compared.measure != "median":
            yield Line(kind="said", label=words.not_pooled(group.why_not_pooled))
    if whole := compared.pooled:
        grouped = any(group.name for group in compared.subgroups)
        label = f"{'All' if grouped else 'Pooled,'} {words.studies(whole.k)}"
        yield from _estimate(whole, label, rows, overall=True)
    elif rows:
        why = compared.why_not_pooled or ("medians are not averaged" if compared.measure == "median" else "")
        yield Line(kind="said", label=words.not_pooled(why), overall=True)
    for other in compared.sensitivity:
        yield Line(kind="other method", label=words.SHORT[other.method], overall=True, **_interval(other))


def _study(row: StudyRow, area: float, sized: Sized) -> Line:
    return Line(
        kind="study",
        label=f"{row.label}, {row.group}" if row.group else row.label,
        marks=("*" if row.notes else "") + ("†" if row.reports else ""),
        pmid=row.pmid,
        count=words.count(row),
        time=row.time or "",
        estimate=words.study(row),
        weight="" if row.weight is None else words.weight(row.weight),
        at=row.value,
        low=row.ci_low,
        high=row.ci_high,
        open_end=row.measure == "median" and row.ci_low is not None and row.ci_high is None,
        not_reached=row.not_reached and row.value is None,
        area=area,
        sized=sized,
    )


def _estimate(pooled: Pooled, label: str, rows: Sequence[StudyRow], *, overall: bool = False) -> Iterator[Line]:
    count = f"{pooled.events}/{pooled.total}" if pooled.events is not None and pooled.total is not None else ""
    weights = [row.weight for row in rows if row.weight is not None]
    weight = words.weight(sum(weights)) if weights and len(weights) == pooled.k else ""
    yield Line(kind="pooled", label=label, count=count, weight=weight, overall=overall, **_interval(pooled))
    if pooled.prediction_low is not None and pooled.prediction_high is not None:
        yield Line(
            kind="prediction",
            label="Prediction interval",
            estimate=words.bracketed(pooled.prediction_low, pooled.prediction_high),
            low=pooled.prediction_low,
            high=pooled.prediction_high,
            overall=overall,
        )
    if said := words.heterogeneity(pooled):
        yield Line(kind="said", label=said, overall=overall)


class _Interval(TypedDict):
    estimate: str
    at: float
    low: float
    high: float


def _interval(pooled: Pooled) -> _Interval:
    return {"estimate": words.pooled(pooled), "at": pooled.estimate, "low": pooled.ci_low, "high": pooled.ci_high}


def _size(row: StudyRow, sized: Sized) -> float:
    if sized == "weight":
        return row.weight or 0.0
    return float(row.total or 0) if sized == "patients" else EQUAL


def _complete(compared: Compared) -> tuple[Subgroup, ...]:
    placed = {_key(row) for group in compared.subgroups for row in group.rows}
    rest = tuple(row for row in compared.rows if _key(row) not in placed)
    if not rest:
        return compared.subgroups
    return (*compared.subgroups, Subgroup(name=UNPLACED if compared.subgroups else "", rows=rest, pooled=None))


def _weighed(group: Subgroup, rows: Sequence[StudyRow], pooled: Pooled | None) -> Subgroup:
    """Each study with its weight in the estimate over all; where there is none, in its group's own."""
    known: dict[tuple[str, str], float] = {}
    of, estimate = (rows, pooled) if pooled else (group.rows, group.pooled)
    if estimate and len(estimate.weights) == len(of):
        known = {_key(row): weight for row, weight in zip(of, estimate.weights, strict=True)}
    return replace(
        group,
        rows=tuple(replace(row, weight=known.get(_key(row))) if row.weight is None else row for row in group.rows),
    )


def _key(row: StudyRow) -> tuple[str, str]:
    return row.pmid, row.fact
