"""Events that no vocabulary knows, where they stand in a list of events: 'fever (88%), night sweats (22%) and rash (9%)'."""

from __future__ import annotations

import re

from extract.concepts import Mention
from extract.links import Link
from extract.quantities import Quantity

_WORD = r"(?!(?:and|or|the|with|without|in|of|for|after|at|by|to|from|than|vs|versus|followed|grade|any|all|only|other|most|was|were|had|who|group|groups|arm|cohort|cohorts|patients?|those|trial|study|use|admission|admissions|transfer|need|support|therapy|treatment|infusion|response|responses|remission|survival|relapse|disease|age|male|female|men|women|lymphoma|leuk\w+|myeloma|unknown|both|another|an?other|further|solid|bacterial|viral|fungal|infections?|tumou?rs?|cancers?|one|two|three|four|five|six|first|second|others?|death|deaths|bridging|\w*therapy|transplant\w*|intensive|ventilation|vasopressors?|\w+-cel|\w+leucel|\w+mab|car)\b)[a-z][\w'’/+-]*"
_NAME = rf"(?P<name>(?:an?\s+)?{_WORD}(?:\s+{_WORD}){{0,3}})"
# An item is 'night sweats (22%)' or 'night sweats in 4 (13%)'.
_ITEM = {
    "(": re.compile(rf"[\])%\s]*(?:,|;|and|,\s*and|;\s*and|,\s*or|or|&)\s+{_NAME}\s*[(\[]\s*(?:n\s?=\s?)?"),
    "in": re.compile(rf"[\])%\s]*(?:,|;|and|,\s*and|;\s*and)\s+{_NAME}\s+in\s+"),
}
_FIRST = {
    "(": re.compile(rf"\s*{_NAME}\s*[(\[]\s*(?:n\s?=\s?)?"),
    "in": re.compile(rf"\s*{_NAME}\s+in\s+"),
}
_KNOWN = {
    "(": re.compile(r"\s*(?:\([a-z-]{2,8}\)\s*)?[(\[]\s*(?:n\s?=\s?)?"),
    "in": re.compile(r"\s+(?:occurred\s+|seen\s+)?in\s+"),
}
_HEAD = re.compile(
    r"\b(?:events|aes|teaes|toxicities|toxic\s+effects|side[\s-]effects|signs|symptoms|manifestations|complications)\b[^.;:,()\d]{0,50}(?:\bwere\b|\bincluded?\b|\bincluding\b|:|\bcomprised\b|\bsuch\s+as\b)(?:\s+(?:mainly|mostly))?"
)
_ADJECTIVE = re.compile(r"[\w-]+(?:ive|al|ic|ous|ory|ed|ing|ly)")
_SINGULAR = re.compile(
    r"\b(reaction|deficit|disorder|elevation|increase|decrease|effusion|abnormalit|disturbance)(?:s|ies)\b"
)
UNNAMED = "unnamed"
_NO_EVENT = frozenset({"death", "all-cause death", "AE", "SAE", "DLT"})


def unlisted_events(folded: str, quantities: list[Quantity], links: list[Link]) -> list[Link]:
    """Values in a list of counted events that stand behind a name of their own."""
    known = {
        id(k.quantity): k
        for k in links
        if k.quantity is not None and k.mention.kind == "events" and k.mention.end <= k.quantity.start
    }
    taken = {id(k.quantity) for k in links}
    values = [q for q in quantities if q.kind == "proportion"]
    if not known or len(values) - len(taken) < 1 or len(values) < 3:
        return []
    out: list[Link] = []
    heads = [m.end() for m in _HEAD.finditer(folded)]
    for form, item in _ITEM.items():
        listed = [
            k for k in known.values()
            if k.mention.name not in _NO_EVENT and k.quantity
            and _KNOWN[form].fullmatch(folded, k.mention.end, k.quantity.start)
        ]  # fmt: skip
        if len(listed) < (1 if heads else 2):
            continue
        grades = {k.grade or "any" for k in listed}
        told = {id(k.quantity) for k in listed}
        for i, q in enumerate(values):
            if id(q) in taken or any(k.quantity is q for k in out):
                continue
            last = values[i - 1] if i else None
            m = None
            if last is not None and (id(last) in told or any(k.quantity is last for k in out)):
                m = item.fullmatch(folded, max(last.end, last.tail), q.start)
            for at in heads if m is None else []:
                m = m or _FIRST[form].fullmatch(folded, at, q.start)
            if m is None or not _in_list(values, i, told, heads):
                continue
            # 'Signs were cognitive (n = 30)': no size of a group, but no name of an event either.
            named = not _ADJECTIVE.fullmatch(m["name"])
            name = _SINGULAR.sub(r"\1", re.sub(r"^an?\s+", "", m["name"])) if named else UNNAMED
            mention = Mention("events", m.start("name"), m.end("name"), name)
            grade = next(iter(grades)) if len(grades) == 1 else None
            out.append(Link(mention, q, "listed-unknown", 0.6, mention.start, max(q.end, q.tail), grade=grade))
    return out


def _in_list(values: list[Quantity], i: int, told: set[int], heads: list[int]) -> bool:
    """Whether the list has a heading, or known events on both sides of the value, or two before it."""
    if any(at <= values[i].start for at in heads):
        return True
    before = [v for v in values[max(0, i - 3) : i] if id(v) in told]
    after = [v for v in values[i + 1 : i + 3] if id(v) in told]
    return len(before) > 1 or bool(before and after)


__all__ = ["UNNAMED", "unlisted_events"]
