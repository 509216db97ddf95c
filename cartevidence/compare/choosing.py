"""One figure a study: the stated rules by which it is chosen among all that the abstract gives.

Rules run in the order of RULES. Each keeps the figures that may be compared; where it keeps none, the study is left
out by that rule with the reason it gives. What is left is ranked, see `_rank`. The last rules leave out what looks like
a figure of some of the patients only though the program found no words for whom: on annotated abstracts six in
seven of these were. A curator's figure is never doubted so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cartevidence import wording
from cartevidence.compare.denominators import ROLES, Counted, counted
from cartevidence.compare.question import Question
from cartevidence.compare.times import (
    RESPONSE_TOLERANCE,
    SURVIVAL_TOLERANCE,
    days,
    months,
    same_time,
)
from db.comparing import Candidate, Size
from models.decision import CURATED

AS_GOOD = 5  # the places of a rank that tell which figure is meant; the rest only orders
WHOLE = ("treated", "evaluable", "enrolled")
IMPOSSIBLE = ("n_over_total", "interval_order", "outside_interval", "percent_over_100")
ONGOING = "ongoing"  # the group of responses that lasted


@dataclass(frozen=True, slots=True)
class Figure:
    """A candidate with what the rules found out about it."""

    printed: Candidate
    counted: Counted | None = None
    better: int = 0  # rank of its endpoint and of its grade, 0 the best
    notes: tuple[str, ...] = field(default=())

    @property
    def curated(self) -> bool:
        return self.printed.status in CURATED


@dataclass(frozen=True, slots=True)
class NoFigure:
    """Why a study has no figure that can be compared: the rule and the reason in words."""

    rule: str
    reason: str


Kept = list[Figure] | str  # the figures that a rule keeps, or the reason why it keeps none
Rule = Callable[[Question, list[Figure], Sequence[Size]], Kept]
LEAST_SHARE = 0.7  # of the study's patients; fewer are a group of them
ARMS = 2  # so many, and a figure without its N may be of any of them


def choose(question: Question, candidates: Sequence[Candidate], sizes: Sequence[Size]) -> Figure | NoFigure:
    """The study's figure, or the rule by which it has none."""
    sure = [one for one in candidates if not _surely_out(question, one)]
    if len(sure) == 1 and (plain := _plain(question, sure[0], sizes)) is not None:
        return plain
    figures = [Figure(candidate) for candidate in candidates]
    for name, rule in RULES.items():
        kept = rule(question, figures, sizes)
        if isinstance(kept, str):
            return NoFigure(name, kept)
        figures = kept
    return figures[0]


def _surely_out(question: Question, printed: Candidate) -> bool:
    """Whether the rules drop a figure where they keep any other."""
    return (
        (printed.confidence < question.min_confidence and printed.status == "unreviewed")
        or printed.group is not None
        or bool(printed.pooled)
        or (question.event is not None and _grade(question, printed) is None)
    )


def _grade(question: Question, printed: Candidate) -> tuple[int, str] | None:
    """How well the grade of an event answers for the asked one: its rank and a note; None: not at all."""
    none = bool(printed.absent) or printed.qualifier == "none" or printed.n == 0
    return question.grade_answers.get((printed.grade or "any", none))


def _plain(question: Question, printed: Candidate, sizes: Sequence[Size]) -> Figure | NoFigure | None:
    """The only figure of a study, where it is as plain as most are: every rule but one would keep it as it is."""
    if (
        printed.n is None
        or not printed.total
        or printed.n > printed.total
        or printed.group is not None
        or printed.pooled
        or printed.checks != "[]"
        or printed.confidence < question.min_confidence
        or question.time is not None
        or question.curated
        or (printed.grade or "any") != (question.grade or "any")
        or printed.endpoint not in (None, *question.endpoints[:1])
    ):
        return None
    found = counted(printed, _believable(question, sizes), question.denominators, own_group=False)
    if isinstance(found, str) or (found.roles and set(found.roles).isdisjoint(question.denominators)):
        return None
    figure = Figure(printed, found, notes=found.notes)
    kept = _of_most_patients(question, [figure], sizes)
    return NoFigure("some_patients", kept) if isinstance(kept, str) else figure


