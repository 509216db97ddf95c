"""Cohorts: how many patients, in which role. A count of people with the words that say what they are.

A sentence is read level by level: first with its brackets blanked, then each bracket on its own as a
breakdown of the words before it. `settle` then reads all sentences of one abstract together.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from extract import roles
from extract.quantities import Quantity
from models.study import StudyType


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people with its role, the rule that gave it and the span that states it."""

    role: str
    n: int
    rule: str
    strength: float
    start: int
    end: int


@dataclass(slots=True)
class Candidate:
    """A number that may count people. `np_end`: where its noun phrase ends; `phrase`: its words before the noun."""

    n: int
    start: int
    end: int
    np_end: int
    quantity: Quantity
    noun: str = ""
    phrase: str = ""
    eq: bool = False
    denominator: bool = False


_AFTER = tuple((role, rule, re.compile(p)) for role, rule, p in roles.AFTER)
_BEFORE = tuple((role, rule, re.compile(p)) for role, rule, p in roles.BEFORE)
_TREATED = next(p for _, rule, p in _AFTER if rule == "treated-after")
_ADJECTIVES = tuple((role, rule, re.compile(p)) for role, rule, p in roles.ADJECTIVES)
_STOP_WORDS = (
    r"(?:had|has|have|having|was|were|are|is|be|been|with|without|in|on|at|by|for|from|to|who|whom|whose|of|and|or|but|that|which|"
    r"achieved|developed|experienced|responded|died|received|underwent|did|got|while|than|versus|vs|after|before|because|so|as|per|"
    r"proceeded|reached|entered|completed|went|remained|showed|the|these|an?|their)"
)
_STOP = rf"(?:{_STOP_WORDS}|{roles.THINGS})\b"
_NOUN = re.compile(
    rf"\s*(?:of\s+(?:the|these|those|our|all)\s+)?(?P<phrase>(?:(?!{_STOP})(?:relapsed\s+(?:and|or)\s+refractory|[a-z≥][\w'’/+.-]*),?\s+){{0,8}}?)(?P<noun>{roles.PEOPLE})"
    rf"(?![\w-])(?:\s+(?:and|or)\s+(?:(?!{_STOP})[a-z][\w-]*\s+){{0,2}}{roles.PEOPLE}(?![\w-]))?"
)
_THING = re.compile(rf"\s*(?:(?!{roles.PEOPLE}\b|{_STOP_WORDS}\b)[a-z][\w/-]*\s+){{0,3}}?{roles.THINGS}(?![\w-])|\s?[-–—:.]\s?\d|-[a-z]|\s*%")
_NOT_A_COUNT = re.compile(r"(?:(?<![a-z\s])[-–—]|[/±+]|\.(?!\s)|\d\s+to|\b(?:phase|day|week|month|year|grade|level|type|version|stage|cohort|arm|group|period|score|line|than|q|p|dl|status\s+of|score\s+of|(?:median|mean|minimum|maximum)\s+of|up\s+to|least|most|every|×|x))\s*$")
_CUT = re.compile(r"[;:]|\.\s|,\s*(?:we|the|median|in|this|there|most|all)\s|,\s*(?:of\s+(?:whom|which|these|them)|including|while|whereas|but|so\s+that|with\s+\d|leaving)\b")
_NESTED = re.compile(r"[^,;:.]{0,90},\s*(?=(?:were|was|had|have|received|underwent|are|who)\b)")
_NEGATED = re.compile(r"\b(?:not|never|no|without|before|until|to)\s+(?:(?:been|being|be|yet|an?)\s+)?$")
_DENIED = re.compile(r"\s*,?\s*(?:of\s+\w+\s+)?(?:who\s+)?(?:(?:were|was|are|did|had|have|has|could|would)\s+(?:not|never)\b|declined|refused|withdrew|dropped)")
_TOPIC = re.compile(r"(?:^|[,;:.]\s*|\b(?:and|that|results?|findings?)\s+)(?:of|among|in|for|across|from)\s+(?:the\s+|these\s+|all\s+|those\s+|our\s+)*$")
_OTHER = re.compile(roles.OTHER_THERAPY)
_SEEN_IN = re.compile(r"\b(?:observed|seen|occurred|reported|developed|noted|recorded|found|detected|failed|present|persisted|documented|affected|fell|rose|increased)\b[^,;:.]{0,40}?\b(?:in|by|for)\s+(?:only\s+|all\s+|the\s+)*$")
_CAR = re.compile(roles.CAR)
_PART = re.compile(r"\s*(?:not\s+\w+ing|without|who\s+did\s+not)\b")
_FULFILLED = re.compile(r"\s*(?:[^;:.]{0,40}?\b(?:fulfilled|met|satisfied)\b[^;:.]{0,40}\bcriteria|(?:patients?\s+)?were\s+(?:eligible|included))")
_IN_GROUP = re.compile(r"\s*in\s+(?:the\s+)?[\w\s+/-]{1,30}\b(?:arm|group|cohort)\b")
_ALSO_TREATED = re.compile(r"[^;:.]{0,60}?(?:\bwere|\band|\ball\s+of\s+whom(?:\s+were)?)\s+(?:\w+ly\s+)?(?:treated|infused|dosed|completed\s+(?:the\s+)?treatment|received\s+(?:[\w-]+\s+){0,4}?(?:car|cells|infusion))\b")
_CONTRAST = re.compile(r"\bhr\b|hazard|(?:longer|shorter|higher|lower|better|worse)")
_WHOLE = re.compile(r"\b[\w-]+\s+(?:\w+\s+)?(?:patients|population|participants|set|recipients)\s*$")
_WITH_DISEASE = re.compile(r"\s*with\s+(?:primary\s+)?(?:relapsed|refractory|progressive|recurrent)\b")
_GRADE_LABEL = re.compile(r"\bgrades?\s*[≥≤<>]?\s*[\d\s–/-]*[,:(]?\s*$")
_TO_RECEIVE = re.compile(r"\s*(?:assigned\s+)?to\b")
_OTHERS_TO = re.compile(r"[\w-]+\s+(?:patients\s+|were\s+|assigned\s+)*to\b")
_GIVEN_TO = re.compile(r"\b(?:administered|infused|given|delivered)\s+(?:to|in|into)\s+$")
_MORE_DOSES = re.compile(r"\s*(?:,|or\b|and\b|to\b|-)\s*\d")
_BRACKET = re.compile(r"[()\[\]]")
_ITEM = re.compile(r"\s*(?:,|;|\band\b|\bor\b|,\s*and|/)\s*(?:the\s+)?$")
_SHORT = re.compile(r"\s+(?!\w+ed\b|(?:had|was|were|with|received|did|of|in|at|months?|years?|weeks?|days?)\b)[a-z][\w/+-]*(?:\s+(?!and\b|or\b|\d)[\w/+-]+){0,4}\s*(?=[,;.)\]]|and\b|or\b|,\s*and|$)")
_SET = re.compile(r"\b(?:analys[ie]s|evaluable|efficacy|response|assessable)\s+(?:[\w-]+\s+)?(?:set|population|cohort|patients)\s*$|\bevaluable\s+\w*\s*$")
_LABEL_RESULT = re.compile(r"(?:\bgrades?\s*(?:[\d≥<>]\S*)?|\bcr[si]?|\bpr|\bsd|\bpd|\bresponse|\bremission|\bprogression|\bdeaths?|\bicans|\bcensored|\bdied|\btoxicity|\binfections?)\s*$")


