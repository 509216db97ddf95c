"""Grading: which grade goes with a value of an event, wherever in the clause it stands."""

from __future__ import annotations

import re

from extract.clause import Clause
from extract.concepts import Mention
from extract.link_words import EVENTS_OF, FIGURES, HEAD, MOST, MOST_BEHIND
from extract.links import CONCEPT, GRADE, ConceptRun, ValueRun
from extract.quantities import PEOPLE, Quantity

# '8 grade 1, 3 (25%) with grade 2': the grade right behind a value is that value's.
_GRADED_VALUE = re.compile(
    rf"^[\])\s%]*(?:(?:of\s+)?(?:{PEOPLE}|events?|episodes?)\s*)?(?:(?:had|have|having|with|were|was|at|of|as|experienced|developed|being|reached|reaching|showed|only|each|all|a|maximum|worst|which|who|whom|them|these|those|they|it|this|an?(?![a-z])|events?|cases?|proved|developing|experiencing|suffering|showing|for|if|:|\()\s*)*$"
)


# Between the values of a list of grades and the next event that has as many.
_ALIKE_AGAIN = re.compile(
    r"^[\])\s%]*(?:(?:of|in)\s+(?:the\s+|all\s+)?(?:[\w-]+\s+)?[\w-]+)?[\s,;]*(?:respectively)?[\s,;:.]*(?:(?:and|while|whereas|that|those|these|the|corresponding|rates?|incidences?|of|for|with|were|was)\s+)*$"
)

# 'Neutropenia (85%) and anemia (54%) were the most common grade 3 or 4 adverse events.'
_PREDICATE = re.compile(
    rf"^[\])\s%]*(?:(?:of|in)\s+(?:the\s+|all\s+)?(?:{PEOPLE})[\s,]*)?(?:,?\s*respectively)?[\s,]*(?:which\s+|and\s+)?(?:were|was|being|represented|constituted)\s+(?:also\s+|among\s+|by\s+far\s+)*(?:the\s+)?(?:[\w-]+\s+){{0,3}}?(?:(?:most|more)\s+(?:commonly|frequently|common|frequent|prevalent|often)|commonest|only|main|major|predominant|leading|chief|principal|prevailing|all)\s+(?:(?!in\b|grade)[\w{CONCEPT}-]+\s+){{0,4}}?(?P<grade>{GRADE}+)"
)
# Between the members of a list of events with their values: '…, and', '), and '.
NEXT_OF_LIST = re.compile(
    r"^[\])\s%]*(?:,|;|and|or|,\s*and|,\s*or|as\s+well\s+as|followed\s+by)*[\s,]*(?:[\w-]+\s+){0,2}$"
)
# 'CRS occurred in 31 (79%), all of grade 1 or 2', '… and was always grade 1': the grade of each of those counted.
_EACH = re.compile(
    rf"^[\])\s%]*(?:(?:of\s+)?(?:{PEOPLE})\s*)?(?:,|;|and|which)\s*(?:(?:and|which|they|it|these|events?|cases?)\s+)*(?:(?:was|were|being)\s+)?(?:all|only|exclusively|both|each|always|invariably)\s+(?:(?:were|was|of|at|being|with|cases?|events?|them|which|whom)\s+)*$"
)


# 'total and severe CRS', 'CRS and severe CRS', 'any CRS and of grade 3 CRS': the first is of any grade.
_ANY_BESIDE = re.compile(
    rf"(?:\b(?:total|overall|any|all)\s*(?P<again>{CONCEPT}+)?|(?P<same>{CONCEPT}+)(?:\s*\([^()]*\))?(?:\s+(?:rates?|events?))?)\s*,?\s+(?:and|or|as\s+well\s+as)\s+(?:of\s+)?$"
)
_CYTOPENIAS = frozenset(
    {"neutropenia", "thrombocytopenia", "anemia", "leukopenia", "lymphopenia", "febrile neutropenia"}
)
# Events of their own, never the heading of a list of others.
_NO_HEADING = frozenset({"CRS", "neurotoxicity", "infection"})


# 'AEs (any grade/grade ≥3)'
_HEADED = re.compile(
    rf"(?:{CONCEPT}|events|toxicities)\s*[(\[;,]\s*{GRADE}+\s*(?:,|/|;|and|\[|\()\s*{GRADE}+\s*[)\]]+\s*(?:\w+\s+)?(?:were|included|was|:)"
)


