"""Linking: which number belongs to which concept, read clause by clause as a reviewer does.

Values stand in runs ('27 (93%) and 32 (91%)'), concepts too ('CRS and ICANS'). Each value run looks left
for a concept that introduces it ('CRS occurred in 27') and right for one that it counts ('27 patients had
CRS'); `link_words` says by which words. A run of values pairs with a run of concepts, grades or
times of the same length ('respectively' or not).
"""

from __future__ import annotations

import re

from extract.concepts import Mention
from extract.emitting import Emitting, direct_claim
from extract.episodes import kind_of_infection
from extract.hazards import ratio_of
from extract.link_words import (
    ASSESSED,
    BARRIER,
    BRACKETED_GROUP,
    BY_GROUP,
    CARRY,
    CHANGE,
    COMPARED,
    COUNTED_EACH,
    DESCRIBES,
    DID,
    EQUALS,
    FOR_NAMED,
    FOR_SOME,
    GOES_ON,
    GROUP_NOUN,
    HANDLED,
    IN_BRACKET,
    IN_GROUP,
    INFECTION_KINDS,
    LASTING,
    LEFT_DIRECT,
    MADE_UP,
    MOST_COMMON,
    MOST_COMMON_OF,
    NEGATED_LIST,
    NEXT_GROUP,
    NOR,
    OBJECT,
    OTHER_PREDICATE,
    OTHERS,
    OVERCOME,
    PREDICATES,
    RESTATES,
    RIGHT_NEAR,
    RIGHT_PREDICATE,
    RIGHT_VERB,
    SAID_OF,
    SELECTED,
    SHARE_OF_THOSE,
    UNTOLD,
    UNTOLD_IN,
    VALUE_GAP,
)
from extract.links import CONCEPT, GRADE, Carried, ConceptRun, Link, ValueRun, lone
from extract.nested import (
    bracket_pairs,
    event_again,
    join_restated,
    mixed_lists,
    repeat_times,
    spread_times,
    told_again,
)
from extract.quantities import PEOPLE, Quantity
from extract.uncounted import denied_in, no_value


def link(folded: str, mentions: list[Mention], quantities: list[Quantity], carried: Carried) -> list[Link]:
    """All links of one sentence. `folded` is the sentence in lower case; `carried` is read and updated."""
    return _Reader(folded, mentions, quantities, carried).read()


# 'we followed infections for a long time in 41 patients': no verb between the two.
_STUDIED = re.compile(
    r"^(?!.*\b(?:occurr|develop|found|had|seen|observed|was|were|and)\w*)[^.;,()\d]{0,40}\bin\s+(?:the\s+)?$"
)


def _is_survival(run: ConceptRun | None) -> bool:
    return run is not None and run.items[0].kind == "survival"


