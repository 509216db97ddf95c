"""One row a study with its key figures: what a reviewer writes into the first evidence table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cartevidence import wording
from models.evidence import Fact, Proportion, Response, Survival, Toxicity
from models.key_figures import COMPLETE, MRD_NEGATIVE, ONE_YEAR, OVERALL, OVERALL_SURVIVAL, SEVERE
from models.record import Record
from models.study import Study

F = TypeVar("F", bound=Fact)
SHORT_TYPES = {
    "prospective_trial": "trial",
    "real_world": "real-world",
    "meta_analysis": "meta-analysis",
    "case_report": "case report",
    "cost_effectiveness": "cost",
}


@dataclass(frozen=True)
class StudyEvidence:
    """A record with what was found in it."""

    record: Record
    study: Study | None
    facts: tuple[Fact, ...]

    @property
    def own(self) -> tuple[Fact, ...]:
        """Its facts without what it cites as pooled over other studies; a meta-analysis' result is its own."""
        pools = self.study is not None and self.study.study_type == "meta_analysis"
        return self.facts if pools else tuple(fact for fact in self.facts if not fact.pooled)


@dataclass(frozen=True)
class Column:
    """A heading and the text of its cell for a study ('' where the abstract gives nothing)."""

    heading: str
    cell: Callable[[StudyEvidence], str]


def response(heading: str, endpoints: Sequence[str]) -> Column:
    """The column of the first of `endpoints` that is reported; its name is added where it is not the heading."""

    def cell(evidence: StudyEvidence) -> str:
        for endpoint in endpoints:
            found = [f for f in evidence.own if isinstance(f, Response) and f.endpoint == endpoint]
            if found:
                return _named(wording.count(_foremost(found)), endpoint, heading)
        return ""

    return Column(heading, cell)


def survival(heading: str, endpoints: Sequence[str]) -> Column:
    """The 1-year rate, else another rate, else the median of the first of `endpoints` that is reported."""

    def cell(evidence: StudyEvidence) -> str:
        for endpoint in endpoints:
            found = [f for f in evidence.own if isinstance(f, Survival) and f.endpoint == endpoint]
            for preferred in (
                [f for f in found if f.measure == "rate" and f.time in ONE_YEAR],
                [f for f in found if f.measure == "rate"],
                [f for f in found if f.measure == "median"],
            ):
                if preferred:
                    return _named(_short(_foremost(preferred)), endpoint, heading)
        return ""

    return Column(heading, cell)


def toxicity(heading: str, event: str, grades: Sequence[str]) -> Column:
    """The column of an event at the first of `grades` that is reported."""

    def cell(evidence: StudyEvidence) -> str:
        for grade in grades:
            found = [f for f in evidence.own if isinstance(f, Toxicity) and f.event == event and f.grade == grade]
            if found:
                shown = wording.count(_foremost(found))
                return shown if grade == grades[0] else f"{shown} {wording.grade(grade).replace('grade', 'gr')}"
        return ""

    return Column(heading, cell)


COLUMNS: tuple[Column, ...] = (
    Column("PMID", lambda e: e.record.pmid),
    Column("Year", lambda e: str(e.record.year or "")),
    Column("Target", lambda e: ", ".join(e.study.targets) if e.study else ""),
    Column("Disease", lambda e: ", ".join(e.study.diseases) if e.study else ""),
    Column("Type", lambda e: SHORT_TYPES.get(e.study.study_type, e.study.study_type) if e.study else ""),
    Column("N", lambda e: str(e.study.study_n or "") if e.study else ""),
    response("CR/CRi", COMPLETE),
    response("ORR", OVERALL),
    response("MRD-", MRD_NEGATIVE),
    survival("OS", OVERALL_SURVIVAL),
    survival("PFS", ("PFS", "EFS", "LFS", "RFS", "DFS")),
    toxicity("CRS", "CRS", ("any", "mild")),
    toxicity("CRS ≥3", "CRS", SEVERE),
    toxicity("ICANS ≥3", "neurotoxicity", SEVERE),
)
# Left out first on a narrow terminal; what remains is who, how many, response, survival and severe toxicity.
EXPENDABLE = ("Year", "CRS", "Type", "MRD-", "PFS", "Disease", "Target", "ORR", "ICANS ≥3", "CRS ≥3", "OS")


def rows(studies: Iterable[StudyEvidence]) -> tuple[list[str], list[list[str]]]:
    """Headings and cells, without the columns in which no study has anything."""
    cells = [[column.cell(study) for column in COLUMNS] for study in studies]
    kept = [i for i in range(len(COLUMNS)) if i == 0 or any(row[i] for row in cells)]
    return [COLUMNS[i].heading for i in kept], [[row[i] for i in kept] for row in cells]


def _foremost(facts: Sequence[F]) -> F:
    """The figure of the whole cohort with the fullest numbers; of several the first one, abstract before title."""

    def rank(fact: F) -> tuple[bool, int, bool, int]:
        given = 0
        if isinstance(fact, Proportion):
            given = sum(part is not None for part in (fact.n, fact.total, fact.percent))
        return fact.group is not None, -given, fact.section == "TITLE", fact.start

    return min(facts, key=rank)


def _short(fact: Survival) -> str:
    """'76.5% 1 y' or 'median 12.6 mo'."""
    if fact.measure == "rate":
        return f"{wording.number(fact.value)}% {fact.time or ''}".strip()
    return (
        "median not reached" if fact.not_reached else f"median {wording.number(fact.value)} {fact.unit or ''}".strip()
    )


def _named(cell: str, name: str, heading: str) -> str:
    return cell if name == heading else f"{cell} {name}"
