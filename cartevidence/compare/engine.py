"""From the database to a comparison: who counts, which figure, whose trial, what pooled estimate."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from cartevidence import wording
from cartevidence.compare import choosing, estimates, leaving_out, trials
from cartevidence.compare.choosing import NoFigure
from cartevidence.compare.entries import Entry, row
from cartevidence.compare.intervals import clopper_pearson
from cartevidence.compare.question import RELATED, By, Question
from cartevidence.compare.results import Compared, LeftOut, Step, StudyRow, Subgroup
from db.comparing import RESPONDERS, Candidate, ComparisonSource, Head
from db.store import Store

MOST_NAMED = 20_000
NOT_TOLD = "not stated"
NOT_HEAD_TO_HEAD = (
    "Groups are of different studies and were not compared head-to-head: patients, disease burden and follow-up "
    "differ, so that a difference between groups says nothing of what caused it."
)


def compare(store: Store, question: Question) -> Compared:
    """Set the studies of the database side by side. Reads only; raises StoreError where the file cannot be read."""
    with _uncollected():
        return _compare(store, question)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles: there are none here, and looking for them among a million small objects takes
    as long as the comparison itself."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _compare(store: Store, question: Question) -> Compared:
    with store.comparing() as source:
        heads = source.heads(question.filters)
        asked = [head for head in heads if head.fits]
        pmids = {head.pmid for head in asked}
        candidates = source.candidates(
            type=question.type,
            endpoints=question.endpoints,
            event=question.event,
            measure=None if question.measure == "proportion" else question.measure,
            pmids=pmids,
        )
        counting, left = _counting(question, asked, candidates, _related(question, source, pmids - candidates.keys()))
        responders = question.type == "response" and not (
            set(question.endpoints) <= set(RESPONDERS) and question.denominator != "responders"
        )
        sizes = source.sizes({head.pmid for head in counting}, responders=responders)
        chosen = [
            (head, choosing.choose(question, candidates[head.pmid], sizes.get(head.pmid, ()))) for head in counting
        ]
        details = source.details(head.pmid for head, found in chosen if not isinstance(found, NoFigure))
        records = source.states()
    entries: list[Entry] = []
    for head, found in chosen:
        if isinstance(found, NoFigure):
            left.append(LeftOut(head.pmid, named(head), found.rule, found.reason))
            continue
        entry = Entry(head, details[head.pmid], found)
        if (few := _too_few(question, entry)) is None:
            entries.append(entry)
        else:
            left.append(few)
    kept, reports, linked = _one_trial_once(question, entries)
    left += linked
    estimate = estimates.estimate(question, [entry.figure for entry in kept])
    rows = _rows(question, kept, reports, estimate)
    return _compared(question, kept, rows, estimate, left, _account(records, heads, asked, left, rows))


def _related(question: Question, source: ComparisonSource, missing: set[str]) -> dict[str, set[str]]:
    """What studies without the endpoint give in its place; not of so many that nobody reads the list."""
    names = dict.fromkeys(name for endpoint in question.endpoints for name in RELATED.get(endpoint, ()))
    instead = [name for name in names if name not in question.endpoints]
    return source.endpoints(instead, missing) if instead and len(missing) <= MOST_NAMED else {}


def named(head: Head) -> str:
    """What a study without a figure is called: its first author as PubMed writes the name, and the year."""
    return f"{head.first_author or f'PMID {head.pmid}'} {head.year or ''}".rstrip()


def _counting(
    question: Question,
    asked: Iterable[Head],
    candidates: Mapping[str, list[Candidate]],
    related: Mapping[str, set[str]],
) -> tuple[list[Head], list[LeftOut]]:
    """The studies that count and have a candidate, and the others with their reasons."""
    counting, left = [], []
    for head in asked:
        why = leaving_out.left_out(question, head)
        if why is None and head.pmid not in candidates:
            instead = sorted(related.get(head.pmid, ()))
            given = f", but {', '.join(instead)}" if instead else ""
            why = "not_in_abstract", f"the abstract does not give {question.name}{given}"
        if why is None:
            counting.append(head)
        else:
            left.append(LeftOut(head.pmid, named(head), *why))
    return counting, left


def _too_few(question: Question, entry: Entry) -> LeftOut | None:
    patients = entry.patients
    if patients is None or patients >= question.min_n:
        return None
    reason = f"{wording.plural(patients, 'patient')}, fewer than {question.min_n}"
    return LeftOut(entry.head.pmid, entry.called, "few_patients", reason)


def _one_trial_once(
    question: Question, entries: Sequence[Entry]
) -> tuple[list[Entry], list[list[Entry]], list[LeftOut]]:
    """One entry a trial, by year; for each the trial's other reports; and the reports that are left out."""
    reports = [entry.report() for entry in entries]
    kept: list[tuple[Entry, list[Entry]]] = []
    left: list[LeftOut] = []
    several = trials.overlaps(reports) if question.link != "none" else {}
    for group in trials.link(reports, question.link):
        main = trials.foremost(reports, group)
        if main in several:
            number, own = several[main]
            reason = f"takes in {number}, which {_cited(entries[own])} reports by itself"
            left += [LeftOut(entries[i].head.pmid, entries[i].called, "several_trials", reason) for i in group]
            continue
        others = [i for i in group if i != main]
        kept.append((entries[main], [entries[i] for i in others]))
        for i in others:
            reason = f"{_tie(reports[i], reports[main])} {_cited(entries[main])}"
            left.append(LeftOut(entries[i].head.pmid, entries[i].called, "same_trial", reason))
    kept.sort(key=lambda one: (one[0].head.year or 0, int(one[0].head.pmid)))
    return [entry for entry, _ in kept], [others for _, others in kept], left


