"""The review file: assignments to pairs, their blind decisions, who has finished what.

It lies beside the evidence database (`evidence.db` → `evidence.review.db`) and is made with the first assignment.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from db.blind_schema import REVIEW_FILE, migrate
from db.connection import open_for_reading, open_for_writing, writing
from db.decisions import DECISION
from db.failures import clear_errors
from db.records import now
from db.rows import as_json
from models.decision import Decision
from models.errors import Stale, StoreError
from models.evidence import Fact, fact_from

Pair = tuple[str, str]


@dataclass(frozen=True)
class Assignment:
    """A study given to a pair, and who of the two has finished.

    `conflicts`: how many facts the two left unequal, once what they decided alike is in the evidence database.
    """

    pmid: str
    curators: Pair
    at: str
    by: str
    text_hash: str
    facts_json: str
    finished: tuple[str, ...]
    conflicts: int | None

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """The machine's facts as both are shown them, whatever is extracted meanwhile."""
        return tuple(map(fact_from, json.loads(self.facts_json)))

    @property
    def merged(self) -> bool:
        """Whether what both decided alike is in the evidence database."""
        return self.conflicts is not None

    @property
    def complete(self) -> bool:
        """Whether both have finished."""
        return len(self.finished) == 2


@dataclass(frozen=True, slots=True)
class BlindDecision:
    """A decision of one of a pair; `fact` is the id of the fact it is about, `undoes` the decision taken back."""

    id: int
    fact: str
    decision: Decision
    undoes: int | None


def review_file(path: Path) -> Path:
    """Where the review file of an evidence database lies."""
    return path.with_name(f"{path.stem if path.suffix == '.db' else path.name}.review.db")


@contextmanager
def reading_blind(path: Path, *, wait: float) -> Iterator[Blind]:
    """The review file of the database `path` at one moment; an empty one where there is none."""
    place = review_file(path)
    with clear_errors(place), closing(_for_reading(place, wait)) as connection:
        connection.execute("BEGIN")
        yield Blind(connection)


@contextmanager
def writing_blind(path: Path, *, wait: float) -> Iterator[Blind]:
    """One transaction on the review file of the database `path`, which is made where there is none."""
    place = review_file(path)
    with (
        clear_errors(place),
        closing(open_for_writing(place, create=True, wait=wait, schema=REVIEW_FILE)) as connection,
        writing(connection),
    ):
        yield Blind(connection)


def _for_reading(place: Path, wait: float) -> sqlite3.Connection:
    if place.exists():
        return open_for_reading(place, wait=wait, schema=REVIEW_FILE)
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, 0)
    return connection


