"""Extraction of batches of records in this process or in several, with the same result in the same order."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.process import BaseProcess

from extract import Extractor
from models.errors import CartevidenceError
from models.outcome import Extraction
from models.record import Record


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record on which the extractor itself failed: a defect to report, which must not stop the others."""

    pmid: str
    reason: str


def extracted(
    batches: Iterable[list[Record]], extractor: Extractor, workers: int = 1
) -> Iterator[list[Extraction | Unreadable]]:
    """The evidence of each batch, in order, by `extractor` or by as many like it as there are workers.

    Two batches a worker are under way at a time, so that memory stays bounded. Raises CartevidenceError when a
    worker is killed from outside.
    """
    if workers <= 1:
        for batch in batches:
            yield extract_batch(extractor, batch)
        return
    # Spawned, not forked: spaCy's and the database's threads and locks would not survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker) as pool:
        under_way: deque[Future[list[Extraction | Unreadable]]] = deque()
        try:
            for batch in batches:
                under_way.append(pool.submit(_work, batch))
                if len(under_way) >= 2 * workers:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        except BrokenProcessPool as error:
            raise CartevidenceError(
                "A worker process was stopped from outside (often for lack of memory): "
                "run the same command again with fewer --workers; finished batches are kept."
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def extract_batch(extractor: Extractor, batch: list[Record]) -> list[Extraction | Unreadable]:
    """All records of a batch; where one fails, the others are still read."""
    try:
        return list(extractor.extract_many(batch))
    except Exception:  # any defect of the extractor: find the record that shows it
        return [_extract_one(extractor, record) for record in batch]


def _extract_one(extractor: Extractor, record: Record) -> Extraction | Unreadable:
    try:
        return extractor.extract(record)
    except Exception as error:
        return Unreadable(record.pmid, f"the extractor failed on its text ({type(error).__name__}: {error})")


_worker: Extractor


def _start_worker() -> None:
    """Ctrl-C is the parent's to handle, and a worker must not outlive a parent that was killed."""
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _worker = Extractor()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _work(batch: list[Record]) -> list[Extraction | Unreadable]:
    return extract_batch(_worker, batch)
