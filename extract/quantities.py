"""Quantities: numbers that belong together as one printed result.

'24 of 30 patients (80%; 95% CI, 61-92)' is one quantity with n, total, percent and interval.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from extract.checks import same_percent
from extract.numbers import Atom, number, time_text, unit


@dataclass(slots=True)
class Quantity:
    """One printed result. `kind`: proportion, duration, hr, not_reached or time; `noun` is what is counted."""

    kind: str
    start: int
    end: int
    n: float | None = None
    total: float | None = None
    percent: float | None = None
    value: float | None = None
    unit: str = ""
    ci: tuple[float | None, float | None, float | None] | None = None
    range: tuple[float | None, float | None] | None = None
    times: tuple[str, ...] = ()
    noun: str = ""
    all: bool = False
    none: bool = False
    n_end: int = 0  # where the count itself ends, before noun, percent and interval
    total_span: tuple[int, int] | None = None
    eq: bool = False  # written 'n = 34'
    tail: int = 0  # where a percent printed further on ends: '7 of 20 had a partial response (35%)'

    @property
    def bare(self) -> bool:
        """A count alone, that may as well be something else than patients with a result."""
        return (
            self.kind == "proportion"
            and self.n is not None
            and (self.total is None or self.all)
            and self.percent is None
        )


PEOPLE = (
    r"(?:(?:children|adolescents|patients|infants|men)/(?:young\s+)?(?:adults|adolescents|subjects|participants|women)|(?:in|out)?patients?|pts?|children|child|infants?|adults?|adolescents?|participants?|subjects?|individuals?|recipients?|cases?|"
    r"men|man|women|woman|people|persons?|boys?|girls?|responders?|survivors?|evaluable|cohort|volunteers?|veterans?|persons)"
)
# Words that may stand between a count and its percent: '27 treated adult patients (82%)'.
_NOUN_PHRASE = re.compile(
    r"\s*(?:(?!(?:had|has|have|was|were|achieved|and|but|or|developed|experienced|showed|received|underwent|who|vs|versus|then|while|with|in|of|for|at|by|from|after|did|died|relapsed|responded|completed|proceeded|attained|reached|became|remained|required)\b)[a-z\ue000][\w'’/+\ue000-]*(?:\s+|(?=[^\w'’/+\ue000-]))){0,6}"
)
_OF = re.compile(
    r"\s*(?:\([^()\d]{0,12}\)\s*)?(?:of|out\s+of|from\s+among|among|from|/)\s+(?:the\s+|these\s+|those\s+|all\s+|a\s+total\s+of\s+|our\s+|its\s+|their\s+|which\s+|whom\s+|first\s+|remaining\s+|other\s+|\(?n\s?=\s?)*$"
)
_OF_NOUN = re.compile(
    rf"\s*(?:[a-z][\w-]*\s+){{0,2}}?{PEOPLE}\s*(?:of|out\s+of)\s+(?:the\s+|these\s+|those\s+|all\s+|a\s+total\s+of\s+)*$"
)
_PERCENT_AFTER = re.compile(
    r"\s*(?:[,;:]\s*|[\[(]\s*(?:n\s?=\s?)?|=\s*|or\s+|[\])]\s*[\[(]\s*|-\s)?(?:i\.e\.,?\s*|or\s+|approximately\s+)?$"
)
_RATE_OF = re.compile(
    r"[^.;()]{0,30},\s*(?:(?:giving|for|with|yielding|i\.e\.,?)\s+)?(?:an?|the)\s+(?:[\w-]+\s+){0,2}(?:incidence|rate|frequency|prevalence|proportion)\s+of\s+$"
)
_NAMED_ALONE = re.compile(rf"\s*(?:[\w-]+\s+)?(?:{PEOPLE})\s*,?\s*\ue000+\s*[\[(]\s*$")
_TOPIC_BEFORE = re.compile(r"(?:^|[,;:.]\s*)(?:among|of|in|for)\s+(?:the\s+|all\s+|these\s+|our\s+)*$")
_PERCENT_OF_TOTAL = re.compile(
    r"\s*[\])]?\s*(?:of|in|among)\s+(?:the\s+|these\s+|those\s+|all\s+|our\s+|a\s+total\s+of\s+)*$"
)
_COUNT_AFTER_PERCENT = re.compile(r"\s*(?:[\[(]\s*|,\s*|;\s*|:\s*|[\])]\s*[\[(]\s*)(?:n\s?=\s?)?$")
_CI_AFTER = re.compile(
    rf"(?:\s+per\s+[\w%.-]+(?:\s+[a-z]+)?)?(?:\s+(?:of|in|for|among)\s+(?:the\s+|all\s+)*(?:[a-z][\w-]*\s+)?{PEOPLE})?\s*[\])]?\s*(?:[,;:]\s*)?(?:[\[(]\s*)?(?:with\s+(?:a\s+)?|se[^,;)]{{0,12}}[,;]\s*|(?:one|two)-sided\s+|exact\s+)?$"
)
_RANGE_AFTER = re.compile(r"\s*[\])]?\s*(?:[,;:]\s*)?(?:[\[(]\s*)?(?:with\s+(?:a\s+)?)?$")
_N_AFTER_CI = re.compile(r"\s*[,;]\s*(?:n\s?=\s?)?$")
_GROUP_SIZE = re.compile(
    r"\s*[\])]?\s+(?:of|in|for|among|with)\s+[^.;()]{1,70}\(\s*(?:[^();\ue000]{1,40}[;,]\s*)?(?:n\s?=\s?)?$"
)
_NAMED_COUNT = re.compile(
    r"\s*(?:[a-z]+\s+)?\ue000+[^)\]]*?(?:,|;|and|\+)|\s*(?:cases?\s+of\s+|patients?\s+with\s+)?(?:a\s+)?grade\b"
)
_NAMED = re.compile(r"\s*(?:[a-z]+\s+)?\ue000")
_EVALUABLE_NEXT = re.compile(
    rf"\s*(?:{PEOPLE}\s+)?(?:response-|efficacy-)?(?:evaluable|assessable)(?:\s+{PEOPLE})?\s*[)\];]"
)
_PEOPLE_CLOSED = re.compile(rf"\s*(?:{PEOPLE})\s*[)\];]")  # '(48%, 13 cases)'
# 'in remission 3 years after infusion': a time point, where 'a PFS of 3 months after infusion' is a value.
_LATER = re.compile(
    r"\s+(?:after|post|following|from|since)[\s-]+(?:the\s+)?(?:first\s+|car\b|infusion|treatment|therapy|cell|transplant|leukapheresis)"
)
_VALUED = re.compile(r"(?:\bof|\bwas|\bwere|\bis|\bmedian|\breached|\bto|\bvs\.?|\bversus|\band|[=:,(\[])\s*$")
_CI_BEHIND_NAME = re.compile(
    r"\s*(?:of\s+(?:the\s+|all\s+)?)?(?:an?\s+)?\ue000+s?(?:\s+rates?)?\s*[(\[]\s*(?:\d{1,4}\s*(?:/|of)\s*\d{1,4}\s*[;,]\s*)?$"
)
_AGAINST = re.compile(r"\b(?:vs\.?|versus|than|compared\s+(?:to|with)|against)\s+(?:\w+\s+)?$")
_AVERAGED = re.compile(r"\b(?:median|mean|average)(?:\s+of|\s+was)?\s*[:=,]?\s*$")
_LIST = re.compile(r"\s*(?:%|,|;|and|or|,\s*and|&|/|versus|vs\.?|v\.?|to|compared\s+(?:with|to)|against)\s*$")
_AT = re.compile(
    r"(?:\bat\s+both|\bat|\bby|\bwithin|\bafter|\bbeyond|\bover|\bfor|\bat\s+the|\bon|\buntil|\bpast|\bpersist\w+)\s*(?:the\s+first\s+|first\s+|the\s+|a\s+median\s+of\s+|about\s+|approximately\s+|more\s+than\s+|least\s+)*$"
)

_NAMES_AT = re.compile(r"\s+\ue000")  # '3 year progression-free survival'
# 'OS and PFS 12 months after dosing were …': a time point, unless a verb or 'median' makes it the result itself.
_SINCE_CELLS = re.compile(
    r"\s*(?:after|post|following|from|since)[\s-]+(?:the\s+)?(?:first\s+)?(?:car[\s-]?t?\s*(?:t[\s-])?(?:cells?)?\s*)?(?:cells?|infusions?|dosing|treatment|therapy|transfusion|administration|transplant\w*|enrol?lment|leukapheresis|randomi[sz]ation)?\s*(?:was|were)\b"
)
_TELLS = re.compile(
    r"\b(?:was|were|is|are|of|reached|median|mean|to|and|or|a|for|lasted|vs\.?|versus)\s*(?:only\s+|about\s+)?$|[,;:=(\[]\s*$"
)


def read_quantities(folded: str, atoms: list[Atom]) -> list[Quantity]:
    """Join a sentence's atoms into quantities, in order."""
    atoms = _lists_of_percents(folded, [half for a in atoms for half in _halves(folded, a)])
    out: list[Quantity] = []
    last: Atom | None = None
    for atom in atoms:
        current = out[-1] if out else None
        if current is not None and last is not None:
            if _behind_time(folded, out, last, atom) or _joined(folded, current, last, atom):
                last = atom
                continue
        made = _start(folded, atom)
        if made is not None:  # what is no result (a threshold, a p value) may stand between parts of one
            last = atom
            out.append(made)
    for q in out:
        if (
            q.eq
            and q.n is not None
            and q.total is None
            and q.percent is not None
            and _GROUP_BEFORE.search(folded[max(0, q.start - 110) : q.start])
            and folded[q.n_end : q.n_end + 1] in ";,"
        ):
            q.n, q.total, q.total_span = None, q.n, (q.start, q.n_end)  # 'those with bulky disease (n = 17; 41%)'
        _read_noun(folded, q)
        _scale(q)
    return out


