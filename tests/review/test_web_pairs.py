"""Two curators at one study, blind: what each sees by any page, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from test_web_study import cards, shown, statuses
from web_desk import PMID, WebDesk

from db.store import Store

EVERYWHERE = (
    "/", f"/study/{PMID}", f"/study/{PMID}/history", "/assign", "/agreement", "/evidence/decision.json",
    "/evidence/evidence_current.json", "/evidence/decision.csv", "/evidence/evidence_decided.json",
    "/evidence.json?sql=select+*+from+sqlite_master", "/evidence.json?sql=select+*+from+decision",
)  # fmt: skip
TIMES = re.compile(r"[0-9.e-]+ ?ms|\"query_ms\": [0-9.e-]+|Queries took [0-9.]+")
SECRET = "ben thinks otherwise"


@pytest.fixture
def assigned(web: WebDesk) -> WebDesk:
    """The first study is given to ada and ben."""
    form = {"csrftoken": web.token(), "pmids": f"{PMID},", "first": "ada", "second": "ben"}
    assert web.ask("POST", "/assign", "ada", data=form).status_code == 303
    return web


def test_the_queue_fills_pmids_in(web: WebDesk) -> None:
    link = re.search(r"""id="assign-shown" href="([^"]+)""", web.get("/").text)
    assert link and link[1] == "/assign?pmids=90000002+90000001+90000003"
    assert ">90000002 90000001 90000003</textarea>" in web.get(link[1]).text


def test_assigning(assigned: WebDesk) -> None:
    page = assigned.get("/assign").text
    assert f'<tr data-pmid="{PMID}">' in page and "nobody yet" in page
    assert "blind" in assigned.get("/?mine=1").text and PMID in assigned.get("/?mine=1").text


@pytest.mark.parametrize(("pmids", "second", "said"), [
    ("", "ben", "PMIDs"), ("x", "ben", "is no PMID"), ("90000099", "ben", "90000099"), (PMID, "ada", "two different"),
    (PMID, "", "curator"), ("1 " * 3000, "ben", "PMID"), ("<script>", "ben", "&lt;script&gt;"),
])  # fmt: skip
def test_what_cannot_be_assigned_is_said(web: WebDesk, pmids: str, second: str, said: str) -> None:
    form = {"csrftoken": web.token(), "pmids": pmids, "first": "ada", "second": second}
    answer = web.ask("POST", "/assign", "ada", data=form)
    assert answer.status_code == 400
    assert said in answer.text and 'role="alert"' in answer.text and "<script>" not in answer.text
    assert "Nothing was assigned yet" in web.get("/assign").text


def test_neither_sees_what_the_other_decides(assigned: WebDesk, path: Path) -> None:
    before = {page: TIMES.sub("", assigned.get(page, "ada").text) for page in EVERYWHERE}
    for number in range(3):
        given = {**shown(assigned, number), "reason": SECRET}
        assert assigned.post(f"/study/{PMID}/reject", given, "ben").status_code == 200
    assert statuses(assigned.get(f"/study/{PMID}", "ben").text) == ["rejected"] * 3
    for page in EVERYWHERE:
        assert TIMES.sub("", assigned.get(page, "ada").text) == before[page], page
    assert statuses(assigned.get(f"/study/{PMID}", "ada").text) == ["unreviewed"] * 3
    assert assigned.get("/evidence.review.json").status_code == 404
    with Store.open(path, readonly=True) as store:
        assert store.decisions(PMID) == []


def test_finishing_merging_and_adjudicating(assigned: WebDesk, path: Path) -> None:
    early = assigned.post(f"/study/{PMID}/finish", {}, "ada")
    assert early.status_code == 400 and "not decided yet" in early.json()["error"]
    for curator in ("ada", "ben"):
        for number in range(3):
            given = shown(assigned, number, curator=curator)
            act = "reject" if (curator, number) == ("ben", 1) else "accept"
            given |= {"reason": SECRET} if act == "reject" else {}
            assert assigned.post(f"/study/{PMID}/{act}", given, curator).status_code == 200
        assert assigned.post(f"/study/{PMID}/finish", {}, curator).status_code == 200
    page = assigned.get("/agreement", "ada").text
    assert f"/study/{PMID}" in page and SECRET in page
    with Store.open(path, readonly=True) as store:
        assert [(d.action, d.curator) for _, d in store.decisions(PMID)] == [("accept", "ada + ben")] * 2
    study = assigned.get(f"/study/{PMID}", "ada").text
    assert 'data-mode="adjudication"' in study and SECRET in study
    assert re.findall(r'<td class="figure">(\d+)</td>', page) == ["2", "0", "1", "0", "0", "0", "0", "0", "0"]
    assert "66.7%" in page
    assert 'data-act="accept-all"' not in study  # a conflict is decided by itself
    settled = assigned.post(f"/study/{PMID}/accept", shown(assigned, 1))
    assert settled.status_code == 200, settled.text
    assert statuses(settled.json()["html"]) == ["accepted"] * 3
    assert SECRET not in assigned.get("/agreement", "ada").text
    rules = assigned.get("/rules").text
    assert re.findall(r'data-rule="([^"]+)" data-type="(\w+)"', rules) == [
        ("synthetic", "cohort"), ("synthetic", "response"), ("synthetic", "toxicity"),
    ]  # fmt: skip


def test_rules_that_were_wrong_come_first(web: WebDesk) -> None:
    assert "Nothing was decided yet" in web.get("/rules").text
    web.post(f"/study/{PMID}/accept", shown(web, 0))
    web.post(f"/study/{PMID}/reject", {**shown(web, 2), "reason": "no"})
    page = web.get("/rules").text
    assert re.findall(r'data-rule="synthetic" data-type="(\w+)"', page) == ["toxicity", "cohort"]
    assert re.findall(r'data-label="Wrong">(\d+%)', page) == ["0%", "100%", "100%", "0%"]


def test_others_wait_until_both_are_done(open_web: Callable[..., WebDesk]) -> None:
    web = open_web("ada", "ben", "cleo")
    form = {"csrftoken": web.token(), "pmids": PMID, "first": "ada", "second": "ben"}
    web.ask("POST", "/assign", "ada", data=form)
    page = web.get(f"/study/{PMID}", "cleo").text
    assert "Nothing can be decided here" in page
    assert 'data-act="accept"' not in page and len(cards(page)) == 3
    answer = web.post(f"/study/{PMID}/accept", shown(web, 0, curator="cleo"), "cleo")
    assert answer.status_code == 400