def _cited(entry: Entry) -> str:
    return f"{entry.called} (PMID {entry.head.pmid})"


def _tie(one: trials.Report, other: trials.Report) -> str:
    shared = sorted(one.nct & other.nct)
    return f"reports {shared[0]} like" if shared else "seems to report the patients of (authors, product, years)"


def _rows(
    question: Question, kept: Sequence[Entry], reports: Sequence[Sequence[Entry]], estimate: estimates.Estimate
) -> tuple[StudyRow, ...]:
    exact = _exact(kept)
    rows = []
    for entry, others, interval, weight, notes in zip(
        kept, reports, exact, estimate.weights, estimate.notes, strict=True
    ):
        beneath = [row(question, other, exact=one) for other, one in zip(others, _exact(others), strict=True)]
        rows.append(row(question, entry, weight=weight, exact=interval, notes=notes, reports=beneath))
    return tuple(rows)


def _exact(entries: Sequence[Entry]) -> Sequence[tuple[float, float] | None]:
    """Clopper-Pearson intervals of proportions."""
    counts = [entry.figure.counted for entry in entries if entry.figure.counted is not None]
    if len(counts) < len(entries) or not counts:
        return [None] * len(entries)
    low, high = clopper_pearson(np.array([count.n for count in counts]), np.array([count.total for count in counts]))
    return list(zip(low.tolist(), high.tolist(), strict=True))


def _compared(
    question: Question,
    kept: Sequence[Entry],
    rows: tuple[StudyRow, ...],
    estimate: estimates.Estimate,
    left: Sequence[LeftOut],
    account: tuple[Step, ...],
) -> Compared:
    subgroups: list[Subgroup] = []
    if question.by:
        names = [of_group(question.by, one) for one in rows]
        for name in sorted(set(names), key=lambda name: (name == NOT_TOLD, name.casefold())):
            mine = [i for i, own in enumerate(names) if own == name]
            own = estimates.estimate(question, [kept[i].figure for i in mine])
            of_rows = tuple(rows[i] for i in mine)
            subgroups.append(Subgroup(name=name, rows=of_rows, pooled=own.pooled, why_not_pooled=own.why_not_pooled))
    else:
        subgroups.append(Subgroup(name="", rows=rows, pooled=estimate.pooled, why_not_pooled=estimate.why_not_pooled))
    in_pool = (Step("in the pooled estimate", estimate.pooled.k),) if estimate.pooled is not None else ()
    return Compared(
        title=question.title,
        measure=question.measure,
        asked=question.in_words(),
        rows=rows,
        subgroups=tuple(subgroups),
        by=question.by,
        pooled=estimate.pooled,
        why_not_pooled=estimate.why_not_pooled,
        sensitivity=estimate.sensitivity,
        left_out=tuple(sorted(left, key=lambda one: int(one.pmid))),
        account=account + in_pool,
        caveats=_caveats(question, rows),
    )


def of_group(by: By, row: StudyRow) -> str:
    """The name of the group that a row belongs to."""
    told = {
        "target": " + ".join(row.targets),
        "disease": ", ".join(row.diseases),
        "study-type": row.study_type.replace("_", " "),
        "product": ", ".join(row.products),
        "denominator": row.denominator,
        "time": row.time,
        "endpoint": row.name,
    }
    return told[by] or NOT_TOLD


def _caveats(question: Question, rows: Sequence[StudyRow]) -> tuple[str, ...]:
    """What a reader of the figure must know."""
    said = []
    if question.by:
        said.append(NOT_HEAD_TO_HEAD)
    if question.measure == "proportion":
        if len(kinds := Counter(row.denominator or NOT_TOLD for row in rows)) > 1:
            listed = ", ".join(f"{name} in {n}" for name, n in kinds.most_common())
            said.append(f"Denominators differ between studies: {listed}.")
        if len(names := Counter(row.name for row in rows)) > 1:
            listed = ", ".join(f"{name} in {n}" for name, n in names.most_common())
            said.append(f"Endpoints differ between studies: {listed}.")
        times = Counter("best" if row.time in (None, "best") else row.time for row in rows)
        if question.type == "response" and len(times) > 1:
            said.append("Response was assessed at different times; see each study's time.")
    unread = sum(row.status == "unreviewed" for row in rows)
    if unread:
        verb = "was" if unread == 1 else "were"
        said.append(
            f"{unread} of {wording.plural(len(rows), 'figure')} {verb} extracted by program and not confirmed by a "
            "curator; compare them with their quotes before you use them."
        )
    return tuple(said)


def _account(
    records: Mapping[str, int],
    heads: Sequence[Head],
    asked: Sequence[Head],
    left: Sequence[LeftOut],
    rows: Sequence[StudyRow],
) -> tuple[Step, ...]:
    """Records asked for → stored → that pass the filters → left out and why → compared. The numbers add up."""
    reasons = Counter(one.rule for one in left)
    parts = tuple((leaving_out.IN_WORDS[rule], reasons[rule]) for rule in leaving_out.IN_WORDS if reasons[rule])
    lost = tuple((name, n) for name, n in records.items() if name != "stored" and n)
    filtered = len(heads) - len(asked)
    return (
        Step("records asked for", sum(records.values())),
        Step("records stored", records["stored"], tuple((f"not stored: {name}", n) for name, n in lost)),
        Step("studies that pass the filters", len(asked), (("outside the filters", filtered),) if filtered else ()),
        Step("left out", len(left), parts),
        Step("studies compared", len(rows)),
    )
