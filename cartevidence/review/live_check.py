"""The arithmetic of a fact, checked while a curator types it, by the extractor's own rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cartevidence import wording
from extract.checks import check
from models.evidence import Cohort, Fact
from models.study import Study

# Checks of one fact against others of its study; the rest look at one fact alone.
BETWEEN_FACTS = ("cr_over_orr", "grade_over_any")


def failed_checks(fact: Fact, cohort: int | None, before: Fact | None = None) -> tuple[str, ...]:
    """Names of the checks that a fact fails; `cohort` is the largest number of patients of its study.

    What failed between facts stays failed until the percentage is another one than that of the fact `before`.
    """
    failed = check(fact.given(), cohort)
    same = before is not None and before.given().get("percent") == fact.given().get("percent")
    return (*failed, *(name for name in (before.checks if before and same else ()) if name in BETWEEN_FACTS))


def in_words(fact: Fact, names: Iterable[str]) -> tuple[str, ...]:
    """The failed checks as sentences for people."""
    return tuple(wording.check(fact, name) for name in names)


def largest_cohort(facts: Iterable[Fact], study: Study | None) -> int | None:
    """The largest number of patients that the study tells, against which denominators are checked."""
    sizes = [fact.n for fact in facts if isinstance(fact, Cohort)]
    sizes += [study.study_n] if study is not None and study.study_n is not None else []
    return max(sizes, default=None)


def live_check(fact: Fact, values: Mapping[str, Any], cohort: int | None) -> tuple[str, ...]:
    """What would not add up were the fact corrected to `values`, in words. Raises InvalidData naming the field."""
    from cartevidence.review.values import corrected

    changed = corrected(fact, values)
    return in_words(changed, failed_checks(changed, cohort, fact))
