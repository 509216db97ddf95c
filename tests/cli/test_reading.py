"""status, show, query and export on the demo's database."""

from __future__ import annotations

import csv
import io
import json
import shlex
import sqlite3
from pathlib import Path

import pytest
from program import Run

DEMO = [str(90001001 + i) for i in range(8)]


def test_export_is_in_order_and_every_quote_stands_at_its_place(cartevidence: Run, demo_db: Path) -> None:
    rows = [json.loads(line) for line in cartevidence("export", "--db", demo_db).stdout.splitlines()]
    assert [row["pmid"] for row in rows if row["type"] == "study"] == DEMO
    with sqlite3.connect(demo_db) as database:
        texts = {
            pmid: (title, abstract)
            for pmid, title, abstract in database.execute("SELECT pmid, title, abstract FROM record")
        }
    facts = [row for row in rows if row["type"] != "study"]
    assert len(facts) > 40
    for fact in facts:
        title, abstract = texts[fact["pmid"]]
        assert (title if fact["section"] == "TITLE" else abstract)[fact["start"] : fact["end"]] == fact["quote"]
        assert None not in fact.values()
    assert [row["pmid"] for row in rows] == sorted(row["pmid"] for row in rows)


def test_csv_has_the_facts_with_their_studies(cartevidence: Run, demo_db: Path, tmp_path: Path) -> None:
    jsonl = [json.loads(line) for line in cartevidence("export", "--db", demo_db).stdout.splitlines()]
    cartevidence("export", "--db", demo_db, "--format", "csv", "--out", "e.csv")
    raw = (tmp_path / "e.csv").read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n")
    rows = list(csv.DictReader(io.StringIO(raw.decode(), newline="")))
    assert [row["id"] for row in rows if row["type"] != "study"] == [
        row["id"] for row in jsonl if row["type"] != "study"
    ]
    without = set(DEMO) - {row["pmid"] for row in jsonl if row["type"] != "study"}
    assert {row["pmid"] for row in rows if row["type"] == "study"} == without
    first = next(row for row in jsonl if row["type"] == "response")
    same = next(row for row in rows if row["id"] == first["id"])
    assert (same["n"], same["total"], same["quote"]) == (str(first["n"]), str(first["total"]), first["quote"])
    assert same["year"] == "2023"


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl", "ris", "bibtex"])
def test_an_empty_database_can_be_exported(form: str, cartevidence: Run, tmp_path: Path) -> None:
    from db.store import Store

    Store.open(tmp_path / "e.db").close()
    done = cartevidence("export", "--db", "e.db", "--format", form, "--out", f"out.{form}")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / f"out.{form}").exists()


def test_curated_leaves_out_what_no_curator_saw(cartevidence: Run, demo_db: Path) -> None:
    rows = map(json.loads, cartevidence("export", "--db", demo_db, "--curated").stdout.splitlines())
    assert {row["type"] for row in rows} == {"study"}


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("=1+1", "'=1+1"),
        ("@cmd", "'@cmd"),
        ("+A1", "'+A1"),
        ("-x", "'-x"),
        ("-5.2", "-5.2"),
        ("+3", "+3"),
        ("a=b", "a=b"),
    ],
)
def test_csv_text_cannot_be_a_formula(text: str, guarded: str, cartevidence: Run, demo_db: Path) -> None:
    done = cartevidence("query", f"SELECT '{text}' AS cell, -1 AS number", "--db", demo_db, "--format", "csv")
    assert list(csv.reader(io.StringIO(done.stdout))) == [["cell", "number"], [guarded, "-1"]]


def test_query_by_filters(cartevidence: Run, demo_db: Path) -> None:
    arguments = ["query", "--type", "toxicity", "--event", "CRS", "--min-n", "20", "--db", str(demo_db)]
    facts = json.loads(cartevidence(*arguments, "--format", "json").stdout)
    assert facts
    assert {(fact["type"], fact["event"]) for fact in facts} == {("toxicity", "CRS")}
    lines = cartevidence(*arguments, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == facts
    rows = list(csv.DictReader(io.StringIO(cartevidence(*arguments, "--format", "csv").stdout)))
    assert [row["id"] for row in rows] == [fact["id"] for fact in facts]
    table = cartevidence(*arguments).stdout
    assert f"{len(facts)} facts of " in table
    assert max(map(len, table.splitlines())) <= 120


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM record", "Only reading is allowed"),
        ("SELECT patients FROM record", "no such column: patients"),
        ("SELECT 1; SELECT 2", "one statement"),
    ],
)
def test_sql_that_is_refused(sql: str, words: str, cartevidence: Run, demo_db: Path) -> None:
    done = cartevidence("query", sql, "--db", demo_db)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: ")
    assert words in done.stderr


def test_sql_as_json_and_table(cartevidence: Run, demo_db: Path) -> None:
    sql = "SELECT pmid, year FROM record WHERE pmid = '90001001'"
    assert json.loads(cartevidence("query", sql, "--db", demo_db, "--format", "json").stdout) == [
        {"pmid": "90001001", "year": 2023}
    ]
    table = cartevidence("query", sql, "--db", demo_db).stdout
    assert "90001001  2023\n" in table
    assert table.endswith("1 row.\n")


