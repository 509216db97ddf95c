"""What an abstract gives → the figure of the study, or the rule by which it has none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studies import candidate, sizes

from cartevidence.compare import choosing
from cartevidence.compare.asking import question
from cartevidence.compare.choosing import Figure, NoFigure, choose
from cartevidence.compare.grades import TAKES_IN, answer
from cartevidence.compare.times import RESPONSE_TOLERANCE, SURVIVAL_TOLERANCE, same_time

Given = dict[str, Any]
CR: Given = {"endpoint": "CR"}
CRS3: Given = {"event": "CRS", "grade": ">=3"}
WHOLE = sizes(treated=34, evaluable=30)
ARMS = [*sizes(arm=20), *sizes(arm=14)]

# (what is asked, the figures of the abstract, sizes, the count chosen with its denominator)
CHOSEN = [
    (CR, [{"n": 24, "total": 30}], WHOLE, "24/30 evaluable"),
    (CR, [{"n": 24, "total": 30}, {"n": 24, "total": 34}], WHOLE, "24/34 treated"),
    (CR | {"denominator": "evaluable"}, [{"n": 24, "total": 34}, {"n": 24, "total": 30}], WHOLE, "24/30 evaluable"),
    (CR, [{"n": 25, "total": 27}], WHOLE, "25/27 None"),
    (CR | {"include": ["doubtful"]}, [{"n": 7, "total": 8}], WHOLE, "7/8 None"),
    (CR, [{"n": 7, "total": 8, "status": "accepted"}], WHOLE, "7/8 None"),
    (CR, [{"n": 25, "total": 28}, {"n": 26, "total": 32}], WHOLE, "26/32 None"),
    # in a study of arms a figure needs its own N
    (CR, [{"n": 24, "total": 34}], [*WHOLE, *ARMS], "24/34 treated"),
    (CRS3, [{"event": "CRS", "grade": ">=3", "absent": 1}], [*WHOLE, *ARMS], "0/34 treated"),
    (CR, [{"n": 24, "total": 30}], sizes(enrolled=30, treated=30), "24/30 treated, enrolled"),
    # N from the sentence on the cohort: only one that the percent fits
    (CR, [{"percent": 80}], WHOLE, "24/30 evaluable"),
    (CR, [{"percent": 79}], WHOLE, "27/34 treated"),
    (CR, [{"n": 24}], WHOLE, "24/34 treated"),
    (CR, [{"n": 24, "percent": 80}], WHOLE, "24/30 evaluable"),
    (CR | {"include": ["doubtful"]}, [{"qualifier": "all"}], sizes(treated=12), "12/12 treated"),
    (CR, [{"qualifier": "all", "total": 12}], sizes(treated=12), "12/12 treated"),
    (CRS3, [{"event": "CRS", "grade": ">=3", "absent": 1}], WHOLE, "0/34 treated"),
    (CRS3, [{"event": "CRS", "grade": "any", "absent": 1}], WHOLE, "0/34 treated"),
    (CRS3, [{"event": "CRS", "grade": ">=2", "n": 0, "total": 30}], WHOLE, "0/30 evaluable"),
    (CRS3, [{"event": "CRS", "grade": "3-4", "n": 5, "total": 34}], WHOLE, "5/34 treated"),
    (CRS3, [{"event": "CRS", "grade": "3-4", "n": 5, "total": 34}, {"event": "CRS", "grade": ">=3", "n": 6,
            "total": 34}], WHOLE, "6/34 treated"),
    # the whole cohort before groups, a surer one before an unsure one, a curator before both
    (CR, [{"n": 9, "total": 10, "group": "dose level 2"}, {"n": 24, "total": 30}], WHOLE, "24/30 evaluable"),
    (CR | {"group": "level 2"}, [{"n": 9, "total": 10, "group": "dose level 2"}], WHOLE, "9/10 None"),
    (CR, [{"n": 20, "total": 34, "confidence": 0.5}, {"n": 24, "total": 30}], WHOLE, "24/30 evaluable"),
    (CR, [{"n": 24, "total": 34}, {"n": 25, "total": 34, "status": "corrected", "confidence": 0.1}], WHOLE,
     "25/34 treated"),
    (CR, [{"n": 20, "total": 34, "confidence": 0.1, "status": "accepted"}], WHOLE, "20/34 treated"),
    # best response before one at a time, an early time before a late one, the asked one where asked
    (CR, [{"n": 20, "total": 34, "time": "6 mo"}, {"n": 24, "total": 34}], WHOLE, "24/34 treated"),
    (CR, [{"n": 20, "total": 34, "time": "6 mo"}, {"n": 24, "total": 34, "time": "28 d"}], WHOLE, "24/34 treated"),
    (CR | {"time": "6 mo"}, [{"n": 24, "total": 34}, {"n": 20, "total": 34, "time": "6 mo"}], WHOLE,
     "20/34 treated"),
    (CR | {"time": "day 30"}, [{"n": 24, "total": 34, "time": "4 wk"}], WHOLE, "24/34 treated"),
    # the endpoint named first before the other
    ({"endpoint": ["CR/CRi", "CR"]}, [{"n": 20, "total": 34}, {"endpoint": "CR/CRi", "n": 24, "total": 34}], WHOLE,
     "24/34 treated"),
    # relapse is of the responders
    ({"endpoint": "relapse"}, [{"endpoint": "relapse", "n": 6, "total": 24}],
     [*WHOLE, *sizes(responders=24)], "6/24 responders"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "figures", "known", "expected"), CHOSEN)
def test_the_figure_of_a_study(asked: Given, figures: list[Given], known: Any, expected: str) -> None:
    found = choose(question(**asked)[0], candidates(figures), known)
    assert isinstance(found, Figure), found
    assert found.counted is not None
    assert f"{found.counted.n}/{found.counted.total} {found.counted.denominator}" == expected


# (what is asked, the figures, sizes, the rule that leaves the study out, a part of its reason)
LEFT_OUT = [
    (CRS3, [{"event": "CRS", "grade": "any", "n": 30, "total": 34}], WHOLE, "other_grade", "CRS only of any grade"),
    (CRS3, [{"event": "CRS", "grade": ">=4", "absent": 1}], WHOLE, "other_grade", "grade >=4"),
    (CRS3, [{"event": "CRS", "grade": "3", "n": 3, "total": 34}], WHOLE, "other_grade", "grade 3"),
    (CR, [{"n": 240, "total": 300, "pooled": 1}], WHOLE, "pooled_by_paper", "pooled"),
    (CR, [{"n": 9, "total": 10, "group": "dose level 2"}], WHOLE, "groups_only", "dose level 2"),
    (CR, [{"n": 9, "total": 10, "group": "ongoing"}], WHOLE, "groups_only", "lasted"),
    (CR | {"time": "6 mo"}, [{"n": 24, "total": 34, "time": "28 d"}], WHOLE, "other_time", "28 d, not at 6 mo"),
    (CR | {"time": "6 mo"}, [{"n": 24, "total": 34}], WHOLE, "other_time", "no stated time"),
    (CR, [{"n": 24, "total": 34, "confidence": 0.6}], WHOLE, "not_confirmed", "confidence 0.60, below 0.8"),
    (CR | {"curated": True}, [{"n": 24, "total": 34}], WHOLE, "not_confirmed", "curator"),
    (CR, [{"n": 35, "total": 34, "checks": '["n_over_total"]'}], WHOLE, "impossible", "add up"),
    (CR, [{"percent": 80}], [], "no_numbers", "number of patients that it is of"),
    (CR, [{"percent": 81}], sizes(treated=30), "no_numbers", "81% is no whole number of 30"),
    (CR, [{"n": 40}], WHOLE, "no_numbers", "40 patients are more than"),
    (CR, [{"qualifier": "most"}], WHOLE, "no_numbers", "only in words ('most')"),
    (CR, [{}], WHOLE, "no_numbers", "without a number of patients"),
    (CR | {"group": "high"}, [{"percent": 80, "group": "high dose"}], WHOLE, "no_numbers", "size of its group"),
    # what looks like a figure of some of the patients, though no words say of whom
    (CR, [{"n": 24, "total": 34}, {"n": 22, "total": 34}], WHOLE, "several_figures", "gives 24/34 and 22/34"),
    (CR, [{"n": 7, "total": 8}], WHOLE, "some_patients", "7/8 is of a part of its 34 patients"),
    (CR, [{"qualifier": "all"}], WHOLE, "in_words", "only in words"),
    (CR, [{"absent": 1}], WHOLE, "in_words", "only in words"),
    (CR, [{"percent": 80}], [*WHOLE, *ARMS], "several_arms", "24/30 is of one of its 2 arms or of all"),
    ({"endpoint": "OS"}, [{"type": "survival", "endpoint": "OS", "measure": "median", "not_reached": 1},
     {"type": "survival", "endpoint": "OS", "measure": "median", "value": 12.0, "unit": "mo"}], WHOLE,
     "several_figures", "not reached and 12.0 months"),
    ({"endpoint": "OS"}, [{"type": "survival", "endpoint": "OS", "measure": "median", "value": 12.0, "unit": "mo"}],
     [*WHOLE, *ARMS], "several_arms", "12.0 months is of one of its 2 arms"),
    (CR | {"denominator": "treated"}, [{"n": 24, "total": 30}], WHOLE, "other_denominator",
     "24/30 is of the evaluable, not of the treated"),
    ({"endpoint": "MRD-"}, [{"endpoint": "MRD-", "n": 22, "total": 24}], [*WHOLE, *sizes(responders=24)],
     "other_denominator", "of the responders"),
    ({"endpoint": "OS", "time": "1 y"}, [{"type": "survival", "endpoint": "OS", "measure": "rate", "value": 70.0,
      "time": "18 mo"}], WHOLE, "other_time", "18 mo, not at 1 y"),
    ({"endpoint": "OS"}, [{"type": "survival", "endpoint": "OS", "measure": "median"}], WHOLE, "no_numbers", "value"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "figures", "known", "rule", "reason"), LEFT_OUT)
def test_why_a_study_has_no_figure(asked: Given, figures: list[Given], known: Any, rule: str, reason: str) -> None:
    found = choose(question(**asked)[0], candidates(figures), known)
    assert isinstance(found, NoFigure), found
    assert found.rule == rule
    assert reason in found.reason


@settings(max_examples=300)
@given(
    figure=st.fixed_dictionaries(
        {
            "n": st.none() | st.integers(0, 40),
            "total": st.none() | st.sampled_from([0, 24, 30, 34]),
            "percent": st.none() | st.sampled_from([80.0, 79.0, 120.0]),
            "grade": st.none() | st.sampled_from(["any", ">=3"]),
            "group": st.none() | st.just("ongoing"),
            "time": st.none() | st.just("28 d"),
            "pooled": st.none() | st.just(1),
            "confidence": st.sampled_from([0.5, 0.9]),
            "checks": st.sampled_from(["[]", '["n_over_total"]']),
        }
    ),
    asked=st.sampled_from(
        [CR, CR | {"time": "28 d"}, CR | {"denominator": "treated"}, CRS3, {"endpoint": ["CR/CRi", "CR"]}]
    ),
)
def test_the_short_way_of_plain_figures_is_the_long_one(figure: Given, asked: Given) -> None:
    what = {"event": "CRS", "endpoint": None} if "event" in asked else {}
    asked_for, found = question(**asked)[0], [candidate(**figure | what)]
    known = [*WHOLE, *sizes(responders=24)]
    with pytest.MonkeyPatch.context() as patch:
        short = choose(asked_for, found, known)
        patch.setattr(choosing, "_plain", lambda *_: None)
        assert choose(asked_for, found, known) == short


def candidates(figures: list[Given]) -> list[Any]:
    return [candidate(**{"start": 10 * i} | figure) for i, figure in enumerate(figures)]


# (the figure, sizes, a part of the note that the row carries)
NOTED = [
    ({"percent": 80}, sizes(evaluable=30), "N is the 30 evaluable stated elsewhere"),
    ({"percent": 80, "total": 30}, (), "n from 80% of 30"),
    ({"n": 24, "total": 34, "percent": 75}, (), "printed as 75%, which is not 24/34"),
    ({"absent": 1, "total": 30}, (), "stated in words"),
]


@pytest.mark.parametrize(("figure", "known", "note"), NOTED)
def test_a_derived_figure_says_so(figure: Given, known: Any, note: str) -> None:
    found = choose(question(endpoint="CR")[0], [candidate(**figure)], known)
    assert isinstance(found, Figure)
    assert note in "; ".join(found.notes)


def test_a_plain_figure_needs_no_note() -> None:
    found = choose(question(endpoint="CR")[0], [candidate(n=24, total=30, percent=80)], WHOLE)
    assert isinstance(found, Figure)
    assert found.notes == ()


def test_a_curators_figure_stands_whatever_else_the_abstract_gives() -> None:
    figures = [candidate(n=22, total=34, start=0), candidate(n=24, total=34, start=9, status="accepted")]
    found = choose(question(endpoint="CR")[0], figures, WHOLE)
    assert isinstance(found, Figure)
    assert found.printed.n == 24


@pytest.mark.parametrize("asked", TAKES_IN)
@pytest.mark.parametrize("printed", TAKES_IN)
def test_an_absence_answers_for_what_it_takes_in(printed: str, asked: str) -> None:
    if TAKES_IN[asked] <= TAKES_IN[printed]:
        assert answer(printed, asked, absent=True) is not None
    if not TAKES_IN[asked] & TAKES_IN[printed]:
        assert answer(printed, asked, absent=True) is None
        assert answer(printed, asked, absent=False) is None


@pytest.mark.parametrize(
    ("one", "other", "response", "survival"),
    [
        ("1 y", "12 mo", True, True),
        ("52 wk", "1 y", True, True),
        ("28 d", "1 mo", True, False),
        ("4 wk", "28 d", True, True),
        ("3 mo", "90 d", True, True),
        ("6 mo", "7 mo", False, False),
        ("18 mo", "1.5 y", True, True),
        ("24 wk", "6 mo", True, False),
        ("1 y", "2 y", False, False),
        (None, "best", True, True),
        ("28 d", "best", False, False),
        (None, "28 d", False, False),
    ],
)
def test_times_that_are_the_same(one: str | None, other: str, response: bool, survival: bool) -> None:
    assert same_time(one, other, RESPONSE_TOLERANCE) is response
    assert same_time(one, other, SURVIVAL_TOLERANCE) is survival


def test_of_two_sizes_in_one_role_the_larger_is_the_cohort() -> None:
    known = [*sizes(treated=12), *sizes(treated=34)]
    for order in (known, known[::-1]):
        found = choose(question(endpoint="CR")[0], [candidate(n=10)], order)
        assert isinstance(found, Figure) and found.counted is not None
        assert found.counted.total == 34
