"""Explaining: what each stage saw in a text, and what became of every number."""

from __future__ import annotations

from collections.abc import Iterator

from extract.concepts import masked
from extract.language import language
from extract.numbers import read_numbers
from extract.quantities import Quantity
from extract.reading import Reading, read_document
from extract.scope import Scope
from extract.study import study_type
from models.record import Record, Section
from models.study import StudyType
from models.vocabulary import fold

_SCOPES = {
    Scope.RESULTS: "may tell results",
    Scope.COHORT: "tells cohorts only (title, methods, aims)",
    Scope.NOTHING: "not this study's results: background, aims or other studies",
}


def explain(record: Record, kind: StudyType | None = None) -> Iterator[str]:
    """Lines that tell, sentence by sentence, the numbers, concepts, links and cohorts, and what was left.

    `kind` is the study type to read as; None lets the record decide.
    """
    kind = kind or study_type(record, fold(record.title), fold(record.abstract))
    yield f"Read as: {kind.replace('_', ' ')}"
    readings = read_document(record, language()(record.abstract), kind)
    if not readings:
        yield "Papers of this type give no facts."
    for reading in readings:
        yield from _sentence(reading)


def explain_text(text: str) -> Iterator[str]:
    """The same for bare sentences, read as the results of a prospective trial."""
    record = Record(pmid="1", sections=(Section(label="RESULTS", text=" ".join(text.split())),))
    return explain(record, "prospective_trial")


def _sentence(reading: Reading) -> Iterator[str]:
    s = reading.sentence
    yield ""
    yield f"{s.section} [{s.start}:{s.end}] {s.text}"
    yield f"  scope     {_SCOPES[s.scope]}"
    plain = masked(s.folded, reading.mentions)
    for atom in read_numbers(plain):
        if atom.kind == "noise":
            yield f"  number    {s.text[atom.start : atom.end].strip()!r} is no result ({atom.rule.replace('_', ' ')})"
    for mention in reading.mentions:
        yield f"  concept   {s.text[mention.start : mention.end]!r} is {mention.kind} {mention.name}"
    used: set[int] = set()
    for link in reading.links:
        grade = f" grade {link.grade}" if link.grade and link.grade != "any" else ""
        time = f" at {link.time}" if link.time else ""
        if link.quantity is None:
            what = "stated as absent" if link.absent else f"without a number ({link.qualifier or 'stated'})"
        else:
            used.add(id(link.quantity))
            what = _quantity(s.text, link.quantity)
        yield f"  link      {link.mention.name}{grade}{time} ← {what}  by {link.rule}, {link.strength:.2f}"
    for count in reading.cohorts:
        yield f"  cohort    {count.role} {count.n} ← {s.text[count.start : count.end]!r}  by {count.rule}, {count.strength:.2f}"
    for seen in reading.followups:
        used.add(id(seen.quantity))
        yield f"  followup  {_quantity(s.text, seen.quantity)}"
    counted = {count.n for count in reading.cohorts}
    for q in reading.quantities:
        if id(q) not in used and q.kind != "time" and not q.times and q.n not in counted:
            yield f"  left      {_quantity(s.text, q)}: no concept of this sentence claims it"


def _quantity(text: str, q: Quantity) -> str:
    return repr(text[q.start : max(q.end, q.tail)])
