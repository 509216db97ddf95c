"""Papers that report the same patients: reports of one trial.

Two papers are linked where they share a trial registration, or where they look alike: the same antigens, a shared
disease, products that do not differ, many of the same authors, and a cohort that grew (or stayed) over the years.
Two different registrations are two trials, however much else is alike. A paper over several registered trials
(a pooled analysis) is linked only to one over the very same; see `overlaps`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from cartevidence.compare.question import Link

YEARS_APART = 8
SHARED_AUTHORS = 3  # at least, and of the shorter list of authors at least the share below
SHARE = 0.5
SHARE_AT_ONE_CENTRE = 0.3
CROWDED = 200  # an author of more papers than this tells nothing: a common name
INSTITUTION = re.compile(r"universit|hospital|institut|cent(?:er|re)|college|clinic|school|academy", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Report:
    """What tells whose patients a paper reports."""

    pmid: str
    year: int | None
    patients: int | None
    nct: frozenset[str]
    authors: tuple[str, ...]
    centres: frozenset[str]
    products: frozenset[str]
    targets: frozenset[str]
    diseases: frozenset[str]


@cache
def centres(affiliation: str | None) -> frozenset[str]:
    """Names of institutions in an affiliation, in lower case."""
    pieces = (piece.strip().casefold() for piece in (affiliation or "").split(","))
    return frozenset(piece for piece in pieces if INSTITUTION.search(piece))


def person(name: str) -> str:
    """A name whichever way round it is written: 'Muster Eva M' and 'Eva M Muster' are one."""
    return " ".join(sorted(word for word in name.casefold().replace(",", " ").split() if len(word) > 1))


def link(reports: Sequence[Report], how: Link = "all") -> list[list[int]]:
    """Groups of indices of `reports`, one a trial, in the order of their first report."""
    group = list(range(len(reports)))

    def first(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    # A group stands for at most one registration, so that a paper without one cannot tie two trials together.
    trial = [next(iter(report.nct)) if len(report.nct) == 1 else None for report in reports]
    for i, j in _pairs(reports, how):
        a, b = sorted((first(i), first(j)))
        if a != b and not (trial[a] and trial[b] and trial[a] != trial[b]):
            group[b] = a
            trial[a] = trial[a] or trial[b]
    groups: dict[int, list[int]] = defaultdict(list)
    for i in range(len(reports)):
        groups[first(i)].append(i)
    return list(groups.values())


def _pairs(reports: Sequence[Report], how: Link) -> Iterator[tuple[int, int]]:
    """The pairs that report one trial: by registration first, then those that look alike."""
    if how == "none":
        return
    registered: dict[frozenset[str], int] = {}
    for i, report in enumerate(reports):
        if report.nct in registered:
            yield registered[report.nct], i
        elif report.nct:
            registered[report.nct] = i
    if how == "nct":
        return
    by_author: dict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)
    for i, report in enumerate(reports):
        # The first and the last three authors: who ran a study is among these in each of its reports.
        for author in {*report.authors[:3], *report.authors[-3:]}:
            by_author[author, report.targets].append(i)
    seen: set[tuple[int, int]] = set()
    for same in by_author.values():
        if len(same) > CROWDED:
            continue
        for at, i in enumerate(same):
            for j in same[at + 1 :]:
                if (i, j) not in seen:
                    seen.add((i, j))
                    if look_alike(reports[i], reports[j]):
                        yield i, j


def look_alike(one: Report, other: Report) -> bool:
    """Whether two papers without a common registration seem to report the same patients."""
    if len(one.nct) > 1 or len(other.nct) > 1 or (one.nct and other.nct and one.nct != other.nct):
        return False
    if not one.targets or one.targets != other.targets or not one.diseases & other.diseases:
        return False
    if one.products and other.products and not one.products & other.products:
        return False
    shared = len(set(one.authors) & set(other.authors))
    shorter = min(len(set(one.authors)), len(set(other.authors)))
    share = SHARE_AT_ONE_CENTRE if one.centres & other.centres else SHARE
    if shared < SHARED_AUTHORS or shared < share * shorter:
        return False
    return _grew(one, other)


def _grew(one: Report, other: Report) -> bool:
    if one.year is None or other.year is None or abs(one.year - other.year) > YEARS_APART:
        return False
    early, late = sorted((one, other), key=lambda report: report.year or 0)
    if early.patients is None or late.patients is None or early.year == late.year:
        return True
    return early.patients <= late.patients


def foremost(reports: Sequence[Report], group: Sequence[int]) -> int:
    """The report that stands for the trial: of the most patients, of equal ones the latest."""
    return max(group, key=lambda i: (reports[i].patients or 0, reports[i].year or 0, int(reports[i].pmid)))


def overlaps(reports: Sequence[Report]) -> dict[int, tuple[str, int]]:
    """Papers over several registered trials of which one is in by its own report: (registration, that report)."""
    own: dict[str, int] = {}
    for i, report in enumerate(reports):
        if len(report.nct) == 1:
            own.setdefault(next(iter(report.nct)), i)
    found = {}
    for i, report in enumerate(reports):
        if len(report.nct) > 1:
            named = next((number for number in sorted(report.nct) if number in own), None)
            if named is not None:
                found[i] = (named, own[named])
    return found
