"""Bad input: one clear sentence, the right exit status, no traceback, and nothing that was good is lost."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from eutils_server import EutilsServer, hang
from program import Run, many, study
from synthetic import article_set

from fetch.entrez import Entrez

GOOD = [str(90005000 + i) for i in range(3)]
PROGRESS = re.compile(r"[A-Z][\w /.]+: [\d,]+( of [\d,]+)?")  # on a slow machine


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The one line of standard error beside progress; fails if there is more."""
    lines = [line for line in done.stderr.splitlines() if line and not PROGRESS.fullmatch(line)]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("Error: ")
    assert lines[0].endswith(".")
    return lines[0]


def stored(cartevidence: Run) -> set[str]:
    rows = map(json.loads, cartevidence("export", "--db", "e.db").stdout.splitlines())
    return {row["pmid"] for row in rows if row["type"] == "study"}


def half(path: Path) -> None:
    whole = article_set(*map(study, GOOD))
    path.write_bytes(whole[: whole.rindex(b"</AbstractText>")])


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("empty.xml", lambda path: path.write_bytes(b"")),
        ("binary.xml", lambda path: path.write_bytes(bytes(range(256)) * 40)),
        ("picture.png", lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))),
        ("novel.txt", lambda path: path.write_text("It was a dark and stormy night.\n" * 50)),
        ("broken.xml.gz", lambda path: path.write_bytes(b"\x1f\x8b\x08\x00" + bytes(30))),
        ("empty_folder", lambda path: path.mkdir()),
    ],
)
def test_what_is_no_source(name: str, make: Callable[[Path], object], cartevidence: Run, tmp_path: Path) -> None:
    make(tmp_path / name)
    done = cartevidence("run", name, "--db", "e.db")
    assert done.returncode == 1
    assert name in sentence(done)

    (tmp_path / "good.xml").write_bytes(article_set(*map(study, GOOD)))
    done = cartevidence("run", name, "good.xml", "--db", "e.db")
    assert done.returncode == 3
    assert name in sentence(done)
    assert stored(cartevidence) == set(GOOD)


def test_half_an_xml_file_gives_its_whole_records(cartevidence: Run, tmp_path: Path) -> None:
    half(tmp_path / "half.xml")
    done = cartevidence("run", "half.xml", "--db", "e.db")
    assert done.returncode == 3
    assert "half.xml" in sentence(done)
    assert stored(cartevidence) == set(GOOD[:2])


@contextlib.contextmanager
def ordinary_user() -> Iterator[None]:
    """Not as root, to whom nothing is forbidden."""
    me = os.geteuid()
    try:
        if me == 0:
            os.seteuid(65534)
        yield
    finally:
        os.seteuid(me)


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_no_permission(kind: str, cartevidence: Run) -> None:
    with tempfile.TemporaryDirectory() as place:  # pytest's own folders are closed to other users
        Path(place).chmod(0o777)
        closed, good = Path(place, "closed"), Path(place, "good.xml")
        closed.mkdir() if kind == "folder" else closed.write_text("x")
        closed.chmod(0)
        good.write_bytes(article_set(*map(study, GOOD)))
        assert cartevidence("run", good, "--db", f"{place}/first.db").returncode == 0  # all is imported now
        with ordinary_user():
            alone = cartevidence("run", closed, "--db", f"{place}/e.db")
            beside = cartevidence("run", closed, good, "--db", f"{place}/e.db")
    assert (alone.returncode, beside.returncode) == (1, 3)
    assert str(closed) in sentence(alone)
    assert "3 stored (3 new)" in beside.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["run", "nowhere.xml"], 2, "There is no file or folder nowhere.xml"),
        (["run", "0123"], 2, "0123 is not a PMID"),
        (["run", "1234567890"], 2, "1234567890 is not a PMID"),
        (["run", "--pmids", "nowhere.txt"], 2, "nowhere.txt"),
        (["run", "90005000", "--workers", "0"], 2, "--workers"),
        (["run", "90005000", "--entrez-url", "not an address"], 1, "must be a web address"),
        (["status"], 1, "There is no database e.db"),
        (["show", "90005000"], 1, "There is no database e.db"),
        (["export", "--format", "xlsx"], 2, "--out"),
        (["explain", "nowhere.xml"], 1, "There is no file nowhere.xml"),
        (["query", "SELECT 1", "--pmid", "90005000"], 2, "either SQL or filters"),
    ],
)
def test_wrong_usage(arguments: list[str], status: int, words: str, cartevidence: Run, tmp_path: Path) -> None:
    done = cartevidence(*arguments, "--db", "e.db")
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    if status == 2:
        assert not (tmp_path / "e.db").exists()


def test_a_messy_pmid_list(cartevidence: Run, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"\n\n  {GOOD[0]}\t\r\nPMID: {GOOD[1]}, {GOOD[0]}\nabstract 12x4\n\n{GOOD[2]}\n")
    with EutilsServer({pmid: study(pmid) for pmid in GOOD}) as server:
        done = cartevidence("run", "--pmids", "list.txt", "--db", "e.db", "--entrez-url", server.url)
    assert done.returncode == 3
    assert "3 records asked for: 3 stored" in done.stdout
    assert "Error: list.txt has 2 words that are no PMIDs: 'abstract', '12x4'." in done.stderr
    assert stored(cartevidence) == set(GOOD)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"only words", bytes(range(128, 256))])
