"""Cohorts: how many patients, in which role. A count of people with the words that say what they are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.quantities import PEOPLE, Quantity

_NP = r"(?:(?!(?:and|but|had|has|have|was|were|achieved|developed|experienced|responded|relapsed|died|received|underwent|with|in)\b)[\w'’/+.-]+[\s,]+){0,7}?"
_WHO = r"(?:\s*[\])]?\s*(?:\([^()]*\)\s*)?(?:,\s*)?(?:(?:with|aged|from|at|across|who|of|in|had|failed|that)\b[^.;]{0,110}?\s+)?)"
_BE = r"(?:were|was|had\s+been|have\s+been|being|are|who\s+were|and\s+were|to\s+be)\s+(?:\w+ly\s+)?(?:finally\s+|then\s+|subsequently\s+|initially\s+|ultimately\s+)?"

# Words after the count (its noun phrase skipped) that give the role. First match wins.
AFTER: tuple[tuple[str, str, str], ...] = (
    ("screened", "screened-after", rf"{_BE}(?:screened|assessed\s+for\s+eligibility|leuk(?:a)?pheres\w+|apheres\w+|consented)|(?:had\s+|have\s+)?under(?:went|gone)\s+(?:leuk)?a?pheresis|underwent\s+(?:leuk(?:o|a)?pheresis|apheresis|screening|collection)|(?:gave|signed|provided)\s+(?:informed\s+)?consent|consented|had\s+cells\s+collected|(?:was|were)\s+(?:successfully\s+)?manufactured|had\s+(?:successful\s+)?(?:leuk)?apheresis"),
    ("enrolled", "enrolled-after", rf"{_BE}(?:enrolled|registered|randomi[sz]ed|randomly\s+assigned|recruited|accrued|included|assigned|entered|identified|allocated|intended)|enrolled|entered\s+the|(?:met|meeting|fulfilled)\s+(?:the\s+)?(?:inclusion|eligibility)|included\b|joined|who\s+enrolled|underwent\s+randomi[sz]ation"),
    ("treated", "treated-after", rf"{_BE}(?:infused|treated|dosed|given|administered|transfused|injected)(?!\s+with\s+(?:bridging|tocilizumab|steroid|dexameth|corticost|anakinra|chemotherapy|blinatumomab|inotuzumab|prior|glofit|epcor))|(?:had\s+|have\s+|who\s+|and\s+|finally\s+|subsequently\s+|ultimately\s+|then\s+|eventually\s+|actually\s+)*received\s+(?!(?:tocilizumab|steroid|cortico|bridging|a\s+second|second|prior|previous|no|dexameth|anakinra|an?\s+allo|allo|subsequent|consolid|salvage|radio|blina|only|more|further|ivig|platelet|transfus|prophyl|growth|g-csf|eltrom|thrombop|maintenance|an?\s+autolog|autologous\s+(?:stem|hema|haem|trans|hsct)|haploid|at\s+least|two|three|≥|another|inotuzumab|ruxolit|non|standard|placebo))|underwent\s+(?:car|treatment|infusion|lymphodepletion\s+and)|(?:who\s+)?receiv(?:ed|ing)\s+(?:car|cd|bcma|axi|tisa|liso|brexu|ide-cel|cilta|commercial|anti|infusion|at\s+least\s+one\s+infusion|an?\s+infusion|the\s+infusion|a\s+single|autologous\s+(?:anti|cd|car|bcma|t)|cell|product)|had\s+received\s+(?:car|cd|axi|tisa|liso|brexu)|proceeded\s+to\s+(?:infusion|car)|completed\s+infusion|who\s+received\s+(?:car|axi|tisa)"),
    ("evaluable", "evaluable-after", rf"(?:{_BE}|who\s+were\s+|with\s+)(?:evaluable|assessable|available\s+for|eligible\s+for\s+(?:the\s+)?(?:efficacy|response|analysis)|analy[sz]ed|response-evaluable|efficacy-evaluable|measurable\s+(?:disease|lesions))|(?:that|who)\s+(?:could|had\s+could)\s+be\s+(?:evaluated|assessed)|(?:could|can)\s+be\s+(?:evaluated|assessed)|had\s+(?:evaluable|measurable|available|assessable)|completed\s+(?:the\s+)?(?:first\s+)?(?:response\s+)?(?:assessment|evaluation)|reached\s+(?:the\s+)?(?:day|month)"),
)  # fmt: skip
# Words before the count.
BEFORE: tuple[tuple[str, str, str], ...] = (
    ("screened", "screened-before", r"(?:screened|apheres\w+\s+(?:of|in)|manufactured\s+for|leukapheresis\s+(?:of|in)|product\s+was\s+manufactured\s+for)\s+(?:a\s+total\s+of\s+|in\s+|for\s+)?$"),
    ("treated", "treated-before", r"(?:treated|infused|dosed|(?:was|were)\s+(?:given|administered|delivered)\s+(?:to|in)|gave\s+[^.;]{0,60}\s+to|administered\s+(?:[^.;]{0,50}\s+)?to|infusion\s+(?:of|in|to)|received\s+by|(?:therapy|treatment|cells)\s+(?:in|was\s+used\s+in|of)|conducted\s+(?:an?\s+)?[^.;]{0,60}(?:therapy|treatment|infusion|cells)\s+(?:in|on|for)|we\s+treated|given\s+to)\s+(?:a\s+total\s+of\s+|the\s+first\s+|all\s+|our\s+)?$"),
    ("evaluable", "evaluable-before", r"(?:evaluable|assessable|evaluated\s+in|available\s+(?:in|for|from)|analy[sz]able|analysis\s+(?:of|included|comprised|set\s+of|population\s+(?:of|included|comprised)|was\s+based\s+on)|analy[sz]ed|efficacy\s+(?:set|population)\s+(?:of|included|comprised))\s+(?:a\s+total\s+of\s+|data\s+(?:from|of)\s+|the\s+)?$"),
    ("enrolled", "enrolled-before", r"(?:enrolled|included|recruited|registered|randomi[sz]ed|randomly\s+assigned|assigned|identified|reviewed|evaluated|studied|enroll(?:ing|ment\s+of)|involv(?:ing|ed)|compris(?:ing|ed)|including|analy[sz]ed|accrued|collected|from|totall?ing|encompass(?:ing|ed)|cohort\s+of|data\s+(?:from|of|on)|with\s+a\s+total\s+of|total\s+of|investigated|assessed|examined|reported\s+on|describe|present|report|series\s+of|experience\s+(?:of|with|in)|(?:outcomes?|records)\s+(?:of|in)|study\s+of)\s+(?:a\s+(?:total|cohort|series)\s+of\s+|outcomes\s+(?:of|in)\s+|data\s+(?:from|of)\s+|the\s+outcomes\s+of\s+|(?:the\s+)?(?:medical\s+)?records\s+of\s+|all\s+|on\s+|the\s+first\s+)?$"),
)  # fmt: skip
_BEFORE = tuple((role, rule, re.compile(p)) for role, rule, p in BEFORE)
_AFTER = tuple((role, rule, re.compile(rf"^{_WHO}(?:{p})\b")) for role, rule, p in AFTER)
_ADJECTIVE = re.compile(
    rf"^\s*(?:[\w'’/+-]+\s+){{0,3}}?(?P<role>evaluable|assessable|response-evaluable|efficacy-evaluable|enrolled|treated|infused|randomi[sz]ed|eligible|screened|consecutive|included|recruited|analy[sz]ed)\s+(?:[\w'’/+-]+\s+){{0,5}}?(?:{PEOPLE})"
)
_ADJECTIVE_ROLE = {
    "evaluable": "evaluable", "assessable": "evaluable", "response-evaluable": "evaluable", "efficacy-evaluable": "evaluable",
    "enrolled": "enrolled", "randomized": "enrolled", "randomised": "enrolled", "included": "enrolled", "recruited": "enrolled",
    "treated": "treated", "infused": "treated", "screened": "screened", "analyzed": "evaluable", "analysed": "evaluable",
}  # fmt: skip
_ARM = re.compile(r"\b(?:dose\s+level|dl\s?-?\d|arm\b|cohort\s+\w\b|assigned\s+to|allocated\s+to|randomi[sz]ed\s+to|group\b|period\s+\d)")
_SUBGROUP_AFTER = re.compile(
    r"^\s*(?:[\w'’/+-]+\s+){0,3}?(?:with(?:out)?|who|whose|aged|previously|in\s+(?:the\s+)?(?:[\w-]+\s+)?(?:group|arm|cohort)|had\s+(?:prior|previous|received|extramedullary|high|bulky|relapsed\s+after|primary)|having|received\s+(?:bridging|prior|tisa|axi|liso|brexu)|were\s+(?:male|female|refractory|scored|classified|categori[sz]ed|assigned|in\s+the|from|aged|considered|younger|older|given)|at\s+dose|on\s+dialysis|from\b|not\b|haploidentical|treated\s+(?:at|with|in))"
)
_TOTALS = re.compile(r"\b(?:a\s+total\s+of|in\s+total,?|overall,?|all)\s+$")


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people with its role, the rule that gave it and the span that states it."""

    role: str
    n: int
    rule: str
    strength: float
    start: int
    end: int


