"""The desk: what one curator sees of a study, and does with it. Opened for a page or an act, closed after it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from os import PathLike
from pathlib import Path
from typing import Any, Self

from cartevidence import wording
from cartevidence.review import acts
from cartevidence.review.adjudicating import pair_rows
from cartevidence.review.agreement import AgreementReport, report
from cartevidence.review.bench import Bench, OwnBench, bench, still_open
from cartevidence.review.desk_types import Assigned, DeskFact, DeskStudy, Entry, Need, QueueItem
from cartevidence.review.entries import blind_entries, entry
from cartevidence.review.live_check import failed_checks, largest_cohort
from cartevidence.review.merging import merge_finished, pair_name
from cartevidence.review.moved import on_former_text, take_over
from cartevidence.review.pairs import overlap
from cartevidence.review.places import Place, place_of, told
from cartevidence.review.rules import RuleReport, rule_report
from cartevidence.review.study import desk_facts, desk_study
from cartevidence.review.values import added, corrected
from db.blind import Blind, reading_blind, writing_blind
from db.query import Filters
from db.reviewing import NEEDS, Asked, Review, deciding, reading
from db.standing import StoredFact
from models.decision import Decision
from models.errors import Busy, InvalidData, Stale, StoreError
from models.evidence import Fact
from models.names import label
from models.record import Record
from models.vocabulary import vocabulary

LOW = 0.6  # facts with less confidence need eyes before the rest
LONGEST_NAME = 60


class Desk:
    """One curator at one database. Use it as a context manager, within one thread.

    Every act names the last decision that its curator saw (`seen`, from DeskFact.seen) and is one transaction: all of
    it is stored, or nothing. It gives the study as it stands afterwards. Raises Stale when another decision came
    between, Busy when another program keeps the file for `wait` seconds, InvalidData naming the field for values that
    do not fit, StoreError for a study or fact that is not there.
    """

    def __init__(self, path: str | PathLike[str], curator: str, *, wait: float = 3.0) -> None:
        self.path = Path(path)
        self.curator = curator_name(curator)
        self._wait = wait
        self._open = ExitStack()
        self._review: Review
        self._blind: Blind
        self._looked_through: set[tuple[str, str]] = set()

    def __enter__(self) -> Self:
        self._look()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    # Reading

    def queue(
        self,
        *,
        need: Need | None = None,
        target: str | None = None,
        disease: str | None = None,
        search: str | None = None,
        mine: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[list[QueueItem], int]:
        """A page of the studies, what needs eyes first before the rest, then by PMID; and how many there are.

        Names of targets and diseases may be typed as in papers; a disease takes in narrower ones. `search`: words of
        title or abstract, or a PMID; `mine`: only studies assigned to this curator.
        """
        asked = self._asked(need=need, filters=_filters(target, disease, search), mine=mine)
        rows, total = self._review.queue(asked, limit=limit, offset=offset)
        return [_item(row) for row in rows], total

    def progress(self) -> dict[str, int]:
        """`studies`, `facts`, `decided` (facts), and by need how many studies have it."""
        return self._review.progress(self._asked())

    def study(self, pmid: str) -> DeskStudy:
        """A study as this curator may see it. Raises StoreError for one that is not stored."""
        record = self._record(pmid)
        place = self._place(pmid)
        return desk_study(
            record,
            self._review.study(pmid),
            place.facts,
            same_trial=self._review.same_trial(pmid),
            beside=self._review.beside(pmid, self._asked()),
            mode=place.mode,
            opinions=place.opinions,
            finished=place.finished or (place.mode == "open" and (pmid, record.text_hash) in self._looked_through),
        )

    def history(self, pmid: str) -> list[Entry]:
        """Every decision on a study that this curator may see, the newest first. Raises StoreError for no study.

        What a pair decided blind is among them once both have finished; before, only one's own.
        """
        self._record(pmid)
        entries = [entry(row) for row in self._review.history(pmid)]
        assignment = self._blind.assignment(pmid)
        for curator in assignment.curators if assignment is not None else ():
            if assignment is not None and (curator == self.curator or assignment.complete):
                entries += blind_entries(self._blind.decisions(pmid, curator))
        return sorted(entries, key=lambda one: (one.at, one.mode == "open", one.id), reverse=True)

    # Acts that are not on one fact

    def finish(self, pmid: str) -> DeskStudy:
        """Say that a study is looked through to its end: every fact decided, nothing left to add.

        Of a pair: nothing more can be changed then, and what both decided alike is put together when the second one
        has finished. Raises StoreError while facts are undecided.
        """
        record, place = self._record(pmid), self._place(pmid)
        if place.mode not in ("open", "blind"):
            raise StoreError("There is nothing to finish on this study for you; look at it again")
        with writing_blind(self.path, wait=self._wait) as blind:
            facts = self._review.facts(pmid)
            if place.mode == "blind":
                facts = OwnBench(blind, still_open(blind, pmid, self.curator), self.curator).facts()
            left = sum(stored.status == "unreviewed" for stored in facts)
            if left:
                raise StoreError(
                    f"{wording.plural(left, 'fact is', 'facts are')} not decided yet; decide on all, then finish"
                )
            blind.finish(pmid, self.curator, record.text_hash, of_pair=place.mode == "blind")
        return self._after(pmid)

    def assign(self, pmids: Sequence[str], curators: tuple[str, str]) -> None:
        """Give studies to two curators to review blind: all of them, or none.

        Raises StoreError for a study that is not stored or not extracted, has decisions, or was given out before.
        """
        first, second = (curator_name(name) for name in curators)
        if first.casefold() == second.casefold():
            raise InvalidData("curators: name two different ones")
        with deciding(self.path, wait=self._wait) as review, writing_blind(self.path, wait=self._wait) as blind:
            decided = review.decided_on(pmids)
            for pmid in dict.fromkeys(pmids):
                record = _stored(review, pmid)
                if review.study(pmid) is None:
                    raise StoreError(f"The study {pmid} is not extracted yet; use cartevidence extract, then assign it")
                if pmid in decided:
                    raise StoreError(f"The study {pmid} has decisions already, which both would see; leave it out")
                facts = [stored.fact for stored in review.facts(pmid)]
                blind.assign(pmid, (first, second), self.curator, record.text_hash, facts)
        self._look()

    def assignments(self) -> list[Assigned]:
        """What was given to pairs, by PMID, and how far they are."""
        rows = []
        for one in self._blind.assignments():
            record = self._review.record(one.pmid)
            conflicts = len(self._place(one.pmid).opinions) if one.merged and record is not None else one.conflicts
            title = record.title if record is not None else ""
            rows.append(Assigned(pmid=one.pmid, title=title, curators=one.curators, at=one.at, finished=one.finished,
                                 conflicts=conflicts))  # fmt: skip
        return rows

    def agreement(self) -> AgreementReport:
        """How far pairs agree on the studies that both have finished; see docs/review.md for the figures."""
        done = [one for one in self._blind.assignments() if one.complete]
        return report([(pair_name(one), pair_rows(self._blind, one)) for one in done])

    def rules(self) -> RuleReport:
        """How often curators found right what each rule of the extractor found."""
        return rule_report(self._review.judged())

    def conflicts(self) -> list[tuple[str, DeskFact]]:
        """PMID and fact, with what the two decided, of all that pairs left unequal and nobody adjudicated."""
        open_ones = [one for one in self._blind.assignments() if one.conflicts]
        found = []
        for one in open_ones:
            if self._review.record(one.pmid) is not None:
                place = self._place(one.pmid)
                facts = desk_facts(place.facts, place.opinions)
                found += [(one.pmid, fact) for fact in facts if fact.others]
        return found

    # Acts

    def accept(self, pmid: str, fact_id: str, *, seen: int | None) -> DeskStudy:
        """The fact is right as it stands; of one that calls for attention: it stays as decided.

        Where PubMed changed the text, the fact is taken over to its words in the present one. Raises StoreError where
        these are not in it, or not once.
        """
        with self._bench(pmid) as bench:
            stored = _found(bench.facts(), fact_id)
            if on_former_text(stored):
                take_over(bench, stored, self._record(pmid), self.curator, seen)
            else:
                bench.decide(acts.accept(stored, self.curator), stored, seen)
        return self._after(pmid)

    def correct(
        self, pmid: str, fact_id: str, values: Mapping[str, Any], *, seen: int | None, reason: str = ""
    ) -> DeskStudy:
        """The fact is there, but with these values: those that differ, None for one that the text does not give."""

        def decision(stored: StoredFact, facts: Sequence[StoredFact]) -> Decision:
            if on_former_text(stored):
                raise StoreError("The text changed: accept the fact, which takes it over to the present text, first")
            return acts.correct(stored, self._corrected(stored, facts, values), self.curator, reason)

        return self._act(pmid, fact_id, seen, decision)

    def reject(self, pmid: str, fact_id: str, *, seen: int | None, reason: str) -> DeskStudy:
        """The text does not say this; a reason is required."""
        return self._act(pmid, fact_id, seen, lambda stored, _: acts.reject(stored, self.curator, reason))

    def add(self, pmid: str, *, type: str, section: str, start: int, end: int, values: Mapping[str, Any]) -> DeskStudy:
        """The text says this too: a fact of the selected words, which count in the title or the abstract."""
        with self._bench(pmid) as bench:
            record, facts = self._record(pmid), bench.facts()
            fact = added(record, type, section, start, end, values)
            cohort = largest_cohort((stored.fact for stored in facts), self._review.study(pmid))
            fact = fact.model_copy(update={"checks": failed_checks(fact, cohort)})
            if any(stored.fact.values == fact.values and overlap(stored.fact, fact) for stored in _upheld(facts)):
                raise StoreError("This fact is there already; accept or correct it instead")
            bench.decide(acts.add(fact, self.curator), None, None)
        return self._after(pmid)

    def undo(self, pmid: str, fact_id: str | None = None, *, seen: int | None = None) -> DeskStudy:
        """Take back the decision that stands on a fact; without `fact_id` this curator's last one on the study.

        What stood before that decision stands again.
        """
        with self._bench(pmid) as bench:
            facts = bench.facts()
            if fact_id is None:
                mine = [stored for stored in facts if stored.curator == self.curator and stored.decision is not None]
                if not mine:
                    raise StoreError("There is nothing of yours to undo on this study")
                stored = max(mine, key=lambda one: one.decision or 0)
                seen = stored.last_decision if seen is None else seen
            else:
                stored = _found(facts, fact_id, decided=True)
            bench.decide(acts.undo(stored, self.curator), stored, seen)
        return self._after(pmid)

    def accept_all(self, pmid: str, *, seen: Mapping[str, int | None]) -> DeskStudy:
        """Accept the facts in `seen` that are undecided, pass all checks and call for no look by themselves."""
        with self._bench(pmid) as bench:
            unequal = bench.open_to_both()
            done: dict[str, int] = {}  # a statement may have several facts: each decision is the last on it then
            for stored in bench.facts():
                if stored.id not in seen or stored.id in unequal:
                    continue
                if acts.confirmable(stored):
                    last = done.get(stored.statement, seen[stored.id]) if self._common(pmid) else seen[stored.id]
                    done[stored.statement] = bench.decide(acts.accept(stored, self.curator), stored, last)
                elif stored.last_decision != seen[stored.id]:
                    words = wording.sentence(stored.fact)
                    raise Stale(f"{words} was decided meanwhile by {stored.curator}; look at it again")
        return self._after(pmid)

    def _act(
        self,
        pmid: str,
        fact_id: str,
        seen: int | None,
        decision: Callable[[StoredFact, Sequence[StoredFact]], Decision],
    ) -> DeskStudy:
        with self._bench(pmid) as bench:
            facts = bench.facts()
            stored = _found(facts, fact_id)
            bench.decide(decision(stored, facts), stored, seen)
        return self._after(pmid)

    def _corrected(self, stored: StoredFact, facts: Sequence[StoredFact], given: Mapping[str, Any]) -> Fact:
        fact = corrected(stored.fact, given)
        others = (other.fact for other in facts if other is not stored)
        cohort = largest_cohort((*others, fact), self._review.study(fact.pmid))
        return fact.model_copy(update={"checks": failed_checks(fact, cohort, stored.fact)})

    # The files

    def _look(self) -> None:
        """See the files as they are now; decisions of a pair that were stopped on their way are put together first."""
        self._open.close()
        # A file in use: they are shown as waiting, and the next look tries again.
        with suppress(Busy):
            merge_finished(self.path, wait=self._wait)
        self._blind = self._open.enter_context(reading_blind(self.path, wait=self._wait))
        self._review = self._open.enter_context(reading(self.path, wait=self._wait))
        self._looked_through = self._blind.finished()

    def _bench(self, pmid: str) -> AbstractContextManager[Bench]:
        self._record(pmid)
        return bench(self.path, pmid, self.curator, blind=not self._common(pmid), wait=self._wait)

    def _common(self, pmid: str) -> bool:
        """Whether acts on a study go to the evidence database: this curator is not of a pair that reviews it blind."""
        assignment = self._blind.assignment(pmid)
        return assignment is None or assignment.merged or self.curator not in assignment.curators

    def _place(self, pmid: str) -> Place:
        return place_of(self._review, self._blind, self._blind.assignment(pmid), pmid, self.curator)

    def _after(self, pmid: str) -> DeskStudy:
        self._look()
        return self.study(pmid)

    def _record(self, pmid: str) -> Record:
        return _stored(self._review, pmid)

    def _asked(self, *, need: Need | None = None, filters: Filters | None = None, mine: bool = False) -> Asked:
        assignments = self._blind.assignments()
        hers = [one.pmid for one in assignments if self.curator in one.curators]
        return Asked(
            low=LOW,
            need=None if need is None else NEEDS.index(need),
            filters=filters or Filters(),
            only=hers if mine else None,
            finished=[f"{pmid} {text_hash}" for pmid, text_hash in self._looked_through],
            told=told(self._review, self._blind, assignments, self.curator, low=LOW),
        )


def curator_name(name: str) -> str:
    """A curator's name as it is stored. Raises InvalidData for an empty or overlong one, or one that means a pair."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidData(f"curator: give a name of 1 to {LONGEST_NAME} characters")
    if " + " in name:
        raise InvalidData("curator: ' + ' stands between the two of a pair; choose another name")
    return name


