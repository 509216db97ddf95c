"""A decided fact whose text PubMed changed since, taken over to the present text."""

from __future__ import annotations

from cartevidence.review import acts
from cartevidence.review.bench import Bench
from cartevidence.review.pairs import overlap, said
from cartevidence.review.values import section_at
from db.standing import StoredFact
from models.errors import StoreError
from models.evidence import Fact, fact_from
from models.record import Record


def on_former_text(stored: StoredFact) -> bool:
    """Whether a fact stands on a text that is not the record's any more."""
    return stored.attention == "text changed" and stored.status != "rejected"


def take_over(bench: Bench, stored: StoredFact, record: Record, curator: str, seen: int | None) -> None:
    """Decide the same on the present text, and undo what stands on the former one.

    The extractor's fact is accepted where it says the same of these words by now; else the fact is added.
    """
    fact = moved(stored.fact, record)
    standing: StoredFact | None = stored
    while standing is not None:
        seen = bench.decide(acts.undo(standing, curator), standing, seen)
        standing = next((one for one in bench.facts() if one.id == stored.id and on_former_text(one)), None)
    same = (one for one in bench.facts() if said(one.fact) == said(fact) and overlap(one.fact, fact))
    twin = next(same, None)
    if twin is None:
        bench.decide(acts.add(fact, curator), None, None)
    elif twin.decision is None:
        bench.decide(acts.accept(twin, curator), twin, twin.last_decision)


def moved(fact: Fact, record: Record) -> Fact:
    """The same fact at its words in the record as it is now.

    Raises StoreError where these words are not in it any more, or several times, so that nothing is guessed.
    """
    in_title = fact.section == "TITLE"
    text = record.title if in_title else record.abstract
    start = text.find(fact.quote)
    if start < 0:
        raise StoreError("Its words are not in the changed text: undo the decision, or reject the fact")
    if text.find(fact.quote, start + 1) >= 0:
        raise StoreError("Its words stand in the changed text several times: undo the decision, then decide anew")
    place = {
        "version": record.version,
        "text_hash": record.text_hash,
        "section": "TITLE" if in_title else section_at(record, start),
        "start": start,
        "end": start + len(fact.quote),
    }
    return fact_from({**fact.given(), **place})
