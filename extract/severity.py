"""Severity: what is told of an event besides its count, as the limiting toxicity or the grade of each case."""

from __future__ import annotations

import re

from extract.concepts import Mention
from extract.grading import NEXT_OF_LIST, Grading
from extract.link_words import (
    ABSENT_IN,
    ALL_BUT,
    COUNTED_BY_EVENT,
    EVENTS_IN,
    GRADED_SUBJECT,
    HAD_NONE,
    LEFT_DIRECT,
    LIMITING,
    RIGHT_NEAR,
)
from extract.links import CONCEPT, GRADE, ConceptRun, Link, ValueRun, lone
from extract.quantities import PEOPLE, Quantity

# 'in 80% of patients (grade ≥3, 5%)': a bracket right behind a value, or the rest of the bracket it stands in.
_ASIDE = re.compile(rf"[%\s]*(?:(?:of|in)\s+(?:the\s+|all\s+)?(?:[\w-]+\s+)?)?(?:{PEOPLE})?\s*[(\[]")
_ASIDE_INSIDE = re.compile(r"\s*[;,]")
_BRACKETS = re.compile(r"[()\[\]]")
_LONGEST_ASIDE = 160
_EPISODES = re.compile(
    r"\s*(?:(?!fatal|lethal|grade|and\b|or\b|with\b|had\b)[\w-]+\s+)?(?:episodes?|infections\s+(?:were|in|occurred))\b"
)


_HAD_GRADED = re.compile(
    rf"[\])%\s]*(?:of\s+(?:the\s+|all\s+|them\s+)?)?(?:[\w-]+\s+)?(?:{PEOPLE})?\s*(?:had|experienced|developed|having|with|reported|were|was|reached)\s+(?:an?\s+|at\s+least\s+one\s+)?{GRADE}+(?:\s+(?:events?|cases?|toxicit\w+|episodes?|reactions?))?\s*(?:$|[.,;)]|and\b|as\s+compared|compared|versus|vs\b|in\b|while\b)"
)


_TEST_BEFORE = re.compile(
    r"\b(?:sensitivity|specificity|accuracy|auc|auroc|predictive\s+values?|concordance|c-index)\b(?:\s+(?:of|was|and|were|at|,|specificity|sensitivity))*\s*$"
)
_TEST_AFTER = re.compile(r"\s*%?\s*(?:sensitivity|specificity|accuracy)\b")
_GRADE_PAIR = re.compile(rf"{GRADE}\s*(?P<bracket>[(\[]\s*(?P<second>{GRADE}+)\s*[)\]])")


def _percent_only(q: Quantity) -> bool:
    return q.kind == "proportion" and q.percent is not None and q.n is None and q.total is None


