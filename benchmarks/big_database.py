"""A database of 100,000 studies and a million facts: how fast it is written, and how fast every filter answers.

    python benchmarks/big_database.py FILE [--studies 100000] [--decisions 3000]

Makes FILE through the store (an existing one is used as it is), then asks each filter of `query` and each view.
Prints seconds to the first 1,000 rows, seconds to count all, how many there are, and how SQLite finds them.
The studies are invented; the same call makes the same ones.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from cartevidence.database import EvidenceDatabase  # noqa: E402
from db.query import Filters  # noqa: E402
from db.store import Store  # noqa: E402
from models.decision import Decision  # noqa: E402
from models.evidence import EVIDENCE, Fact  # noqa: E402
from models.outcome import Extraction, Fetched  # noqa: E402
from models.record import PartialDate, Record, Section  # noqa: E402
from models.study import Study  # noqa: E402

LONGEST = 2.0  # seconds that an answer may take
BATCH = 200  # studies stored at once
FIRST = 90_000_000  # PMIDs begin here
AT = datetime(2026, 1, 2, tzinfo=UTC)

# What occurs how often; the rare ones are the hard ones for a database.
TARGETS = {("CD19",): 60, ("BCMA",): 20, ("CD22",): 5, ("CD19", "CD22"): 5, ("CD7",): 3, ("GPRC5D",): 2, (): 5}
DISEASES = {("LBCL",): 30, ("B-ALL",): 22, ("MM",): 20, ("DLBCL", "FL"): 8, ("T-ALL",): 3, ("ALL",): 5, ("MCL",): 4,
            ("SLE",): 2, ("WM",): 0.2, (): 6}  # fmt: skip
STUDY_TYPES = {"prospective_trial": 35, "retrospective": 25, "real_world": 15, "review": 10, "meta_analysis": 4,
               "case_report": 8, "other": 3}  # fmt: skip
ENDPOINTS = {"CR": 30, "ORR": 30, "CR/CRi": 15, "MRD-": 12, "PR": 6, "relapse": 6, "sCR": 1, "VGPR": 0.1}
SURVIVALS = {"OS": 40, "PFS": 35, "EFS": 10, "LFS": 5, "RFS": 5, "DOR": 5}
EVENTS = {"CRS": 40, "neurotoxicity": 30, "infection": 12, "neutropenia": 10, "HLH": 5, "DLT": 2.9, "tumor lysis": 0.1}
GRADES = {"any": 40, ">=3": 40, "3-4": 10, "severe": 5, "3": 4, "1-2": 0.9, "1-3": 0.1}
WORDS = ("cells", "infused", "after", "lymphodepletion", "response", "durable", "remission", "relapse", "marrow",
         "phase", "dose", "patients")  # fmt: skip


def any_of(chance: random.Random, weights: dict[Any, float]) -> Any:
    return chance.choices(list(weights), list(weights.values()))[0]


def statements(chance: random.Random, size: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Ten facts of a study: its sentence, the type, the values."""
    yield f"{size} patients were treated", "cohort", {"role": "treated", "n": size}
    for _ in range(3):
        n, name = chance.randint(0, size), any_of(chance, ENDPOINTS)
        percent = round(100 * n / size, 1)
        group = chance.choice((None, None, None, "dose level 2"))
        values = {"endpoint": name, "n": n, "total": size, "percent": percent, "group": group}
        yield f"{name} was seen in {n} of {size} ({percent:g}%)", "response", values
    for _ in range(2):
        name, value, when = any_of(chance, SURVIVALS), round(chance.uniform(20, 95), 1), chance.choice(("1 y", "6 mo"))
        yield (f"{name} was {value}% at {when}", "survival",
               {"endpoint": name, "measure": "rate", "value": value, "time": when})  # fmt: skip
    for _ in range(3):
        n, event, grade = chance.randint(0, size), any_of(chance, EVENTS), any_of(chance, GRADES)
        values = {"event": event, "grade": grade, "n": n, "total": size}
        yield f"{event} of grade {grade} occurred in {n} of {size}", "toxicity", values
    months = chance.randint(3, 40)
    yield f"median follow-up was {months} months", "followup", {"value": float(months), "unit": "mo"}


