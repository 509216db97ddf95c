"""`beginnings` fits wherever a pattern can match."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.numbers import GRAMMAR
from models.choice import Choice, beginnings
from models.vocabulary import vocabulary

PATTERNS = [
    "cat|dog", "(?:un)?known", "[ab]{2,3}c", "a*b", "x?y", r"\d{1,3}(?:,\d{3})*", r"no\s+(?:a|b)", "(?<!z)ab(?!c)",
    "(?P<open>[(])?a(?(open)[)]|b)", "[^a]b", ".c", "(?:a|ab|abc)d", "(?>a+)b", "a{0,2}(?:b|c)?d",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=st.text(alphabet="abcdgknotuwxyz01,() ", max_size=12))
def test_no_match_is_lost(pattern: str, text: str) -> None:
    ahead = beginnings([pattern])
    guarded = re.compile(f"(?={ahead})(?:{pattern})")
    assert [m.span() for m in guarded.finditer(text)] == [m.span() for m in re.finditer(pattern, text)]


def test_a_wrong_first_letter_is_refused() -> None:
    ahead = re.compile(beginnings(["neutropen(?:ia|ic)", "(?:an)?aemia"]))
    assert ahead.match("neutrophil") and ahead.match("anaemia") and ahead.match("aemia")
    assert not ahead.match("new") and not ahead.match("ana") and not ahead.match("b")


def test_patterns_that_may_begin_with_anything_are_never_refused() -> None:
    assert re.match(beginnings(["x?", "abc"]), "q")


def test_the_tables_are_spared_most_places() -> None:
    prose = "the study was done at many hospitals of our own country by seasoned teams"
    ahead = re.compile(rf"(?<![a-z])(?={beginnings(n for t in vocabulary('events').terms for n in t.names)})")
    assert len(ahead.findall(prose)) <= 3
    assert beginnings(pattern for _, pattern in GRAMMAR)


@given(text=st.text(alphabet="abcdgknotuwxyz01,() ", max_size=20), rows=st.permutations(PATTERNS[:4] + PATTERNS[5:]))
def test_a_choice_is_the_patterns_joined(text: str, rows: list[str]) -> None:
    joined = re.compile("|".join(f"(?P<_{i}>{row})" for i, row in enumerate(rows)))
    expected = [(int((m.lastgroup or "")[1:]), m.span()) for m in joined.finditer(text)]
    assert [(i, m.span()) for i, m in Choice(rows).hits(text)] == expected


def test_a_choice_looks_behind_and_takes_whole_texts() -> None:
    choice = Choice(["ab+", "a"], before="(?<![a-z])")
    assert [(i, m[0]) for i, m in choice.hits("xab abb a,aa")] == [(0, "abb"), (1, "a"), (1, "a")]
    assert (choice.whole("abb"), choice.whole("a"), choice.whole("b"), choice.whole("")) == (0, 1, None, None)