def _answering(question: Question, figures: list[Figure], _: Sequence[Size]) -> Kept:
    """Only what the abstract gives of the very endpoint or grade."""
    kept = []
    for figure in figures:
        printed = figure.printed
        if question.event is None:
            kept.append(Figure(printed, better=question.endpoints.index(printed.endpoint or "")))
            continue
        found = _grade(question, printed)
        if found is not None:
            rank, note = found
            kept.append(Figure(printed, better=rank, notes=(note,) if note else ()))
    if not kept:
        printed_grades = (figure.printed.grade or "any" for figure in figures)
        told = dict.fromkeys("any grade" if grade == "any" else wording.grade(grade) for grade in printed_grades)
        return f"{question.event} only of {wording.listing(list(told))}"
    return kept


def _own_results(_: Question, figures: list[Figure], __: Sequence[Size]) -> Kept:
    kept = [figure for figure in figures if not figure.printed.pooled]
    return kept or "pooled over several studies by the paper itself"


def _whole_cohort(question: Question, figures: list[Figure], _: Sequence[Size]) -> Kept:
    whole = [figure for figure in figures if figure.printed.group is None]
    if whole:
        return whole
    groups = [figure for figure in figures if ONGOING not in (figure.printed.group or "").lower()]
    if question.group:
        wanted = question.group.casefold().split()
        of_group = [f for f in groups if all(word in (f.printed.group or "").casefold() for word in wanted)]
        if of_group:
            return of_group
    if not groups:
        return "only responses that lasted"
    return f"only of groups: {wording.listing(list(dict.fromkeys(f.printed.group for f in groups)), most=3)}"


def _at_the_time(question: Question, figures: list[Figure], _: Sequence[Size]) -> Kept:
    asked = question.time
    if question.measure == "median" or asked is None:
        return figures
    tolerance = RESPONSE_TOLERANCE if question.measure == "proportion" else SURVIVAL_TOLERANCE
    kept = [figure for figure in figures if same_time(figure.printed.time, asked, tolerance)]
    times = list(dict.fromkeys(figure.printed.time or "no stated time" for figure in figures))
    return kept or f"given at {wording.listing(times)}, not at {asked}"


def _believed(question: Question, figures: list[Figure], _: Sequence[Size]) -> Kept:
    if question.curated:
        return [figure for figure in figures if figure.curated] or "not confirmed by a curator"
    kept = [f for f in figures if f.curated or f.printed.confidence >= question.min_confidence]
    best = max(figure.printed.confidence for figure in figures)
    return (
        kept
        or f"confidence {best:.2f}, below {wording.number(question.min_confidence)}, and not confirmed by a curator"
    )


def _possible(_: Question, figures: list[Figure], __: Sequence[Size]) -> Kept:
    kept = [f for f in figures if f.curated or not any(check in f.printed.checks for check in IMPOSSIBLE)]
    return kept or "its figures do not add up (n over N, or an estimate outside its interval)"


def _usable(question: Question, figures: list[Figure], sizes: Sequence[Size]) -> Kept:
    """Proportions with n and N, rates with a value, medians with a value or not reached."""
    if question.measure != "proportion":
        kept = [f for f in figures if f.printed.value is not None or f.printed.not_reached]
        if question.measure == "rate":
            kept = [f for f in kept if f.printed.value is not None and 0 <= f.printed.value <= 100]
        return kept or "without a value"
    kept, why = [], ""
    believed = _believable(question, sizes)
    for figure in figures:
        found = counted(figure.printed, believed, question.denominators, own_group=figure.printed.group is not None)
        if isinstance(found, str):
            why = why or found
        else:
            kept.append(Figure(figure.printed, found, figure.better, figure.notes + found.notes))
    return kept or why


def _believable(question: Question, sizes: Sequence[Size]) -> list[Size]:
    wanted = question.min_confidence
    return [size for size in sizes if size.confidence >= wanted]


def _of_the_denominator(question: Question, figures: list[Figure], _: Sequence[Size]) -> Kept:
    """A figure of another known denominator is another figure; one whose denominator is not told is kept."""
    if question.measure != "proportion":
        return figures
    wanted = set(question.denominators)
    kept = [f for f in figures if f.counted and (not f.counted.roles or wanted & set(f.counted.roles))]
    others = [f"{f.counted.n}/{f.counted.total} is of the {f.counted.denominator}" for f in figures if f.counted]
    return kept or f"{others[0]}, not of the {' or '.join(question.denominators)}"


