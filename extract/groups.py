"""Groups: whose figure a value is, where it is not the whole cohort's."""

from __future__ import annotations

import re

from extract.link_words import BARRIER
from extract.links import CONCEPT, GRADE, TIME
from extract.quantities import PEOPLE

_WORD = rf"(?!(?:and|vs|versus|were|was|had|have|compared|than|but|respectively|while|whereas|at|by|within|who|which)\b)[\w+≥≤<>'’/{CONCEPT}-]+"
# '90% in the combination group', '77% with CAR T cells and 65% with transplantation', '85 of those given axi-cel'.
_AFTER = re.compile(
    rf"^[\])%\s]*(?:of\s+(?:the\s+)?)?(?:{PEOPLE}\s+)?(?:in|for|with|after|among|of|on|without)\s+"
    rf"(?:(?:the|those|patients|children|adults)\s+)*(?:with\s+|given\s+|receiving\s+|treated\s+with\s+|who\s+received\s+)?"
    rf"(?P<group>(?!(?:all|these|them|whom|which|this|our|total|each|whole|entire|overall|two\s+groups|patients$)\b){_WORD}(?:\s+{_WORD}){{0,6}})"
)
# '(RI, 80% vs no RI, 76%)', '(axi-cel, 43%; tisa-cel, 17%)'.
_LABEL = re.compile(
    r"[(\[;]\s*(?:vs\.?\s+|versus\s+)?(?P<group>[a-z][\w+≥≤<>'’/ -]{1,40}?)\s*[,:=]\s*$|\bvs\.?\s+(?P<other>[a-z][\w+≥≤<>'’/ -]{1,30}?)\s*[,:]\s*$"
)
_KIND = re.compile(
    r"\b(?:groups?|arms?|cohorts?|subgroups?|subsets?|levels?\s+\d|dl\d|recipients|responders|period\s+\d|disease|lymphoma|leuk\w+|myeloma|cel|cells)\b|[≥≤<>]|-cel\b"
)
# 'In the non-EMD group, …', 'Among patients with extramedullary disease, …'.
_TOPIC = re.compile(
    rf"^(?:[\w\s-]{{0,30}},\s*)?(?:in|among|for|within|across)\s+(?:the\s+)?(?:\d+\s+)?(?P<group>(?:[\w+≥≤<>'’/{CONCEPT}-]+\s+){{0,5}}(?:group|arm|cohort|subgroup|subset)|(?:{PEOPLE})\s+(?:with|who|aged|given|receiving|without)\s+[^,;()]{{2,60}})\s*(?:\([^()]*\))?\s*,"
)
_SHARED_OUT = re.compile(r"^\s*(?:,|and\b|or\b|vs\b)[^.;()]{1,100}?\brespectively\b")
_COMPARED = re.compile(r"\b(?:vs\.?|versus|compared\s+(?:with|to)|than|against)\s+(?:[\w-]+\s+){0,2}$")


def group_of(folded: str, skeleton: str, start: int, end: int, *, listed: bool) -> str | None:
    """The group that the value at `start:end` belongs to, in the words of the sentence, or None.

    `listed`: the value is one of several for the same concept, so that any words after it tell them apart.
    """
    label = _LABEL.search(skeleton[:start])
    if label and listed:
        name = "group" if label["group"] else "other"
        return folded[label.start(name) : label.end(name)].strip()
    after = _AFTER.match(skeleton[end : end + 110])
    if after and GRADE not in after[0] and TIME not in after[0]:
        words = folded[end + after.start("group") : end + after.end("group")].strip()
        if _SHARED_OUT.match(skeleton[end + after.end("group") : end + after.end("group") + 120]):
            return None  # '… and 3 of 9 patients with FL, DLBCL and MCL, respectively': none of the names is its own
        if listed or _KIND.search(words):
            return words
    topic = _TOPIC.match(skeleton[:start])
    compared = _COMPARED.search(skeleton[max(0, start - 24) : start])  # 'in outpatients … in 25, versus 38 inpatients'
    if topic and not compared and not BARRIER.search(skeleton[topic.end() : start]):
        return folded[topic.start("group") : topic.end("group")].strip()
    return None
