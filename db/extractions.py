"""The extractor's evidence: replaced as a whole for a record, decisions untouched."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from db.batch import insert_all
from db.records import CHOSEN, drop_evidence
from db.rows import EVIDENCE, STUDY, as_json, evidence_rows, record_from, study_row
from models.errors import InvalidData, StoreError
from models.evidence import Fact
from models.outcome import Extraction
from models.record import Record


def pending(
    connection: sqlite3.Connection, extractor_version: str, pmids: Iterable[str] | None, batch: int
) -> Iterator[list[Record]]:
    """Stored records, by PMID, whose evidence this extractor version has not made from their text."""
    chosen = "" if pmids is None else f"AND r.pmid IN {CHOSEN}"
    given = [] if pmids is None else [as_json(list(pmids))]
    after = 0
    while True:
        # From PMID to PMID rather than one open cursor: the caller writes between batches.
        rows = connection.execute(
            f"""SELECT r.* FROM record AS r LEFT JOIN study AS s ON s.pmid = r.pmid
            WHERE CAST(r.pmid AS INTEGER) > ? AND r.state = 'stored'
              AND (s.text_hash, s.extractor_version) IS NOT (r.text_hash, ?) {chosen}
            ORDER BY CAST(r.pmid AS INTEGER) LIMIT ?""",  # noqa: S608
            (after, extractor_version, *given, batch),
        ).fetchall()
        if not rows:
            return
        after = int(rows[-1]["pmid"])
        yield [record_from(row) for row in rows]


def save_extractions(connection: sqlite3.Connection, extractions: Sequence[Extraction]) -> int:
    """Replace the evidence of these records within the caller's transaction; how many were stored.

    An extraction of a text that has changed meanwhile, or of a withdrawn record, is left out: `pending` gives
    the record again. Raises StoreError for a PMID that has no record, InvalidData for a fact without proof.
    """
    latest = {extraction.study.pmid: extraction for extraction in extractions}
    texts = {
        row["pmid"]: row
        for row in connection.execute(
            f"SELECT pmid, title, abstract, text_hash, state FROM record WHERE pmid IN {CHOSEN}",  # noqa: S608
            (as_json(list(latest)),),
        )
    }
    fitting = []
    for pmid, extraction in latest.items():
        if pmid not in texts:
            raise StoreError(f"PMID {pmid} is not in the database; store its record before its evidence")
        text = texts[pmid]
        if text["state"] == "stored" and text["text_hash"] == extraction.text_hash:
            for fact in extraction.facts:
                check_proof(fact, pmid, text["text_hash"], text["title"], text["abstract"])
            fitting.append(extraction)
    drop_evidence(connection, [extraction.study.pmid for extraction in fitting])
    insert_all(connection, "study", STUDY, map(study_row, fitting))
    found = chain.from_iterable(evidence_rows(extraction.facts) for extraction in fitting)
    insert_all(connection, "evidence", EVIDENCE, found)
    return len(fitting)


def check_proof(fact: Fact, pmid: str, text_hash: str, title: str, abstract: str) -> None:
    """Refuse a fact that does not stand in its text: raises InvalidData."""
    where = f"the {fact.type} fact of PMID {pmid} at {fact.section} {fact.start}-{fact.end}"
    if (fact.pmid, fact.text_hash) != (pmid, text_hash):
        raise InvalidData(f"Fact.pmid, Fact.text_hash: {where} belongs to another record or text")
    if (title if fact.section == "TITLE" else abstract)[fact.start : fact.end] != fact.quote:
        raise InvalidData(f"Fact.quote: {where} does not have its quote {fact.quote!r:.80} there")
