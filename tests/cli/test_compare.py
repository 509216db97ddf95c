"""`compare` on the command line, over the demo's studies."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from pathlib import Path

import pytest
from program import Run
from studies import add, cr

from db.store import Store


@pytest.fixture
def compare(cartevidence: Run, demo_db: Path) -> Run:
    def run(*arguments: object, **more: object):  # type: ignore[no-untyped-def]
        return cartevidence("compare", "--db", demo_db, *arguments, **more)

    return run


def test_the_table_says_all(compare: Run) -> None:
    done = compare("--endpoint", "ORR", env={"COLUMNS": "120"})
    assert done.returncode == 0, done.stderr
    for told in ("169/214", "59/70", "Left out", "records asked for", "studies compared"):
        assert told in done.stdout


def test_json_has_studies_pooled_left_out_and_account(compare: Run) -> None:
    done = compare("--event", "CRS", "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["title"] == "CRS"
    study = next(one for one in found["studies"] if one["pmid"] == "90001008")
    assert (study["n"], study["total"]) == (17, 17)
    assert study["percent"] == 100
    assert study["url"] == "https://pubmed.ncbi.nlm.nih.gov/90001008/"
    assert study["quote"]
    assert found["pooled"]["k"] == len(found["studies"])
    assert {one["rule"] for one in found["left_out"]} <= {"not_in_abstract", "other_grade", "kind_of_paper", "case_report",
                                                          "groups_only", "no_numbers", "other_denominator",
                                                          "not_confirmed", "few_patients"}  # fmt: skip
    assert found["account"][0]["count"] == 8


def test_csv_and_the_file_for_r(compare: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(compare("--endpoint", "ORR", "--format", "csv").stdout)))
    assert {"169/214"} <= {f"{row['n']}/{row['total']}" for row in rows}
    for_r = list(csv.DictReader(io.StringIO(compare("--endpoint", "ORR", "--format", "metafor").stdout)))
    assert {(row["xi"], row["ni"]) for row in for_r} == {(row["n"], row["total"]) for row in rows}


def test_the_page_stands_alone(compare: Run, tmp_path: Path) -> None:
    done = compare("--event", "CRS", "--grade", ">=3", "--format", "html", "--out", "crs.html")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "crs.html").read_text(encoding="utf-8")
    assert "<h1>CRS grade ≥3</h1>" in page
    assert page.count("<svg") == 1
    assert not re.search(r"<script|<link|<img|\ssrc=|@import|url\((?!#)", page)
    links = set(re.findall(r'href="(?!#)([^"]+)"', page))
    assert all(link.startswith(("https://pubmed.ncbi.nlm.nih.gov/", "https://doi.org/")) for link in links)
    found = json.loads(compare("--event", "CRS", "--grade", ">=3", "--format", "json").stdout)
    for study in found["studies"]:
        assert html.escape(study["quote"]) in page
        assert f">{study['n']}/{study['total']}<" in page


def test_an_endpoint_and_an_event_are_two_comparisons(compare: Run, tmp_path: Path) -> None:
    asked = ("--endpoint", "ORR", "--event", "CRS", "--grade", ">=3")
    assert [one["title"] for one in json.loads(compare(*asked, "--format", "json").stdout)["comparisons"]] == [
        "ORR", "CRS grade >=3"]  # fmt: skip
    done = compare(*asked, "--plot", "forest.svg", "--format", "csv", "--out", "both.csv")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "both-2.csv", "both.csv", "forest-2.svg", "forest.svg"]  # fmt: skip
    assert compare(*asked, "--format", "csv").returncode == 2


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_plots(compare: Run, tmp_path: Path, suffix: str) -> None:
    done = compare("--endpoint", "ORR", "--plot", f"forest.{suffix}")
    assert done.returncode == 0, done.stderr
    starts = {"png": b"\x89PNG", "svg": b"<svg", "pdf": b"%PDF"}
    assert (tmp_path / f"forest.{suffix}").read_bytes().startswith(starts[suffix])


def test_each_study_left_out_is_listed_on_request(compare: Run) -> None:
    done = compare("--endpoint", "CR/CRi", "--left-out")
    assert "90001002" in done.stdout
    assert "does not give CR/CRi, but" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        ((), 2, "Say what to compare"),
        (("--endpoint", "XYZZY"), 2, "'XYZZY' is not a name of any endpoint"),
        (("--endpoint", "OS", "--pool"), 2, "Medians are never pooled"),
        (("--endpoint", "OS", "--time", "soon"), 2, "'soon' is not a time"),
        (("--endpoint", "CR", "--format", "xlsx"), 2, "add --out"),
        (("--endpoint", "ORR", "--plot", "forest.docx"), 1, ".png"),
        (("--endpoint", "ORR", "--plot", "nowhere/forest.png"), 1, "nowhere"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_sentence(
    compare: Run, arguments: tuple[str, ...], status: int, told: str
) -> None:
    done = compare(*arguments)
    assert done.returncode == status
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_disease_is_noted_and_compares_nothing(compare: Run) -> None:
    done = compare("--endpoint", "ORR", "--disease", "gout")
    assert done.returncode == 0
    assert "'gout' is not a name of any disease" in done.stderr
    assert "0 studies compared" in done.stdout


def test_a_long_table_is_cut_and_says_so(cartevidence: Run, tmp_path: Path) -> None:
    from cartevidence.compare import printing

    path = tmp_path / "many.db"
    with Store.open(path) as store:
        for i in range(5):
            add(store, 90000001 + i, cr(20 + i, 40))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printing, "ROWS", 3)
        done = cartevidence("compare", "--db", path, "--endpoint", "CR")
    assert "24/40" not in done.stdout
    assert "... and 2 more rows: add --format csv" in done.stdout
    assert "5 studies compared" in done.stdout
