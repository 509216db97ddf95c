"""Which files are opened, made, or refused, and in which words."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from db.migrations import APPLICATION_ID, LATEST
from db.store import Store
from models.errors import StoreError


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmark (url TEXT)")


def foreign_with_a_mark(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 1234")


def newer(path: Path) -> None:
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {LATEST + 1}")


def damaged(path: Path) -> None:
    Store.open(path).close()
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 8000)


def python(code: str, **more: Any) -> subprocess.Popen[str]:
    """A program of its own that runs the code."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", code], stdout=pipe, stderr=pipe, text=True, env=env, **more)


REFUSED = {
    "folder": (lambda path: path.mkdir(), "is a folder"),
    "text": (lambda path: path.write_text("PMID- 90000001\n" * 9), "not a database"),
    "short binary": (lambda path: path.write_bytes(b"\x00\x01"), "not a database"),
    "foreign": (foreign, "another program"),
    "foreign with a mark": (foreign_with_a_mark, "another program"),
    "newer": (newer, "newer cartevidence"),
    "damaged": (damaged, "damaged"),
}


@pytest.mark.parametrize("readonly", [False, True])
@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_one_sentence_and_left_as_it_is(path: Path, name: str, readonly: bool) -> None:
    prepare, words = REFUSED[name]
    prepare(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError, match=words) as refusal:
        Store.open(path, readonly=readonly)
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.parametrize("how", [{"readonly": True}, {"create": False}])
def test_missing_file_is_not_made_where_it_was_expected(path: Path, how: dict[str, bool]) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        Store.open(path, **how)
    assert not path.exists()


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"folder .* does not exist"):
        Store.open(tmp_path / "nowhere" / "evidence.db")


def test_empty_file_becomes_a_database(path: Path) -> None:
    path.touch()
    with pytest.raises(StoreError, match="empty file"):
        Store.open(path, readonly=True)
    with Store.open(path) as store:
        assert store.status()["records"]["stored"] == 0


def test_a_new_file_is_marked_as_ours(path: Path) -> None:
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        pragmas = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        assert pragmas == [APPLICATION_ID, LATEST]
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


@pytest.mark.parametrize("name", ["with space.db", "percent%20sign.db", "question?mark#hash.db", "größe.db"])
def test_any_file_name(tmp_path: Path, name: str) -> None:
    Store.open(tmp_path / name).close()
    assert (tmp_path / name).exists()
    Store.open(tmp_path / name, readonly=True).close()


def test_readonly_store_refuses_to_write(path: Path) -> None:
    Store.open(path).close()
    with Store.open(path, readonly=True) as store, pytest.raises(StoreError, match="reading only"):
        store.save([])


AS_NOBODY = """
import os
from db.store import Store
from models.errors import StoreError
os.setgroups([]); os.setgid({uid}); os.setuid({uid})
try:
    with Store.open({path!r}, readonly={readonly}) as store:
        print("opened", store.status()["records"]["stored"])
except StoreError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("file_mode", "folder_mode", "readonly", "answer"),
    [
        (0o600, 0o755, False, "cannot be opened: Permission denied"),
        (0o600, 0o755, True, "cannot be opened: Permission denied"),
        (0o644, 0o755, False, "may only be read"),
        (0o644, 0o755, True, "opened 0"),  # an archive: no -shm file can be made beside it
        (0o644, 0o700, False, "cannot be opened: Permission denied"),
        (None, 0o755, False, "cannot be opened: check that you may read and write it and its folder"),
    ],
)
def test_without_rights(nobody: int, file_mode: int | None, folder_mode: int, readonly: bool, answer: str) -> None:
    with tempfile.TemporaryDirectory() as name:  # tmp_path lies in a folder that is its owner's alone
        folder, path = Path(name), Path(name) / "evidence.db"
        if file_mode is not None:
            Store.open(path).close()
            path.chmod(file_mode)
        folder.chmod(folder_mode)
        done = python(AS_NOBODY.format(uid=nobody, path=str(path), readonly=readonly))
        said, complaint = done.communicate(timeout=60)
    assert answer in said, said + complaint


def test_several_programs_make_the_same_database_at_once(path: Path) -> None:
    code = f"from db.store import Store; input(); Store.open({str(path)!r}).close()"
    programs = [python(code, stdin=subprocess.PIPE) for _ in range(4)]
    time.sleep(0.5)  # all have imported and wait
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    complaints = [program.communicate(timeout=60)[1] for program in programs]
    assert complaints == [""] * 4
    Store.open(path, readonly=True).close()
