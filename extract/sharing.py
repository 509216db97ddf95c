"""Counts that share a word: one predicate for several groups, one noun for a list, the rest of a whole."""

from __future__ import annotations

import re
from dataclasses import replace

from extract import roles
from extract.counting import Candidate, Count

_CLAUSE_END = re.compile(r"[;:]|,(?!\s*\w+\s+(?:received|cilta|axi|tisa))")
_CHOSEN = re.compile(
    rf"\s*(?:who|whose|in|after|without|at|on|with(?!\s+(?:[\w/+-]+\s+){{0,6}}?{roles.DISEASE})|treated\s+at)\b"
)
_ANYONE = ("patient", "pt", "child", "adult", "participant", "subject", "individual", "recipient", "case")
_OF_THEM = re.compile(r"\bof\s+(?:whom|which|these|those|them)\b")
_PRODUCT_NAME = re.compile(r"[\w-]+-cel\b|\w+leucel\b|cd\d+[\w/-]*")
_VERB = (
    r"(?:were|was|had|received|underwent|are|is|achieved|treated|infused|enrolled|screened|evaluable|including"
    r"|studies|who|whom)\b"
)
_GROUPED = r"(?:with|without|having|undergoing|harbou?ring|aged)"
_AND_GROUP = re.compile(
    rf"(?:(?!{_VERB})[^;:.\d]){{0,120}}?(?:\s{_GROUPED}\s|{roles.DISEASE}\s|\bchildren|\badults|\b(?:in|out)patients|\badolescents)(?:(?!{_VERB})[^;:.]){{0,120}}?"
    r"(?P<and>,|\band|,\s*and|\bplus|\bas\s+well\s+as)\s+(?:the\s+|another\s+|a\s+further\s+)?"
)
# '129 White, 11 Black and 9 Asian patients': kinds of one noun.
_KINDS = re.compile(
    rf"\s+(?:(?!{_VERB}|(?:in|of|at|with|for|to|on|patients|children|males?|females?|men|women|boys|girls)\b)[a-z][\w/+-]*\s*){{1,3}}(?P<and>,|\band|,\s*and|\bor)\s+"
)
_KIND = re.compile(rf"\s+(?!{_VERB}|in\b|of\b)[a-z][\w/+-]*\s*(?:,|and\b)")
_SUM_AFTER = re.compile(r"\s*\(\s*n\s?=")
_GROUP_AFTER = re.compile(
    rf"\s*(?:(?!were\b|was\b|had\b|received\b|in\b|at\b|of\b)[\w/+-]+\s+){{0,4}}?(?:{_GROUPED}\s|{roles.DISEASE}"
    r"|children\b|adults\b|(?:in|out)patients\b|adolescents\b|(?:[\w-]+\s+)?controls?\b)"
)
_COMPARED_AFTER = re.compile(r"[^;:.]{0,120}?\bwere\s+(?:\w+ly\s+)?compared\b")
_IN_PATIENTS = re.compile(r"\b(?:in|from)\s+(?:a\s+total\s+of\s+|the\s+|all\s+)*$")
_OF_ALL = re.compile(r"^(?:results?:?\s+)?(?:of|among)\s+(?:the\s+|all\s+)*$")
_IN_THE_GROUP = re.compile(r"\s*(?:(?:was|were)\s+)?in\s+the\s+(?:[\w-]+\s+){1,4}(?:group|arm|cohort)\b")
_RESPECTIVELY = re.compile(r"[^;.]{0,200}?\bto\b[^;.]{0,120}?\brespectively\b")
_LIST = re.compile(r"\s*(?:,|and|,\s*and)\s*")
_ITEM = re.compile(r"\s*(?:,|;|\band\b|\bor\b|,\s*and|/)\s*(?:the\s+)?$")
_SHORT = re.compile(
    r"\s+(?!\w+ed\b|(?:had|was|were|with|received|did|of|in|at|months?|years?|weeks?"
    r"|days?)\b)[a-z][\w/+-]*(?:\s+(?!and\b|or\b|\d)[\w/+-]+){0,4}\s*(?=[,;.)\]]|and\b|or\b|,\s*and|$)"
)