# 'Grade ≥3 adverse events occurred in 18; the most common were …'
_OF_THESE = re.compile(
    rf"^\s*(?:events|toxicit\w+|aes|{CONCEPT}+)[^;]{{0,90}};\s*(?:the\s+)?most\s+(?:common|frequent)(?:ly|\s+ones)?\s+(?:were|was|included)\s+[^;]*$"
)
_BRACKETED = re.compile(r"[(\[][^()\[\]]{0,60}[)\]]")
_MOSTLY = re.compile(
    r"\b(?:mostly|mainly|predominantly|largely|primarily|generally|usually|chiefly|for\s+the\s+most\s+part|most)\s+(?:(?:of|being|was|were|at)\s+)*$"
)


# A low count has its own threshold, no grade of what stands beside it.
_LOW_COUNT = re.compile(r"(?:(?:low|reduced|decreased)\s+)?cd4")

_INCLUDING = re.compile(r"^\s*(?:\([^()]*\)\s*)?,?\s*(?:including|included|such\s+as|namely|:)\s")
# 'For grade 3/4 the figures were 3.6% for CRS and 10.6% for ICANS'
_HEADS_FIGURES = re.compile(
    rf"^\s*(?:events?\s*)?,?\s*(?:the\s+)?(?:corresponding\s+)?(?:figures|rates|values|numbers|proportions|percentages|incidences)\s+(?:was|were)\s(?:[^;.{GRADE}]|\.\d)*$"
)