class _Reader(Emitting):
    """Decides for every run of values which concept it belongs to."""

    def read(self) -> list[Link]:
        self.prepare()
        self._take_asides()
        self._tag_values()
        pairs = bracket_pairs(self)
        self.values = [q for q in self.values if not any(q is paired for _, paired in pairs)]
        value_runs = self._value_runs()
        concept_runs = mixed_lists(self, self._concept_runs(), value_runs)
        previous_end = 0
        earlier, self.carried.told = self.carried.told, ()
        latest, self.carried.latest = self.carried.latest, None
        for i, run in enumerate(value_runs):
            next_start = value_runs[i + 1].start if i + 1 < len(value_runs) else len(self.folded)
            known = len(self.links)
            if not self._by_pronoun(run, previous_end, earlier, latest):
                self._link_run(run, concept_runs, previous_end, next_start)
            if not (self._is_group_size(run) and len(self.links) == known):
                previous_end = max([run.end, *(q.tail for q in run.items)])
        for mention, q in pairs:
            self._emit(
                ValueRun([q], q.start, q.end),
                ConceptRun([mention], mention.start, mention.end),
                "bracket-pair",
                0.85,
                left=True,
            )
        join_restated(self)
        spread_times(self)
        repeat_times(self)
        self._link_asides()
        self._later_grades()
        for c in self.concepts:
            if c.name in LASTING:
                self.carried.event = c
            elif c.kind == "survival":
                self.carried.survival = c
            elif c.kind == "response":
                self.carried.response = c
        return self.links

    def _by_pronoun(
        self, run: ValueRun, previous_end: int, earlier: tuple[tuple[Mention, ...], ...], latest: Mention | None
    ) -> bool:
        """'… were 73% and 47%; at 3 months, they were 60% and 43%': the same endpoints again."""
        names = told_again(self, run, previous_end, self.carried.told or (earlier if previous_end == 0 else ()))
        if names:
            again = [Mention(m.kind, run.start, run.start, m.name) for m in names]
            self._emit(run, ConceptRun(again, run.start, run.start), "pronoun", 0.75, left=True)
            return True
        event = event_again(self, run, previous_end, latest)
        if event is None:
            return False
        last = self.links[-1].grade if self.links else None
        grade = last or (self.carried.grades[-1] if self.carried.grades else "any")
        known = len(self.links)
        self._emit(run, lone(event, run.start), "pronoun", 0.75, left=True)
        for one in self.links[known:]:
            one.grade = grade
        return True

    def _is_group_size(self, run: ValueRun) -> bool:
        """'the rate among treated patients (N = 55) was 71%': the size does not part the figure from its endpoint."""
        first = run.items[0]
        return (
            len(run.items) == 1
            and first.eq
            and first.bare
            and self.skeleton[run.start - 1 : run.start] == "("
            and bool(
                re.match(
                    r"[^()]{0,6}\)\s+(?:in\s+[\w\s-]{2,20}\s)?(?:was|were)\s", self.skeleton[run.end : run.end + 40]
                )
            )
        )

    def _link_run(self, run: ValueRun, concept_runs: list[ConceptRun], previous_end: int, next_start: int) -> None:
        first = run.items[0]
        inside = next((r for r in concept_runs if r.start >= run.start and r.end <= run.end), None)
        if inside is not None and first.kind == "hr" and inside.items[0].kind != "survival":
            inside = None
        before = next((r for r in reversed(concept_runs) if r.end <= run.start and r.start >= previous_end), None)
        if (
            inside is not None
            and GROUP_NOUN.match(self.folded[inside.start : inside.end + 14])
            and (before is not None or PREDICATES.match(self.folded[run.end : run.end + 30].lstrip(" )]")))
        ):
            inside = None
        if inside is not None:
            self._emit(run, inside, "inside", 0.95, left=True)
            return
        left = self._left_of(run, concept_runs)
        right = next((r for r in concept_runs if r.start >= run.end and r.start < next_start), None)
        gap_left = self.skeleton[max(left.end, previous_end) : run.start] if left else ""
        gap_right = self.skeleton[run.end : right.start] if right else ""
        fresh = left is not None and left.end > previous_end
        barrier = bool(BARRIER.search(gap_left)) and not GOES_ON.match(gap_left) and not IN_BRACKET.match(gap_left)
        if barrier and gap_left.strip() == ";" and fresh and self._depth(run.start) > 0:
            barrier, gap_left = False, ": "  # '(OS; 85% [95% CI, 75-91], EFS; 70%)'
        direct = fresh and not barrier and bool(LEFT_DIRECT.match(gap_left))
        if direct and first.bare and re.match(r"\s+and\s+$", gap_left) and OTHERS.match(self.folded, first.n_end):
            return  # '32 patients with ICANS and 22 matched controls'
        if len(run.items) > 1 and "respectively" in self.folded[run.end : run.end + 90]:
            same = [
                r
                for r in concept_runs
                if len(r.items) == len(run.items) and r.end <= run.start and r.start >= previous_end
            ]
            if (
                same
                and (left is None or len(left.items) != len(run.items))
                and not self._grade_list(run, same[-1], left=True)
            ):
                left, gap_left, fresh = same[-1], " ", True
                self._emit(run, left, "respectively", 0.9, left=True)
                return
        if first.all and left is not None and NEGATED_LIST.search(self.skeleton, max(0, left.start - 60), left.end):
            return  # 'without CRS or serious adverse events in all three patients'
        if first.kind in ("hr", "duration", "not_reached", "decimal"):
            self._link_survival(run, concept_runs, left, right, gap_left, gap_right, fresh, barrier)
            return
        infection = kind_of_infection(self, run, concept_runs)
        if infection is not None:
            self._emit(run, infection, "infection-kind", 0.8, left=True)
            return
        if self._is_topic(run, right, gap_right, next_start) or denied_in(self.skeleton, first, run.start):
            return
        did = DID.match(self.skeleton, run.end)
        verb = next((r for r in reversed(concept_runs) if r.end <= run.start), None) if did else None
        if verb is not None and verb.items[0].kind in ("response", "events"):
            self._emit(run, verb, "did-so", 0.8, left=True)
            return
        if first.bare and (UNTOLD.match(self.folded, first.n_end) or UNTOLD_IN.search(self.folded, 0, run.start)):
            return
        if not (_is_survival(right) and FOR_NAMED.match(gap_right)) and self._other_group(
            run, concept_runs, previous_end
        ):
            return
        if first.percent is not None and self._of_a_test(run):
            return  # 'with a sensitivity of 85%'
        if first.bare and (
            self._counts_none(run, left, right, gap_left, gap_right)
            or no_value(self.folded, self.skeleton, first, run.start, previous_end)
        ):
            return
        if (
            (direct or (fresh and not barrier and left is not None and _STUDIED.match(gap_left)))
            and first.bare
            and first.noun
            and DESCRIBES.search(self.folded[: run.start])
            and re.match(
                rf"^\s*(?:[\w-]+\s+){{0,6}}?(?:{PEOPLE})\s*(?:\([^()]*\)\s*)?(?:receiving|treated|with|who|undergoing|infused|given)\b",
                self.folded[first.n_end : first.n_end + 90],
            )
        ):
            return  # 'we examined infections in 3350 patients receiving …' tells the cohort
        if re.search(r"\b(?:whom|which)\s*,?\s*$", gap_left) and OTHER_PREDICATE.match(
            self.skeleton[run.end : run.end + 60]
        ):
            return  # 'ten relapsed, of whom six received …'
        if left is not None and right is not None and (wider := self._wider(run, left, right, concept_runs, gap_right)):
            self._emit(run, wider, "outside-bracket", 0.8, left=True)
            return
        if first.percent is not None and CHANGE.match(self.folded, run.end):
            return  # 'came with a 12% (95% CI, 8-16) reduction'
        if (
            left is not None
            and left.items[-1].kind == "response"
            and first.bare
            and fresh
            and ASSESSED.search(gap_left)
            and (right is None or not RIGHT_NEAR.match(gap_right))
        ):
            return  # 'response was assessed in 40 patients', 'response among the 60 evaluable patients: CR 45%'
        if first.eq and first.bare and not EQUALS.search(self.skeleton[: run.start]):
            return
        shared = self._share_of(run, right, concept_runs, next_start, gap_right)
        if shared is not None:
            self._emit(run, shared, "share-of-responders", 0.85, left=False)
            return
        if (
            right is not None
            and not direct_claim(gap_left)
            and re.match(r"^[\])%\s]*$", gap_right)
            and SAID_OF.search(self.folded[right.start : right.end])
        ):
            self._emit(run, right, "value-verb-concept", 0.9, left=False)  # 'and in 42 of them MRD was undetectable'
            return
        if (
            direct
            and left is not None
            and first.bare
            and re.match(r"^\s*[,:]\s*$", gap_left)
            and re.match(r"\s*\)", self.skeleton[run.end :])
            and self._depth(run.start) > 0
        ):
            self._emit(run, left, "concept-in-value", 0.9, left=True)  # '(CR, 5; VGPR, 2) remained in response'
            return
        if right is not None and left is not None and fresh and MADE_UP.match(gap_left):
            right = None  # 'antigen loss accounted for 8 of the 19 relapses'
        if right is not None and MOST_COMMON.match(gap_right):
            right = None  # 'Neutropenia (any grade, 90%; grade 3, 86%) was the most common adverse event'
        if right is not None and (
            re.search(
                r"\b(?:because|since|not|never|no|than|fail(?:ed|ure)?|prognostic|predict\w*|associat\w+|correlat\w+)\b|\bwithout\b[^.;,]{0,12}$",
                gap_right,
            )
            or (first.n is None and re.match(r"^[\])%\s]*of\s+(?:the\s+|all\s+|these\s+)?$", gap_right))
        ):
            right = None  # 'did not achieve'; '86% of relapses were …' is a share of relapses
        if right is not None and first.n is None and first.total_span is not None and SHARE_OF_THOSE.match(gap_right):
            right = None  # '79% of the 42 patients who had a CR' is a share of them
        if right is not None and BARRIER.search(gap_right) and self._depth(run.start) > 0:
            right = None  # '… compared to tisa-cel (70%) but was followed by CRS'
        if right is not None and left is not None and _is_survival(left) and FOR_SOME.match(gap_right):
            right = None  # 'EFS was 80% with a transplant and 50% for all in CR'
        if right is not None:
            if SELECTED.search(self.folded[max(0, run.start - 120) : run.start]) and re.match(
                rf"^\s*(?:[\w-]+\s+){{0,3}}(?:{PEOPLE})\s+(?:with|who\s+(?:had|have|achieved|attained|developed|experienced|were\s+in)|achieving|attaining|developing|in\s+whom\b[^.;,]{{0,50}}?)\s+(?:[\w{GRADE}-]+\s+){{0,3}}$",
                gap_right,
            ):
                return
            found, gap_right = self._past_groups(run, right, concept_runs, next_start, gap_right)
            if found is None and not gap_right:
                return
            right = found
        if right is not None:
            word = self.folded[right.start : right.end]
            told = direct and self._closes(gap_left) and not (gap_left.rstrip().endswith(":") and first.noun)
            right_verb = bool(RIGHT_VERB.match(gap_right)) or (
                bool(PREDICATES.match(word)) and bool(RIGHT_PREDICATE.match(gap_right))
            )
            if re.match(r"\s*[\])]?\s*[,;]", gap_right) and not re.search(
                r"\b(?:who|whom|which|of\s+them)\b", gap_right
            ):
                # '27 patients, i.e. 65.9%, attained CR' goes on behind its aside.
                right_verb = right_verb and bool(
                    re.search(r",\s*(?:i\.e\.,?\s*)?[\d.]+\s?%$", self.folded[first.start : run.end])
                )
            if right_verb and not told and not self._has_own_value(right, next_start, gap_right):
                self._emit(run, right, "value-verb-concept", 0.92, left=False)
                return
        if (
            right is not None
            and re.match(rf"^[\])%\s]*for\s+(?:the\s+)?(?:median\s+)?(?:{GRADE}+\s*)?$", gap_right)
            and not (direct and self._closes(gap_left))
            and "responder" not in self.folded[right.start : right.end]
        ):
            if self.links and right.items[0].name == "NR":
                return  # '29% for CR vs 61% for nonresponse' names a group
            self._emit(run, right, "value-for-concept", 0.9, left=False)
            return
        if (
            right is not None
            and left is not None
            and (
                re.search(r"[(\[]\s*(?:only\s+)?$", gap_left)
                or (
                    gap_left.strip() in (":", "–", "—")
                    and (right.items[0].kind == "response" or left.items[-1].name in ("DLT", "AE", "SAE"))
                )
            )
            and RIGHT_NEAR.match(gap_right)
        ):
            # 'two had relapsed (one CD7-negative)': in a bracket a count goes with what it counts there.
            closes = re.search(r"[)\]]", self.skeleton[run.end :])
            if (
                (first.bare or ("(" not in gap_left and re.match(r"^[\])%\s]*(?:an?\s+)?$", gap_right)))
                and (closes is None or "(" not in gap_left or right.end <= run.end + closes.start())
                and not ("(" in gap_left and re.match(r"\s*[\])]", gap_right))
            ):
                self._emit(run, right, "value-concept", 0.85, left=False)
                return
        procedure = left is not None and left.items[0].kind == "procedures"
        if (
            direct
            and (procedure or (right is None and first.bare))
            and re.match(r"^\s*(?:,|and|,\s*and)\s*$", gap_left)
        ):
            if OTHER_PREDICATE.match(self.skeleton[run.end : run.end + 60]):
                return  # '38 received a transplant, 30 received maintenance'
        if direct and left is not None and (self._closes(gap_left) or right is None or not RIGHT_NEAR.match(gap_right)):
            self._emit(run, left, "concept-in-value", 0.95, left=True)
            return
        if right is not None and RIGHT_NEAR.match(gap_right) and not self._has_own_value(right, next_start, gap_right):
            self._emit(run, right, "value-concept", 0.85, left=False)
            return
        if (
            OTHER_PREDICATE.match(self.skeleton[run.end : run.end + 60])
            and not self._closes(gap_left)
            and self._depth(run.start) == 0
        ):
            return
        if direct and left is not None:
            self._emit(run, left, "concept-in-value", 0.9, left=True)
            return
        if (
            left is not None
            and re.match(r"\s*,?\s+and\s+[a-z]+ed\b", gap_left)
            and OBJECT.search(self.folded[: left.start])
        ):
            return
        if fresh and not barrier and left is not None and len(gap_left) <= 140 and not HANDLED.match(gap_left):
            self._emit(run, left, "concept-later-value", 0.7, left=True)
            return
        if left is not None and not fresh and self.links and RESTATES.search(gap_left):
            self._emit(run, left, "restated", 0.85, left=True)
            self.links[-1].restates = next(
                (o.quantity for o in reversed(self.links[:-1]) if o.quantity is not None), None
            )
            return
        if left is not None and not fresh and self._carries(previous_end, run):
            self._emit(run, left, "carried-in-sentence", 0.8, left=True)
            return
        if left is not None and not fresh and self.links and BY_GROUP.match(self.folded[previous_end : run.start]):
            self._emit(run, left, "by-group", 0.8, left=True)
            return
        event = self._event_of_grade(run, left)
        if event is not None:
            self._emit(run, event, "graded-events", 0.75, left=True)
            return
        if left is None and self.carried.event is not None and self._goes_on_graded(run):
            again = self.carried.event
            self._emit(run, lone(again, run.start), "carried-event", 0.75, left=True)
            return
        if (
            right is not None
            and not BARRIER.search(gap_right)
            and len(gap_right) <= 60
            and "," not in gap_right
            and ":" not in gap_right
            and not (right.items[0].kind == "events" and re.search(r"\bfor\s+(?:[\w-]+\s+)?$", gap_right))
            and not self._has_own_value(right, next_start, gap_right)
        ):
            self._emit(run, right, "value-later-concept", 0.5, left=False)

    def _other_group(self, run: ValueRun, concept_runs: list[ConceptRun], previous_end: int) -> bool:
        """'PFS was 62% with CR, 20% with PR': the second figure is of the same endpoint in another group."""
        again = self._goes_on(run, previous_end)
        if again is None:
            return False
        listed = next((r for r in concept_runs if again in r.items and len(r.items) == len(run.items)), None)
        self._emit(run, listed or ConceptRun([again], again.start, again.end), "same-endpoint-of-group", 0.8, left=True)
        return True

    def _left_of(self, run: ValueRun, concept_runs: list[ConceptRun]) -> ConceptRun | None:
        """The nearest concept before a value that may introduce it.

        Passed over: concepts in a bracket that is closed by then ('ORR was 90% (CR 60%), 80%'), and concepts
        that only describe a group ('PFS was longer in those with CR (24 months)').
        """
        before = [r for r in concept_runs if r.end <= run.start]
        depth = self._depth(run.start)
        open_ones = [r for r in before if self._depth(r.start) <= depth]
        own = [r for r in open_ones if not self._describes(r)]
        found = own or open_ones or before
        if found and found[-1] not in own and (self._is_told_of(found[-1], run) or self._did_else(run)):
            return None
        if len(found) > 1 and found[-1].items[0].name in ("AE", "SAE"):
            between = self.skeleton[found[-2].end : found[-1].start]
            if MOST_COMMON_OF.match(between):  # 'CRS was the most common adverse event (51%)'
                return found[-2]
        return found[-1] if found else None

    def _has_own_value(self, right: ConceptRun, next_start: int, gap_right: str) -> bool:
        """Whether the concept on the right introduces the next value itself: '…, CRS in 5'."""
        if next_start >= len(self.folded) or self.folded.endswith("responded", right.start, right.end):
            return False
        gap = self.skeleton[right.end : next_start]
        if re.match(r"^\s*\(\s*(?:n\s?=\s?)?$", gap) and COUNTED_EACH.match(self.skeleton, right.end):
            return True  # 'the other four had SD (1) or PD (3)'
        if re.search(r"[(\[]\s*$", gap_right) and re.match(r"^\s*(?:rates?\s*)?(?:of\s+|was\s+|[:=,]\s*)?$", gap):
            return True  # 'ORR was 90% (CR 60%), 80% (CR 70%)'
        if not re.match(
            rf"^\s*(?:rates?\s+)?(?:{GRADE}*\s*)?(?:\(|:|=|was|were|of|in|occurred\s+in|,\s*{GRADE})", gap
        ) or not LEFT_DIRECT.match(gap):
            return False
        return bool(re.search(r"(?:,|\band\b)\s*(?:the\s+|a\s+)?$", gap_right)) or bool(
            re.search(r"\band\b|,|\(", gap_right)
        )

    def _carries(self, previous_end: int, run: ValueRun) -> bool:
        start, first = run.start, run.items[0]
        gap = re.sub(rf"\b(for|in|among)\s+{CONCEPT}+(?=\s+and\b)", r"\1 them", self.skeleton[previous_end:start])
        return (
            len(gap) < 110
            and CONCEPT not in gap
            and not OVERCOME.search(gap)
            and bool(
                CARRY.match(gap)
                or GOES_ON.match(gap)
                or VALUE_GAP.match(gap)
                or IN_GROUP.match(gap)
                or (BRACKETED_GROUP.match(gap) and not first.bare)
                or (NEXT_GROUP.match(gap) and not first.bare and not self._next_of_list(previous_end, gap))
                or (COMPARED.match(gap) and not first.bare)
                or (INFECTION_KINDS.match(gap) and self.links and self.links[-1].mention.name == "infection")
            )
        )

    def _link_survival(
        self,
        run: ValueRun,
        concept_runs: list[ConceptRun],
        left: ConceptRun | None,
        right: ConceptRun | None,
        gap_left: str,
        gap_right: str,
        fresh: bool,
        barrier: bool,
    ) -> None:
        first = run.items[0]
        if first.kind == "hr":
            ratio = ratio_of(self.folded, self.skeleton, run, concept_runs, self.values)
            if ratio is not None:
                self._emit(run, ratio.concepts, ratio.rule, ratio.strength, left=ratio.left)
            return
        if (
            right is not None
            and _is_survival(right)
            and not gap_right.strip(" -")
            and re.search(r"\bmedian\s+(?:of\s+)?$", self.folded[max(0, first.start - 12) : first.start])
        ):
            self._emit(run, right, "value-median", 0.85, left=False)  # 'a median 8.5-month overall survival'
            return
        if right is not None and _is_survival(right) and NOR.match(self.folded, first.start):
            self._emit(run, right, "nor-reached", 0.85, left=False)
            return
        if len(run.items) > 1 and self._one_by_one(run):
            return
        if barrier and self._other_group(
            run, concept_runs, max([v.end for v in self.values if v.end <= run.start] or [0])
        ):
            return
        if left is not None and not _is_survival(left):
            earlier = [r for r in concept_runs if r.end <= left.start and _is_survival(r)]
            if (
                earlier
                and "median" in self.folded[max(0, earlier[-1].start - 30) : run.start]
                and run.start - earlier[-1].end < 120
            ):
                left, fresh = (
                    earlier[-1],
                    not any(v.start >= earlier[-1].end and v.end <= run.start for v in self.values),
                )
                gap_left = self.skeleton[left.end : run.start]
        if (
            _is_survival(right)
            and re.match(r"^[^.;]{0,40}\b(?:for|of)\b\s*(?:the\s+|median\s+)*$", gap_right)
            and not fresh
            and right is not None
        ):
            self._emit(run, right, "median-for", 0.8, left=False)
            return
        if (
            left is not None
            and _is_survival(left)
            and first.kind != "not_reached"
            and re.search(r"\bmean\s*(?:\([^()]*\)\s*)?$", self.folded[max(0, left.start - 16) : left.start])
        ):
            return  # a mean is no median
        if left is not None and _is_survival(left) and not barrier and len(gap_left) < 120:
            if fresh and (self._median_near(left, run) or LEFT_DIRECT.match(gap_left)):
                self._emit(run, left, "median", 0.95 if self._median_near(left, run) else 0.8, left=True)
            elif not fresh and (self._carries(left.end, run) or self._median_near(left, run)):
                self._emit(run, left, "carried-median", 0.75, left=True)
        elif right is not None and _is_survival(right) and re.match(r"^[\])\s]*(?:median\s+)?$", gap_right):
            self._emit(run, right, "value-median", 0.7, left=False)

    def _median_near(self, left: ConceptRun, run: ValueRun) -> bool:
        return "median" in self.folded[max(0, left.start - 40) : run.start] or self.folded[
            left.start : left.end
        ].startswith("m")
