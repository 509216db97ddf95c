"""What curators finished as a gold set: one JSON file a study, by which the extractor is scored."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cartevidence.review.adjudicating import open_conflicts, pair_rows
from db.blind import Blind, reading_blind
from db.reviewing import Review, reading
from models.decision import CURATED
from models.errors import CartevidenceError
from models.evidence import EVIDENCE
from models.record import Record

EXTRACTED = "extracted.jsonl"  # the extractor's own facts of the same studies, to be scored against the set
OURS = re.compile(rf"[1-9]\d{{0,8}}\.json|{re.escape(EXTRACTED)}")
# Fields of a gold fact in their order; the denominator is called N there.
ORDER = (
    "type", "role", "endpoint", "event", "grade", "name", "measure", "n", "N", "percent", "value", "unit", "time",
    "ci_low", "ci_high", "ci_level", "low", "high", "not_reached", "absent", "qualifier", "group", "quote",
)  # fmt: skip
# Given by the extractor, but no part of a gold set.
NOT_ANNOTATED = ("all-cause death",)


def write_gold(path: Path, folder: Path, *, wait: float = 20.0) -> int:
    """Write the finished studies of a database as a gold set; how many.

    The folder is made, or replaced where it holds nothing but an earlier set; it appears when all is written. Raises
    CartevidenceError where it holds anything else or cannot be written, StoreError for the database.
    """
    _check_place(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            written = _write(path, part, wait)
            part.chmod(0o755)
            if folder.exists():
                shutil.rmtree(folder)
            part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise CartevidenceError(f"{folder} could not be written ({error.strerror}); choose another place") from error
    return written


def _check_place(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise CartevidenceError(f"{folder} is a file; name a folder for the gold set")
    if folder.is_dir() and not all(OURS.fullmatch(one.name) for one in folder.iterdir()):
        raise CartevidenceError(f"{folder} holds other files than a gold set; name a new or an empty folder")


def _write(path: Path, folder: Path, wait: float) -> int:
    written = 0
    with (
        reading_blind(path, wait=wait) as blind,
        reading(path, wait=wait) as review,
        (folder / EXTRACTED).open("w", encoding="utf-8") as extracted,
    ):
        for pmid in finished_studies(review, blind):
            text = json.dumps(gold_study(review, pmid), ensure_ascii=False, indent=1) + "\n"
            (folder / f"{pmid}.json").write_text(text, encoding="utf-8")
            for row in review.extracted_rows(pmid):
                extracted.write(json.dumps(row, ensure_ascii=False) + "\n")
            written += 1
    return written


def finished_studies(review: Review, blind: Blind) -> Iterator[str]:
    """PMIDs of the studies of which every fact is decided, none calls for another look, and no pair is at work.

    One without any decision counts only when a curator said that it is looked through.
    """
    assignments = {one.pmid: one for one in blind.assignments()}
    looked_through = blind.finished()
    for pmid, text_hash in review.without_undecided(sorted({pmid for pmid, _ in looked_through})):
        assignment = assignments.get(pmid)
        if assignment is not None:
            if not assignment.merged or open_conflicts(review, assignment, pair_rows(blind, assignment))[1]:
                continue
        facts = review.facts(pmid)
        settled = (one.status == "rejected" and one.attention != "extraction changed" for one in facts)
        if any(one.attention and not done for one, done in zip(facts, settled, strict=True)):
            continue
        if facts or (pmid, text_hash) in looked_through:
            yield pmid


def gold_study(review: Review, pmid: str) -> dict[str, Any]:
    """A finished study as the object of a gold file. What is said of the study as a whole is the extractor's."""
    record, study = review.record(pmid), review.study(pmid)
    if record is None:
        raise CartevidenceError(f"There is no study with PMID {pmid} in this database")
    facts = [stored.fact.given() for stored in review.facts(pmid) if stored.status in CURATED]
    return {
        "pmid": pmid,
        "title": record.title,
        "journal": record.journal,
        "year": record.year,
        "url": record.url,
        "abstract": record.abstract,
        "study_type": study.study_type if study else "other",
        "targets": list(study.targets) if study else [],
        "diseases": list(study.diseases) if study else [],
        "nct": registrations(record, study.nct if study else ()),
        "study_n": study.study_n if study else None,
        "facts": [gold_fact(fact) for fact in facts if fact.get("event") not in NOT_ANNOTATED],
    }


def registrations(record: Record, told: tuple[str, ...]) -> list[str]:
    """Registered numbers first, then those that only the text gives."""
    return list(dict.fromkeys([*record.nct, *told]))


def gold_fact(given: Mapping[str, Any]) -> dict[str, Any]:
    """A fact with the fields of the gold schema alone; whole numbers without a decimal point."""
    fields = {"N" if name == "total" else name for name in EVIDENCE[given["type"]].model_fields}
    values = {"N" if name == "total" else name: _number(value) for name, value in given.items()}
    return {name: values[name] for name in ORDER if name in fields and name in values}


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