def test_a_list_without_pmids(content: bytes, cartevidence: Run, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(content)
    done = cartevidence("run", "--pmids", "list.txt", "--db", "e.db")
    assert done.returncode == 1
    assert "list.txt holds no PMID" in sentence(done)


def test_ten_thousand_pmids_out_of_reach(cartevidence: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Entrez.__init__
    monkeypatch.setattr(Entrez, "__init__", lambda self, **given: ask(self, first_wait=0.01, **given))
    (tmp_path / "saved.xml").write_bytes(article_set(*map(study, GOOD)))
    pmids = [str(90010000 + i) for i in range(10_000)]
    (tmp_path / "list.txt").write_text("\n".join(pmids))
    done = cartevidence("run", "saved.xml", "--pmids", "list.txt", "--db", "e.db")  # connections are refused
    assert done.returncode == 3
    assert "10,003 records asked for: 3 stored (3 new), 10,000 failed." in done.stdout
    assert f"failed: {pmids[0]}, {pmids[1]}, " in done.stdout
    assert stored(cartevidence) == set(GOOD)
    found = json.loads(cartevidence("status", "--db", "e.db", "--format", "json").stdout)
    assert [row["pmid"] for row in found["not_stored"]] == pmids


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")


@pytest.mark.parametrize(
    "make", [foreign, lambda path: path.write_bytes(b"not a database, " * 100), lambda path: path.mkdir()]
)
@pytest.mark.parametrize("command", [["run", "good.xml"], ["status"], ["export"]])
def test_a_database_that_is_not_ours(
    command: list[str], make: Callable[[Path], object], cartevidence: Run, tmp_path: Path
) -> None:
    (tmp_path / "good.xml").write_bytes(article_set(*map(study, GOOD)))
    make(tmp_path / "e.db")
    before = (tmp_path / "e.db").read_bytes() if (tmp_path / "e.db").is_file() else None
    done = cartevidence(*command, "--db", "e.db")
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert "e.db" in done.stderr
    if before is not None:
        assert (tmp_path / "e.db").read_bytes() == before


def test_a_full_disk_keeps_what_was_stored(cartevidence: Run, program: Run, tmp_path: Path, demo_db: Path) -> None:
    shutil.copy(demo_db, tmp_path / "e.db")
    before = stored(cartevidence)
    (tmp_path / "many.xml").write_bytes(article_set(*many(90006000, 450).values()))
    done = program("run", "many.xml", "--db", "e.db", limit=(tmp_path / "e.db").stat().st_size + 100_000)
    assert done.returncode == 1
    assert "e.db" in sentence(done)
    assert stored(cartevidence) >= before
    assert cartevidence("run", "many.xml", "--db", "e.db").returncode == 0
    assert len(stored(cartevidence)) == len(before) + 450


def test_an_export_that_fails_leaves_the_old_file(program: Run, tmp_path: Path, demo_db: Path) -> None:
    (tmp_path / "out.csv").write_text("old")
    done = program("export", "--format", "csv", "--out", "out.csv", "--db", demo_db, limit=33_000)
    assert done.returncode == 1
    assert "out.csv" in sentence(done)
    assert (tmp_path / "out.csv").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_ctrl_c_is_one_sentence(environment: dict[str, str], tmp_path: Path) -> None:
    with EutilsServer({}, when=lambda call: hang(20)) as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "cartevidence", "run", *GOOD, "--db", "e.db", "--entrez-url", server.url],
            cwd=tmp_path, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        deadline = time.monotonic() + 30
        while not server.log and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=15)
    assert process.returncode == 130
    assert err == "Stopped. Every finished batch is kept; the same command goes on from here.\n"


def test_a_closed_pipe_is_quiet(environment: dict[str, str], demo_db: Path, tmp_path: Path) -> None:
    command = f"{sys.executable} -m cartevidence export --db {demo_db} | head -n 1"
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["type"] == "study"
    assert done.stderr == ""


def test_debug_gives_the_traceback(cartevidence: Run) -> None:
    for arguments in (["--debug", "status"], ["status", "--debug"]):
        done = cartevidence(*arguments, "--db", "e.db")
        assert done.returncode == 1
        assert "Traceback" in done.stderr
        assert done.stderr.endswith("`cartevidence run 31110217 --db e.db`.\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f"{GOOD[0]} {GOOD[0]}", "list.txt: 1 repeated PMID is asked for once."),
        (f"{GOOD[0]} oops", "list.txt has 1 word that is no PMID: 'oops'."),
    ],
)
def test_one_word_of_a_list_is_told_in_the_singular(
    content: str, words: str, cartevidence: Run, tmp_path: Path
) -> None:
    (tmp_path / "list.txt").write_text(content)
    (tmp_path / "saved.xml").write_bytes(article_set(study(GOOD[0])))
    done = cartevidence("run", "saved.xml", "--pmids", "list.txt", "--db", "e.db")
    assert words in done.stderr
