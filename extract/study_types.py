"""The kind of study: cues of title and abstract speak for kinds, the kind with the highest sum wins.

The cues and their weights are `models/data/study_types.toml`; what needs counting is here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast, get_args

from models.record import Record
from models.scanner import Scanner
from models.study import StudyType
from models.vocabulary import DATA

KINDS: tuple[StudyType, ...] = get_args(StudyType)
Weights = Mapping[StudyType, int]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that speak for kinds of study, with weights in the title and in the abstract."""

    id: str
    title: Weights = field(default_factory=dict, hash=False)
    body: Weights = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Table:
    """The compiled cues of one place (title or body), the order at equal sums, weights of publication types."""

    title: Scanner[Cue]
    body: Scanner[Cue]
    order: tuple[StudyType, ...]
    prior: Weights
    publication_types: Mapping[str, Weights]


@lru_cache(maxsize=1)
def table() -> Table:
    """The table of cues."""
    data = tomllib.loads((DATA / "study_types.toml").read_text(encoding="utf-8"))
    rows = [
        (name, Cue(row["id"], row.get("title", row.get("body", {})), row.get("body", {})))
        for row in data["cue"]
        for name in row["names"]
    ]
    return Table(
        title=Scanner(rows_for(rows, "title"), overlapping=True),
        body=Scanner(rows_for(rows, "body"), overlapping=True),
        order=cast("tuple[StudyType, ...]", tuple(data["order"])),
        prior=data["prior"],
        publication_types=data["publication_types"],
    )  # fmt: skip


def rows_for(rows: list[tuple[str, Cue]], place: str) -> list[tuple[str, Cue]]:
    """The rows that weigh anything in this place."""
    return [(name, cue) for name, cue in rows if getattr(cue, place)]


# Sentences that are not about this study: others' trials, approvals, what should be done next.
_SENTENCE = re.compile(r"(?<=[.?!])\s+|\n")
_NOT_OWN = re.compile(
    r"\b(?:warrant|needed|are required|pivotal|registrational|licensing|licen[cs]ed after|was approved|were approved"
    r"|has been approved|approved on|merits?\b|deserve|worth a|rationale for|should be (?:tested|studied|evaluated|investigated)"
    r"|future|we call for|we plan|now recruiting|paves?|is planned|supports? (?:a|the|clinical|testing|further)"
    r"|has (?:revolutioni|transformed|changed|become|emerged|shown)"
    r"|have (?:revolutioni|transformed|changed|become|emerged|shown|been reported|been used|limited|improved)"
    r"|little is known|in the literature|others have|historical"
    r"|rarely (?:include|enrol)|data (?:are|is|exist)|lacking"
    r"|had been reported|(?:confirm|validat|verif|evaluat|investigat|address|test|explor|assess)(?:ed|ion) (?:in|by) (?:a |an |further |larger |future )*prospective"
    r"|for (?:instance|example)|since the report|largest series|to date,"
    r"|in (?:one|another|a recent|several|some|most) (?:[\w/-]+ ){0,4}(?:study|studies|trials?|series|cohorts?))"
)
_PEOPLE = (
    r"(?:patients|pts|children|infants|adults|participants|subjects|recipients|cases|individuals|adolescents|women|men"
    r"|responders|persons|people|controls)"
)
_SMALL = r"two|three|[23]"
_SPELLED = (
    r"four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:[ -]\w+)?"
)
_COUNTED = re.compile(
    r"(?<![\w.])(?:([1-9]\d{1,2}(?:[ ,]\d{3})?|[1-9],\d{3}|[1-9]\d{3}(?<!\b19\d\d)(?<!\b20\d\d))|[4-9]"
    rf"|{_SPELLED})"
    rf"(?:\s+(?!of\b|and\b|to\b)[\w/+-]+){{0,4}}?\s+{_PEOPLE}\b|\(n\s?=\s?\d\d+\)"
)
_DONORS = re.compile(
    r"\b(?:cells?|samples?|blasts|blood|marrow|products?|tumou?rs?|sera|serum|specimens)\s+(?:obtained\s+|collected\s+)?(?:of|from)\s+(?:\w+\s+)?$"
)
_OWN_WORK = re.compile(
    r"\b(?:we|our|us)\b(?!\s+(?:review|discuss|summari|argue|explore|outline|highlight|examine|propose|also\s+(?:discuss|review)|will))|\bthis\s+(?:study|trial|case|phase|analysis|report)\b|\b(?:here|herein)\b|year-old|\bthe\s+patient\b"
)
_ASKED = re.compile(r"(?:^|[:?.]\s)(?:how|what|where|why|should|which|when|who)\b[^?:]*\?\s*$")
_FEW = re.compile(
    rf"(?<![\w.])(?:{_SMALL})(?:\s+[\w/+-]+){{0,3}}?\s+(?:patients|pts|infants|children|cases|recipients)\b"
)
_FEW_TREATED = re.compile(
    rf"(?<![\w.])(?:{_SMALL})(?:\s+[\w/+-]+){{0,3}}?\s+(?:patients|pts|infants|children|cases|recipients)\b[^.;]{{0,90}}?"
    r"\b(?:(?:were|was)\s+(?:infused|treated)|received)\b"
)
_OUTCOMES = re.compile(
    r"\b(?:median follow[\s-]?up|complete (?:response|remission)|progression[\s-]free survival|overall survival"
    r"|median age|(?:cytokine release syndrome|crs|icans) (?:was|were|occurred|developed|of)|response rate (?:was|of)|orr (?:was|of)|grade\s?[≥>\d]|hazard ratio|95% ci|p\s?[=<]\s?0?\.\d)"
)
_CENTRES = re.compile(
    r"\b(?:(\d{1,4})|(two|three)|(four)|(?:five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty))"
    r"(?:\s+[\w-]+){0,3}?\s+(?:cent(?:er|re)s|hospitals|sites|institutions|countries)\b"
)
# Weights of what is counted: patients of the study itself, outcomes, centres.
COUNTED: Weights = {
    "prospective_trial": 2, "retrospective": 2, "real_world": 2, "review": -2, "preclinical": -2, "case_report": -4,
}  # fmt: skip
OUTCOMES: Weights = {
    "prospective_trial": 1, "retrospective": 1, "real_world": 1, "review": -1, "preclinical": -1, "other": -1,
}  # fmt: skip
MANY = 400  # patients
MANY_CENTRES: Weights = {"real_world": 4}
FEW_CENTRES: Weights = {"retrospective": 3, "real_world": -3}
FOUR_CENTRES: Weights = {"retrospective": 2, "real_world": -2}
FEW_PATIENTS: Weights = {"case_report": 6}
NO_STUDY: Weights = {"review": 3}
ASKS: Weights = {"review": 3}  # a title that asks
ONE_CASE: Weights = {"case_report": 5}
FEW_TREATED: Weights = {"preclinical": -3}  # a construct tried in cells and in the first patients
NO_PATIENTS: Weights = {"retrospective": -3, "real_world": -3, "prospective_trial": -2}
SHORT = 500  # characters: an abstract that breaks off tells nothing by what it lacks
MANY_PATIENTS: Weights = {"real_world": 3}
RECORD_NUMBER: Weights = {"prospective_trial": 3}


