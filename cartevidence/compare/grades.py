"""Which printed grades answer for which asked grade."""

from __future__ import annotations

# The grades that a printed grade takes in, by CTCAE's five.
TAKES_IN = {
    "any": frozenset("12345"), "mild": frozenset("12"), "moderate": frozenset("2"), "severe": frozenset("345"),
    ">=2": frozenset("2345"), ">=3": frozenset("345"), ">=4": frozenset("45"),
    "1-2": frozenset("12"), "1-3": frozenset("123"), "2-3": frozenset("23"), "2-4": frozenset("234"),
    "3-4": frozenset("34"), "3-5": frozenset("345"), "4-5": frozenset("45"),
    **{grade: frozenset(grade) for grade in "12345"},
}  # fmt: skip
# Taken where the asked grade is not printed, in this order, with what a reader has to know. Grades are never added
# up: a patient of grade 3 may be counted again among those of grade 4.
INSTEAD: dict[str, tuple[tuple[str, str], ...]] = {
    ">=3": (
        ("3-5", ""),
        ("3-4", "grade 3-4 as printed, grade 5 not counted"),
        ("severe", "severe in the paper's words"),
    ),
    ">=2": (("2-4", "grade 2-4 as printed, grade 5 not counted"),),
    ">=4": (("4-5", ""),),
    "3-5": ((">=3", ""),),
    "4-5": ((">=4", ""),),
    "severe": ((">=3", "grade >=3 as printed"), ("3-5", "grade 3-5 as printed"), ("3-4", "grade 3-4 as printed")),
    "mild": (("1-2", "grade 1-2 as printed"),),
    "1-2": (("mild", "mild in the paper's words"),),
}


def answer(printed: str, asked: str, *, absent: bool) -> tuple[int, str] | None:
    """How well a figure of the `printed` grade answers for the asked one: (rank, note), 0 the best; None: not at all.

    That an event did not occur at some grades (`absent`) says so of every grade that these take in: no CRS at all
    is no CRS of grade 3 or more.
    """
    if printed == asked:
        return 0, ""
    for rank, (grade, note) in enumerate(INSTEAD.get(asked, ()), start=1):
        if printed == grade:
            return rank, note
    if absent and TAKES_IN[asked] <= TAKES_IN[printed]:
        return len(INSTEAD.get(asked, ())) + 1, f"none of grade {printed} is none of grade {asked}"
    return None
