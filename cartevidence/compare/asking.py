"""From the words that a person types to a Question, refusing what has no answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from cartevidence import filter_names, wording
from cartevidence.compare.question import (
    FEWEST_PATIENTS,
    STUDY_FILTERS,
    SURE_ENOUGH,
    By,
    Denominator,
    Inclusion,
    Link,
    Question,
    QuestionError,
)
from cartevidence.compare.results import Measure, Method
from db.query import Filters
from models.vocabulary import vocabulary

UNITS = {"d": "d", "day": "d", "wk": "wk", "w": "wk", "week": "wk", "mo": "mo", "m": "mo", "month": "mo",
         "y": "y", "yr": "y", "year": "y"}  # fmt: skip
TIME = re.compile(r"(\d+(?:\.\d+)?)[ -]?([a-z]+?)s?")
NAMED_TIME = re.compile(r"(day|week|month|year)[ -]?(\d+(?:\.\d+)?)")


def question(
    *,
    endpoint: str | Sequence[str] | None = None,
    event: str | None = None,
    grade: str | None = None,
    time: str | None = None,
    denominator: Denominator | None = None,
    group: str | None = None,
    min_n: int = FEWEST_PATIENTS,
    min_confidence: float = SURE_ENOUGH,
    curated: bool = False,
    include: Sequence[Inclusion] = (),
    link: Link = "all",
    by: By | None = None,
    method: Method = "glmm",
    pool: bool | None = None,
    **studies: str | None,
) -> tuple[Question, list[str]]:
    """The question, and notes on how names were taken. `studies`: target, disease, study_type, text, pmid.

    `pool` None pools proportions and not survival rates. Raises QuestionError for a name that is not known, for a
    question that mixes measures, and where nothing is asked for.
    """
    endpoints = (endpoint,) if isinstance(endpoint, str) else tuple(endpoint or ())
    unknown = set(studies) - set(STUDY_FILTERS)
    if unknown:
        raise QuestionError(f"Studies cannot be chosen by {', '.join(sorted(unknown))}; use {', '.join(STUDY_FILTERS)}")
    if bool(endpoints) == (event is not None):
        raise QuestionError("Say what to compare: an endpoint such as CR/CRi or OS, or an event such as CRS")
    named = tuple(dict.fromkeys(_known("endpoint", name) for name in endpoints))
    when = parse_time(time) if time else None
    measure = _measure(named, when)
    if grade is not None and event is None:
        raise QuestionError("A grade belongs to an event; name it, as in --event CRS --grade '>=3'")
    if measure == "median" and pool:
        raise QuestionError("Medians are never pooled; compare rates at one time instead, as in --time '1 y'")
    if measure != "proportion" and (denominator or method != "glmm"):
        raise QuestionError("Denominators and methods are of proportions; leave them out for survival")
    filters, notes = filter_names.canonical(studies)
    return Question(
        measure=measure,
        endpoints=named,
        event=None if event is None else _known("event", event),
        grade=None if event is None else _known("grade", grade or "any"),
        time=when,
        denominator=denominator,
        group=group,
        filters=Filters(**filters),
        min_n=min_n,
        min_confidence=min_confidence,
        curated=curated,
        include=frozenset(include),
        link=link,
        by=by,
        method=method,
        pool=measure == "proportion" if pool is None else pool,
    ), notes


def questions(
    *, endpoint: str | Sequence[str] | None = None, event: str | None = None, grade: str | None = None, **rest: Any
) -> list[tuple[Question, list[str]]]:
    """One question, or two where an endpoint and an event are asked for at once; see `question`."""
    if endpoint and event:
        return [question(endpoint=endpoint, **rest), question(event=event, grade=grade, **rest)]
    return [question(endpoint=endpoint, event=event, grade=grade, **rest)]


def parse_time(text: str) -> str:
    """'day 28', '28d', '12 months', '1-year' → '28 d', '28 d', '12 mo', '1 y'; 'best' stays. Raises QuestionError."""
    typed = text.strip().lower()
    if typed == "best":
        return typed
    named, plain = NAMED_TIME.fullmatch(typed), TIME.fullmatch(typed)
    number, unit = (named[2], named[1]) if named else (plain[1], plain[2]) if plain else ("", "")
    if unit not in UNITS:
        raise QuestionError(f"{text!r} is not a time; write a number and a unit, such as '30 d', '6 mo' or '1 y'")
    return f"{wording.number(float(number))} {UNITS[unit]}"


def _known(what: str, typed: str) -> str:
    names, doubts = filter_names.canonical({what: typed})
    if doubts and what == "endpoint" and vocabulary("events").canonical(typed):
        raise QuestionError(f"{typed!r} is an adverse event and no endpoint; ask for it as the event")
    if doubts:
        raise QuestionError(doubts[0].rstrip("."))
    return str(names[what])


def _measure(endpoints: Sequence[str], time: str | None) -> Measure:
    words = vocabulary("endpoints")
    kinds = {words.by_name[name].kind for name in endpoints}
    if kinds == {"survival"}:
        if time == "best":
            raise QuestionError("Survival has no best time; write one such as '1 y', or none for medians")
        return "median" if time is None else "rate"
    if "survival" in kinds:
        raise QuestionError("Response and survival are different measures; ask for them one after the other")
    return "proportion"
