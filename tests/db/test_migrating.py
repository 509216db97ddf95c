"""Files of former schemas: today's program opens them, and a failed migration leaves them as they were.

`old/v<N>.sqlite.gz` is a file as that schema's program wrote it, by `old/write.py`; add one with each new step.
"""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from db import connection as opening
from db import migrations
from db.store import Store
from models.errors import StoreError

OLD = Path(__file__).parent / "old"


def restore(version: int, path: Path) -> None:
    path.write_bytes(gzip.decompress((OLD / f"v{version}.sqlite.gz").read_bytes()))


def test_each_schema_has_an_old_file() -> None:
    expected = {f"v{number}.sqlite.gz" for number in range(1, migrations.LATEST + 1)}
    assert {file.name for file in OLD.glob("v*")} == expected


@pytest.mark.parametrize("version", range(1, migrations.LATEST + 1))
def test_old_file_is_opened_with_all_it_holds(path: Path, version: int) -> None:
    restore(version, path)
    with Store.open(path) as store:
        assert store.known(["90000001", "90000002", "90000003"]) == {
            "90000001": "stored", "90000002": "deleted", "90000003": "missing"
        }  # fmt: skip
        facts = [(fact.fact.type, fact.fact.given().get("n"), fact.status) for fact in store.facts("90000001")]
        assert facts == [("cohort", 34, "accepted"), ("response", 23, "corrected"), ("toxicity", 2, "unreviewed")]
        assert [decision.action for _, decision in store.decisions("90000001")] == ["accept", "correct"]
        assert store.raw("90000001") == ("pubmed_xml", b"<PubmedArticle/>")
        assert [hit.pmid for hit in store.search_text("CD22")] == ["90000001"]
        assert store.status()["run"]["exit_status"] == 3
        assert [row["type"] for row in store.export_rows()] == ["study", "cohort", "response", "toxicity"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == migrations.LATEST
        for table in ("record_fts", "evidence_fts"):
            connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")


def note_laboratory(database: Database) -> None:
    database["record"].add_column("laboratory", str)
    database.execute("UPDATE record SET laboratory = 'unknown'")


def breaks(database: Database) -> None:
    database["study"].add_column("half", str)
    database.execute("INSERT INTO nowhere VALUES (1)")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Today's program with steps that do not exist yet."""

    def steps(*more: Any) -> None:
        monkeypatch.setattr(migrations, "MIGRATIONS", [*migrations.MIGRATIONS, *more])
        monkeypatch.setattr(opening, "LATEST", len(migrations.MIGRATIONS))

    return steps


def test_later_step_runs_once_and_keeps_everything(path: Path, later: Any) -> None:
    restore(1, path)
    later(note_laboratory)
    for _ in "12":
        with Store.open(path) as store:
            _, rows = store.sql("SELECT DISTINCT laboratory FROM record")
            assert list(rows) == [("unknown",)]
            assert len(store.facts("90000001")) == 3
    with Store.open(path, readonly=True) as store:
        assert len(store.decisions("90000001")) == 2


def test_reading_alone_does_not_migrate(path: Path, later: Any) -> None:
    restore(1, path)
    later(note_laboratory)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="older version"):
        Store.open(path, readonly=True)
    assert path.read_bytes() == before


def test_step_that_fails_leaves_the_file_as_it_was(path: Path, later: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    restore(1, path)
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump())
    with monkeypatch.context():
        later(note_laboratory, breaks)
        with pytest.raises(sqlite3.OperationalError, match="nowhere"):
            Store.open(path)
    with closing(sqlite3.connect(path)) as connection:
        assert list(connection.iterdump()) == before
        assert connection.execute("PRAGMA user_version").fetchone()[0] == 1


def test_file_of_a_later_program_is_refused(path: Path, later: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as then:
        then.setattr(migrations, "MIGRATIONS", [*migrations.MIGRATIONS, note_laboratory])
        then.setattr(opening, "LATEST", len(migrations.MIGRATIONS))
        Store.open(path).close()
    with pytest.raises(StoreError, match="newer cartevidence"):
        Store.open(path)
