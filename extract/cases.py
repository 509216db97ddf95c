"""Case reports: what happened to one to three patients is told without numbers ('she had grade 2 CRS')."""

from __future__ import annotations

import re

from extract.concepts import Mention
from extract.links import Link
from extract.quantities import Quantity
from extract.reading import Reading
from extract.scope import Scope

_GENERIC = frozenset({"AE", "SAE", "all-cause death", "death", "DLT", "ORR", "NR", "relapse"})
# What patients may bring along counts only when it is told as coming after the cells.
_LATER = frozenset(
    {"infection", "pulmonary", "cardiac", "renal", "hepatic", "fever", "pain", "bleeding", "thrombosis", "headache", "seizure"}
)  # fmt: skip
_AFTER_CELLS = re.compile(
    r"\b(?:after|following|post)[\s-]+(?:\w+[\s-]){0,3}(?:car|infusion|cell)|\bday\s+\+?\d|\bcomplicated\s+by|\bcourse\b"
)
_NOT_TOLD = re.compile(
    r"\b(?:relapsed|(?<!steroid-)(?<!steroid )refractory|prior|previous|history|before|first-line|chemotherapy|after\s+failure|literature|may|can|should|could|risk|suggest\w*|highlight\w*|potential|management|strateg\w+)\b"
)
# An event that is thought of or over, or only a sign of another, none that came up.
_THOUGHT_OF = re.compile(
    r"\b(?:consider\w*|suspect\w*|exclud\w+|rul\w+\s+out|differential|rather\s+than|mimick\w*|prophyla\w+|improving|recovery|challeng\w+|manifest\w*|characteri[sz]ed\s+by|presenting\s+(?:as|with)|(?:in\s+the|as\s+a)\s+form\s+of|signs\s+of|in\s+the\s+context\s+of)\b"
)
_DENIED = re.compile(r"\b(?:no|not|without|never|neither|nor)\b")
# 'A man with relapsed lymphoma developed …': what came before is not told of the event.
_BEGINS = re.compile(r"\b(?:developed|experienced|suffered|complicated\s+by|presented\s+with)\s")
# 'ICANS is a common complication', 'CRS resolved': knowledge, or an event told before.
_IN_GENERAL = re.compile(
    r"\s*(?:\([^()]*\)\s*)?(?:is|are|remains?|resolved|improved|subsided|abated|(?:was|were|had)\s+(?:completely\s+|fully\s+|rapidly\s+|successfully\s+)?(?:resolved|controlled|managed|treated|ruled|excluded|considered|suspected|reversed))\b"
)
# Signs under which an event shows itself.
_SIGNS = re.compile(r"(?:symptoms?|signs|disorders?|deterioration)$")
_WORSENED = re.compile(r"progress(?:ed|ing)\s+(?:rapidly\s+|further\s+)?(?:to|into)\b")
# Steroids as part of what treats the disease.
_REGIMEN = re.compile(
    r"\b(?:bortezomib|carfilzomib|lenalidomide|pomalidomide|daratumumab|cyclophosphamide|doxorubicin|etoposide|rituximab|vincristine|cytarabine|ifosfamide|venetoclax|regimen|first-line|induction|r-?chop)\b"
)
# One of two or three patients.
_WHICH = re.compile(
    r"\b(?:(?:patient|case|subject)\s+\d\b|(?:in\s+)?one\s+(?:patient|instance|case|child)|the\s+(?:first|second|third|other|latter|former)\s+(?:patient|case|child|man|woman|boy|girl))"
)
# 'He died of', 'fatal', '… proved fatal': the event was of grade 5.
_DIED_OF = re.compile(
    r"\b(?:died|dying|succumbed|death)\s+(?:\w+\s+){0,2}?(?:of|from|to|due\s+to|because\s+of|as\s+a\s+(?:result|consequence)\s+of|owing\s+to|secondary\s+to|caused\s+by|with)\s+(?:(?!and\b|with\b)[\w'’/-]+,?\s+){0,4}$"
)
_FATAL_BEFORE = re.compile(r"\b(?:fatal|lethal)\s+(?:(?!and\b|or\b|outcome|course)[\w'’-]+\s+){0,3}$")
_FATAL_AFTER = re.compile(
    r"(?:\s*\([^()]*\))?[^.;]{0,120}?\b(?:(?:was|were|proved|proving|became|becoming|turned\s+out|being)\s+(?:to\s+be\s+)?(?:ultimately\s+|eventually\s+|rapidly\s+)?(?:fatal|lethal)|ended\s+fatally|(?:with|had|to)\s+an?\s+(?:fatal|lethal)\s+(?:outcome|course|end)|(?:led|leading|progress\w+)\s+to\s+(?:his\s+|her\s+|the\s+(?:patient|child)['’]s\s+|early\s+)?death|(?:result(?:ed|ing)|culminat(?:ed|ing))\s+in\s+(?:his\s+|her\s+|the\s+(?:patient|child)['’]s\s+)?death)\b"
)
_FATAL_PRONOUN = re.compile(
    rf"^\s*(?:it|this|these|which|the\s+(?:complication|toxicity|event|course|condition))\s{_FATAL_AFTER.pattern}"
)
_DISEASE = re.compile(r"\b(?:relaps\w*|progress(?:ion|ive\s+disease)|disease|recurrence)\b")
# 'sepsis, multiorgan failure and ultimately death'
_ENDED = re.compile(
    r"\b(?:(?:result\w*|culminat\w*|end\w*)\s+in|(?:led|leading)\s+to|follow\w+\s+by|and\s+(?:ultimately|eventually|finally|subsequent|then))\s+(?:[^.;]{0,90}\band\s+)?(?:(?:ultimately|eventually|finally|subsequent|early)\s+)*(?P<death>death)\b"
)
_NOT_FATAL = re.compile(r"\b(?:can|may|might|could|often|potentially|usually|if)\b")
_NEXT_CLAUSE = re.compile(r"\b(?:and|but)\b|[,;]")
_PERSISTENT = frozenset({"CRS", "neurotoxicity", "HLH/MAS", "infection", "cytopenia", "cardiac", "pulmonary", "GVHD"})


