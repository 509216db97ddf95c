"""Reading a document: every sentence with its numbers, concepts, links, absences and cohort counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from spacy.tokens import Doc

from extract.abbreviations import local_terms
from extract.absence import read_absences
from extract.baseline import is_baseline
from extract.cohorts import Count, read_cohorts, settle
from extract.concepts import Mention, all_mentions, blank_definitions, masked
from extract.followup import FollowUpTime, read_followup
from extract.linking import link
from extract.links import Carried, Link
from extract.numbers import Atom, read_numbers
from extract.quantities import Quantity, read_quantities
from extract.scope import INLINE_LABEL, ONE_STUDY, Scope, Sentence, scope_of
from extract.uncounted import of_those_without
from extract.unlisted import unlisted_events
from models.record import Record
from models.study import StudyType
from models.vocabulary import Term, fold


@dataclass(slots=True)
class Reading:
    """All that was found in one sentence."""

    sentence: Sentence
    mentions: list[Mention] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    cohorts: list[Count] = field(default_factory=list)
    followups: list[FollowUpTime] = field(default_factory=list)


# Where CRi is spoken of, 'overall remission' is CR or CRi; elsewhere it is any response.
OVERALL_REMISSION = "\0overall remission"
_INCOMPLETE = re.compile(
    r"\bcri\b|incomplete\s+(?:h(?:a)?ematolog|count|blood|marrow)|with\s+or\s+without\s+(?:\w+\s+){0,2}recovery"
)

SILENT = ("review", "preclinical", "cost_effectiveness")


_MODELLED = re.compile(r"\b(?:model\w*|markov|qalys?|icers?|quality-adjusted|simulat\w+|willingness|budget)\b")
_COSTED = re.compile(r"\b(?:retrospective|records|charts?|claims|cohort\s+study|consecutive)\b")


def _counts_patients(text: str) -> bool:
    """Whether a study of costs counted those of its own patients, rather than of a model's."""
    folded = fold(text)
    return bool(_COSTED.search(folded)) and not _MODELLED.search(folded)


def read_document(record: Record, doc: Doc, kind: StudyType) -> list[Reading]:
    """Readings of all sentences of title and abstract, in order."""
    if kind in SILENT and not (kind == "cost_effectiveness" and _counts_patients(doc.text)):
        return []
    local = local_terms(doc, record.abstract)
    if _INCOMPLETE.search(fold(record.abstract)):
        local[OVERALL_REMISSION] = None
    carried = Carried()
    told = sentences(record, doc)
    if kind == "meta_analysis":
        # Only what is pooled is the meta-analysis' own.
        told = [replace(s, scope=Scope.NOTHING) if ONE_STUDY.search(s.folded) else s for s in told]
    readings = [read_sentence(s, local, carried) for s in told]
    settled = settle(
        [reading.cohorts for reading in readings], kind, record.title, [reading.sentence.folded for reading in readings]
    )
    for reading, cohorts in zip(readings, settled, strict=True):
        reading.cohorts = cohorts
    return readings


def sentences(record: Record, doc: Doc) -> list[Sentence]:
    """The title and the abstract's sentences with section and scope."""
    out = []
    if record.title:
        scope, _ = scope_of(fold(record.title), "TITLE", own_begun=False)
        out.append(Sentence(record.title, fold(record.title), 0, len(record.title), "TITLE", scope))
    own = False
    inline = ""
    spans = record.section_spans
    at = 0
    for sent in doc.sents:
        start, end = sent.start_char, sent.end_char
        while at + 1 < len(spans) and start >= spans[at][2]:
            at += 1
            inline = ""
        section, begin, _ = spans[at]
        start = max(start, begin) if start < begin < end else start
        text = record.abstract[start:end].rstrip()
        if not text or end <= begin:
            continue
        folded = fold(text)
        label = INLINE_LABEL.match(text)
        if label:
            inline = label["colon"] or label["glued"]
        scope, begun = scope_of(folded, inline or section, own_begun=own)
        own = own or begun
        out.append(Sentence(text, folded, start, start + len(text), section, scope))
    return out


