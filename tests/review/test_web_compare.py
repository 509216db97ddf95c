"""The page of a comparison: numbers that lead to their quotes."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from store_cases import Make
from web_desk import WebDesk

from cartevidence.database import EvidenceDatabase
from db.store import Store

NUMBER = re.compile(r'<a class="proof" href="/study/(\d+)\?fact=([0-9a-f]+)" title="([^"]+)">([^<]+)</a>')


@pytest.fixture
def studies(path: Path, make: Make) -> Path:
    """Three studies with a figure that nobody doubts, and one with <script> in its name."""
    with Store.open(path) as store:
        for number, n in enumerate((24, 21, 27)):
            record = make.record(f"9000010{number}", results=f"CR was seen in {n} of 30 patients ({n / 0.3:.0f}%).",
                                 authors=("<script>alert(1)</script>",))  # fmt: skip
            store.save([make.fetched(record)])
            fact = make.fact(
                record, f"{n} of 30 patients ({n / 0.3:.0f}%)", endpoint="CR", n=n, total=30, percent=n / 0.3
            )
            store.save_extractions([make.extraction(record, fact, make.treated(record))])
    return path


def test_each_number_leads_to_its_quote(web: WebDesk, studies: Path) -> None:
    page = web.get("/compare?what=endpoint:CR").text
    with EvidenceDatabase.open(studies, readonly=True) as evidence:
        found = evidence.compare(endpoint="CR")
    assert {(pmid, fact) for pmid, fact, _, _ in NUMBER.findall(page)} == {(r.pmid, r.fact) for r in found.studies}
    assert [shown for _, _, _, shown in NUMBER.findall(page)][:2] == ["24/30", "80.0%"]
    pmid, fact, quote, _ = NUMBER.findall(page)[0]
    assert quote == "“24 of 30 patients (80%)”"
    assert f'id="fact-{fact}"' in web.get(f"/study/{pmid}?fact={fact}").text
    assert found.pooled is not None
    assert f"{found.pooled.estimate:.1f}% (95% CI" in page


def test_the_plot_stands_in_the_page_as_an_image(web: WebDesk, studies: Path) -> None:
    page = web.get("/compare?what=endpoint:CR").text
    images = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)"', page)
    assert len(images) == 1
    assert base64.b64decode(images[0][0]).startswith(b"<svg")
    assert "4 studies" in images[0][1]
    assert "<script>alert" not in page and b"<script" not in base64.b64decode(images[0][0])


@pytest.mark.parametrize(("asked", "said"), [
    ("", "Choose an endpoint"),
    ("what=endpoint:", "Choose an endpoint"),
    ("what=nonsense", "Choose an endpoint"),
    ("what=endpoint:gossip", "gossip"),
    ("what=endpoint:CR&time=soon", "is not a time"),
    ("what=endpoint:OS&denominator=treated", "of proportions"),
    ("what=event:CRS&grade=9", "9"),
    ("what=endpoint:sCR", "No study of the database gives this figure"),
    ("what=endpoint:CR&by=target&min_n=0&min_confidence=0.5&curated=1", "No study of the database gives this figure"),
    ("what=endpoint:CR&min_n=x&by=nothing&study_type=none", "24/30"),
    ("what=endpoint:CR&target=<script>alert(1)</script>", "&lt;script&gt;alert(1)"),
])  # fmt: skip
def test_questions_and_their_answers(web: WebDesk, studies: Path, asked: str, said: str) -> None:
    answer = web.get(f"/compare?{asked}")
    assert answer.status_code == 200
    assert said in answer.text
    assert "<script>alert" not in answer.text


def test_groups_and_what_was_left_out(web: WebDesk, studies: Path) -> None:
    page = web.get("/compare?what=endpoint:CR&by=target&min_confidence=0").text
    assert re.findall(r'<tr class="group"><th[^>]*>([^<]+)<', page) == ["CD19", "CD22"]
    assert 'id="left-out"' in page
    assert "PMID 90000003" in page
