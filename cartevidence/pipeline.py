"""The main path: fetch → extract → store. Each step takes up where an earlier run stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict, Unpack

from cartevidence import __version__
from cartevidence.asked import Asked
from cartevidence.extraction import extracted
from cartevidence.progress import Progress, Silent
from cartevidence.report import Report
from db.store import Store
from extract import Extractor
from fetch import sources as files
from fetch.entrez import Entrez
from models.errors import EntrezError, SourceError
from models.outcome import Deleted, Extraction, Fetched, NotStored, Outcome

BATCH = 200  # records a transaction when fetching
READ_AT_ONCE = 50  # records a transaction when extracting: a second or two of work, so that workers share even a few


class Options(TypedDict, total=False):
    """What may be given to `run`, `fetch` and `extract` beside sources and store."""

    search: str | None  # a PubMed query, whose hits are asked for as well
    entrez: Entrez | None  # how to reach PubMed; by default from the environment
    refresh: bool  # fetch again what is stored, and report what changed
    workers: int  # processes that extract
    progress: Progress


def run(sources: Iterable[str | Path], store: Store, **options: Unpack[Options]) -> Report:
    """Bring PMIDs, files and hits of a search into the store, with their evidence, and tell what became of each.

    Every finished batch is saved at once: a run that is stopped loses none, and the same call goes on from there.
    Raises SourceError for a source that is neither a PMID nor an existing path, StoreError where the database
    cannot be written.
    """
    return _perform("run", (read_files, search_pubmed, fetch_pubmed, extract_evidence), sources, store, options)


def fetch(sources: Iterable[str | Path], store: Store, **options: Unpack[Options]) -> Report:
    """The first half of `run`: records without evidence."""
    return _perform("fetch", (read_files, search_pubmed, fetch_pubmed), sources, store, options)


def extract(sources: Iterable[str | Path], store: Store, **options: Unpack[Options]) -> Report:
    """The second half of `run`, on records that are stored; on all of them when nothing particular is asked."""
    return _perform("extract", (name_files, search_pubmed, look_up, extract_evidence), sources, store, options)


@dataclass
class Job:
    """What the steps share: what is asked, where it goes, and the report they fill."""

    asked: Asked
    store: Store
    entrez: Entrez | None = None
    refresh: bool = False
    workers: int = 1
    progress: Progress = field(default_factory=Silent)
    pmids: list[str] = field(default_factory=list)  # all that are asked for by now, from whatever source
    report: Report = field(default_factory=Report)


def read_files(job: Job) -> None:
    """Files and folders → records in the store. A file that ends in rubbish gives what stands before it."""
    for path in job.asked.paths:
        with job.progress.step(f"Reading {path}", None) as step:
            for batch in _batches(files.read(path, skipped=job.report.skip), job.report):
                _save(job, batch)
                step.advance(len(batch))


def search_pubmed(job: Job) -> None:
    """The query → PMIDs. A search that breaks off gives the hits it had."""
    if job.asked.search is None:
        return
    with job.progress.step("Searching PubMed", None) as step:
        try:
            for hits in (job.entrez or Entrez()).search(job.asked.search):
                job.pmids += hits
                step.advance(len(hits))
        except EntrezError as error:
            job.report.problems.append(str(error))


def fetch_pubmed(job: Job) -> None:
    """PMIDs → records in the store; what is stored already is left alone unless refreshing."""
    asked = [pmid for pmid in dict.fromkeys([*job.asked.pmids, *job.pmids]) if pmid not in job.report.states]
    kept = set() if job.refresh else job.store.stored(asked)
    job.report.keep(pmid for pmid in asked if pmid in kept)
    wanted = [pmid for pmid in asked if pmid not in kept]
    if not wanted:
        return
    with job.progress.step("Fetching from PubMed", len(wanted)) as step:
        for batch in (job.entrez or Entrez()).fetch(wanted):
            _save(job, batch)
            step.advance(len(batch))


def extract_evidence(job: Job) -> None:
    """Stored records that this version of the extractor has not read → their evidence in the store."""
    extractor = Extractor()
    pmids = job.report.stored if job.asked else None
    with job.progress.step("Extracting evidence", len(pmids) if pmids else None) as step:
        for batch in extracted(job.store.pending(extractor.version, pmids, READ_AT_ONCE), extractor, job.workers):
            job.store.save_extractions([result for result in batch if isinstance(result, Extraction)])
            job.report.note_read(batch)
            step.advance(len(batch))


def name_files(job: Job) -> None:
    """Files and folders → the PMIDs of their records; nothing is stored."""
    for path in job.asked.paths:
        for batch in _batches(files.read(path, skipped=job.report.skip), job.report):
            job.pmids += [outcome.record.pmid for outcome in batch if isinstance(outcome, Fetched)]


def look_up(job: Job) -> None:
    """PMIDs → those of them that are stored; the others are listed."""
    asked = list(dict.fromkeys([*job.asked.pmids, *job.pmids]))
    stored = job.store.stored(asked)
    job.report.keep(pmid for pmid in asked if pmid in stored)
    for pmid in asked:
        if pmid not in stored:
            job.report.leave(NotStored(pmid, "failed", "It is not in the database: bring it there with run or fetch."))


Step = Callable[[Job], None]


def _perform(name: str, steps: Sequence[Step], sources: Iterable[str | Path], store: Store, options: Options) -> Report:
    asked = Asked.of(sources, options.get("search"))
    job = Job(
        asked,
        store,
        entrez=options.get("entrez"),
        refresh=options.get("refresh", False),
        workers=options.get("workers", 1),
        progress=options.get("progress", Silent()),
    )
    number = store.start_run(__version__, {"command": name, **asked.as_text(), "refresh": job.refresh})
    for step in steps:
        step(job)
    store.finish_run(number, {**job.report.counts, "read": job.report.read}, job.report.exit_status)
    return job.report


def _batches(outcomes: Iterator[Outcome], report: Report) -> Iterator[list[Outcome]]:
    """Outcomes in batches; where their source fails, what came before is given and the failure noted."""
    batch: list[Outcome] = []
    try:
        for outcome in outcomes:
            batch.append(outcome)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except SourceError as error:
        report.problems.append(str(error))
    if batch:
        yield batch


def _save(job: Job, outcomes: list[Outcome]) -> None:
    """Store a batch and note in the report what became of each of its records."""
    pmids = {outcome.record.pmid if isinstance(outcome, Fetched) else outcome.pmid for outcome in outcomes}
    before = {pmid: job.store.record(pmid) for pmid in pmids}
    job.store.save(outcomes)
    for outcome in outcomes:
        match outcome:
            case NotStored():
                job.report.leave(outcome)
            case Deleted():
                job.report.states[outcome.pmid] = "deleted"
            case Fetched(record):
                job.report.note(record.pmid, before[record.pmid], job.store.record(record.pmid))
