"""Statements of severity without a number: 'all CRS events were grade 1 or 2', 'ICANS was mild in most patients'."""

from __future__ import annotations

import re

from extract.concepts import Mention
from extract.links import CONCEPT, GRADE, Link
from extract.quantities import PEOPLE

_UNGRADED = frozenset({"SAE", "all-cause death", "death", "DLT"})
_ALL = r"(?:all|only|exclusively|solely|invariably|always|uniformly|every|each|both|universally|limited\s+to|confined\s+to|restricted\s+to|no\s+(?:higher|more)\s+than|not\s+exceeding|at\s+most|never\s+(?:above|exceeded|more\s+than)|did\s+not\s+exceed|no\s+worse\s+than)"
_MOST = r"(?:most|mostly|mainly|predominantly|largely|generally|primarily|chiefly|principally|usually|typically|for\s+the\s+most\s+part|(?:the\s+)?(?:vast\s+|great\s+|overwhelming\s+)?majority(?:\s+of)?|nearly\s+all|almost\s+all|almost\s+exclusively|the\s+bulk\s+of|in\s+most\s+cases|commonly)"
_SOME = r"(?:some|several|a\s+(?:proportion|subset|minority|number)\s+of)"
_FEW = r"(?:few|a\s+few|rarely|only\s+a\s+few|a\s+small\s+number\s+of)"
_AMOUNT = rf"(?:(?P<most>{_MOST})|(?P<few>{_FEW})|(?P<some>{_SOME})|(?P<all>{_ALL}))"
_THINGS = (
    r"(?:events?|cases?|episodes?|occurrences?|reactions?|instances?|manifestations?|symptoms?|toxicit(?:y|ies)|rates?)"
)
_EVENTS = rf"{CONCEPT}+(?:\s*(?:,|and|or|/|,\s*and)\s*{CONCEPT}+)*"
_BE = r"(?:was|were|is|are|being|remained|stayed|have\s+been|had\s+been|tended\s+to\s+be|appeared|proved|turned\s+out(?:\s+to\s+be)?)"
_SEEN = r"(?:occurred|developed|appeared|arose|emerged|(?:was|were|has\s+been|have\s+been)\s+(?:observed|seen|noted|reported|recorded|detected|documented|found|experienced|present|encountered))"
_WHO = rf"(?:of\s+)?(?:the\s+|these\s+|those\s+|our\s+|whom\s*)?(?:[\w-]+\s+){{0,2}}?(?:{PEOPLE}|of\s+them|cases)"
_FILL = r"(?:(?!no\b|not\b|in\b|and\b|with\b|by\b|grade|than\b)[\w'’-]+\s+){0,2}?"