class Severity(Grading):
    """A clause whose counted events tell more than one fact."""

    def _of_a_test(self, run: ValueRun) -> bool:
        """Whether a percent says how well a test or model tells, not how many had the event."""
        return bool(
            _TEST_BEFORE.search(self.folded, max(0, run.start - 60), run.start)
            or _TEST_AFTER.match(self.folded, run.end)
        )

    def _counts_none(
        self, run: ValueRun, left: ConceptRun | None, right: ConceptRun | None, gap_left: str, gap_right: str
    ) -> bool:
        """Whether a bare count is of episodes, of those without the event, or a denominator, not of patients with it."""
        first = run.items[0]
        if _EPISODES.match(self.folded, first.n_end):
            return True
        if right is not None and right.items[0].name in COUNTED_BY_EVENT:
            if RIGHT_NEAR.match(gap_right) and EVENTS_IN.match(self.folded, right.end):
                return True  # '22 serious adverse events were recorded in 14 patients'
        if first.noun and re.search(r"\b(?:across|out\s+of)\s+(?:the\s+|all\s+)*$", gap_left):
            last = self.links[-1].quantity if self.links else None
            if last is not None and last.bare and last.n is not None and first.n is not None and last.n <= first.n:
                last.total, last.total_span = first.n, (first.start, first.n_end)
            return True  # 'one case of GVHD across 334 patients'
        if left is not None and ABSENT_IN.search(gap_left):
            return True  # 'CRS was absent in 4'
        if right is not None and right.items[0].kind == "events" and HAD_NONE.match(gap_right):
            return True  # 'and one had no CRS'
        return bool(ALL_BUT.search(self.folded, max(0, run.start - 60), run.start))  # 'all patients but one'

    def _take_asides(self) -> None:
        """Set values in a bracket that grades the value before it aside, so that lists read on past them."""
        self._take_pairs()
        main: list[Quantity] = []
        taken: set[int] = set()
        for q in self.values:
            if id(q) in taken:
                continue
            main.append(q)
            if q.kind != "proportion" or GRADE not in self.skeleton:
                continue
            span = self._aside_behind(q)
            if span is None:
                continue
            values = [v for v in self.values if span[0] <= v.start and v.end <= span[1]]
            grades = [g for g in self.grades if span[0] <= g.start and g.end <= span[1]]
            if not values or not grades or any(v.kind != "proportion" for v in values):
                continue
            parents = main[-len(values) :] if len(grades) == 1 and len(values) > 1 else [q]
            if len(parents) != len(values):
                parents = [q] * len(values)
            names = self._aside_grades(values, grades)
            self.asides += list(zip(parents, values, names, strict=True))
            taken |= {id(v) for v in values}
            self.grades = [g for g in self.grades if g not in grades]
            self.skeleton = self.skeleton[: span[0]] + " " * (span[1] - span[0]) + self.skeleton[span[1] :]
        self.values = main

    def _take_pairs(self) -> None:
        """'CRS of any grade (grade ≥3) in 87% (9%)': the percent in brackets is of the grade in brackets."""
        m = _GRADE_PAIR.search(self.skeleton)
        second = next((g for g in self.grades if m and g.start == m.start("second")), None)
        if m is None or second is None:
            return
        pairs = [
            (q, v)
            for q, v in zip(self.values, self.values[1:], strict=False)
            if q.start > m.end() and _percent_only(q) and _percent_only(v)
            and re.fullmatch(r"%?\s*[(\[]\s*", self.skeleton[q.end : v.start])
            and re.match(r"%?\s*[)\]]", self.skeleton[v.end : v.end + 3])
        ]  # fmt: skip
        if not pairs:
            return
        inner = {id(v) for _, v in pairs}
        self.asides += [(q, v, second.name) for q, v in pairs]
        self.values = [v for v in self.values if id(v) not in inner]
        self.grades.remove(second)
        spans = [m.span("bracket"), *((q.end, v.end + 1) for q, v in pairs)]
        for start, end in spans:
            self.skeleton = self.skeleton[:start] + " " * (end - start) + self.skeleton[end:]

    def _aside_behind(self, q: Quantity) -> tuple[int, int] | None:
        text = self.skeleton[q.start : q.end]
        inside = text.count("(") + text.count("[") > text.count(")") + text.count("]")
        m = (_ASIDE_INSIDE if inside else _ASIDE).match(self.skeleton, q.end)
        if m is None:
            return None
        start = m.start() if inside else m.end() - 1
        depth = 1 if inside else 0
        for b in _BRACKETS.finditer(self.skeleton, start, start + _LONGEST_ASIDE):
            depth += 1 if b[0] in "([" else -1
            if depth == 0:
                end = b.start() if inside else b.end()
                region = self.skeleton[start:end]
                return (start, end) if GRADE in region and CONCEPT not in region else None
        return None

    def _aside_grades(self, values: list[Quantity], grades: list[Mention]) -> list[str]:
        """The grade of each value: the one before it, or behind it where values come first."""
        if len(grades) == 1:
            listed = grades[0].grades[1:]
            return list(listed) if len(listed) == len(values) else [grades[0].name] * len(values)
        behind = values[0].start < grades[0].start
        out = []
        for v in values:
            before = [g for g in grades if g.end <= v.start]
            after = [g for g in grades if g.start >= v.end]
            chosen = (after or before) if behind else (before or after)
            out.append((chosen[0] if chosen is after else chosen[-1]).name)
        return out

    def _goes_on_graded(self, run: ValueRun) -> bool:
        """'Grade 3-4 events occurred in 4': of the event of the sentence before."""
        return bool(GRADED_SUBJECT.match(self.skeleton[: run.start])) or any(
            g.end <= run.start and LEFT_DIRECT.match(self.skeleton[g.end : run.start]) for g in self.grades
        )

    def _event_of_grade(self, run: ValueRun, left: ConceptRun | None) -> ConceptRun | None:
        """The event of '…; 4% had grade 3 events': the one named last, in this sentence or before it."""
        if not _HAD_GRADED.match(self.skeleton, run.end):
            return None
        if left is not None and left.items[0].kind == "events":
            return left
        return lone(self.carried.event, run.start) if left is None and self.carried.event is not None else None

    def _link_asides(self) -> None:
        """Give the values set aside to the events of the values before them."""
        for parent, value, grade in self.asides:
            for link in [o for o in self.links if o.quantity is parent and o.mention.kind == "events"]:
                start, end = min(link.mention.start, parent.start), max(link.mention.end, value.end)
                self.links.append(Link(link.mention, value, "graded-aside", link.strength, start, end, grade))
                break

    def _whole_too(self, mention: Mention, value: Quantity) -> None:
        """'CRS occurred in 20, all grade 1': how many had it, and of which grade; of a list, the grade alone."""
        last = self.links[-1]
        before = self.links[-2] if len(self.links) > 1 else None
        last.qualifier, last.rule = "all", "each-of-grade"
        if (
            before is not None
            and before.quantity is not None
            and before.mention.kind == "events"
            and before.grade in (None, "any")
            and NEXT_OF_LIST.match(self.skeleton[max(before.quantity.end, before.mention.end) : mention.start])
        ):
            return
        start, end = min(mention.start, value.start), max(mention.end, value.end)
        self.links.append(Link(mention, value, "each-of-grade-whole", last.strength, start, end))

    def _one_of_each(self, mention: Mention, value: Quantity) -> bool:
        """'Two patients had ICANS (grade 1 and grade 3)': one of each grade."""
        end = max(mention.end, value.end)
        g = next((g for g in self.grades if g.start >= end), None)
        if g is None or value.n is None or len(g.grades) - 1 != value.n or value.n < 2:
            return False
        if not re.match(rf"^[\])%\s]*(?:{PEOPLE})?\s*[,(]\s*(?:of\s+)?$", self.skeleton[end : g.start]):
            return False
        last = self.links[-1]
        last.grade = "any"
        for grade in g.grades[1:]:
            one = Quantity("proportion", g.start, g.end, n=1, n_end=g.end)
            self.links.append(Link(mention, one, "one-of-each-grade", last.strength * 0.9, last.start, g.end, grade))
        return True

    def _limiting(self, mention: Mention, value: Quantity, rule: str, strength: float) -> None:
        """'One DLT (grade 4 transaminase elevation)': the event that was limiting has the same count."""
        if mention.name != "DLT":
            return
        at = max(mention.end, value.end)
        opened = LIMITING.match(self.skeleton[at : at + 80])
        if opened is None:
            return
        end = at + opened.end()
        stop = re.search(r"[).;]", self.skeleton[end:])
        last = end + stop.start() if stop else len(self.skeleton)
        grades = [g for g in self.grades if at <= g.start < last]
        for c in self.concepts:
            if c.kind != "events" or not end - 1 <= c.start < last or (value.n != 1 and c.start > end + 40):
                continue
            before = [g for g in grades if g.end <= c.start]
            grade = before[-1] if before else next(iter(grades), None)
            if any(q.start >= at and q.end <= c.start for q in self.values):
                continue
            if grade is None and not (value.n == 1 and c.start <= end + 40):
                continue
            span = (min(mention.start, value.start), max(c.end, grade.end if grade else 0))
            self.links.append(Link(c, value, "limiting-event", strength * 0.9, *span, grade.name if grade else None))
            if value.n != 1 or grade is None:
                break
