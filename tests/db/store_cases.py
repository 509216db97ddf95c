"""Builders of synthetic records, facts and decisions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from models.decision import Action, Decision
from models.evidence import EVIDENCE, Fact
from models.outcome import Extraction, Fetched
from models.record import Record, Section
from models.study import Study

TITLE = "A synthetic trial of CD22 CAR T cells in 34 patients"
RESULTS = "CR was seen in 24 of 30 patients (80%). Severe CRS occurred in 2 of 34. Median OS was 11.5 months."
AT = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


class Make:
    """Builders with sensible defaults; whatever a test is about it names itself."""

    def record(self, pmid: str = "90000001", results: str = RESULTS, **values: Any) -> Record:
        sections = (Section(label="RESULTS", category="RESULTS", text=results),)
        return Record(**{"pmid": pmid, "title": TITLE, "sections": sections, "journal": "Synthetic J"} | values)

    def fetched(self, record: Record, raw: bytes = b"<PubmedArticle/>") -> Fetched:
        return Fetched(record, raw, "pubmed_xml")

    def fact(self, record: Record, quote: str, kind: str = "response", **values: Any) -> Fact:
        """A fact whose quote is looked up in the title, then in the abstract."""
        in_title = quote in record.title
        start = (record.title if in_title else record.abstract).index(quote)
        place = {
            "pmid": record.pmid,
            "version": record.version,
            "text_hash": record.text_hash,
            "section": "TITLE" if in_title else "RESULTS",
            "start": start,
            "end": start + len(quote),
            "quote": quote,
        }
        found = {"rule": "synthetic", "extractor_version": "1", "confidence": 0.9}
        return EVIDENCE[kind](**place | found | values)

    def cr(self, record: Record, n: int = 24, **values: Any) -> Fact:
        return self.fact(
            record, "24 of 30 patients (80%)", **{"endpoint": "CR", "n": n, "total": 30, "percent": 80} | values
        )

    def crs(self, record: Record, **values: Any) -> Fact:
        return self.fact(
            record, "2 of 34", "toxicity", **{"event": "CRS", "grade": ">=3", "n": 2, "total": 34} | values
        )

    def treated(self, record: Record) -> Fact:
        return self.fact(record, "34 patients", "cohort", role="treated", n=34)

    def extraction(self, record: Record, *facts: Fact, version: str = "1", **study: Any) -> Extraction:
        about = {"study_type": "prospective_trial", "targets": ("CD22",), "diseases": ("B-ALL",), "study_n": 34}
        return Extraction(Study(pmid=record.pmid, **about | study), facts, record.text_hash, version)

    def decision(
        self, action: Action, fact: Fact, after: Fact | None = None, *, statement: str | None = None, **values: Any
    ) -> Decision:
        """What a curator does with the fact as shown; `after` is the fact itself unless another is given."""
        shown = None if action in ("add", "undo") else fact.given()
        decided = None if action in ("reject", "undo") else (after or fact).given()
        return Decision(
            **{
                "pmid": fact.pmid,
                "statement": statement or fact.statement,
                "action": action,
                "curator": "ada",
                "at": AT,
                "text_hash": fact.text_hash,
                "extractor_version": fact.extractor_version,
                "before": shown,
                "after": decided,
                "reason": "not this study's" if action == "reject" else "",
            }
            | values
        )