def read_cohorts(folded: str, quantities: list[Quantity], linked: set[int], *, title: bool, results: bool) -> list[Count]:
    """Cohort sizes of one sentence. `linked` holds ids of quantities that are results already."""
    found: list[Count] = []
    if any(q.kind == "proportion" for q in quantities):
        spans = _brackets(folded)
        flat = _blanked(folded, spans)
        outer = _candidates(folded, flat, quantities, 0, len(folded), spans)
        counts = _read_level(folded, flat, outer, linked, title=title)
        found += [c for c in counts if c is not None]
        for c, count, following in zip(outer, counts, _next_starts(flat, outer), strict=True):
            if count is not None and c.noun:
                found += _also_treated(flat, c, count, following)
        deep = _blanked(folded, [(s + 1 + a, s + 1 + b) for s, e in spans for a, b in _brackets(folded[s + 1 : e - 1])])
        compared = bool(roles.COMPARED.search(folded))
        starts, ends = [q.start for q in quantities], [c.end for c in outer]
        for start, end in [] if title else spans:
            near = quantities[max(0, bisect_left(starts, start) - 2) : bisect_left(starts, end)]
            host = bisect_right(ends, start) - 1
            found += _read_bracket(folded, flat, deep, (start, end), near, outer, counts, host, linked, compared=compared)
    if not title:
        found += _read_case(folded)
        found += _read_reports(folded)
    found = _agreed(found)
    found.sort(key=lambda c: (c.start, c.end))
    return found


