"""What a run did: what became of every record asked for, and what stopped it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from cartevidence.changes import changes
from cartevidence.extraction import Unreadable
from fetch.sources import UnknownKind
from models.errors import SourceError
from models.outcome import Extraction, NotStored
from models.record import Record

# 'kept': was stored before and not fetched again; 'deleted': PubMed withdrew the record
State = Literal["new", "changed", "unchanged", "kept", "deleted", "missing", "book", "failed"]
STORED: tuple[State, ...] = ("new", "changed", "unchanged", "kept")


@dataclass
class Report:
    """Filled by the pipeline's steps; every PMID asked or found in a file is in `states` once."""

    states: dict[str, State] = field(default_factory=dict)
    not_stored: dict[str, NotStored] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)  # one sentence each: corrections, retractions, new versions
    problems: list[str] = field(default_factory=list)  # one sentence each: sources that could not be read (to the end)
    notes: list[str] = field(default_factory=list)  # one sentence each: files in folders that are no sources
    read: int = 0  # records that the extractor went through in this run

    def skip(self, error: SourceError) -> None:
        """A file within a folder was passed over: a problem unless it never was a source."""
        (self.notes if isinstance(error, UnknownKind) else self.problems).append(str(error))

    def keep(self, pmids: Iterable[str]) -> None:
        """These are stored since an earlier run and are left as they are."""
        for pmid in pmids:
            self.states[pmid] = "kept"

    def leave(self, outcome: NotStored) -> None:
        """This one gave no record."""
        self.states[outcome.pmid] = outcome.state
        self.not_stored[outcome.pmid] = outcome

    def note(self, pmid: str, before: Record | None, after: Record | None) -> None:
        """A record was saved: it stood in the store as `before` (None: not at all) and now stands as `after`
        (None: it stays out because PubMed withdrew it)."""
        self.not_stored.pop(pmid, None)
        if after is None:
            self.states[pmid] = "deleted"
        elif before is None:
            self.states[pmid] = "new"
        elif _content(before) != _content(after):
            self.changes += [f"PMID {pmid} {change}." for change in changes(before, after)]
            self.states[pmid] = "new" if self.states.get(pmid) == "new" else "changed"
        elif self.states.get(pmid) not in STORED:  # else a repeat within this run, which changes nothing
            self.states[pmid] = "unchanged"

    def note_read(self, results: Iterable[Extraction | Unreadable]) -> None:
        """The extractor went through these."""
        for result in results:
            if isinstance(result, Unreadable):
                self.problems.append(f"PMID {result.pmid} gave no evidence: {result.reason}; please report this.")
            else:
                self.states.setdefault(result.study.pmid, "kept")
                self.read += 1

    @property
    def stored(self) -> list[str]:
        """The PMIDs of this run that the database holds, in the order they were asked or found."""
        return [pmid for pmid, state in self.states.items() if state in STORED]

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.states.values())

    @property
    def exit_status(self) -> int:
        """0: all is stored; 3: some is missing or failed; 1: nothing could be done."""
        if not self.problems and not self.not_stored:
            return 0
        return 3 if self.states else 1


def _content(record: Record) -> dict[str, Any]:
    """All of a record but where and when it was got."""
    return record.model_dump(exclude={"source", "fetched"})
