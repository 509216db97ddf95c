"""docs/database.md names every table, view and column of the database and nothing else, and its examples run."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from program import ROOT, Run

from db.store import Store
from models.evidence import CHECKS, EVIDENCE

PAGE = (ROOT / "docs" / "database.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sql\n(.*?);\n```", PAGE, re.DOTALL)
# These views give another table's columns on: what each leaves out is said in words.
PASSED_ON = {"evidence_current": "evidence", "decision_effective": "decision"}
# These have columns of other tables and views, with the same meaning.
SHARED = {
    "evidence_undecided": ("evidence", "evidence_current"),
    "evidence_decided": ("evidence", "evidence_current"),
} | dict.fromkeys(EVIDENCE, ("evidence", "evidence_current"))
# Sections that describe no table
PROSE = {"Opening it", "What all tables share", "Examples"}


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The columns of each table and view of a fresh database, but for SQLite's own tables."""
    path = tmp_path_factory.mktemp("fresh") / "fresh.db"
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as database:
        names = database.execute(
            "SELECT name FROM pragma_table_list WHERE type <> 'shadow' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'"
        ).fetchall()
        return {name: {row[1] for row in database.execute(f"PRAGMA table_info({name})")} for (name,) in names}


def sections() -> dict[str, str]:
    found = re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    return {name: text for heading, text in found for name in heading.split(", ")}


def described(text: str) -> set[str]:
    """The names in the first column of the tables headed 'column'."""
    tables = re.findall(r"^\| column \| meaning \|\n\|---\|---\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    return {name for table in tables for name in re.findall(r"^\| `(\w+)` \| \S", table, re.MULTILINE)}


def test_each_table_and_view_has_its_section(columns: dict[str, set[str]]) -> None:
    assert {"record", "evidence", "decision", "evidence_current", "record_fts"} <= columns.keys()
    assert sections().keys() - PROSE == columns.keys()


def test_each_column_is_described_and_no_other(columns: dict[str, set[str]]) -> None:
    page = sections()
    for name, present in columns.items():
        here = described(page[name])
        passed_on = described(page[PASSED_ON[name]]) if name in PASSED_ON else set()
        for other in SHARED.get(name, ()):
            passed_on |= described(page[other]) & columns[other]
        assert here <= present, f"docs/database.md describes {here - present}, which {name} does not have"
        assert present <= here | passed_on, f"docs/database.md does not describe {present - here - passed_on} of {name}"
        if name in PASSED_ON:
            left_out = passed_on - present
            assert all(f"`{column}`" in page[name].partition("|")[0] for column in left_out), (name, left_out)


def test_each_check_is_described() -> None:
    for name, meaning in CHECKS.items():
        assert f"| `{name}` | {meaning} |" in PAGE


def rows(database: Path) -> Iterator[list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as client:
        yield from (client.execute(example).fetchall() for example in EXAMPLES)


def test_the_examples_give_rows_in_any_client(demo_db: Path) -> None:
    found = list(rows(demo_db))
    assert len(found) >= 6
    for example, got in zip(EXAMPLES, found, strict=True):
        assert got, example
    ((facts, proven),) = found[-1]  # the example of the proof
    assert facts == proven > 50


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text[:40])
def test_the_examples_run_as_a_query(cartevidence: Run, demo_db: Path, example: str) -> None:
    done = cartevidence("query", example + ";", "--db", demo_db, "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 1


def test_the_python_runs(tmp_path: Path, demo_db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(demo_db, tmp_path / "demo.db")
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    assert len(names["evidence"]) > 50
