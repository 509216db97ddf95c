"""docs/accuracy.md and the command that writes it, on a few abstracts where the annotated ones are at hand."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from program import ROOT, SHARED

PAGE = ROOT / "docs" / "accuracy.md"
HEADINGS = [
    "Beyond the synthetic abstracts",
    "Facts by type",
    "The study as a whole",
    "Confidence",
    "Rules",
    "Near misses",
    "What does not work",
]
DEV = SHARED / "gold" / "dev"


@pytest.fixture
def accuracy(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("accuracy")


def headings(page: str) -> list[str]:
    return re.findall(r"^## (.+)$", page, re.MULTILINE)


def test_the_page_has_its_sections_and_figures(accuracy: ModuleType) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert headings(page) == HEADINGS
    for name in ("cohort", "response", "survival", "toxicity", "followup", "procedure", "core", "all"):
        assert re.search(rf"^\| {name} \| \d+ \| \d+ \| \d\.\d{{3}} ", page, re.MULTILINE), name
    assert page.count(accuracy.KEPT) == page.count(accuracy.KEPT_END) == 1
    assert accuracy.kept(page).strip()


def test_what_is_written_by_hand_stays(accuracy: ModuleType) -> None:
    by_hand = "Read by hand: 20 abstracts.\n\n| what | right |\n| --- | --- |\n| all \\| core | 0.9 |"
    page = f"# Accuracy\n\nold figures\n\n{accuracy.KEPT}\n{by_hand}\n{accuracy.KEPT_END}\n\nold figures\n"
    assert accuracy.kept(page) == by_hand
    assert accuracy.kept("") == accuracy.KEPT_AT_FIRST


@pytest.mark.parametrize(
    ("annotated", "given", "told"),
    [
        (
            {"type": "response", "endpoint": "CR/CRi", "n": 8},
            {"endpoint": "CR", "n": 8},
            ("endpoint `CR/CRi`", "`CR`"),
        ),
        (
            {"type": "toxicity", "event": "CRS", "grade": "severe", "n": 3},
            {"event": "CRS", "grade": ">=3", "n": 3},
            ("grade `severe`", "`>=3`"),
        ),
        (
            {"type": "toxicity", "event": "CRS", "n": 3, "N": 30},
            {"event": "CRS", "grade": "any", "n": 4},
            ("`CRS`", "without N and another n"),
        ),
        (
            {"type": "survival", "endpoint": "OS", "measure": "rate", "value": 60, "time": "1 y"},
            {"endpoint": "OS", "measure": "rate", "value": 60},
            ("`OS` `rate`", "without time"),
        ),
    ],
)
def test_a_near_miss_names_what_differs(
    accuracy: ModuleType, annotated: dict[str, object], given: dict[str, object], told: tuple[str, str]
) -> None:
    assert accuracy.difference(annotated, given)[1:] == told


def test_the_reasons_of_failing_sentences_are_counted(accuracy: ModuleType) -> None:
    marks = sum(
        len(re.findall("^fails = ", table.read_text(encoding="utf-8"), re.MULTILINE))
        for table in accuracy.SENTENCES.glob("*.toml")
    )
    text = accuracy.failing()
    counted = re.findall(r"\((\d+)\)(?:\. “|$)", re.sub(r"\n  ", " ", text), re.MULTILINE)
    assert text.startswith(f"{marks} of the ")
    assert sum(map(int, counted)) == marks


def test_a_folder_without_abstracts_is_told_in_a_sentence(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "accuracy.py"), str(tmp_path)]
    done = subprocess.run([*command, "--out", str(tmp_path / "a.md")], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("There ") and len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "a.md").exists()


@pytest.mark.skipif(not DEV.is_dir(), reason="the annotated abstracts are not at hand")
def test_the_command_writes_the_same_page_again(accuracy: ModuleType, tmp_path: Path) -> None:
    few, out = tmp_path / "few", tmp_path / "accuracy.md"
    few.mkdir()
    for path in sorted(DEV.glob("*.json"))[:12]:
        shutil.copy(path, few)
    out.write_text(f"{accuracy.KEPT}\nOur own words.\n{accuracy.KEPT_END}\n", encoding="utf-8")
    command = [sys.executable, str(ROOT / "benchmarks" / "accuracy.py"), str(few), "--out", str(out)]
    pages = []
    for _ in range(2):
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        pages.append(out.read_text(encoding="utf-8"))
    assert pages[0] == pages[1]
    assert headings(pages[0]) == HEADINGS
    assert "Measured on 12 synthetic abstracts" in pages[0]
    assert accuracy.kept(pages[0]) == "Our own words."
    given = int(re.findall(r"^\| core \| \d+ \| (\d+) \|", pages[0], re.MULTILINE)[0])
    bins = re.findall(r"^\| \d\.\d\d to \d\.\d\d \| (\d+) \|", pages[0], re.MULTILINE)
    # The scorer does not count repeats of a fact that is matched.
    assert given <= sum(map(int, bins)) <= given * 1.1