def study_type(record: Record, folded_title: str, folded: str) -> StudyType:
    """The kind of study, from publication types, title and abstract."""
    scores = study_scores(record, folded_title, folded)
    return max(table().order, key=lambda kind: (scores[kind], -table().order.index(kind)))


# What an 'other' study is that has no patients of its own.
_TALKS = frozenset({"consensus", "protocol", "opinion", "comment-on-a-paper"})
_ASKS = frozenset({"survey", "interviews", "spontaneous-reports", "indirect-comparison", "sequenced"})


def without_results(record: Record, folded_title: str, folded: str, kind: StudyType) -> bool:
    """Whether a paper of the kind 'other' tells no results: recommendations, protocols, comments."""
    if kind != "other":
        return False
    found = weights_of(record, folded_title, folded).keys()
    return bool(_TALKS & found) and not _ASKS & found


def study_scores(record: Record, folded_title: str, folded: str) -> dict[StudyType, int]:
    """The sum of weights for each kind of study."""
    scores = {kind: table().prior.get(kind, 0) for kind in KINDS}

    def add(weights: Weights, times: int = 1) -> None:
        for kind, weight in weights.items():
            scores[kind] += weight * times

    for weights in weights_of(record, folded_title, folded).values():
        add(weights)
    return scores


def weights_of(record: Record, folded_title: str, folded: str) -> dict[str, Weights]:
    """Everything that was found, by its id, with its weights: for people who wonder why."""
    cues = table()
    found: dict[str, Weights] = {f"type: {t}": cues.publication_types[t] for t in record.publication_types
                                 if t in cues.publication_types}  # fmt: skip
    for _, _, cue in cues.title.hits(folded_title):
        found[cue.id] = cue.title
    own = own_part(folded)
    for _, _, cue in cues.body.hits(own):
        found.setdefault(cue.id, cue.body)
    everything = f"{folded_title} . {own}"
    groups = [
        m[1] for m in _COUNTED.finditer(everything) if not _DONORS.search(everything, max(0, m.start() - 40), m.start())
    ]
    counted = min(2, len(groups))
    for i in range(counted):
        found[f"patients counted {i + 1}"] = COUNTED
    for i, _ in zip(range(2), set(_OUTCOMES.findall(own)), strict=False):
        found[f"outcomes {i + 1}"] = OUTCOMES
    centres = list(_CENTRES.finditer(everything))
    if centres and "one-centre" not in found:
        most = max(int(m[1]) if m[1] else 3 if m[2] else 4 if m[3] else 5 for m in centres)
        if most == 4:
            found["four centres"] = FOUR_CENTRES
        else:
            found["many centres counted" if most > 4 else "few centres"] = MANY_CENTRES if most > 4 else FEW_CENTRES
    if "one-centre" not in found and any(_whole(n) >= MANY for n in groups if n):
        found["more patients than one centre has"] = MANY_PATIENTS
    few = _FEW.search(everything)
    if not counted and few and not _DONORS.search(everything, max(0, few.start() - 40), few.start()):
        found["two or three patients"] = FEW_PATIENTS
        if _FEW_TREATED.search(own):
            found["two or three patients treated"] = FEW_TREATED
    elif not counted and len(folded) > SHORT:
        found["no patients counted"] = NO_PATIENTS
    if _ASKED.search(folded_title):
        found["the title asks"] = ASKS
    if not counted and "case-described" in found:
        found["one case told"] = ONE_CASE
    if not counted and not _OWN_WORK.search(own):
        found["no study of its own"] = NO_STUDY
    if record.nct and "registered" not in found and counted:
        found["registered in record"] = RECORD_NUMBER
    return found


def _whole(printed: str) -> int:
    return int(re.sub(r"\D", "", printed))


def own_part(folded: str) -> str:
    """The abstract without the sentences about other studies, approvals and future work."""
    return "\n".join(s for s in _SENTENCE.split(folded) if not _NOT_OWN.search(s))