def read_cohorts(folded: str, quantities: list[Quantity], linked: set[int], *, title: bool, results: bool) -> list[Count]:
    """Cohort sizes of one sentence. `linked` holds ids of quantities that are results already."""
    out: list[Count] = []
    for i, q in enumerate(quantities):
        if q.kind != "proportion" or q.n is None and q.total is None:
            continue
        following = quantities[i + 1].start if i + 1 < len(quantities) else len(folded)
        if q.total_span is not None and q.total:
            count = _denominator_role(folded, q, following)
            if count:
                out.append(count)
        if q.n is None or id(q) in linked and not _role_verb_follows(folded, q, following):
            continue
        count = _role_of(folded, q, quantities, i, following, title=title, results=results)
        if count is not None:
            out.append(count)
    return out


def _role_verb_follows(folded: str, q: Quantity, following: int) -> bool:
    return bool(_AFTER[2][2].match(folded[_after_noun(folded, q) : following]))


def _after_noun(folded: str, q: Quantity) -> int:
    """Where the noun phrase of a count ends: '36 children and young adults' -> after 'adults'."""
    m = re.compile(rf"\s*[\])]?\s*{_NP}(?:{PEOPLE})(?:\s*(?:and|or)\s+(?:[\w-]+\s+){{0,2}}(?:{PEOPLE}))?(?:\s*\([^()]*\))?").match(folded, q.end)
    if m:
        return m.end()
    m = re.compile(r"\s*[\])]").match(folded, q.end)
    return m.end() if m else q.end