def _scale(q: Quantity) -> None:
    """'54.4% (95% CI 0.17-0.90)': the interval of a percent, printed as shares of one."""
    if q.percent is None or q.ci is None or q.percent <= 1:
        return
    low, high, level = q.ci
    if low is not None and high is not None and high <= 1 and 100 * low <= q.percent + 0.6 <= 100 * high + 1.2:
        q.ci = (round(100 * low, 4), round(100 * high, 4), level)


_PARTING = re.compile(r"(?<=%)\s*[/,;~–—-]|(?<=\d)\s*[/;]")


def _halves(folded: str, a: Atom) -> tuple[Atom, ...]:
    """'7.6%/19.6%' as its two percents."""
    if a.rule != "percent_slash":
        return (a,)
    parting = _PARTING.search(folded, a.start)
    slash = parting.start() if parting else a.end
    first, second = a.numbers
    return (
        replace(a, end=slash, numbers=(first,)),
        replace(a, start=slash + 1, numbers=(second,)),
    )


def _behind_time(folded: str, out: list[Quantity], last: Atom, a: Atom) -> bool:
    """'90.3% at 6 months (95% CI, 81.0-95.2)': the interval is the percent's, not the time's."""
    if (
        len(out) < 2
        or a.kind != "ci"
        or last.kind not in ("duration", "time")
        or not _CI_AFTER.match(folded[last.end : a.start])
    ):
        return False
    percent, time = out[-2], out[-1]
    low, high, level = a.numbers
    if not time.times or percent.percent is None or percent.ci is not None or low is None:
        return False
    if not (low <= percent.percent <= (high or 100)) or not re.fullmatch(
        r"\s*[\])]?\s*(?:at|after|by)\s+(?:the\s+)?", folded[percent.end : time.start]
    ):
        return False
    closed = re.match(r"\s*[\])]", folded[a.end : a.end + 3])
    percent.ci, percent.tail, time.end = (low, high, level), a.end, a.end + (closed.end() if closed else 0)
    return True


