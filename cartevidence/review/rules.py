"""Which rules of the extractor curators found wrong most often: decisions counted by rule and by type of fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cartevidence.compare.intervals import clopper_pearson
from models.evidence import EVIDENCE, Fact

VERDICTS = ("accepted", "corrected", "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Decisions on the facts of one type, or of one rule of it.

    `wrong` is the percent of decided facts that were corrected or rejected, with its exact 95% interval. `added` are
    facts that curators found and the extractor did not; no rule has them.
    """

    type: str
    rule: str | None
    decided: int
    accepted: int
    corrected: int
    rejected: int
    added: int = 0
    wrong: float | None
    wrong_low: float | None
    wrong_high: float | None


@dataclass(frozen=True, slots=True)
class RuleReport:
    """Counts by type in their usual order, and by rule, those that are surely wrong most often first."""

    types: tuple[Count, ...]
    rules: tuple[Count, ...]


def rule_report(judged: Iterable[tuple[Fact | None, Fact | None]]) -> RuleReport:
    """The counts of decisions: of each the machine's fact (None: added) and what it came to (None: rejected).

    Rules are put in order by the lower bound of the interval, so that one wrong fact of one does not come before 20
    of 40.
    """
    by_rule: Counter[tuple[str, str, str]] = Counter()
    added: Counter[str] = Counter()
    for machine, outcome in judged:
        if machine is not None:
            by_rule[machine.type, machine.rule, _verdict(machine, outcome)] += 1
        elif outcome is not None:
            added[outcome.type] += 1
    keys = sorted({(kind, rule) for kind, rule, _ in by_rule})
    rules = [_count(kind, rule, {v: by_rule[kind, rule, v] for v in VERDICTS}) for kind, rule in keys]
    rules.sort(key=lambda one: (-(one.wrong_low or 0), -(one.wrong or 0), -one.decided))
    types = []
    for kind in EVIDENCE:
        of_type = {v: sum(n for (k, _, verdict), n in by_rule.items() if (k, verdict) == (kind, v)) for v in VERDICTS}
        if sum(of_type.values()) or added[kind]:
            types.append(_count(kind, None, of_type, added[kind]))
    return RuleReport(tuple(types), tuple(rules))


def _verdict(machine: Fact, outcome: Fact | None) -> str:
    if outcome is None:
        return "rejected"
    same = outcome.values == machine.values and outcome.pooled == machine.pooled
    return "accepted" if same else "corrected"


def _count(kind: str, rule: str | None, verdicts: dict[str, int], added: int = 0) -> Count:
    decided = sum(verdicts.values())
    wrong = verdicts["corrected"] + verdicts["rejected"]
    low, high = clopper_pearson(wrong, decided) if decided else (None, None)
    return Count(
        type=kind, rule=rule, decided=decided, **verdicts, added=added,
        wrong=100 * wrong / decided if decided else None, wrong_low=low, wrong_high=high,
    )  # fmt: skip
