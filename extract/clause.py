"""A clause prepared for linking: its concepts, grades, times and values, and the runs they stand in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from extract.checks import same_percent
from extract.concepts import Mention
from extract.link_words import (
    LABELLED,
    LIST,
    NOR,
    OF_GROUP,
    OTHER_PREDICATE,
    PREDICATES,
    RATE_IN,
    TOPIC,
    TRAILING,
    UNTOLD_IN,
    VALUE_GAP,
    VERSUS,
)
from extract.links import CONCEPT, GRADE, TIME, Carried, ConceptRun, Link, ValueRun
from extract.quantities import PEOPLE, Quantity

# The short form behind a name that no vocabulary knows: 'relapse or progression (rel/prog) and'.
_SHORT_FORM = re.compile(rf"^\s*\((?=[^()\d]*[a-z])[^()\d{CONCEPT}{GRADE}]{{1,14}}\)")


# '11 had …, representing 20% of those treated': the count again, as a share.
_AMOUNTS = re.compile(
    r"^[^.;()]{1,90},\s*(?:which\s+)?(?:represent(?:ing|s|ed)|correspond(?:ing|s|ed)\s+to|equating\s+to|i\.e\.,?)\s*$"
)


def _over_time(m: Mention) -> bool:
    """Survival, relapse and non-relapse mortality stand in one list: 'OS, PFS and NRM were …'."""
    return m.kind == "survival" or m.name in ("relapse", "death")


# 'Of patients alive without progression, 61% had …': who is spoken of.
_ALIVE_ONES = re.compile(
    rf"(?:^|[.;,]\s+|\b(?:in|for)\s+)(?:(?:of|among|amongst|in|for)\s+)?(?:the\s+|all\s+|those\s+)?(?:{PEOPLE}|those)\s+(?:who\s+(?:were|are|remained)\s+|remaining\s+|still\s+)?$"
)
_THOSE_IN = re.compile(r"%[^.;]{0,60},\s*(?:and\s+)?(?:in\s+|for\s+)?those\s+(?:in|with|achieving)\s+(?:an?\s+)?$")
_FIGURE = re.compile(r"\s*(?:\(\s*)?\d+(?:\.\d+)?\s?%")
_MEDIAN_OF = re.compile(r"\bmedian\s+(?:of\s+)?$")
_LABELS = re.compile(r"\s*[:,=]\s*\d+(?:\.\d+)?\s?%")
# A bracket without concepts, and what may stand between a count and it.
_BREAKDOWN = re.compile(rf"\([^(){CONCEPT}{GRADE}]{{5,200}}\)")
_PEOPLE_ONLY = re.compile(rf"[\])%\s]*(?:[\w-]+\s+){{0,3}}(?:{PEOPLE})\s*$")
# Decimals below one that are no proportions.
_NO_PROPORTION = re.compile(
    r"\b(?:ratios?|irrs?|rrs?|odds|smd|correlations?|coefficients?|differences?|index|indices|auc|utilit(?:y|ies))\b[^.;]*$"
)


# '47 infection events', '12 different types of adverse events': what is counted is not patients.
_TIME_OF_GROUP = re.compile(
    r"\b(?:relaps(?:ing|ed)|recurr(?:ing|ed)|progress(?:ing|ed))\s+(?:disease\s+)?(?:within|before|after|beyond|more\s+than|less\s+than|[<>≤≥])?\s*(?:the\s+first\s+)?[\w.-]+\s*(?:months?|years?|days?|weeks?|mo)$"
)
_OF_EARLIER = re.compile(
    r"\s*(?:of|after|from|post|following)\s+(?:(?:the|their|a|an|previous|prior|first)\s+)*(?:allo|auto|transplant|h?sct\b|hct\b|first|prior|initial|diagnosis|frontline|bcma|previous)"
)
_COUNT_BEHIND = re.compile(r"^[^.;:,()\[\]\d]{1,60}[(\[]\s*$")
_LABEL_OF = re.compile(
    r"\b(?:patient|case|subject|pt)s?\s+(?:nos?\.?\s*|#)?\d{1,3}(?:\s*(?:,|and|&)\s*\d{1,3})*\s*(?:,|and|,\s*and|&)\s*$|\b(?:patient|case|subject)\s+(?:no\.?\s*|#)?$"
)
_OF_EVENTS = re.compile(r"\s*(?:(?:infection|infectious|adverse|febrile|documented)\s+)*(?:events|episodes|isolates)\b")
_EVENTS_COUNTED = re.compile(
    r"\s*(?:(?:[\w-]+\s+){0,2}?(?:types?|kinds?)\s+of\s+(?:[\w-]+\s+)?(?:adverse|toxic)|(?:[\w-]+\s+){0,2}?(?:infection|infectious)\s+(?:events?|episodes?)\b)"
)


# '30 patients (23%) had 43 infections'
_PATIENTS_HAD = re.compile(
    r"\b(?:patients|children|recipients|participants|adults)\s*(?:\([^()]*\)\s*)?(?:had|developed|experienced|suffered)\s+(?:a\s+total\s+of\s+)?$|\d[\d.]*\s*%?\s*[)\]]?\s*(?:had|developed|experienced|suffered)\s+(?:a\s+total\s+of\s+)?$"
)
_EPISODES_HAD = re.compile(
    r"\s*(?:[\w-]+\s+){0,2}?(?:infections|episodes|(?:infection|infectious)\s+(?:events|episodes))\b"
)
# '36 infections, namely (six) bacteremias, (16) focal bacterial and …'
_KIND_COUNTED = re.compile(
    r"\s*(?:were\s+|[\w-]+\s+){0,3}?(?:bacter\w*|gram-\w+|vir(?:al|us\w*|(?:a)?emi\w+)|fung\w+|candid\w+|aspergill\w+|infections?|pneumoni\w+|seps\w+|cmv|covid\S*|respiratory|bloodstream|parasitic)\b"
)


_HAD_A_RATE = re.compile(
    rf"^\s*(?:[\w-]+\s+){{0,4}}?(?:{PEOPLE})\s+(?:had|showed|reached|achieved)\s+(?:an?\s+|the\s+)?(?:best\s+)?{CONCEPT}+(?:\s+rates?)?\s+of\s*$"
)


@dataclass(slots=True)
class Clause:
    """One sentence; `prepare` fills what the fields from `skeleton` on hold."""

    folded: str
    mentions: list[Mention]
    quantities: list[Quantity]
    carried: Carried
    skeleton: str = ""
    concepts: list[Mention] = field(default_factory=list)
    grades: list[Mention] = field(default_factory=list)
    times: list[Quantity] = field(default_factory=list)
    values: list[Quantity] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    claimed: set[int] = field(default_factory=set)  # starts of grades printed behind their value
    tagged: dict[int, Mention] = field(default_factory=dict)  # by id of a value, the grade that follows it at once
    headed: list[str] = field(default_factory=list)  # grades told in a heading: 'AEs (any grade, grade ≥3) were …'
    asides: list[tuple[Quantity, Quantity, str]] = field(default_factory=list)  # value, its graded part, the grade
    last_list: list[str] = field(default_factory=list)  # the grades of the last list of values

    def prepare(self) -> None:
        """Sort out concepts, grades, times and values, and draw the skeleton."""
        self.concepts = [m for m in self.mentions if m.kind != "grade" and not self._only_a_group(m)]
        self.grades = [m for m in self.mentions if m.kind == "grade"]
        self._split_times()
        self._draw_skeleton()
        self._blank_breakdowns()
        self._counts_behind()
        self._trailing_percents()

    def _only_a_group(self, m: Mention) -> bool:
        """'… was 60% for patients with HLH and 80% for those without': the event tells whose figure it is."""
        if m.kind == "response" and _THOSE_IN.search(self.folded, max(0, m.start - 90), m.start):
            return bool(_FIGURE.match(self.folded, m.end))  # '…, those in PR 31%, and those with SD 8%'
        if m.kind == "survival" and _ALIVE_ONES.search(self.folded, max(0, m.start - 60), m.start):
            return self.folded.startswith(("alive", "free", "progression free", "relapse free", "event free"), m.start)
        return bool(OF_GROUP.search(self.folded[max(0, m.start - 70) : m.start])) and not re.match(
            r"[^.,;()]{0,16}\(\s*(?:n\s?=\s?)?\d", self.folded[m.end : m.end + 26]
        )

    def _split_times(self) -> None:
        """Durations after 'at', 'by', 'within' are time points; their whole list is ('at 6, 12 and 24 months')."""
        listed = episodes = False
        survival = any(c.kind == "survival" for c in self.concepts) or self.carried.survival is not None
        for q in self.quantities:
            if q.none:
                continue
            if q.kind == "decimal" and q.ci is not None and any(v.kind == "hr" for v in self.values):
                q.kind = "hr"  # 'The HR for OS was 0.67 (0.42-1.06), and for PFS 0.58 (0.39-0.86)'
            if (
                q.kind == "decimal"
                and q.value is not None
                and q.ci is not None
                and 0 < q.value < 1
                and all(b is None or b <= 1 for b in q.ci[:2])
                and not _NO_PROPORTION.search(self.folded[max(0, q.start - 90) : q.start])
            ):
                # A pooled proportion printed as 0.82 (0.77-0.86) is 82%.
                low, high = (None if b is None else round(100 * b, 4) for b in q.ci[:2])
                q.kind, q.percent, q.ci = "proportion", round(100 * q.value, 4), (low, high, q.ci[2])
            if (
                q.percent is not None
                and q.percent > 1
                and q.ci is not None
                and all(0 < (b or 0) <= 1 for b in q.ci[:2])
            ):
                low, high = q.ci[0] or 0, q.ci[1] or 0
                if 100 * low <= q.percent <= 100 * high:  # '49.5% (95% CI 0.18-0.81)': bounds printed as proportions
                    q.ci = (round(100 * low, 4), round(100 * high, 4), q.ci[2])
            if q.kind == "decimal" and not survival:
                continue
            if q.times and _TIME_OF_GROUP.search(self.folded, 0, q.end) and _OF_EARLIER.match(self.folded, q.end):
                continue  # 'patients relapsing within 6 months of transplantation' are a group
            if q.kind == "time":
                if len(q.times) == 1 and _MEDIAN_OF.search(self.folded[max(0, q.start - 14) : q.start]):
                    after = next((c for c in self.concepts if c.start >= q.end), None)
                    if after is not None and after.kind == "survival" and after.start - q.end < 3:
                        value, of = q.times[0].split()  # 'with median 8.5-month overall survival'
                        self.values.append(replace(q, kind="duration", value=float(value), unit=of, times=()))
                        continue
                self.times.append(q)
                continue
            if q.kind == "duration" and q.value is not None and not q.times and _LABELS.match(self.folded, q.end):
                self.times.append(replace(q, times=(f"{q.value:g} {q.unit}",)))  # 'PFS (6 mo: 58%; 12 mo: 44%)'
                continue
            if q.kind == "duration":
                if q.times and not re.search(
                    r"(?:follow|median|interval|lasting|duration)[\w\s-]*$", self.folded[max(0, q.start - 26) : q.start]
                ):
                    self.times.append(q)
                    listed = True
                    continue
                last = self.times[-1] if self.times else None
                if (
                    listed
                    and last is not None
                    and LIST.match(self.folded[last.end : q.start])
                    and last.kind == "duration"
                ):
                    self.times.append(
                        Quantity(
                            "duration",
                            q.start,
                            q.end,
                            times=(f"{q.value:g} {q.unit}",),
                            value=q.value,
                            unit=q.unit,
                            n_end=q.end,
                        )
                    )
                    continue
                if not survival:
                    continue
            listed = False
            if (
                q.n is not None
                and q.total is not None
                and q.n > q.total
                and self.folded[q.end - 1 : q.end + 1].find("%") >= 0
            ):
                continue  # '82/3%' gives two shares in one
            if q.total_span is not None and _OF_EVENTS.match(self.folded, q.total_span[1]):
                continue  # '46% of all 712 events'
            if q.bare and q.kind == "proportion" and _LABEL_OF.search(self.folded, 0, q.start):
                continue  # 'patients 2, 3 and 4'
            counted = q.bare and q.kind == "proportion"
            if counted and _EPISODES_HAD.match(self.folded, q.n_end) and _PATIENTS_HAD.search(self.folded, 0, q.start):
                episodes = True
                continue  # events, not the patients who had them
            if counted and _EVENTS_COUNTED.match(self.folded, q.n_end):
                continue
            if counted and episodes and not q.noun and _KIND_COUNTED.match(self.folded, q.n_end):
                continue
            self.values.append(q)

    def _draw_skeleton(self) -> None:
        chars = list(self.folded)
        for mark, spans in ((CONCEPT, self.concepts), (GRADE, self.grades), (TIME, self.times)):
            for span in spans:
                chars[span.start : span.end] = mark * (span.end - span.start)
        self.skeleton = "".join(chars)

    def _blank_breakdowns(self) -> None:
        """'48 patients (16 with axi-cel, 20 with liso-cel, 12 with tisa-cel) relapsed': the bracket tells who, not what."""
        for m in _BREAKDOWN.finditer(self.skeleton):
            inside = [q for q in self.values if m.start() < q.start and q.end <= m.end()]
            whole = next((q for q in reversed(self.values) if q.end <= m.start()), None)
            if (
                len(inside) > 1
                and whole is not None
                and whole.n is not None
                and _PEOPLE_ONLY.match(self.skeleton[whole.end : m.start()])
                and all(q.n is not None for q in inside)
                and sum(q.n or 0 for q in inside) == whole.n
            ):
                self.values = [q for q in self.values if q not in inside]
                self.skeleton = self.skeleton[: m.start()] + " " * (m.end() - m.start()) + self.skeleton[m.end() :]

    def _counts_behind(self) -> None:
        """'78.6% sCR (11 of 14)', '89% by intention to treat (40 of 45)': one value, the count printed behind."""
        merged: list[Quantity] = []
        for q in self.values:
            last = merged[-1] if merged else None
            if (
                last is not None
                and last.kind == q.kind == "proportion"
                and last.n is None
                and last.percent is not None
                and last.total in (None, q.total)
                and q.n is not None
                and q.total is not None
                and q.percent is None
                and _COUNT_BEHIND.match(self.skeleton[last.end : q.start])
                and abs(100 * q.n / q.total - last.percent) < (0.06 if last.percent % 1 else 0.6)
            ):
                last.n, last.total, last.total_span = q.n, q.total, q.total_span
                last.tail = q.end
                continue
            merged.append(q)
        self.values = merged

    def _trailing_percents(self) -> None:
        """'Seven of the 20 had a partial response (35%)', '5 with grade 3 (27.8%)': one value, printed in two places."""
        merged: list[Quantity] = []
        for q in self.values:
            last = merged[-1] if merged else None
            if last is not None and self._count_behind_name(last, q):
                last.n, last.total, last.tail = q.n, q.total, q.end
                continue
            if (
                last is not None
                and last.kind == q.kind == "proportion"
                and last.n is not None
                and last.percent is None
                and q.percent is not None
                and q.n is None
                and q.total is None
            ):
                gap = self.skeleton[last.end : q.start]
                if last.all and q.percent < 99 and CONCEPT in gap:
                    merged.append(q)  # 'Among all 280 patients CRS (85%)': the percent is of the event
                    continue
                if last.bare and _HAD_A_RATE.match(gap):
                    q.total, q.total_span = last.n, (last.start, last.n_end)  # 'The 70 patients had an ORR of 73%'
                    merged[-1] = q
                    continue
                topic = gap.rstrip().endswith(",") and TOPIC.search(self.folded[max(0, last.start - 22) : last.start])
                if len(gap) < 130 and (TRAILING.match(gap) or _AMOUNTS.match(gap)) and not topic:
                    last.percent, last.ci = q.percent, last.ci or q.ci
                    last.tail = q.end
                    continue
                if (
                    last.bare
                    and last.noun
                    and len(gap) < 160
                    and RATE_IN.search(self.skeleton[: last.start])
                    and re.match(r"^\s*(?:[\w()/+-]+\s+){0,20}?(?:was|were|reached)\s*$", gap)
                ):
                    q.total, q.total_span = last.n, (last.start, last.n_end)  # 'the ORR in these 52 patients was 52%'
                    merged.pop()
            merged.append(q)
        self.values = merged

    def _count_behind_name(self, last: Quantity, q: Quantity) -> bool:
        """'55% CR [12/22]': the count of the percent before the endpoint."""
        return (
            last.kind == q.kind == "proportion"
            and last.percent is not None
            and last.n is None
            and last.total is None
            and q.n is not None
            and q.total is not None
            and q.percent is None
            and bool(re.match(rf"^\s*{CONCEPT}+s?\s*[\[(]\s*(?:n\s?=\s?)?$", self.skeleton[last.end : q.start]))
            and same_percent(q.n, q.total, last.percent)
        )

    def _value_runs(self) -> list[ValueRun]:
        runs: list[ValueRun] = []
        for q in self.values:
            last = runs[-1] if runs else None
            if last is not None:
                gap = self.skeleton[last.end : q.start]
                kinds = {last.items[-1].kind, q.kind}
                same = kinds <= {"proportion"} or kinds <= {"duration", "not_reached", "decimal"} or kinds <= {"hr"}
                if (
                    same
                    and not NOR.match(self.folded, q.start)
                    and CONCEPT not in gap
                    and GRADE not in gap
                    and len(gap) < 90
                    and (
                        (
                            VALUE_GAP.match(gap)
                            and (
                                ";" not in gap
                                or (self.in_bracket(last.end) and not gap.lstrip().startswith((")", "]")))
                            )
                        )
                        or (LABELLED.match(gap) and self.in_bracket(last.end))
                    )
                    and self._alike(last, q, gap)
                    and not self._leaves_bracket(last, q)
                ):
                    last.items.append(q)
                    last.end = q.end
                    before = last.items[-2]
                    behind = before.total_span is not None and before.n is None  # '… in all (N = 236), 94%'
                    last.joints.append(
                        1
                        if behind
                        else 2
                        if VERSUS.search(gap)
                        else 1
                        if re.search(r"\b(?!and\b|or\b|in\b|of\b)[a-z]{2,}", gap)
                        else 0
                    )
                    continue
            runs.append(ValueRun([q], q.start, q.end))
        for run in runs:
            self._share_total(run)
        return runs

    def _share_total(self, run: ValueRun) -> None:
        """'ORR and CR were 40% and 20% in the 15 patients who …': the size behind the list is of all its percents."""
        total: float | None = None
        for i in range(len(run.items) - 1, -1, -1):
            q = run.items[i]
            if i < len(run.joints) and run.joints[i]:
                total = None
            if q.n is not None:
                return
            total = q.total if q.total is not None else total
            q.total = total

    def in_bracket(self, at: int) -> bool:
        """Whether a place is within round or square brackets."""
        return self.skeleton.count("(", 0, at) > self.skeleton.count(")", 0, at) or self.skeleton.count(
            "[", 0, at
        ) > self.skeleton.count("]", 0, at)

    def _leaves_bracket(self, run: ValueRun, q: Quantity) -> bool:
        """'ORR was 90% (CR 60%), 80% …': what stands behind the bracket is not of the concept within it."""
        if not re.search(r"[)\]]", self.skeleton[run.end : q.start]):
            return False
        opened = max(self.skeleton.rfind("(", 0, run.start), self.skeleton.rfind("[", 0, run.start))
        return (
            opened >= 0
            and not re.search(r"[)\]]", self.skeleton[opened : run.start])
            and any(opened < c.start and c.end <= run.start for c in self.concepts)
        )

    def _alike(self, run: ValueRun, q: Quantity, gap: str) -> bool:
        """Values of a list are printed alike: counts with counts, percents with percents."""
        first = run.items[0]
        if q.kind != "proportion":
            return True
        unclaimed = not any(c.end <= run.start for c in self.concepts)
        if unclaimed and gap.strip() == "and" and first.n is None and q.n is None:
            return True  # 'On days 28 and 90, 81% and 64% were in remission'
        if (
            gap.strip() == "and"
            and first.noun == ""
            and re.search(r"\brespectively\b", self.skeleton[q.end : q.end + 90])
        ):
            if (first.n is None) == (q.n is None) and (first.percent is None) == (q.percent is None):
                return True  # '4 and 11 patients had grades 1 and 2 CRS, respectively'
        if (
            re.search(r"(?:[,;]|\band|\bwith|\bincluding)\s*(?:in\s+|only\s+|an?\s+(?:further\s+)?)?$", gap)
            and self._counts_own_concept(q)
            and not self._graded_in_turn(q)
        ):
            return False
        if OTHER_PREDICATE.match(self.skeleton[q.end : q.end + 60]) and re.search(r"(?:,|\band)\s*$", gap):
            return False
        if any(q.start <= c.start < q.end for c in self.concepts) or UNTOLD_IN.search(gap):
            return False  # '9 CRs (42.9%) and 6 PRs (28.6%)': each has its own
        if any(
            re.match(r"\s*[\])]?\s*(?:of\s+)?(?:them|these|those|whom|which)\b", self.folded[at : at + 16])
            for at in (q.n_end, q.end)
        ) or (q.total_span and re.search(r"\b(?:these|them|those)\s+$", self.folded[q.n_end : q.total_span[0]])):
            return False
        if first.percent is not None and q.percent is not None and re.match(r"\s*[\])]*\s*(?:,|and|,\s*and)\s*$", gap):
            if self._named_together(run) > len(run.items):
                return True  # 'ORR and DCR were 37.3% (19/51) and 80.4%'
        return (first.n is None) == (q.n is None) and (first.percent is None) == (q.percent is None)

    def _named_together(self, run: ValueRun) -> int:
        """How many concepts stand as a list right before a run of values."""
        before = [c for c in self.concepts if c.end <= run.start]
        if not before or any(v.start >= before[-1].end and v.end <= run.start for v in self.values):
            return 0
        count = 1
        for last, c in zip(reversed(before[:-1]), reversed(before[1:]), strict=True):
            if last.kind != c.kind or last.name == c.name or not LIST.match(self.skeleton[last.end : c.start]):
                break
            count += 1
        return count

    def _graded_in_turn(self, q: Quantity) -> bool:
        """'9, 6, and 2 developed grade 1, 2, and 3 CRS, respectively'."""
        g = next((g for g in self.grades if g.start >= q.end), None)
        return g is not None and len(g.grades) > 1 and "respectively" in self.folded[g.end : g.end + 60]

    def _counts_own_concept(self, q: Quantity) -> bool:
        """Whether a concept follows the value at once: '5 CR, 3 PR'."""
        after = next((c for c in self.concepts if c.start >= q.end), None)
        return after is not None and bool(
            re.match(
                rf"^[\])%\s]*(?:{PEOPLE}\s+)?(?:(?:{PEOPLE}|the|had|with|in|a|an|achieved|were|was|of|of\s+whom|them|reached|attained|developed|experienced|no|grade|showed|required|received|underwent|needed|were|died|only|attain\w+|achiev\w+|reach\w+|develop\w+|experienc\w+|having|becoming|given|treated|transferred|started|put|subsequently|later|eventually|ultimately|also|still|then|finally|sustained|durable|ongoing|confirmed|best|prolonged|further|additional|{GRADE}+)\s+)*+$",
                self.skeleton[q.end : after.start],
            )
        )

    def _concept_runs(self) -> list[ConceptRun]:
        runs: list[ConceptRun] = []
        for c in self.concepts:
            last = runs[-1] if runs else None
            if last is not None:
                between = [q for q in self.values if last.end <= q.start < c.start]
                before = last.items[-1]
                gap = _SHORT_FORM.sub("", self.skeleton[last.end : c.start])
                opens = len(last.items) == 1 and bool(re.match(r"^\s*,\s*(?:and|or)\b", gap))
                verb = bool(
                    PREDICATES.match(self.folded[c.start : c.end])
                    or (PREDICATES.match(self.folded[before.start : before.end]))
                )
                anew = GRADE in gap and before.kind == "events"  # 'any CRS, severe CRS, any ICANS and severe ICANS'
                alike = (before.name != c.name or anew) and (
                    before.kind == c.kind or (_over_time(before) and _over_time(c))
                )
                general = before.name in ("AE", "SAE") and "and" not in gap  # 'Among other AEs, CRS (83%)'
                if not between and not opens and not verb and not general and alike and LIST.match(gap):
                    last.items.append(c)
                    last.end = c.end
                    continue
            runs.append(ConceptRun([c], c.start, c.end))
        return runs
