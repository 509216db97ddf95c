"""A comparison on the terminal: a table a group, the pooled estimates in words, what was left out, the account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from rich.console import Console

from cartevidence import wording
from cartevidence.compare import report_words
from cartevidence.compare.leaving_out import IN_WORDS
from cartevidence.compare.results import Compared, LeftOut, Pooled, Step, StudyRow, Subgroup
from cartevidence.terminal import clean, print_table, put

# Left out first where the terminal is narrow; who, n/N and the estimate always stay.
EXPENDABLE = ("Disease", "Sure", "Target", "Weight", "Time", "Denominator", "PMID")
MOST = 8  # PMIDs shown for each reason
ROWS = 200  # of a table; more are for a file


def print_compared(out: Console, compared: Compared, *, all_left_out: bool = False) -> None:
    """Print all of it; with `all_left_out` every study that was left out with its own reason."""
    put(out, clean(heading(compared)), style="bold")
    for group in compared.subgroups:
        put(out)
        if group.name:
            put(out, clean(group.name), style="bold")
        if group.rows:
            headings, cells = table(compared, group)
            print_table(out, headings, cells[:ROWS], expendable=EXPENDABLE)
            if len(cells) > ROWS:
                put(out, f"... and {len(cells) - ROWS:,} more rows: add --format csv --out FILE for all of them.")
        if group.name:
            put(out, clean(pooled_in_words(group.pooled, group.why_not_pooled)))
    if compared.rows:
        put(out)
        put(out, clean(pooled_in_words(compared.pooled, compared.why_not_pooled)), style="bold")
        for other in compared.sensitivity:
            put(out, clean(f"Sensitivity: {estimate_in_words(other)}"))
    for line in (*islice(_notes(compared.rows), ROWS), *compared.caveats):
        put(out, clean(f"Note: {line}"))
    put(out)
    _print_left_out(out, compared.left_out, each=all_left_out)
    for step in compared.account:
        put(out, clean(step_in_words(step)))


def heading(compared: Compared) -> str:
    """'CR/CRi (target CD22): 4 studies'."""
    shown = [f"{name} {value}" for name, value in compared.asked.items() if name in ("target", "disease", "study type")]
    studies = wording.plural(len(compared.rows), "study", "studies")
    return f"{compared.title}{' (' + ', '.join(shown) + ')' if shown else ''}: {studies}"


WHO = ["Study", "PMID", "Target", "Disease"]
HEADINGS = {
    "proportion": [*WHO, "Endpoint", "n/N", "% [95% CI]", "Denominator", "Time", "Weight", "Sure"],
    "rate": [*WHO, "Endpoint", "% [95% CI]", "Time", "Weight", "Sure"],
    "median": [*WHO, "Endpoint", "Months [95% CI]", "Sure"],
}


def table(compared: Compared, group: Subgroup) -> tuple[list[str], list[list[str]]]:
    """Headings and cells of a group; the endpoint only where studies differ in it."""
    headings, cells = HEADINGS[compared.measure], list(_cells(group))
    if len({row.name for row in compared.rows}) > 1:
        return headings, cells
    at = headings.index("Endpoint")
    return headings[:at] + headings[at + 1 :], [row[:at] + row[at + 1 :] for row in cells]


def _cells(group: Subgroup) -> Iterator[list[str]]:
    for row in group.rows:
        yield _row(row)
        for report in row.reports:
            told = _row(report)
            yield [f"  also {told[0]}", *told[1:]]


def _row(row: StudyRow) -> list[str]:
    who = [row.label + ("*" if row.notes else ""), row.pmid, ", ".join(row.targets), ", ".join(row.diseases), row.name]
    sure = f"{row.confidence:.2f}" if row.status == "unreviewed" else row.status
    weight = "" if row.weight is None else f"{row.weight:.1f}%"
    if row.measure == "median":
        return [*who, figure(row), sure]
    if row.measure == "rate":
        return [*who, figure(row), row.time or "", weight, sure]
    return [*who, row.count, figure(row), row.denominator or "not stated", row.time or "", weight, sure]


def figure(row: StudyRow) -> str:
    """'80.0 [61.4, 92.3]', 'not reached [9.1, not reached]'."""
    value = "not reached" if row.not_reached else _one_place(row.value)
    if row.ci_low is None and row.ci_high is None:
        return value
    low, high = ("not reached" if end is None else _one_place(end) for end in (row.ci_low, row.ci_high))
    return f"{value} [{low}, {high}]"


def _one_place(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def pooled_in_words(pooled: Pooled | None, why_not: str) -> str:
    """'Pooled: 78.2% (95% CI 70.1 to 84.7 ...), 8 studies, 244 of 312 patients ...', or why there is none."""
    return report_words.not_pooled(why_not) if pooled is None else f"Pooled: {estimate_in_words(pooled)}"


def estimate_in_words(pooled: Pooled) -> str:
    """The estimate with its intervals, of whom, heterogeneity, method and notes."""
    told = [report_words.estimate(pooled), report_words.of_whom(pooled)]
    text = "; ".join(filter(None, (", ".join(told), report_words.heterogeneity(pooled), pooled.words)))
    return " ".join((f"{text}.", *map(report_words.sentence, pooled.notes)))


def _notes(rows: Sequence[StudyRow]) -> Iterator[str]:
    for row in rows:
        for one in (row, *row.reports):
            if one.notes:
                yield f"*{one.label} ({one.pmid}): {'; '.join(one.notes)}."


def _print_left_out(out: Console, left: Sequence[LeftOut], *, each: bool) -> None:
    by_rule: dict[str, list[LeftOut]] = defaultdict(list)
    for one in left:
        by_rule[one.rule].append(one)
    if left:
        put(out, f"Left out: {wording.plural(len(left), 'study', 'studies')}.")
    for rule in (rule for rule in IN_WORDS if rule in by_rule):
        studies = by_rule[rule]
        if each:
            put(out, clean(f"  {IN_WORDS[rule]}:"))
            for one in studies:
                put(out, clean(f"    {one.pmid}  {one.label}: {one.reason}"))
        else:
            put(
                out,
                clean(f"  {len(studies):,} {IN_WORDS[rule]}: {wording.listing([s.pmid for s in studies], most=MOST)}"),
            )


def step_in_words(step: Step) -> str:
    """'160 records stored (not stored: missing 2)'."""
    parts = ", ".join(f"{name} {n:,}" for name, n in step.parts)
    label = step.label.replace("studies", "study").replace("records", "record") if step.count == 1 else step.label
    return f"{step.count:,} {label}{f' ({parts})' if parts else ''}"
