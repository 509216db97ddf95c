"""Facts, checks and changes in words a clinician reads at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.evidence import CHECKS, Cohort, Fact, FollowUp, Procedure, Proportion, Response, Survival, Toxicity

TYPE_COLOURS: Mapping[str, str] = {
    "cohort": "cyan",
    "response": "green",
    "survival": "blue",
    "toxicity": "red",
    "followup": "magenta",
    "procedure": "yellow",
}
UNITS = {"d": "days", "wk": "weeks", "mo": "months", "y": "years"}


def number(value: float | None) -> str:
    """A number as it is printed in papers: 80, 70.5, never 80.0."""
    return "" if value is None else f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"


def interval(low: float | None, high: float | None, level: float | None = None) -> str:
    """'95% CI 44.2-99'; an open end is 'not reached'; nothing where no interval is given."""
    if low is None and high is None:
        return ""
    ends = "-".join("not reached" if end is None else number(end) for end in (low, high))
    return f"{number(level or 95)}% CI {ends}"


def count(fact: Proportion) -> str:
    """'24/30 (80%)' with what the text gives of it: '24', '80%', '80% of 30', 'most', 'none'."""
    percent = None if fact.percent is None else f"{number(fact.percent)}%"
    if fact.n is not None and fact.total is not None:
        return f"{fact.n}/{fact.total}" + (f" ({percent})" if percent else "")
    if fact.n is not None:
        return f"{fact.n}" + (f" ({percent})" if percent else "")
    if percent:
        return percent + (f" of {fact.total}" if fact.total is not None else "")
    if fact.absent:
        return "none"
    return fact.qualifier or ("stated" if fact.total is None else f"of {fact.total}")


def survival_value(fact: Survival) -> str:
    """'71.6% at 1 y', 'median 12.9 months', 'median not reached', 'HR 0.44'."""
    if fact.measure == "rate":
        return (f"{number(fact.value)}%" if fact.value is not None else "") + (f" at {fact.time}" if fact.time else "")
    if fact.measure == "hr":
        return f"HR {number(fact.value)}"
    if fact.not_reached:
        return "median not reached"
    return f"median {number(fact.value)} {UNITS.get(fact.unit or '', '')}".rstrip()


def subject(fact: Fact) -> str:
    """What is measured: 'CR/CRi', 'CRS grade >=3', 'OS', 'enrolled'."""
    match fact:
        case Cohort():
            return fact.role
        case Response():
            return fact.endpoint
        case Survival():
            return fact.endpoint
        case Toxicity():
            return fact.event if fact.grade == "any" else f"{fact.event} {grade(fact.grade)}"
        case Procedure():
            return fact.name
    return "follow-up"


def grade(text: str) -> str:
    """'grade >=3' or, for a word, the word: 'mild'."""
    return f"grade {text}" if text[0] in "12345>" else text


def value(fact: Fact) -> str:
    """The figures of a fact: '24/30 (80%, 95% CI 61-92)'."""
    match fact:
        case Cohort():
            return plural(fact.n, "patient")
        case Survival():
            figure, bounds = survival_value(fact), interval(fact.ci_low, fact.ci_high, fact.ci_level)
            return figure + (f" ({bounds})" if bounds else "")
        case FollowUp():
            spread = (
                f" ({number(fact.low)}-{number(fact.high)})" if fact.low is not None or fact.high is not None else ""
            )
            return f"{number(fact.value)}{spread} {UNITS.get(fact.unit or '', '')}".strip()
        case Proportion():
            figure, bounds = count(fact), interval(fact.ci_low, fact.ci_high, fact.ci_level)
            if bounds and figure.endswith(")"):
                return f"{figure[:-1]}, {bounds})"
            return figure + (f" ({bounds})" if bounds else "")
    return ""


def sentence(fact: Fact) -> str:
    """A whole fact on one line: 'CR/CRi 24/30 (80%) at 30 d [all enrolled]'."""
    when = fact.time if isinstance(fact, Proportion) else None
    parts = [subject(fact), value(fact)]
    if when:
        parts.append("(best)" if when == "best" else f"at {when}")
    if fact.group:
        parts.append(f"[{fact.group}]")
    if fact.pooled:
        parts.append("[pooled]")
    return " ".join(part for part in parts if part)


def check(fact: Fact, code: str) -> str:
    """A failed arithmetic check in words, with the figure that would agree where it can be computed."""
    name = subject(fact)
    if code == "percent_mismatch" and isinstance(fact, Proportion) and fact.percent is not None and fact.total:
        n = fact.n if fact.n is not None else round(fact.percent * fact.total / 100)
        return (
            f"{name} {number(fact.percent)}% of {fact.total}: "
            f"{n}/{fact.total} would be {100 * n / fact.total:.{decimals(fact.percent)}f}%"
        )
    return f"{name} {value(fact)}: {CHECKS.get(code, code.replace('_', ' '))}"


def decimals(percent: float) -> int:
    """How many decimals to show beside a printed percent (at least one)."""
    return max(1, len(number(percent).partition(".")[2]))


def listing(items: Sequence[object], *, most: int = 5) -> str:
    """'a, b, c and 12 more'."""
    shown = ", ".join(str(item) for item in items[:most])
    return shown + (f" and {len(items) - most} more" if len(items) > most else "")


def plural(n: int, noun: str, nouns: str | None = None) -> str:
    """'1 record', '2 records', '1,204 studies'."""
    return f"{n:,} {noun if n == 1 else nouns or noun + 's'}"


def joined(values: Mapping[str, Any]) -> str:
    """Counts by name in one line: '3 cohort, 5 response'; names with nothing are left out."""
    return ", ".join(f"{n:,} {name}" for name, n in values.items() if n)
