"""Companions of a value: the grade and the time that go with it, wherever in the clause they stand."""

from __future__ import annotations

import re

from extract.clause import Clause
from extract.concepts import Mention
from extract.link_words import BARRIER, FIGURES, HEAD, MOST
from extract.links import CONCEPT, ConceptRun, ValueRun
from extract.quantities import PEOPLE, Quantity

_JUST_AFTER = re.compile(
    rf"^[\])\s%]*(?:,\s*)?(?:respectively\s*,?\s*)?(?:of\s+(?:the\s+)?)?(?:{PEOPLE}\s+)?(?:,?\s*respectively\s*,?\s*)?(?:\(\s*)?(?:at|by|on|after|within|for|through|over|in|to)\s+(?:the\s+)?$|^\s*\(\s*$"
)


class Companions(Clause):
    """A clause that can tell grade and time of its values."""

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
            if not re.match(r"^\s*(?:,|and|or|,\s*and|vs\.?|versus)?\s*$", self.skeleton[g.end : at]):
                break
            led.insert(0, g)
            at = g.start
        if len(led) == len(run.items):  # 'any-grade and grade ≥3 CRS occurred in 80% and 5%'
            return [g.name for g in led]
        previous = max((q.end for q in self.values if q.end <= run.start), default=0)
        near = [g for g in self.grades if max(concepts.end, previous) <= g.start < run.start]
        if len(near) == len(run.items) and len(near) > 1:
            return [g.name for g in near]
        return []

    def _grade(
        self, mention: Mention, concepts: ConceptRun, value: Quantity, run: ValueRun, *, left: bool
    ) -> str | None:
        previous = max((q.end for q in self.values if q.end <= run.start), default=0)
        if left:
            near = [
                g
                for g in self.grades
                if max(concepts.end, previous) <= g.start and g.end <= value.start and g.start not in self.claimed
            ]
            if near and self._last_grade_applies(near[-1], value):
                return near[-1].name
        else:
            near = [g for g in self.grades if run.end <= g.start and g.end <= mention.start]
            if near:
                return near[-1].name
        after_value = next((g for g in self.grades if value.end <= g.start), None)
        adjective = [
            g
            for g in self.grades
            if g.end <= concepts.start
            and re.match(r"^\s*[\])]?\s*(?:cases?\s+of\s+|events?\s+of\s+)?$", self.skeleton[g.end : concepts.start])
        ]
        if adjective and left:
            return adjective[-1].name
        if (
            after_value is not None
            and re.match(
                rf"^[\])\s]*(?:{PEOPLE}\s*)?[,;(\[:]?\s*(?:all|only|exclusively|both|each|of|were|was|being|had|with|at|on|which|whom|the|maximum|cases?|events?|reached|rated|developed|experienced|(?:and\s+)?was\s+always|it\s+was|they|\s)*+$",
                self.skeleton[value.end : after_value.start],
            )
            and not self._grade_has_value(after_value)
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
        return self._inherited_grade(mention)

    def _with_companions(self, start: int, end: int, grade: str | None, time: str | None) -> tuple[int, int]:
        """The span stretched to the words of the grade and the time, where they stand close by."""
        near = [(t.start, t.end) for t in self.times if time is not None and time in t.times]
        near += [(g.start, g.end) for g in self.grades if grade is not None and grade in (g.name, *g.grades)]
        for a, b in near:
            if a < start and start - b <= 24 and not BARRIER.search(self.skeleton[b:start]):
                start = a
            elif b > end and a - end <= 24 and not BARRIER.search(self.skeleton[end:a]):
                end = b
        return start, end

    def _list_rest(self, mention: Mention, concepts: ConceptRun, upto: int) -> str:
        """The text from the end of the mention's list to `upto`: 'X and Y, all grade 1, …' is of both."""
        return self.skeleton[concepts.end if concepts.end <= upto else mention.end : upto]

    def _last_grade_applies(self, g: Mention, value: Quantity) -> bool:
        return not re.search(r";|(?<!vs)\.\s", self.skeleton[g.end : value.start])

    def _grade_has_value(self, g: Mention) -> bool:
        return any(
            q.start >= g.end
            and re.match(
                rf"^\s*(?:events?|cases?|disease|{CONCEPT}+)?\s*(?:in|:|,|=|\(|was|were|occurred\s+in|for|of)?\s*(?:only\s+)?$",
                self.skeleton[g.end : q.start],
            )
            for q in self.values
            if q.start - g.end < 30
        )

    def _inherited_grade(self, mention: Mention) -> str | None:
        """'Grade ≥3 adverse events were neutropenia (60%), anemia (40%)': the head's grade goes for the list."""
        if mention.name in ("AE", "SAE"):
            return None
        for g in reversed([g for g in self.grades if g.end <= mention.start]):
            between = self.skeleton[g.end : mention.start]
            if re.search(r";|(?<!vs)\.\s", between):
                return None
            if HEAD.match(between) or MOST.search(between):
                return g.name
        return None

    def _time_list(self, run: ValueRun, concepts: ConceptRun) -> list[str]:
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

    def _time(self, mention: Mention, concepts: ConceptRun, value: Quantity, run: ValueRun) -> str | None:
        times = [t for t in self.times if len(t.times) == 1]
        if not times:
            return self._time_before() if mention.kind == "survival" and value.kind == "proportion" else None
        near_after = [
            t for t in times if t.start >= value.end and _JUST_AFTER.match(self.skeleton[value.end : t.start])
        ]
        head = [
            t
            for t in times
            if t.end <= mention.start
            and re.match(
                r"^\s*(?:[\w'’/-]+\s+){0,3}(?:[" + CONCEPT + r"][" + CONCEPT + r"\s,/and]*)?$",
                self.skeleton[t.end : mention.start],
            )
        ]
        # A time right behind an earlier value is that value's: '65% at 6 months and 51% at 12 months'.
        taken = {
            id(t)
            for t in times
            for v in self.values
            if v.end <= t.start and v.end <= value.start and _JUST_AFTER.match(self.skeleton[v.end : t.start])
        }
        since = max([v.end for v in self.values if v.end <= value.start] + [mention.end])
        fresh = [t for t in times if since <= t.start and t.end <= value.start and id(t) not in taken]
        if fresh:
            return fresh[-1].times[0]
        if near_after and (taken or not head):
            return near_after[0].times[0]
        behind = [t for t in times if t.start >= run.end and _JUST_AFTER.match(self.skeleton[run.end : t.start])]
        if behind and taken and len(run.items) > 1:  # '… and 50% and 76% at 12 months': the list shares what follows it
            return behind[0].times[0]
        if head:
            return head[-1].times[0]
        between = [
            t
            for t in times
            if id(t) not in taken and min(mention.end, value.end) <= t.start < max(value.start, mention.start)
        ]
        if between:
            return between[-1].times[0]
        if near_after:
            return near_after[0].times[0]
        inside = [t for t in times if value.start <= t.start < value.end]
        if inside:
            return inside[0].times[0]
        before = [
            t
            for t in times
            if t.end <= min(mention.start, value.start)
            and not BARRIER.search(self.skeleton[t.end : min(mention.start, value.start)])
        ]
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
