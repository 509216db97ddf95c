"""Procedures that nobody needed: 'no patient required tocilizumab', 'neither steroids nor tocilizumab were given'."""

from __future__ import annotations

import re

from extract.concepts import Mention
from extract.links import CONCEPT, Link
from extract.quantities import PEOPLE

_LIST = rf"(?:(?:the\s+use\s+of\s+|any\s+|systemic\s+|an?\s+)*{CONCEPT}+(?:[\s,]+(?:(?:or|nor|and)\s+)?(?:any\s+|systemic\s+)?{CONCEPT}+)*)"
_NEED = r"(?:requir(?:ed|ing)|need(?:ed|ing)|received|receiv(?:ed|ing)|underwent|proceeded\s+to|went\s+on\s+to|(?:was|were)\s+(?:given|treated\s+with|bridged\s+(?:to|with|by)))"
_GIVEN = r"(?:was|were|had\s+to\s+be)\s+(?:given|used|needed|required|administered|necessary|performed|employed)"
# Each row: rule, pattern. The list of procedures is the group 'list'.
_ROWS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (rule, re.compile(pattern))
    for rule, pattern in (
        (
            "nobody-needed",
            rf"\b(?:no\s+(?:[\w-]+\s+)?(?:{PEOPLE}|one|child|patient|participant)|none(?:\s+of\s+(?:the\s+|these\s+|our\s+|all\s+)?(?:[\w-]+\s+){{0,3}}?(?:{PEOPLE}|them|whom))?)\s+(?:{_NEED}\s+)?(?P<list>{_LIST})",
        ),
        ("neither-given", rf"\bneither\s+(?P<list>{_LIST})(?:\s+(?:therapy|use))?\s+{_GIVEN}"),
        ("needed-neither", rf"\b(?:required|needed|received)\s+(?:neither|no)\s+(?P<list>{_LIST})"),
        ("none-given", rf"(?:^|[.;,]\s+|\b(?:and|but|with)\s+)no\s+(?P<list>{_LIST})(?:\s+(?:therapy|use))?\s+{_GIVEN}"),
        ("not-given", rf"(?P<list>{_LIST})(?:\s+(?:therapy|use))?\s+(?:was|were)\s+not\s+(?:given|used|needed|required|administered|necessary|performed)\b"),
    )
)  # fmt: skip
_SOME = re.compile(rf"(?:\d|\b(?:who|whom|whose|those|if|when|where|unless|in\s+{PEOPLE}\s+with))\s[^.;,]{{0,60}}$")
_DENIED = re.compile(r"\b(?:no|none|neither|not)\b")


def read_unused(folded: str, skeleton: str, concepts: list[Mention], taken: set[int]) -> list[Link]:
    """Stated absences of procedures, for those that no value claimed."""
    procedures = [c for c in concepts if c.kind == "procedures" and id(c) not in taken]
    if not procedures or not _DENIED.search(folded):
        return []
    out: list[Link] = []
    for rule, pattern in _ROWS:
        for m in pattern.finditer(skeleton):
            if _SOME.search(skeleton[: m.start()]):
                continue  # 'those in whom tocilizumab was not used'
            for c in procedures:
                if m.start("list") <= c.start and c.end <= m.end("list") and id(c) not in taken:
                    taken.add(id(c))
                    start, end = min(m.start(), c.start), max(m.end(), c.end)
                    out.append(Link(c, None, rule, 0.85, start, end, absent=True))
    return out


__all__ = ["read_unused"]