def _start(folded: str, a: Atom) -> Quantity | None:
    if a.kind == "count" and _AVERAGED.search(folded[max(0, a.start - 16) : a.start]):
        return None  # 'a median of 3 prior lines', 'median 12,000 vs 35,000 copies'
    if a.kind == "count":
        return Quantity("proportion", a.start, a.end, n=a.numbers[0], n_end=a.end, eq=a.rule == "n_equals")
    if a.kind == "fraction":
        return Quantity(
            "proportion", a.start, a.end, n=a.numbers[0], total=a.numbers[1], n_end=a.end, eq=a.rule == "n_equals"
        )
    if a.kind == "percent":
        return Quantity("proportion", a.start, a.end, percent=a.numbers[0], n_end=a.end)
    if a.kind == "duration":
        before = folded[max(0, a.start - 40) : a.start]
        q = Quantity("duration", a.start, a.end, value=a.numbers[0], unit=a.unit, n_end=a.end)
        if a.numbers[0] is not None and (
            _AT.search(before)
            or (_LATER.match(folded, a.end) and not _VALUED.search(before))
            or (a.rule == "duration" and _NAMES_AT.match(folded, a.end) and not _TELLS.search(before))
            or (_SINCE_CELLS.match(folded[a.end : a.end + 60]) and not _TELLS.search(before))
        ):
            q.times = (time_text(a.numbers[0], a.unit),)
        return q
    if a.kind == "decimal":
        return Quantity("decimal", a.start, a.end, value=a.numbers[0], n_end=a.end)
    if a.kind == "time":
        return Quantity("time", a.start, a.end, times=a.times, n_end=a.end)
    if a.kind == "hr":
        return Quantity("hr", a.start, a.end, value=a.numbers[0], n_end=a.end)
    if a.kind == "not_reached":
        return Quantity("not_reached", a.start, a.end, n_end=a.end)
    return None


