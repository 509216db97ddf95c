"""Events told without a number: 'Toxicities included hypotension and fever', 'anemia was the most common event'."""

from __future__ import annotations

import re

from extract.concepts import Mention
from extract.links import CONCEPT, GRADE, Link

# Sums of all toxicity, or not toxicity in themselves: they head a list, they are not on it.
_HEADS = frozenset({"AE", "SAE", "death", "all-cause death", "DLT"})
_THINGS = (
    r"(?:(?:adverse|side|toxic)\s+(?:events?|effects?|reactions?)|toxicit(?:y|ies)|side-effects?|complications?"
    r"|(?:te|tr|s)?aes?\b|sequelae|symptoms?|manifestations?)"
)
_VERB = r"(?:were|was|are|is|included?|including|comprised|consisted\s+(?:mainly\s+)?of|being|such\s+as|:)"
_MOST_COMMON = r"most\s+(?:common(?:ly)?|frequent(?:ly)?|prevalent)"
# What heads a list, then its verb; the list runs to the end of the clause and holds no number.
_LIST = re.compile(
    rf"(?P<head>(?:^|[.;,]\s*|\b(?:and|with|the|while|of)\s+)[^.;,:()\d]{{0,60}}?(?:{_THINGS}|{_MOST_COMMON})[^.;,:()\d]{{0,60}}?)(?:,\s*)?\b{_VERB}\s+"
    rf"(?P<list>[^.;:()\d]+)(?=[.;]|$)"
)
_TOLD_COMMON = re.compile(
    rf"^\s*(?:events?\s+|toxicit(?:y|ies)\s+|cases?\s+)?(?:was|were|being|remained)\s+(?:by\s+far\s+|again\s+|also\s+)?(?:the\s+)?(?:second\s+|third\s+)?{_MOST_COMMON}\b(?!\s+cause)[^.;,()\d]*(?=[.;,]|$)"
)
_NOT_OWN = re.compile(
    r"\b(?:no|not|none|without|never|neither|nor|may|might|can|could|should|would|will|if|known|expected|potential|possible|risk|risks|such|like|define\w*|endpoints?|criteria|treat\w*|manag\w*|monitor\w*|associated|predict\w*|attribut\w+|higher|lower|compar\w+|due|(?<!-)related)\b"
)
_NOT_LISTED = re.compile(
    r"\b(?:no|not|none|without|never|neither|nor|may|might|can|could|should|would|will|if|risks?|endpoints?|criteria|associated|predict\w*|higher|lower|compar\w+)\b"
)


def read_occurrences(folded: str, skeleton: str, mentions: list[Mention], linked: list[Link]) -> list[Link]:
    """Events of a sentence that are said to have occurred, where no value or grade was told of them."""
    told = {id(link.mention) for link in linked}
    names = {link.mention.name for link in linked if not link.absent}
    events = [m for m in mentions if m.kind == "events" and m.name not in _HEADS]
    grades = [m for m in mentions if m.kind == "grade"]
    out: list[Link] = []

    def tell(c: Mention, grade: str | None, start: int, end: int, rule: str) -> None:
        if id(c) not in told and c.name not in names:
            names.add(c.name)
            out.append(Link(c, None, rule, 0.65, start, end, grade=grade))

    plain = folded
    for g in grades:
        plain = plain[: g.start] + GRADE * (g.end - g.start) + plain[g.end :]
    for m in _LIST.finditer(plain):
        if _NOT_OWN.search(m["head"]) or _NOT_LISTED.search(m["list"]):
            continue
        listed = [c for c in events if m.start("list") <= c.start and c.end <= m.end("list")]
        of_head = [g.name for g in grades if m.start("head") <= g.start < m.start("list")]
        in_list = [g for g in grades if m.start("list") <= g.start < m.end("list")]
        if len(of_head) > 1 or not listed or listed[0].start - m.start("list") > 30:
            continue
        for c in listed:
            own = next(
                (g.name for g in in_list if 0 <= c.start - g.end <= 24 and CONCEPT not in skeleton[g.end : c.start]),
                None,
            )
            tell(c, own or (of_head[0] if of_head else None), m.start("head"), c.end, "listed-event")
    for c in events:
        if _TOLD_COMMON.match(folded[c.end :]) and not _NOT_OWN.search(folded[max(0, c.start - 40) : c.start]):
            own = next(
                (g.name for g in grades if 0 <= c.start - g.end <= 12 and GRADE in skeleton[g.start : c.start]), None
            )
            tell(c, own, c.start, c.end, "most-common-event")
    return out


__all__ = ["read_occurrences"]