def _denominator_role(folded: str, q: Quantity, following: int) -> Count | None:
    """'Seven of the 20 patients with measurable lesions', '9 of 13 evaluable patients'."""
    assert q.total_span is not None and q.total is not None
    start, end = q.total_span
    tail = folded[end:following]
    n = int(q.total)
    m = _ADJECTIVE.match(tail)
    if m and m["role"] in _ADJECTIVE_ROLE:
        return Count(_ADJECTIVE_ROLE[m["role"]], n, "denominator-adjective", 0.85, start, end + m.end())
    m = re.match(rf"\s*{_NP}(?:{PEOPLE})(?:\s*\(\s*\d+(?:\.\d+)?\s?%[^()]*\))?", tail)
    after = tail[m.end() :] if m else ""
    if m and re.match(r"\s*(?:that|who)\s+could\s+be\s+(?:evaluated|assessed)|\s*(?:who\s+were\s+|with\s+)(?:evaluable|assessable|measurable|available|response\s+(?:data|assessment))", after):
        return Count("evaluable", n, "denominator-evaluable", 0.85, start, end + m.end())
    if m and re.match(r"\s*(?:with(?:out)?|who(?!\s+(?:had|achieved|developed|experienced|responded)\b)|previously|aged)\s", after) and q.n is not None:
        return Count("subgroup", n, "denominator-subgroup", 0.6, start, end + m.end())
    return None