def _joined(folded: str, q: Quantity, last: Atom, a: Atom) -> bool:
    """Add atom `a` to quantity `q` if the words between say so."""
    gap = folded[last.end : a.start]
    if len(gap) > 90:
        return False
    if q.kind == "proportion":
        if a.kind == "count" and q.n is not None and q.total is None and last.kind in ("count", "percent", "ci"):
            if last.kind != "count":
                gap = re.sub(r"^\s*[\])]", "", gap)
            if (_OF.match(gap) or _OF_NOUN.match(gap)) and a.numbers[0] is not None and a.numbers[0] >= q.n:
                q.total, q.end, q.total_span = a.numbers[0], a.end, (a.start, a.end)
                return True
        if (
            a.kind == "count"
            and q.n is not None
            and q.total is None
            and last.kind == "percent"
            and re.match(r"\s*of\s+(?:the\s+|all\s+)?$", gap)
        ):
            q.total, q.end, q.total_span = a.numbers[0], a.end, (a.start, a.end)  # '74 (84% of 88)'
            return True
        if (
            a.kind == "count" and q.n is None and q.percent is not None and q.total is None and last.kind == "ci"
            and a.rule != "n_equals" and _PERCENT_OF_TOTAL.match(gap.lstrip(")] "), 0) and gap.lstrip()[:1] in ")]"
        ):  # fmt: skip
            q.total, q.end, q.total_span = a.numbers[0], a.end, (a.start, a.end)  # '93% (95% CI, 84-98) of the 60'
            return True
        if a.kind == "count" and q.n is None and q.percent is not None and q.total is None and last.kind == "percent":
            if _PERCENT_OF_TOTAL.match(gap):
                q.total, q.end, q.total_span = a.numbers[0], a.end, (a.start, a.end)
                return True
            if _EVALUABLE_NEXT.match(folded, a.end):
                return False  # 'CR rate of 85% (n = 27 efficacy-evaluable)'
            if _COUNT_AFTER_PERCENT.match(gap) and (
                _NAMED_COUNT.match(folded, a.end) or (":" in gap and _NAMED.match(folded, a.end))
            ):
                return False  # '75% (2 CR, 1 PR)', '75%: 15 CR (55%) …'
            if _COUNT_AFTER_PERCENT.match(gap) and (
                gap.strip() not in (",", ";") or _looks_of(folded, a) or _PEOPLE_CLOSED.match(folded, a.end)
            ):
                q.n, q.end = a.numbers[0], a.end
                return True
            if _looks_of(folded, a) and re.match(rf"\s+of\s+(?:the\s+|all\s+)?(?:[\w-]+\s+)?{PEOPLE}\s*\(\s*$", gap):
                q.n, q.end = a.numbers[0], a.end  # '93% of children (40 of 43)'
                return True
        if (
            a.rule == "n_equals"
            and q.n is None
            and q.percent is not None
            and q.total is None
            and _GROUP_SIZE.match(gap)
            and not re.match(rf"\s+of\s+(?:the\s+|all\s+)?(?:[\w-]+\s+)?{PEOPLE}\s*\(\s*(?:n\s?=\s?)?$", gap)
        ):
            if a.kind == "count":  # '76% of those with bulky disease (n = 98)': the group's size
                q.total, q.end, q.total_span = a.numbers[0], a.end, (a.start, a.end)
                return True
        if (
            a.kind == "count"
            and q.n is None
            and q.percent is not None
            and last.kind == "ci"
            and _N_AFTER_CI.match(gap)
            and (a.rule == "n_equals" or _looks_of(folded, a))
        ):
            q.n, q.end = a.numbers[0], a.end
            return True
        if a.kind == "count" and q.n is not None and q.total is None and last.kind == "count" and _OF.match(gap):
            q.total, q.end, q.total_span = a.numbers[0], a.end, (a.start, a.end)
            return True
        if (
            a.kind == "fraction"
            and q.n is not None
            and q.n == a.numbers[0]
            and q.total is None
            and last.kind == "percent"
        ):
            if gap.strip() in (",", ";"):
                q.total, q.end, q.total_span = a.numbers[1], a.end, (a.start, a.end)  # '64 (53%, 64/119)'
                return True
        if (
            a.kind == "fraction"
            and q.n is None
            and q.percent is not None
            and (_COUNT_AFTER_PERCENT.match(gap) or (last.kind == "ci" and _N_AFTER_CI.match(gap)))
        ):
            q.n, q.total, q.end = a.numbers[0], a.numbers[1], a.end
            return True
        if (
            a.kind == "count" and a.rule == "n_equals" and q.n is None and q.percent is not None and q.total is None
            and re.match(rf"\s+of\s+(?:the\s+|all\s+)?(?:[\w-]+\s+)?{PEOPLE}\s*\(\s*$", gap)
        ):  # fmt: skip
            size = a.numbers[0] or 0
            if re.search(r"\b(?:evaluable|assessable|infused|treated|analy[sz]ed|eligible)\b", gap) and same_percent(
                round(q.percent * size / 100), size, q.percent
            ):
                q.total, q.end, q.total_span = size, a.end, (a.start, a.end)  # '92% of evaluable patients (n = 61)'
                return True
            q.n, q.end = a.numbers[0], a.end  # '11.8% of patients (n = 4)'
            return True
        if (
            a.kind == "percent" and q.percent is None and q.n is not None and q.total and a.numbers[0] is not None
            and _RATE_OF.match(gap) and same_percent(q.n, q.total, a.numbers[0])
        ):  # fmt: skip
            q.percent, q.end = a.numbers[0], a.end  # '54 of 6,234 recipients, an incidence of 0.87%'
            return True
        if (
            a.kind == "percent" and last.kind == "count" and _NAMED_ALONE.match(gap)
            and _TOPIC_BEFORE.search(folded[max(0, q.start - 24) : q.start])
        ):  # fmt: skip
            return False  # 'Among all 280 patients CRS (85%) and ICANS (55%)': the percent is of the event
        if a.kind == "percent" and q.percent is None and last.kind in ("count", "fraction"):
            gap = re.sub(r"^\s*of\s+(?:whom|them|these|those|which)\b", "", gap)
            noun = _NOUN_PHRASE.match(gap)
            rest = gap[noun.end() :] if noun else gap
            if rest and _PERCENT_AFTER.match(rest):
                closed = (
                    rest.strip()[:1] in ("(", "[")
                    or "i.e." in rest
                    or last.rule == "n_equals"
                    or last.kind == "fraction"
                    or q.total is not None
                    or _enclosed(folded, q.start, a.end)
                )
                if closed or rest.strip() == "=":
                    q.percent, q.end = a.numbers[0], a.end
                    return True
        if (
            a.kind == "percent" and q.percent is None and q.n is not None and q.total and a.numbers[0] is not None
            and re.match(r"[^.;()]{1,100}\(\s*$", gap) and same_percent(q.n, q.total, a.numbers[0])
        ):  # fmt: skip
            q.percent, q.tail = a.numbers[0], a.end  # 'Nineteen of the 22 patients with T-ALL (86%)': their percent
            return True
        if a.kind == "ci" and q.ci is None and _CI_AFTER.match(gap):
            low, high, level = a.numbers
            q.ci, q.end = (low, high, level), a.end
            return True
        if a.kind == "ci" and q.ci is None and q.percent is not None and last.kind == "percent":
            low, high, level = a.numbers
            named = _CI_BEHIND_NAME.match(gap)
            if named and (low is None or low <= q.percent) and (high is None or q.percent <= high):
                q.ci, q.tail = (low, high, level), a.end  # '68% CR (95% CI, 55-79)'
                return True
        if a.kind == "pair" and q.percent is not None and q.ci is None and not gap.strip(" ,;"):
            low, high = a.numbers
            if low is not None and low <= q.percent and (high is None or q.percent <= high):
                q.ci, q.end = (low, high, None), a.end
                return True
    elif q.kind in ("duration", "decimal", "hr", "not_reached"):
        if a.kind == "ci" and q.ci is None and _CI_AFTER.match(gap):
            low, high, level = a.numbers
            q.ci, q.end = (low, high, level), a.end
            after = re.match(r"\s*[\])]?\s*(days?|weeks?|months?|mo|years?|yrs?)\b", folded[a.end :])
            if q.kind == "decimal" and after:
                _as_duration(q, after[1])
            return True
        if a.kind == "range" and q.kind != "hr" and q.range is None and _RANGE_AFTER.match(gap):
            low, high = a.numbers
            q.range, q.end = (low, high), a.end
            after = re.match(r"\s*[\])]?\s*(days?|weeks?|months?|mo|years?|yrs?)\b", folded[a.end :])
            if q.kind == "decimal" and after:
                _as_duration(q, after[1])
            return True
        if a.kind == "pair" and q.ci is None and q.range is None and not gap.strip(" ,;"):
            low, high = a.numbers
            if q.value is None or (low is not None and low <= q.value and (high is None or q.value <= high)):
                if q.kind in ("duration", "decimal") and last.rule == "duration_range":
                    q.range = (low, high)
                q.ci, q.end = (low, high, None), a.end
                return True
    return False


