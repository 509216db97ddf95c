"""Emitting: a run of values and a run of concepts made into links, each value with its concept, grade and time."""

from __future__ import annotations

import re

from extract.companions import DEPTHS
from extract.groups import group_of
from extract.link_words import EITHER
from extract.links import ConceptRun, Link, ValueRun
from extract.whom import Whom


def direct_claim(gap: str) -> bool:
    """Whether nothing but a copula stands between a concept and its value."""
    return bool(re.match(r"^\s*(?:was|were|:|=|of|\(|in)?\s*$", gap)) and bool(gap.strip())


class Emitting(Whom):
    """A clause whose runs can be linked."""

    def _emit(self, run: ValueRun, concepts: ConceptRun, rule: str, strength: float, *, left: bool) -> None:
        values, names = run.items, concepts.items
        if not self.carried.told or self._depth(concepts.start) == 0:  # what stands in a bracket is told aside
            self.carried.told = (*self.carried.told, tuple(names)) if all(m.kind == "response" for m in names) else ()
        k, c = len(values), len(names)
        if c > 1 == k and names[0].kind == "response" and EITHER.fullmatch(self.skeleton, concepts.start, concepts.end):
            return  # '5 had stable or progressive disease' counts neither of the two
        grade_list = self._grade_list(run, concepts, left=left)
        if len(grade_list) == k > 1 and names[0].kind == "events":
            self.last_list = grade_list
        times = self._time_list(run, concepts)
        places = self._places(run, concepts) if left and c < k and len(grade_list) != k != len(times) else None
        by_group = c > 1 and k > c and run.joints[c - 1] > run.joints[0]
        for i, value in enumerate(values):
            if places is not None:
                chosen = [name for name, place in zip(names, places, strict=True) if place == i]
            elif c == k or (c == 1):
                chosen = [names[i] if c == k else names[0]]
            elif c > 1 and k % c == 0:
                # 'CRS and ICANS (11% vs 7% and 34% vs 28%)' goes by concept, '(6% and 24% vs 7% and 15%)' by group.
                chosen = [names[i % c] if by_group else names[i // (k // c)]]
            elif c > 1 and k == 1:
                together = bool(re.search(r"\b(?:and|both|plus|nor)\b", self.skeleton[concepts.start : concepts.end]))
                chosen = list(names) if together else [names[-1]] if left else [names[0]]
            elif c > k > 1:
                chosen = [names[i + (c - k)]]
            else:
                chosen = [names[-1] if left else names[0]]
            for mention in chosen:
                grade = grade_list[i] if len(grade_list) == k else None
                if (
                    grade is None
                    and mention.kind == "events"
                    and mention.name not in ("death", "all-cause death", "DLT")
                ):
                    grade = self._grade(mention, concepts, value, run, left=left)
                time = times[i] if len(times) == k and k > 1 and c != k else None
                if k > c > 1 and k % c == 0 and not by_group:
                    of_each = self._time_list(ValueRun(values[: k // c], run.start, values[k // c - 1].end), concepts)
                    time = of_each[i % (k // c)] if of_each else time
                mixed = c > 2 and mention.name in DEPTHS and any(m.kind == "survival" for m in names)
                if time is None and not mixed:  # 'ORR, CR and 1-year PFS were': the year is of the PFS
                    time = self._time(mention, concepts, value, run)
                start, end = (min(mention.start, value.start), max(mention.end, value.end, value.tail))
                start, end = self._with_companions(start, end, grade, time)
                doubt = 0.9 if c > 1 and c != k else 1
                group = group_of(self.folded, self.skeleton, value.start, max(value.end, value.tail), listed=k > c)
                self.links.append(Link(mention, value, rule, strength * doubt, start, end, grade, time, group=group))
                if mention.kind == "events" and k == 1 and self._one_of_each(mention, value):
                    continue
                behind = max(value.end, mention.end)
                if mention.kind == "events" and grade not in (None, "any") and self._each_of_grade(behind, grade):
                    self._whole_too(mention, value)
                self._limiting(mention, value, rule, strength)
                self.carried.latest = mention
                if mention.kind == "survival" and time:
                    self.carried.time = time
                if mention.kind == "events":
                    same = self.carried.event is not None and self.carried.event.name == mention.name
                    self.carried.grades = (*self.carried.grades, grade or "any") if same else (grade or "any",)
                    self.carried.event = mention
