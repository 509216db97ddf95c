"""Selected words → what they seem to say, by the extractor's own reading of their sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cartevidence.review.desk_types import Prefill
from extract.concepts import Mention, masked
from extract.facts import facts_of
from extract.language import language, sentence_spans
from extract.numbers import read_numbers
from extract.quantities import Quantity, read_quantities
from extract.reading import Reading, read_document
from models.evidence import EVIDENCE, PROVENANCE, FactType
from models.record import Record, Section
from models.vocabulary import fold

LABEL = "RESULTS"  # the sentence is read as one of results, whatever section it stands in
BEFORE = len(f"{LABEL}: ")
NOT_VALUES = PROVENANCE | {"type"}
ALIKE = 0.3  # from which overlap on a fact that the extractor reads is what the words mean
OF_KIND: dict[str, FactType] = {
    "response": "response", "survival": "survival", "events": "toxicity", "procedures": "procedure"
}  # fmt: skip
NAMED_BY = {"response": "endpoint", "survival": "endpoint", "toxicity": "event", "procedure": "name"}


def prefill(record: Record, section: str, start: int, end: int) -> Prefill:
    """The type and the values that words of a record seem to state; no values where they state none.

    `start` and `end` count in the title (section TITLE) or the canonical abstract.
    """
    text = record.title if section == "TITLE" else record.abstract
    begin, finish = _sentence(text, section == "TITLE", start, end)
    sentence = Record(pmid=record.pmid, sections=(Section(label=LABEL, text=text[begin:finish]),))
    a, b = start - begin + BEFORE, end - begin + BEFORE
    readings = read_document(sentence, language()(sentence.abstract), "prospective_trial")
    drafts = facts_of(readings, "prospective_trial")
    best = max(drafts, key=lambda draft: _alike(draft, a, b), default=None)
    if best is not None and _alike(best, a, b) >= ALIKE:
        kind: FactType = best["type"]
        fields = [name for name in EVIDENCE[kind].model_fields if name not in NOT_VALUES]
        return Prefill(kind, {name: best[name] for name in fields if best.get(name) is not None})
    return _from_parts(readings, a, b)


def _sentence(text: str, title: bool, start: int, end: int) -> tuple[int, int]:
    """The sentence, or the several, in which the words stand."""
    spans = [] if title else [(a, b) for a, b in sentence_spans(text) if a < end and start < b]
    return (min(a for a, _ in spans), max(b for _, b in spans)) if spans else (0, len(text))


def _alike(draft: dict[str, Any], start: int, end: int) -> float:
    """How well the words of a fact are those selected: shared characters of all that either has, 0 to 1."""
    shared: int = min(end, draft["end"]) - max(start, draft["start"])
    whole: int = max(end, draft["end"]) - min(start, draft["start"])
    return max(0.0, shared / whole)


def _from_parts(readings: Sequence[Reading], start: int, end: int) -> Prefill:
    """From the first figure among the words and the concept in them, or else the nearest in the sentence."""
    for reading in readings:
        at = reading.sentence.start
        a, b = start - at, end - at
        if b <= 0 or a >= len(reading.sentence.text):
            continue
        inside = [q for q in reading.quantities if q.start >= a and max(q.end, q.tail) <= b]
        concepts = [m for m in reading.mentions if m.kind in OF_KIND]
        alone = reading.sentence.folded[max(a, 0) : b]
        inside = inside or read_quantities(alone, read_numbers(alone))  # part of a longer figure
        figure = next((q for q in inside if q.kind != "time"), None)
        concept = min(concepts, key=lambda m: max(m.start - b, a - m.end, 0), default=None)
        when = next((q.times[0] for q in inside if q.times), None)
        watched = "follow" in masked(fold(reading.sentence.text), reading.mentions)
        return _told(figure, concept, when, watched=watched)
    return Prefill("response", {})


def _told(figure: Quantity | None, concept: Mention | None, when: str | None, *, watched: bool) -> Prefill:
    if concept is None:
        if figure is not None and figure.kind == "duration" and watched:
            return Prefill("followup", {"value": figure.value, "unit": figure.unit})
        if figure is not None and figure.bare:
            return Prefill("cohort", {"role": "treated", "n": int(figure.n or 0)})
        return Prefill("response", _figures(figure))
    kind = OF_KIND[concept.kind]
    values = {NAMED_BY[kind]: concept.name, **({} if kind == "survival" else _figures(figure))}
    if kind == "survival":
        values |= _survival(figure)
    if when is not None and kind != "procedure" and values.get("measure") != "median":
        values["time"] = when
    return Prefill(kind, values)


def _figures(figure: Quantity | None) -> dict[str, Any]:
    if figure is None or figure.kind != "proportion":
        return {}
    values: dict[str, Any] = {
        "n": None if figure.n is None else int(figure.n),
        "total": None if figure.total is None else int(figure.total),
        "percent": figure.percent,
        **_interval(figure),
    }
    return {name: value for name, value in values.items() if value is not None}


def _survival(figure: Quantity | None) -> dict[str, Any]:
    if figure is None:
        return {}
    if figure.kind == "not_reached":
        return {"measure": "median", "not_reached": True}
    measure = {"proportion": "rate", "duration": "median", "hr": "hr"}.get(figure.kind)
    value = figure.percent if measure == "rate" else figure.value
    unit = figure.unit if measure == "median" else None
    values = {"measure": measure, "value": value, "unit": unit, **_interval(figure)}
    return {name: told for name, told in values.items() if told not in (None, "")}


def _interval(figure: Quantity) -> dict[str, float]:
    names = ("ci_low", "ci_high", "ci_level")
    return {name: value for name, value in zip(names, figure.ci or (), strict=False) if value is not None}
