"""kill -9 in the middle of `run`, then `run` again: the same export as an undisturbed run."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from eutils_server import EutilsServer
from program import Run, many

RECORDS = many(90004000, 450)  # three batches
PMIDS = list(RECORDS)


def rows(db: Path, table: str) -> int:
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as found,
    ):
        return int(found.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    return 0


@pytest.mark.parametrize("table", ["record", "study"])
def test_killed_while_filling(table: str, cartevidence: Run, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("\n".join(PMIDS))
    with EutilsServer(RECORDS) as server:
        arguments = ["run", "--pmids", "list.txt", "--entrez-url", server.url]
        assert cartevidence(*arguments, "--db", "whole.db").returncode == 0
        server.log.clear()

        command = [sys.executable, "-m", "cartevidence", *arguments, "--db", "killed.db"]
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while rows(tmp_path / "killed.db", table) == 0 and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept = rows(tmp_path / "killed.db", table)
        assert 0 < kept < len(PMIDS), "the run was not killed in the middle"

        first = sum(len(ids) for ids in server.asked)
        server.log.clear()
        again = cartevidence(*arguments, "--db", "killed.db")
        assert again.returncode == 0
        second = sum(len(ids) for ids in server.asked)
        assert second <= len(PMIDS) - (kept if table == "record" else len(PMIDS)), (first, second)
    assert cartevidence("export", "--db", "killed.db").stdout == cartevidence("export", "--db", "whole.db").stdout