# Each pattern names the amount, the events and the grade; C and G are a concept's and a grade's marks.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    # 'All CRS events were grade 1 or 2', 'the majority of reported ICANS was low grade'
    ("amount-of-events", re.compile(
        rf"\b{_AMOUNT}\s+(?:of\s+)?(?:the\s+|these\s+)?{_FILL}(?:{_THINGS}\s+of\s+)?(?P<events>{_EVENTS})\s*(?:{_THINGS}\s+)?(?:{_BE}|,|\()\s*(?:of\s+|at\s+|only\s+|considered\s+|classified\s+as\s+|rated\s+)*(?P<grade>{GRADE}+)")),
    # 'Only grade 1-2 CRS was observed', 'predominantly low-grade CRS and ICANS occurred'
    ("amount-of-grade", re.compile(
        rf"\b{_AMOUNT}\s+(?:of\s+)?(?P<grade>{GRADE}+)\s+{_FILL}(?P<events>{_EVENTS})\s*(?:{_THINGS}\s+)?(?={_SEEN})")),
    # 'CRS was limited to grade 1', 'ICANS events were mostly grade 1 or 2', 'CRS was generally mild'
    ("events-of-amount", re.compile(
        rf"(?P<events>{_EVENTS})\s*(?:{_THINGS}\s+)?(?:(?:{_BE}|{_SEEN}|that|which|but|and|,|\()\s*)+{_AMOUNT}\s*(?:(?:of|at|limited\s+to|confined\s+to|in|{_THINGS}|being|were|was|transient|reversible|manageable|and|,)\s*)*(?P<grade>{GRADE}+)(?!\s*(?:in\s+\d|\(\s*\d))")),
    # 'grade 1 or 2 in all cases', 'CRS was mild in most patients'
    ("grade-in-amount", re.compile(
        rf"(?P<events>{_EVENTS})\s*(?:{_THINGS}\s+)?(?:,|which|that|and)?\s*{_BE}\s+(?:of\s+|at\s+|only\s+)?(?P<grade>{GRADE}+)\s+(?:and\s+[\w-]+\s+)?(?:in|for|among)\s+{_AMOUNT}\s+{_WHO}")),
    # '… CRS (grade 1 or 2 in most)'
    ("grade-in-most", re.compile(
        rf"(?P<events>{_EVENTS})\s*(?:{_THINGS}\s*)?(?:,|\(|;)\s*(?P<grade>{GRADE}+)\s+in\s+{_AMOUNT}(?![\w\s-]{{0,24}}\(\s*(?:n\s?=\s?)?\d)")),
    # 'Grade 1 CRS was seen in some patients'
    ("graded-in-amount", re.compile(
        rf"(?P<grade>{GRADE}+)\s+{_FILL}(?P<events>{_EVENTS})\s*(?:{_THINGS}\s+)?{_SEEN}\s+(?:in|by|for)\s+{_AMOUNT}\s+{_WHO}")),
    # 'Most patients had grade 1 CRS', 'several developed mild ICANS'
    ("amount-with-graded", re.compile(
        rf"\b{_AMOUNT}\s+(?:{_WHO}\s+)?(?:had|developed|experienced|showed|suffered|exhibited)\s+(?:only\s+|at\s+most\s+|transient\s+)?(?P<grade>{GRADE}+)\s+{_FILL}(?P<events>{_EVENTS})")),
    # 'well tolerated, with only mild CRS'
    ("only-graded-event", re.compile(
        rf"\b(?:with|had|showed|experienced|developed|caused|induced)\s+(?:only|merely|just|at\s+most|no\s+more\s+than)\s+(?P<grade>{GRADE}+)\s+{_FILL}(?P<events>{_EVENTS})(?!\s*(?:in\s+\d|\(\s*\d|\(n))")),
    # 'well tolerated with mild CRS', 'patients developed grade 1-2 CRS'
    ("tolerated-with", re.compile(
        rf"\bwell[\s-]+toler\w+\s*,?\s+(?:with|and)\s+(?P<grade>{GRADE}+)\s+{_FILL}(?P<events>{_EVENTS})(?!\s*(?:in\s+\d|\(\s*\d|\(n))")),
    ("patients-developed", re.compile(
        rf"(?:^|[.;,]\s+)(?:the\s+)?(?:{PEOPLE})\s+(?:developed|experienced)\s+(?:transient\s+|reversible\s+)?(?P<grade>{GRADE}+)\s+{_FILL}(?P<events>{_EVENTS})(?!\s*(?:in\s+\d|\(\s*\d|\(n))")),
    # 'Grade 1 CRS occurred.'
    ("graded-event-seen", re.compile(
        rf"(?:^|[.;:,]\s*|\band\s+|\bonly\s+|\b(?:prolonged|recurrent|transient|reversible|manageable|persistent)\s+)(?P<grade>{GRADE}+)\s+(?P<events>{_EVENTS})\s+(?={_SEEN}\s*(?:$|[.;,]|and\b|but\b))")),
    # 'CRS remained at grade 1-2', 'hematologic toxicity reached grade 3-4'
    ("events-reached-grade", re.compile(
        rf"(?P<events>{_EVENTS})\s*(?:{_THINGS}\s+)?(?:reached|remained|stayed)\s+(?:at\s+|of\s+)?(?P<grade>{GRADE}+)(?!\s*(?:in\b|\())")),
)  # fmt: skip
_NEGATED = re.compile(r"\b(?:no|not|none|neither|without|never)\b[^.;,]{0,40}$")


def read_statements(skeleton: str, mentions: list[Mention], linked: list[Link]) -> list[Link]:
    """Graded statements of a sentence for events that no value claimed with that grade."""
    if GRADE not in skeleton or CONCEPT not in skeleton:
        return []
    counted = {id(link.mention) for link in linked if link.quantity is not None}
    told = {(link.mention.name, link.grade) for link in linked}
    grades = {g.start: g for g in mentions if g.kind == "grade"}
    out: list[Link] = []
    for rule, pattern in _PATTERNS:
        for m in pattern.finditer(skeleton):
            grade = grades.get(m.start("grade"))
            if grade is None or grade.name == "any" or _NEGATED.search(skeleton[max(0, m.start() - 50) : m.start()]):
                continue
            found = m.groupdict()
            amount = next((name for name in ("most", "few", "some", "all") if found.get(name)), None)
            for c in mentions:
                if (
                    c.kind != "events"
                    or c.name in _UNGRADED
                    or not m.start("events") <= c.start < m.end("events")
                    or (id(c) in counted and rule == "graded-event-seen")
                    or (c.name, grade.name) in told
                ):
                    continue
                told.add((c.name, grade.name))
                out.append(Link(c, None, rule, 0.7, m.start(), m.end(), grade=grade.name, qualifier=amount))
    return out