class Blind:
    """An open review file. Who may see what of it is for the caller to keep."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def assignments(self, pmid: str | None = None) -> list[Assignment]:
        """All assignments, or that of one study, by PMID."""
        rows = self._connection.execute(
            """SELECT a.*, (SELECT m.conflicts FROM merge AS m WHERE m.pmid = a.pmid) AS conflicts,
              (SELECT json_group_array(DISTINCT f.curator) FROM finish AS f
                WHERE f.pmid = a.pmid AND f.of_pair AND f.curator IN (a.first, a.second)) AS finished
            FROM assignment AS a WHERE :pmid IS NULL OR a.pmid = :pmid ORDER BY CAST(a.pmid AS INTEGER)""",
            {"pmid": pmid},
        )
        return [
            Assignment(
                pmid=row["pmid"],
                curators=(row["first"], row["second"]),
                at=row["at"],
                by=row["assigned_by"],
                text_hash=row["text_hash"],
                facts_json=row["facts"],
                finished=tuple(sorted(json.loads(row["finished"]))),
                conflicts=row["conflicts"],
            )
            for row in rows
        ]

    def assignment(self, pmid: str) -> Assignment | None:
        """The assignment of a study; None where it is not reviewed blind."""
        return next(iter(self.assignments(pmid)), None)

    def unmerged(self) -> list[str]:
        """PMIDs of the studies that both have finished and whose decisions are not put together yet."""
        rows = self._connection.execute(
            """SELECT a.pmid FROM assignment AS a WHERE NOT EXISTS (SELECT 1 FROM merge AS m WHERE m.pmid = a.pmid)
              AND 2 = (SELECT count(DISTINCT f.curator) FROM finish AS f
                WHERE f.pmid = a.pmid AND f.of_pair AND f.curator IN (a.first, a.second))"""
        )
        return [row["pmid"] for row in rows]

    def assign(self, pmid: str, curators: Pair, by: str, text_hash: str, facts: Sequence[Fact]) -> None:
        """Give a study to a pair, its facts as they are now. Raises StoreError where it was given out before."""
        if self._connection.execute("SELECT 1 FROM assignment WHERE pmid = ?", (pmid,)).fetchone():
            raise StoreError(f"The study {pmid} is assigned already; leave it out")
        self._connection.execute(
            """INSERT INTO assignment (pmid, first, second, at, assigned_by, text_hash, facts)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (pmid, *curators, now(), by, text_hash, as_json([{**fact.given(), "id": fact.id} for fact in facts])),
        )

    def decisions(self, pmid: str, curator: str) -> list[BlindDecision]:
        """What one of a pair decided on a study, the oldest first."""
        rows = self._connection.execute(
            "SELECT * FROM blind_decision WHERE pmid = ? AND curator = ? ORDER BY id", (pmid, curator)
        )
        found = []
        for row in rows:
            values = {name: row[name] for name in DECISION}
            values |= {name: None if row[name] is None else json.loads(row[name]) for name in ("before", "after")}
            found.append(BlindDecision(row["id"], row["fact"], Decision.checked(**values), row["undoes"]))
        return found

    def standing(self, curator: str) -> dict[str, dict[str, str]]:
        """The acts of one curator that stand, by PMID and id of the fact."""
        found: dict[str, dict[str, str]] = {}
        for row in self._connection.execute(
            """SELECT pmid, fact, action FROM blind_decision AS d WHERE curator = ? AND undoes IS NULL
              AND NOT EXISTS (SELECT 1 FROM blind_decision AS u WHERE u.undoes = d.id) ORDER BY id""",
            (curator,),
        ):
            found.setdefault(row["pmid"], {})[row["fact"]] = row["action"]
        return found

    def decide(self, decision: Decision, fact: str, expected_last: int | None, undoes: int | None = None) -> int:
        """Add a decision and return its id. Raises Stale where its curator decided on the fact in another window."""
        last = self._connection.execute(
            "SELECT max(id) FROM blind_decision WHERE pmid = ? AND curator = ? AND fact = ?",
            (decision.pmid, decision.curator, fact),
        ).fetchone()[0]
        if last != expected_last:
            raise Stale("You decided on this meanwhile in another window; look again")
        given = decision.model_dump(mode="json")
        given |= {name: None if given[name] is None else as_json(given[name]) for name in ("before", "after")}
        names = (*DECISION, "fact", "undoes")
        return int(
            self._connection.execute(
                f"""INSERT INTO blind_decision ({", ".join(f'"{name}"' for name in names)})
                VALUES ({", ".join("?" * len(names))}) RETURNING id""",  # noqa: S608
                [*(given[name] for name in DECISION), fact, undoes],
            ).fetchall()[0]["id"]
        )

    def finish(self, pmid: str, curator: str, text_hash: str, *, of_pair: bool) -> None:
        """Note that a curator is done with a study as its text is; said twice it is noted once."""
        self._connection.execute(
            """INSERT INTO finish (pmid, curator, at, text_hash, of_pair)
            SELECT :pmid, :curator, :at, :hash, :of_pair WHERE NOT EXISTS (SELECT 1 FROM finish WHERE pmid = :pmid
              AND curator = :curator AND text_hash = :hash AND of_pair = :of_pair)""",
            {"pmid": pmid, "curator": curator, "at": now(), "hash": text_hash, "of_pair": int(of_pair)},
        )

    def finished(self) -> set[tuple[str, str]]:
        """PMID and text hash of each study that somebody looked through to its end."""
        return {(row["pmid"], row["text_hash"]) for row in self._connection.execute("SELECT * FROM finish")}

    def merged(self, pmid: str, conflicts: int) -> None:
        """Note that what a pair decided alike on a study is in the evidence database; so many facts are unequal."""
        self._connection.execute(
            """INSERT INTO merge (pmid, at, conflicts) SELECT :pmid, :at, :conflicts
            WHERE NOT EXISTS (SELECT 1 FROM merge WHERE pmid = :pmid)""",
            {"pmid": pmid, "at": now(), "conflicts": conflicts},
        )

    def progress(self) -> dict[str, int]:
        """How many studies are assigned to pairs, and how many of these both have finished."""
        row = self._connection.execute(
            """SELECT count(*), coalesce(sum((SELECT count(DISTINCT f.curator) FROM finish AS f
              WHERE f.pmid = a.pmid AND f.of_pair AND f.curator IN (a.first, a.second)) = 2), 0) FROM assignment AS a"""
        ).fetchone()
        return {"assigned": row[0], "finished": row[1]}
