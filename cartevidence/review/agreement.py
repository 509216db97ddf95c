"""How far the two of a pair agree: percent, Cohen's kappa, Gwet's AC1 with intervals, and F1 of what they added.

All are of the machine's facts, which both were shown, in three categories: accept, correct, reject. Intervals take
facts as independent; facts of one study are somewhat alike, so that true ones are a little wider.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cartevidence.compare.intervals import clopper_pearson, normal_quantile
from cartevidence.review.pairs import Both, Verdict, overlap

CATEGORIES = ("accept", "correct", "reject")
Table = Mapping[tuple[str, str], int]  # how often the first said the one, the second the other


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% interval: percent 0-100, or a coefficient up to 1. None where it is not defined."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How a pair, or several, agreed on some facts.

    `table` counts facts by the two verdicts. Of the facts that both corrected, `corrected_alike` got the same values.
    `added` are facts that the first, the second, and (of overlapping words and one type) both added; `span_f1` is
    their F1, and `added_alike` those with the same values too.
    """

    studies: int
    facts: int
    table: dict[tuple[str, str], int]
    percent: Estimate
    kappa: Estimate
    ac1: Estimate
    both_corrected: int
    corrected_alike: int
    added: tuple[int, int, int]
    added_alike: int
    span_f1: float | None


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """Agreement over all studies that both have finished, by type of fact, and by pair ('anna + ben')."""

    overall: Agreement
    by_type: dict[str, Agreement]
    by_pair: dict[str, Agreement]


def report(studies: Sequence[tuple[str, Sequence[Both]]]) -> AgreementReport:
    """The agreement of studies: of each the pair's name and its facts with what the two decided."""
    types = sorted({row.fact.type for _, rows in studies for row in rows})
    pairs = sorted({pair for pair, _ in studies})
    return AgreementReport(
        agreement([rows for _, rows in studies]),
        {kind: agreement([[row for row in rows if row.fact.type == kind] for _, rows in studies]) for kind in types},
        {pair: agreement([rows for name, rows in studies if name == pair]) for pair in pairs},
    )


def agreement(studies: Sequence[Sequence[Both]]) -> Agreement:
    """The agreement on some facts, given study by study; studies without any do not count."""
    studies = [rows for rows in studies if rows]
    rows = [row for study in studies for row in study]
    judged = [(row, row.first, row.second) for row in rows if row.found and row.first and row.second]
    table = Counter((verdict_of(first), verdict_of(second)) for _, first, second in judged)
    corrected = [row for row, first, second in judged if (verdict_of(first), verdict_of(second)) == ("correct",) * 2]
    added = [_added(study) for study in studies]
    first, second, both = (sum(counts) for counts in zip(*added, strict=True)) if added else (0, 0, 0)
    return Agreement(
        studies=len(studies),
        facts=len(judged),
        table=dict(table),
        percent=percent_agreement(table),
        kappa=cohen_kappa(table),
        ac1=gwet_ac1(table),
        both_corrected=len(corrected),
        corrected_alike=sum(row.alike for row in corrected),
        added=(first, second, both),
        added_alike=sum(row.alike for row in rows if not row.found),
        span_f1=2 * both / (first + second) if first + second else None,
    )


def verdict_of(verdict: Verdict) -> str:
    """accept, correct or reject, by where the decision leaves the machine's fact."""
    return "reject" if verdict.said is None else "accept" if verdict.said == verdict.shown else "correct"


def percent_agreement(table: Table) -> Estimate:
    """The share of facts in the same category, percent, with the exact interval of Clopper and Pearson."""
    total = sum(table.values())
    if not total:
        return Estimate(None)
    same = sum(n for (one, other), n in table.items() if one == other)
    low, high = clopper_pearson(same, total)
    return Estimate(100 * same / total, low, high)


def cohen_kappa(table: Table, categories: Sequence[str] = CATEGORIES) -> Estimate:
    """Agreement beyond that of two who judge by chance, each with their own frequencies of the categories.

    Cohen, Educ Psychol Meas 1960;20:37. The variance is that of Fleiss, Cohen and Everitt, Psychol Bull 1969;72:323
    (equation 13). Not defined where both put all facts into one category.
    """
    total = sum(table.values())
    if not total:
        return Estimate(None)
    share = _shares(table, categories)
    rows = {k: sum(share[k, other] for other in categories) for k in categories}
    columns = {k: sum(share[one, k] for one in categories) for k in categories}
    observed = sum(share[k, k] for k in categories)
    expected = sum(rows[k] * columns[k] for k in categories)
    if expected >= 1:
        return Estimate(None)
    kappa = (observed - expected) / (1 - expected)
    on = sum(share[k, k] * ((1 - expected) - (columns[k] + rows[k]) * (1 - observed)) ** 2 for k in categories)
    off = sum(share[i, j] * (columns[i] + rows[j]) ** 2 for i in categories for j in categories if i != j)
    rest = (observed * expected - 2 * expected + observed) ** 2
    variance = (on + (1 - observed) ** 2 * off - rest) / (total * (1 - expected) ** 4)
    return _with_interval(kappa, variance)


def gwet_ac1(table: Table, categories: Sequence[str] = CATEGORIES) -> Estimate:
    """Agreement beyond that by chance on hard cases; holds where nearly all facts fall into one category.

    Gwet, Br J Math Stat Psychol 2008;61:29, coefficient and variance (of a sample from very many facts).
    """
    total = sum(table.values())
    if not total:
        return Estimate(None)
    share, q = _shares(table, categories), len(categories)
    mean = {k: sum(share[k, other] + share[other, k] for other in categories) / 2 for k in categories}
    observed = sum(share[k, k] for k in categories)
    expected = sum(mean[k] * (1 - mean[k]) for k in categories) / (q - 1)
    ac1 = (observed - expected) / (1 - expected)
    on = sum(share[k, k] * (1 - mean[k]) for k in categories) / (q - 1) - observed * expected
    spread = sum(share[i, j] * (1 - (mean[i] + mean[j]) / 2) ** 2 for i in categories for j in categories)
    squares = spread / (q - 1) ** 2 - expected**2
    inside = observed * (1 - observed) - 4 * (1 - ac1) * on + 4 * (1 - ac1) ** 2 * squares
    return _with_interval(ac1, inside / (total * (1 - expected) ** 2))


def _shares(table: Table, categories: Sequence[str]) -> dict[tuple[str, str], float]:
    total = sum(table.values())
    return {(i, j): table.get((i, j), 0) / total for i in categories for j in categories}


def _with_interval(value: float, variance: float) -> Estimate:
    half = normal_quantile(95) * math.sqrt(max(variance, 0.0))
    return Estimate(value, max(-1.0, value - half), min(1.0, value + half))


def _added(study: Iterable[Both]) -> tuple[int, int, int]:
    """Of one study how many facts the first added, the second, and both: of one type, with overlapping words."""
    rows = [row for row in study if not row.found]
    alike = sum(row.first is not None and row.second is not None for row in rows)
    first = [row.fact for row in rows if row.second is None]
    second = [row.fact for row in rows if row.first is None]
    near, left = 0, list(second)
    for fact in first:
        mate = next((other for other in left if other.type == fact.type and overlap(fact, other)), None)
        if mate is not None:
            left.remove(mate)
            near += 1
    return len(first) + alike, len(second) + alike, near + alike
