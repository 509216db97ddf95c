"""What is no result of the study: states before the cells were given, and figures that were only expected."""

from __future__ import annotations

import re

from extract.concepts import Mention
from extract.quantities import Quantity

_CELLS = (
    r"(?:the\s+)?(?:first\s+)?(?:car\b|car-?t|cart\b|cells?\b|infusion|lymphodeplet|leuka?pheresis|apheresis|enrol|inclusion\b"
    r"|study\s+(?:entry|enrol|treatment)|screening|baseline|treatment\s+with\s+car|conditioning\s+chemo|bridging)"
)
# A clause that opens with a time before the cells: 'Before apheresis, 12% were MRD-negative'.
_OPENS = re.compile(
    rf"^\s*(?:(?:results?|findings)\s*:\s*)?(?:and\s+|while\s+|of\s+(?:these|them|the\s+\d+)\s*,\s*)?(?:immediately\s+|just\s+)?"
    rf"(?:(?:before|prior\s+to|at\s+the\s+time\s+of|at)\s+{_CELLS}|at\s+study\s+entry)[^,.;]{{0,50}},"
)
# 'Before infusion, 10 patients were in CR': the state the cells found.
_BEFORE_INFUSION = re.compile(
    r"(?:^|[;.:]\s+)(?:before|prior\s+to|at(?:\s+the\s+time\s+of)?)\s+(?:the\s+)?(?:(?!after|post|following|days?\b|weeks?\b|months?\b)[a-z+]+[\s-]){0,3}?(?:infusion|car[\s-]t|apheresis|leukapheresis|enrol\w+|lymphodepletion|baseline|transplant\w*|treatment|therapy|inclusion)\b(?!\s+(?:day|month|relapse))[^;.]{0,150}$"
)
# Behind the figure: '35% had lymphopenia before lymphodepletion'.
_RESPONSE_BEHIND = re.compile(
    r"^(?:[^.;,]|\.\d){0,60}?\b(?:prior\s+to|before|at\s+the\s+time\s+of|at)\s+(?:the\s+)?(?:car\b|car-t|infusion|lymphodepletion|apheresis|leukapheresis|enrol|baseline|first\s+infusion)|^[^.;]{0,16}\b(?:beforehand|so\s+that)\b"
)
# 'CR prior to CAR-T was present in 14%'
_BETWEEN = re.compile(
    r"^\s*(?:status\s+)?(?:prior\s+to|before|at\s+the\s+time\s+of|at)\s+(?:the\s+)?(?:car\b|car-t|infusion|lymphodepletion|apheresis|leukapheresis|enrol\w+|baseline)[^.;,]{0,30}$"
)
_EVENT_BEHIND = re.compile(
    r"^[^.;,]{0,30}?\b(?:before|prior\s+to)\s+(?:the\s+)?(?:car\b|car-t|infusion|lymphodepletion|lymphodepleting)|^[^.;,]{0,20}?\bat\s+baseline"
)
_EARLIER_THERAPY = (
    r"(?:prior|previous|earlier|transplant|(?:allo|auto)|\b(?:hsct|hct|asct|sct|bmt)\b|blinatumomab|inotuzumab|daratumumab|proteasome"
    r"|chemotherap|induction|frontline|first-line|\d\s+(?:prior\s+)?lines|lines\s+of)"
)
# 'had relapsed after transplantation', 'had progressed on daratumumab': told in the pluperfect, it was before.
_HAD = re.compile(r"\bhad\s+(?:[\w-]+\s+){0,2}$")
_AFTER_EARLIER = re.compile(
    rf"^\s*(?:disease\s+)?(?:after|following|post|on|from|within\s+[^.;,]{{1,30}}\s+(?:of|after))[\s-]+(?:[\w-]+\s+){{0,3}}?{_EARLIER_THERAPY}|^\s*post-?\s?(?:transplant|allo|hsct|hct)"
)
# 'progressed while receiving ibrutinib': under a drug, not after the cells.
_UNDER_EARLIER = re.compile(r"^\s*(?:while|when)\s+(?:on|receiving|taking|(?:being\s+)?treated\s+with|under)\b")
# 'received the cells in morphologic remission', 'more patients in second CR': remissions that were there before.
_GIVEN_IN = re.compile(
    r"\b(?:received|infused|treated|transplanted|underwent|proceeded)\b[^.;,()]{0,60}\b(?:in|while\s+in|with)\s+(?:a\s+)?(?:morpholog\w+\s+|ongoing\s+|h(?:a)?ematolog\w+\s+)?$"
)
_IN_LATER_CR = re.compile(
    r"\b(?:in|beyond)\s+(?:their\s+)?(?:first|second|third|1st|2nd|3rd|subsequent)\s+(?:or\s+(?:later|subsequent|\w+)\s+)?$"
)
# 'compared with an expected PFS of 1.9': no result, whatever it is of.
_HOPED_FOR = re.compile(
    r"(?<!than )\b(?:expected|anticipated|assumed|hypothesi[sz]ed|projected)\s+(?:[\w-]+\s+){0,4}(?:was|of|is|at|[,:(=])?\s*$"
)
_TO_BRIDGING = re.compile(r"\s*(?:\([a-z]+\)\s*)?(?:rates?\s+)?(?:to|after|following|with|of)\s+(?:the\s+)?bridging\b")
_EARLIER_HSCT = re.compile(r"\b(?:previous|previously|prior|history|earlier|pre-?existing)\b")


def is_baseline(folded: str, mention: Mention, q: Quantity) -> bool:
    """Whether a figure in the folded sentence tells what was before the cells."""
    behind = folded[max(q.end, mention.end) :]
    first = min(q.start, mention.start)
    opening = folded[max(folded.rfind(";", 0, first), folded.rfind(". ", 0, first)) + 1 : first]
    if mention.kind == "procedures":
        between = folded[min(q.end, mention.end) : max(q.start, mention.start)]
        return mention.name == "HSCT bridging" and bool(
            _EARLIER_HSCT.search(between) or _EARLIER_HSCT.search(folded[max(0, mention.start - 12) : mention.start])
        )
    if _HOPED_FOR.search(folded[max(0, q.start - 60) : q.start]):
        return True
    if mention.kind not in ("events", "response"):
        return False
    told_as_verb = folded.startswith("responded", mention.start)
    if mention.kind == "response" and not told_as_verb and _TO_BRIDGING.match(folded, mention.end):
        return True
    if _OPENS.match(opening):
        return True
    if mention.kind == "events":
        return bool(_EVENT_BEHIND.search(behind[:50]))
    if _BEFORE_INFUSION.search(folded, 0, first) or _RESPONSE_BEHIND.search(behind[:70]):
        return True
    if q.start >= mention.end and _BETWEEN.match(folded[mention.end : q.start]):
        return True
    before = folded[max(0, mention.start - 80) : mention.start]
    if mention.name in ("relapse", "PD"):
        if _UNDER_EARLIER.match(folded[mention.end : mention.end + 60]):
            return True
        return bool(_HAD.search(before)) and bool(_AFTER_EARLIER.match(folded[mention.end : mention.end + 60]))
    return bool(_GIVEN_IN.search(before)) or bool(_IN_LATER_CR.search(before))