def case_statements(readings: list[Reading]) -> list[list[Link]]:
    """For every sentence of a report of one to three patients, what it tells without a number."""
    out: list[list[Link]] = []
    event: Mention | None = None
    for reading in readings:
        links = _statements(reading) if reading.sentence.scope is Scope.RESULTS else []
        if reading.sentence.scope is Scope.RESULTS:
            links = _fatal(reading, links, event)
        out.append(links)
        event = next((m for m in reversed(reading.mentions) if m.name in _PERSISTENT), event)
    graded = {
        link.mention.name
        for links in [*(r.links for r in readings), *out]
        for link in links
        if link.mention.kind == "events" and not link.absent and link.grade not in (None, "any")
    }
    # An event told with its grade is often named again without.
    return [
        [k for k in links if k.quantity or k.mention.name not in graded or k.grade not in (None, "any")]
        for links in out
    ]


def _graded_here(folded: str, m: Mention, g: Mention, starts: set[int]) -> bool:
    """Whether a grade is told of an event: 'grade 3 CRS', 'severe, steroid-refractory ICANS', 'CRS (grade 2)', 'CRS was severe'."""
    if g.end <= m.start:
        return bool(re.fullmatch(r"\s*,?\s*(?:(?!and|or|with)[\w-]+\s+){0,2}", folded[g.end : m.start]))
    near = g.start - m.end <= 3 or bool(
        re.fullmatch(
            r"\s*of\s+the\s+\w+\s*\(|\s+(?:was|were|became|remained|had\s+been)\s+(?:of\s+|very\s+)?",
            folded[m.end : g.start],
        )
    )
    return g.start >= m.end and near and not any(0 < s - g.end <= 2 for s in starts)  # '… seizures (grade 3 ICANS)'


_PROFOUND = re.compile(r"\bprofound\s+(?:[\w-]+\s+){0,2}$")
_WAS_PROFOUND = re.compile(r"\s+(?:was|were|became|remained)\s+(?:\w+ly\s+)?profound\b")