def study(number: int) -> tuple[Fetched, Extraction]:
    """One invented study, the same for the same number."""
    chance = random.Random(number)
    pmid, size = str(FIRST + number), max(1, int(chance.lognormvariate(3.5, 1)))
    said = list(statements(chance, size))
    filler = " ".join(chance.choices(WORDS, k=120))
    text = f"{'. '.join(quote for quote, _, _ in said)}. {filler}."
    record = Record(
        pmid=pmid, title=f"Synthetic study {number} of CAR T cells", journal="Synthetic J",
        sections=(Section(label="RESULTS", category="RESULTS", text=text),),
        published=PartialDate(year=chance.randint(2012, 2026)), authors=("Doe J", "Roe R"),
    )  # fmt: skip
    facts, at = [], len("RESULTS: ")
    for quote, kind, values in said:
        place = {"pmid": pmid, "text_hash": record.text_hash, "section": "RESULTS", "start": at, "end": at + len(quote)}
        made = {"rule": "synthetic", "extractor_version": "1", "confidence": round(chance.betavariate(8, 1.5), 3)}
        facts.append(EVIDENCE[kind](quote=quote, **place, **made, **values))
        at += len(quote) + len(". ")
    about = Study(
        pmid=pmid, study_type=any_of(chance, STUDY_TYPES), targets=any_of(chance, TARGETS),
        diseases=any_of(chance, DISEASES), study_n=chance.choice((size, size, size, None)),
    )  # fmt: skip
    raw = f"<PubmedArticle>{text}</PubmedArticle>".encode()
    return Fetched(record, raw, "pubmed_xml"), Extraction(about, tuple(facts), record.text_hash, "1")


