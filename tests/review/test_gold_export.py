"""Finished studies as a gold set, scored by the project's scorer where that is at hand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cartevidence import cli
from cartevidence.review.desk import Desk
from cartevidence.review.gold import write_gold
from db.store import Store
from models.errors import CartevidenceError
from models.record import Record

PMID = "90000001"
OpenDesk = Callable[..., Desk]
SCORER = Path(__file__).resolve().parents[3] / "shared" / "gold" / "score.py"
SCORERS = [SCORER, Path("/work/shared/gold/score.py")]


def score(gold: Path, evidence: Path) -> dict[str, Any]:
    scorer = next((one for one in SCORERS if one.exists()), None)
    if scorer is None:
        pytest.skip("the scorer is not part of the project")
    done = subprocess.run(
        [sys.executable, scorer, gold, evidence, "--json"], check=True, capture_output=True, text=True
    )
    return dict(json.loads(done.stdout))


@pytest.fixture
def curated(path: Path, desk: OpenDesk, record: Record) -> Path:
    """One study finished: a fact accepted, one corrected, one rejected, one added. The others are not."""
    ada = desk()
    cohort, response, toxicity = ada.study(PMID).facts
    ada.accept(PMID, cohort.id, seen=None)
    ada.correct(PMID, response.id, {"n": 23, "time": "30 d"}, seen=None)
    ada.reject(PMID, toxicity.id, seen=None, reason="no")
    at = record.abstract.index("Median OS")
    ada.add(PMID, type="survival", section="RESULTS", start=at, end=at + 25,
            values={"endpoint": "OS", "measure": "median", "value": 12, "unit": "mo"})  # fmt: skip
    return path


def test_a_gold_file(curated: Path, tmp_path: Path, record: Record) -> None:
    assert write_gold(curated, tmp_path / "gold") == 1
    assert sorted(one.name for one in (tmp_path / "gold").iterdir()) == [f"{PMID}.json", "extracted.jsonl"]
    found = json.loads((tmp_path / "gold" / f"{PMID}.json").read_text())
    assert {name: found[name] for name in ("pmid", "abstract", "study_type", "targets", "study_n")} == {
        "pmid": PMID, "abstract": record.abstract, "study_type": "prospective_trial", "targets": ["CD22"], "study_n": 34
    }  # fmt: skip
    assert found["facts"] == [
        {"type": "cohort", "role": "treated", "n": 34, "quote": "34 patients"},
        {"type": "response", "endpoint": "CR", "n": 23, "N": 30, "percent": 80, "time": "30 d",
         "quote": "24 of 30 patients (80%)"},
        {"type": "survival", "endpoint": "OS", "measure": "median", "value": 12, "unit": "mo",
         "quote": "Median OS was 11.5 months"},
    ]  # fmt: skip


def test_scored(curated: Path, tmp_path: Path) -> None:
    write_gold(curated, tmp_path / "gold")
    with Store.open(curated, readonly=True) as store:
        rows = [json.dumps(row) for row in store.export_rows(curated=True)]
    (tmp_path / "curated.jsonl").write_text("\n".join(rows))
    itself = score(tmp_path / "gold", tmp_path / "curated.jsonl")
    assert (itself["all"]["f1"], itself["all"]["gold"], itself["abstracts"]) == (1.0, 3, 1)
    machine = score(tmp_path / "gold", tmp_path / "gold" / "extracted.jsonl")
    # Of three facts of the machine one is right; of the curator's three it found one.
    assert machine["all"]["precision"] == machine["all"]["recall"] == pytest.approx(1 / 3)
    assert machine["cohort"]["f1"] == 1.0
    assert machine["toxicity"]["predicted"] == 1


def test_what_the_extractor_found_is_right_where_all_is_accepted(tmp_path: Path, make: Any) -> None:
    from cartevidence import pipeline

    path = tmp_path / "demo.db"
    with Store.open(path) as store:
        pipeline.run([cli.DEMO], store)
    with Desk(path, "ada") as ada:
        for item in ada.queue()[0]:
            for fact in ada.study(item.pmid).facts:
                now = next(one for one in ada.study(item.pmid).facts if one.id == fact.id)
                ada.accept(item.pmid, fact.id, seen=now.seen)
            ada.finish(item.pmid)
        assert ada.progress()["done"] == 8
    assert write_gold(path, tmp_path / "gold") == 8
    found = score(tmp_path / "gold", tmp_path / "gold" / "extracted.jsonl")
    assert found["abstracts"] == 8
    assert (found["all"]["precision"], found["all"]["recall"]) == (1.0, 1.0)
    assert found["study_n_accuracy"] == found["study_type_accuracy"] == found["targets_f1"] == 1.0


def test_only_finished_studies(curated: Path, desk: OpenDesk, tmp_path: Path, make: Any, record: Record) -> None:
    def found() -> list[str]:
        write_gold(curated, tmp_path / "gold")
        return sorted(one.stem for one in (tmp_path / "gold").glob("*.json"))

    ada = desk()
    assert found() == [PMID]
    ada.add("90000003", type="cohort", section="TITLE", start=41, end=52, values={"role": "treated", "n": 34})
    ada.undo("90000003")
    assert found() == [PMID]  # decided on once, but nothing stands
    ada.finish("90000003")  # nothing in it, and somebody looked
    assert found() == [PMID, "90000003"]
    ada.accept("90000002", ada.study("90000002").facts[0].id, seen=None)
    assert found() == [PMID, "90000002", "90000003"]
    with Store.open(curated) as store:
        store.save_extractions([make.extraction(record, make.treated(record), make.cr(record, n=25), version="2")])
    assert found() == ["90000002", "90000003"]  # the extractor says something else by now
    ada.undo("90000002")
    assert found() == ["90000003"]


def test_blind_pairs_come_in_when_all_is_settled(path: Path, desk: OpenDesk, tmp_path: Path) -> None:
    def found() -> int:
        return write_gold(path, tmp_path / "gold")

    desk("chief").assign(["90000002", "90000003"], ("anna", "ben"))
    for name in ("anna", "ben"):
        assert found() == 0
        one = desk(name)
        one.accept("90000002", one.study("90000002").facts[0].id, seen=None)
        if name == "anna":
            one.add("90000003", type="cohort", section="TITLE", start=41, end=52, values={"role": "treated", "n": 34})
        one.finish("90000002")
        one.finish("90000003")
    assert found() == 1  # the other has a fact that only anna added
    carla = desk("carla")
    ((pmid, added),) = carla.conflicts()
    carla.accept(pmid, added.id, seen=added.seen)
    assert found() == 2


def test_the_folder(curated: Path, tmp_path: Path) -> None:
    folder = tmp_path / "gold"
    folder.mkdir()
    (folder / "90000009.json").write_text("{}")  # of an earlier set
    write_gold(curated, folder)
    assert not (folder / "90000009.json").exists()
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(CartevidenceError, match="holds other files"):
        write_gold(curated, folder)
    assert (folder / "notes.txt").read_text() == "mine"
    with pytest.raises(CartevidenceError, match="is a file"):
        write_gold(curated, folder / "notes.txt")
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".gold")] == []


def test_on_the_command_line(curated: Path, desk: OpenDesk, tmp_path: Path) -> None:
    run = CliRunner().invoke
    done = run(cli.shell, ["export", "--format", "gold", "--db", str(curated), "--out", str(tmp_path / "set")])
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.startswith("1 finished study is in ")
    assert (tmp_path / "set" / f"{PMID}.json").exists()
    for arguments, words in (
        (["--format", "gold"], "add --out gold"),
        (["--format", "gold", "--out", str(tmp_path / "x"), "--curated"], "leave --curated out"),
        (["--format", "jsonl", "--out", str(tmp_path)], "is a folder"),
    ):
        refused = run(cli.shell, ["export", "--db", str(curated), *arguments])
        assert (refused.exit_code, words in refused.stderr) == (2, True)


def test_status_tells_how_far_pairs_are_and_nothing_else(curated: Path, desk: OpenDesk) -> None:
    def told() -> tuple[dict[str, Any], str]:
        run = CliRunner().invoke
        as_json = run(cli.shell, ["status", "--db", str(curated), "--format", "json"])
        return json.loads(as_json.stdout), run(cli.shell, ["status", "--db", str(curated)]).stdout

    status, text = told()
    assert status["blind"] == {"assigned": 0, "finished": 0}
    assert "Blind" not in text
    desk("chief").assign(["90000002"], ("anna", "ben"))
    for name, finished in (("anna", 0), ("ben", 1)):
        before = told()[0]
        one = desk(name)
        one.reject("90000002", one.study("90000002").facts[0].id, seen=None, reason="zebra")
        assert told()[0] == before
        one.finish("90000002")
        status, text = told()
        assert status["blind"] == {"assigned": 1, "finished": finished}
        assert f"Blind review: 1 study assigned to pairs, {finished} finished by both." in text
    assert status["review"]["rejected"] == 2
