"""A printed figure → n of N, with whose number N is; or the reason why there is none that can be trusted.

A percent alone gives n only with an N that fits it: 80% is 24 of 30, and cannot be of 34.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cartevidence import wording
from cartevidence.compare.question import Denominator
from db.comparing import RESPONDERS, Candidate, Size

ROLES: tuple[Denominator, ...] = ("treated", "evaluable", "enrolled", "responders")


@dataclass(frozen=True, slots=True)
class Counted:
    """n of total patients; `roles` are those whose number `total` is (none: the text does not tell)."""

    n: int
    total: int
    roles: tuple[Denominator, ...]
    notes: tuple[str, ...] = ()

    @property
    def denominator(self) -> str | None:
        return ", ".join(self.roles) or None


def counted(
    figure: Candidate, sizes: Sequence[Size], preferred: Sequence[Denominator], *, own_group: bool
) -> Counted | str:
    """n and N of a figure, or why they are not known.

    Where the text prints no N beside the figure, N is the size of the whole cohort in the first of the `preferred`
    roles that fits (of two in one role the larger); never for a figure of a group (`own_group`), whose size is another.
    """
    if figure.total == 0:
        return "its N is 0"
    none = bool(figure.absent) or figure.qualifier == "none"
    every = figure.qualifier == "all"
    if figure.n is None and figure.percent is None and not (none or every):
        return f"only in words ('{figure.qualifier}')" if figure.qualifier else "without a number of patients"
    if figure.percent is not None and figure.percent > 100 and figure.n is None:
        return f"its {wording.number(figure.percent)}% is over 100%"
    if figure.total is not None:
        totals = [figure.total]
    elif own_group:
        return "without the size of its group"
    else:
        totals = [n for role in preferred for n in sorted((s.n for s in sizes if s.role == role and s.n), reverse=True)]
        if not totals:
            return "without a number of patients that it is of"
    for total in totals:
        n = _patients(figure, total, none=none, every=every)
        if n is not None:
            roles = () if own_group else _roles(figure, n, total, sizes)
            return Counted(n, total, roles, _notes(figure, n, total, roles))
    if figure.n is not None:
        return f"its {figure.n} patients are more than the {totals[0]} they would be of"
    return f"its {wording.number(figure.percent)}% is no whole number of {' or '.join(map(str, dict.fromkeys(totals)))}"


def _patients(figure: Candidate, total: int, *, none: bool, every: bool) -> int | None:
    """How many of `total` the figure says, None where the two do not fit."""
    if figure.n is not None:
        if figure.n > total:
            return None
        # A percent beside n must agree where N stands elsewhere; a printed N is kept, misprints are noted.
        return figure.n if figure.total is not None or fits(figure.n, total, figure.percent) else None
    if figure.percent is not None:
        n = round(figure.percent * total / 100)
        return n if n <= total and fits(n, total, figure.percent) else None
    return 0 if none else total if every else None


def fits(n: int, total: int, percent: float | None) -> bool:
    """Whether a printed percent is n/total, rounded or cut off at its last printed place; true where none is."""
    if percent is None:
        return True
    unit = 10.0 ** -len(wording.number(percent).partition(".")[2])
    cut_off = 100 * n / total - percent
    return -unit / 2 - 1e-9 <= cut_off < unit - 1e-9


def _roles(figure: Candidate, n: int, total: int, sizes: Sequence[Size]) -> tuple[Denominator, ...]:
    """Whose number N is. Only a number that no cohort has can be the responders', and not where all responded: then
    the responders are the figure's own n."""
    alike = {size.role for size in sizes if size.n == total}
    if not alike or alike == {"responders"}:
        return () if not alike or (n == total and figure.endpoint in RESPONDERS) else ("responders",)
    return tuple(role for role in ROLES if role in alike and role != "responders")


def _notes(figure: Candidate, n: int, total: int, roles: Sequence[Denominator]) -> tuple[str, ...]:
    if figure.n is not None and figure.total is not None and fits(n, total, figure.percent):
        return ()
    notes = []
    if figure.total is None:
        notes.append(f"N is the {total} {roles[0]} stated elsewhere")
    if figure.n is None and figure.percent is not None:
        notes.append(f"n from {wording.number(figure.percent)}% of {total}")
    elif figure.n is None:
        notes.append("stated in words")
    if figure.n is not None and figure.total is not None and not fits(n, total, figure.percent):
        notes.append(f"printed as {wording.number(figure.percent)}%, which is not {n}/{total}")
    return tuple(notes)
