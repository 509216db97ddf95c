"""The figures and notes of a forest plot in words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from cartevidence import wording
from cartevidence.compare.results import METHODS, Compared, Method, Pooled, StudyRow

SHORT: dict[Method, str] = {
    "glmm": "Logistic model",
    "reml": "Logit, REML",
    "freeman-tukey": "Freeman-Tukey, REML",
    "cloglog": "Log-log, REML",
    "exact": "All patients together",
}
SCALES: dict[Method, str] = {
    "glmm": "logit",
    "reml": "logit",
    "freeman-tukey": "double arcsine",
    "cloglog": "log-log",
    "exact": "",
}
WEIGHTS = " Such a model has no weights; those shown are inverse variances at the pooled estimate."
NAMED = 12  # studies named in a footnote


def percent(value: float) -> str:
    """Whole percent, halves up; what is not quite 0 or 100 does not look so: '80', '0.4', '<0.1', '99.6', '>99.9'."""
    value = round(value, 9)  # 57.499999999999993 is 57.5
    whole = math.floor(value + 0.5)
    if whole not in (0, 100) or value in (0, 100):
        return f"{whole}"
    if value < 0.05:
        return "<0.1"
    return ">99.9" if value >= 99.95 else f"{value:.1f}"


def months(value: float) -> str:
    """Months as printed in papers, at most one decimal: '8.9', '12'."""
    return wording.number(round(value, 1))


def bracketed(low: float, high: float) -> str:
    """'[61, 92]' of percents."""
    return f"[{percent(low)}, {percent(high)}]"


def pooled(estimate: Pooled) -> str:
    """'80% [61, 92]', with the level where it is not 95%."""
    level = "" if estimate.level == 95 else f" ({estimate.level:g}% CI)"
    return f"{percent(estimate.estimate)}% {bracketed(estimate.ci_low, estimate.ci_high)}{level}"


def study(row: StudyRow) -> str:
    """'80% [61, 92]'; of a median '12.9 [8.1, NR]' or 'not reached [8.1, NR]'; '' where there is no figure."""
    if row.measure == "median":
        figure = months(row.value) if row.value is not None else "not reached" if row.not_reached else ""
        if row.ci_low is None or not figure:
            return figure
        return f"{figure} [{months(row.ci_low)}, {'NR' if row.ci_high is None else months(row.ci_high)}]"
    if row.value is None:
        return ""
    if row.ci_low is None or row.ci_high is None:
        return f"{percent(row.value)}%"
    return f"{percent(row.value)}% {bracketed(row.ci_low, row.ci_high)}"


def count(row: StudyRow) -> str:
    """'24/30'; of rates and medians the patients alone; '–/30' where only their number is known."""
    if row.count or row.total is None:
        return row.count
    return f"–/{row.total}" if row.measure == "proportion" else f"{row.total}"


def weight(value: float) -> str:
    """'7.3%', '100%'."""
    return "100%" if value >= 99.95 else f"{value:.1f}%"


def studies(k: int) -> str:
    """'1 study', '15 studies'."""
    return wording.plural(k, "study", "studies")


def not_pooled(why: str) -> str:
    """'Not pooled: under 3 studies.'"""
    why = why.strip().rstrip(".")
    if why.lower().startswith("not pooled"):
        return f"{why[0].upper()}{why[1:]}."
    return f"Not pooled: {why}." if why else "Not pooled."


def heterogeneity(estimate: Pooled) -> str:
    """'τ² = 0.42 (logit), I² = 63%, Q = 37.8 (df 14), p < 0.001'; '' where the method gives none of it."""
    parts = []
    if estimate.tau2 is not None:
        scale = SCALES[estimate.method]
        parts.append(f"τ² {_small(estimate.tau2)}" + (f" ({scale})" if scale else ""))
    if estimate.i2 is not None:
        parts.append(f"I² = {math.floor(estimate.i2 + 0.5)}%")
    if estimate.q is not None:
        parts.append(f"Q = {estimate.q:.1f}" + ("" if estimate.q_df is None else f" (df {estimate.q_df})"))
    if estimate.q_p is not None:
        parts.append(f"p {_probability(estimate.q_p)}")
    return ", ".join(part.replace(" ", "\u00a0") for part in parts)


def title(compared: Compared) -> str:
    """What is measured, with a capital where it begins with a word: 'Median PFS', but 'sCR'."""
    text = readable(compared.title)
    return f"M{text[1:]}" if text.startswith("median ") else text


def asked(compared: Compared) -> str:
    """The filters in words: 'target: CD22 · disease: B-ALL'."""
    told = {name: str(value) for name, value in compared.asked.items() if value and str(value) != compared.title}
    return readable(" · ".join(f"{name}: {value}" for name, value in told.items()))


def readable(text: str) -> str:
    """'≥3' for '>=3'."""
    return text.replace(">=", "≥").replace("<=", "≤")


def axis(compared: Compared) -> str:
    """What the axis counts."""
    return {"proportion": "patients, %", "rate": "rate, %", "median": "months"}[compared.measure]


def footnotes(compared: Compared) -> list[str]:
    """What a reader must know beside the drawing, a paragraph each."""
    rows = [row for group in compared.subgroups for row in group.rows]
    told = [
        *_intervals(rows),
        *_methods(compared),
        *_said_of_estimates(compared),
        *compared.caveats,
        *_notes(rows),
        *_reports(rows),
    ]
    return [text if text.endswith((".", "!", "?")) else f"{text}." for text in told if text.strip()]


def description(compared: Compared) -> str:
    """The plot for one who cannot see it: each study and estimate in a sentence."""
    told = [f"Forest plot of {title(compared)}, {studies(sum(len(group.rows) for group in compared.subgroups))}."]
    for group in compared.subgroups:
        told += [f"{group.name}:"] if group.name else []
        told += [
            f"{row.label} (PMID {row.pmid}): {', '.join(filter(None, (count(row), study(row))))}." for row in group.rows
        ]
        if group.name and group.pooled:
            told.append(f"Pooled: {_told(group.pooled)}.")
    if compared.pooled:
        told.append(f"All studies pooled: {_told(compared.pooled)}.")
    return " ".join(told)


def _told(estimate: Pooled) -> str:
    parts = (f"{pooled(estimate)} of {studies(estimate.k)}", heterogeneity(estimate), METHODS[estimate.method])
    return "; ".join(filter(None, parts))


def _intervals(rows: Sequence[StudyRow]) -> Iterator[str]:
    kinds = [row.interval for row in rows if row.interval]
    names = list(dict.fromkeys(kinds))
    if len(names) == 1:
        yield f"Intervals of studies: {names[0]}."
    elif names:
        yield "Intervals of studies: " + ", ".join(f"{name} in {kinds.count(name)}" for name in names) + "."
    if any(row.measure == "median" and row.ci_low is not None and row.ci_high is None for row in rows):
        yield "NR: not reached."


def _methods(compared: Compared) -> Iterator[str]:
    main = [estimate.method for estimate in _estimates(compared)]
    for method in dict.fromkeys(main):
        yield f"Pooled by {METHODS[method]}.{WEIGHTS if method == 'glmm' else ''}"
    for method in dict.fromkeys(other.method for other in compared.sensitivity):
        if method not in main:
            yield f"{SHORT[method]}: {METHODS[method]}."


def _said_of_estimates(compared: Compared) -> Iterator[str]:
    """The notes of pooled estimates; one that holds of several is said once, with their names."""
    names: dict[str, list[str]] = {}
    for group in compared.subgroups:
        for note in group.pooled.notes if group.pooled else ():
            names.setdefault(note, []).append(group.name)
    for note in compared.pooled.notes if compared.pooled else ():
        names.setdefault(note, []).append("all studies" if any(group.name for group in compared.subgroups) else "")
    of_all = compared.pooled.notes if compared.pooled else ()
    for other in compared.sensitivity:
        for note in other.notes:
            if note not in of_all:  # else it was said
                names.setdefault(note, []).append(SHORT[other.method])
    for note, of in names.items():
        said = ", ".join(dict.fromkeys(filter(None, of)))
        yield f"{said[0].upper()}{said[1:]}: {note}" if said else note


def _notes(rows: Sequence[StudyRow]) -> Iterator[str]:
    """'* n from 53% of 17': a note of all marked studies alone, one of several with their names, the rest in a run."""
    marked, named = [row for row in rows if row.notes], _named(rows)
    of: dict[str, list[str]] = {}
    for row in marked:
        for note in dict.fromkeys(row.notes):
            of.setdefault(note, []).append(named(row))
    for note, labels in of.items():
        if len(labels) == len(marked):
            yield f"* {note}"
        elif len(labels) > 1:
            yield f"* {wording.listing(labels, most=NAMED)}: {note}"
    single = [
        f"{named(row)}: {', '.join(notes)}"
        for row in marked
        if len(marked) > 1 and (notes := [note for note in dict.fromkeys(row.notes) if len(of[note]) == 1])
    ]
    if single:
        yield f"* {'; '.join(single)}"


def _reports(rows: Sequence[StudyRow]) -> Iterator[str]:
    named = _named(rows)
    told = [
        f"{named(row)} also in PMID {wording.listing([other.pmid for other in row.reports])}"
        for row in rows
        if row.reports
    ]
    if told:
        yield f"† The same trial is reported more than once: {'; '.join(told)}."


def _named(rows: Sequence[StudyRow]) -> Callable[[StudyRow], str]:
    """What to call a study: its label, with the PMID where others have the same."""
    times = Counter(row.label for row in rows)
    return lambda row: row.label if times[row.label] == 1 else f"{row.label} (PMID {row.pmid})"


def _estimates(compared: Compared) -> list[Pooled]:
    found = [group.pooled for group in compared.subgroups] + [compared.pooled]
    return [estimate for estimate in found if estimate]


def _small(value: float) -> str:
    return "< 0.01" if 0 < value < 0.005 else f"= {value:.2f}"


def _probability(value: float) -> str:
    if value < 0.001:
        return "< 0.001"
    if value > 0.99:
        return "> 0.99"
    return f"= {value:.3f}" if value < 0.1 else f"= {value:.2f}"
