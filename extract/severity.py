"""Severity: what is told of an event besides its count, as the limiting toxicity or the grade of each case."""

from __future__ import annotations

import re

from extract.concepts import Mention
from extract.grading import NEXT_OF_LIST, Grading
from extract.link_words import LIMITING
from extract.links import Link
from extract.quantities import Quantity


class Severity(Grading):
    """A clause whose counted events tell more than one fact."""

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
            if grade is None or any(q.start >= end and q.end <= c.start for q in self.values):
                continue
            span = (min(mention.start, value.start), max(c.end, grade.end))
            self.links.append(Link(c, value, "limiting-event", strength * 0.9, *span, grade.name))
            if value.n != 1:
                break
