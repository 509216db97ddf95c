"""What the curator's desk reads and writes: studies by what needs eyes first, one study as it stands, decisions.

`reading` and `deciding` open the file for one page or one act; all within is of one moment, or one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db import decisions, export
from db.connection import open_for_reading, open_for_writing, writing
from db.failures import clear_errors
from db.query import Filters, conditions
from db.records import CHOSEN
from db.rows import as_json, record_from, study_from
from db.standing import StoredFact, stored_facts
from models.decision import Decision, Need
from models.evidence import Fact, fact_from
from models.record import Record
from models.study import Study

NEEDS: tuple[Need, ...] = ("conflict", "attention", "failed check", "low confidence", "unreviewed", "done")
DONE = NEEDS.index("done")

# The machine's facts of all studies, then those of the few with decisions once more with these applied. A rejected
# fact calls for attention only where the extractor now says something else in its place.
# `told` are states that the caller knows better (of studies under blind review), as JSON objects.
STATES = """
WITH told AS MATERIALIZED (
  SELECT value ->> 'pmid' AS pmid, value ->> 'facts' AS facts, value ->> 'decided' AS decided,
    value ->> 'failed' AS failed, value ->> 'lowest' AS lowest, value ->> 'need' AS need, value ->> 'mode' AS mode
  FROM json_each(:told)
),
machine AS (
  SELECT pmid, count(*) AS facts, sum(checks <> '[]') AS failed, min(confidence) AS lowest FROM evidence GROUP BY pmid
),
decided AS MATERIALIZED (
  SELECT pmid, count(*) AS facts,
    sum(attention IS NOT NULL AND (status <> 'rejected' OR attention = 'extraction changed')) AS attention
  FROM evidence_decided GROUP BY pmid
),
undecided AS (
  SELECT e.pmid AS pmid, count(*) AS facts, sum(e.checks <> '[]') AS failed, min(e.confidence) AS lowest
  FROM decided AS d CROSS JOIN evidence AS e ON e.pmid = d.pmid
  WHERE NOT EXISTS (SELECT 1 FROM decision_covers AS c WHERE c.evidence = e.number)
  GROUP BY e.pmid
),
state AS (
  SELECT r.pmid AS pmid, r.text_hash AS text_hash, coalesce(d.facts, 0) AS decided,
    coalesce(d.attention, 0) AS attention,
    CASE WHEN d.pmid IS NULL THEN coalesce(m.facts, 0) ELSE coalesce(u.facts, 0) END AS undecided,
    CASE WHEN d.pmid IS NULL THEN coalesce(m.failed, 0) ELSE coalesce(u.failed, 0) END AS failed,
    CASE WHEN d.pmid IS NULL THEN m.lowest ELSE u.lowest END AS lowest
  FROM record AS r LEFT JOIN machine AS m ON m.pmid = r.pmid LEFT JOIN decided AS d ON d.pmid = r.pmid
    LEFT JOIN undecided AS u ON u.pmid = r.pmid
  WHERE r.state = 'stored'
),
ranked AS (
  SELECT s.pmid AS pmid, CAST(s.pmid AS INTEGER) AS number, 'open' AS mode, s.decided + s.undecided AS facts,
    s.decided AS decided, s.failed AS failed, s.lowest AS lowest,
    CASE WHEN s.attention THEN 1 WHEN s.failed THEN 2 WHEN s.lowest < :low THEN 3 WHEN s.undecided THEN 4
      WHEN s.decided = 0 AND s.pmid || ' ' || s.text_hash NOT IN (SELECT value FROM json_each(:finished)) THEN 4
      ELSE 5 END AS need
  FROM state AS s WHERE s.pmid NOT IN (SELECT pmid FROM told)
  UNION ALL
  SELECT t.pmid, CAST(t.pmid AS INTEGER), t.mode, t.facts, t.decided, t.failed, t.lowest, t.need
  FROM told AS t WHERE EXISTS (SELECT 1 FROM record AS r WHERE r.pmid = t.pmid AND r.state = 'stored')
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The state of a study that the caller knows better than the evidence database; `need`: place in NEEDS."""

    pmid: str
    facts: int
    decided: int
    failed: int
    lowest: float | None
    need: int
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the queue is asked for: which studies count, and how need is told.

    `low`: confidence below which a fact needs eyes; `finished`: 'PMID text-hash' of what somebody looked through;
    `told`: states known better; `only`: no other studies than these; `need`: place in NEEDS.
    """

    low: float
    need: int | None = None
    filters: Filters = Filters()  # noqa: RUF009  (frozen)
    only: Sequence[str] | None = None
    finished: Sequence[str] = ()
    told: Sequence[Told] = ()


@contextmanager
def reading(path: Path, *, wait: float) -> Iterator[Review]:
    """The database at one moment, for reading."""
    with clear_errors(path), closing(open_for_reading(path, wait=wait)) as connection:
        connection.execute("BEGIN")
        yield Review(connection)


@contextmanager
def deciding(path: Path, *, wait: float) -> Iterator[Review]:
    """One transaction: all decisions within are stored, or none. Raises Busy after `wait` seconds."""
    with (
        clear_errors(path),
        closing(open_for_writing(path, create=False, wait=wait)) as connection,
        writing(connection),
    ):
        yield Review(connection)


class Review:
    """An open evidence database as the desk uses it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def record(self, pmid: str) -> Record | None:
        """The record; None where none is stored."""
        row = self._one("SELECT * FROM record WHERE pmid = ? AND state = 'stored'", pmid)
        return None if row is None else record_from(row)

    def withdrawn(self, pmid: str) -> bool:
        """Whether the record is not there, or not any more."""
        return self._one("SELECT 1 FROM record WHERE pmid = ? AND state = 'stored'", pmid) is None

    def study(self, pmid: str) -> Study | None:
        """The study as extracted; None before extraction."""
        row = self._one("SELECT * FROM study WHERE pmid = ?", pmid)
        return None if row is None else study_from(row)

    def facts(self, pmid: str) -> list[StoredFact]:
        """The record's facts as they stand, in the order of the text."""
        return stored_facts(self._connection, pmid)

    def decide(self, decision: Decision, expected_last: int | None) -> int:
        """Add a decision and return its id; see Store.decide."""
        return decisions.decide(self._connection, decision, expected_last)

    def last_decision(self, statement: str) -> int | None:
        """The id of the last decision on a statement, undos too."""
        row = self._one("SELECT max(id) AS id FROM decision WHERE statement = ?", statement)
        return None if row is None else row["id"]

    def decided_on(self, pmids: Iterable[str]) -> set[str]:
        """Those of the records on which a decision stands."""
        rows = self._connection.execute(
            f"SELECT DISTINCT pmid FROM decision_effective WHERE pmid IN {CHOSEN}",  # noqa: S608
            (as_json(list(pmids)),),
        )
        return {row["pmid"] for row in rows}

    def decided_by(self, pmid: str, curator: str) -> bool:
        """Whether a curator, or a pair, ever decided on a record."""
        row = self._connection.execute(
            "SELECT 1 FROM decision WHERE pmid = ? AND curator = ? LIMIT 1", (pmid, curator)
        ).fetchone()
        return row is not None

    def history(self, pmid: str) -> list[dict[str, Any]]:
        """All decisions on a record, newest first; `fact` is told for an undo too, `undone` is 1 or 0."""
        rows = self._connection.execute(
            """SELECT d.*, coalesce(d.fact, u.fact) AS fact, EXISTS
              (SELECT 1 FROM decision AS by WHERE by.undoes = d.id) AS undone
            FROM decision AS d LEFT JOIN decision AS u ON u.id = d.undoes WHERE d.pmid = ? ORDER BY d.id DESC""",
            (pmid,),
        )
        return [dict(row) for row in rows]

    def judged(self) -> Iterator[tuple[Fact | None, Fact | None]]:
        """Of each standing decision the machine's fact (None where it had none) and the outcome (None: rejected)."""
        for machine, after in self._connection.execute(
            """SELECT machine, "after" FROM decision_effective AS d
            WHERE EXISTS (SELECT 1 FROM record AS r WHERE r.pmid = d.pmid AND r.state = 'stored')"""
        ):
            yield (
                None if machine is None else fact_from(json.loads(machine)),
                None if after is None else fact_from(json.loads(after)),
            )

    def without_undecided(self, looked_through: Iterable[str]) -> list[tuple[str, str]]:
        """PMID and text hash of the extracted studies decided on, or among these, without undecided facts."""
        rows = self._connection.execute(
            """SELECT r.pmid, r.text_hash FROM record AS r JOIN study AS s ON s.pmid = r.pmid
            WHERE r.state = 'stored'
              AND r.pmid IN (SELECT pmid FROM decision UNION SELECT value FROM json_each(?))
              AND NOT EXISTS (SELECT 1 FROM evidence_undecided AS e WHERE e.pmid = r.pmid)
            ORDER BY CAST(r.pmid AS INTEGER)""",
            (as_json(list(looked_through)),),
        )
        return [(row["pmid"], row["text_hash"]) for row in rows]

    def extracted_rows(self, pmid: str) -> Iterator[dict[str, Any]]:
        """A record's study object, then the extractor's own facts as they would be exported without any decision."""
        yield export.study_objects(self._connection, [pmid])[pmid]
        for row in self._connection.execute(
            f"""SELECT *, 'unreviewed' AS status, NULL AS attention FROM evidence
            WHERE pmid = ? ORDER BY {export.IN_TEXT}""",  # noqa: S608
            (pmid,),
        ):
            yield export.fact_object(row)

    def same_trial(self, pmid: str) -> tuple[str, ...]:
        """PMIDs of the other records that share a trial registration, by number."""
        rows = self._connection.execute(
            """SELECT DISTINCT s.pmid FROM study AS me, json_each(me.nct) AS mine
              CROSS JOIN study AS s ON instr(s.nct, '"' || mine.value || '"') AND s.pmid <> me.pmid
            WHERE me.pmid = ? ORDER BY CAST(s.pmid AS INTEGER)""",
            (pmid,),
        )
        return tuple(row["pmid"] for row in rows)

    def queue(self, asked: Asked, *, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
        """A page of studies, what needs eyes first before the rest, then by PMID; and how many there are in all."""
        where, values = self._chosen(asked)
        rows = self._connection.execute(
            f"""{STATES}, chosen AS MATERIALIZED (SELECT * FROM ranked WHERE {where})
            SELECT q.*, r.title, r.year, r.authors, r.retracted, s.study_type, s.targets, s.diseases, n.total
            FROM (SELECT count(*) AS total FROM chosen) AS n LEFT JOIN
              (SELECT * FROM chosen ORDER BY need, number LIMIT :limit OFFSET :offset) AS q
              LEFT JOIN record AS r ON r.pmid = q.pmid LEFT JOIN study AS s ON s.pmid = q.pmid
            ORDER BY q.need, q.number""",  # noqa: S608
            {**values, "limit": limit, "offset": offset},
        ).fetchall()
        return [dict(row) for row in rows if row["pmid"] is not None], rows[0]["total"]

    def progress(self, asked: Asked) -> dict[str, int]:
        """`studies`, `facts`, `decided`, and how many studies have each of NEEDS."""
        where, values = self._chosen(asked)
        rows = self._connection.execute(
            f"{STATES} SELECT need, count(*), sum(facts), sum(decided) FROM ranked WHERE {where} GROUP BY need",  # noqa: S608
            values,
        ).fetchall()
        counts: dict[str, int] = dict.fromkeys(("studies", "facts", "decided", *NEEDS), 0)
        for need, studies, facts, decided in rows:
            counts[NEEDS[need]] += studies
            counts["studies"] += studies
            counts["facts"] += facts
            counts["decided"] += decided
        return counts

    def beside(self, pmid: str, asked: Asked) -> tuple[str | None, str | None]:
        """The studies before and after this one among those not done; after the last comes the first again."""
        where, values = self._chosen(asked)
        row = self._connection.execute(
            f"""{STATES}, here AS (SELECT need, number FROM ranked WHERE pmid = :pmid),
            open AS MATERIALIZED (
              SELECT pmid, need, number FROM ranked WHERE need < {DONE} AND pmid <> :pmid AND {where})
            SELECT
              (SELECT pmid FROM open WHERE (need, number) < (SELECT need, number FROM here)
                ORDER BY need DESC, number DESC LIMIT 1),
              (SELECT pmid FROM open
                ORDER BY (need, number) < (SELECT need, number FROM here), need, number LIMIT 1)""",  # noqa: S608
            {**values, "pmid": pmid},
        ).fetchone()
        return row[0], row[1]

    def _chosen(self, asked: Asked) -> tuple[str, dict[str, Any]]:
        """The WHERE on `ranked` and the values that go with it and with STATES."""
        where, given = conditions(self._connection, asked.filters)
        named = {f"filter{i}": value for i, value in enumerate(given)}
        for name in named:
            where = where.replace("?", f":{name}", 1)
        if asked.need is not None:
            where += " AND need = :need"
        if asked.only is not None:
            where += " AND pmid IN (SELECT value FROM json_each(:only))"
        told: list[Mapping[str, Any]] = [
            {name: getattr(state, name) for name in Told.__dataclass_fields__} for state in asked.told
        ]
        return where, {
            **named, "need": asked.need, "only": as_json(list(asked.only or ())), "low": asked.low,
            "finished": as_json(list(asked.finished)), "told": as_json(told),
        }  # fmt: skip

    def _one(self, sql: str, value: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._connection.execute(sql, (value,)).fetchone()
        return row
