"""Companions of a value: the grade and the time that go with it, wherever in the clause they stand."""

from __future__ import annotations

import re
from itertools import pairwise

from extract.concepts import Mention
from extract.link_words import BARRIER, LIST_JOINT
from extract.links import CONCEPT, GRADE, TIME, ConceptRun, ValueRun
from extract.quantities import PEOPLE, Quantity
from extract.severity import Severity

_JUST_AFTER = re.compile(
    rf"^[\])\s%]*(?:,\s*)?(?:respectively\s*,?\s*)?(?:of\s+(?:the\s+)?)?(?:{PEOPLE}\s+)?(?:,?\s*respectively\s*,?\s*)?(?:\(\s*)?(?:at|by|on|after|within|for|through|over|in|to)\s+(?:the\s+)?$|^\s*\(\s*$"
)
# 'Of 17 patients with PR at day 30, 6 improved to CR': the day tells who they are.
_OF_TOPIC = re.compile(rf"(?:^|[.;]\s+)(?:of|among)\b[^.;,]{{0,80}}{CONCEPT}\s+(?:at|on|by|after)\s+$")
_BEHIND = re.compile(
    r"^\s*(?:rates?\s+|status\s+)?(?:\([^()]{0,40}\)\s*)?(?:was\s+|were\s+)?(?:ongoing\s+|lasting\s+|maintained\s+|persisting\s+)?(?:at|by|on|after|within|in|for|through)\s+(?:the\s+)?$"
)
_BEST = re.compile(r"\bbest\b(?!\s+(?:available|supportive|of|possible))|\bb(?:orr|or|cr|crr)\b")
_AS_BEST = re.compile(rf"^[^.;,()\d{CONCEPT}]{{0,24}}\b(?:was|were|as)\s+(?:the\s+|their\s+|a\s+)?best\b")
# Depths of response, of which a patient's best may be told.
DEPTHS = frozenset({"ORR", "CR", "CRi", "CR/CRi", "sCR", "CR/sCR", "VGPR", ">=VGPR", "PR", "SD", "PD", "NR"})

_ADJECTIVE = re.compile(
    r"\b(?:bacterial|viral|fungal|parasitic|early|late|acute|chronic|severe|mild|moderate|any|clinical|minor|major|hepatic|renal|cardiac|local|systemic|overall|complete|partial)\s*$"
)


