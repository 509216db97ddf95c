"""Killed writers, full disks, other programs: nothing half written, one sentence, and work goes on."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from db.store import Store
from models.errors import StoreError

BATCH = 25


def batches(make: Any, count: int = 4) -> list[list[Any]]:
    """Records in batches; their text is long enough to fill pages."""
    numbers = range(90000001, 90000001 + BATCH * count)
    records = [make.record(str(n), results=f"24 of 30 patients (80%) {n}. " + f"filler {n} " * 300) for n in numbers]
    return [records[at : at + BATCH] for at in range(0, len(records), BATCH)]


def work(store: Store, make: Any, batch: list[Any]) -> None:
    store.save([make.fetched(record, raw=os.urandom(2000)) for record in batch])
    store.save_extractions([make.extraction(record, make.cr(record)) for record in batch])


def sound(path: Path) -> None:
    """The file and its search indexes are whole."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        for table in ("record_fts", "evidence_fts"):
            connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")


# A writer that dies by SIGKILL as its nth statement of the second batch begins.
WRITER = """
import os, signal, sys
sys.path[:0] = {paths!r}
from store_cases import Make
from test_mishaps import batches, work
from db.store import Store

make = Make()
first, second, *_ = batches(make)
with Store.open({path!r}) as store:
    work(store, make, first)
    seen = 0
    def die(sql):
        global seen
        seen += 1
        if seen == {statement}:
            os.kill(os.getpid(), signal.SIGKILL)
    store._connection.set_trace_callback(die)
    work(store, make, second)
"""


@pytest.mark.parametrize("statement", [2, 20, 60, 90, 120, 150, 180, 210, 240])
def test_killed_writer_leaves_no_half_batch(tmp_path: Path, make: Any, statement: int) -> None:
    path, undisturbed = tmp_path / "evidence.db", tmp_path / "undisturbed.db"
    paths = [str(Path(__file__).parent), *sys.path]
    code = WRITER.format(paths=paths, path=str(path), statement=statement)
    died = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    with Store.open(path) as store, Store.open(undisturbed) as other:
        status = store.status()
        assert status["records"]["stored"] in (BATCH, 2 * BATCH)
        assert status["evidence"]["facts"] == status["evidence"]["extracted_records"] == BATCH
        for batch in batches(make):
            known = store.stored([record.pmid for record in batch])
            store.save([make.fetched(record) for record in batch if record.pmid not in known])
            for waiting in store.pending("1"):
                store.save_extractions([make.extraction(record, make.cr(record)) for record in waiting])
            work(other, make, batch)
        assert list(store.export_rows()) == list(other.export_rows())
    sound(path)


def fails_and_goes_on(store: Store, make: Any, grow: Any) -> None:
    """Fill the disk; the batch that does not fit leaves nothing, and fits once there is room."""
    done = 0
    todo = batches(make, 40)
    with pytest.raises(StoreError, match="disk is full") as refusal:
        for batch in todo:
            work(store, make, batch)
            done += 1
    assert "\n" not in str(refusal.value)
    status = store.status()
    assert status["records"]["stored"] in (done * BATCH, (done + 1) * BATCH)
    assert status["evidence"]["extracted_records"] == done * BATCH
    grow()
    work(store, make, todo[done])
    assert store.status()["evidence"]["extracted_records"] == (done + 1) * BATCH


def test_database_that_may_not_grow(store: Store, path: Path, make: Any) -> None:
    store._connection.execute("PRAGMA max_page_count = 200")
    fails_and_goes_on(store, make, lambda: store._connection.execute("PRAGMA max_page_count = 100000"))
    store.close()
    sound(path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.name != "posix" or os.getuid() != 0:
        pytest.skip("needs root to mount a small disk")
    if subprocess.run([mount, "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_full_disk(small_disk: Path, make: Any) -> None:
    path = small_disk / "evidence.db"
    with Store.open(path) as store:
        remount = ["mount", "-o", "remount,size=30m", str(small_disk)]
        fails_and_goes_on(store, make, lambda: subprocess.run(remount, check=True))
    sound(path)


def test_disk_too_full_to_begin(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(b"x" * (3 * 1024 * 1024 - 8192))
    path = small_disk / "evidence.db"
    with pytest.raises(StoreError, match="disk"):
        Store.open(path)
    (small_disk / "ballast").unlink()
    Store.open(path).close()
    sound(path)


def test_another_program_is_writing(store: Store, path: Path, make: Any) -> None:
    record = make.record()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Store.open(path, wait=0.1) as waiting:
        for write in (
            lambda: waiting.save([make.fetched(record)]),
            lambda: waiting.save_extractions([]),
            lambda: waiting.decide(make.decision("accept", make.cr(record))),
            lambda: waiting.start_run("0.1.0", []),
        ):
            with pytest.raises(StoreError, match="in use by another program"):
                write()
        assert waiting.record("90000001") is None  # reading does not wait
        assert list(waiting.export_rows()) == []
        other.execute("COMMIT")
        waiting.save([make.fetched(record)])
        assert waiting.record("90000001") == record
    other.close()


def test_writer_waits_its_turn(store: Store, path: Path, make: Any) -> None:
    code = f"""
import sqlite3, time
connection = sqlite3.connect({str(path)!r}, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(0.7)
connection.execute("COMMIT")
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        assert store.save([make.fetched(make.record())]).new == 1


def test_two_writers_at_once_store_everything(path: Path, make: Any) -> None:
    Store.open(path).close()
    code = """
import sys
sys.path[:0] = {paths!r}
from store_cases import Make
from test_mishaps import batches, work
from db.store import Store
with Store.open({path!r}) as store:
    for batch in batches(Make(), 8)[{part}::2]:
        work(store, Make(), batch)
"""
    paths = [str(Path(__file__).parent), *sys.path]
    writers = [
        subprocess.Popen([sys.executable, "-c", code.format(paths=paths, path=str(path), part=part)]) for part in (0, 1)
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0]
    with Store.open(path, readonly=True) as store:
        assert store.status()["evidence"]["facts"] == 8 * BATCH
    sound(path)


def test_error_within_a_batch_leaves_nothing(store: Store, make: Any) -> None:
    bad = make.fetched(make.record("90000002"), raw="text instead of bytes")
    with pytest.raises(TypeError):
        store.save([make.fetched(make.record("90000001")), bad])
    assert store.known(["90000001", "90000002"]) == {}
    assert store.save([make.fetched(make.record("90000001"))]).new == 1