def coordinated(folded: str, flat: str, candidates: list[Candidate], out: list[Count | None]) -> None:
    """'12 patients with SLE and 3 with myositis were enrolled': one predicate for several groups."""
    i = 0
    while i < len(candidates):
        j, k = i, i + 1
        while k < len(candidates) and not (candidates[k - 1].denominator or candidates[k].denominator):
            m = _AND_GROUP.fullmatch(flat, candidates[k - 1].end, candidates[k].start)
            if m and not _GROUP_AFTER.match(flat, candidates[k].end):
                m = None
            m = m or _KINDS.fullmatch(flat, candidates[k - 1].end, candidates[k].start)
            if not m or (m.re is _KINDS and not candidates[k].phrase and not _KIND.match(flat, candidates[k].end)):
                break
            if m["and"] != ",":  # '26 patients with leukemia, 15 with marrow disease, were infused' is no list
                j = k
            k += 1
        told = [out[k] for k in range(i, j + 1)]
        summed = _SUM_AFTER.match(folded, candidates[j].np_end)  # their sum takes the role: see `breakdowns`
        if j > i and not summed and any(c is not None and c.role in ("enrolled", "treated", "evaluable") for c in told):
            for at in range(i, j + 1):
                count, c = out[at], candidates[at]
                if count is None or count.role not in ("arm", "subgroup"):
                    role = "arm" if _COMPARED_AFTER.match(flat, candidates[j].end) else "subgroup"
                    out[at] = Count(role, c.n, "coordinated", 0.7, c.start, max(c.np_end, c.end))
        elif j > i and any(c is not None and c.rule == "compared" for c in told):
            for at in range(i, j + 1):
                if out[at] is None:
                    out[at] = Count(
                        "arm", candidates[at].n, "compared", 0.7, candidates[at].start, candidates[at].np_end
                    )
        i = j + 1


def loose(flat: str, candidates: list[Candidate], counts: list[Count | None], linked: set[int]) -> list[Count]:
    """Counts without a role of their own, which may still be the rest of a whole that others leave open."""
    out = []
    for c, count in zip(candidates, counts, strict=True):
        if count is not None or c.eq:
            continue
        if c.denominator:
            if c.noun.startswith(_ANYONE) and not c.phrase.strip() and not _CHOSEN.match(flat, c.np_end):
                out.append(Count("", c.n, "denominator", 0.5, c.start, c.np_end))
        elif c.noun.startswith("case") and _OF_ALL.search(flat, 0, c.start):
            out.append(Count("", c.n, "denominator", 0.5, c.start, c.np_end))
        elif id(c.quantity) not in linked and c.quantity.total is None:
            among = c.noun.startswith(_ANYONE) and _IN_PATIENTS.search(flat, max(0, c.start - 24), c.start)
            out.append(Count("", c.n, "rest-in" if among else "rest", 0.5, c.start, c.np_end))
    return out


def ellipses(flat: str, candidates: list[Candidate], out: list[Count | None], linked: set[int]) -> None:
    """'198 received ide-cel and 153 cilta-cel', '31, 47 and 18 patients': the verb or noun is said once."""
    for i in range(1, len(candidates)):
        c, prev, last = candidates[i], out[i - 1], candidates[i - 1]
        if out[i] is not None or prev is None or c.noun or c.eq or c.denominator or id(c.quantity) in linked:
            continue
        if prev.role == "arm" and _IN_THE_GROUP.match(flat, c.end) and _IN_THE_GROUP.match(flat, last.np_end):
            out[i] = Count("arm", c.n, "ellipsis", 0.6, c.start, c.end)
            continue
        if not _ITEM.search(flat, last.np_end, c.start) or not _SHORT.match(flat, c.end):
            continue
        role = prev.role
        if role == "treated" and roles.PRODUCT.search(flat[c.end : c.end + 30]):
            out[i - 1] = replace(prev, role="subgroup", rule="product-group", strength=0.65)
            role = "subgroup"
        if role in ("arm", "subgroup"):
            rule = "product-group" if role != prev.role or prev.rule == "product-group" else "ellipsis"
            m = _SHORT.match(flat, c.end)
            out[i] = Count(role, c.n, rule, 0.6, c.start, m.end() if m else c.end)
    for i in range(len(candidates) - 2, -1, -1):
        after, c, mine = out[i + 1], candidates[i], out[i]
        if (
            mine is None
            and after is not None
            and after.rule == "randomised"
            and not c.denominator
            and _LIST.fullmatch(flat, c.end, candidates[i + 1].start)
            and _RESPECTIVELY.match(flat, candidates[i + 1].end)
        ):  # '52 and 57 patients were randomized to one or the other, respectively'
            out[i + 1] = after = replace(after, role="arm", rule="assigned-arm")
        one_of_several = not c.noun and after is not None and after.role == "subgroup" and _product_after(flat, c)
        if mine is not None and mine.role == "treated" and one_of_several and _product_after(flat, candidates[i + 1]):
            out[i] = replace(mine, role="subgroup", rule="product-group", strength=0.65)
        if (
            out[i] is None
            and after is not None
            and after.role in ("arm", "subgroup")
            and not c.denominator
            and id(c.quantity) not in linked
            and _LIST.fullmatch(flat, c.end, candidates[i + 1].start)
        ):
            out[i] = Count(after.role, c.n, "list", 0.55, c.start, after.end)


