"""The studies that the browser tests rest on are what these take them for."""

from __future__ import annotations

from pathlib import Path

from desk_records import CHECKS, HOSTILE, MISSED, RETRACTED, SCRIPT, TEXTS, TWELVE

from db.store import Store


def test_studies_are_what_the_tests_take_them_for(filled: Path) -> None:
    with Store.open(filled, readonly=True) as store:
        facts = {pmid: [stored.fact for stored in store.facts(pmid)] for pmid in TEXTS}
        hostile, retracted = store.record(HOSTILE), store.record(RETRACTED)
    assert len(facts[TWELVE]) == 12
    assert {pmid for pmid, found in facts.items() if any(fact.checks for fact in found)} == {CHECKS}
    assert [fact.checks for fact in facts[CHECKS]] == [(), ("percent_mismatch",), ("cr_over_orr",), ()]
    assert "response" not in {fact.type for fact in facts[MISSED]}
    assert retracted is not None and retracted.retracted
    assert hostile is not None and SCRIPT in hostile.title and SCRIPT in hostile.abstract