def make(path: Path, studies: int, decisions: int) -> None:
    """Write the database; says how many records and facts a second the store takes."""
    spent, written = {"records": 0.0, "facts": 0.0}, 0
    with Store.open(path) as store:
        for start in range(0, studies, BATCH):
            fetched, found = zip(*map(study, range(start, min(start + BATCH, studies))), strict=True)
            begun = time.perf_counter()
            store.save(fetched)
            between = time.perf_counter()
            written += sum(len(extraction.facts) for extraction in found[: store.save_extractions(found)])
            spent["records"] += between - begun
            spent["facts"] += time.perf_counter() - between
        print(f"{studies:,} records at {studies / spent['records']:,.0f} a second, "
              f"{written:,} facts at {written / spent['facts']:,.0f} a second.")  # fmt: skip
        begun = time.perf_counter()
        for number in range(decisions):
            decide(store, number, study(number * studies // decisions)[1].facts)
        print(f"{decisions:,} decisions at {decisions / (time.perf_counter() - begun):,.0f} a second.")
    print(f"{path.stat().st_size / 1e6:,.0f} MB.")


def decide(store: Store, number: int, facts: tuple[Fact, ...]) -> None:
    """Accept, correct and reject in turn, one fact after another."""
    action = ("accept", "correct", "reject")[number % 3]
    shown = facts[number % len(facts)]
    decided = None if action == "reject" else shown
    if action == "correct":
        decided = type(shown)(**{**shown.given(), "group": "dose level 9"})
    store.decide(Decision(
        pmid=shown.pmid, statement=shown.statement, action=action, curator="ada", at=AT, text_hash=shown.text_hash,
        extractor_version="1", before=shown.given(), after=decided and decided.given(),
        reason="synthetic" if action == "reject" else "",
    ))  # fmt: skip


# What is asked: filters alone and together, common and rare values.
ALONE = [
    {}, {"type": "response"}, {"type": "followup"}, {"endpoint": "CR"}, {"endpoint": "VGPR"}, {"endpoint": "OS"},
    {"event": "CRS"}, {"event": "tumor lysis"}, {"grade": "any"}, {"grade": "1-3"}, {"target": "CD19"},
    {"target": "GPRC5D"}, {"disease": "WM"}, {"disease": ("ALL", "B-ALL", "T-ALL")},
    {"study_type": "prospective_trial"}, {"study_type": "other"}, {"min_n": 10}, {"min_n": 1000},
    {"pmid": str(FIRST + 77)}, {"status": "unreviewed"}, {"status": "corrected"}, {"min_confidence": 0.5},
    {"min_confidence": 0.9999}, {"text": "synthetic"}, {"text": "4711"}, {"quote": "treated"}, {"quote": "4711"},
    {"quote": "HLH severe"},
]  # fmt: skip
TOGETHER = [
    {"endpoint": "CR", "target": "CD22"}, {"endpoint": "CR", "disease": ("ALL", "B-ALL", "T-ALL")},
    {"endpoint": "OS", "study_type": "prospective_trial"}, {"endpoint": "CR", "min_n": 50},
    {"event": "CRS", "grade": ">=3"}, {"event": "CRS", "grade": ">=3", "target": "BCMA"},
    {"event": "HLH", "grade": "1-3"}, {"target": "CD19", "disease": "LBCL"}, {"target": "GPRC5D", "disease": "SLE"},
    {"type": "toxicity", "target": "CD22"}, {"type": "response", "min_confidence": 0.99},
    {"study_type": "real_world", "min_n": 100}, {"text": "durable", "endpoint": "ORR"},
    {"text": "durable", "target": "CD7"}, {"status": "unreviewed", "endpoint": "CR"},
    {"status": "rejected", "event": "CRS"}, {"quote": "dose level", "target": "CD19"},
]  # fmt: skip
PAGES = [
    "SELECT * FROM study_overview LIMIT 100",
    "SELECT * FROM study_overview ORDER BY pmid LIMIT 100 OFFSET 50000",
    "SELECT * FROM study_overview ORDER BY year DESC LIMIT 100 OFFSET 50000",
    "SELECT * FROM study_overview WHERE targets = 'CD22' ORDER BY year LIMIT 100",
    *(f"SELECT * FROM {kind} LIMIT 100" for kind in EVIDENCE),
    "SELECT * FROM response WHERE endpoint = 'CR' ORDER BY year LIMIT 100",
]


COMPARED: tuple[dict[str, Any], ...] = (
    {"endpoint": "CR", "target": "CD22"},
    {"endpoint": "CR", "disease": "ALL", "by": "target"},
    {"endpoint": "OS", "time": "1 y", "disease": "MM"},
    {"event": "CRS", "grade": ">=3", "target": "BCMA"},
    {"event": "infection"},
    {"endpoint": "OS"},
    {"endpoint": "CR"},
    {"event": "CRS", "grade": ">=3"},
)


def ask(path: Path) -> int:
    """Print what each question takes; 1 if one took 2 seconds or more."""
    slow = 0
    print(f"\n{'question':62} {'first 1,000':>11} {'count':>7} {'facts':>9}  by")
    with Store.open(path, readonly=True) as store:
        for asked in (*ALONE, *TOGETHER):
            begun = time.perf_counter()
            list(store.query(Filters(**asked, limit=1000)))
            first = time.perf_counter()
            number = store.count(Filters(**asked))
            counted = time.perf_counter()
            slow += max(first - begun, counted - first) >= LONGEST
            words = ", ".join(f"{name} {value}" for name, value in asked.items()) or "all"
            print(f"{words:62} {first - begun:11.3f} {counted - first:7.3f} {number:9,}  {way(store, asked)}")
        print(f"\n{'view':82} seconds")
        for sql in PAGES:
            begun = time.perf_counter()
            list(store.sql(sql)[1])
            slow += time.perf_counter() - begun >= LONGEST
            print(f"{sql:82} {time.perf_counter() - begun:7.3f}")
    print(f"\n{'compare':62} {'seconds':>11} {'studies':>7} {'left out':>9}")
    with EvidenceDatabase.open(path, readonly=True) as db:
        for asked in COMPARED:
            begun = time.perf_counter()
            found = db.compare(**asked).result
            took = time.perf_counter() - begun
            slow += took >= LONGEST
            words = ", ".join(f"{name} {value}" for name, value in asked.items())
            print(f"{words:62} {took:11.3f} {len(found.rows):7,} {len(found.left_out):9,}")
    return int(slow > 0)


def way(store: Store, asked: dict[str, Any]) -> str:
    """The first index on the way to undecided facts, as SQLite plans it."""
    steps = [step for step in store.plan(Filters(**asked, limit=1000)) if " e " in f"{step} " or "study" in step]
    return steps[0] if steps else "decisions"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--studies", type=int, default=100_000)
    parser.add_argument("--decisions", type=int, default=3_000)
    given = parser.parse_args()
    if not given.file.exists():
        make(given.file, given.studies, given.decisions)
    return ask(given.file)


if __name__ == "__main__":
    sys.exit(main())