_GROUP_BEFORE = re.compile(
    r"(?:patients|those|subgroup|group|cohort|subset|individuals)\s+(?!(?:required|needed|received|developed|experienced|achieved|died|relapsed|responded|had|were|was|underwent)\b)[^().;]{3,70}\(\s*$"
)


def _enclosed(folded: str, start: int, end: int) -> bool:
    """'nausea (5; 36%)': count and percent alone in one bracket."""
    return folded[start - 1 : start] in ("(", "[") and folded[end : end + 1] in (")", "]")


def _looks_of(folded: str, a: Atom) -> bool:
    return bool(re.match(r"\s*(?:of|/)\s*\d", folded[a.end :]))


def _as_duration(q: Quantity, word: str) -> None:
    q.kind, q.unit = "duration", unit(word)


def _lists_of_percents(folded: str, atoms: list[Atom]) -> list[Atom]:
    """'90, 80 and 70%' are three percents, '4.4 and 10.9 months' two durations, 'at 6, 12 and 24 months' times."""
    out = list(atoms)
    for i in range(len(out) - 1):  # '22 (3-46) months', '17.2 (7.9-29.6) months'
        this, after = out[i], out[i + 1]
        if (
            this.kind in ("count", "decimal")
            and after.kind in ("pair", "range", "ci")
            and not folded[this.end : after.start].strip(" ([")
        ):
            m = re.match(r"\s*[\])]?\s*(days?|weeks?|months?|mo|years?|yrs?)\b", folded[after.end :])
            if m:
                out[i] = replace(this, kind="duration", rule="duration_range", unit=unit(m[1]))
    for i in range(len(out) - 1):  # 'a median of 3 prior lines versus 2 in responders'
        this, after = out[i], out[i + 1]
        if (
            this.rule == "lines"
            and after.rule in ("count", "word_count")
            and _AGAINST.search(folded, this.end, after.start)
        ):
            out[i + 1] = replace(after, kind="noise", rule="noise_list")
    for i in range(len(out) - 1, 0, -1):
        this, last, at = out[i], out[i - 1], i - 1
        if this.kind == "duration" and last.kind in ("ci", "range", "pair") and i > 1:
            at = i - 2  # '8.8 (95% CI, 6.5-11.6) and 26.1 (95% CI, 18.7-NE) months'
            if folded[out[at].end : last.start].strip(" (["):
                continue
        before = out[at]
        gap = folded[last.end : this.start]
        if at < i - 1:
            gap = gap.lstrip(" )]")
        if not (gap and len(gap) < 24 and _LIST.match(gap)):
            continue
        if this.kind == "not_reached" and before.kind == "decimal":
            months = re.match(r"\s*(days?|weeks?|months?|mo|years?)\b", folded[this.end :])
            if months:  # '2.2 vs not reached months'
                out[at] = replace(before, kind="duration", rule="duration_list", unit=unit(months[1]))
        if this.kind == "percent" and before.kind in ("count", "decimal") and before.rule in ("count", "decimal"):
            alone = gap.strip() in (",", ";") and _enclosed(folded, before.start, this.end)  # 'nausea (5; 36%)'
            if before.numbers[0] is not None and before.numbers[0] <= 100 and not (alone or _count_of(folded, out, at)):
                out[at] = replace(before, kind="percent", rule="percent_list")
        elif this.rule in ("lines", "noise_list") and before.rule in ("count", "word_count") and ";" not in gap:
            out[i - 1] = replace(before, kind="noise", rule="noise_list")  # 'with 0, 1, and 2 or more risk factors'
        elif this.rule == "measure" and before.kind in ("count", "decimal") and gap.strip() not in (",", ";"):
            out[at] = replace(before, kind="noise", rule="measure_list")  # '1,230 vs 310 copies/µg'
        elif (
            this.kind == "duration"
            and before.kind in ("count", "decimal")
            and before.rule in ("count", "decimal", "word_count")
        ):
            out[at] = replace(before, kind="duration", rule="duration_list", unit=this.unit)
    return out


