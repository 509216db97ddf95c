"""Write v<N>.sqlite.gz, a small file of today's schema for later versions to be tested on.

Run `python tests/db/old/write.py` once when a step was added to db/migrations.py, with the program that wrote that
step; never for an older one.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[2])]

from store_cases import Make  # noqa: E402

from db.migrations import LATEST  # noqa: E402
from db.store import Store  # noqa: E402
from models.outcome import Deleted, NotStored  # noqa: E402


def fill(path: Path) -> None:
    make = Make()
    with Store.open(path) as store:
        run = store.start_run("0.1.0", ["90000001", "90000002", "90000003"])
        former = make.record(results="A former text.")
        record = make.record(doi="10.0000/synthetic")
        store.save([make.fetched(former), make.fetched(make.record("90000002"))])
        store.save([make.fetched(record), Deleted("90000002", "synthetic.xml")])
        store.save([NotStored("90000003", "missing", "PubMed has no such PMID")])
        facts = make.treated(record), make.cr(record), make.crs(record)
        store.save_extractions([make.extraction(record, *facts)])
        store.decide(make.decision("accept", facts[0]))
        store.decide(make.decision("correct", facts[1], make.cr(record, n=23)))
        store.finish_run(run, {"stored": 1, "missing": 1}, 3)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "evidence.db"
        fill(path)
        (HERE / f"v{LATEST}.sqlite.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
