"""Models refuse what does not fit, name the field, and never change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from models.decision import Decision
from models.errors import InvalidData
from models.evidence import Cohort, Response, Survival, fact_from
from models.record import PartialDate, Record, Section

PLACE: dict[str, Any] = {
    "pmid": "90000001", "text_hash": "0" * 16, "section": "RESULTS", "start": 4, "end": 9, "quote": "24/30",
    "rule": "test", "extractor_version": "0", "confidence": 0.9,
}  # fmt: skip


def response(**values: Any) -> Response:
    return Response.checked(**{**PLACE, "endpoint": "CR", "n": 24, "total": 30, **values})


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"n": -1}, "Response.n"),
        ({"percent": float("nan")}, "Response.percent"),
        ({"time": "soon"}, "Response.time"),
        ({"pmid": "x1"}, "Response.pmid"),
        ({"confidence": 1.2}, "Response.confidence"),
        ({"colour": "red"}, "Response.colour"),
        ({"end": 12}, "end - start"),
    ],
)
def test_an_error_names_the_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidData, match=field.replace(".", r"\.")):
        response(**values)


def test_a_misprinted_percent_is_kept() -> None:
    assert response(percent=107).percent == 107


def test_models_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        response().n = 3  # type: ignore[misc]


def test_a_fact_is_rebuilt_from_what_it_gives() -> None:
    fact = response(percent=80, checks=("percent_mismatch",))
    assert fact_from(fact.given()) == fact
    assert fact_from(fact.given()).id == fact.id


def test_the_id_follows_the_values_and_the_statement_does_not() -> None:
    one, other = response(n=24), response(n=23)
    assert one.id != other.id
    assert one.statement == other.statement
    assert one.statement != response(endpoint="PR").statement
    assert one.statement != response(text_hash="1" * 16).statement


def test_an_unknown_type_is_refused_by_name() -> None:
    with pytest.raises(InvalidData, match="'dose' is not one of cohort"):
        fact_from({"type": "dose"})


def test_values_leave_provenance_out() -> None:
    cohort = Cohort(**PLACE, role="treated", n=34)
    assert cohort.values == {"type": "cohort", "role": "treated", "n": 34}
    survival = Survival(**PLACE, endpoint="OS", measure="median", not_reached=True, group="arm A")
    assert survival.values == {
        "type": "survival",
        "endpoint": "OS",
        "measure": "median",
        "not_reached": True,
        "group": "arm A",
    }


def test_canonical_abstract_and_its_spans() -> None:
    record = Record(
        pmid="90000001", title="T", sections=(Section(label="METHODS", text="We did."), Section(text="It worked."))
    )
    assert record.abstract == "METHODS: We did.\nIt worked."
    assert [(name, record.abstract[a:b]) for name, a, b in record.section_spans] == [
        ("METHODS", "We did."), ("ABSTRACT", "It worked."),
    ]  # fmt: skip


def test_the_hash_follows_title_and_abstract_only() -> None:
    one = Record(pmid="90000001", title="A", journal="J")
    assert one.text_hash == Record(pmid="90000001", title="A", journal="K").text_hash
    assert one.text_hash != Record(pmid="90000001", title="B", journal="J").text_hash


@pytest.mark.parametrize(
    ("date", "text", "precision"),
    [
        (PartialDate(year=2019), "2019", "year"),
        (PartialDate(year=2019, month=5), "2019-05", "month"),
        (PartialDate(year=2019, month=5, day=20), "2019-05-20", "day"),
    ],
)
def test_a_date_keeps_its_precision(date: PartialDate, text: str, precision: str) -> None:
    assert (str(date), date.precision) == (text, precision)


def test_a_day_needs_its_month() -> None:
    with pytest.raises(InvalidData, match="day is given without month"):
        PartialDate.checked(year=2019, day=3)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"action": "reject", "before": {}}, "reason is needed"),
        ({"action": "correct", "before": {}}, "after is needed"),
        ({"action": "accept", "after": {}}, "before is needed"),
        ({"action": "accept", "before": {}, "after": {}, "curator": ""}, "Decision.curator"),
    ],
)
def test_an_incomplete_decision_is_refused(values: dict[str, Any], says: str) -> None:
    whole = {"pmid": "90000001", "statement": "s", "curator": "ada", "at": datetime.now(UTC), "text_hash": "0"}
    with pytest.raises(InvalidData, match=says):
        Decision.checked(**{**whole, **values})
