"""`run` against a local E-utilities server: every PMID is accounted for, and nothing is asked for twice."""

from __future__ import annotations

import json
from pathlib import Path

from eutils_server import EutilsServer, status
from program import Run, many, study
from synthetic import article, article_set, book

PMIDS = [str(90002000 + i) for i in range(5)]


def exported(cartevidence: Run) -> list[dict[str, object]]:
    return [json.loads(line) for line in cartevidence("export", "--db", "e.db").stdout.splitlines()]


def run(cartevidence: Run, server: EutilsServer, *arguments: str) -> tuple[int, str, str]:
    done = cartevidence("run", *arguments, "--db", "e.db", "--entrez-url", server.url)
    return done.returncode, done.stdout, done.stderr


def test_every_pmid_is_accounted_for_and_a_rerun_asks_for_the_rest_only(cartevidence: Run) -> None:
    records = {pmid: study(pmid) for pmid in PMIDS[:3]} | {PMIDS[3]: book(PMIDS[3])}
    with EutilsServer(records) as server:
        code, out, _ = run(cartevidence, server, *PMIDS)
        assert code == 3
        assert "5 records asked for: 3 stored (3 new), 1 missing, 1 a book." in out
        assert f"missing: {PMIDS[4]}: PubMed has no record with this PMID." in out
        assert f"book: {PMIDS[3]}: " in out
        assert {row["pmid"] for row in exported(cartevidence)} == set(PMIDS[:3])

        found = json.loads(cartevidence("status", "--db", "e.db", "--format", "json").stdout)
        assert found["records"]["stored"] == 3
        assert {row["pmid"]: row["state"] for row in found["not_stored"]} == {PMIDS[3]: "book", PMIDS[4]: "missing"}

        server.log.clear()
        server.records[PMIDS[4]] = study(PMIDS[4])
        code, out, _ = run(cartevidence, server, *PMIDS)
        assert {pmid for ids in server.asked for pmid in ids} == set(PMIDS[3:])
        assert (code, "4 stored (1 new, 3 already there), 1 a book" in out) == (3, True)


def test_a_rerun_of_what_is_complete_asks_nothing_and_changes_nothing(cartevidence: Run) -> None:
    with EutilsServer({pmid: study(pmid) for pmid in PMIDS}) as server:
        assert run(cartevidence, server, *PMIDS)[0] == 0
        before = cartevidence("export", "--db", "e.db").stdout
        server.log.clear()
        assert run(cartevidence, server, *PMIDS)[0] == 0
        assert not server.log
    assert cartevidence("export", "--db", "e.db").stdout == before


def test_refresh_reports_corrections_and_retractions(cartevidence: Run) -> None:
    with EutilsServer({pmid: study(pmid) for pmid in PMIDS}) as server:
        run(cartevidence, server, *PMIDS)
        notice = (
            '<CommentsCorrectionsList><CommentsCorrections RefType="{}"><RefSource>Synth J. 2031</RefSource>'
            '<PMID Version="1">90002990</PMID></CommentsCorrections></CommentsCorrectionsList>'
        )
        server.records[PMIDS[0]] = article(PMIDS[0], citation=notice.format("RetractionIn"))
        server.records[PMIDS[1]] = article(PMIDS[1], citation=notice.format("ErratumIn"))
        server.records[PMIDS[2]] = article(PMIDS[2], abstract="<AbstractText>Of 8 patients, 4 died.</AbstractText>")
        code, out, _ = run(cartevidence, server, *PMIDS, "--refresh")
    assert code == 0
    assert "5 stored (3 changed, 2 unchanged)" in out
    assert f"PMID {PMIDS[0]} is now retracted: do not use its evidence." in out
    assert f"PMID {PMIDS[1]} has a correction (PMID 90002990)." in out
    assert f"PMID {PMIDS[2]} has a changed title or abstract and is read again." in out
    assert "RETRACTED" in cartevidence("show", PMIDS[0], "--db", "e.db").stdout
    shown = json.loads(cartevidence("show", PMIDS[2], "--db", "e.db", "--format", "json").stdout)
    assert shown["record"]["abstract"] == "Of 8 patients, 4 died."


