"""Agreement of pairs and counts by rule, from decisions taken at the desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cartevidence.review.desk import Desk
from db.store import Store
from models.record import Record

OpenDesk = Callable[..., Desk]
PMIDS = [str(90000010 + i) for i in range(5)]


@pytest.fixture
def five(tmp_path: Path, make: Any) -> Path:
    """Five studies with three facts each, of three rules."""
    path = tmp_path / "evidence.db"
    with Store.open(path) as store:
        for pmid in PMIDS:
            record = make.record(pmid)
            store.save([make.fetched(record)])
            facts = (make.treated(record), make.cr(record, rule="n of N"), make.crs(record, rule="event"))
            store.save_extractions([make.extraction(record, *facts)])
    return path


def judge(desk: Desk, pmid: str, verdicts: str, n: int = 23) -> None:
    """a, c or r for each fact in the order of the text; + adds a median of overall survival, n its months."""
    facts = desk.study(pmid).facts
    for fact, verdict in zip(facts, verdicts.rstrip("+"), strict=True):
        if verdict == "a":
            desk.accept(pmid, fact.id, seen=None)
        elif verdict == "c":
            desk.correct(pmid, fact.id, {"n": n}, seen=None)
        else:
            desk.reject(pmid, fact.id, seen=None, reason="no")
    if verdicts.endswith("+"):
        text = desk.study(pmid).record.abstract
        start = text.index("Median OS")
        desk.add(pmid, type="survival", section="RESULTS", start=start, end=start + 25,
                 values={"endpoint": "OS", "measure": "median", "value": n, "unit": "mo"})  # fmt: skip


def test_agreement(five: Path) -> None:
    anna_and_ben = {
        PMIDS[0]: ("aaa", "aaa", 23), PMIDS[1]: ("aar+", "aar+", 23), PMIDS[2]: ("aca+", "aca+", 22),
        PMIDS[3]: ("aar", "aaa+", 23), PMIDS[4]: ("rca+", "aaa", 23),
    }  # fmt: skip
    with Desk(five, "chief") as chief:
        chief.assign(PMIDS, ("anna", "ben"))
        assert chief.agreement().overall.facts == 0
    for name, which in (("anna", 0), ("ben", 1)):
        with Desk(five, name) as desk:
            for pmid, given in anna_and_ben.items():
                judge(desk, pmid, given[which], 23 if name == "anna" else given[2])
                if (name, pmid) == ("ben", PMIDS[4]):  # of the words that anna takes for survival
                    start = desk.study(pmid).record.abstract.index("Median OS")
                    desk.add(pmid, type="followup", section="RESULTS", start=start, end=start + 25,
                             values={"value": 11.5, "unit": "mo"})  # fmt: skip
                desk.finish(pmid)
                if name == "anna":
                    assert desk.agreement().overall.facts == 0  # nothing is told before both have finished
    with Desk(five, "chief") as chief:
        found = chief.agreement()
    overall = found.overall
    assert (overall.studies, overall.facts) == (5, 15)
    # By study: aaa/aaa, aar/aar, aca/aca, aar/aaa, rca/aaa.
    assert overall.table == {("accept", "accept"): 10, ("reject", "reject"): 1, ("correct", "correct"): 1,
                             ("reject", "accept"): 2, ("correct", "accept"): 1}  # fmt: skip
    assert overall.percent.value == pytest.approx(80)
    # Margins 10 2 3 and 13 1 1 of 15: by chance (130 + 2 + 3)/225 = .6; kappa (.8 - .6)/(1 - .6) = .5.
    assert overall.kappa.value == pytest.approx(0.5)
    # Mean shares 23/30, 3/30, 4/30: by chance (23·7 + 3·27 + 4·26)/900 / 2 = 346/1800; AC1 (.8 - .19222)/(1 - .19222).
    assert overall.ac1.value == pytest.approx((0.8 - 346 / 1800) / (1 - 346 / 1800))
    # Both corrected one, to 23 and to 22. Anna added three, Ben four; two of the same words and type, one of these of
    # the same value.
    assert (overall.both_corrected, overall.corrected_alike) == (1, 0)
    assert (overall.added, overall.added_alike) == ((3, 4, 2), 1)
    assert overall.span_f1 == pytest.approx(4 / 7)
    assert list(found.by_pair) == ["anna + ben"]
    assert found.by_type["toxicity"].table == {
        ("accept", "accept"): 3, ("reject", "reject"): 1, ("reject", "accept"): 1
    }  # fmt: skip
    assert found.by_type["cohort"].percent.value == pytest.approx(80)
    assert found.by_type["survival"].facts == 0


def test_rules(five: Path) -> None:
    with Desk(five, "ada") as ada:
        for pmid, verdicts in zip(PMIDS, ("aaa", "acr", "acr+", "acr", "aaa"), strict=True):
            judge(ada, pmid, verdicts)
        ada.reject(PMIDS[0], ada.study(PMIDS[0]).facts[0].id, seen=ada.study(PMIDS[0]).facts[0].seen, reason="no")
        found = ada.rules()
    counts = [(r.type, r.rule, r.decided, r.accepted, r.corrected, r.rejected) for r in found.rules]
    assert counts == [
        ("response", "n of N", 5, 2, 3, 0), ("toxicity", "event", 5, 2, 0, 3), ("cohort", "synthetic", 5, 4, 0, 1)
    ]  # fmt: skip
    assert [(t.type, t.decided, t.added) for t in found.types] == [
        ("cohort", 5, 0), ("response", 5, 0), ("survival", 0, 1), ("toxicity", 5, 0)
    ]  # fmt: skip
    wrong = found.rules[0]
    # Clopper and Pearson's interval of 3 of 5.
    assert (wrong.wrong, wrong.wrong_low, wrong.wrong_high) == (
        pytest.approx(60), pytest.approx(14.66, abs=0.01), pytest.approx(94.73, abs=0.01)
    )  # fmt: skip
    assert (found.types[2].wrong, found.types[2].wrong_low) == (None, None)


def test_a_correction_confirmed_later_still_counts_as_one(five: Path, make: Any) -> None:
    with Desk(five, "ada") as ada:
        judge(ada, PMIDS[0], "aca")
    record: Record = make.record(PMIDS[0])
    with Store.open(five) as store:
        facts = (make.treated(record), make.cr(record, n=25, rule="n of N"), make.crs(record, rule="event"))
        store.save_extractions([make.extraction(record, *facts, version="2")])
    with Desk(five, "bob") as bob:
        changed = next(fact for fact in bob.study(PMIDS[0]).facts if fact.attention)
        bob.accept(PMIDS[0], changed.id, seen=changed.seen)
        counts = {rule.rule: (rule.accepted, rule.corrected) for rule in bob.rules().rules}
    assert counts["n of N"] == (0, 1)