def _count_of(folded: str, atoms: list[Atom], i: int) -> bool:
    """Whether atom i is the N of 'n of N' or stands after 'in': then it counts patients."""
    return bool(
        re.search(
            r"(?:\bof|/|out of|\bn\s?=)\s*(?:the\s+|all\s+)?$", folded[max(0, atoms[i].start - 14) : atoms[i].start]
        )
    )


_NOUN = re.compile(
    rf"\s*[\])]?\s*(?P<np>(?:(?:of\s+the\s+|of\s+these\s+|of\s+those\s+|of\s+our\s+|of\s+all\s+|of\s+)?(?:[a-z][\w'’/+-]*[\s-]+){{0,6}}?)(?P<noun>{PEOPLE}))(?![a-z])"
)
_STOP = re.compile(
    r"\b(?:had|has|was|were|achieved|and|but|or|developed|experienced|in|with|by|for|after|at|on|to|from|who|received|the|grade|died)\b"
)
_NONE_BEFORE = re.compile(
    r"\b(?:none|no\s+one|not\s+\w+\s+in\s+any|in\s+any)\s+of\s+(?:the\s+|these\s+|those\s+|our\s+)?$"
)
_ALL_BEFORE = re.compile(r"\b(?:all|all\s+of\s+the|all\s+the|all\s+of|every\s+one\s+of\s+the|each\s+of\s+the)\s*$")


def _read_noun(folded: str, q: Quantity) -> None:
    if q.kind != "proportion":
        return
    m = _NOUN.match(folded, q.end)
    if m and not _STOP.search(
        re.sub(r"^of\s+(?:the|these|those|our|all)\s+", "", m["np"][: m.start("noun") - m.start("np")])
    ):
        q.noun = m["noun"]
    else:
        m = _NOUN.match(folded, q.n_end)
        if m and m.end() <= q.end:
            q.noun = m["noun"]
        elif q.total_span:
            m = _NOUN.match(folded, q.total_span[1])
            if m and m.end() <= q.end:
                q.noun = m["noun"]
    if q.n is not None and q.bare and _NONE_BEFORE.search(folded[max(0, q.start - 30) : q.start]):
        q.none = True
    both = folded.startswith("both", q.start)
    if q.n is not None and (both or _ALL_BEFORE.search(folded[max(0, q.start - 18) : q.start])):
        q.all = True
        if q.bare:
            q.total = q.n


__all__ = ["PEOPLE", "Quantity", "number", "read_quantities"]