def test_a_search_asks_for_its_hits(cartevidence: Run) -> None:
    with EutilsServer({pmid: study(pmid) for pmid in PMIDS}, hits={"synthetic": PMIDS[:2]}) as server:
        code, out, _ = run(cartevidence, server, "--search", "synthetic")
    assert (code, "2 records asked for: 2 stored (2 new)" in out) == (0, True)


def test_pmids_from_a_list_on_standard_input_with_files_beside(cartevidence: Run, tmp_path: Path) -> None:
    (tmp_path / "saved.xml").write_bytes(article_set(study(90002100), study(PMIDS[0])))
    with EutilsServer({pmid: study(pmid) for pmid in PMIDS}) as server:
        done = cartevidence(
            "run", "saved.xml", "--pmids", "-", "--db", "e.db", "--entrez-url", server.url, stdin="\n".join(PMIDS[:2])
        )
        assert server.asked == [[PMIDS[1]]], "what a file gives is not fetched"
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 records asked for: 3 stored (3 new)." in done.stdout


def test_a_broken_search_is_one_sentence(cartevidence: Run) -> None:
    with EutilsServer({}, when=lambda call: status(400, "bad request")) as server:
        done = cartevidence(
            "run", "--search", "synthetic", "--db", "e.db", "--entrez-url", server.url, env={"NCBI_API_KEY": "s3cret"}
        )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "s3cret" not in done.stdout + done.stderr


def test_the_api_key_is_sent_but_never_kept(cartevidence: Run, tmp_path: Path) -> None:
    with EutilsServer({PMIDS[0]: study(PMIDS[0])}) as server:
        done = cartevidence(
            "--debug", "run", PMIDS[0], PMIDS[1], "--db", "e.db", "--entrez-url", server.url, "--api-key", "s3cretkey"
        )
        assert server.log[0].params["api_key"] == "s3cretkey"
    assert "s3cretkey" not in done.stdout + done.stderr
    assert b"s3cretkey" not in (tmp_path / "e.db").read_bytes()


def test_fetch_then_extract_is_run(cartevidence: Run, tmp_path: Path) -> None:
    (tmp_path / "saved.xml").write_bytes(article_set(*map(study, PMIDS)))
    assert cartevidence("run", "saved.xml", "--db", "e.db").returncode == 0
    whole = exported(cartevidence)
    (tmp_path / "e.db").unlink()
    assert cartevidence("fetch", "saved.xml", "--db", "e.db").returncode == 0
    assert [row["type"] for row in exported(cartevidence)] == ["study"] * len(PMIDS)
    first = cartevidence("extract", PMIDS[0], "--db", "e.db")
    assert "1 record asked for: 1 stored" in first.stdout
    assert cartevidence("extract", "--db", "e.db").returncode == 0
    assert exported(cartevidence) == whole


def test_extract_lists_what_is_not_stored(cartevidence: Run, tmp_path: Path) -> None:
    (tmp_path / "saved.xml").write_bytes(article_set(study(PMIDS[0])))
    cartevidence("fetch", "saved.xml", "--db", "e.db")
    done = cartevidence("extract", PMIDS[0], PMIDS[1], "--db", "e.db")
    assert done.returncode == 3
    assert f"failed: {PMIDS[1]}: It is not in the database" in done.stdout


def test_workers_give_the_same_result(cartevidence: Run, program: Run, tmp_path: Path) -> None:
    (tmp_path / "saved.xml").write_bytes(article_set(*many(90003000, 450).values()))
    exports = []
    for workers in (1, 2):
        db = f"{workers}.db"
        assert program("run", "saved.xml", "--db", db, "--workers", workers).returncode == 0
        exports.append(cartevidence("export", "--db", db).stdout)
    assert exports[0] == exports[1]
    assert len(exports[0].splitlines()) > 500
