"""Whatever the order of saving, extracting and deciding: no decision is lost, and every fact comes back."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from store_cases import Make

from db.store import Store
from models.decision import STATUS, Decision
from models.evidence import Fact
from models.outcome import Deleted
from models.record import Record

TEXTS = ("24 of 30 patients (80%) and 2 of 34 had it.", "Now 24 of 30 patients (80%) and 2 of 34 had it.")
PMIDS = ("90000001", "90000002")
make = Make()


@dataclass
class Standing:
    """A decision as a curator would keep it on paper: what it says and what the extractor said at the time."""

    status: str
    fact: Fact
    known: Fact | None


@dataclass
class Paper:
    record: Record
    live: bool = True
    machine: dict[str, Fact] = field(default_factory=dict)  # by statement; one each
    stacks: dict[str, list[Standing]] = field(default_factory=dict)
    log: list[Decision] = field(default_factory=list)

    def top(self, statement: str) -> Standing | None:
        stack = self.stacks.get(statement)
        return stack[-1] if stack else None

    def covered(self, statement: str) -> Fact | None:
        """The machine fact that the standing decision speaks for."""
        fact, top = self.machine.get(statement), self.top(statement)
        if fact is None or top is None:
            return None
        return fact if top.known is not None or fact.values == top.fact.values else None

    def attention(self, top: Standing, statement: str) -> str | None:
        if top.fact.text_hash != self.record.text_hash:
            return "text changed"
        if top.known is None:
            return None
        now = self.machine.get(statement)
        if now is None:
            return "no longer extracted"
        return None if now.values == top.known.values else "extraction changed"

    def expected(self) -> set[tuple[Any, ...]]:
        if not self.live:
            return set()
        tops = {statement: stack[-1] for statement, stack in self.stacks.items() if stack}
        decided = {(s, top.status, self.attention(top, s), top.fact) for s, top in tops.items()}
        plain = {(s, "unreviewed", None, fact) for s, fact in self.machine.items() if self.covered(s) is None}
        return decided | plain


def facts_of(record: Record, n: int | None, m: int | None) -> list[Fact]:
    facts = []
    if n is not None:
        facts.append(make.cr(record, n=n, percent=n / 3, checks=("percent_mismatch",) * (n % 2)))
    if m is not None:
        facts.append(make.crs(record, n=m, absent=True if m == 0 else None))
    return facts


numbers = st.none() | st.integers(0, 2)


class AnyOrder(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "evidence.db"
        self.store = Store.open(self.path)
        self.papers = {pmid: Paper(make.record(pmid, results=TEXTS[0])) for pmid in PMIDS}
        self.store.save([make.fetched(paper.record) for paper in self.papers.values()])

    def teardown(self) -> None:
        self.store.close()
        with closing(sqlite3.connect(self.path)) as connection:
            for table in ("record_fts", "evidence_fts"):
                connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")
        self.folder.cleanup()

    @rule(pmid=st.sampled_from(PMIDS), text=st.sampled_from(TEXTS))
    def save(self, pmid: str, text: str) -> None:
        paper, record = self.papers[pmid], make.record(pmid, results=text)
        self.store.save([make.fetched(record)])
        if paper.live and record.text_hash != paper.record.text_hash:
            paper.record, paper.machine = record, {}

    @rule(pmid=st.sampled_from(PMIDS), n=numbers, m=numbers, version=st.sampled_from(["1", "2"]))
    def extract(self, pmid: str, n: int | None, m: int | None, version: str) -> None:
        paper = self.papers[pmid]
        facts = facts_of(paper.record, n, m)
        stored = self.store.save_extractions([make.extraction(paper.record, *facts, version=version)])
        assert stored == paper.live
        if paper.live:
            paper.machine = {fact.statement: fact for fact in facts}

    @rule(data=st.data(), action=st.sampled_from(["accept", "correct", "reject"]), n=st.integers(0, 3))
    @precondition(lambda self: any(paper.live and paper.expected() for paper in self.papers.values()))
    def judge(self, data: Any, action: Any, n: int) -> None:
        """A curator judges one of the facts that the store shows."""
        pmid = data.draw(
            st.sampled_from([pmid for pmid, paper in self.papers.items() if paper.live and paper.expected()])
        )
        paper = self.papers[pmid]
        # A machine fact beside a decided one is a fact of its own, which the plain model does not follow.
        shown = [f for f in self.store.facts(pmid) if f.status != "unreviewed" or paper.top(f.statement) is None]
        fact = data.draw(st.sampled_from(shown))
        after = fact.fact.model_copy(update={"n": n}) if action == "correct" else fact.fact
        known = paper.covered(fact.statement) if paper.top(fact.statement) else paper.machine[fact.statement]
        paper.stacks.setdefault(fact.statement, []).append(Standing(STATUS[action], after, known))
        self.tell(paper, make.decision(action, fact.fact, after, statement=fact.statement), fact.last_decision)

    @rule(pmid=st.sampled_from(PMIDS), n=st.integers(0, 2))
    def add(self, pmid: str, n: int) -> None:
        paper = self.papers[pmid]
        fact = make.crs(paper.record, n=n, rule="", extractor_version="", confidence=1)
        if fact.statement not in paper.machine and paper.top(fact.statement) is None:
            paper.stacks.setdefault(fact.statement, []).append(Standing("added", fact, None))
            self.tell(paper, make.decision("add", fact), self.last(paper, fact.statement))

    @rule(pmid=st.sampled_from(PMIDS), data=st.data())
    def undo(self, pmid: str, data: Any) -> None:
        paper = self.papers[pmid]
        statements = sorted(statement for statement, stack in paper.stacks.items() if stack)
        if statements:
            statement = data.draw(st.sampled_from(statements))
            fact = paper.stacks[statement].pop().fact
            self.tell(paper, make.decision("undo", fact, statement=statement), self.last(paper, statement))

    @rule(pmid=st.sampled_from(PMIDS[:1]))
    @precondition(lambda self: len(self.papers["90000001"].log) > 3)
    def withdraw(self, pmid: str) -> None:
        self.store.save([Deleted(pmid, "synthetic.xml")])
        self.papers[pmid].live, self.papers[pmid].machine = False, {}

    @rule()
    def open_again(self) -> None:
        self.store.close()
        self.store = Store.open(self.path)

    @invariant()
    def store_says_what_the_papers_say(self) -> None:
        for pmid, paper in getattr(self, "papers", {}).items():
            shown = self.store.facts(pmid)
            assert {(f.statement, f.status, f.attention, f.fact) for f in shown} == paper.expected()
            assert len(shown) == len(paper.expected())
            assert [decision for _, decision in self.store.decisions(pmid)] == paper.log
            for fact in shown:
                _, abstract = self.store.text(pmid, fact.fact.text_hash)
                assert abstract[fact.fact.start : fact.fact.end] == fact.fact.quote

    def last(self, paper: Paper, statement: str) -> int | None:
        ids = [at for at, former in self.store.decisions(paper.record.pmid) if former.statement == statement]
        return max(ids, default=None)

    def tell(self, paper: Paper, decision: Decision, expected_last: int | None) -> None:
        self.store.decide(decision, expected_last=expected_last)
        paper.log.append(decision)


AnyOrder.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
TestAnyOrder = AnyOrder.TestCase
