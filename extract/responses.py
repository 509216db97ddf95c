"""Responses told in words: 'all patients responded', 'CR was achieved by most', 'all of whom were MRD negative'."""

from __future__ import annotations

import re

from extract.concepts import Mention
from extract.links import CONCEPT, Link
from extract.quantities import PEOPLE

_MOST = r"(?:most(?:\s+of)?|(?:the\s+|a\s+)?(?:vast\s+|great\s+|large\s+|overwhelming\s+)?majority\s+of|nearly\s+all(?:\s+of)?|almost\s+all(?:\s+of)?)"
_ALL = r"(?:all(?:\s+of)?|every|each)"
_MOST_OR_ALL = rf"(?:(?P<most>{_MOST})|(?P<all>{_ALL}))"
_AMOUNT = rf"(?<!not )(?<!in )\b{_MOST_OR_ALL}"
# Whom: 'patients', 'of whom', 'of the treated children with MCL', 'responders'.
_WHO = (
    rf"\s+(?:the\s+|these\s+|those\s+|our\s+|other\s+)?(?:whom|which|them|(?:(?!\d)[\w-]+\s+){{0,3}}?(?:{PEOPLE}|cases|evaluable)|{CONCEPT}+(?:\s+{PEOPLE})?)"
    rf"(?:\s+(?:with|in|who|from|at|receiving|treated|given|infused|refractory|previously)\s+[^.,;:()]{{1,60}}?)?"
    rf"(?:\s+(?:[a-z]+ed|underwent|had|went)\s+[^.,;:()]{{1,80}}?\s+and)?"
)
_BE = r"(?:(?:also|still|eventually|ultimately|subsequently|initially|thus|then)\s+)?(?:had|have|achieved|attained|obtained|reached|entered|showed|exhibited|experienced|sustained|maintained|converted\s+to|went\s+into|(?:was|were|are|is|being|became|remain(?:ed)?|stay(?:ed)?|tested|found\s+to\s+be)(?:\s+(?:still|all|alive\s+and|alive|found\s+to\s+be|confirmed\s+to\s+be|assessed\s+as))*(?:\s+in)?|alive\s+and\s+in|alive\s+in|in|with)"
_ARTICLE = r"(?:(?:an?|the|their|at\s+least|ongoing|durable|sustained|deep|rapid|good|initial|excellent|continuous|persistent|long[\s-]term)\s+|(?!(?:no|not|without|prior|previous|or|and|lower|higher|inferior|poor)\b)[a-z][\w-]*\s+){0,4}"
_ACHIEVED = r"(?:achieved|observed|seen|obtained|attained|reached|noted|documented|recorded|found|confirmed|induced|maintained|present)"

_AHEAD = re.compile(rf"{_AMOUNT}(?:{_WHO})?\s+{_BE}\s+{_ARTICLE}$")
_AHEAD_OF_VERB = re.compile(
    rf"{_AMOUNT}(?:{_WHO})\s+(?:(?:have|had|also|eventually|initially|subsequently|ultimately)\s+)*$"
)
_BEHIND = re.compile(
    rf"^\s*(?:rates?\s+)?(?:was|were|has\s+been|had\s+been)\s+{_ACHIEVED}\s+(?:in|by|for)\s+{_MOST_OR_ALL}(?:{_WHO})?(?!\s*\(?\s*(?:n\s?=\s?)?\d)"
)
_FEW_WORDS = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
_ALL_BARE = re.compile(
    r"[,(;]\s*(?:and\s+)?(?:(?P<all>all)|(?P<most>most|nearly\s+all|almost\s+all))(?:\s+of\s+(?:them|whom|which))?\s+$"
)
_EVERY_CASE = re.compile(
    r"\bin\s+(?:(?P<all>every|all)|(?P<most>most))\s+(?:cases?|instances?)\s+(?:(?:were|was|being|with)\s+)?$"
)
_IN_AMOUNT = re.compile(rf"^\s*(?:in|by|for)\s+{_MOST_OR_ALL}(?:{_WHO})?(?!\s*\(?\s*(?:n\s?=\s?)?\d)")
_PREDICATE = re.compile(r"(?:responded|relapsed|progressed|recurred|completely responded)\b")
_SUBJECT = re.compile(r"\s+(?:were|was|had|have|tested|became|received|underwent|relapsed|remained|proceeded)\b")
_REACH = 150


def read_responses(folded: str, skeleton: str, concepts: list[Mention], taken: set[int]) -> list[Link]:
    """Statements that all or most patients had a response or a relapse, for endpoints that no value claimed."""
    told = {c.name for c in concepts if id(c) in taken}
    out: list[Link] = []
    for c in concepts:
        if c.kind != "response" or id(c) in taken or c.name in told:
            continue
        at = max(0, c.start - _REACH, *(skeleton.rfind(mark, 0, c.start) for mark in ".;:"))
        before = skeleton[at : c.start]
        verb = _PREDICATE.match(folded[c.start : c.end])
        if c.name in ("MRD-", "MRD- CR") and (bare := _ALL_BARE.search(before)):
            out.append(_link(c, bare, at + bare.start(), c.end))
            continue
        ahead = (_AHEAD_OF_VERB if verb else _AHEAD).search(before) or _EVERY_CASE.search(before)
        if ahead and re.search(r"\bin\s+(?:an?\s+)?$", before) and _SUBJECT.match(skeleton[c.end :]):
            continue  # 'All 19 patients in CR were …' says whom, not that all are in CR
        if ahead and not re.search(rf"(?:^|\s)(?:\d|{_FEW_WORDS})", ahead[0]):
            out.append(_link(c, ahead, at + ahead.start(), c.end))
            continue
        told_already = re.search(r"\b(?:was|were|became)\b", folded[c.start : c.end])  # 'MRD was undetectable in all'
        behind = (_IN_AMOUNT if told_already else _BEHIND).match(skeleton[c.end : c.end + _REACH])
        if behind:
            out.append(_link(c, behind, c.start, c.end + behind.end()))
    return out


def _link(c: Mention, m: re.Match[str], start: int, end: int) -> Link:
    return Link(c, None, "response-of-amount", 0.75, start, end, qualifier="most" if m["most"] else "all")