class Companions(Severity):
    """A clause that can tell grade and time of its values."""

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

    def _time_list(self, run: ValueRun, concepts: ConceptRun) -> list[str]:
        """Times in the same number as the values: '1- and 2-year OS were 81% and 62%'."""
        k = len(run.items)
        if k < 2:
            return []
        for t in self.times:
            if len(t.times) == k and abs(t.start - concepts.start) < 160:
                return list(t.times)
            if 1 < len(t.times) < k and k % len(t.times) == 0 and len(concepts.items) == 1 and t.end <= run.start:
                by_group = run.joints[len(t.times) - 1] >= run.joints[0]
                return [t.times[i % len(t.times)] if by_group else t.times[i // (k // len(t.times))] for i in range(k)]
        previous = max((q.end for q in self.values if q.end <= run.start), default=0)
        apart = [t for t in self.times if len(t.times) == 1 and previous <= t.start < run.start]
        if any(CONCEPT in self.skeleton[a.end : b.start] for a, b in pairwise(apart)):
            apart = []  # 'Landmarked at day 60, EFS at 3 years was …' is no list of times
        listed = [t.times[0] for t in apart]
        if len(listed) == k:
            return listed
        if 1 < len(listed) < k and k % len(listed) == 0 and len(concepts.items) == 1:
            # 'At 6 and 12 months OS was 86% and 67% in one and 79% and 55% in the other group'; or by time: '86% vs 79% and …'.
            by_group = run.joints[len(listed) - 1] >= run.joints[0]
            return [listed[i % len(listed)] if by_group else listed[i // (k // len(listed))] for i in range(k)]
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
        if mention.kind == "response" and mention.name in DEPTHS and self._is_best(mention, value):
            return "best"
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
        # 'cytopenias lasting more than 28 days (32%), infections (20%)': the time is of the first alone.
        times = [
            t
            for t in times
            if t.end >= mention.start
            or not any(
                t.end <= v.start < mention.start and re.match(r"^\s*[(\[]\s*$", self.skeleton[t.end : v.start])
                for v in self.values
            )
        ]
        since = max([v.end for v in self.values if v.end <= value.start] + [mention.end])
        fresh = [t for t in times if since <= t.start and t.end <= value.start and id(t) not in taken]
        if fresh and not (near_after and re.match(r"^\s*,\s*$", self.skeleton[fresh[-1].end : value.start])):
            return fresh[-1].times[0]
        if near_after and (taken or fresh or not head):
            return near_after[0].times[0]
        behind = [t for t in times if t.start >= run.end and _JUST_AFTER.match(self.skeleton[run.end : t.start])]
        if (
            behind and (taken or not head) and len(run.items) > 1
        ):  # '… and 50% and 76% at 12 months': the list shares what follows it
            return behind[0].times[0]
        again = [
            t
            for t in times
            if mention.end <= t.start
            and t.end <= run.start
            and not self.skeleton[t.end : run.start].strip()
            and re.search(r"[,;]\s*(?:and\s+|but\s+)?(?:at|by|after)\s+$", self.skeleton[: t.start])
            and any(mention.end <= v.start and v.end <= t.start for v in self.values)
        ]
        if head and again:
            return again[-1].times[0]  # 'At 12 months OS was 72%, at 24 months 60%'
        if head:
            return head[-1].times[0]
        behind_concept = [
            t
            for t in times
            if value.end <= mention.start <= t.start
            and (
                _BEHIND.match(self.skeleton[mention.end : t.start])
                or not self.skeleton[mention.end : t.start].strip()  # 'in remission 3 years after infusion'
            )
        ]
        if behind_concept:
            return behind_concept[0].times[0]
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
            and not _OF_TOPIC.search(self.skeleton, 0, t.start)
            and not BARRIER.search(self.skeleton[t.end : min(mention.start, value.start)])
        ]
        if before:
            return before[-1].times[0]
        if mention.kind == "survival":
            # Not the time that stands before another endpoint: '61% were alive, with a 2-year EFS of 48%'.
            after = [
                t
                for t in times
                if t.start >= value.end
                and ";" not in self.skeleton[value.end : t.start]
                and not (
                    t.start > mention.end and re.match(rf"[\s-]*(?:estimated\s+)?{CONCEPT}", self.skeleton[t.end :])
                )
            ]
            if after:
                return after[0].times[0]
            return self._time_before()
        return None

    def _is_best(self, mention: Mention, value: Quantity) -> bool:
        """'the best ORR was 84%', 'best response was CR in 5, PR in 3', 'PD as best response in 4'."""
        start, end = min(mention.start, value.start), max(mention.end, value.end)
        before = max(self.skeleton.rfind(";", 0, start), self.skeleton.rfind(". ", 0, start), start - 150, 0)
        led = _BEST.search(self.folded, before, max(mention.end, start))
        if led is not None:
            return TIME not in self.skeleton[led.start() : end] and not BARRIER.search(self.skeleton[led.end() : start])
        return bool(
            _AS_BEST.match(self.skeleton[end : end + 60])
            or _AS_BEST.match(self.skeleton[mention.end : mention.end + 60])
        )

    def _time_before(self) -> str | None:
        """The time of an earlier survival figure goes on: '1-year PFS was 51%, while OS was 74%'."""
        earlier = [link.time for link in self.links if link.mention.kind == "survival" and link.time]
        if earlier:
            return earlier[-1]
        return self.carried.time if re.search(r"\b(?:corresponding|respective|same|these)\b", self.folded) else None

    def _places(self, run: ValueRun, concepts: ConceptRun) -> list[int] | None:
        """Where the concepts stand in a list of as many things as values, some of them unknown.

        'Pruritus, dry mouth and CRS in 13, 12 and 9 patients, respectively': the third value is of CRS.
        """
        k = len(run.items)
        behind = re.search(r"\brespectively\b", self.skeleton[run.end : run.end + 60])
        if not behind or re.search(
            r"\band\b|\bvs\b|\bversus\b|\bor\b", self.skeleton[run.end : run.end + behind.start()]
        ):
            return None
        since = max([v.end for v in self.values if v.end <= concepts.start], default=0)
        since = max(since, self.skeleton.rfind(";", 0, concepts.start) + 1)
        joints = list(LIST_JOINT.finditer(self.skeleton, since, run.start))
        if len(joints) != k - 1 or (k == 2 and "," in joints[0][0]):
            return None
        if any(_ADJECTIVE.search(self.skeleton[max(since, m.start() - 16) : m.start()]) for m in joints):
            return None  # 'bacterial, viral and fungal infections'
        first, last = concepts.items[0], concepts.items[-1]
        if not (
            any(self._at_joint(m.end(), first.start) for m in joints)
            or any(self._at_joint(last.end, m.start()) for m in joints)
        ):
            return None
        # A known one further ahead stands in the list too: 'CRS, tinnitus and pruritus'.
        ahead = [c for c in self.concepts if since <= c.start < first.start and c.kind == first.kind]
        if ahead and len({sum(m.end() <= c.start for m in joints) for c in (*ahead, *concepts.items)}) == len(
            ahead
        ) + len(concepts.items):
            concepts.items[:0] = ahead
            concepts.start = ahead[0].start
        return [sum(m.end() <= c.start for m in joints) for c in concepts.items]

    def _at_joint(self, start: int, end: int) -> bool:
        return start <= end and not self.skeleton[start:end].strip(f" {GRADE}")