def _stored(review: Review, pmid: str) -> Record:
    record = review.record(pmid)
    if record is None:
        raise StoreError(f"There is no study with PMID {pmid} in this database; ask for it with cartevidence run")
    return record


def _found(facts: Sequence[StoredFact], fact_id: str, *, decided: bool = False) -> StoredFact:
    """The fact of that id. Where a decided one and one found since have the same, the undecided is meant by default."""
    same = [stored for stored in facts if stored.id == fact_id]
    if not same:
        raise Stale("This fact is not there any more: it was undone or extracted anew; look at the study again")
    return next((stored for stored in same if (stored.decision is not None) == decided), same[0])


def _upheld(facts: Sequence[StoredFact]) -> list[StoredFact]:
    return [stored for stored in facts if stored.status != "rejected"]


def _filters(target: str | None, disease: str | None, search: str | None) -> Filters:
    """Names as they are stored; a name that is not known is kept."""
    search = (search or "").strip()
    by_number = search.isdigit()
    if disease:
        disease = vocabulary("diseases").canonical(disease) or disease
    return Filters(
        target=(vocabulary("targets").canonical(target) or target) if target else None,
        disease=(disease, *vocabulary("diseases").narrower(disease)) if disease else None,
        pmid=search if by_number else None,
        text=search if search and not by_number else None,
    )


def _item(row: Mapping[str, Any]) -> QueueItem:
    plain = ("pmid", "title", "year", "study_type", "facts", "decided", "mode")
    return QueueItem(
        **{name: row[name] for name in plain},
        label=label(json.loads(row["authors"]), row["year"], row["pmid"]),
        targets=tuple(json.loads(row["targets"] or "[]")),
        diseases=tuple(json.loads(row["diseases"] or "[]")),
        retracted=bool(row["retracted"]),
        failed_checks=row["failed"],
        lowest_confidence=row["lowest"],
        need=NEEDS[row["need"]],
    )
