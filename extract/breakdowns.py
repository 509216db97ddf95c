"""Groups in brackets: '(axi-cel, n = 64; tisa-cel, n = 31)', '(14 with lymphoma, nine with leukemia)'."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from extract import roles
from extract.counting import Candidate, Count, candidates_in
from extract.quantities import Quantity

_LIST = re.compile(r"\s*(?:,|and|,\s*and)\s*")
_ITEM_END = re.compile(r"[^,;)\]]{0,80}")
_SET = re.compile(
    r"\b(?:analys[ie]s|evaluable|efficacy|response|assessable)\s+(?:[\w-]+\s+)?(?:set|population|cohort"
    r"|patients)\s*$|\bevaluable\s+\w*\s*$"
)
_LABEL_RESULT = re.compile(
    r"(?:\bgrades?\s*(?:[\d≥<>]\S*)?|\bcr[si]?|\bpr|\bsd|\bpd|\bresponse|\bremission|\bprogression"
    r"|\bdeaths?|\bcmv|\bebv|\bhhv-?6|\bhsv|\bbkv?|\badenovirus|\bcovid-19|\bpneumonia|\bsepsis|\bbacter(?:a)?emia|\breactivation|\bmanufacturing\s+failure|\bwithdrawal(?:\s+of\s+consent)?|\bmostly|\bmainly|\bicans|\bcensored|\bdied|\btoxicity|\binfections?)\s*$"
)
# Signs of an illness are no groups: 'tremor (n = 6)'.
_SIGN = re.compile(
    r"\b(?:tremor|seizures?|aphasia|confusion|cognitive(?:\s+\w+)?|deficits?|consciousness|headaches?|balance|encephalopathy|diarrh\w+|rash|vomiting|nausea"
    r"|cough|dyspn\w+|edema|oedema|hypoxia|hypotension|pneumonia|sepsis|cellulitis|ba?cter(?:a)?emia|reactivation|failure|manufactur\w+|refusal|withdrawal)\s*$"
)
# The whole study: 'The cohort (n = 88)', 'Patients (N = 88) had'.
_STUDY = re.compile(
    r"^(?:(?:in|of|among|for|all|the|our|this|study|entire|whole|overall|total|eligible|consecutive|adult|patient|multi-?cent\w+|single-cent\w+"
    r"|retrospective|prospective|real-world|international|national|large)\s+)*"
    r"(?:cohort|patients|study|population|participants|series|sample)\s*$"
)
# '(LBCL, 1,914; MCL, 200)': the name of a disease or product, then its number.
_LISTED = re.compile(rf"(?:{roles.DISEASE}|-cel|leucel)\s*[,:=]?\s*$")
_CLOSED = re.compile(r"\s*(?:[,;)\]]|\(\s*\d|\[\s*\d|and\b)")
# '54% (n = 81) of patients who received bridging', '73% of the subjects (n = 11) had relapsed after'.
_SHARE = re.compile(
    r"(?:%|\bper\s?cent)(?:\s+of\s+(?:the\s+|all\s+)?(?:[\w-]+\s+)?(?:patients|children|adults|participants|subjects|cases))?\s*[\[(]\s*n\s?=\s?\d[\d,]*\s*[\])]"
)
_PER_CENT = re.compile(r"\bper\s?cent")
_OF_PATIENTS = re.compile(r"^\s*of\s+(?:the\s+|all\s+)*(?:patients|children|adults|participants|subjects|cases)")
# 'cohorts receiving 20 (n = 7), 40 (n = 24) or 80 (n = 11) x 10^6 cells'.
_DOSE_AFTER = re.compile(r"(?:[^;.]|\.\d){0,60}?(?:(?:x|×)\s*10|million\b|\bcells?/kg)")
_EVALUABLE_NEXT = re.compile(
    r"\s*(?:patients\s+|pts\s+)?(?:response-|efficacy-)?(?:evaluable|assessable)(?:\s+(?:patients|pts))?\s*[)\];]"
)
# '… at 0.5 × 10⁶ cells per kg (n = 6)'
_DOSE_BEFORE = re.compile(
    r"(?:x|×)\s*10\s?[\^⁰¹²³⁴-⁹\d]*(?:\s*(?:car[\s-]?t?\+?\s*)?(?:t[\s-])?cells?)?(?:\s*(?:/\s?kg|/\s?m2|per\s+(?:kg|kilogram|m2)))?\s*[,:]?\s*$"
)
_MATCHED = re.compile(
    r"\b(?:after|following)\b[^;.]{0,40}\bmatching\s*$|\bmatched\s+(?:cohort|sample|set|population)\s*$"
)
_COHORT_BEFORE = re.compile(r"\b(?:cohort|arm|group|level)\s+[\da-d]\w?\s*[,:]\s*$")
_EVALUABLE_FOR = re.compile(
    r"\b(?:evaluable|assessable)(?:\s+for\s+(?:[\w-]+\s*){1,3})?$|\bwith\s+(?:at\s+least\s+|[≥>]\s?|a\s+minimum\s+of\s+)[^,;()]{1,40}\bfollow-?up$"
    r"|\b(?:followed|observed)\s+(?:up\s+)?for\s+(?:at\s+least\s+|[≥>]\s?|more\s+than\s+)[^,;()]{1,40}$"
)
# 'treated with axi-cel (41/78, 53%)'.
_NAME_BEFORE = re.compile(r"(?:-cel|leucel)\s*[(\[]\s*$")
_ASSIGNED = re.compile(
    r"\b(?:randomi[sz]ed|randomly|assigned|allocated|matched|propensity)\b(?![^;.]*\b(?:donors?|siblings?)\b)[^;.]*$"
)
_WHOLE = re.compile(
    r"(?<!previously\s)(?<!heavily\s)\b[\w-]+\s+(?:\w+\s+)?(?:patients|population|participants|set|recipients)\s*$"
    r"|\b(?:of|among|in)\s+(?:all\s+)?(?:the|those)\s+(?:treated|infused|enrolled|dosed|evaluable)\s*$"
)
_PERCENT_OF = re.compile(
    r"%\s+of\s+(?:the\s+|all\s+)?(?:[\w-]+\s+)?(?:patients|children|adults|participants|subjects|cases)\s*$"
)
_CONTRAST = re.compile(
    r"\bhr\b|hazard|(?:longer|shorter|higher|lower|better|worse)|\b(?:os|pfs|efs)\s+(?:of|was|were|rates?)"
)
# '(87 vs 62 patients)'; '(208)', '(208 patients)'
_VERSUS = re.compile(
    r"\s*\d[\d,]*\s+(?:patients\s+)?(?:vs\.?|versus)\s+\d[\d,]*\s+(?:patients|children|adults|participants)\s*"
)
_NUMBER = re.compile(r"\s*\d[\d,]*\s*(?:patients|participants)?\s*")
_NUMBERS = re.compile(r"\(\s*\d[\d,]*\s*(?:patients|participants)?\s*\)")
_GRADE_LABEL = re.compile(r"\bgrades?\s*[≥≤<>]?\s*[\d\s–/-]*[,:(]?\s*$")


def read_bracket(
    folded: str, flat: str, text: str, span: tuple[int, int], quantities: list[Quantity], outer: list[Candidate],
    counts: list[Count | None], host: int, linked: set[int], *, compared: bool,
) -> list[Count]:  # fmt: skip
    """The groups one bracket gives. `text` has only the inner brackets blanked; `host` is the count before it."""
    start, end = span
    candidates = candidates_in(folded, text, quantities, start + 1, end, ())
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
    for last, c in pairwise(candidates):  # '(n = 3, 3 and 6)'
        if last.eq and not c.noun and _LIST.fullmatch(text, last.end, c.start) and _CLOSED.match(text, c.end):
            c.eq = True
            told = next((o for o in out if last.start <= o.end <= last.end), None)
            if told is not None:
                out.append(replace(told, n=c.n, end=c.end))
    plain = [c for c in candidates if not c.eq and not c.denominator and not (c.noun and roles.SEX.match(c.noun))]
    items = [c for c in plain if not roles.DENIED.match(text, c.np_end)]
    pair = _VERSUS.fullmatch(text, start + 1, end - 1)
    if pair and len(plain) == 2 and not any(id(c.quantity) in linked for c in plain):
        return out + [Count("arm", c.n, "versus-pair", 0.7, c.start, c.np_end) for c in plain]
    alone = len(plain) == 1 and _NUMBER.fullmatch(text, start + 1, end - 1) and id(plain[0].quantity) not in linked
    if alone and _ASSIGNED.search(text, max(0, start - 160), start) and len(_NUMBERS.findall(folded)) > 1:
        return [*out, Count("arm", plain[0].n, "assigned-arm", 0.7, plain[0].start, plain[0].end)]
    whole = outer[host].n if host >= 0 else None
    if host >= 0 and counts[host] is None:
        return out
    places: list[int] = []  # how many semicolons stand before an item: each part may sum up to the whole
    parts: dict[int, int] = {}
    at = start
    for c in items:
        places.append((places[-1] if places else 0) + text.count(";", at, c.start))
        at = c.start
        parts[places[-1]] = parts.get(places[-1], 0) + c.n
    shared = list(items)  # '4, 7 and 12 at dose levels 1, 2 and 3': the words after the last belong to all
    for i in range(len(items) - 2, -1, -1):
        if _LIST.fullmatch(text, items[i].end, items[i + 1].start):
            shared[i] = shared[i + 1]
    total = len(items) >= 2 and whole is not None and sum(parts.values()) == whole
    randomised = host >= 0 and (told := counts[host]) is not None and told.rule == "randomised"
    for i, c in enumerate(items):
        breakdown = total or (len(items) >= 2 and parts[places[i]] == whole)
        tail = text[c.np_end : min(end - 1, c.np_end + 120)]
        if roles.SEX.search(tail[:12]) or (id(c.quantity) in linked and not breakdown):
            continue
        lead = text[max(start + 1, c.start - 12) : c.start]
        if re.search(r"\b(?:in|of|than|by)\s*$", lead) or re.match(r"\s*(?:of\s|to\s+\d)", tail):
            continue
        dose = roles.DOSE.match(text[shared[i].np_end : min(end - 1, shared[i].np_end + 80)])
        assigned = randomised or re.match(r"\s*(?:to|assigned\s+to)\s+[a-z]", tail)
        has = re.match(r"\s*(?:with|without|received|from|after|had|on)\b", tail) and not roles.RESULT.match(tail)
        if (
            c.noun
            and len(items) == 1
            and _STUDY.search(label[-40:].split(".")[-1].strip())
            and re.match(r"\s*(?:$|[,;])", tail)
        ):
            out.append(Count("treated", c.n, "n-equals-all", 0.5, c.start, c.np_end))
            continue
        named = c.noun in ("patients", "children", "adults", "pts", "subjects", "participants")
        listed = (
            len(items) >= 2 and _LISTED.search(text, max(start, c.start - 60), c.start) and _CLOSED.match(text, c.end)
        )
        if breakdown or dose or assigned or has or listed or (named and not roles.RESULT.match(tail)):
            item = _ITEM_END.match(folded, c.np_end)
            words = folded[c.start : item.end() if item else c.np_end]
            arm = bool(
                dose
                or (named and len(items) == 1 and roles.GROUP_NAME.search(label[-30:]))
                or assigned
                or roles.ARM.search(tail.split(";")[0][:40])
                or _COHORT_BEFORE.search(text, max(start, c.start - 40), c.start)
                or re.search(r"\bdose\s+levels?\b", tail.split(";")[0])
            )
            rule = "product-group" if roles.PRODUCT.search(words) else "breakdown"
            out.append(
                Count(
                    "arm" if arm else "subgroup",
                    c.n,
                    rule,
                    0.75 if breakdown else 0.6,
                    c.start,
                    item.end() if item else c.np_end,
                )
            )
    return out


def read_shares(folded: str, flat: str, quantities: list[Quantity], linked: set[int]) -> list[Count]:
    """'54% (n = 81) of patients received bridging': a group told by its share first."""
    out = []
    for q in quantities:
        if q.kind != "proportion" or q.n is None or q.n < 2 or id(q) in linked:
            continue
        if q.percent is None and q.total is None:
            continue
        if (
            q.total is not None
            and _NAME_BEFORE.search(folded, max(0, q.start - 40), q.start)
            and "/" in folded[q.start : q.end]
        ):
            out.append(Count("subgroup", int(q.n), "product-group", 0.65, q.start, q.end))
            continue
        percent = folded.find("%", q.start, q.end + 1)
        if percent < 0 and (written := _PER_CENT.search(folded, q.start, q.end + 1)):
            percent = written.start()
        m = _SHARE.match(folded, percent) if percent >= 0 else None
        if not m:
            continue
        if roles.baseline(flat[max(0, q.start - 160) : q.start]):
            out.append(Count("subgroup", int(q.n), "feature-in", 0.65, q.start, m.end()))
            continue
        rest = _OF_PATIENTS.sub("", flat[m.end() : m.end() + 80])
        if roles.SUBGROUP.match(rest) and not roles.RESULT.match(rest):
            out.append(Count("subgroup", int(q.n), "n-equals-share", 0.65, q.start, m.end()))
    return out


def _union(made: Count, flat: str, start: int, outer: list[Candidate], counts: list[Count | None], host: int) -> Count:
    """'Nine children and two adults (n = 11) were infused': the sum takes the role, its parts are groups."""
    if host < 1 or outer[host].n + outer[host - 1].n != made.n or flat[outer[host].np_end : start].strip():
        return made
    last = counts[host]
    if last is None or last.role in ("arm", "subgroup"):
        return made
    return replace(made, role=last.role, rule="union", start=outer[host - 1].start)


_THINGS = re.compile(
    r"\b(?:pathogens?|organisms?|isolates|microbes)\b[^;:()\d]{0,40}(?:\bwere\b|\bwas\b|\bincluded?\b|\bincluding\b|:)[^;]*$"
)
_DIED = re.compile(r"\b(?:died|deaths?|succumbed)\b")
# '(N = 184) were randomly assigned': what was done with all of them.
# 'lupus (n = 15), myositis (n = 12) or sclerosis (n = 8) were treated': the last of several kinds.
_LAST_OF_LIST = re.compile(
    r"\bn\s?=\s?\d+[^()]{0,12}\)\s*,?\s*(?:,|and|or)\s+(?:[^();.]|\([^()]{1,12}\)){1,80}\(\s*(?:n\s?=\s?)?$"
)
_THEN = re.compile(
    r"\s*[)\]]\s*(?:were|was)\s+(?:(?P<assigned>random(?:ly|i[sz]ed)(?:\s+(?:assigned|allocated))?)|(?P<treated>infused|treated)|enrolled|recruited|registered)\b"
)


# '… with T-ALL (n = 15) or T-LBL (n = 7) were enrolled': what was done is told of them all.
_ONE_OF_SEVERAL = re.compile(r"\(\s*n\s?=\s?\d+\s*\)\s*,?\s*(?:and|or|,)\s[^()]*$")


def _equals(
    folded: str, text: str, start: int, c: Candidate, label: str, linked: set[int], *, compared: bool
) -> Count | None:
    """'bulky disease (n = 98)', '(axi-cel, n = 158; tisa-cel, n = 254)', '(n = 31, transplant group)'."""
    item = re.split(r"[;]|(?<=\d),", text[max(start + 1, c.start - 110) : c.start])[-1].strip(" ,:(")
    whole_study = _STUDY.search(item or label)
    if whole_study and re.search(r"\d", item) is None:
        return Count("treated", c.n, "n-equals-all", 0.5, start, c.end)
    name = item if re.search(r"[a-z]{2}", item) else label
    if _EVALUABLE_NEXT.match(folded, c.end):
        return Count("evaluable", c.n, "n-equals-set", 0.75, start, c.end)
    if _DOSE_BEFORE.search(item or label):
        return Count("arm", c.n, "dose-level", 0.75, start, c.end)
    if re.search(r"\d$", item or label[-12:]) and name is label and _DOSE_AFTER.match(folded, c.end):
        return Count("arm", c.n, "dose-level", 0.75, start, c.end)
    if (
        _SIGN.search(name)
        or (_LABEL_RESULT.search(name) and not _EVALUABLE_FOR.search(name))
        or _GRADE_LABEL.search(text, max(0, c.start - 24), c.start)
        or re.search(r"\bgrades?\b[^,;]{0,40}$|%\s*$|\b(?:or|and)\s+\d$", name)
        or _PERCENT_OF.search(name)
    ):
        return None
    if _THINGS.search(text, max(0, c.start - 160), c.start):
        return None  # 'The most frequent pathogens were CMV (n = 12), …'
    if (
        id(c.quantity) in linked
        and not c.denominator
        and not re.search(
            r"\b(?:patients|those|group|subgroup|subset|cohort|disease|with)\b", _DIED.split(name)[-1][-60:]
        )
    ):
        return None
    begin = start if name is label else max(start, text.rfind(item, max(0, c.start - 110), c.start))
    if name is label:
        m = re.search(r"(?:[\w'’/+≥≤<>%.-]+\s+){0,5}[\w'’/+≥≤<>%.-]+\s*$", folded[max(0, start - 70) : start])
        begin = max(0, start - 70) + m.start() if m else start
    if _EVALUABLE_FOR.search(name):
        return Count("evaluable", c.n, "n-equals-set", 0.75, begin, c.end)
    if _MATCHED.search(name):
        return Count("evaluable", c.n, "matched", 0.7, begin, c.end)
    named = roles.named_set(name) or ("evaluable" if _SET.search(name) else None)
    if named:
        return Count(named, c.n, "n-equals-set", 0.75, begin, c.end)
    if re.search(r"\b(?:studies|trials|publications|articles|datasets|reports)\s*$", name):
        return Count("enrolled", c.n, "n-equals-studies", 0.75, begin, c.end)
    whole = _WHOLE.search(name)
    if whole:
        for role, _, pattern in roles.ADJECTIVE_RULES:
            if pattern.search(whole[0]):
                return Count(role, c.n, f"n-equals-{role}", 0.75, begin, c.end)
    trailing = text[c.end : c.end + 60]
    assigned = _THEN.match(trailing)
    if (
        assigned
        and not re.search(r"\d", text[start : c.start])
        and not _LAST_OF_LIST.search(text[: c.start])
        and not re.search(r"\b(?:arm|group|cohort)\b", name[-30:])
        and not _ONE_OF_SEVERAL.search(text, max(0, start - 90), start)
    ):
        role = "treated" if assigned["treated"] else "enrolled"
        return Count(
            role, c.n, "randomised" if assigned["assigned"] else "n-equals-then", 0.75, begin, c.end + assigned.end()
        )
    arm = bool(
        roles.ARM.search(name[-45:])
        or roles.ARM.search(trailing)
        or _ASSIGNED.search(text, max(0, c.start - 160), c.start)
        or (compared and not _CONTRAST.search(folded, max(0, start - 200), c.end + 200))
    )
    rule = "product-group" if roles.PRODUCT.search(name[-40:]) else "n-equals"
    return Count("arm" if arm else "subgroup", c.n, rule, 0.7, begin, c.end)


__all__ = ["read_bracket", "read_shares"]
