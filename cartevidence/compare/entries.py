"""A study with the figure that was chosen for it, on its way from the database to a row of the comparison."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from cartevidence.compare import trials
from cartevidence.compare.choosing import Figure
from cartevidence.compare.question import Question
from cartevidence.compare.results import StudyRow
from cartevidence.compare.times import months
from db.comparing import Details, Head
from models.names import label

NOTICES = {"expression_of_concern_in": "expression of concern published", "erratum_in": "erratum published"}


class Entry(NamedTuple):
    """What is known of a study that may be compared."""

    head: Head
    details: Details
    figure: Figure

    @property
    def called(self) -> str:
        """'Muster 2020'."""
        return label(self.details.authors, self.head.year, self.head.pmid)

    @property
    def patients(self) -> int | None:
        """N of the figure, else the study's."""
        count = self.figure.counted
        return count.total if count is not None else self.head.study_n

    def report(self) -> trials.Report:
        """What tells whose patients the study reports."""
        head, details = self.head, self.details
        return trials.Report(
            pmid=head.pmid,
            year=head.year,
            patients=self.patients,
            nct=frozenset(details.nct),
            authors=tuple(map(trials.person, details.authors)),
            centres=trials.centres(details.affiliation),
            products=frozenset(details.products),
            targets=names_of(head.targets),
            diseases=names_of(head.diseases),
        )


def row(
    question: Question,
    entry: Entry,
    *,
    weight: float | None = None,
    exact: tuple[float, float] | None = None,
    notes: Sequence[str] = (),
    reports: Sequence[StudyRow] = (),
) -> StudyRow:
    """The entry as a row; `exact` is its Clopper-Pearson interval, `notes` what pooling has to say of it."""
    head, details, figure = entry
    printed, count = figure.printed, figure.counted
    value, low, high = printed.value, printed.ci_low, printed.ci_high
    if question.measure == "median":
        value, low, high = (None if x is None else months(x, printed.unit) for x in (value, low, high))
    if count is not None:
        value = 100 * count.n / count.total
        low, high = exact if exact is not None else (None, None)
    return StudyRow(
        pmid=head.pmid,
        label=entry.called,
        year=head.year,
        title=details.title,
        study_type=head.study_type or "",
        targets=tuple_of(head.targets),
        diseases=tuple_of(head.diseases),
        products=details.products,
        nct=details.nct,
        measure=question.measure,
        name=question.name if question.event is not None else printed.endpoint or "",
        time=printed.time,
        group=printed.group,
        n=None if count is None else count.n,
        total=None if count is None else count.total,
        denominator=None if count is None else count.denominator,
        value=value,
        ci_low=low,
        ci_high=high,
        interval=None if low is None and high is None else "as printed" if count is None else "Clopper-Pearson",
        not_reached=bool(printed.not_reached),
        fact=printed.id,
        quote=printed.quote,
        section=printed.section,
        start=printed.start,
        end=printed.end,
        confidence=printed.confidence,
        status=printed.status,
        notes=(*figure.notes, *(NOTICES[kind] for kind in details.notices if kind in NOTICES), *notes),
        weight=weight,
        reports=tuple(reports),
    )


@cache
def tuple_of(value: str | None) -> tuple[str, ...]:
    """A JSON list of names, of which a database has few different ones."""
    return tuple(json.loads(value)) if value else ()


@cache
def names_of(value: str | None) -> frozenset[str]:
    """The same as a set."""
    return frozenset(tuple_of(value))
