"""Who is counted: a group that a value is told of, and the concept that is told of the group."""

from __future__ import annotations

import re

from extract.companions import DEPTHS, Companions
from extract.concepts import Mention
from extract.link_words import (
    AND_PEOPLE,
    CONVERTED,
    DESCRIBED,
    DESCRIBED_PAIR,
    FIRST_LABEL,
    FOR_GROUP,
    GROUP_NOUN,
    IN_STATE,
    LASTING_STATE,
    NEXT_LABEL,
    ONGOING,
    OTHER_GROUP,
    OTHER_PREDICATE,
    OTHERS,
    OVER_TIME,
    PREDICATES,
    REMISSIONS,
    RIGHT_PREDICATE,
    RIGHT_VERB,
    TOLD_OF,
    TOPIC,
    UNDER_TREATMENT,
    UNKNOWN_NEXT,
)
from extract.links import GRADE, ConceptRun, ValueRun
from extract.quantities import PEOPLE

# In which patients may be when something is told of them: '14 of the 15 patients in PR progressed'.
STATES = REMISSIONS | {"PR", "SD", "VGPR", "sCR", "CR/sCR"}


class Whom(Companions):
    """A clause that can tell 'the 16 responders' from what became of them."""

    def _describes(self, run: ConceptRun) -> bool:
        """Whether a concept only says who: 'those with CR', 'MRD negativity among responders', 'RFS among CRi patients'."""
        before = self.skeleton[max(0, run.start - 70) : run.start]
        if DESCRIBED.search(before.replace(GRADE, "-")):
            return True
        if run.items[0].name in REMISSIONS and IN_STATE.search(before) and self._is_subject(run):
            return True
        word, after = self.folded[run.start : run.end], self.folded[run.end : run.end + 12]
        if DESCRIBED_PAIR.search(before) and AND_PEOPLE.match(self.skeleton[run.end : run.end + 40]):
            return True
        if word.endswith("negative") and re.search(r"\b(?:in|for|among)\s+(?:the\s+)?$", before):
            return True
        if run.items[0].kind == "procedures" and UNDER_TREATMENT.search(before):
            return True
        return bool(re.search(r"\b(?:in|for|among|of|within)\s+(?:the\s+|all\s+|\w+\s+)?$", before)) and (
            "responder" in word or bool(re.match(rf"\s+(?:{PEOPLE})\b", after))
        )

    def _is_told_of(self, run: ConceptRun, value: ValueRun) -> bool:
        """'Patients who developed CRS had more prior infections (38%)': the value is of what those patients had."""
        between = self.skeleton[run.end : value.start]
        who = DESCRIBED.search(self.skeleton[max(0, run.start - 70) : run.start].replace(GRADE, "-"))
        return run.items[0].kind == "events" and who is not None and bool(TOLD_OF.match(between))

    def _one_by_one(self, run: ValueRun) -> bool:
        """'Two patients had SD, with PFS of 3.8 and 5.4 months': what each of them had is no median."""
        before = self.folded[max(0, run.start - 120) : run.start]
        counted = [q for q in self.values if q.bare and q.noun and run.start - 120 < q.start < run.start]
        return bool(counted) and counted[-1].n == len(run.items) and "median" not in before and ";" not in before

    def _did_else(self, run: ValueRun) -> bool:
        """'Among 7 CR patients, 3 proceeded to transplantation': told of what three of them did, not of the CR."""
        return run.items[0].bare and bool(OTHER_PREDICATE.match(self.skeleton[run.end : run.end + 60]))

    def _depth(self, at: int) -> int:
        return self.skeleton.count("(", 0, at) - self.skeleton.count(")", 0, at)

    def _share_of(
        self, run: ValueRun, right: ConceptRun | None, concept_runs: list[ConceptRun], next_start: int, gap: str
    ) -> ConceptRun | None:
        """'40% of responders relapsed', '64% of the CRs were ongoing': what is told of a share of those who responded."""
        if right is None or run.items[0].n is not None or right.items[0].name not in DEPTHS or len(right.items) > 1:
            return None
        if not re.match(r"^[\])%\s]*of\s+(?:the\s+|all\s+|these\s+|our\s+)?(?:[\w-]+\s+){0,2}$", gap):
            return None
        if ONGOING.match(self.skeleton[right.end :]):
            return right
        later = next((r for r in concept_runs if right.end <= r.start < next_start), None)
        if later is None or later.items[0].kind == "survival":
            return None
        between = self.skeleton[right.end : later.start]
        told = bool(PREDICATES.match(self.folded[later.start : later.end])) and bool(RIGHT_PREDICATE.match(between))
        return later if told or RIGHT_VERB.match(between) else None

    def _past_groups(
        self, run: ValueRun, right: ConceptRun, concept_runs: list[ConceptRun], next_start: int, gap: str
    ) -> tuple[ConceptRun | None, str]:
        """The concept that counts the value, past one that only says who is counted.

        '9 of the 16 responders relapsed', 'Seven patients in CR were bridged', '7 responders received …'.
        None where nothing but the group is named.
        """
        converted = CONVERTED.match(self.skeleton[right.end :]) if right.items[0].name in DEPTHS else None
        if converted and (later := next((r for r in concept_runs if r.start == right.end + converted.end()), None)):
            return later, " had "
        if not self._names_group(right, gap):
            return right, gap
        later = next((r for r in concept_runs if r.start >= right.end and r.start < next_start), None)
        if re.search(r"\b(?:in|for|among)\s+(?:the\s+)?$", gap) and "responder" in self.folded[right.start : right.end]:
            return None, "in"
        if later is None:
            return (None, "") if self._is_subject(right) else (right, gap)
        between = self.skeleton[right.end : later.start]
        word = self.folded[later.start : later.end]
        if re.match(r"\s*(?:after|following|before|post)\b", between):
            return right, gap  # 'relapsed after consolidative transplantation'
        if len(between) < 60 and (
            (PREDICATES.match(word) and RIGHT_PREDICATE.match(between)) or RIGHT_VERB.match(between)
        ):
            return later, between
        return (None, "") if self._is_subject(right) else (right, gap)

    def _wider(
        self, run: ValueRun, left: ConceptRun, right: ConceptRun, concept_runs: list[ConceptRun], gap: str
    ) -> ConceptRun | None:
        """'ORR was 84%, including 63% CR, and at 90 days 70% (CR 61%)': 70% is not of what stands in its bracket."""
        name = right.items[0].name
        if left.items[-1].name != name or name not in DEPTHS or not re.match(r"^[%\s]*[(\[]\s*$", gap):
            return None
        if not re.match(r"\s*(?:rates?\s*)?(?:of\s+|was\s+|[:=,]\s*)?\d", self.skeleton[right.end : right.end + 16]):
            return None
        return next(
            (
                r
                for r in reversed(concept_runs)
                if r.end <= run.start and r.items[0].name in DEPTHS and r.items[0].name != name
            ),
            None,
        )

    def _names_group(self, right: ConceptRun, gap: str) -> bool:
        if len(right.items) > 1:
            return False
        noun = self.folded[right.start : right.end + 14]
        if GROUP_NOUN.match(noun) and re.match(r"^[\])%\s]*(?:[\w-]+\s+){0,3}$", gap):
            after = self.folded[right.end : right.end + 40]
            if re.search(r"\b(?:in|for|among)\s+(?:the\s+)?$", gap):
                return True
            return not re.match(
                r"\s*(?:were|was|are|is|remain\w*)\s+(?:still\s+)?(?:ongoing|maintained|durable|sustained|observed|seen|noted|reported|recorded|achieved|documented)",
                after,
            )
        first = right.items[0]
        if re.match(
            rf"^[\])%\s]*(?:of\s+(?:the\s+|all\s+|these\s+)?)?(?:[\w-]+\s+){{0,2}}?(?:{PEOPLE}|those)\s+(?:with|who\s+(?:had|developed|achieved|obtained|attained|reached)|developing|experiencing|achieving|attaining)\s+(?:[\w{GRADE}-]+\s+){{0,2}}$",
            gap,
        ):
            return bool(
                re.match(
                    r"\s*(?:\([^()]*\)\s*)?(?:and\s+who\s+[^.;,]{0,50}?\s)?(?:also\s+|proceed|bridg|subsequently|went|had\s+|have\s+|were\s+|was\s+|developed|experienced|achieved|died|received|required|relapsed|responded|underwent|showed|obtained|attained|became|converted)",
                    self.folded[right.end : right.end + 40],
                )
            )
        return (
            first.name in STATES
            and bool(re.search(rf"\bin\s+(?:an?\s+)?{LASTING_STATE}$", gap))
            and not re.search(r"\b(?:were|was|are|is|remain\w*|still|alive|stay\w*|continu\w+|being)\b", gap)
        )

    def _is_subject(self, right: ConceptRun) -> bool:
        """Whether the group goes on to do or have something: 'responders received …'."""
        after = self.folded[right.end : right.end + 36]
        return bool(
            re.match(
                rf"\s*(?:{PEOPLE}\s+)?(?:received|underwent|had|have|were|was|proceeded|did|died|without|who|with|went|remained|progressed|converted|became|discontinued|developed|completed|lost|showed|required|survived|at\s+(?:baseline|infusion|the\s+time))\b",
                after,
            )
        )

    def _closes(self, gap_left: str) -> bool:
        """'CRS occurred in 27 …', 'CRS (27 …': the concept on the left claims the value whatever follows."""
        return (
            bool(
                re.search(
                    r"(?:\bin|\bof|[(\[:=]|\bwas|\bwere|\bfor|\bto|\bby|\bas\s+(?:low|high)\s+as)\s*(?:only\s+|just\s+|the\s+|all\s+|approximately\s+|about\s+)*$",
                    gap_left,
                )
            )
            or not gap_left.strip()
        )

    def _goes_on(self, run: ValueRun, previous_end: int) -> Mention | None:
        """The survival endpoint of the figure before, where this one is of the same in another group."""
        before = self.links[-1] if self.links else None
        first = run.items[0]
        if (
            before is None
            or before.quantity is None
            or before.mention.kind != "survival"
            or (first.kind != before.quantity.kind and not {first.kind, before.quantity.kind} <= OVER_TIME)
            or first.n is not None
            or max(before.quantity.end, before.quantity.tail) != previous_end
            or not before.rule.startswith(("concept", "carried", "median", "same"))
            or any(c.kind == "survival" and previous_end <= c.start < run.start for c in self.concepts)
        ):
            return None
        gap = self.skeleton[previous_end : run.start]
        told = len(gap) <= 150 and OTHER_GROUP.match(gap) and FOR_GROUP.match(self.skeleton[run.end : run.end + 90])
        labelled = NEXT_LABEL.match(gap) and FIRST_LABEL.search(self.skeleton[: before.quantity.start])
        if not told and not labelled:
            return None
        depth = self._depth(run.start)
        if self._depth(before.mention.start) <= depth:
            return before.mention
        # 'EFS was 18% (OS 16%), but with later relapse it was 55%': the endpoint outside the bracket goes on.
        outside = [
            o.mention for o in self.links if o.mention.kind == "survival" and self._depth(o.mention.start) <= depth
        ]
        return outside[-1] if outside else None

    def _next_of_list(self, previous_end: int, gap: str) -> bool:
        """'neutropenia (41%) and low cell counts (20%)': behind an event in a list, not another group but an unknown."""
        before = [c for c in self.concepts if c.end <= previous_end]
        event = bool(before) and before[-1].kind == "events" and before[-1].name not in ("death", "all-cause death")
        return event and bool(UNKNOWN_NEXT.match(gap))

    def _is_topic(self, run: ValueRun, right: ConceptRun | None, gap_right: str, next_start: int) -> bool:
        """'Of 36 children …, 33', 'Among 11 patients in remission, …': a denominator, not a result."""
        q = run.items[0]
        if not q.bare or len(run.items) > 1:
            return False
        before = self.folded[max(0, q.start - 22) : q.start]
        if TOPIC.search(before):
            return right is None or bool(gap_right.strip()) or bool(OTHERS.match(self.folded, right.end))
        if right is not None and re.match(rf"^\s*(?:[\w-]+\s+){{0,3}}?(?:{PEOPLE})\s+$", gap_right):
            return False  # 'In 5 patients stable disease lasted half a year'
        return bool(
            re.search(r"(?:^|[;:.]\s*)in\s+(?:the\s+|these\s+|all\s+|those\s+|our\s+|a\s+cohort\s+of\s+)*$", before)
            and q.noun
            and next_start < len(self.folded)
        )
