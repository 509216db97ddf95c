"""What a run says at its end: what became of what was asked, and the evidence as a table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console

from cartevidence import evidence_table, wording
from cartevidence.evidence_table import StudyEvidence
from cartevidence.report import Report
from cartevidence.terminal import clean, print_table, put
from db.store import Store
from models.evidence import EVIDENCE, Fact
from models.outcome import NotStored

PIPED_ROWS = 25
SURROUNDINGS = 14  # lines of the terminal that the rest of the summary takes
MOST = 10  # items a list shows before it is cut


def print_summary(out: Console, report: Report, store: Store, *, evidence: bool) -> None:
    """Print the counts, the changes, then (with `evidence`) the facts, the failed checks and the evidence table."""
    _line(out, asked_in_words(report))
    for change in report.changes:
        _line(out, f"  {change}")
    if evidence and report.stored:
        print_evidence(out, report.stored, store)
    for line in not_stored_in_words(list(report.not_stored.values())):
        _line(out, line)


def asked_in_words(report: Report) -> str:
    """'12 records asked for: 10 stored (8 new, 2 already there), 1 missing, 1 failed.'"""
    counts = report.counts
    how = wording.joined(
        {
            "new": counts["new"],
            "changed": counts["changed"],
            "unchanged": counts["unchanged"],
            "already there": counts["kept"],
        }
    )
    rest = wording.joined({"missing": counts["missing"], "a book": counts["book"], "failed": counts["failed"],
                           "deleted by PubMed": counts["deleted"]})  # fmt: skip
    stored = f"{len(report.stored):,} stored" + (f" ({how})" if how else "")
    return f"{wording.plural(len(report.states), 'record')} asked for: {stored}{', ' + rest if rest else ''}."


def print_evidence(out: Console, pmids: Sequence[str], store: Store) -> None:
    """Facts by type, what the arithmetic checks found, and a table of at most a screenful of studies."""
    types: Counter[str] = Counter()
    doubtful: list[str] = []
    shown: list[StudyEvidence] = []
    room = max(5, out.height - SURROUNDINGS) if out.is_terminal else PIPED_ROWS
    for pmid, facts in facts_of(store, pmids):
        types.update(fact.type for fact in facts)
        doubtful += [f"{pmid}  {wording.check(fact, code)}" for fact in facts for code in fact.checks]
        if len(shown) < room and (study := studied(store, pmid, facts)):
            shown.append(study)
    by_type = wording.joined({name: types[name] for name in EVIDENCE})
    _line(out, f"{wording.plural(types.total(), 'fact')} as evidence{': ' + by_type if by_type else ''}.")
    _line(out)
    print_table(out, *evidence_table.rows(shown), expendable=evidence_table.EXPENDABLE)
    if len(pmids) > len(shown):
        _line(out, f"... and {wording.plural(len(pmids) - len(shown), 'more study', 'more studies')}.")
    if doubtful:
        _line(out)
        how_many = wording.plural(len(doubtful), "figure does", "figures do")
        _line(out, f"{how_many} not add up in the text itself (kept as printed):")
        _list(out, doubtful)


def facts_of(store: Store, pmids: Sequence[str]) -> Iterator[tuple[str, tuple[Fact, ...]]]:
    """The facts of each record, without those a curator rejected."""
    for pmid in pmids:
        yield pmid, tuple(stored.fact for stored in store.facts(pmid) if stored.status != "rejected")


def studied(store: Store, pmid: str, facts: tuple[Fact, ...]) -> StudyEvidence | None:
    record = store.record(pmid)
    return StudyEvidence(record, store.study(pmid), facts) if record else None


def not_stored_in_words(left: Sequence[NotStored]) -> list[str]:
    """One line for each state and reason, with its PMIDs."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for outcome in left:
        groups[outcome.state, outcome.reason].append(outcome.pmid)
    return [f"{state}: {wording.listing(pmids, most=MOST)}: {reason}" for (state, reason), pmids in groups.items()]


def print_status(out: Console, found: Mapping[str, Any]) -> None:
    """Records by state, evidence by type, review, and all that was not stored with its reason."""
    _line(out, f"Records: {wording.joined(found['records']) or 'none'}.")
    evidence = dict(found["evidence"])
    extracted, facts = evidence.pop("extracted_records"), evidence.pop("facts")
    by_type = wording.joined(evidence)
    _line(out, f"Evidence: {wording.plural(facts, 'fact')} of {wording.plural(extracted, 'extracted record')}"
               f"{': ' + by_type if by_type else ''}.")  # fmt: skip
    _line(out, f"Review: {wording.joined(found['review']) or 'nothing to review'}.")
    if found["blind"]["assigned"]:
        pairs = wording.plural(found["blind"]["assigned"], "study", "studies")
        _line(out, f"Blind review: {pairs} assigned to pairs, {found['blind']['finished']:,} finished by both.")
    for row in found["not_stored"]:
        _line(out, f"  {row['pmid']}  {row['state']}: {row['reason']}")


def _list(out: Console, items: Sequence[str]) -> None:
    for item in items[:MOST]:
        _line(out, f"  {item}")
    if len(items) > MOST:
        _line(out, f"  ... and {len(items) - MOST:,} more")


def _line(out: Console, text: str = "") -> None:
    put(out, clean(text))
