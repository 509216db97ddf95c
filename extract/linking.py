"""Linking: which number belongs to which concept, read clause by clause as a reviewer does.

Values stand in runs ('27 (93%) and 32 (91%)'), concepts too ('CRS and ICANS'). Each value run looks left
for a concept that introduces it ('CRS occurred in 27') and right for one that it counts ('27 patients had
CRS'); LEFT and RIGHT below say by which words. A run of values pairs with a run of concepts, grades or
times of the same length ('respectively' or not).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from extract.concepts import Mention
from extract.quantities import PEOPLE, Quantity

CONCEPT, GRADE, TIME = "\ue000", "\ue001", "\ue002"


@dataclass(slots=True)
class Link:
    """A concept with (or, for absences and qualifiers, without) a quantity."""

    mention: Mention
    quantity: Quantity | None
    rule: str
    strength: float
    start: int
    end: int
    grade: str | None = None
    time: str | None = None
    absent: bool = False
    qualifier: str | None = None
    restates: Quantity | None = None  # '24 of 30 (80%), which accounted for 70.5% of all 34': the earlier value


@dataclass(slots=True)
class Carried:
    """What a sentence leaves for the next: 'Grade 3 events occurred in 4' goes on about the same event."""

    event: Mention | None = None
    survival: Mention | None = None
    response: Mention | None = None
    time: str | None = None
    grades: tuple[str, ...] = ()  # of the last event's values, for 'the figures for ICANS were'


@dataclass(slots=True)
class Run:
    """Neighbouring values, or neighbouring concepts, joined as a list."""

    items: list[Quantity] | list[Mention]
    start: int
    end: int
    joints: list[int] = field(default_factory=list)  # per gap between items: 2 compares ('vs'), 1 names a group, 0 only lists


# ------------------------------------------------------------------ word tables

_VERB = (
    r"(?:had|has|have|having|achiev\w+|attain\w+|obtain\w+|reach(?:ed|ing)|experienc\w+|develop\w+|show(?:ed|ing)?|exhibit\w+|suffer\w+|"
    r"(?:was|were|is|are|being|been)(?:\s+(?:still|all|also|subsequently|found\s+to\s+be|considered|classified\s+as|reported\s+(?:as|with|to\s+have)|diagnosed\s+with|in|with|deemed|documented\s+(?:with|to\s+have)|rated|scored|graded(?:\s+as)?|observed\s+to\s+have|given|treated\s+with))*|"
    r"remain\w*(?:\s+in)?|maintain\w+|sustain\w+|enter\w+|present\w+\s+with|met|display\w+|demonstrat\w+|manifest\w+|acquir\w+|became|"
    r"under(?:went|go)|receiv\w+|requir\w+|need\w+|proceed\w+(?:\s+to)?|incurred|contracted|encountered|with|who|that|in|got|gave|went\s+on\s+to|continued\s+in|"
    r"converted\s+to|lost|died\s+(?:of|from|due\s+to|with|because\s+of|in)|succumbed\s+to|discontinued|subsequently|later|eventually|reported|documented|classified\s+as|rated\s+as|due\s+to|(?:related|attributed|attributable)\s+to|complicated\s+by|affected\s+by|diagnosed\s+with)"
)
# Right: words between a value and the concept it counts.
RIGHT_VERB = re.compile(
    rf"^[\])%\s]*(?:,\s*)?(?:(?:of\s+)?(?:the\s+|these\s+|those\s+|them\s*,?\s*|whom\s*,?\s*|which\s*,?\s*|all\s+|our\s+)?(?:[\w'’+/-]+\s+){{0,7}}?)(?:{_VERB})\s+(?:[\w'’+/{GRADE}{TIME}-]+\s+){{0,6}}?[\(\[]?$"
)
RIGHT_NEAR = re.compile(
    rf"^[\])%\s]*(?:of\s+(?:the\s+|these\s+|those\s+|all\s+)?|in\s+|with\s+|as\s+)?(?:(?!and\b|or\b|while\b|but\b|versus\b|vs\b|was\b|were\b|after\b|at\b|for\b)[\w'’+/{GRADE}-]+\s+){{0,5}}[\(\[]?$"
)
RIGHT_PREDICATE = re.compile(
    r"^[\])%\s]*(?:of\s+(?:the\s+|these\s+|those\s+|all\s+|them\s+|whom\s+)?)?(?:[\w'’+/-]+\s+){0,6}$"
)
_PREDICATES = re.compile(r"^(?:responded|relapsed|progressed|recurred|died|(?:did|do|had|has)?\s*not respond|failed to respond|survived|were|was|proceed|bridg|consolidat|underwent|received|cleared|lost|died|had|completely)")
_GROUP_NOUN = re.compile(r"^(?:[\w/-]+\s+)*?(?:responders?|remitters?|non-?responders?|complete responders?|(?:complete |partial )?(?:remissions|responses)|relapses|relapsed|(?:crs?|prs?|cr/cri|cri)\s+(?:patients|cases))")
# 'Grade ≥3 adverse events were', 'Severe toxicities included': what follows is a list of that grade.
_HEAD = re.compile(rf"^\s*(?:[\w-]+\s+){{0,5}}?(?:events?|toxicit\w+|effects?|aes|teaes|{CONCEPT}+)(?:\s+[\w()-]+){{0,8}}?\s*(?:\bwere\b|\bincluded?\b|\bincluding\b|:|\bwas\b|\bsuch\s+as\b|\(|\bcomprised\b|\bconsisted\s+of\b|,\s*most(?:ly)?\b)")
_TRAILING = re.compile(rf"^[^.;:,(){CONCEPT}{GRADE}]*(?:\bof\s+)?[{CONCEPT}{GRADE}][^.;:,()]*?\(\s*$|^[^.;:,(){CONCEPT}{GRADE}]*[{CONCEPT}{GRADE}]+\s*,\s*$")
_FIGURES = re.compile(r"\b(?:figures?|rates|numbers|values|proportions|percentages|incidences)\s+(?:for|of|with|were)\s+(?:the\s+)?$|\bfor\s+$|\bsame\s+(?:was\s+)?(?:true\s+)?for\s+$")
_REMISSIONS = frozenset({"CR", "CRi", "CR/CRi", "MRD- CR", "MRD-"})
# '…, and 26 were given immunoglobulin': a new statement begins with this value.
_OTHER_PREDICATE = re.compile(rf"^[\])%\s]*(?:of\s+(?:them|these|whom)\s+)?(?:(?:{PEOPLE})\s+)?(?:were|was|had|received|underwent|required|did|have|needed|started|switched|completed|discontinued|proceeded|went)\s+(?![^.;,]{{0,24}}[{GRADE}{CONCEPT}])")
_SELECTED = re.compile(r"\b(?:included?|identified|enrolled|analy[sz]ed|studied|reviewed|evaluated|cohort\s+of|selected|compared|recruited|from)\s+(?:a\s+total\s+of\s+)?$")
# '(ICI-exposed, 11.7%; ICI-naive, 2.8%)', '(RI, 80% vs no RI, 76%)': values with labels before them.
_LABELLED = re.compile(r"^\s*(?:,|;|vs\.?|versus|and|compared\s+with)\s*(?:[\w+≥>≤<'’/.-]+\s+){0,5}[\w+≥>≤<'’/.-]+\s*[,:=]?\s*$")
# Events that the next sentence goes on about: 'Grade 3-4 events were seen in 4'.
_LASTING = frozenset({"CRS", "neurotoxicity", "GVHD", "infection", "cytopenia", "neutropenia", "HLH/MAS", "DLT"})
_RESTATES = re.compile(r"\b(?:account(?:ed|s|ing)\s+for|correspond(?:ed|s|ing)\s+to|represent(?:ed|s|ing)|equivalent\s+to|amount(?:ed|s|ing)\s+to|equal(?:l?ed|s|l?ing)(?:\s+to)?)\s+(?:only\s+|about\s+)?$")
_DESCRIBES = re.compile(r"\b(?:analy[sz]ed|examined|evaluated|evaluating|investigated|assessed|characteri[sz]ed|described?|report|compared|explored|studied|reviewed|evaluates?|patterns|outcomes)\b")
# Endpoints other than survival that hazard ratios are given for.
_OTHER_RISKS = {"relapse": "relapse", "death": "NRM"}
# 'those with CR', 'patients achieving MRD negativity': who is spoken of.
_DESCRIBED = re.compile(r"\b(?:those|patients|children|participants|subjects|recipients|individuals|responders)\s+(?:with(?:out)?|who\s+(?:had|developed|experienced|achieved|attained)|developing|achieving|attaining|experiencing)\s+(?:[\w-]+\s+){0,3}$")
_RATE_IN = re.compile(rf"{CONCEPT}\s*(?:rates?\s+)?(?:in|of|among|for)\s+(?:the\s+|these\s+|all\s+|those\s+|our\s+)*$")
_MOST = re.compile(rf"(?:events?|toxicit\w+|{CONCEPT})[^;]{{0,160}},\s*(?:the\s+)?(?:most\s+(?:commonly|frequently|notably|common\s+being|frequent\s+being)|mainly|predominantly|primarily|namely)\s+(?:[\w-]+\s+){{0,2}}$")
# Left: words between a concept and the value it introduces.
_LEFT_WORD = (
    r"(?:rates?|probabilit(?:y|ies)|estimates?|incidences?|frequenc(?:y|ies)|proportions?|events?|cases?|toxicit(?:y|ies)|status|levels?|was|were|is|are|be|been|being|of|in|at|by|for|to|the|an?|and|as|with|from|on|among|only|just|all|overall|both|"
    r"occur(?:red|ring|s)?|observed|seen|noted|reported|recorded|achieved|documented|developed|detected|found|reached|attained|obtained|confirmed|present|diagnosed|experienced|given|used|required|needed|administered|estimated|"
    r"affect(?:ed|ing)|remained|appeared|arose|emerged|happened|took\s+place|ranged|comprised|included|amounted|approximately|about|nearly|almost|around|some|estimated|respectively|median|medians|mean|"
    r"however|patients?|had|have|has|did|not|then|also|still|higher|lower|decreased|increased|rose|fell|dropped|improved|longer|shorter|greater|more|less|frequent|common|similar|comparable|significantly|similarly|n|i\.e|exclusively|mostly|mainly|severe|transient|reversible|manageable|low|high|maximum|worst|peak|highest|any|grade|best|performed|carried|out|calculated|determined|identified|registered|necessary|treatment|therapy|infusion|post|after|following|within|during|day|days|months?|weeks?|years?|first|available|evaluable|assessable|infused|treated|enrolled|between|groups?|arms?|cohorts?|subgroups?|differ(?:ed)?|did|no|difference|remarkably|lasting|sustained|ongoing|maintained|received|underwent|undergone|achieving|reaching|experiencing|developing|showed|showing|shown|who|these|those|this|that|which|respective|corresponding|rate|v|resolved|yielded|gained|seen|came|stood|exceeded|equalled|equaled|totalled)"
)
LEFT_DIRECT = re.compile(rf"^(?>[\s,:=\[\](){GRADE}{TIME}~≈-]|(?<![a-z]){_LEFT_WORD}(?![a-z]))*+$")
BARRIER = re.compile(r";|\bwhile\b|\bwhereas\b|\balthough\b|\bbut\b|\bthough\b|\bwhereby\b")
_LIST = re.compile(r"^\s*(?:rates?|events?|cases?|syndromes?|status)?\s*(?:,|/|&|and|or|nor|plus|as\s+well\s+as|and/or|,\s*and|,\s*or|,\s*as\s+well\s+as|along\s+with|together\s+with|followed\s+by|\+)\s*(?:(?:any|all|the|a|an|of|for|in|both|other|grade|severe|median|rate\s+of|rates\s+of|" + GRADE + "+|" + TIME + r"+)\s*)*$")
_VERSUS = re.compile(r"\b(?:vs|versus|v|compared\s+(?:with|to)|to|than|against|as\s+opposed\s+to)\b")
_VALUE_GAP = re.compile(
    rf"^[\])%\s]*(?:of\s+(?:the\s+|all\s+)?)?(?:{PEOPLE}\s*)?(?:(?:in|for|with|after|among|on|at|of|from|without|receiving|treated\s+with)\s+(?:the\s+)?(?:[\w+≥>≤<'’/.-]+\s+){{0,6}}?[\w+≥>≤<'’/.-]+)?(?:\s*\([^()]{{0,40}}\))?\s*[\])]*\s*"
    rf"(?:,|;|and|vs\.?|versus|v\.?|to|compared\s+(?:with|to)|or|/|than|against|as\s+opposed\s+to|,\s*and|;\s*and|,\s*versus|,\s*vs\.?|;\s*vs\.?|,\s*(?:as\s+)?compared\s+(?:with|to)|respectively\s*,?\s*and)\s*(?:(?:in|of|only|just|an?|for|no|the|among|with|increased\s+to|decreased\s+to|[\w+-]+\s+group|[\w+-]+\s+arm)\s+)*[\(\[]?$"
)
_CARRY = re.compile(rf"^[\])%\s]*(?:(?:of|in|for|with|after|among)\s+(?:[\w+/-]+\s+){{0,5}}[\w+/-]+(?=\s*,))?(?:{PEOPLE}|of\s+them|of\s+whom|of\s+these|of\s+which|events?|cases?)?\s*[,;:]?\s*[\(\[]?\s*(?:and|with|including|being|which|of\s+which|of\s+whom|among\s+(?:them|these|whom)|of\s+(?:these|them)|all|only|was|were|of|in|the|i\.e\.|had|but|reaching|most|mostly|worst|maximum|while|whereas|events?|cases?|patients?|at|limited\s+to|confined\s+to|just|though|higher|grades?|mainly|or|it|these|them|this|reached|estimates?|rates?|probabilit\w+|corresponding|declin\w+|decreas\w+|increas\w+|rose|fell|dropped|improv\w+|to|[\s,:;(\[{GRADE}{TIME}-])*+$")


def link(folded: str, mentions: list[Mention], quantities: list[Quantity], carried: Carried) -> list[Link]:
    """All links of one sentence. `folded` is the sentence in lower case; `carried` is read and updated."""
    return _Reader(folded, mentions, quantities, carried).read()


@dataclass(slots=True)
class _Reader:
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

    def read(self) -> list[Link]:
        self.concepts = [m for m in self.mentions if m.kind != "grade"]
        self.grades = [m for m in self.mentions if m.kind == "grade"]
        self._split_times()
        self._draw_skeleton()
        self._trailing_percents()
        value_runs = self._value_runs()
        concept_runs = self._concept_runs()
        previous_end = 0
        for i, run in enumerate(value_runs):
            next_start = value_runs[i + 1].start if i + 1 < len(value_runs) else len(self.folded)
            self._link_run(run, concept_runs, previous_end, next_start)
            previous_end = run.end
        for c in self.concepts:
            if c.name in _LASTING:
                self.carried.event = c
            elif c.kind == "survival":
                self.carried.survival = c
            elif c.kind == "response":
                self.carried.response = c
        return self.links

    # ---- preparation

    def _split_times(self) -> None:
        """Durations after 'at', 'by', 'within' are time points; their whole list is ('at 6, 12 and 24 months')."""
        listed = False
        survival = any(c.kind == "survival" for c in self.concepts) or self.carried.survival is not None
        for q in self.quantities:
            if q.none:
                continue
            if q.kind == "decimal" and q.value is not None and q.ci is not None and 0 < q.value < 1 and all(b is None or b <= 1 for b in q.ci[:2]):
                # A pooled proportion printed as 0.82 (0.77-0.86) is 82%.
                low, high = (None if b is None else round(100 * b, 4) for b in q.ci[:2])
                q.kind, q.percent, q.ci = "proportion", round(100 * q.value, 4), (low, high, q.ci[2])
            if q.kind == "decimal" and not survival:
                continue
            if q.kind == "time":
                self.times.append(q)
                continue
            if q.kind == "duration":
                if q.times and not re.search(r"(?:follow|median|interval|lasting|duration)[\w\s-]*$", self.folded[max(0, q.start - 26) : q.start]):
                    self.times.append(q)
                    listed = True
                    continue
                last = self.times[-1] if self.times else None
                if listed and last is not None and _LIST.match(self.folded[last.end : q.start]) and last.kind == "duration":
                    self.times.append(Quantity("duration", q.start, q.end, times=(f"{q.value:g} {q.unit}",), value=q.value, unit=q.unit, n_end=q.end))
                    continue
                if not survival:
                    continue
            listed = False
            self.values.append(q)

    def _draw_skeleton(self) -> None:
        chars = list(self.folded)
        for mark, spans in ((CONCEPT, self.concepts), (GRADE, self.grades), (TIME, self.times)):
            for span in spans:
                chars[span.start : span.end] = mark * (span.end - span.start)
        self.skeleton = "".join(chars)

    def _trailing_percents(self) -> None:
        """'Seven of the 20 had a partial response (35%)', '5 with grade 3 (27.8%)': one value, printed in two places."""
        merged: list[Quantity] = []
        for q in self.values:
            last = merged[-1] if merged else None
            if last is not None and last.kind == q.kind == "proportion" and last.n is not None and last.percent is None and q.percent is not None and q.n is None and q.total is None:
                gap = self.skeleton[last.end : q.start]
                if len(gap) < 130 and _TRAILING.match(gap):
                    last.percent, last.ci = q.percent, last.ci or q.ci
                    last.tail = q.end
                    continue
                if last.bare and last.noun and len(gap) < 60 and _RATE_IN.search(self.skeleton[: last.start]) and re.match(r"^\s*(?:[\w-]+\s+){0,6}?(?:was|were)\s*$", gap):
                    q.total, q.total_span = last.n, (last.start, last.n_end)  # 'the ORR in these 52 patients was 52%'
                    merged.pop()
            merged.append(q)
        self.values = merged

    def _value_runs(self) -> list[Run]:
        runs: list[Run] = []
        for q in self.values:
            last = runs[-1] if runs else None
            if last is not None:
                gap = self.skeleton[last.end : q.start]
                kinds = {last.items[-1].kind, q.kind}
                same = kinds <= {"proportion"} or kinds <= {"duration", "not_reached", "decimal"} or kinds <= {"hr"}
                if same and CONCEPT not in gap and GRADE not in gap and len(gap) < 90 and (_VALUE_GAP.match(gap) and (";" not in gap or self._in_bracket(last.end)) or _LABELLED.match(gap) and self._in_bracket(last.end)) and self._alike(last, q, gap):
                    last.items.append(q)  # type: ignore[arg-type]
                    last.end = q.end
                    last.joints.append(2 if _VERSUS.search(gap) else 1 if re.search(r"\b(?!and\b|or\b|in\b|of\b)[a-z]{2,}", gap) else 0)
                    continue
            runs.append(Run([q], q.start, q.end))
        return runs

    def _in_bracket(self, at: int) -> bool:
        return self.skeleton.count("(", 0, at) > self.skeleton.count(")", 0, at) or self.skeleton.count("[", 0, at) > self.skeleton.count("]", 0, at)

    def _alike(self, run: Run, q: Quantity, gap: str) -> bool:
        """Values of a list are printed alike: counts with counts, percents with percents."""
        first = run.items[0]
        assert isinstance(first, Quantity)
        if q.kind != "proportion":
            return True
        if re.search(r"(?:[,;]|\band)\s*(?:in\s+)?$", gap) and self._counts_own_concept(q):
            return False
        if _OTHER_PREDICATE.match(self.skeleton[q.end : q.end + 60]) and re.search(r"(?:,|\band)\s*$", gap):
            return False
        if re.match(r"\s*(?:of\s+)?(?:them|these|those|whom)\b", self.folded[q.n_end : q.n_end + 14]) or q.total_span and re.search(r"\b(?:these|them|those)\s+$", self.folded[q.n_end : q.total_span[0]]):
            return False
        return (first.n is None) == (q.n is None) and (first.percent is None) == (q.percent is None)

    def _counts_own_concept(self, q: Quantity) -> bool:
        """Whether a concept follows the value at once: '5 CR, 3 PR'."""
        after = next((c for c in self.concepts if c.start >= q.end), None)
        return after is not None and bool(re.match(rf"^[\])%\s]*(?:{PEOPLE}\s+)?(?:(?:had|with|in|a|an|achieved|were|was|of|of\s+whom|them|reached|attained|developed|experienced|no|grade|showed|required|received|underwent|needed|were|died|only|{GRADE}+)\s+)*+$", self.skeleton[q.end : after.start]))

    def _concept_runs(self) -> list[Run]:
        runs: list[Run] = []
        for c in self.concepts:
            last = runs[-1] if runs else None
            if last is not None:
                between = [q for q in self.values if last.end <= q.start < c.start]
                before = last.items[-1]
                gap = self.skeleton[last.end : c.start]
                opens = len(last.items) == 1 and bool(re.match(r"^\s*,\s*(?:and|or)\b", gap))
                verb = bool(_PREDICATES.match(self.folded[c.start : c.end]) or isinstance(before, Mention) and _PREDICATES.match(self.folded[before.start : before.end]))
                alike = isinstance(before, Mention) and (before.kind == c.kind or {before.name, c.name} == {"relapse", "death"})
                if not between and not opens and not verb and alike and _LIST.match(gap):
                    last.items.append(c)  # type: ignore[arg-type]
                    last.end = c.end
                    continue
            runs.append(Run([c], c.start, c.end))
        return runs

    # ---- deciding

    def _link_run(self, run: Run, concept_runs: list[Run], previous_end: int, next_start: int) -> None:
        first = run.items[0]
        last = run.items[-1]
        assert isinstance(first, Quantity) and isinstance(last, Quantity)
        inside = next((r for r in concept_runs if r.start >= run.start and r.end <= run.end), None)
        if inside is not None and first.kind == "hr" and isinstance(inside.items[0], Mention) and inside.items[0].kind != "survival":
            inside = None
        before = next((r for r in reversed(concept_runs) if r.end <= run.start and r.start >= previous_end), None)
        if inside is not None and before is not None and _GROUP_NOUN.match(self.folded[inside.start : inside.end + 14]):
            inside = None
        if inside is not None:
            self._emit(run, inside, "inside", 0.95, left=True)
            return
        left = self._left_of(run, concept_runs)
        right = next((r for r in concept_runs if r.start >= run.end and r.start < next_start), None)
        gap_left = self.skeleton[max(left.end, previous_end) : run.start] if left else ""
        gap_right = self.skeleton[run.end : right.start] if right else ""
        fresh = left is not None and left.end > previous_end
        barrier = bool(BARRIER.search(gap_left))
        direct = fresh and not barrier and bool(LEFT_DIRECT.match(gap_left))
        if len(run.items) > 1 and "respectively" in self.folded[run.end : run.end + 90]:
            same = [r for r in concept_runs if len(r.items) == len(run.items) and r.end <= run.start and r.start >= previous_end]
            if same and (left is None or len(left.items) != len(run.items)) and not self._grade_list(run, same[-1], left=True):
                left, gap_left, fresh = same[-1], " ", True
                self._emit(run, left, "respectively", 0.9, left=True)
                return
        if first.kind in ("hr", "duration", "not_reached", "decimal"):
            self._link_survival(run, concept_runs, left, right, gap_left, gap_right, fresh, barrier)
            return
        if self._is_topic(run, right, gap_right, next_start):
            return
        if first.bare and re.match(r"\s*(?:[\w-]+\s+)?(?:episodes?|infections\s+(?:were|in|occurred))\b", self.folded[first.n_end : first.n_end + 40]):
            return  # episodes, not patients
        if direct and first.bare and first.noun and _DESCRIBES.search(self.folded[: run.start]) and re.match(rf"^\s*(?:[\w-]+\s+){{0,6}}?(?:{PEOPLE})\s*(?:\([^()]*\)\s*)?(?:receiving|treated|with|who|undergoing|infused|given)\b", self.folded[first.n_end : first.n_end + 90]):
            return  # 'we examined infections in 3350 patients receiving …' tells the cohort
        if first.eq and first.bare and not re.search(rf"[{GRADE}{CONCEPT}]\s*[,(:]?\s*$", self.skeleton[: run.start]):
            return
        if right is not None and (re.search(r"\b(?:not|never|without|no|fail(?:ed|ure)?)\b", gap_right) or first.n is None and re.match(r"^[\])%\s]*of\s+(?:the\s+|all\s+|these\s+)?$", gap_right)):
            right = None  # 'did not achieve'; '86% of relapses were …' is a share of relapses
        if right is not None:
            if _SELECTED.search(self.folded[max(0, run.start - 40) : run.start]) and re.match(rf"^\s*(?:[\w-]+\s+){{0,3}}(?:{PEOPLE})\s+with\s+(?:[\w{GRADE}-]+\s+){{0,3}}$", gap_right):
                return
            found, gap_right = self._past_groups(run, right, concept_runs, next_start, gap_right)
            if found is None and not gap_right:
                return
            right = found
        if right is not None:
            word = self.folded[right.start : right.end]
            right_verb = bool(RIGHT_VERB.match(gap_right)) or (bool(_PREDICATES.match(word)) and bool(RIGHT_PREDICATE.match(gap_right)))
            if re.match(r"\s*[\])]?\s*[,;]", gap_right) and not re.search(r"\b(?:who|whom|which|of\s+them)\b", gap_right):
                # '27 patients, i.e. 65.9%, attained CR' goes on behind its aside.
                right_verb = right_verb and bool(re.search(r",\s*(?:i\.e\.,?\s*)?[\d.]+\s?%$", self.folded[first.start : run.end]))
            if right_verb and not (direct and self._closes(gap_left)) and not self._has_own_value(right, next_start, gap_right):
                self._emit(run, right, "value-verb-concept", 0.92, left=False)
                return
        if right is not None and isinstance(right.items[0], Mention) and right.items[0].kind == "survival" and re.match(r"^[\])%\s]*for\s+(?:the\s+)?(?:median\s+)?$", gap_right) and not (direct and self._closes(gap_left)):
            self._emit(run, right, "value-for-concept", 0.9, left=False)
            return
        if direct and left is not None and (self._closes(gap_left) or right is None or not RIGHT_NEAR.match(gap_right)):
            self._emit(run, left, "concept-in-value", 0.95, left=True)
            return
        if right is not None and RIGHT_NEAR.match(gap_right) and not self._has_own_value(right, next_start, gap_right):
            self._emit(run, right, "value-concept", 0.85, left=False)
            return
        if _OTHER_PREDICATE.match(self.skeleton[run.end : run.end + 60]) and not self._closes(gap_left):
            return
        if direct and left is not None:
            self._emit(run, left, "concept-in-value", 0.9, left=True)
            return
        if fresh and not barrier and left is not None and len(gap_left) <= 140:
            self._emit(run, left, "concept-later-value", 0.7, left=True)
            return
        if left is not None and not fresh and self.links and _RESTATES.search(gap_left):
            self._emit(run, left, "restated", 0.85, left=True)
            self.links[-1].restates = next((o.quantity for o in reversed(self.links[:-1]) if o.quantity is not None), None)
            return
        if left is not None and not fresh and self._carries(previous_end, run.start):
            self._emit(run, left, "carried-in-sentence", 0.8, left=True)
            return
        if left is None and self.carried.event is not None and any(g.end <= run.start and not self.skeleton[g.end : run.start].count(";") for g in self.grades):
            again = self.carried.event
            mention = Mention(again.kind, run.start, run.start, again.name)
            self._emit(run, Run([mention], run.start, run.start), "carried-event", 0.75, left=True)
            return
        if right is not None and not BARRIER.search(gap_right) and len(gap_right) <= 60 and "," not in gap_right and not self._has_own_value(right, next_start, gap_right):
            self._emit(run, right, "value-later-concept", 0.5, left=False)

    def _left_of(self, run: Run, concept_runs: list[Run]) -> Run | None:
        """The nearest concept before a value that may introduce it.

        Passed over: concepts in a bracket that is closed by then ('ORR was 94% (CR 66%), 87%'), and concepts
        that only describe a group ('PFS was longer in those with CR (24 months)').
        """
        before = [r for r in concept_runs if r.end <= run.start]
        depth = self._depth(run.start)
        open_ones = [r for r in before if self._depth(r.start) <= depth]
        own = [r for r in open_ones if not _DESCRIBED.search(self.skeleton[max(0, r.start - 70) : r.start])]
        return (own or open_ones or before or [None])[-1]

    def _depth(self, at: int) -> int:
        return self.skeleton.count("(", 0, at) - self.skeleton.count(")", 0, at)

    def _past_groups(self, run: Run, right: Run, concept_runs: list[Run], next_start: int, gap: str) -> tuple[Run | None, str]:
        """The concept that counts the value, past one that only says who is counted.

        '9 of the 16 responders relapsed', 'Seven patients in CR were bridged', '7 responders received …'.
        None where nothing but the group is named.
        """
        if not self._names_group(right, gap):
            return right, gap
        later = next((r for r in concept_runs if r.start >= right.end and r.start < next_start), None)
        if re.search(r"\b(?:in|for|among)\s+(?:the\s+)?$", gap) and "responder" in self.folded[right.start : right.end]:
            return None, "in"
        if later is None:
            return (None, "") if self._is_subject(right) else (right, gap)
        between = self.skeleton[right.end : later.start]
        word = self.folded[later.start : later.end]
        if len(between) < 60 and (_PREDICATES.match(word) and RIGHT_PREDICATE.match(between) or RIGHT_VERB.match(between)):
            return later, between
        return (None, "") if self._is_subject(right) else (right, gap)

    def _names_group(self, right: Run, gap: str) -> bool:
        if len(right.items) > 1:
            return False
        noun = self.folded[right.start : right.end + 14]
        if _GROUP_NOUN.match(noun) and re.match(r"^[\])%\s]*(?:[\w-]+\s+){0,3}$", gap):
            after = self.folded[right.end : right.end + 40]
            if re.search(r"\b(?:in|for|among)\s+(?:the\s+)?$", gap):
                return True
            return not re.match(r"\s*(?:were|was|are|is|remain\w*)\s+(?:still\s+)?(?:ongoing|maintained|durable|sustained|observed|seen|noted|reported|recorded|achieved|documented)", after)
        first = right.items[0]
        assert isinstance(first, Mention)
        if re.match(rf"^[\])%\s]*(?:of\s+(?:the\s+|all\s+|these\s+)?)?(?:[\w-]+\s+){{0,2}}?(?:{PEOPLE}|those)\s+(?:with|who\s+(?:had|developed|achieved)|developing|experiencing|achieving)\s+(?:[\w{GRADE}-]+\s+){{0,2}}$", gap):
            return bool(re.match(r"\s*(?:\([^()]*\)\s*)?(?:also\s+|had\s+|have\s+|were\s+|was\s+|developed|experienced|achieved|died|received|required|relapsed|responded|underwent|showed)", self.folded[right.end : right.end + 40]))
        return first.name in _REMISSIONS and bool(re.search(r"\bin\s+(?:an?\s+)?$", gap)) and not re.search(
            r"\b(?:were|was|are|is|remain\w*|still|alive|stay\w*|continu\w+|being)\b", gap
        )

    def _is_subject(self, right: Run) -> bool:
        """Whether the group goes on to do or have something: 'responders received …'."""
        after = self.folded[right.end : right.end + 36]
        return bool(re.match(rf"\s*(?:{PEOPLE}\s+)?(?:received|underwent|had|have|were|was|proceeded|did|died|without|who|with|went|remained|progressed|at\s+(?:baseline|infusion|the\s+time))\b", after))

    def _closes(self, gap_left: str) -> bool:
        """'CRS occurred in 27 …', 'CRS (27 …': the concept on the left claims the value whatever follows."""
        return bool(re.search(r"(?:\bin|\bof|[(\[:=]|\bwas|\bwere|\bfor|\bto|\bby)\s*(?:only\s+|just\s+|the\s+|all\s+|approximately\s+|about\s+)*$", gap_left)) or not gap_left.strip()

    def _has_own_value(self, right: Run, next_start: int, gap_right: str) -> bool:
        """Whether the concept on the right introduces the next value itself: '…, CRS in 5'."""
        if next_start >= len(self.folded):
            return False
        gap = self.skeleton[right.end : next_start]
        if not re.match(rf"^\s*(?:rates?\s+)?(?:{GRADE}*\s*)?(?:\(|:|=|was|were|of|in|occurred\s+in|,\s*{GRADE})", gap) or not LEFT_DIRECT.match(gap):
            return False
        return bool(re.search(r"(?:,|\band\b)\s*(?:the\s+|a\s+)?$", gap_right)) or bool(re.search(r"\band\b|,", gap_right))

    def _is_topic(self, run: Run, right: Run | None, gap_right: str, next_start: int) -> bool:
        """'Of 36 children …, 33', 'Among 11 patients in remission, …': a denominator, not a result."""
        q = run.items[0]
        assert isinstance(q, Quantity)
        if not q.bare or len(run.items) > 1:
            return False
        before = self.folded[max(0, q.start - 22) : q.start]
        if re.search(r"(?:^|[,;:.]\s*|\band\s+|\bthat\s+)(?:of|among|amongst|for|from|out\s+of)\s+(?:the\s+|these\s+|all\s+|those\s+|our\s+)*$", before):
            return right is None or bool(gap_right.strip())
        if re.search(r"(?:^|[;:.]\s*)in\s+(?:the\s+|these\s+|all\s+|those\s+|our\s+|a\s+cohort\s+of\s+)*$", before) and q.noun and next_start < len(self.folded):
            return True
        return False

    def _carries(self, previous_end: int, start: int) -> bool:
        gap = self.skeleton[previous_end:start]
        return len(gap) < 110 and CONCEPT not in gap and bool(_CARRY.match(gap) or _VALUE_GAP.match(gap))

    def _link_survival(self, run: Run, concept_runs: list[Run], left: Run | None, right: Run | None, gap_left: str, gap_right: str, fresh: bool, barrier: bool) -> None:
        first = run.items[0]
        assert isinstance(first, Quantity)
        is_survival = lambda r: r is not None and isinstance(r.items[0], Mention) and r.items[0].kind == "survival"  # noqa: E731
        if first.kind == "hr":
            if left is not None and not is_survival(left) and fresh and re.match(r"^\s*[\])]?\s*[,(\[]?\s*$", gap_left):
                other = left.items[-1]
                assert isinstance(other, Mention)
                if other.name in _OTHER_RISKS:
                    renamed = Mention("survival", other.start, other.end, _OTHER_RISKS[other.name])
                    self._emit(run, Run([renamed], other.start, other.end), "hazard-ratio", 0.8, left=True)
                if other.kind != "procedures":
                    return
            nearest = next((r for r in reversed(concept_runs) if r.end <= run.start and is_survival(r)), None)
            if nearest is not None:
                self._emit(run, nearest, "hazard-ratio", 0.9 if fresh else 0.8, left=True)
            elif right is not None and is_survival(right) and re.match(r"^[^.;]{0,30}\b(?:for|in|of)\b[^.;]{0,12}$", gap_right):
                self._emit(run, right, "hazard-ratio-for", 0.85, left=False)
            elif left is None and self.carried.survival is not None:
                again = self.carried.survival
                self._emit(run, Run([Mention(again.kind, run.start, run.start, again.name)], run.start, run.start), "carried-hazard-ratio", 0.6, left=True)
            return
        if left is not None and not is_survival(left):
            earlier = [r for r in concept_runs if r.end <= left.start and is_survival(r)]
            if earlier and "median" in self.folded[max(0, earlier[-1].start - 30) : run.start] and run.start - earlier[-1].end < 120:
                left, fresh = earlier[-1], not any(v.start >= earlier[-1].end and v.end <= run.start for v in self.values)
                gap_left = self.skeleton[left.end : run.start]
        if is_survival(right) and re.match(r"^[^.;]{0,40}\b(?:for|of)\b\s*(?:the\s+|median\s+)*$", gap_right) and not fresh and right is not None:
            self._emit(run, right, "median-for", 0.8, left=False)
            return
        if left is not None and is_survival(left) and not barrier and len(gap_left) < 120:
            if fresh and (self._median_near(left, run) or LEFT_DIRECT.match(gap_left)):
                self._emit(run, left, "median", 0.95 if self._median_near(left, run) else 0.8, left=True)
            elif not fresh and (self._carries(left.end, run.start) or self._median_near(left, run)):
                self._emit(run, left, "carried-median", 0.75, left=True)
        elif right is not None and is_survival(right) and re.match(r"^[\])\s]*(?:median\s+)?$", gap_right):
            self._emit(run, right, "value-median", 0.7, left=False)

    def _median_near(self, left: Run, run: Run) -> bool:
        return "median" in self.folded[max(0, left.start - 40) : run.start] or self.folded[left.start : left.end].startswith("m")

    # ---- writing links

    def _emit(self, run: Run, concepts: Run, rule: str, strength: float, *, left: bool) -> None:
        values, names = run.items, concepts.items
        k, c = len(values), len(names)
        grade_list = self._grade_list(run, concepts, left=left)
        times = self._time_list(run, concepts)
        for i, value in enumerate(values):
            assert isinstance(value, Quantity)
            if c == k or (c == 1):
                chosen = [names[i] if c == k else names[0]]
            elif c > 1 and k % c == 0:
                # 'CRS and ICANS (11% vs 7% and 34% vs 28%)' goes by concept, '(6% and 24% vs 7% and 15%)' by group.
                by_group = run.joints[c - 1] > run.joints[0]
                chosen = [names[i % c] if by_group else names[i // (k // c)]]
            elif c > 1 and k == 1:
                together = bool(re.search(r"\b(?:and|both|plus)\b", self.skeleton[concepts.start : concepts.end]))
                chosen = list(names) if together else [names[-1]] if left else [names[0]]
            elif c > k > 1:
                chosen = [names[i + (c - k)]]
            else:
                chosen = [names[-1] if left else names[0]]
            for mention in chosen:
                assert isinstance(mention, Mention)
                grade = grade_list[i] if len(grade_list) == k else None
                if grade is None and mention.kind == "events" and mention.name not in ("death", "all-cause death", "DLT"):
                    grade = self._grade(mention, concepts, value, run, left=left)
                time = times[i] if len(times) == k and k > 1 and c != k else None
                if time is None:
                    time = self._time(mention, concepts, value, run)
                start, end = (min(mention.start, value.start), max(mention.end, value.end, value.tail))
                self.links.append(Link(mention, value, rule, strength * (0.9 if c > 1 and c != k else 1), start, end, grade, time))
                self._limiting(mention, value, rule, strength)
                if mention.kind == "survival" and time:
                    self.carried.time = time
                if mention.kind == "events":
                    same = self.carried.event is not None and self.carried.event.name == mention.name
                    self.carried.grades = (*self.carried.grades, grade or "any") if same else (grade or "any",)
                    self.carried.event = mention

    def _limiting(self, mention: Mention, value: Quantity, rule: str, strength: float) -> None:
        """'One DLT (grade 4 transaminase elevation)': the event that was limiting has the same count."""
        if mention.name != "DLT":
            return
        after = next((c for c in self.concepts if c.start >= max(mention.end, value.end)), None)
        if after is not None and after.kind == "events" and re.match(rf"^[^.;()]{{0,60}}[(,]\s*(?:an?\s+)?{GRADE}+\s*(?:[\w-]+\s+){{0,2}}$", self.skeleton[max(mention.end, value.end) : after.start]):
            grade = next(g.name for g in reversed(self.grades) if g.end <= after.start)
            self.links.append(Link(after, value, "limiting-event", strength * 0.9, min(mention.start, value.start), after.end, grade))

    def _grade_list(self, run: Run, concepts: Run, *, left: bool) -> list[str]:
        """'grade 1, 2, 3 and 4 in 24, 19, 22 and 9': as many grades as values."""
        if self.carried.grades and _FIGURES.search(self.folded[: concepts.start]) and not any(g.start >= concepts.start - 30 for g in self.grades):
            again = self.carried.grades
            return list(again) if len(again) == len(run.items) else [again[-1]] * len(run.items) if len(set(again)) == 1 else []
        if len(run.items) < 2:
            return []
        for g in self.grades:
            if len(g.grades) - 1 == len(run.items) and (g.end <= run.start and run.start - g.end < 80 or g.start >= run.end and g.start - run.end < 30):
                return list(g.grades[1:])
        previous = max((q.end for q in self.values if q.end <= run.start), default=0)
        near = [g for g in self.grades if max(concepts.end, previous) <= g.start < run.start]
        if len(near) == len(run.items) and len(near) > 1:
            return [g.name for g in near]
        return []

    def _grade(self, mention: Mention, concepts: Run, value: Quantity, run: Run, *, left: bool) -> str | None:
        previous = max((q.end for q in self.values if q.end <= run.start), default=0)
        if left:
            near = [g for g in self.grades if max(concepts.end, previous) <= g.start and g.end <= value.start and g.start not in self.claimed]
            if near and self._last_grade_applies(near[-1], value):
                return near[-1].name
        else:
            near = [g for g in self.grades if run.end <= g.start and g.end <= mention.start]
            if near:
                return near[-1].name
        after_value = next((g for g in self.grades if value.end <= g.start), None)
        adjective = [g for g in self.grades if g.end <= concepts.start and re.match(r"^\s*(?:cases?\s+of\s+|events?\s+of\s+)?$", self.skeleton[g.end : concepts.start])]
        if adjective and left:
            return adjective[-1].name
        if after_value is not None and re.match(rf"^[\])\s]*(?:{PEOPLE}\s*)?[,;(\[:]?\s*(?:all|only|exclusively|both|each|of|were|was|being|had|with|at|on|which|whom|the|maximum|cases?|events?|reached|rated|developed|experienced|(?:and\s+)?was\s+always|it\s+was|\s)*+$", self.skeleton[value.end : after_value.start]) and not self._grade_has_value(after_value):
            self.claimed.add(after_value.start)
            return after_value.name
        after = next((g for g in self.grades if g.start >= mention.end), None)
        if after is not None and re.match(r"^\s*(?:rates?|events?)?\s*[,(\[:]?\s*(?:of|was|were|all|only|being|at|with|exclusively|limited\s+to|confined\s+to|maximum|\s)*+$", self._list_rest(mention, concepts, after.start)) and (left or not self._grade_has_value(after)):
            if not (left and after.start > value.start):
                return after.name
        before = [g for g in self.grades if g.end <= concepts.start and g.start not in self.claimed]
        if before and re.match(r"^\s*(?:or\s+(?:higher|greater|above)|(?:(?!and\b|or\b|in\b)[\w'’/-]+\s+){0,3}?|treatment[\s-]related\s+)(?:cases?\s+of\s+|events?\s+of\s+|adverse\s+events?\s*[,:]?\s*)?$", self.skeleton[before[-1].end : concepts.start]):
            return before[-1].name
        if before and concepts.items and mention is not concepts.items[0]:
            inside = [g for g in self.grades if g.start >= concepts.start and g.end <= mention.start]
            if inside:
                return inside[-1].name
        return self._inherited_grade(mention)

    def _list_rest(self, mention: Mention, concepts: Run, upto: int) -> str:
        """The text from the end of the mention's list to `upto`: 'X and Y, all grade 1, …' is of both."""
        return self.skeleton[concepts.end if concepts.end <= upto else mention.end : upto]

    def _last_grade_applies(self, g: Mention, value: Quantity) -> bool:
        return not re.search(r";|(?<!vs)\.\s", self.skeleton[g.end : value.start])

    def _grade_has_value(self, g: Mention) -> bool:
        return any(q.start >= g.end and re.match(r"^\s*(?:events?|cases?|disease|{CONCEPT}+)?\s*(?:in|:|,|=|\(|was|were|occurred\s+in|for|of)?\s*(?:only\s+)?$", self.skeleton[g.end : q.start]) for q in self.values if q.start - g.end < 30)

    def _inherited_grade(self, mention: Mention) -> str | None:
        """'Grade ≥3 adverse events were neutropenia (60%), anemia (40%)': the head's grade goes for the list."""
        if mention.name in ("AE", "SAE"):
            return None
        for g in reversed([g for g in self.grades if g.end <= mention.start]):
            between = self.skeleton[g.end : mention.start]
            if re.search(r";|(?<!vs)\.\s", between):
                return None
            if _HEAD.match(between) or _MOST.search(between):
                return g.name
        return None

    def _time_list(self, run: Run, concepts: Run) -> list[str]:
        """Times in the same number as the values: '1- and 2-year OS were 81% and 62%'."""
        k = len(run.items)
        if k < 2:
            return []
        for t in self.times:
            if len(t.times) == k and abs(t.start - concepts.start) < 160:
                return list(t.times)
        previous = max((q.end for q in self.values if q.end <= run.start), default=0)
        listed = [t.times[0] for t in self.times if len(t.times) == 1 and previous <= t.start < run.start]
        if len(listed) == k:
            return listed
        after = [t for t in self.times if t.start >= run.end and len(t.times) == 1]
        chain: list[str] = []
        at = run.end
        for t in after:
            if len(self.skeleton[at : t.start]) < 24 and not re.search(r"[;.]", self.skeleton[at : t.start]):
                chain.append(t.times[0])
                at = t.end
        return chain if len(chain) == k else []

    def _time(self, mention: Mention, concepts: Run, value: Quantity, run: Run) -> str | None:
        times = [t for t in self.times if len(t.times) == 1]
        if not times:
            return self._time_before() if mention.kind == "survival" and value.kind == "proportion" else None
        near_after = [t for t in times if t.start >= value.end and re.match(r"^[\])\s%]*(?:[,(]\s*)?(?:of\s+)?(?:" + PEOPLE + r"\s+)?(?:at|by|on|after|within|for|through|over|in|,|\(|\s|the)*$", self.skeleton[value.end : t.start])]
        head = [t for t in times if t.end <= mention.start and re.match(r"^\s*(?:[\w'’/-]+\s+){0,3}(?:[" + CONCEPT + r"][" + CONCEPT + r"\s,/and]*)?$", self.skeleton[t.end : mention.start])]
        if head:
            return head[-1].times[0]
        between = [t for t in times if min(mention.end, value.end) <= t.start < max(value.start, mention.start)]
        if between:
            return between[-1].times[0]
        if near_after:
            return near_after[0].times[0]
        inside = [t for t in times if value.start <= t.start < value.end]
        if inside:
            return inside[0].times[0]
        before = [t for t in times if t.end <= min(mention.start, value.start) and not BARRIER.search(self.skeleton[t.end : min(mention.start, value.start)])]
        if before:
            return before[-1].times[0]
        if mention.kind == "survival":
            after = [t for t in times if t.start >= value.end and ";" not in self.skeleton[value.end : t.start]]
            if after:
                return after[0].times[0]
            return self._time_before()
        return None

    def _time_before(self) -> str | None:
        """The time of an earlier survival figure goes on: '1-year PFS was 51%, while OS was 74%'."""
        earlier = [link.time for link in self.links if link.mention.kind == "survival" and link.time]
        if earlier:
            return earlier[-1]
        return self.carried.time if re.search(r"\b(?:corresponding|respective|same|these)\b", self.folded) else None
