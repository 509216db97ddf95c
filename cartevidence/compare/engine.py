"""From the database to a comparison: who counts, which figure, whose trial, what pooled estimate."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cartevidence import wording
from cartevidence.compare import choosing, estimates, leaving_out, trials
from cartevidence.compare.choosing import Figure, NoFigure
from cartevidence.compare.question import RELATED, By, Question
from cartevidence.compare.results import Compared, LeftOut, Step, StudyRow, Subgroup
from cartevidence.compare.times import months
from db.comparing import Candidate, Details, Head
from db.store import Store
from models.names import label

NOTICES = {"expression_of_concern_in": "expression of concern published", "erratum_in": "erratum published"}
NOT_TOLD = "not stated"
NOT_HEAD_TO_HEAD = (
    "Groups are of different studies and were not compared head-to-head: patients, disease burden and follow-up "
    "differ, so that a difference between groups says nothing of what caused it."
)


def compare(store: Store, question: Question) -> Compared:
    """Set the studies of the database side by side. Reads only; raises StoreError where the file cannot be read."""
    with store.comparing() as source:
        heads = source.heads(question.filters)
        candidates = source.candidates(
            type=question.type,
            endpoints=question.endpoints,
            event=question.event,
            measure=None if question.measure == "proportion" else question.measure,
        )
        asked = [head for head in heads if head.fits]
        related = [name for endpoint in question.endpoints for name in RELATED.get(endpoint, ())]
        related = [name for name in dict.fromkeys(related) if name not in question.endpoints]
        counting, left = _counting(question, asked, candidates, source.endpoints(related) if related else {})
        pmids = [head.pmid for head in counting]
        sizes, details = source.sizes(pmids), source.details(pmids)
        records = source.states()
    rows = []
    for head in counting:
        found = choosing.choose(question, candidates[head.pmid], sizes.get(head.pmid, ()))
        row = found if isinstance(found, NoFigure) else _row(question, head, details[head.pmid], found)
        if isinstance(row, NoFigure):
            called = label(details[head.pmid].authors, head.year, head.pmid)
            left.append(LeftOut(head.pmid, called, row.rule, row.reason))
        elif (few := _too_few(question, row, head)) is not None:
            left.append(few)
        else:
            rows.append(row)
    patients = {head.pmid: head.study_n for head in counting}
    rows, linked = _one_trial_once(question, rows, details, patients)
    left += linked
    return _compared(question, rows, left, _account(records, heads, asked, left, rows))


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


def _row(question: Question, head: Head, details: Details, figure: Figure) -> StudyRow:
    printed, count = figure.printed, figure.counted
    value, low, high = printed.value, printed.ci_low, printed.ci_high
    if question.measure == "median":
        value, low, high = (None if x is None else months(x, printed.unit) for x in (value, low, high))
    notes = figure.notes + tuple(NOTICES[kind] for kind in details.notices if kind in NOTICES)
    return StudyRow(
        pmid=head.pmid,
        label=label(details.authors, head.year, head.pmid),
        year=head.year,
        title=head.title,
        study_type=head.study_type or "",
        targets=_list(head.targets),
        diseases=_list(head.diseases),
        products=details.products,
        nct=details.nct,
        measure=question.measure,
        name=_name(question, printed),
        time=printed.time,
        group=printed.group,
        n=count.n if count else None,
        total=count.total if count else None,
        denominator=count.denominator if count else None,
        value=100 * count.n / count.total if count else value,
        ci_low=low,
        ci_high=high,
        interval=None if low is None and high is None else "as printed",
        not_reached=bool(printed.not_reached),
        fact=printed.id,
        quote=printed.quote,
        section=printed.section,
        start=printed.start,
        end=printed.end,
        confidence=printed.confidence,
        status=printed.status,
        notes=notes,
    )


def _name(question: Question, printed: Candidate) -> str:
    if question.event is None:
        return printed.endpoint or ""
    return question.name


def _list(value: str | None) -> tuple[str, ...]:
    return tuple(json.loads(value)) if value else ()


def _too_few(question: Question, row: StudyRow, head: Head) -> LeftOut | None:
    patients = row.total if row.total is not None else head.study_n
    if patients is None or patients >= question.min_n:
        return None
    return LeftOut(
        row.pmid, row.label, "few_patients", f"{wording.plural(patients, 'patient')}, fewer than {question.min_n}"
    )


def _one_trial_once(
    question: Question, rows: Sequence[StudyRow], details: Mapping[str, Details], patients: Mapping[str, int | None]
) -> tuple[list[StudyRow], list[LeftOut]]:
    """One row a trial, its other reports within it, in the order of the rows; and the reports that are left out."""
    reports = [_report(row, details[row.pmid], patients[row.pmid]) for row in rows]
    kept: list[StudyRow] = []
    left: list[LeftOut] = []
    several = trials.overlaps(reports) if question.link != "none" else {}
    for group in trials.link(reports, question.link):
        main = trials.foremost(reports, group)
        others = [rows[i] for i in group if i != main]
        if main in several:
            number, own = several[main]
            reason = f"takes in {number}, which {rows[own].label} (PMID {rows[own].pmid}) reports by itself"
            left += [LeftOut(rows[i].pmid, rows[i].label, "several_trials", reason) for i in group]
            continue
        kept.append(replace(rows[main], reports=tuple(others)))
        for i in group:
            if i != main:
                reason = f"{_tie(reports[i], reports[main])} {rows[main].label} (PMID {rows[main].pmid})"
                left.append(LeftOut(rows[i].pmid, rows[i].label, "same_trial", reason))
    kept.sort(key=lambda row: (row.year or 0, row.label, int(row.pmid)))
    return kept, left


def _tie(one: trials.Report, other: trials.Report) -> str:
    shared = sorted(one.nct & other.nct)
    return f"reports {shared[0]} like" if shared else "seems to report the patients of (authors, product, years)"


def _report(row: StudyRow, details: Details, patients: int | None) -> trials.Report:
    return trials.Report(
        pmid=row.pmid,
        year=row.year,
        patients=row.total if row.total is not None else patients,
        nct=frozenset(details.nct),
        authors=details.authors,
        centres=trials.centres(details.affiliations),
        products=frozenset(details.products),
        targets=frozenset(row.targets),
        diseases=frozenset(row.diseases),
    )


def _compared(
    question: Question, rows: Sequence[StudyRow], left: Sequence[LeftOut], account: tuple[Step, ...]
) -> Compared:
    estimate = estimates.estimate(question, rows)
    rows = estimate.rows
    subgroups: list[Subgroup] = []
    if question.by:
        names = {row.pmid: of_group(question.by, row) for row in rows}
        for name in sorted(set(names.values()), key=lambda name: (name == NOT_TOLD, name.casefold())):
            mine = tuple(row for row in rows if names[row.pmid] == name)
            own = estimates.estimate(question, mine)
            subgroups.append(Subgroup(name=name, rows=mine, pooled=own.pooled, why_not_pooled=own.why_not_pooled))
    else:
        subgroups.append(Subgroup(name="", rows=rows, pooled=estimate.pooled, why_not_pooled=estimate.why_not_pooled))
    pooled = len(rows) if estimate.pooled is None else estimate.pooled.k
    in_pool = (Step("in the pooled estimate", pooled),) if estimate.pooled is not None else ()
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
