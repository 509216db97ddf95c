"""A comparison as files: a table for pandas, spreadsheets and R, JSON for programs, the studies as references."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, BinaryIO

from cartevidence import references
from cartevidence.compare.results import Compared, Measure, Pooled, StudyRow
from cartevidence.spreadsheet import Column, flat, utf8, workbook, write_csv
from models.errors import CartevidenceError
from models.record import Record

if TYPE_CHECKING:
    import pandas as pd

FORMS = ("csv", "json", "xlsx", "metafor", *references.FORMS)
VALUE: Mapping[Measure, str] = {"proportion": "percent", "rate": "percent", "median": "months"}
POOLED = ("estimate of", "k", "events", "total", "percent", "ci_low", "ci_high", "level", "prediction_low",
          "prediction_high", "method", "tau2", "i2", "q", "q_df", "q_p", "link_estimate", "link_se",
          "notes")  # fmt: skip
_PERCENT, _SCALED = Column(11, '0.0"%"'), Column(11, "0.000")
# Of computed figures a workbook shows a decimal; the cells hold them whole.
LOOKS = {
    **dict.fromkeys(("percent", "prediction_low", "prediction_high", "i2"), _PERCENT),
    **dict.fromkeys(("tau2", "q_p", "link_estimate", "link_se"), _SCALED),
    **dict.fromkeys(("ci_low", "ci_high", "q"), Column(9, "0.0")),
}
Values = dict[str, Any]


def write(compared: Compared, form: str, out: BinaryIO, records: Mapping[str, Record] | None = None) -> None:
    """Write a comparison in one of FORMS; `records`, by PMID, are needed for ris and bibtex alone.

    `metafor` is CSV for R's metafor and meta: study, xi, ni of proportions; rate or median with ci.lb and ci.ub of
    survival, as printed (percent 0-100, months). Raises CartevidenceError for another form or a record that lacks.
    """
    if form == "xlsx":
        _write_xlsx(compared, out)
    elif form in references.FORMS:
        references.write(_records(compared, records or {}), form, out)
    elif form == "json":
        out.write((json.dumps(as_json(compared), indent=2, ensure_ascii=False) + "\n").encode())
    elif form in ("csv", "metafor"):
        rows = list((study_values if form == "csv" else metafor_values)(compared))
        headings = columns(compared) if form == "csv" else metafor_columns(compared)
        with utf8(out) as text:
            write_csv(headings, ([row.get(name) for name in headings] for row in rows), text)
    else:
        raise CartevidenceError(f"A comparison is not written as {form}: choose one of {', '.join(FORMS)}.")


def frame(compared: Compared) -> pd.DataFrame:
    """One row a study, with nullable types: absent values are NA. Percent 0-100, medians in months.

    `other_reports` names the PMIDs of further reports of the same trial. `subgroup` is there where the comparison
    was grouped, `not_reached` for medians.
    """
    import pandas as pd

    kinds = {"Int64": ("year", "n", "total", "start", "end"),
             "Float64": ("percent", "months", "ci_low", "ci_high", "weight", "confidence"),
             "boolean": ("not_reached",),
             "category": ("study_type", "denominator", "interval", "status")}  # fmt: skip
    types = {name: kind for kind, names in kinds.items() for name in names}
    rows = list(study_values(compared))
    series = {}
    for name in columns(compared):
        cells = [flat(row.get(name)) for row in rows]
        absent_as_none = [None if cell == "" else cell for cell in cells]
        series[name] = pd.Series(absent_as_none, dtype=types.get(name, "string"))
    return pd.DataFrame(series)


def columns(compared: Compared) -> list[str]:
    """The columns of the table of studies, in their order."""
    value = VALUE[compared.measure]
    return ["study", "pmid", "year", "targets", "diseases", "study_type", *(["subgroup"] if compared.by else []),
            "name", "time", "group", "n", "total", "denominator", value, "ci_low", "ci_high", "interval",
            *(["not_reached"] if value == "months" else []), "weight", "confidence", "status", "quote", "section",
            "start", "end", "url", "notes", "other_reports"]  # fmt: skip


def study_values(compared: Compared) -> Iterator[Values]:
    """The cells of each study by column."""
    groups = _subgroups(compared)
    for row in compared.rows:
        yield {
            **{name: getattr(row, name) for name in columns(compared) if hasattr(row, name)},
            "study": row.label,
            VALUE[row.measure]: row.value,
            "subgroup": groups.get(row.fact, ()),
            "other_reports": tuple(report.pmid for report in row.reports),
        }


def _subgroups(compared: Compared) -> dict[str, tuple[str, ...]]:
    """The groups that each study is in, by the id of its fact."""
    found: dict[str, tuple[str, ...]] = {}
    for group in compared.subgroups if compared.by else ():
        for row in group.rows:
            found[row.fact] = (*found.get(row.fact, ()), group.name)
    return found


def metafor_columns(compared: Compared) -> list[str]:
    """The columns that metafor's and meta's functions ask for, then what tells the studies apart."""
    figures = {"proportion": ["xi", "ni"], "rate": ["rate", "ci.lb", "ci.ub"], "median": ["median", "ci.lb", "ci.ub"]}
    return ["study", *figures[compared.measure], "pmid", "subgroup"]


def metafor_values(compared: Compared) -> Iterator[Values]:
    """The cells of each study by column; what the text does not give is empty, which R reads as NA."""
    for row in study_values(compared):
        value = row[VALUE[compared.measure]]
        yield {
            "study": row["study"], "pmid": row["pmid"], "subgroup": row["subgroup"], "xi": row["n"], "ni": row["total"],
            "rate": value, "median": value, "ci.lb": row["ci_low"], "ci.ub": row["ci_high"],
        }  # fmt: skip


def as_json(compared: Compared) -> Values:
    """The whole comparison as one object; absent fields are left out, lists stay, even if empty."""
    return {
        "title": compared.title,
        "measure": compared.measure,
        "asked": dict(compared.asked),
        **({"by": compared.by} if compared.by else {}),
        "studies": [_study_object(row) for row in compared.rows],
        **({"pooled": _pooled_object(compared.pooled)} if compared.pooled else {}),
        **({"why_not_pooled": compared.why_not_pooled} if compared.why_not_pooled else {}),
        "sensitivity": [_pooled_object(pooled) for pooled in compared.sensitivity],
        "subgroups": [
            _present(
                name=group.name,
                studies=[row.pmid for row in group.rows],
                pooled=group.pooled and _pooled_object(group.pooled),
                why_not_pooled=group.why_not_pooled,
            )
            for group in (compared.subgroups if compared.by else ())
        ],
        "left_out": [
            {"pmid": one.pmid, "study": one.label, "rule": one.rule, "reason": one.reason} for one in compared.left_out
        ],
        "account": [
            _present(
                label=step.label,
                count=step.count,
                parts=[{"label": label, "count": count} for label, count in step.parts],
            )
            for step in compared.account
        ],
        "caveats": list(compared.caveats),
    }


def _study_object(row: StudyRow) -> Values:
    values = asdict(row) | {"reports": [_study_object(report) for report in row.reports], "url": row.url}
    names = {"label": "study", "value": VALUE[row.measure]}
    return _present(**{names.get(name, name): value for name, value in values.items() if name != "measure"})


def _pooled_object(pooled: Pooled) -> Values:
    return _present(**asdict(pooled), words=pooled.words)


def _present(**values: Any) -> Values:
    """Without what is absent: None, False, '' and empty lists; zeros stay."""
    return {name: value for name, value in values.items() if value not in (None, "", (), []) and value is not False}


def _write_xlsx(compared: Compared, out: BinaryIO) -> None:
    with workbook(out) as book:
        studies = book.sheet("studies", ["pmid", *(name for name in columns(compared) if name != "pmid")], LOOKS)
        for values in study_values(compared):
            studies.row(values)
        pooled = book.sheet("pooled", POOLED, LOOKS)
        for values in _pooled_values(compared):
            pooled.row(values)
        left_out = book.sheet("left out", ["pmid", "label", "rule", "reason"])
        for one in compared.left_out:
            left_out.row(asdict(one))
        account = book.sheet("account", ["part", "what", "count"])
        for part, what, count in _account(compared):
            account.row({"part": part, "what": what, "count": count})


def _pooled_values(compared: Compared) -> Iterator[Values]:
    """A row an estimate: of all studies, by other methods, of each group; with the reason where there is none."""
    estimates: list[tuple[str, Pooled | None, str]] = [("all studies", compared.pooled, compared.why_not_pooled)]
    estimates += [("all studies, sensitivity", pooled, "") for pooled in compared.sensitivity]
    if compared.by:
        estimates += [(group.name, group.pooled, group.why_not_pooled) for group in compared.subgroups]
    for of, pooled, why in estimates:
        if pooled is None:
            yield {"estimate of": of, "notes": f"not pooled: {why}" if why else "not pooled"}
        else:
            yield asdict(pooled) | {"estimate of": of, "percent": pooled.estimate, "method": pooled.words}


def _account(compared: Compared) -> Iterator[tuple[str, str, int | None]]:
    yield "compared", compared.title, None
    yield from (("asked", f"{name}: {value}", None) for name, value in compared.asked.items())
    for step in compared.account:
        yield "account", step.label, step.count
        yield from (("of these", label, count) for label, count in step.parts)
    yield from (("caveat", caveat, None) for caveat in compared.caveats)


def _records(compared: Compared, records: Mapping[str, Record]) -> Iterable[Record]:
    """The records of the studies, each followed by its trial's other reports."""
    pmids = dict.fromkeys(one.pmid for row in compared.rows for one in (row, *row.reports))
    missing = [pmid for pmid in pmids if pmid not in records]
    if missing:
        raise CartevidenceError(f"References need the records of all studies; that of PMID {missing[0]} is not given.")
    return [records[pmid] for pmid in pmids]
