"""Cohorts: how many patients, in which role. A count of people with the words that say what they are.

A sentence is read level by level: first with its brackets blanked, then each bracket on its own as a
breakdown of the words before it. `settle` then reads all sentences of one abstract together.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import replace

from extract import roles
from extract.breakdowns import read_bracket, read_shares
from extract.counting import Candidate, Count, blanked, brackets, candidates_in, word_end
from extract.quantities import Quantity
from extract.settling import settle
from extract.sharing import coordinated, ellipses, listed_arms, listed_features, loose, paired, product_lists

_TREATED = next(p for _, rule, p in roles.AFTER_RULES if rule == "treated-after")
_CUT = re.compile(
    r"[;:]|\.\s|,\s*(?:we|the(?!\s+(?:majority|most|rest)\s+(?:of\s+\w+\s+)?(?:being|with|having|of\s+them))|median|in|this|there|most|all)\s|,\s*(?:of\s+(?:whom|which|these|them)"
    r"|including|while|whereas|but|so\s+that|with\s+\d|leaving)\b"
)
_NESTED = re.compile(r"[^,;:.]{0,90},\s*(?=(?:were|was|had|have|received|underwent|are|who)\b)")
_INCLUDING = re.compile(r",\s*(?:including|comprising|among\s+them)?\s*$")
_NEGATED = re.compile(r"\b(?:not|never|no|without|before|until|to)\s+(?:(?:been|being|be|yet|an?)\s+)?$")
_EARLIER = re.compile(r"\bpreviously\s+(?:been\s+)?$")
_TOPIC = re.compile(
    r"(?:^|[,;:.]\s*|\b(?:and|that|results?|findings?)\s+)(?:of|among|in|for|across|from)\s+(?:the\s+"
    r"|these\s+|all\s+|those\s+|our\s+)*$"
)
# 'Among seven CR patients, three …'
_IN_STATE = re.compile(r"\b(?:crs?|cri|pr|mrd|sd|pd|responding|remitting)\b")
_OTHER = re.compile(roles.OTHER_THERAPY)
_SEEN_IN = re.compile(
    r"\b(?:observed|seen|occurred|reported|developed|noted|recorded|found|detected|failed|present"
    r"|persisted|documented|affected|fell|rose|increased)\b[^,;:.]{0,40}?\b(?:in|by|for)\s+(?:only\s+"
    r"|all\s+|the\s+)*$"
)
_CAR = re.compile(roles.CAR)
_TOTAL = re.compile(r"\btotal(?:\s+of|,)?\s+$")
_RESULT_VERB = re.compile(
    r"\s*(?:had|has|have|experienced|developed|achieved|attained|reached|responded|died|relapsed|progressed|showed)\b"
)
_TIMES = re.compile(r"\b(?:days|weeks|months|years)\s+[\d,\s]{1,20}(?:and\s+|or\s+)?$")
_GIVEN_DOSE = re.compile(r"\s*(?:\w+\s+){0,2}?(?:received|with)\s")
_CASES_OF = re.compile(rf"\s*of\s+(?!(?:[\w/-]+\s+){{0,3}}?(?:{roles.DISEASE}|{roles.CAR}))")
_PART = re.compile(r"\s*(?:not\s+\w+ing|without|who\s+did\s+not)\b")
_FULFILLED = re.compile(
    r"\s*(?:[^;:.]{0,40}?\b(?:fulfilled|met|satisfied)\b[^;:.]{0,40}\bcriteria"
    r"|(?:patients?\s+)?were\s+(?:eligible|included))"
)
_IN_GROUP = re.compile(r"\s*in\s+(?:the\s+)?[\w\s+/-]{1,30}\b(?:arm|group|cohort)\b")
_ALSO_TREATED = re.compile(
    r"[^;:.]{0,60}?(?:\bwere|\band|\ball\s+of\s+whom(?:\s+were)?)\s+(?:\w+ly\s+)?(?:treated\b|infused\b|dosed\b"
    rf"|completed\s+(?:the\s+)?treatment|received\s+{roles.OBJECT})"
)
_WITH_DISEASE = re.compile(r"\s*with\s+(?:primary\s+)?(?:relapsed|refractory|progressive|recurrent)\b")
# What follows 'eight of 15 patients' when it tells of the time before treatment.
_BASELINE = re.compile(
    r"\s*(?:had|have|were|with|who\s+had|carried|harbou?red|presented\s+with)\s+(?:(?:received|undergone|been|at\s+least|an?)\s+)*(?:(?:bt|bridging)\b|"
    r"(?:\w+\s+)?(?:prior|previous|previously|high-risk|primary\s+refractory|refractory|bulky|extramedullary|double-hit|advanced"
    r"|stage|aged|older|penta|triple|exposed|heavily|treatment-na|\d\+?\s+(?:or\s+more\s+)?prior|[\w-]+-refractory)"
    r"|[\w\s-]{0,30}?(?:mutations?|cytogenetics|abnormalit\w+|involvement|histology|rearrangements?|plasmacytomas?|disease\s+at"
    r"|del\s?\(?17p|t\(\d+))"
)
_PLANNED = re.compile(
    r"\s*(?:patients\s+)?(?:(?:was|were|is|are|had\s+been)\s+)?(?:planned|targeted|anticipated|expected|projected)\b"
)
_WHO_NOT = re.compile(r"\s*(?:who|that)\s+(?:did|had|were|have|could)\s+not\b")
_NO_GROUP = re.compile(
    r"\s*(?:patients\s+)?(?:acquired|achieved|had|showed|experienced|obtained|reached)\s+(?:no\b|(?:an?\s+)?(?:complete|partial|stable"
    r"|progressive|respon|remission|cr\b|pr\b|sd\b|pd\b))"
)
_IN_SET = re.compile(
    r"\s*(?:were\s+)?(?:in|from)\s+the\s+((?:[\w-]+\s+){1,4}(?:sets?|populations?))\b(?!\s*(?:\(|\s{3}|died|had|achieved|developed|experienced|responded|were|was))"
)
_AFTER_MATCHING = re.compile(
    r"\bmatching\b[^;.]{0,24}\s(?:left|yielded|gave|produced|resulted\s+in|retained|identified|selected)\s+(?:a\s+total\s+of\s+)?$"
    r"|\b(?:after|following)\s+(?:[\w:.-]+\s+){0,4}?(?:matching|psm|weighting)\b[^;.]{0,24}$|\bmatched\s+(?:cohort|sample|set)\s+of\s+$"
)
_PER_ARM = re.compile(r"[^;.]{0,40}\b(?:each|per|both)\b|\s*pairs")
_HAD_MEDIAN = re.compile(r"\s*(?:had|have|with)\s+an?\s+(?:median|mean)\b")
_ALSO_EVALUABLE = re.compile(
    r"[^;:.]{0,60}?\band\s+(?:(?:were|was)\s+)?(?:all\s+)?(?:evaluable|assessable"
    r"|included\s+in\s+(?:the\s+)?(?:[\w-]+\s+){0,3}?analys[ie]s|(?:could\s+be|available\s+for)\s+(?:evaluated|assessed|analysis))\b"
)
_COMPARING = re.compile(r"\bcompar(?:ed|ing)\b|\bmatched\s+(?:\d:\d\s+)?(?:with|to)\b")
_MATCHED_WITH = re.compile(r"\bmatched\b[^.;]{0,30}\b(?:with|to)\s+$")
_PUBLISHED = re.compile(r"\b(?:published|(?:previously|already)\s+reported|literature)\b")
_WERE_COMPARED = re.compile(r"\b(?:was|were)\s+(?:\w+ly\s+)?(?:compared|matched)\b")
_ALSO_APHERESED = re.compile(r"[^;:.]{0,60}?\band\s+(?:underwent|had|completed)\s+(?:leuk\w*|a)pheresis\b")
_ANOTHER = re.compile(r"\b(?:additional|another|further)\s+$")
_INCLUDED = re.compile(r"\b(?:included|enrolled|recruited|comprised)\s+(?:a\s+total\s+of\s+|the\s+|all\s+)*$")
# 'axi-cel, n = 158, and tisa-cel, n = 254', outside brackets
_NAMED = re.compile(rf"(?:-cel|leucel|{roles.DISEASE}|\b(?:dose\s+level|cohort|dl)\s?-?[\da-d])\s*[,;:]\s*$")
# 'ten of the 12 patients dosed were women'
_OF_SEX = re.compile(r"\s*(?:were|was)\s+(?:(?:fe)?males?|(?:wo)?m[ea]n|boys?|girls?)\b")
_DONE = re.compile(
    r"\s*(?:who\s+(?:were|had\s+been)\s+)?(?:(?P<enrolled>enrolled)|infused|dosed|treated)\b(?!\s+(?:with|by|in|at|on|after|as)\b)"
)
_TREATED_AT = re.compile(
    r"\s+(?:at|on)\s+(?:the\s+)?(?:\w+\s+)?(?:dl\s?-?\d|dose[\s-]level\b(?!\s+\d\s*(?:,|-|to|and|or)))"
)
_INFUSED_IN = re.compile(
    r"\s+(?:while\s+)?in\s+(?:an?\s+)?(?:cr\b|complete|remission|mrd|active\s+disease|morphologic)"
)
_IN_PART = re.compile(
    r"\bin\s+the\s+(?:[\w-]+\s+)?(?:dose-)?(?:expansion|escalation|run-in)\s+(?:phase|cohort|part|stage),?\s*(?:the\s+)?$"
)
_AT_PLACE = re.compile(r"\s*treated\|")
# 'Of 1,068 records, 100 were retained', 'of 60 products, 52 met the release criteria'.
_OF_THINGS = re.compile(
    r"(?:^|[,;:]|\band)\s*(?:of|from|among)\s+(?:the\s+|all\s+|these\s+)*[\d,]+\s+(?:[\w-]+\s+){0,3}?(?:records|articles"
    r"|publications|abstracts|citations|studies|reports|samples|products|eegs|scans|infusions|specimens|biopsies"
    r"|batches|events|episodes|deaths|infections|relapses|procedures|runs)\b[^.;:]*$"
    r"|\b\d+\s+(?:[\w-]+\s+){0,3}?(?:events|episodes|infections|samples|products|records|infusions|scans|biopsies)\b[^.;:]{0,60}"
    r"(?:\bof\s+(?:which|these)|\bincluding)\b[^.;:]*$"
)
# Between two counts of one coordination: no verb, a word that says which patients, and 'and' or a comma.
_TO_RECEIVE = re.compile(r"\s*(?:assigned\s+)?to\b")
_OTHERS_TO = re.compile(r"[\w-]+\s+(?:patients\s+|were\s+|assigned\s+)*to\b")
_GIVEN_TO = re.compile(r"\b(?:administered|infused|given|delivered)\s+(?:to|in|into)\s+$")
_MORE_DOSES = re.compile(r"\s*(?:,|or\b|and\b|to\b|-)\s*\d")


def read_cohorts(
    folded: str, quantities: list[Quantity], linked: set[int], procedures: set[int], *, title: bool, results: bool
) -> list[Count]:
    """Cohort sizes of one sentence. `linked` holds ids of quantities that are results or procedures already."""
    found: list[Count] = []
    if any(q.kind == "proportion" for q in quantities):
        spans = brackets(folded)
        flat = blanked(folded, spans)
        outer = candidates_in(folded, flat, quantities, 0, len(folded), spans)
        counts = _read_level(folded, flat, outer, linked, title=title)
        found += [c for c in counts if c is not None]
        if not title:
            found += loose(flat, outer, counts, linked - procedures)
        for c, count, following in zip(outer, counts, _next_starts(flat, outer), strict=True):
            if count is not None and (c.noun or c.quantity.percent is not None):
                found += _also_treated(flat, c, count, following)
        found += read_shares(folded, flat, quantities, linked)
        deep = blanked(folded, [(s + 1 + a, s + 1 + b) for s, e in spans for a, b in brackets(folded[s + 1 : e - 1])])
        compared = bool(roles.COMPARED.search(folded))
        starts, ends = [q.start for q in quantities], [c.end for c in outer]
        for start, end in [] if title else spans:
            near = quantities[max(0, bisect_left(starts, start) - 2) : bisect_left(starts, end)]
            host = bisect_right(ends, start) - 1
            found += read_bracket(
                folded, flat, deep, (start, end), near, outer, counts, host, linked, compared=compared
            )
    if not title:
        found += _read_case(folded)
        found += _read_reports(folded)
    found = _agreed(found)
    found.sort(key=lambda c: (c.start, c.end))
    return found


def _next_starts(flat: str, candidates: list[Candidate]) -> list[int]:
    """For each count, where the next one begins that can head a clause of its own."""
    heads = [d.start for d in candidates if _stands(flat, d)]
    return [
        next(iter(heads[k : k + 1]), len(flat))
        for k in (bisect_left(heads, max(c.np_end, c.start + 1)) for c in candidates)
    ]


def _read_level(
    folded: str, flat: str, candidates: list[Candidate], linked: set[int], *, title: bool
) -> list[Count | None]:
    out: list[Count | None] = []
    for i, (c, following) in enumerate(zip(candidates, _next_starts(flat, candidates), strict=True)):
        out.append(_role_of(folded, flat, c, following, candidates, i, linked, title=title))
    ellipses(flat, candidates, out, linked)
    product_lists(flat, candidates, out)
    paired(flat, candidates, out)
    coordinated(folded, flat, candidates, out)
    listed_arms(flat, candidates, out, linked)
    listed_features(flat, candidates, out, linked)
    return out


def _stands(flat: str, c: Candidate) -> bool:
    """Whether a number can be the head of a clause of its own."""
    return bool(c.noun) or bool(roles.ELLIPSIS.match(flat, c.end))


def _window(flat: str, c: Candidate, following: int) -> str:
    """The words after the noun phrase that may speak of this count."""
    end = min(following, c.np_end + 420)
    text = flat[c.np_end : end]
    including = _INCLUDING.search(text)
    if following < len(flat) and including:
        nested = _NESTED.match(flat, following)
        if nested:
            text = text[: including.start()] + ","
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
    at = max(text.rfind(";"), text.rfind(": "), text.rfind(". "))
    return text[at + 1 :]


def _role_of(
    folded: str,
    flat: str,
    c: Candidate,
    following: int,
    candidates: list[Candidate],
    i: int,
    linked: set[int],
    *,
    title: bool,
) -> Count | None:
    q = c.quantity
    before = _before(flat, c)
    if c.eq and not c.noun:
        named = _NAMED.search(before) if id(q) not in linked else None
        group = "arm" if named and roles.ARM.search(named[0]) else "subgroup"
        return Count(group, c.n, "n-equals", 0.7, c.start, c.end) if named and not title else None
    if title:
        if not c.noun or c.denominator:
            return None
        return Count("treated", c.n, "title-count", 0.5, c.start, c.np_end)
    result = id(q) in linked
    if c.denominator:
        return _denominator(flat, c, before, result=result)
    in_arm = q.total is not None and roles.IN_ARM.search(before)
    window = _window(flat, c, following)
    if not c.noun and _OF_THINGS.search(before):
        return None
    if not result and roles.ASSESSED_IN.search(before):
        return Count("evaluable", c.n, "assessed-in", 0.7, c.start, c.np_end)
    if not result and q.total is not None and q.total_span is not None:
        whole = candidates[i + 1] if i + 1 < len(candidates) and candidates[i + 1].quantity is q else None
        if whole is not None and (
            _BASELINE.match(flat, whole.np_end)
            or (in_arm and roles.SUBGROUP.match(flat, whole.np_end) and not roles.RESULT.match(flat, whole.np_end))
        ):
            return Count("subgroup", c.n, "part-described", 0.65, c.start, whole.np_end)
        after = next((d.start for d in candidates[i + 2 :] if _stands(flat, d)), len(flat))
        if whole is not None and not whole.noun and (m := _DONE.match(flat, whole.np_end)):
            whole = replace(whole, noun="patients", np_end=m.end())
        done = _after(_window(flat, whole, after)) if whole is not None else None
        if (
            whole is not None
            and done is not None
            and done[0] in ("treated", "enrolled", "evaluable")
            and done[2] < 90
            and not _OF_SEX.match(flat, whole.np_end + done[2])
        ):
            return Count(done[0], c.n, done[1], 0.75, c.start, whole.np_end + done[2])
    if (
        not c.noun
        and not roles.ELLIPSIS.match(window)
        and not (_set_of(before) or _in_set(window))
        and not roles.baseline(before)
    ):
        if _GIVEN_TO.search(before) and not result and not _other_therapy(before):
            return Count("treated", c.n, "administered-to", 0.75, c.start, c.end)
        return None if result else _bare(c, before)
    told = _set_of(before) or _in_set(window)
    if told is not None and not result:
        return Count(told, c.n, "named-set", 0.75, c.start, c.np_end)
    without = roles.WITHOUT_MORE.match(window)
    if without and (c.noun or c.n > 1) and not result:
        return Count("subgroup", c.n, "without-more", 0.75, c.start, c.np_end + without.end())
    if c.noun and not result and _WHO_NOT.match(window):
        return Count("subgroup", c.n, "without-more", 0.7, c.start, c.np_end + min(len(window), 40))
    if roles.DENIED.match(window):
        label = not result and _labelled(folded, c, following)
        return Count("arm", c.n, "labelled-group", 0.7, c.start, c.np_end + 8) if label else None
    for role, rule, pattern in roles.ADJECTIVE_RULES:
        if c.phrase and (q.all or not result) and pattern.search(f"{c.phrase}{c.noun}"):
            return Count(role, c.n, rule, 0.85, c.start, c.np_end)
    if not result and roles.baseline(before):
        return Count("subgroup", c.n, "feature-in", 0.65, c.start, c.np_end)
    if q.total is not None and q.total_span is not None:  # '9 of 13 patients …': the part is a result
        return None
    if _labelled(folded, c, following):
        return Count("arm", c.n, "labelled-group", 0.7, c.start, c.np_end)
    if (
        c.noun
        and (_COMPARING.search(before) or _WERE_COMPARED.search(window))
        and any(d.noun for d in (candidates[max(0, i - 1) : i] + candidates[i + 1 : i + 2]))
    ):
        return Count("arm", c.n, "compared", 0.7, c.start, c.np_end)
    if _SEEN_IN.search(before) or _TIMES.search(before):
        return None
    dose = roles.DOSE.match(window)
    if dose and not (c.noun and _GIVEN_DOSE.match(window)) and not _MORE_DOSES.match(window, dose.end()):
        return Count("arm", c.n, "dose-level", 0.8, c.start, c.np_end + dose.end())
    if _PLANNED.match(window):
        return None
    if _ANOTHER.search(before) and c.noun and not result:
        return Count("subgroup", c.n, "additional", 0.7, c.start, c.np_end)
    if _AFTER_MATCHING.search(before) and c.noun and not result and not _PER_ARM.match(window):
        return Count("evaluable", c.n, "matched", 0.7, c.start, c.np_end)
    if c.noun and _HAD_MEDIAN.match(window) and re.search(r"\b(?:the|all|our|these)\s+$", before):
        return Count("treated", c.n, "topic", 0.5, c.start, c.np_end)
    hit = _after(window)
    if hit is not None:
        role, rule, end = hit
        if rule == "treated-after" and _TREATED_AT.match(flat, c.np_end + end):
            role, rule = "arm", "dose-level"
        if rule == "treated-after" and _INFUSED_IN.match(flat, c.np_end + end):
            role, rule = "subgroup", "infused-in"
        if rule == "treated-after" and _IN_PART.search(before):
            role, rule = "subgroup", "validation-cohort"
        if rule == "treated-after" and before.rstrip().endswith("first"):
            rule = "first-patients"  # an interim set, where the abstract tells of more
        if (
            rule == "treated-after"
            and _INCLUDED.search(before)
            and _AT_PLACE.match(window[:end] + "|", max(0, end - 8))
        ):
            role, rule = "enrolled", "enrolled-before"
        if rule == "randomised" and _TO_RECEIVE.match(window, end) and _OTHERS_TO.match(flat, following):
            return Count("arm", c.n, "assigned-arm", 0.8, c.start, c.np_end + end)
        if c.noun or end < 90:
            return Count(role, c.n, rule, 0.85 if end < 90 else 0.75, c.start, c.np_end + min(end, 120))
    if c.noun and not result and re.match(r"controls?\b", c.noun) and _MATCHED_WITH.search(before):
        return Count("arm", c.n, "compared", 0.7, c.start, c.np_end)
    if c.noun and _PUBLISHED.search(c.phrase):
        return None  # 'including 11 published cases'
    if c.noun:
        for role, rule, pattern in roles.BEFORE_RULES:
            if pattern.search(before):
                if rule == "treated-before" and _other_therapy(before[-90:]):
                    return None
                if rule == "enrolled-before" and _TOTAL.search(before) and (result or _RESULT_VERB.match(window)):
                    return None
                if roles.SEX.match(c.noun) and before.rstrip().endswith("were"):
                    return None
                if c.noun == "cases" and _CASES_OF.match(window):
                    return None
                if rule == "enrolled-before" and (
                    _PART.match(window) or c.noun.rstrip("s").endswith(("responder", "control"))
                ):
                    return Count("subgroup", c.n, "part", 0.6, c.start, c.np_end)
                if rule == "enrolled-before" and before.rstrip().endswith("including") and roles.RESULT.match(window):
                    return None
                if rule in ("enrolled-before", "analysed-before") and _part_of(before, candidates, i):
                    break
                if rule in ("there-were", "enrolled-before") and _IN_GROUP.match(window):
                    return Count("arm", c.n, "labelled-group", 0.7, c.start, c.np_end)
                if rule == "remaining" and _NO_GROUP.match(window):
                    return None
                return Count(role, c.n, rule, 0.75, c.start, c.np_end)
    elif re.search(r"\b(?:remaining|other)\s+$", before) and not result:
        return Count("subgroup", c.n, "remaining", 0.7, c.start, c.np_end)
    if result and not (c.noun and _TOPIC.search(before)):
        return None
    if c.noun and not result and (bare := _bare(c, before)) is not None and bare.role in ("evaluable", "subgroup"):
        return bare
    return _described(folded, flat, c, window, before, following, linked)


def _bare(c: Candidate, before: str) -> Count | None:
    """'safety in 55', 'we enrolled 80 and infused 70': a number whose predicate stands before it."""
    return next(
        (Count(role, c.n, rule, 0.65, c.start, c.end) for role, rule, pattern in roles.BARE if pattern.search(before)),
        None,
    )


def _in_set(window: str) -> str | None:
    """'58 patients in the safety set and 55 in the efficacy set'."""
    m = _IN_SET.match(window)
    return roles.named_set(" " + m[1]) if m else None


def _set_of(before: str) -> str | None:
    """'the safety population consisted of'."""
    m = roles.SET_OF.search(before)
    return roles.named_set(before[: m.start()]) if m else None


def _also_treated(flat: str, c: Candidate, count: Count, following: int) -> list[Count]:
    """'All six patients enrolled were treated', '75 patients received an infusion and could be evaluated'."""
    if count.rule == "enrolled-after":
        apheresed = _ALSO_APHERESED.match(flat, count.end, following)
        if apheresed:
            return [Count("screened", c.n, "also-screened", 0.75, c.start, apheresed.end())]
        also = _ALSO_TREATED.match(flat, count.end, following)
        if also:
            return [Count("treated", c.n, "also-treated", 0.8, c.start, also.end())]
    elif count.rule == "treated-after":
        also = _ALSO_EVALUABLE.match(flat, count.end, following)
        if also:
            return [Count("evaluable", c.n, "also-evaluable", 0.75, c.start, also.end())]
    elif count.rule in ("adjective-enrolled", "evaluable-after"):
        window = _window(flat, c, following)
        m = _TREATED.search(window)
        end = count.end - c.np_end if count.rule == "evaluable-after" else len(window)
        if (
            m
            and m.end() <= end
            and not _NEGATED.search(window[: m.start()])
            and (count.rule != "evaluable-after" or re.search(r"\breceived\b.*\band\b", window[:end]))
        ):
            return [Count("treated", c.n, "also-treated", 0.8, c.start, c.np_end + m.end())]
    return []


def _part_of(before: str, candidates: list[Candidate], i: int) -> bool:
    """'26 patients …, including 5 children': a part of the count before."""
    return (
        i > 0
        and bool(re.search(r"\b(?:including|included|includes)\s+(?:the\s+)?$", before))
        and bool(candidates[i - 1].noun)
    )


def _other_therapy(before: str) -> bool:
    """'tocilizumab was given to', but not 'salvage therapy led to CAR-T in'."""
    ends = [m.end() for m in _OTHER.finditer(before)]
    return bool(ends) and not _CAR.search(before, ends[-1])


def _labelled(folded: str, c: Candidate, following: int) -> bool:
    """'31 patients were transplanted (transplant group)'."""
    at = folded.find("(", c.np_end - 1, min(following, c.np_end + 110))
    return at >= 0 and not re.search(r"\d", folded[c.np_end : at]) and bool(roles.GROUP_LABEL.match(folded, at))


def _after(window: str) -> tuple[str, str, int] | None:
    """The first predicate that gives a role; being evaluable says more than having been treated."""
    best: tuple[int, str, str, int] | None = None
    for role, rule, pattern in roles.AFTER_RULES:
        m = pattern.search(window)
        while m and (
            _NEGATED.search(window[max(0, m.start() - 16) : m.start()])
            or (role == "treated" and _EARLIER.search(window[max(0, m.start() - 18) : m.start()]))
        ):
            m = pattern.search(window, m.end())
        if m and (best is None or m.start() < best[0]):
            best = (m.start(), role, rule, m.end())
            if rule in ("evaluable-after", "validation-cohort"):
                break
    if best is None:
        return None
    return best[1], best[2], best[3]


def _denominator(flat: str, c: Candidate, before: str, *, result: bool) -> Count | None:
    """'Seven of the 20 patients with measurable lesions', '9 of 13 evaluable patients'."""
    if not result and roles.IN_ARM.search(before):
        return Count("arm", c.n, "denominator-arm", 0.7, c.start, c.np_end)
    if not c.noun and not _DONE.match(flat, c.np_end):
        return None
    for role, _, pattern in roles.ADJECTIVE_RULES:
        if c.phrase and pattern.search(c.phrase):
            return Count(role, c.n, "denominator-adjective", 0.85, c.start, c.np_end)
    done = _DONE.match(flat, c.np_end)
    if done:
        role = "enrolled" if done["enrolled"] else "treated"
        return Count(role, c.n, "denominator-adjective", 0.8, c.start, done.end())
    m = roles.EVALUATED_PART.match(flat, c.np_end)
    if m:
        return Count("evaluable", c.n, "denominator-evaluable", 0.8, c.start, m.end())
    if re.search(r"\b(?:manufactur\w*|product\w*|generat\w*)\b[^;:.]{0,50}$", before):
        return Count("screened", c.n, "denominator-manufactured", 0.7, c.start, c.np_end)
    if re.search(r"historical|\bcontrols?\b", c.phrase + c.noun):
        return Count("arm", c.n, "denominator-controls", 0.7, c.start, c.np_end)
    return None


def _described(
    folded: str, flat: str, c: Candidate, window: str, before: str, following: int, linked: set[int]
) -> Count | None:
    """Groups that are said to have something, and counts that head a sentence as its topic."""
    if c.noun and roles.SEX.match(c.noun):
        return None
    arm = (
        bool(roles.ARM.search(window[:50]))
        or bool(re.search(r"\bcontrols?\b", c.noun))
        or (bool(c.noun) and bool(roles.COMPARED.search(before)))
    )
    group = "arm" if arm else "subgroup"
    if c.n == 1 or (c.noun == "cases" and _TOPIC.search(before)):
        return None
    if not c.noun and re.match(r"\s*to\s+[a-z]", window):
        arms = re.search(r"\b(?:assigned|randomi[sz]ed|randomi[sz]ation|allocated|random\s+assignment)\b", before)
        return Count("arm", c.n, "assigned-arm", 0.8, c.start, c.end + min(len(window.rstrip()), 60)) if arms else None
    topic = _TOPIC.search(before)
    if topic and (c.noun.endswith(("responders", "survivors")) or _IN_STATE.search(c.phrase)):
        return Count("subgroup", c.n, "topic-subgroup", 0.6, c.start, c.np_end)
    if (
        topic
        and re.match(r"\s*(?:of|in)\s+the\s+[\w\s-]{1,30}\b(?:group|arm|cohort)\b", window)
        and topic[0].strip().endswith("in")
    ):
        return None
    if topic and c.noun:
        if id(c.quantity) in linked and topic[0].strip().startswith("in"):
            return None  # 'In 8 patients stable disease held'
        m = roles.EVALUATED_PART.match(window)
        if not m and topic[0].strip().startswith("in"):
            m = roles.MEASURED.match(flat, c.np_end)
            if m:
                return Count("evaluable", c.n, "topic-evaluable", 0.65, c.start, c.np_end)
        if m:
            return Count("evaluable", c.n, "topic-evaluable", 0.7, c.start, c.np_end + m.end())
        follow = flat[following:] if following < len(flat) else ""
        if _FULFILLED.match(follow, word_end(follow, 0)):
            return Count("screened", c.n, "topic-screened", 0.7, c.start, c.np_end)
        if not re.match(
            r"\s*(?:with|who|in|previously|aged|without|whose|from|not|having|of|harbou?r\w*|carrying|bridged"
            r"|undergoing|requiring)\b",
            window,
        ) or re.match(
            rf"\s*with\s+(?:[\w/+-]+\s+){{0,5}}?{roles.DISEASE}(?![^,]*\b(?:who|in|without|previously|aged)\b)", window
        ):
            return Count("treated", c.n, "topic", 0.5, c.start, c.np_end)
        return Count(group, c.n, "topic-subgroup", 0.6, c.start, min(len(folded), c.np_end + len(window.split(",")[0])))
    if re.search(r"\blatter,?\s*$", before) or (
        _IN_GROUP.match(window) and not re.search(r"(?:\bwere|\bwith|\bincluded|,|:)\s*$", before)
    ):
        return None
    m = roles.SUBGROUP.match(window)
    if (topic and id(c.quantity) in linked) or not m:
        return None
    if roles.RESULT.match(window) and not roles.BASELINE_RELAPSE.match(window) and not _WITH_DISEASE.match(window):
        return None
    if c.noun == "cases" and not re.match(rf"\s*(?:of\s+(?:[\w-]+\s+){{0,3}}?{roles.DISEASE}|with)", window):
        return None
    if (
        not c.noun
        and re.match(r"\s*(?:at|after|to|for|as)\b", window)
        and not re.match(
            rf"\s*for\s+(?:[\w-]+\s+){{0,3}}?{roles.DISEASE}|\s*as\s+(?:out|in)patients|\s*to\s+[\w\s-]{{0,20}}(?:therapy|cells?|car)",
            window,
        )
    ):
        return None
    return Count(
        group, c.n, "described-group", 0.6, c.start, min(len(folded), c.np_end + min(len(window.rstrip()), 40))
    )


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
    arms = any(c.rule in ("n-equals", "dose-level") and c.role == "arm" for c in found)
    union = next((c for c in found if c.rule == "union"), None)
    out = []
    for c in found:
        if arms and c.rule == "n-equals":
            c = replace(c, role="arm")
        elif union is not None and c is not union and union.start <= c.start < union.end:
            c = replace(c, role="subgroup")
        out.append(c)
    return out


__all__ = ["Count", "read_cohorts", "settle"]