_EARLIER = re.compile(r"\b(?:had|have|with)\s+(?:a\s+)?(?:previous(?:ly)?|prior|already|earlier)\b")
_ASIDES = frozenset({"p_value", "heterogeneity", "statistic", "registration", "criteria"})


_BY_CRITERIA = re.compile(r"\b(?:as\s+)?(?:by|per|according\s+to|using|with|on)\s+(?:the\s+)?$")
_CLOSES = re.compile(r"\s*[\])]")


def _without_asides(folded: str, atoms: list[Atom]) -> str:
    """The sentence with p values and their like blanked, so that '(82%; p = 0.04), grade 3 in 4' reads through."""
    spans = [(a.start, a.end) for a in atoms if a.rule in _ASIDES]
    for start, end in spans:
        led = _BY_CRITERIA.search(folded, max(0, start - 20), start)
        if led:
            start = led.start()
        before = len(folded[:start].rstrip())
        if before and folded[before - 1] in ";,":
            start = before - 1
        elif before and folded[before - 1] in "([":
            closed = _CLOSES.match(folded, end)
            if closed:  # '[P = .71]': the bracket goes with it
                start, end = before - 1, closed.end()
        folded = folded[:start] + " " * (end - start) + folded[end:]
    return folded


_ASIDE = re.compile(r"(?<=[\w)%\]])—(?=[a-z])([^—.;]{8,90})(?<=[\w)%\]])—(?=[a-z])")


def bracketed_asides(folded: str) -> str:
    """'32 patients—including 27 with DLBCL—received' with brackets in place of the dashes."""
    return _ASIDE.sub(lambda m: f"({m[1]})", folded) if folded.count("—") == 2 else folded


def read_sentence(s: Sentence, local: dict[str, Term | None], carried: Carried) -> Reading:
    """Numbers, concepts, links and cohorts of one sentence; `carried` goes on to the next."""
    reading = Reading(s)
    if s.scope is Scope.NOTHING:
        return reading
    reading.mentions = all_mentions(s.text, s.folded, local)
    if OVERALL_REMISSION in local:
        for m in reading.mentions:
            if m.name == "ORR" and "remission" in s.folded[m.start : m.end]:
                m.name = "CR/CRi"
    folded = fold(blank_definitions(s.text))
    plain = masked(folded, reading.mentions)
    atoms = read_numbers(plain)
    reading.quantities = read_quantities(plain, atoms)
    folded = _without_asides(folded, atoms)
    if s.scope is Scope.RESULTS:
        reading.followups = read_followup(s.folded, reading.quantities)
        watched = {id(f.quantity) for f in reading.followups}
        results = [q for q in reading.quantities if id(q) not in watched]
        reading.links = [
            one
            for one in link(folded, reading.mentions, results, carried)
            if one.quantity is None or not is_baseline(s.folded, one.mention, one.quantity)
        ]
        reading.links += unlisted_events(folded, results, reading.links)
        reading.links += read_absences(folded, reading.mentions, reading.quantities, reading.links, carried)
        reading.links = [
            one
            for one in reading.links
            if one.quantity is None
            or one.absent
            or not of_those_without(folded, one.mention, one.quantity, reading.mentions)
        ]
    linked = {id(one.quantity) for one in reading.links if one.quantity is not None}
    procedures = {id(one.quantity) for one in reading.links if one.mention.kind == "procedures"}
    if _EARLIER.search(folded):  # a transplant before the cells tells who the patients were
        linked -= procedures
    reading.cohorts = read_cohorts(
        bracketed_asides(s.folded),
        reading.quantities,
        linked,
        procedures,
        title=s.section == "TITLE",
        results=s.scope is Scope.RESULTS,
    )
    return reading