# --- levels -----------------------------------------------------------------------------------------------------------


def _brackets(folded: str) -> list[tuple[int, int]]:
    """Spans of the outermost brackets; one that is never closed ends with the sentence."""
    out: list[tuple[int, int]] = []
    depth = start = 0
    for m in _BRACKET.finditer(folded):
        if m[0] in "([":
            if depth == 0:
                start = m.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                out.append((start, m.end()))
    if depth and len(folded) - start < 80:
        out.append((start, len(folded)))
    return out


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` with the spans as blanks, so that offsets hold."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], " " * (end - start)]
        at = end
    return "".join(parts) + text[at:]


def _candidates(
    folded: str, flat: str, quantities: list[Quantity], begin: int, end: int, inside: Sequence[tuple[int, int]]
) -> list[Candidate]:
    """Numbers of this level that may be people: not inside one of the brackets `inside`."""
    out: list[Candidate] = []
    for q in quantities:
        if q.kind != "proportion" or q.end <= begin or q.start >= end:
            continue
        places: list[tuple[float | None, int, int, bool]] = []
        if q.total is not None and q.total_span is not None:
            places.append((q.n, q.start, _word_end(folded, q.start), False))
            places.append((q.total, *q.total_span, True))
        elif q.total is not None and not q.all and q.n is not None and "/" in folded[q.start : q.n_end]:
            continue
        else:
            places.append((q.n, q.start, q.n_end or q.end, False))
        for value, at, stop, total in places:
            if value is None or value < 1 or value != int(value) or at < begin or at >= end or _inside(at, inside):
                continue
            if q.percent is not None and at == q.start and folded[at:stop].rstrip()[-1:] == "%":
                continue
            made = _candidate(folded, flat, int(value), at, stop, end, q, total)
            if made is not None:
                out.append(made)
    return out


def _inside(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a place is in one of the sorted spans."""
    k = bisect_right(spans, (at, at)) - 1
    return k >= 0 and spans[k][0] < at < spans[k][1]


_WORD_END = re.compile(r"[\w,.-]*\w")


def _word_end(folded: str, start: int) -> int:
    m = _WORD_END.match(folded, start)
    return m.end() if m else start


def _candidate(folded: str, flat: str, n: int, start: int, stop: int, end: int, q: Quantity, total: bool) -> Candidate | None:
    eq = folded.startswith("n", start) or folded[max(0, start - 4) : start].rstrip().endswith(("n =", "n=")) if q.eq or total else False
    if not eq and _NOT_A_COUNT.search(flat, max(0, start - 14), start):
        return None
    m = _NOUN.match(flat, stop, end)
    if m:
        return Candidate(n, start, stop, m.end(), q, m["noun"], m["phrase"], eq, total)
    if _THING.match(flat, stop, end):
        return None
    return Candidate(n, start, stop, stop, q, "", "", eq, total)


# --- the sentence outside brackets ------------------------------------------------------------------------------------


def _next_starts(flat: str, candidates: list[Candidate]) -> list[int]:
    """For each count, where the next one begins that can head a clause of its own."""
    heads = [d.start for d in candidates if _stands(flat, d)]
    return [next(iter(heads[k : k + 1]), len(flat)) for k in (bisect_left(heads, max(c.np_end, c.start + 1)) for c in candidates)]


def _read_level(folded: str, flat: str, candidates: list[Candidate], linked: set[int], *, title: bool) -> list[Count | None]:
    out: list[Count | None] = []
    for i, (c, following) in enumerate(zip(candidates, _next_starts(flat, candidates), strict=True)):
        out.append(_role_of(folded, flat, c, following, candidates, i, linked, title=title))
    _ellipses(flat, candidates, out, linked)
    return out


def _stands(flat: str, c: Candidate) -> bool:
    """Whether a number can be the head of a clause of its own."""
    return bool(c.noun) or bool(roles.ELLIPSIS.match(flat, c.end))


def _window(flat: str, c: Candidate, following: int) -> str:
    """The words after the noun phrase that may speak of this count."""
    end = min(following, c.np_end + 260)
    text = flat[c.np_end : end]
    if following < len(flat) and text.rstrip().endswith(","):
        nested = _NESTED.match(flat, following)
        if nested:  # '26 patients with CNS disease, 15 with marrow disease, were infused'
            text = text + " " + flat[nested.end() : nested.end() + 60]
    cut = _CUT.search(text)
    if not c.noun:  # an elliptic count ends with its comma: '15 with marrow disease, were infused'
        comma = text.find(",", 3)
        if comma >= 0 and (cut is None or comma < cut.start()):
            return text[:comma]
    return text[: cut.start()] if cut else text


def _before(flat: str, c: Candidate) -> str:
    text = flat[max(0, c.start - 220) : c.start]
    at = max(text.rfind(";"), text.rfind(":"), text.rfind(". "))
    return text[at + 1 :]


def _role_of(
    folded: str, flat: str, c: Candidate, following: int, candidates: list[Candidate], i: int, linked: set[int], *, title: bool
) -> Count | None:
    q = c.quantity
    if c.eq and not c.noun:
        return None
    before = _before(flat, c)
    if title:
        if not c.noun or c.denominator:
            return None
        return Count("treated", c.n, "title-count", 0.5, c.start, c.np_end)
    result = id(q) in linked
    if c.denominator:
        return _denominator(flat, c, before)
    window = _window(flat, c, following)
    if not c.noun and not roles.ELLIPSIS.match(window):
        if _GIVEN_TO.search(before) and not result and not _other_therapy(before):
            return Count("treated", c.n, "administered-to", 0.75, c.start, c.end)
        return None
    if _DENIED.match(window):
        label = not result and _labelled(folded, c, following)
        return Count("arm", c.n, "labelled-group", 0.7, c.start, c.np_end + 8) if label else None
    for role, rule, pattern in _ADJECTIVES:
        if c.phrase and not result and pattern.search(f"{c.phrase}{c.noun}"):
            return Count(role, c.n, rule, 0.85, c.start, c.np_end)
    if q.total is not None and q.total_span is not None:  # '9 of 13 patients …': the part is a result
        return None
    if _labelled(folded, c, following):
        return Count("arm", c.n, "labelled-group", 0.7, c.start, c.np_end)
    if c.noun and re.search(r"\bcompar(?:ed|ing)\b", before) and any(d.noun for d in (candidates[max(0, i - 1) : i] + candidates[i + 1 : i + 2])):
        return Count("arm", c.n, "compared", 0.7, c.start, c.np_end)
    if _SEEN_IN.search(before):
        return None
    dose = roles.DOSE.match(window)
    if dose and not re.match(r"\s*received", window) and not _MORE_DOSES.match(window, dose.end()):
        return Count("arm", c.n, "dose-level", 0.8, c.start, c.np_end + dose.end())
    hit = _after(window)
    if hit is not None:
        role, rule, end = hit
        if rule == "randomised" and _TO_RECEIVE.match(window, end) and _OTHERS_TO.match(flat, following):
            return Count("arm", c.n, "assigned-arm", 0.8, c.start, c.np_end + end)
        if c.noun or end < 90:
            return Count(role, c.n, rule, 0.85 if end < 90 else 0.75, c.start, c.np_end + min(end, 120))
    if c.noun:
        for role, rule, pattern in _BEFORE:
            if pattern.search(before):
                if rule == "treated-before" and _other_therapy(before[-90:]):
                    return None
                if rule == "enrolled-before" and (_PART.match(window) or c.noun.rstrip("s").endswith(("responder", "control"))):
                    return Count("subgroup", c.n, "part", 0.6, c.start, c.np_end)
                if rule in ("enrolled-before", "analysed-before") and _part_of(before, candidates, i):
                    break
                return Count(role, c.n, rule, 0.75, c.start, c.np_end)
    elif re.search(r"\b(?:remaining|other)\s+$", before) and not result:
        return Count("subgroup", c.n, "remaining", 0.7, c.start, c.np_end)
    if result and not (c.noun and _TOPIC.search(before)):
        return None
    return _described(folded, flat, c, window, before, following, linked)


def _also_treated(flat: str, c: Candidate, count: Count, following: int) -> list[Count]:
    """'All six patients enrolled were treated', '75 patients received an infusion and could be evaluated'."""
    if count.rule == "enrolled-after":
        also = _ALSO_TREATED.match(flat, count.end, following)
        if also:
            return [Count("treated", c.n, "also-treated", 0.8, c.start, also.end())]
    elif count.rule in ("adjective-enrolled", "evaluable-after"):
        window = _window(flat, c, following)
        m = _TREATED.search(window)
        end = count.end - c.np_end if count.rule == "evaluable-after" else len(window)
        if m and m.end() <= end and not _NEGATED.search(window[: m.start()]) and (count.rule != "evaluable-after" or re.search(r"\breceived\b.*\band\b", window[:end])):
            return [Count("treated", c.n, "also-treated", 0.8, c.start, c.np_end + m.end())]
    return []


def _part_of(before: str, candidates: list[Candidate], i: int) -> bool:
    """'26 patients …, including 5 children': a part of the count before."""
    return i > 0 and bool(re.search(r"\b(?:including|included|includes)\s+(?:the\s+)?$", before)) and bool(candidates[i - 1].noun)


def _other_therapy(before: str) -> bool:
    """'tocilizumab was given to', but not 'salvage therapy led to CAR-T in'."""
    last = None
    for last in _OTHER.finditer(before):
        pass
    return last is not None and not _CAR.search(before, last.end())


def _labelled(folded: str, c: Candidate, following: int) -> bool:
    """'31 patients were transplanted (transplant group)'."""
    at = folded.find("(", c.np_end - 1, min(following, c.np_end + 110))
    return at >= 0 and bool(roles.GROUP_LABEL.match(folded, at))


def _after(window: str) -> tuple[str, str, int] | None:
    """The first predicate that gives a role; being evaluable says more than having been treated."""
    best: tuple[int, str, str, int] | None = None
    for role, rule, pattern in _AFTER:
        m = pattern.search(window)
        while m and _NEGATED.search(window[max(0, m.start() - 16) : m.start()]):
            m = pattern.search(window, m.end())
        if m and (best is None or m.start() < best[0]):
            best = (m.start(), role, rule, m.end())
            if rule == "evaluable-after":
                break
    if best is None:
        return None
    return best[1], best[2], best[3]


def _denominator(flat: str, c: Candidate, before: str) -> Count | None:
    """'Seven of the 20 patients with measurable lesions', '9 of 13 evaluable patients'."""
    if not c.noun:
        return None
    for role, rule, pattern in _ADJECTIVES:
        if c.phrase and pattern.search(c.phrase):
            return Count(role, c.n, "denominator-adjective", 0.85, c.start, c.np_end)
    m = roles.EVALUATED_PART.match(flat, c.np_end)
    if m:
        return Count("evaluable", c.n, "denominator-evaluable", 0.8, c.start, m.end())
    if re.search(r"\b(?:manufactur\w*|product\w*|generat\w*)\b[^;:.]{0,50}$", before):
        return Count("screened", c.n, "denominator-manufactured", 0.7, c.start, c.np_end)
    if re.search(r"historical|\bcontrols?\b", c.phrase + c.noun):
        return Count("arm", c.n, "denominator-controls", 0.7, c.start, c.np_end)
    return None


def _described(folded: str, flat: str, c: Candidate, window: str, before: str, following: int, linked: set[int]) -> Count | None:
    """Groups that are said to have something, and counts that head a sentence as its topic."""
    if c.noun and roles.SEX.match(c.noun):
        return None
    arm = bool(roles.ARM.search(window[:50])) or bool(re.search(r"\bcontrols?\b", c.noun)) or bool(c.noun) and bool(roles.COMPARED.search(before))
    group = "arm" if arm else "subgroup"
    if c.n == 1 or c.noun == "cases" and _TOPIC.search(before):
        return None
    if not c.noun and re.match(r"\s*to\s+[a-z]", window):
        arms = re.search(r"\b(?:assigned|randomi[sz]ed|allocated|random\s+assignment)\b", before)
        return Count("arm", c.n, "assigned-arm", 0.8, c.start, c.end + min(len(window.rstrip()), 60)) if arms else None
    topic = _TOPIC.search(before)
    if topic and c.noun:
        m = roles.EVALUATED_PART.match(window)
        if m:
            return Count("evaluable", c.n, "topic-evaluable", 0.7, c.start, c.np_end + m.end())
        follow = flat[following:] if following < len(flat) else ""
        if _FULFILLED.match(follow, _word_end(follow, 0)):
            return Count("screened", c.n, "topic-screened", 0.7, c.start, c.np_end)
        if not re.match(r"\s*(?:with|who|in|previously|aged|without|whose|from|not|having|of|harbou?r\w*|carrying|bridged|undergoing|requiring)\b", window) or re.match(rf"\s*with\s+(?:[\w/+-]+\s+){{0,5}}?{roles.DISEASE}(?![^,]*\b(?:who|in|without|previously|aged)\b)", window):
            return Count("treated", c.n, "topic", 0.5, c.start, c.np_end)
        return Count(group, c.n, "topic-subgroup", 0.6, c.start, min(len(folded), c.np_end + len(window.split(",")[0])))
    if re.search(r"\blatter,?\s*$", before) or _IN_GROUP.match(window) and not re.search(r"(?:\bwere|\bwith|\bincluded|,|:)\s*$", before):
        return None
    m = roles.SUBGROUP.match(window)
    if topic and id(c.quantity) in linked or not m:
        return None
    if roles.RESULT.match(window) and not roles.BASELINE_RELAPSE.match(window) and not _WITH_DISEASE.match(window):
        return None
    if c.noun == "cases" and not re.match(rf"\s*(?:of\s+(?:[\w-]+\s+){{0,3}}?{roles.DISEASE}|with)", window):
        return None
    if not c.noun and re.match(r"\s*(?:at|after|to|for|as)\b", window) and not re.match(rf"\s*for\s+(?:[\w-]+\s+){{0,3}}?{roles.DISEASE}|\s*as\s+(?:out|in)patients|\s*to\s+[\w\s-]{{0,20}}(?:therapy|cells?|car)", window):
        return None
    return Count(group, c.n, "described-group", 0.6, c.start, min(len(folded), c.np_end + min(len(window.rstrip()), 40)))


def _ellipses(flat: str, candidates: list[Candidate], out: list[Count | None], linked: set[int]) -> None:
    """'198 received ide-cel and 153 cilta-cel', '31, 47 and 18 patients': the verb or noun is said once."""
    for i in range(1, len(candidates)):
        c, prev, last = candidates[i], out[i - 1], candidates[i - 1]
        if out[i] is not None or prev is None or c.noun or c.eq or c.denominator or id(c.quantity) in linked:
            continue
        if not _ITEM.search(flat, last.np_end, c.start) or not _SHORT.match(flat, c.end):
            continue
        role = prev.role
        if role == "treated" and roles.PRODUCT.search(flat[c.end : c.end + 30]):
            out[i - 1] = replace(prev, role="subgroup", rule="product-group", strength=0.65)
            role = "subgroup"
        if role in ("arm", "subgroup"):
            rule = "product-group" if out[i - 1] and out[i - 1].rule == "product-group" else "ellipsis"  # type: ignore[union-attr]
            m = _SHORT.match(flat, c.end)
            out[i] = Count(role, c.n, rule, 0.6, c.start, m.end() if m else c.end)
    for i in range(len(candidates) - 2, -1, -1):
        after, c = out[i + 1], candidates[i]
        if out[i] is None and after is not None and after.role in ("arm", "subgroup") and not c.denominator and id(c.quantity) not in linked:
            if re.fullmatch(r"\s*(?:,|and|,\s*and)\s*", flat[c.end : candidates[i + 1].start]):
                out[i] = Count(after.role, c.n, "list", 0.55, c.start, after.end)


# --- brackets ---------------------------------------------------------------------------------------------------------


def _read_bracket(
    folded: str, flat: str, text: str, span: tuple[int, int], quantities: list[Quantity], outer: list[Candidate],
    counts: list[Count | None], host: int, linked: set[int], *, compared: bool,
) -> list[Count]:  # fmt: skip
    """The groups one bracket gives. `text` has only the inner brackets blanked; `host` is the count before it."""
    start, end = span
    candidates = _candidates(folded, text, quantities, start + 1, end, ())
    candidates = [c for c in candidates if text[c.start] != " "]
    if not candidates:
        return []
    label = flat[max(0, start - 90) : start].rstrip()
    out: list[Count] = []
    for c in candidates:
        if c.eq:
            made = _equals(folded, text, start, c, label, linked, compared=compared)
            if made is not None:
                out.append(_union(made, flat, start, outer, counts, host))
    plain = [c for c in candidates if not c.eq and not c.denominator and not (c.noun and roles.SEX.match(c.noun))]
    items = [c for c in plain if not _DENIED.match(text, c.np_end)]
    whole = outer[host].n if host >= 0 else None
    if host >= 0 and counts[host] is None:
        return out
    parts: dict[int, int] = {}
    for c in items:
        at = text.count(";", start, c.start)
        parts[at] = parts.get(at, 0) + c.n
    total = len(items) >= 2 and whole is not None and sum(parts.values()) == whole
    randomised = host >= 0 and (told := counts[host]) is not None and told.rule == "randomised"
    for i, c in enumerate(items):
        breakdown = total or len(items) >= 2 and parts[text.count(";", start, c.start)] == whole
        tail = text[c.np_end : end - 1]
        if roles.SEX.search(tail[:12]) or id(c.quantity) in linked and not breakdown:
            continue
        if re.search(r"\b(?:in|of|than|by)\s*$", text[start + 1 : c.start]) or re.match(r"\s*of\s", tail):
            continue
        listed = next((d for d in items[i:] if d is items[-1] or not re.fullmatch(r"\s*(?:,|and|,\s*and)\s*", text[d.end : items[items.index(d) + 1].start])), c)
        dose = roles.DOSE.match(text[listed.np_end : end - 1])
        assigned = randomised or re.match(r"\s*(?:to|assigned\s+to)\s+[a-z]", tail)
        has = re.match(r"\s*(?:with|without|received|from|after|had|on)\b", tail) and not roles.RESULT.match(tail)
        told = c.noun in ("patients", "children", "adults", "pts", "subjects", "participants")
        if breakdown or dose or assigned or has or told and not roles.RESULT.match(tail):
            item = re.compile(r"[^,;)\]]*").match(folded, c.np_end)
            words = folded[c.start : item.end() if item else c.np_end]
            arm = bool(dose or assigned or roles.ARM.search(tail[:40]) or re.search(r"\bdose\s+levels?\b", tail))
            rule = "product-group" if roles.PRODUCT.search(words) else "breakdown"
            out.append(Count("arm" if arm else "subgroup", c.n, rule, 0.75 if breakdown else 0.6, c.start, item.end() if item else c.np_end))
    return out


def _union(made: Count, flat: str, start: int, outer: list[Candidate], counts: list[Count | None], host: int) -> Count:
    """'Nine children and two adults (n = 11) were infused': the sum takes the role, its parts are groups."""
    if host < 1 or outer[host].n + outer[host - 1].n != made.n or flat[outer[host].np_end : start].strip():
        return made
    last = counts[host]
    if last is None or last.role in ("arm", "subgroup"):
        return made
    return replace(made, role=last.role, rule="union", start=outer[host - 1].start)


def _equals(folded: str, text: str, start: int, c: Candidate, label: str, linked: set[int], *, compared: bool) -> Count | None:
    """'bulky disease (n = 98)', '(axi-cel, n = 158; tisa-cel, n = 254)', '(n = 31, transplant group)'."""
    item = re.split(r"[;]|(?<=\d),", text[start + 1 : c.start])[-1].strip(" ,:(")
    name = item if re.search(r"[a-z]{2}", item) else label
    if _LABEL_RESULT.search(name) or _GRADE_LABEL.search(text, max(0, c.start - 24), c.start) or re.search(r"\bgrades?\b[^,;]{0,40}$|%\s*$|\b(?:or|and)\s+\d$", name):
        return None
    if id(c.quantity) in linked and not re.search(r"\b(?:patients|those|group|subgroup|subset|cohort|disease|with)\b", name[-60:]):
        return None
    begin = start if name is label else c.start - len(text[: c.start]) + text.rfind(item, 0, c.start)
    if name is label:
        m = re.search(r"(?:[\w'’/+≥≤<>%.-]+\s+){0,5}[\w'’/+≥≤<>%.-]+\s*$", folded[max(0, start - 70) : start])
        begin = max(0, start - 70) + m.start() if m else start
    if _SET.search(name):
        return Count("evaluable", c.n, "n-equals-set", 0.75, begin, c.end)
    if re.search(r"\bstudies\s*$", name):
        return Count("enrolled", c.n, "n-equals-studies", 0.75, begin, c.end)
    whole = _WHOLE.search(name)
    if whole:
        for role, _, pattern in _ADJECTIVES:
            if pattern.search(whole[0]):
                return Count(role, c.n, f"n-equals-{role}", 0.75, begin, c.end)
    trailing = text[c.end : c.end + 40]
    arm = bool(roles.ARM.search(name[-45:]) or roles.ARM.search(trailing) or compared and not _CONTRAST.search(folded, max(0, start - 200), c.end + 200))
    rule = "product-group" if roles.PRODUCT.search(name[-40:]) else "n-equals"
    return Count("arm" if arm else "subgroup", c.n, rule, 0.7, begin, c.end)


def _read_case(folded: str) -> list[Count]:
    """One patient: 'we report a case of', 'a 61-year-old woman'."""
    m = roles.CASE.search(folded)
    if not m:
        return []
    rest = folded[m.end() : m.end() + 160]
    role = _after(rest)
    return [Count("treated", 1, "case", 0.6, m.start(), m.end() + (role[2] if role and role[0] == "treated" else 0))]


def _read_reports(folded: str) -> list[Count]:
    """Pharmacovigilance counts reports: 'the search yielded 11,275 reports'."""
    if "report" not in folded and "icsr" not in folded:
        return []
    return [
        Count("evaluable", int(re.sub(r"\D", "", m["n"])), "reports", 0.6, m.start("n"), m.end())
        for m in roles.REPORTS.finditer(folded)
        if int(re.sub(r"\D", "", m["n"])) >= 100
    ]


def _agreed(found: list[Count]) -> list[Count]:
    """Groups given in the same way in one sentence are of one kind; a sum makes its parts groups."""
    arms = any(c.rule == "n-equals" and c.role == "arm" for c in found)
    union = next((c for c in found if c.rule == "union"), None)
    out = []
    for c in found:
        if arms and c.rule == "n-equals":
            c = replace(c, role="arm")
        elif union is not None and c is not union and union.start <= c.start < union.end:
            c = replace(c, role="subgroup")
        out.append(c)
    return out


# --- the abstract as a whole ------------------------------------------------------------------------------------------

_WEAK = {"title-count", "topic", "topic-subgroup", "denominator-adjective", "case"}


def settle(levels: Sequence[Sequence[Count]], kind: StudyType, title: str) -> list[list[Count]]:
    """Counts of all sentences, read together: a number keeps the role that was told best."""
    told: dict[int, Count] = {}
    for count in (c for level in levels for c in level):
        if count.rule not in _WEAK and count.n > 1:
            told.setdefault(count.n, count)
    most = max((c.n for level in levels for c in level if c.role in ("treated", "enrolled") and c.rule not in ("topic", "title-count")), default=0)
    compares = bool(re.search(r"\b(?:versus|vs\.?|compar\w+)\b", title.lower()))
    out: list[list[Count]] = []
    for level in levels:
        row = []
        for c in level:
            known = told.get(c.n)
            if c.n == 1 and c.role != "subgroup" and (kind != "case_report" or most > 1):
                continue
            if c.rule == "topic" and known is None and c.n < most:
                c = replace(c, role="subgroup")
            if c.rule == "treated-after" and kind == "meta_analysis":
                c = replace(c, role="enrolled")
            if c.rule == "reports" and kind == "meta_analysis":
                continue
            if c.rule == "n-equals" and c.n == most and known is not None:
                c = replace(c, role=known.role)
            if c.rule in ("title-count", "topic", "topic-subgroup", "adjective-treated") and known is not None:
                c = replace(c, role=known.role)
            elif c.rule == "title-count" and kind == "meta_analysis":
                c = replace(c, role="enrolled")
            elif c.rule == "product-group" and compares:
                c = replace(c, role="arm")
            row.append(c)
        out.append(row)
    return out


__all__ = ["Count", "read_cohorts", "settle"]