def _role_of(folded: str, q: Quantity, quantities: list[Quantity], i: int, following: int, *, title: bool, results: bool) -> Count | None:
    assert q.n is not None
    n = int(q.n)
    if n < 1 or q.n != n:
        return None
    before = folded[max(0, q.start - 90) : q.start]
    before = re.split(r"[.;]\s", before)[-1]
    past = _after_noun(folded, q)
    noun = bool(q.noun) or past > q.end + 2
    after = folded[past:following]
    if title:
        if noun and not re.search(r"\b(?:phase|day|month)\s*$", before):
            return Count("treated", n, "title-count", 0.75, q.start, min(past, len(folded)))
        return None
    m = _ADJECTIVE.match(folded[q.end : following])
    if m and m["role"] in _ADJECTIVE_ROLE:
        return Count(_ADJECTIVE_ROLE[m["role"]], n, "adjective", 0.85, q.start, q.end + m.end())
    for role, rule, pattern in _AFTER:
        hit = pattern.match(after[:150])
        if hit and (noun or _elliptic(folded, q, before)):
            role, rule = _refined(role, rule, folded, q, before, after, hit.end())
            return Count(role, n, rule, 0.85 if len(hit[0]) < 60 else 0.7, q.start, past + hit.end())
    if q.percent is not None and not noun:
        return None
    if noun or q.eq:
        for role, rule, pattern in _BEFORE:
            if pattern.search(before):
                if q.total is not None:
                    break
                role, rule = _refined(role, rule, folded, q, before, after, 0)
                return Count(role, n, rule, 0.75, q.start, past)
    if q.eq and q.total is None:
        if re.search(r"\([^()]*$", folded[: q.start + 1]) or folded[q.start] in "([":
            arm = bool(_ARM.search(before[-50:])) or bool(re.search(r"\b(?:vs\.?|versus|compared)\b", folded))
            return Count("arm" if arm else "subgroup", n, "n-equals", 0.7, _group_start(folded, q.start), q.end)
        return None
    if re.search(r"\b(?:dose\s+level\s+|dl\s?)\d?\s*$", before):
        return None
    m2 = re.match(r"\s*(?:patients?\s+|children\s+|were\s+)?(?:treated\s+)?(?:at|in|with|on|to)\s+(?:the\s+)?(?:dose\s+levels?|dl\s?-?\d|arm\b|cohort\s)", folded[q.end : following])
    if m2:
        return Count("arm", n, "dose-level", 0.75, q.start, q.end + m2.end())
    if noun and q.total is None and _SUBGROUP_AFTER.match(" " + after.lstrip()):
        arm = bool(re.search(r"\b(?:compar|versus|vs)\b", folded))
        return Count("arm" if arm else "subgroup", n, "described-group", 0.6, q.start, min(len(folded), past + 30))
    if noun and q.bare and re.search(r"(?:^|[,;:.]\s*|\b(?:and|that|in)\s+)(?:of|among|in|for)\s+(?:the\s+|these\s+|all\s+|those\s+)*$", before):
        return Count("subgroup" if i else "treated", n, "topic", 0.5, q.start, past)
    return None


def _elliptic(folded: str, q: Quantity, before: str) -> bool:
    """A count without noun may still be people: 'Of 36 children who enrolled, 33 (92%) were infused'."""
    return bool(re.search(rf"{PEOPLE}|enrolled|screened|infused|apheresis|whom|randomi|treated", folded))


def _refined(role: str, rule: str, folded: str, q: Quantity, before: str, after: str, upto: int) -> tuple[str, str]:
    """A role is an arm's or a subgroup's where the words around say so."""
    near = after[: upto + 46]
    if role in ("enrolled", "treated") and re.match(r"[^.;]{0,70}?\b(?:assigned|allocated|randomi[sz]ed)\s+to\b", after) and not re.search(r"randomi[sz]ed\s+(?:to\s+receive|1:1|in\s+a|\()", near):
        return "arm", "assigned-arm"
    if role == "treated" and re.search(r"\b(?:vs|versus|compared|whereas|while)\b", folded) and re.search(r"received\s+(?:axi|tisa|liso|brexu|ide|cilta|car\s?-?t|standard|autologous|bispecific|soc)", near):
        return "arm", "compared-arm"
    return role, rule


def _group_start(folded: str, start: int) -> int:
    """The words that name the group before '(n = 12)'."""
    at = start - 1 if folded[start] not in "([" else start
    m = re.search(r"(?:[\w'’/+≥<>-]+[\s-]+){0,4}[\w'’/+≥<>-]+\s*$", folded[max(0, at - 60) : at])
    return max(0, at - 60) + m.start() if m else start


__all__ = ["Count", "read_cohorts"]
