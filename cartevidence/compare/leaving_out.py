"""Which studies do not count, whatever their figures: one rule a reason, the first that applies is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cartevidence import wording
from cartevidence.compare.question import Question
from db.comparing import Head

# The kinds of papers that report no patients of their own, and single cases.
KINDS = {
    "review": "a review",
    "meta_analysis": "a meta-analysis, whose patients other papers report",
    "preclinical": "preclinical",
    "cost_effectiveness": "a cost-effectiveness analysis",
}


def _not_read(_: Question, head: Head) -> str | None:
    return "not read by the extractor so far; run cartevidence extract" if head.study_type is None else None


def _retracted(question: Question, head: Head) -> str | None:
    return "retracted" if head.retracted and "retracted" not in question.include else None


def _kind(question: Question, head: Head) -> str | None:
    return KINDS.get(head.study_type or "") if head.study_type not in question.include else None


def _case_report(question: Question, head: Head) -> str | None:
    if head.study_type == "case_report" and (head.study_n or 1) < question.min_n:
        return f"a case report of {wording.plural(head.study_n, 'patient') if head.study_n else 'few patients'}"
    return None


RULES: Mapping[str, Callable[[Question, Head], str | None]] = {
    "not_extracted": _not_read,
    "retracted": _retracted,
    "kind_of_paper": _kind,
    "case_report": _case_report,
}

# All rules in the order in which they are asked, in words for the account.
IN_WORDS = {
    "not_extracted": "not read by the extractor so far",
    "retracted": "retracted",
    "kind_of_paper": "reviews, meta-analyses, preclinical or cost papers",
    "case_report": "case reports",
    "not_in_abstract": "the abstract does not give the figure",
    "other_grade": "of another grade only",
    "pooled_by_paper": "pooled over other studies by the paper",
    "groups_only": "of groups only, not of the whole cohort",
    "other_time": "at other times only",
    "not_confirmed": "low confidence and not confirmed by a curator",
    "impossible": "figures that cannot be",
    "no_numbers": "without the numbers needed",
    "other_denominator": "of another denominator",
    "several_figures": "several figures, of groups that are not told apart",
    "some_patients": "of a part of the patients that is not named",
    "in_words": "only in words, without a number of patients",
    "several_arms": "of one of several arms, not told of which",
    "few_patients": "too few patients",
    "same_trial": "another report of a trial that is in",
    "several_trials": "takes in trials that are in by their own reports",
}


def left_out(question: Question, head: Head) -> tuple[str, str] | None:
    """The rule by which a study does not count, and the reason in words; None where it counts."""
    for name, rule in RULES.items():
        reason = rule(question, head)
        if reason is not None:
            return name, reason
    return None
