"""Comparisons made by hand, of studies that nobody did."""

from __future__ import annotations

from typing import Any

from cartevidence.compare.results import Compared, LeftOut, Pooled, Step, StudyRow, Subgroup
from models.record import Link, PartialDate, Record, Section

COUNTS = {
    "90000001": ("Muster", 2019, 24, 30, "CD19"),
    "90000002": ("van der Berg", 2020, 41, 50, "CD19"),
    "90000003": ("Čapek", 2021, 9, 17, "CD22"),
    "90000004": ("Synthetic Study Group", 2022, 130, 160, "CD22"),
    "90000005": ("Doe", 2023, 12, 12, "CD19"),
}
QUOTE = "CR was seen in {n} of {total} patients ({percent:.0f}%), ≥1 dose · p<0·05, “as said”"
HOSTILE = '</td></table><script>alert(1)</script><img src=x onerror="alert(2)"> =1+1 & "quoted"'


def study(of: str, **values: Any) -> StudyRow:
    name, year, n, total, target = COUNTS[of]
    quote = QUOTE.format(n=n, total=total, percent=100 * n / total)
    given: dict[str, Any] = {
        "pmid": of, "label": f"{name} {year}", "year": year, "title": f"{target} CAR T cells, study {of}",
        "study_type": "prospective_trial", "targets": (target,), "diseases": ("B-ALL",), "products": (), "nct": (),
        "measure": "proportion", "name": "CR/CRi", "time": "30 d", "group": None, "n": n, "total": total,
        "denominator": "treated", "value": 100 * n / total, "ci_low": 100 * n / total - 15,
        "ci_high": min(100.0, 100 * n / total + 12), "interval": "Clopper-Pearson", "fact": f"f{of}", "quote": quote,
        "section": "RESULTS", "start": 120, "end": 120 + len(quote), "confidence": 0.93, "status": "unreviewed",
        "weight": 20.0,
    }  # fmt: skip
    return StudyRow(**given | values)


def estimate(**values: Any) -> Pooled:
    given: dict[str, Any] = {
        "method": "glmm", "k": 5, "events": 216, "total": 269, "estimate": 80.456789, "ci_low": 70.1, "ci_high": 87.9,
        "prediction_low": 51.2, "prediction_high": 94.3, "link_estimate": 1.414, "link_se": 0.28, "tau2": 0.21,
        "i2": 48.2, "q": 9.9, "q_df": 4, "q_p": 0.042, "weights": (20.0,) * 5,
    }  # fmt: skip
    return Pooled(**given | values)


def proportions(**values: Any) -> Compared:
    """Five studies in two groups; the first has another report, the third comes without time and has notes."""
    other = study("90000002", pmid="90000006", label="Muster 2018", fact="f90000006", n=8, total=10, value=80.0)
    rows = (
        study("90000001", reports=(other,), products=("tisagenlecleucel",), nct=("NCT90000001",)),
        study("90000002", status="accepted"),
        study("90000003", time=None, notes=("n computed from 53% of 17", "the best response")),
        study("90000004", study_type="retrospective", denominator=None),
        study("90000005", status="corrected", confidence=1.0),
    )
    groups = tuple(
        Subgroup(
            name=target, rows=tuple(row for row in rows if target in row.targets), pooled=pooled, why_not_pooled=why
        )
        for target, pooled, why in (("CD19", estimate(k=3), ""), ("CD22", None, "fewer than 3 studies"))
    )
    given: dict[str, Any] = {
        "title": "CR/CRi", "measure": "proportion", "asked": {"endpoint": "CR/CRi", "disease": "B-ALL"}, "rows": rows,
        "subgroups": groups, "by": "target", "pooled": estimate(notes=("Few studies.",)),
        "sensitivity": (estimate(method="reml", estimate=79.9), estimate(method="freeman-tukey", tau2=0.0)),
        "left_out": (
            LeftOut("90000007", "Roe 2017", "not_in_abstract", "the abstract gives no CR/CRi"),
            LeftOut("90000008", "Poe 2016", "kind_of_paper", "a review"),
            LeftOut("90000009", "Loe 2016", "kind_of_paper", "a review"),
        ),
        "account": (
            Step("records in the database", 40, (("stored", 38), ("missing", 2))), Step("studies of B-ALL", 8),
            Step("studies in the figure", 5),
        ),
        "caveats": ("Targets were not compared head-to-head.",),
    }  # fmt: skip
    return Compared(**given | values)


def rates(**values: Any) -> Compared:
    """Overall survival at one year; the second study gives no interval."""
    common: dict[str, Any] = {"measure": "rate", "name": "OS", "time": "1 y", "n": None, "denominator": None,
                              "interval": "as printed"}  # fmt: skip
    rows = (
        study("90000001", **common, value=71.6, ci_low=61.0, ci_high=80.0),
        study("90000002", **common | {"interval": None}, value=65.0, ci_low=None, ci_high=None, weight=None),
    )
    return _plain("OS at 1 y", "rate", rows, **values)


def medians(**values: Any) -> Compared:
    """Medians in months: one with an open interval, one not reached."""
    common: dict[str, Any] = {"measure": "median", "name": "PFS", "time": None, "n": None, "denominator": None,
                              "interval": "as printed", "weight": None}  # fmt: skip
    rows = (
        study("90000001", **common, value=12.9, ci_low=8.1, ci_high=None),
        study("90000002", **common, value=None, not_reached=True, ci_low=20.5, ci_high=None),
    )
    return _plain("median PFS", "median", rows, why_not_pooled="medians are not pooled", **values)


def _plain(title: str, measure: str, rows: tuple[StudyRow, ...], **values: Any) -> Compared:
    why = values.pop("why_not_pooled", "fewer than 3 studies")
    group = Subgroup(name="", rows=rows, pooled=None, why_not_pooled=why)
    given: dict[str, Any] = {
        "title": title, "measure": measure, "asked": {"endpoint": title}, "rows": rows, "subgroups": (group,), "by": None,
        "pooled": None, "why_not_pooled": why,
    }  # fmt: skip
    return Compared(**given | values)


def nothing() -> Compared:
    return _plain("CR/CRi", "proportion", (), why_not_pooled="no study gives this figure")


def records() -> dict[str, Record]:
    """Of all studies and the other report, by PMID; the fifth was retracted."""
    found = {}
    for pmid, (name, year, n, total, target) in {**COUNTS, "90000006": ("Muster", 2018, 8, 10, "CD19")}.items():
        found[pmid] = Record(
            pmid=pmid,
            title=f"{target} CAR T cells, study {pmid}.",
            authors=(f"{name} Eva M", "Doe John") if "Group" not in name else (name,),
            journal="J Synth",
            published=PartialDate(year=year, month=3),
            doi=f"10.5555/synthetic.{pmid}",
            sections=(Section(label="RESULTS", text=f"CR was seen in {n} of {total} patients."),),
            links=(Link(kind="retraction_in", pmid="90000010"),) if pmid == "90000005" else (),
        )
    return found
