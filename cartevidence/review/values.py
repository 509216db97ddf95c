"""What a curator typed, turned into a fact; what does not fit is refused by the name of its field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.errors import InvalidData
from models.evidence import EVIDENCE, PROVENANCE, Fact, FollowUp, Proportion, Survival, fact_from
from models.record import Record
from models.vocabulary import vocabulary

CURATOR = "curator"  # the rule of a fact that no rule of the extractor found
SURE = 1.0
NAMES = {"endpoint": "endpoints", "event": "events", "name": "procedures"}
VALUES = frozenset(name for kind in EVIDENCE.values() for name in kind.model_fields) - PROVENANCE - {"type"} | {
    "group",
    "pooled",
}


def corrected(fact: Fact, values: Mapping[str, Any]) -> Fact:
    """The fact with these of its values changed; None or '' takes a value away, `type` may be another one.

    Place, quote and provenance stay. Raises InvalidData naming the field that does not fit, or when nothing differs.
    """
    given = _cleaned(values)
    kind = given.pop("type", None) or fact.type
    _check_names(kind, given)
    fields = EVIDENCE[kind].model_fields
    kept = {name: value for name, value in fact.given().items() if name in fields and name != "type"}
    merged = {name: value for name, value in {**kept, **given}.items() if value is not None}
    inferred = [name for name in fact.inferred if name in merged and merged[name] == kept.get(name)]
    changed = fact_from({**merged, "type": kind, "inferred": inferred, "confidence": SURE, "checks": ()})
    if changed.values == fact.values and changed.pooled == fact.pooled:
        raise InvalidData("Nothing was changed: accept the fact, or change one of its values")
    _check_said(changed)
    return changed


def added(record: Record, kind: str, section: str, start: int, end: int, values: Mapping[str, Any]) -> Fact:
    """A new fact from words of the record: `start` and `end` count in the title (section TITLE) or the abstract.

    Blanks around the words are left out. Raises InvalidData naming the field that does not fit.
    """
    text = record.title if section == "TITLE" else record.abstract
    if not 0 <= start < end <= len(text):
        raise InvalidData(f"start, end: {start}-{end} is not within the text; select the words again")
    words = text[start:end]
    start, end = start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
    if start >= end:
        raise InvalidData("quote: only blanks are selected; select the words that state the fact")
    given = _cleaned(values)
    given.pop("type", None)
    _check_names(kind, given)
    fact = fact_from({
        **{name: value for name, value in given.items() if value is not None}, "type": kind, "pmid": record.pmid,
        "version": record.version, "text_hash": record.text_hash,
        "section": "TITLE" if section == "TITLE" else section_at(record, start), "start": start, "end": end,
        "quote": text[start:end], "rule": CURATOR, "extractor_version": "", "confidence": SURE,
    })  # fmt: skip
    _check_said(fact)
    return fact


def section_at(record: Record, start: int) -> str:
    """The label of the section of the abstract in which a place lies."""
    return next((label for label, _, end in record.section_spans if start < end), "ABSTRACT")


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    """Texts without blanks around them, empty ones and False as None, names as the vocabularies have them."""
    cleaned: dict[str, Any] = {}
    for name, value in values.items():
        value = " ".join(value.split()) if isinstance(value, str) else value
        if value == "" or value is False:
            value = None
        if name in NAMES and isinstance(value, str):
            value = vocabulary(NAMES[name]).canonical(value) or value
        cleaned[name] = value
    return cleaned


def _check_names(kind: str, values: Mapping[str, Any]) -> None:
    if kind not in EVIDENCE:
        raise InvalidData(f"type: {kind!r} is not one of {', '.join(EVIDENCE)}")
    fields = EVIDENCE[kind].model_fields
    for name, value in values.items():
        if name not in VALUES:
            raise InvalidData(f"{name}: this is no value of a fact")
        if name not in fields and value is not None:
            raise InvalidData(f"{name}: a fact of the type {kind} has no such value")


def _check_said(fact: Fact) -> None:
    """Refuse a fact that says nothing: its figures may be left out one by one, but not all of them."""
    match fact:
        case Survival() if fact.value is None and not fact.not_reached:
            raise InvalidData("value: give the figure, or mark the median as not reached")
        case FollowUp() if (fact.value, fact.low, fact.high) == (None, None, None):
            raise InvalidData("value: give the time of follow-up")
        case Proportion() if (fact.n, fact.percent, fact.qualifier, fact.absent) == (None, None, None, None):
            raise InvalidData("n, percent: give a figure, a word for it, or mark the event as absent")
