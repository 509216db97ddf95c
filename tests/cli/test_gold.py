"""On the annotated abstracts beside the project, where they are at hand."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from program import SHARED, Run

from fetch import sources
from models.outcome import Fetched

GOLD = SHARED / "gold"
SEED = SHARED / "seeds" / "31110217.txt"
pytestmark = pytest.mark.skipif(not (GOLD / "score.py").exists(), reason="the annotated abstracts are not at hand")


def python(*arguments: object) -> str:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout


def evidence(cartevidence: Run, source: Path) -> list[dict[str, object]]:
    """What running on one source gives, without what differs between sources by nature."""
    db = f"{source.name}.db"
    done = cartevidence("run", source, "--db", db)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in cartevidence("export", "--db", db).stdout.splitlines()]


def test_the_seed_page_gives_exactly_what_was_annotated(cartevidence: Run, tmp_path: Path) -> None:
    rows = evidence(cartevidence, SEED)
    (tmp_path / "e.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    scores = json.loads(python(GOLD / "score.py", GOLD / "seed", tmp_path / "e.jsonl", "--json"))
    assert scores["core"]["f1"] == scores["all"]["f1"] == 1.0
    study = rows[0]
    assert (study["study_n"], study["targets"], study["diseases"]) == (34, ["CD22"], ["B-ALL"])
    doubtful = [row for row in rows if row.get("checks")]
    assert [(row["percent"], row["total"]) for row in doubtful] == [(70.5, 34)]
    shown = cartevidence("run", SEED, "--db", f"{SEED.name}.db").stdout
    assert "31110217  CR/CRi 70.5% of 34: 24/34 would be 70.6%" in shown


def test_the_same_study_in_other_formats_gives_the_same_evidence(cartevidence: Run, tmp_path: Path) -> None:
    (page,) = [outcome.record for outcome in sources.read(SEED) if isinstance(outcome, Fetched)]
    xml, medline = tmp_path / "seed.xml", tmp_path / "seed.nbib"
    xml.write_text(
        f"""<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">{page.pmid}</PMID><Article><Journal>
        <JournalIssue><PubDate><Year>2019</Year></PubDate></JournalIssue><Title>Leukemia</Title></Journal>
        <ArticleTitle>{page.title}</ArticleTitle><Abstract><AbstractText>{page.abstract}</AbstractText></Abstract>
        </Article></MedlineCitation></PubmedArticle></PubmedArticleSet>""",
        encoding="utf-8",
    )
    medline.write_text(
        f"PMID- {page.pmid}\nDP  - 2019 May 20\nTI  - {page.title}\nAB  - {page.abstract}\nTA  - Leukemia\n",
        encoding="utf-8",
    )
    expected = [row for row in evidence(cartevidence, SEED) if row["type"] != "study"]
    assert expected
    for path in (xml, medline):
        rows = evidence(cartevidence, path)
        assert [row for row in rows if row["type"] != "study"] == expected
        assert rows[0]["study_n"] == 34


def test_each_quote_of_the_annotated_set_stands_at_its_place(cartevidence: Run, tmp_path: Path) -> None:
    python(GOLD / "to_pubmed_xml.py", GOLD / "dev", tmp_path / "dev.xml")
    rows = evidence(cartevidence, tmp_path / "dev.xml")
    assert sum(row["type"] == "study" for row in rows) == len(list((GOLD / "dev").glob("*.json")))
    with sqlite3.connect(tmp_path / "dev.xml.db") as database:
        texts = {row[0]: row[1:] for row in database.execute("SELECT pmid, title, abstract FROM record")}
    facts = [row for row in rows if row["type"] != "study"]
    assert len(facts) > 500
    for fact in facts:
        title, abstract = texts[fact["pmid"]]
        text = title if fact["section"] == "TITLE" else abstract
        assert text[fact["start"] : fact["end"]] == fact["quote"]
