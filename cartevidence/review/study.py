"""The page of a study: its text in pieces, its facts beside it, what was said of it since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartevidence import wording
from cartevidence.review.desk_types import DeskFact, DeskStudy, Mode, Opinion
from cartevidence.review.live_check import in_words
from cartevidence.review.pieces import sections
from db.standing import StoredFact
from models.names import label
from models.record import Link, Record
from models.study import Study

# Kinds of PubMed's links that change what a study is worth, in words.
NOTICES = {
    "retraction_in": "retracted",
    "retraction_of": "is a notice of retraction",
    "expression_of_concern_in": "expression of concern published",
    "erratum_in": "erratum published",
    "erratum_for": "is an erratum",
    "corrected_and_republished_in": "corrected and republished",
    "corrected_and_republished_from": "is a corrected republication",
    "update_in": "update published",
    "update_of": "is an update",
}


def desk_study(
    record: Record,
    study: Study | None,
    facts: Sequence[StoredFact],
    *,
    same_trial: Sequence[str] = (),
    beside: tuple[str | None, str | None] = (None, None),
    mode: Mode = "open",
    opinions: Mapping[str, tuple[Opinion, ...]] | None = None,
    finished: bool = False,
) -> DeskStudy:
    """All that the page shows; `facts` in the order of the text, `opinions` of a pair by id of the fact."""
    shown = desk_facts(facts, opinions or {})
    here = [(fact.number, fact.fact) for fact in shown if fact.fact.text_hash == record.text_hash]
    return DeskStudy(
        record=record,
        label=label(record.authors, record.year, record.pmid),
        study=study,
        sections=sections(record, here),
        facts=shown,
        mode=mode,
        notices=notices(record),
        same_trial=tuple(same_trial),
        previous=beside[0],
        next=beside[1],
        finished=finished,
    )


def desk_facts(facts: Sequence[StoredFact], opinions: Mapping[str, tuple[Opinion, ...]]) -> tuple[DeskFact, ...]:
    """The facts as the page shows them, numbered from 1."""
    return tuple(desk_fact(number, stored, opinions.get(stored.id, ())) for number, stored in enumerate(facts, start=1))


def desk_fact(number: int, stored: StoredFact, others: tuple[Opinion, ...] = ()) -> DeskFact:
    """One fact as the page shows it."""
    # What was rejected and is not extracted any more is settled; so is a rejection whose text is gone.
    settled = stored.status == "rejected" and stored.attention != "extraction changed"
    return DeskFact(
        number=number,
        fact=stored.fact,
        id=stored.id,
        statement=stored.statement,
        status=stored.status,
        attention=None if settled else stored.attention,
        seen=stored.last_decision,
        words=wording.sentence(stored.fact),
        checks=in_words(stored.fact, stored.fact.checks),
        others=others,
    )


def notices(record: Record) -> tuple[str, ...]:
    """What PubMed says of the record beside its text, in words, the gravest first."""
    said = {NOTICES[link.kind]: _where(link) for link in record.links if link.kind in NOTICES}
    if record.retracted:
        said.setdefault("retracted", "")
    order = list(NOTICES.values())
    return tuple(
        f"{words} ({said[words]})" if said[words] else words for words in sorted(said, key=lambda one: order.index(one))
    )


def _where(link: Link) -> str:
    return f"PMID {link.pmid}" if link.pmid else link.citation
