"""A comparison over a real database: who is in, who is not and why, what is counted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from studies import add, cohort, cr, crs, survival

from cartevidence.compare.question import QuestionError
from cartevidence.compare.results import Compared
from cartevidence.database import EvidenceDatabase
from models.decision import Decision
from models.outcome import NotStored
from models.record import Link, Record


def compared(db: EvidenceDatabase, **asked: Any) -> Compared:
    return db.compare(**({"endpoint": "CR"} | asked if "event" not in asked else asked)).result


def pmids(result: Compared) -> list[str]:
    return [row.pmid for row in result.rows]


def reasons(result: Compared) -> dict[str, str]:
    return {one.pmid: one.rule for one in result.left_out}


# (a study that is left out, the rule, a part of its reason, what takes it in)
EXCLUDED: list[tuple[dict[str, Any], str, str, dict[str, Any]]] = [
    ({"publication_types": ("Retracted Publication",)}, "retracted", "retracted", {"include": ["retracted"]}),
    ({"links": (Link(kind="retraction_in", pmid="90000999"),)}, "retracted", "retracted", {"include": ["retracted"]}),
    ({"study": {"study_type": "review"}}, "kind_of_paper", "review", {"include": ["review"]}),
    ({"study": {"study_type": "meta_analysis"}}, "kind_of_paper", "meta-analysis", {"include": ["meta_analysis"]}),
    ({"study": {"study_type": "preclinical"}}, "kind_of_paper", "preclinical", {"include": ["preclinical"]}),
    ({"study": {"study_type": "cost_effectiveness"}}, "kind_of_paper", "cost", {"include": ["cost_effectiveness"]}),
    ({"study": {"study_type": "case_report", "study_n": 2}}, "case_report", "2 patients", {"min_n": 2}),
    ({"study": {"study_type": "case_report", "study_n": None}}, "case_report", "few patients", {"min_n": 0}),
    ({"facts": [cr(3, 3)]}, "few_patients", "3 patients, fewer than 4", {"min_n": 3}),
    ({"facts": [cr(24, 30, confidence=0.7)]}, "not_confirmed", "0.70, below 0.8", {"min_confidence": 0.7}),
    ({"facts": [{**cr(24, 30), "endpoint": "CR/CRi"}]}, "not_in_abstract", "but CR/CRi", {"endpoint": "CR/CRi"}),
    ({"facts": [crs(2, 30)]}, "not_in_abstract", "does not give CR", {"event": "CRS", "grade": ">=3"}),
    ({"facts": [cr(9, 12, group="high risk")]}, "groups_only", "high risk", {"group": "high risk"}),
    ({"facts": [cr(9, 12, time="6 mo")], "asked": {"time": "28 d"}}, "other_time", "6 mo", {"time": "6 mo"}),
    ({"facts": [cr(240, 300, pooled=True)]}, "pooled_by_paper", "pooled", {}),
]


@pytest.mark.parametrize(("given", "rule", "reason", "taken_in_by"), EXCLUDED)
def test_each_rule_leaves_out_what_it_should_and_says_so(
    db: EvidenceDatabase, given: dict[str, Any], rule: str, reason: str, taken_in_by: dict[str, Any]
) -> None:
    given = dict(given)
    asked, facts = given.pop("asked", {}), given.pop("facts", [cr(24, 30)])
    add(db, 90000001, *facts, **given)
    result = compared(db, **asked)
    (left,) = result.left_out
    assert (left.pmid, left.rule) == ("90000001", rule)
    assert reason in left.reason
    assert result.rows == ()
    if taken_in_by:
        assert pmids(compared(db, **asked | taken_in_by)) == ["90000001"]


def test_a_plain_study_is_left_out_by_no_rule(db: EvidenceDatabase) -> None:
    add(db, 90000001, cr(24, 30))
    result = compared(db)
    assert pmids(result) == ["90000001"]
    assert result.left_out == ()


def test_a_record_that_was_not_read_is_said_to_be(db: EvidenceDatabase) -> None:
    from models.outcome import Fetched

    record = add(db, 90000001, cr(24, 30))
    newer = Record(pmid=record.pmid, title="Another title", version=2)
    db.save([Fetched(newer, b"<x/>", "pubmed_xml")])
    assert reasons(compared(db)) == {"90000001": "not_extracted"}


def test_the_row_holds_figure_interval_and_proof(db: EvidenceDatabase) -> None:
    record = add(db, 90000001, cohort(34), cohort(30, "evaluable"), cr(24, 30, time="28 d"), year=2019,
                 authors=("van der Berg AB",), nct=("NCT00000001",))  # fmt: skip
    (row,) = compared(db).rows
    assert (row.count, row.denominator, row.time, row.label) == ("24/30", "evaluable", "28 d", "van der Berg 2019")
    assert row.value == pytest.approx(80)
    assert (row.ci_low, row.ci_high) == (pytest.approx(61.4335, abs=1e-3), pytest.approx(92.2865, abs=1e-3))
    assert row.interval == "Clopper-Pearson"
    assert record.abstract[row.start : row.end] == row.quote
    assert row.url.endswith("/90000001/")
    assert row.nct == ("NCT00000001",)


def test_curated_values_stand(db: EvidenceDatabase) -> None:
    add(db, 90000001, cr(24, 30))
    (stored,) = db.facts("90000001")
    decide(db, "correct", after={**stored.fact.given(), "n": 23})
    (row,) = compared(db).rows
    assert (row.count, row.status) == ("23/30", "corrected")
    assert pmids(compared(db, curated=True)) == ["90000001"]


def test_a_rejected_figure_is_not_there(db: EvidenceDatabase) -> None:
    add(db, 90000001, cr(24, 30))
    decide(db, "reject", reason="of another study")
    assert reasons(compared(db)) == {"90000001": "not_in_abstract"}


def test_an_unsure_figure_counts_once_a_curator_accepts_it(db: EvidenceDatabase) -> None:
    add(db, 90000001, cr(24, 30, confidence=0.3))
    assert reasons(compared(db)) == {"90000001": "not_confirmed"}
    decide(db, "accept")
    assert pmids(compared(db)) == ["90000001"]


def decide(db: EvidenceDatabase, action: Any, **given: Any) -> None:
    (stored,) = db.facts("90000001")
    shown = stored.fact.given()
    after = {} if action == "reject" else {"after": given.pop("after", shown)}
    decision = Decision(pmid="90000001", statement=stored.statement, action=action, curator="tester",
                        at=datetime(2026, 1, 1, tzinfo=UTC), text_hash=stored.fact.text_hash, before=shown,
                        **after, **given)  # fmt: skip
    db.decide(decision, expected_last=stored.last_decision)


def test_one_trial_is_counted_once(db: EvidenceDatabase) -> None:
    add(db, 90000001, cr(10, 15), nct=("NCT00000001",), year=2018)
    add(db, 90000002, cr(24, 34), nct=("NCT00000001",), year=2020)
    add(db, 90000003, cr(5, 10), year=2021)
    result = compared(db)
    assert pmids(result) == ["90000002", "90000003"]
    assert [report.pmid for report in result.rows[0].reports] == ["90000001"]
    (left,) = result.left_out
    assert (left.pmid, left.rule) == ("90000001", "same_trial")
    assert "NCT00000001" in left.reason and "90000002" in left.reason
    assert pmids(compared(db, link="none")) == ["90000001", "90000002", "90000003"]


def test_look_alike_reports_are_one_trial_unless_only_registrations_count(db: EvidenceDatabase) -> None:
    team = ("Alpha A", "Bravo B", "Charlie C", "Delta D")
    add(db, 90000001, cr(10, 15), year=2018, authors=team)
    add(db, 90000002, cr(24, 34), year=2020, authors=team)
    result = compared(db)
    assert pmids(result) == ["90000002"]
    assert "seems" in result.left_out[0].reason
    assert pmids(compared(db, link="nct")) == ["90000001", "90000002"]


def test_a_paper_over_several_trials_gives_way_to_their_own_reports(db: EvidenceDatabase) -> None:
    add(db, 90000001, cr(100, 140), nct=("NCT00000001", "NCT00000002"))
    add(db, 90000002, cr(24, 34), nct=("NCT00000001",))
    result = compared(db)
    assert pmids(result) == ["90000002"]
    assert reasons(result) == {"90000001": "several_trials"}
    assert sorted(pmids(compared(db, link="none"))) == ["90000001", "90000002"]


def fill(db: EvidenceDatabase, *counts: tuple[int, int], **more: Any) -> None:
    for i, (n, total) in enumerate(counts):
        add(db, 90000001 + i, cr(n, total), **more)


def test_three_studies_are_pooled_two_are_not(db: EvidenceDatabase) -> None:
    fill(db, (24, 30), (18, 30))
    two = compared(db)
    assert two.pooled is None
    assert "fewer than the 3" in two.why_not_pooled
    add(db, 90000009, cr(20, 30))
    three = compared(db)
    assert three.pooled is not None
    assert (three.pooled.method, three.pooled.k, three.pooled.events, three.pooled.total) == ("glmm", 3, 62, 90)
    assert 60 < three.pooled.estimate < 80
    assert sum(row.weight or 0 for row in three.rows) == pytest.approx(100)
    assert [other.method for other in three.sensitivity] == ["reml"]
    assert compared(db, pool=False).pooled is None


def test_studies_without_events_count(db: EvidenceDatabase) -> None:
    for i, n in enumerate((0, 0, 1, 2)):
        add(db, 90000001 + i, cohort(20), crs(n, 20) if n else crs(absent=True))
    result = compared(db, event="CRS", grade=">=3")
    assert [row.count for row in result.rows] == ["0/20", "0/20", "1/20", "2/20"]
    assert result.pooled is not None
    assert result.pooled.estimate < 5


def test_all_studies_at_one_hundred_percent(db: EvidenceDatabase) -> None:
    fill(db, (12, 12), (20, 20), (8, 8))
    pooled = compared(db).pooled
    assert pooled is not None
    assert pooled.method == "exact"
    assert (pooled.estimate, pooled.ci_high) == (100, 100)
    assert pooled.ci_low == pytest.approx(100 * 0.025 ** (1 / 40))
    assert pooled.notes


def test_groups_have_estimates_of_their_own_and_a_caveat(db: EvidenceDatabase) -> None:
    fill(db, (24, 30), (18, 30), (20, 30))
    add(db, 90000008, cr(5, 30), study={"targets": ("CD19", "CD22")})
    add(db, 90000009, cr(5, 30), study={"targets": ()})
    result = compared(db, by="target")
    assert [group.name for group in result.subgroups] == ["CD19 + CD22", "CD22", "not stated"]
    assert [group.pooled is not None for group in result.subgroups] == [False, True, False]
    assert any("head-to-head" in caveat for caveat in result.caveats)
    assert not any("head-to-head" in caveat for caveat in compared(db).caveats)


def test_mixed_denominators_are_told(db: EvidenceDatabase) -> None:
    add(db, 90000001, cohort(30), cr(24, 30))
    add(db, 90000002, cohort(30, "evaluable"), cr(24, 30))
    assert any("treated in 1, evaluable in 1" in caveat for caveat in compared(db).caveats)


def test_landmark_rates_are_of_one_time_and_pooled_only_when_asked(db: EvidenceDatabase) -> None:
    bounds = {"ci_low": 55.0, "ci_high": 82.0}
    for i, time in enumerate(("1 y", "12 mo", "52 wk", "6 mo")):
        add(db, 90000001 + i, survival("OS", "rate", 70.0, time=time, **bounds))
    add(db, 90000009, survival("OS", "rate", 75.0, time="1 y"))
    asked = {"endpoint": "OS", "time": "1 y"}
    plain = compared(db, **asked)
    assert pmids(plain) == ["90000001", "90000002", "90000003", "90000009"]
    assert plain.pooled is None
    pooled = compared(db, **asked, pool=True)
    assert pooled.pooled is not None
    assert (pooled.pooled.method, pooled.pooled.k) == ("cloglog", 3)
    assert pooled.pooled.estimate == pytest.approx(70, abs=0.01)
    assert [row.weight is None for row in pooled.rows] == [False, False, False, True]
    assert any("no confidence interval" in note for note in pooled.rows[3].notes)
    assert pooled.account[-1].count == 3


def test_medians_are_tabled_in_months_and_never_pooled(db: EvidenceDatabase) -> None:
    add(db, 90000001, survival("OS", "median", 1.0, unit="y", ci_low=0.5))
    add(db, 90000002, survival("OS", "median", None, not_reached=True))
    add(db, 90000003, survival("OS", "median", 11.5, unit="mo"))
    result = compared(db, endpoint="OS")
    assert [(row.value, row.ci_low, row.not_reached) for row in result.rows] == [
        (pytest.approx(12), pytest.approx(6), False), (None, None, True), (11.5, None, False)]  # fmt: skip
    assert result.pooled is None
    assert "never" in result.why_not_pooled or "not pooled" in result.why_not_pooled


def test_the_account_adds_up(db: EvidenceDatabase) -> None:
    fill(db, (24, 30), (18, 30), (20, 30))
    add(db, 90000005, cr(3, 3))
    add(db, 90000006, cr(9, 12), study={"study_type": "review"})
    add(db, 90000007, cr(9, 12), study={"targets": ("CD19",)})
    db.save([NotStored("90000008", "missing", "PubMed has no such record")])
    result = compared(db, target="CD22")
    steps = {step.label: step for step in result.account}
    assert {name: step.count for name, step in steps.items()} == {
        "records asked for": 7, "records stored": 6, "studies that pass the filters": 5, "left out": 2,
        "studies compared": 3, "in the pooled estimate": 3,
    }  # fmt: skip
    assert steps["records stored"].parts == (("not stored: missing", 1),)
    assert steps["studies that pass the filters"].parts == (("outside the filters", 1),)
    assert sum(n for _, n in steps["left out"].parts) == steps["left out"].count


def test_notices_stand_beside_the_figure(db: EvidenceDatabase) -> None:
    add(db, 90000001, cr(24, 30), links=(Link(kind="expression_of_concern_in", pmid="90000999"),))
    (row,) = compared(db).rows
    assert "expression of concern published" in row.notes


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "Say what to compare"),
        ({"endpoint": "CR", "event": "CRS"}, "Say what to compare"),
        ({"endpoint": "CRX"}, "'CRX' is not a name of any endpoint that is extracted; did you mean"),
        ({"endpoint": "CRS"}, "'CRS' is an adverse event and no endpoint"),
        ({"event": "CRS", "grade": "9"}, "grade"),
        ({"endpoint": "CR", "grade": ">=3"}, "A grade belongs to an event"),
        ({"endpoint": ["CR", "OS"]}, "different measures"),
        ({"endpoint": "OS", "time": "best"}, "no best time"),
        ({"endpoint": "OS", "pool": True}, "Medians are never pooled"),
        ({"endpoint": "CR", "time": "soon"}, "'soon' is not a time"),
        ({"endpoint": "CR", "targets": "CD19"}, "Studies cannot be chosen by targets"),
        ({"endpoint": "OS", "denominator": "treated"}, "leave them out for survival"),
    ],
)
def test_a_question_without_answer_is_refused(db: EvidenceDatabase, asked: dict[str, Any], told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        db.compare(**asked)


@pytest.mark.parametrize(
    ("typed", "time"),
    [
        ("28d", "28 d"),
        ("day 28", "28 d"),
        ("3 months", "3 mo"),
        ("1-year", "1 y"),
        ("12 MO", "12 mo"),
        ("best", "best"),
    ],
)
def test_times_as_people_type_them(typed: str, time: str) -> None:
    from cartevidence.compare.asking import parse_time

    assert parse_time(typed) == time