class Grading(Clause):
    """A clause that can tell the grade of its values."""

    def _tag_values(self) -> None:
        """Find the values that are followed by their own grade, as '8 grade 1, 3 grade 2 and 1 grade 3'."""
        found: list[tuple[Quantity, Mention]] = []
        at = 0
        for q in self.values:
            if q.kind != "proportion":
                continue
            while at < len(self.grades) and self.grades[at].start < q.end:
                at += 1
            if at < len(self.grades) and self.grades[at].start - q.end < 40:
                g = self.grades[at]
                if _GRADED_VALUE.match(self.skeleton[q.end : g.start]):
                    found.append((q, g))
        heading = _HEADED.search(self.skeleton)
        if heading:
            self.headed = [g.name for g in self.grades if heading.start() <= g.start < heading.end()]
        starts = {q.start for q, _ in found}
        for q, g in found:
            after = next((v for v in self.values if v.start >= g.end), None)
            if after is None or after.start in starts or not self._grade_has_value(g):
                self.tagged[id(q)] = g

    def _grade_list(self, run: ValueRun, concepts: ConceptRun, *, left: bool) -> list[str]:
        """'grade 1, 2, 3 and 4 in 24, 19, 22 and 9': as many grades as values."""
        if (
            self.carried.grades
            and FIGURES.search(self.folded[: concepts.start])
            and not any(g.start >= concepts.start - 30 for g in self.grades)
        ):
            again = self.carried.grades
            return (
                list(again)
                if len(again) == len(run.items)
                else [again[-1]] * len(run.items)
                if len(set(again)) == 1
                else []
            )
        if len(run.items) < 2:
            return []
        for g in self.grades:
            if len(g.grades) - 1 == len(run.items) and (
                (g.end <= run.start and run.start - g.end < 80) or (g.start >= run.end and g.start - run.end < 30)
            ):
                return list(g.grades[1:])
        led: list[Mention] = []
        at = concepts.start
        for g in reversed([g for g in self.grades if g.end <= concepts.start]):
            if not re.match(r"^\s*(?:,|/|\(|and|or|,\s*and|vs\.?|versus)?\s*$", self.skeleton[g.end : at]):
                break
            led.insert(0, g)
            at = g.start
        if len(led) == 1 and len(run.items) == 2 and len(concepts.items) == 1:
            beside = _ANY_BESIDE.search(self.skeleton[: led[0].start])
            if beside and self._same_event(beside, concepts.items[0]):
                return ["any", led[0].name]
        if len(led) == len(run.items):  # 'any-grade and grade ≥3 CRS occurred in 80% and 5%'
            return [g.name for g in led]
        turns = len(led) == 2 and len(run.items) == 4 and len(concepts.items) == 1
        if turns and run.joints[0] == run.joints[2] < 2 and run.joints[0] <= run.joints[1]:
            return [led[0].name, led[1].name] * 2  # '… were 48% and 20% for A and 12% and 4% for B'
        if turns and run.joints[0] == run.joints[2] == 2 and run.joints[1] < 2:
            return [g.name for g in led for _ in range(2)]  # '… were 80% vs 70% and 5% vs 4%'
        previous = max((q.end for q in self.values if q.end <= run.start), default=0)
        near = [g for g in self.grades if max(concepts.end, previous) <= g.start < run.start]
        if len(near) == len(run.items) and len(near) > 1:
            return [g.name for g in near]
        if len(self.headed) == len(run.items) and self.in_bracket(run.start):
            return self.headed
        repeated = self.last_list
        if (
            len(repeated) == len(run.items)
            and not near
            and len(concepts.items) == 1
            and not any(g.end <= concepts.start and concepts.start - g.end < 6 for g in self.grades)
            and _ALIKE_AGAIN.match(self.skeleton[previous : concepts.start])
        ):
            return repeated  # 'CRS (any grade and grade ≥3) in 80% and 5%, and ICANS in 30% and 2%'
        return []

    def _same_event(self, beside: re.Match[str], mention: Mention) -> bool:
        group = "again" if beside["again"] else "same" if beside["same"] else None
        if group is None:
            return True
        return any(c.start == beside.start(group) and c.name == mention.name for c in self.concepts)

    def _grade(
        self, mention: Mention, concepts: ConceptRun, value: Quantity, run: ValueRun, *, left: bool
    ) -> str | None:
        previous = max((q.end for q in self.values if q.end <= run.start), default=0)
        own = self.tagged.get(id(value)) if left else None
        if own is None and left and len(run.items) > 1 and not any(run.joints):
            last = self.tagged.get(id(run.items[-1]))  # '…, of which 2 and 1 were grade ≥3'
            if (
                last is not None
                and re.match(r"^[\])%\s]*(?:were|being|was|having|had)\s*$", self.skeleton[run.end : last.start])
                and re.search(
                    r"\b(?:of\s+(?:which|whom|these|them)|with|including)\s*,?\s*$", self.skeleton[: run.start]
                )
            ):
                own = last
        if own is not None:
            self.claimed.add(own.start)
            return own.name
        if left:
            since = previous if concepts.start == concepts.end else max(concepts.end, previous)
            near = [
                g
                for g in self.grades
                if since <= g.start and g.end <= value.start and g.start not in self.claimed and not self._mostly(g)
            ]
            if not near and concepts.start == concepts.end and not self.claimed:
                near = [g for g in self.grades if g.end <= value.start][:1]  # 'Grade 3 events: 52% here and 15% there'
            if near and self._last_grade_applies(near[-1], value):
                return near[-1].name
        else:
            near = [g for g in self.grades if run.end <= g.start and g.end <= mention.start]
            near = near or [
                g for g in self.grades if g.end <= run.start and _HEADS_FIGURES.match(self.skeleton[g.end : run.start])
            ]
            if near:
                return near[-1].name
        after_value = next((g for g in self.grades if value.end <= g.start), None)
        adjective = [
            g
            for g in self.grades
            if g.end <= concepts.start
            and re.match(r"^\s*[\])]?\s*(?:cases?\s+of\s+|events?\s+of\s+)?$", self.skeleton[g.end : concepts.start])
        ]
        if adjective and left and not self._each_its_own(concepts):
            return adjective[-1].name
        if self._each_its_own(concepts):
            return self._adjective(mention) or "any"
        if (
            after_value is not None
            and re.match(
                rf"^[\])\s]*(?:{PEOPLE}\s*)?(?:with\s+[\w-]+(?:\s+[\w-]+)?\s*(?=\())?[,;(\[:]?\s*(?:all|only|exclusively|both|each|of|were|was|being|had|with|at|on|which|whom|the|maximum|cases?|events?|reached|rated|developed|experienced|(?:and\s+)?was\s+always|and\s+(?:was|were)(?:\s+of)?|it\s+was|they|\s)*+$",
                self.skeleton[value.end : after_value.start],
            )
            and not self._grade_has_value(after_value)
            and not self._of_next_event(value, after_value)
        ):
            self.claimed.add(after_value.start)
            return after_value.name
        after = next((g for g in self.grades if g.start >= mention.end), None)
        if (
            after is not None
            and re.match(
                r"^\s*(?:rates?|events?)?\s*[,(\[:]?\s*(?:of|was|were|all|only|being|at|with|exclusively|limited\s+to|confined\s+to|maximum|\s)*+$",
                self._list_rest(mention, concepts, after.start),
            )
            and (left or not self._grade_has_value(after))
        ):
            if not (left and after.start > value.start):
                return after.name
        before = [g for g in self.grades if g.end <= concepts.start and g.start not in self.claimed]
        if before and re.match(
            r"^\s*(?:or\s+(?:higher|greater|above)|(?:(?!and\b|or\b|in\b)[\w'’/-]+\s+){0,3}?|treatment[\s-]related\s+)(?:cases?\s+of\s+|events?\s+of\s+|adverse\s+events?\s*[,:]?\s*)?$",
            self.skeleton[before[-1].end : concepts.start],
        ):
            return before[-1].name
        if before and concepts.items and mention is not concepts.items[0]:
            inside = [g for g in self.grades if g.start >= concepts.start and g.end <= mention.start]
            if inside:
                return inside[-1].name
        return self._inherited_grade(mention, left=left) or self._beside(mention, value, left=left)

    def _adjective(self, mention: Mention) -> str | None:
        """The grade right in front of an event."""
        near = [g for g in self.grades if g.end <= mention.start and not self.skeleton[g.end : mention.start].strip()]
        return near[-1].name if near else None

    def _each_its_own(self, concepts: ConceptRun) -> bool:
        """'Any CRS, severe CRS, any ICANS and severe ICANS': a list that names an event again with its grade."""
        names = [c.name for c in concepts.items]
        if len(set(names)) < len(names) and self._adjective(concepts.items[-1]) is not None:
            return True
        own = {self._adjective(c) for c in concepts.items} - {None}
        return len(own) > 1 and len(names) > 1  # 'grade 2 CRS, grade 1 ICANS and pneumonia in one each'

    def _of_next_event(self, value: Quantity, g: Mention) -> bool:
        """'… and 39%; severe CRS was …': the grade behind the value is of the event that follows."""
        return bool(re.search(r"[;,]|\band\b", self.skeleton[value.end : g.start])) and bool(
            re.match(rf"\s+{CONCEPT}", self.skeleton[g.end : g.end + 4])
        )

    def _beside(self, mention: Mention, value: Quantity, *, left: bool) -> str | None:
        """'20 had grade 3-4 neutropenia, 14 thrombocytopenia and 9 anemia': cytopenias share the first one's grade."""
        last = self.links[-1] if self.links else None
        if last is None or last.mention.name not in _CYTOPENIAS or mention.name not in _CYTOPENIAS:
            return None
        if left:  # 'Grade ≥3 neutropenia occurred in 90%, thrombocytopenia in 60%'
            end = max(last.quantity.end, last.quantity.tail) if last.quantity else last.end
            if any(end <= g.start < mention.start for g in self.grades):
                return None  # 'neutropenia in 90% (grade 4 in 60%), anemia in 20%'
            if "penia" not in self.folded[mention.start : mention.end] and mention.name != "anemia":
                return None
            gap = self.skeleton[end : mention.start] if end <= mention.start else "."
        else:
            gap = self.skeleton[last.mention.end : value.start] if last.mention.end <= value.start else "."
        return last.grade if NEXT_OF_LIST.match(gap) else None

    def _list_rest(self, mention: Mention, concepts: ConceptRun, upto: int) -> str:
        """The text from the end of the mention's list to `upto`: 'X and Y, all grade 1, …' is of both."""
        return self.skeleton[concepts.end if concepts.end <= upto else mention.end : upto]

    def _last_grade_applies(self, g: Mention, value: Quantity) -> bool:
        return not re.search(r";|(?<!vs)\.\s", self.skeleton[g.end : value.start])

    def _grade_has_value(self, g: Mention) -> bool:
        return any(
            q.start >= g.end
            and re.match(
                rf"^\s*(?:events?|cases?|disease|(?:rates?|incidences?)(?:\s+(?:of|were|was))*|{CONCEPT}+)?\s*(?:in|:|,|=|\(|was|were|occurred\s+in|for|of)?\s*(?:only\s+|(?:most|the\s+(?:majority|remaining|others?|rest))\s*(?:of\s+\w+\s*|patients\s*|cases\s*)?[,(]?\s*)?$",
                self.skeleton[g.end : q.start],
            )
            for q in self.values
            if q.start - g.end < 30
        )

    def _inherited_grade(self, mention: Mention, *, left: bool) -> str | None:
        """'Grade ≥3 adverse events were neutropenia (60%), anemia (40%)': the head's grade goes for the list."""
        if mention.name in ("AE", "SAE") or _LOW_COUNT.match(self.folded, mention.start):
            return None
        for g in reversed([g for g in self.grades if g.end <= mention.start]):
            between = self.skeleton[g.end : mention.start]
            if re.search(r";|(?<!vs)\.\s", _BRACKETED.sub(" ", between)) and not _OF_THESE.search(between):
                return None
            head = HEAD.match(between)
            if head and not left and head[0].endswith("(") and not self.in_bracket(mention.start):
                return None  # 'grade 3+ ICANS (0.6%) and one case of GVHD'
            named = next((c.name for c in self.concepts if c.start >= g.end), "")
            alternative = re.search(r"\bor\s+$", between)  # 'severe CRS (6) or ICANS (5)'
            if (
                head
                and named in _NO_HEADING
                and CONCEPT in head[0]
                and mention.name in _NO_HEADING | {"GVHD", "HLH/MAS"}
                and not alternative
            ):
                return None  # 'grade ≥3 CRS was 32%, that of ICANS 18%'
            if _INCLUDING.match(between) and EVENTS_OF.search(self.skeleton[: g.start]):
                return g.name  # '… were the most common events of grade 3 or higher, including neutropenia (in 85%)'
            if head or MOST.search(between) or _OF_THESE.search(between) or self._listed_behind(g, between):
                return g.name
        return None

    def _listed_behind(self, g: Mention, between: str) -> bool:
        """'AEs of grade ≥3 were reported in 83 (95%), most commonly neutropenia (84%) and anemia (43%)'."""
        listed = MOST_BEHIND.match(between)
        named = [c for c in self.concepts if c.end <= g.start]
        return (
            listed is not None
            and bool(named)
            and named[-1].name in ("AE", "SAE", "cytopenia")
            and bool(EVENTS_OF.search(self.skeleton[: g.start]))
            and not re.search(r"\b(?:while|whereas|but|were|was|occurred)\b|\.\s", listed["rest"])
        )

    def _mostly(self, g: Mention) -> bool:
        """'CRS, mostly grade 1 or 2, occurred in 85%': told of most, in passing."""
        return bool(
            re.match(r"\s*[,)]", self.skeleton[g.end : g.end + 4])
            and _MOSTLY.search(self.skeleton[max(0, g.start - 40) : g.start])
        )

    def _each_of_grade(self, end: int, grade: str | None) -> bool:
        """Whether the grade that follows at `end`, outside brackets, is told of each patient counted there."""
        g = next((g for g in self.grades if g.start >= end), None)
        return (
            g is not None
            and g.name == grade
            and not self.in_bracket(g.start)
            and bool(_EACH.match(self.skeleton[end : g.start]))
        )

    def _later_grades(self) -> None:
        """Give the events of a list the grade that is printed once behind the list."""
        for i, link in enumerate(self.links):
            q = link.quantity
            if q is None or link.mention.kind != "events":
                continue
            end = max(q.end, q.tail, link.mention.end)
            m = _PREDICATE.match(self.skeleton[end : end + 160])
            grade = next((g.name for g in self.grades if m and g.start == end + m.start("grade")), None)
            if grade is None and link.rule == "each-of-grade":
                grade = link.grade
            if grade is None:
                continue
            start = end
            for other in reversed(self.links[: i + 1]):
                o = other.quantity
                if o is None or other.mention.kind != "events" or (o.end > start and other is not link):
                    break
                if other is not link and not NEXT_OF_LIST.match(
                    self.skeleton[max(o.end, o.tail, other.mention.end) : start]
                ):
                    break
                if other is not link and other.grade not in (None, "any"):
                    break
                if other.grade in (None, "any"):
                    other.grade = grade
                start = min(o.start, other.mention.start)