def test_a_table_shows_the_first_rows_and_says_that_there_are_more(cartevidence: Run, demo_db: Path) -> None:
    more = "A higher --limit shows more, --format csv gives all.\n"
    facts = cartevidence("query", "--type", "toxicity", "--limit", "3", "--db", demo_db).stdout
    assert facts.endswith(f"The first 3 of 31 facts. {more}")
    rows = cartevidence("query", "SELECT pmid FROM evidence", "--limit", "1", "--db", demo_db).stdout
    assert rows.endswith(f"The first 1 row; there are more. {more}")
    counting = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 201) SELECT x FROM c"
    unlimited = cartevidence("query", counting, "--db", demo_db).stdout
    assert "\n200\n" in unlimited and "\n201\n" not in unlimited and unlimited.endswith(more)
    for form in ("csv", "jsonl"):
        whole, two = (
            cartevidence("query", counting, *limit, "--format", form, "--db", demo_db).stdout.splitlines()
            for limit in ((), ("--limit", "2"))
        )
        assert (len(whole), len(two)) == (201 + (form == "csv"), 2 + (form == "csv"))


def test_json_is_one_array_also_of_nothing(cartevidence: Run, demo_db: Path) -> None:
    for sql, expected in (
        (
            "SELECT 1 AS a, NULL AS b UNION ALL SELECT 2, 'two\n  lines'",
            [{"a": 1, "b": None}, {"a": 2, "b": "two\n  lines"}],
        ),
        ("SELECT 1 WHERE 0", []),
    ):
        done = cartevidence("query", sql, "--format", "json", "--db", demo_db)
        assert done.stdout == json.dumps(expected, indent=2) + "\n"


def test_sql_that_takes_too_long_is_stopped(cartevidence: Run, demo_db: Path) -> None:
    forever = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
    for form in ("table", "json"):
        done = cartevidence("query", forever, "--seconds", "0.2", "--format", form, "--db", demo_db)
        assert (done.returncode, done.stdout) == (1, "")
        assert "longer than 0.2 s" in done.stderr


def test_words_are_looked_for_in_studies_or_in_quotes(cartevidence: Run, demo_db: Path) -> None:
    def found(*words: str) -> list[dict[str, object]]:
        done = cartevidence("query", *words, "--format", "jsonl", "--db", demo_db)
        return [json.loads(line) for line in done.stdout.splitlines()]

    of_studies, of_quotes = found("--text", "graft-versus-host"), found("--quote", "graft-versus-host")
    assert {row["pmid"] for row in of_studies} == {"90001008"}
    assert len(of_studies) == 11
    assert [row["event"] for row in of_quotes] == ["GVHD"]


def test_show_numbers_each_quote_in_the_text_and_lists_its_fact(cartevidence: Run, demo_db: Path) -> None:
    page = cartevidence("show", "90001001", "--db", demo_db, env={"COLUMNS": "400"}).stdout
    facts = json.loads(cartevidence("show", "90001001", "--db", demo_db, "--format", "json").stdout)["facts"]
    assert len(facts) > 5
    text, _, listing = page.partition("\n  [1] ")
    for n, fact in enumerate(facts, start=1):
        assert f"[{n}]" in text
        assert f"“{fact['quote']}”" in listing
    assert "NCT99000101" in text
    assert "\x1b" not in page


def test_show_of_an_unknown_pmid(cartevidence: Run, demo_db: Path) -> None:
    done = cartevidence("show", "90009999", "--db", demo_db)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: {demo_db} has no record with PMID 90009999")


def test_status_as_text(cartevidence: Run, demo_db: Path) -> None:
    done = cartevidence("status", "--db", demo_db)
    assert "Records: 8 stored.\n" in done.stdout
    assert " of 8 extracted records: " in done.stdout


def test_the_database_may_come_from_the_environment(cartevidence: Run, demo_db: Path) -> None:
    assert "8 stored" in cartevidence("status", env={"CARTEVIDENCE_DB": str(demo_db)}).stdout


def test_demo_prints_what_to_try_next_and_it_works(cartevidence: Run, tmp_path: Path) -> None:
    done = cartevidence("demo", "--db", "demo.db", env={"CARTEVIDENCE_PROGRAM": "./go"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "8 records asked for: 8 stored (8 new)." in done.stdout
    assert "93.5% of 17: 16/17 would be 94.1%" in done.stdout
    tried = [
        shlex.split(line)[1:] for line in done.stdout.splitlines() if line.startswith("  ./go ") and "demo.db" in line
    ]
    assert len(tried) == 4
    for arguments in tried:
        assert cartevidence(*arguments).returncode == 0
    assert (tmp_path / "demo.xlsx").exists()


def test_rows_too_wide_for_a_table_are_blocks(cartevidence: Run, demo_db: Path) -> None:
    done = cartevidence("query", "SELECT * FROM evidence_current LIMIT 2", "--db", demo_db, env={"COLUMNS": "80"})
    lines = done.stdout.splitlines()
    assert sum(line.startswith("pmid ") for line in lines) == 2
    assert "type               cohort" in lines
    assert not any(line.startswith("endpoint ") for line in lines)  # empty in cohorts
    assert lines[-1] == "2 rows."


def test_show_indents_all_lines_of_a_quote(cartevidence: Run, demo_db: Path) -> None:
    done = cartevidence("show", "90001008", "--db", demo_db, env={"COLUMNS": "50"})
    facts = done.stdout.partition("  [1] ")[2].splitlines()[1:]
    assert len(facts) >= 25
    assert all(line.startswith(("      ", "  [", " [")) for line in facts)