def _the_only_one(question: Question, figures: list[Figure], _: Sequence[Size]) -> Kept:
    """The first by rank, unless another is as good and says something else."""
    if len(figures) == 1:
        return figures
    figures = sorted(figures, key=lambda figure: _rank(question, figure))
    first = figures[0]
    if first.curated or "doubtful" in question.include:
        return [first]
    told, rank = _told(first), _rank(question, first)[:AS_GOOD]
    others = [_told(figure) for figure in figures[1:] if _rank(question, figure)[:AS_GOOD] == rank]
    listed = list(dict.fromkeys(other for other in others if other != told))
    return f"the abstract gives {told} and {wording.listing(listed)}" if listed else [first]


def _of_most_patients(question: Question, figures: list[Figure], sizes: Sequence[Size]) -> Kept:
    (figure,) = figures
    count = figure.counted
    if count is None or count.roles or figure.curated or figure.printed.group or "doubtful" in question.include:
        return figures
    patients = max((size.n for size in sizes if size.role in WHOLE), default=0)
    if count.total >= LEAST_SHARE * patients:
        return figures
    return f"{count.n}/{count.total} is of a part of its {patients} patients that is not named"


def _of_told_patients(question: Question, figures: list[Figure], _: Sequence[Size]) -> Kept:
    """'All relapsed', 'none responded': of whom is told by the words before, which are mostly of some of them."""
    (figure,) = figures
    printed = figure.printed
    numbers = printed.n is not None or printed.percent is not None or printed.total is not None
    if question.type != "response" or numbers or figure.curated or "doubtful" in question.include:
        return figures
    return "only in words, without a number of patients"


def _of_no_arm(question: Question, figures: list[Figure], sizes: Sequence[Size]) -> Kept:
    """Where a study has arms, a figure without an N of its own is of nobody knows which."""
    (figure,) = figures
    told_in_words = figure.printed.percent is None and figure.printed.n is None and figure.counted is not None
    of_its_own_n = figure.counted is not None and figure.printed.total is not None
    if of_its_own_n or told_in_words or figure.curated or "doubtful" in question.include:
        return figures
    arms = sum(size.role == "arm" for size in sizes)
    return figures if arms < ARMS else f"{_told(figure)} is of one of its {arms} arms or of all, which is not told"


RULES: dict[str, Rule] = {
    "other_grade": _answering,
    "pooled_by_paper": _own_results,
    "groups_only": _whole_cohort,
    "other_time": _at_the_time,
    "not_confirmed": _believed,
    "impossible": _possible,
    "no_numbers": _usable,
    "other_denominator": _of_the_denominator,
    "several_figures": _the_only_one,
    "some_patients": _of_most_patients,
    "in_words": _of_told_patients,
    "several_arms": _of_no_arm,
}


def _rank(question: Question, figure: Figure) -> tuple[float, ...]:
    """Curated before machine; then the nearer endpoint or grade, the preferred denominator, best response before one
    at a time and an early time before a late one, numbers as printed before derived ones, abstract before title."""
    printed = figure.printed
    roles = figure.counted.roles if figure.counted else ()
    wanted = [question.denominators.index(role) for role in roles if role in question.denominators]
    asked, at = days(question.time), days(printed.time)
    return (
        not figure.curated,
        figure.better,
        min(wanted, default=len(ROLES)),
        abs((at or 0.0) - (asked or 0.0)),
        -figure.counted.total if figure.counted else 0,
        len(figure.counted.notes) if figure.counted else 0,
        printed.section == "TITLE",
        printed.start,
    )


def _told(figure: Figure) -> str:
    if figure.counted:
        return f"{figure.counted.n}/{figure.counted.total}"
    printed = figure.printed
    if printed.not_reached:
        return "not reached"
    if printed.measure == "median" and printed.value is not None:
        return f"{months(printed.value, printed.unit):.1f} months"
    return f"{wording.number(printed.value)}%"