def _statements(reading: Reading) -> list[Link]:
    told = {id(link.mention) for link in reading.links}
    spans = [(link.start, link.end) for link in reading.links]
    folded = reading.sentence.folded
    out: list[Link] = []
    starts = {m.start for m in reading.mentions if m.kind == "events"}
    for m in reading.mentions:
        if (
            m.kind in ("grade", "survival")
            or m.name in _GENERIC
            or id(m) in told
            or any(a <= m.start < b for a, b in spans)
            or (m.kind == "events" and _SIGNS.search(folded[m.start : m.end]))
        ):
            continue
        if m.name in _LATER and not _AFTER_CELLS.search(folded):
            continue
        if m.name == "steroids" and _REGIMEN.search(folded):
            continue
        if m.name == "PD" and _WORSENED.match(folded, m.start):
            continue  # 'ICANS progressed to coma'
        told_before = folded[max(0, m.start - 60) : m.end + 20]
        if m.name == "antigen-negative relapse":
            if any(link.mention.name == m.name for link in out):
                continue
            told_before = re.sub(r"\brelapsed?\b(?!\s*(?:or|/|and)\s*refractory)", " ", told_before)
        told_before = _BEGINS.split(told_before)[-1]
        if (
            _NOT_TOLD.search(told_before)
            or _IN_GENERAL.match(folded[m.end : m.end + 40])
            or _DENIED.search(folded[max(0, m.start - 30) : m.start])
        ):
            continue
        grade = next(
            (g.name for g in reading.mentions if g.kind == "grade" and _graded_here(folded, m, g, starts)),
            None,
        )
        if grade is None and m.kind == "events" and _THOUGHT_OF.search(told_before):
            continue
        if grade is None and (_PROFOUND.search(folded[: m.start]) or _WAS_PROFOUND.match(folded, m.end)):
            grade = "severe"
        time = next((q.times[0] for q in reading.quantities if q.times and abs(q.start - m.end) < 40), None)
        told_of = list(_WHICH.finditer(folded[: m.start]))
        which = told_of[-1] if told_of else None
        counted = Quantity("proportion", which.start(), which.end(), n=1, n_end=which.end()) if which else None
        start = which.start() if which else m.start
        out.append(Link(m, counted, "case-statement", 0.6, start, m.end, grade=grade, time=time))
    return out


def _fatal(reading: Reading, links: list[Link], event: Mention | None) -> list[Link]:
    """'He died of ICANS', 'it proved fatal': the event is of grade 5, and there is a death of it."""
    folded = reading.sentence.folded
    events = [m for m in reading.mentions if m.kind == "events" and m.name not in _GENERIC]
    for m in events:
        before = folded[max(0, m.start - 90) : m.start]
        died = _DIED_OF.search(before) or _FATAL_BEFORE.search(before)
        behind = None if died else _FATAL_AFTER.match(folded, m.end)
        if behind and any(m.end <= o.start < behind.end() for o in events):
            behind = None
        found = died or behind
        clause = _NEXT_CLAUSE.split(before)[-1]
        if found is None or _NOT_FATAL.search(clause) or _DENIED.search(clause):
            continue
        if died and _DISEASE.search(died[0]):
            continue
        start = m.start - len(before) + died.start() if died else m.start
        return _with_death(links, m, start, behind.end() if behind else m.end)
    pronoun = _FATAL_PRONOUN.match(folded)
    if pronoun is None and event is not None and not events:
        pronoun = re.search(r"\bproved\s+fatal\b", folded)
    if pronoun and event is not None:
        again = Mention("events", pronoun.start(), pronoun.end(), event.name)
        return _with_death(links, again, pronoun.start(), pronoun.end())
    ended = _ENDED.search(folded)
    if ended and not _NOT_FATAL.search(ended[0]) and not _DISEASE.search(folded[: ended.start()]):
        first = next((m for m in events if m.start < ended.start("death")), None)
        if first is not None:
            death = Mention("events", ended.start("death"), ended.end("death"), "death")
            return [*links, Link(death, None, "case-death", 0.6, first.start, ended.end("death"))]
    return links


def _with_death(links: list[Link], m: Mention, start: int, end: int) -> list[Link]:
    rest = [k for k in links if k.mention.name != m.name]
    death = Mention("events", m.start, m.end, "death")
    return [
        *rest,
        Link(m, None, "case-death", 0.6, start, end, grade="5"),
        Link(death, None, "case-death", 0.6, start, end),
    ]


__all__ = ["case_statements"]