def listed_arms(flat: str, candidates: list[Candidate], out: list[Count | None], linked: set[int]) -> None:
    """'three patients in cohort A, five in cohort B', 'six received 1 x 10^6 cells/kg and nine 3 x 10^6'."""
    for pattern, rule in ((roles.LISTED_ARM, "listed-arm"), (roles.LISTED_GROUP, "listed-group")):
        places = [
            (i, m.end())
            for i, c in enumerate(candidates)
            if id(c.quantity) not in linked
            and not (c.denominator or c.eq)
            and (c.quantity.total is None)
            and (m := pattern.match(flat, c.np_end))
        ]
        if len(places) < 2 or (rule == "listed-group" and not roles.GROUPS_TOLD.match(flat, places[-1][1])):
            continue
        for i, end in places:
            out[i] = Count("arm", candidates[i].n, rule, 0.7, candidates[i].start, end)


# 'radiotherapy was used in 12 patients, chemotherapy in 34, and both in 8'
_NEXT_FEATURE = re.compile(
    r"\s*(?:,|;|\band|,\s*and|\bor)\s+(?:(?!and\b|was\b|were\b|had\b|while\b|with\b|who\b)[\w/+-]+\s+){1,5}(?:in|by|for)\s+(?:the\s+(?:other|remaining)\s+)?$"
)


def listed_features(flat: str, candidates: list[Candidate], out: list[Count | None], linked: set[int]) -> None:
    """Features told one after another: the verb of the first is that of all."""
    for i in range(1, len(candidates)):
        c, prev, last = candidates[i], out[i - 1], candidates[i - 1]
        if out[i] is not None or prev is None or prev.rule != "feature-in" or c.eq or c.denominator:
            continue
        between = flat[last.np_end : c.start]
        if id(c.quantity) in linked or len(between) > 80 or roles.NO_BASELINE.search(between):
            continue
        if _NEXT_FEATURE.fullmatch(between):
            out[i] = Count("subgroup", c.n, "feature-in", 0.65, c.start, c.np_end)


_AND = re.compile(r"\s*(?:,\s*)?and\s+")
_IN_TURN = re.compile(r"[^;:.]{0,140}?\brespectively\b")


def paired(flat: str, candidates: list[Candidate], out: list[Count | None]) -> None:
    """'51 and 58 patients were randomized to A and B, respectively': two groups with one verb."""
    for i in range(len(candidates) - 1):
        first, second, told = candidates[i], candidates[i + 1], out[i + 1]
        if (
            out[i] is None
            and told is not None
            and told.role in ("enrolled", "treated", "evaluable", "arm")
            and not (first.noun or first.denominator or second.denominator or first.eq)
            and _AND.fullmatch(flat, first.end, second.start)
            and _IN_TURN.match(flat, second.end)
        ):
            role = "evaluable" if told.role == "evaluable" else "arm"
            out[i] = Count(role, first.n, "paired", 0.7, first.start, told.end)
            out[i + 1] = replace(told, role=role, rule="paired", strength=0.7)


def product_lists(flat: str, candidates: list[Candidate], out: list[Count | None]) -> None:
    """'axi-cel in 26 patients and tisa-cel in 24', '54 received axi-cel and 37 received tisa-cel'."""
    before = [
        i
        for i, c in enumerate(candidates)
        if not c.denominator and roles.PRODUCT_IN.search(flat, max(0, c.start - 60), c.start)
    ]
    after = [
        i
        for i, c in enumerate(candidates)
        if (count := out[i]) is not None
        and count.rule == "treated-after"
        and (i == 0 or not _OF_THEM.search(flat, candidates[i - 1].end, c.start))
        and _product_after(flat, c)
    ]
    for places in (before, after):
        if len(places) >= 2 and len({_product_name(flat, candidates[i], places is before) for i in places}) > 1:
            for i in places:
                out[i] = Count(
                    "subgroup", candidates[i].n, "product-group", 0.65, candidates[i].start, candidates[i].np_end
                )


def _product_name(flat: str, c: Candidate, before: bool) -> str:
    text = flat[max(0, c.start - 60) : c.start] if before else flat[c.end : c.end + 60]
    found = _PRODUCT_NAME.findall(text)
    return (found[-1] if before else found[0]) if found else ""


def _product_after(flat: str, c: Candidate) -> bool:
    return bool(roles.PRODUCT.search(_CLAUSE_END.split(flat[c.end : c.end + 50], maxsplit=1)[0]))


__all__ = ["coordinated", "ellipses", "listed_arms", "listed_features", "loose", "paired", "product_lists"]
