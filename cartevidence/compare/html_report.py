"""A comparison as one HTML page that needs nothing else: no network, no script, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from lxml import etree

from cartevidence import __version__, references, wording
from cartevidence.compare import report_words
from cartevidence.compare.leaving_out import IN_WORDS
from cartevidence.compare.results import Compared, LeftOut, StudyRow
from models.record import Record

if TYPE_CHECKING:
    from jinja2 import Template

FOLDER = Path(__file__).parent / "report"
HREF = ("href", "{http://www.w3.org/1999/xlink}href")
MEASURED = {"proportion": "Patients, % (95% CI)", "rate": "Rate, % (95% CI)", "median": "Median, months (95% CI)"}


def html(compared: Compared, plot_svg: str, records: Mapping[str, Record], *, made: date | None = None) -> str:
    """The page: the question, plot, table, estimates, what was left out, the account, methods, references.

    `plot_svg` is an SVG document or '' for none; `records`, by PMID, are of the studies and their other reports, and
    what lacks there is cited by its row; `made` is the day to print, today if not given. Raises ValueError for a plot
    that is no SVG.
    """
    from markupsafe import Markup

    numbers = _numbers(compared)
    fetched = _fetched(records.values())
    return _template().render(
        compared=compared,
        words=report_words,
        title=report_words.title(compared),
        asked=report_words.asked(compared),
        plot=Markup(inline(plot_svg)) if plot_svg else "",  # noqa: S704  (parsed and cleaned)
        measured=MEASURED[compared.measure],
        counted=compared.measure == "proportion",
        timed=compared.measure != "median",
        weighed=any(row.weight is not None for row in compared.rows),
        groups=[(group, [_line(row, numbers, records) for row in group.rows]) for group in compared.subgroups],
        next_tip=count(1).__next__,
        studies=wording.plural(len(compared.rows), "study", "studies"),
        sources=[_source(row, numbers, records) for row in _cited(compared)],
        reasons=_reasons(compared.left_out),
        methods=[report_words.sentence(text) for text in report_words.methods(compared, __version__, fetched)],
        version=__version__,
        made=made or date.today(),
        fetched=fetched,
    )


@dataclass(frozen=True)
class Line:
    """A row of the table of studies."""

    row: StudyRow
    number: int  # of its reference
    retracted: bool
    report: bool = False  # another report of the trial above
    reports: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    """A reference with the words that its figure was read from."""

    row: StudyRow
    number: int
    citation: str
    doi: str  # as the path of an address
    retracted: bool


def _line(row: StudyRow, numbers: Mapping[str, int], records: Mapping[str, Record], *, report: bool = False) -> Line:
    reports = [_line(other, numbers, records, report=True) for other in row.reports]
    return Line(row, numbers[row.pmid], _retracted(row.pmid, records), report, reports)


def _source(row: StudyRow, numbers: Mapping[str, int], records: Mapping[str, Record]) -> Source:
    record = records.get(row.pmid)
    cited = references.citation(record) if record else f"{row.label}. {row.title}"
    doi = quote(record.doi, safe="/") if record and record.doi else ""
    return Source(row, numbers[row.pmid], cited, doi, _retracted(row.pmid, records))


def _retracted(pmid: str, records: Mapping[str, Record]) -> bool:
    return pmid in records and records[pmid].retracted


def _cited(compared: Compared) -> Iterator[StudyRow]:
    """The studies as they stand in the table, each followed by its trial's other reports; each once."""
    seen = set()
    for group in compared.subgroups:
        for row in group.rows:
            for one in (row, *row.reports):
                if one.pmid not in seen:
                    seen.add(one.pmid)
                    yield one


def _numbers(compared: Compared) -> dict[str, int]:
    return {row.pmid: number for number, row in enumerate(_cited(compared), start=1)}


def _reasons(left_out: Sequence[LeftOut]) -> list[tuple[str, list[LeftOut]]]:
    """What was left out by rule, in the order of the rules' first studies; the title is the reason that all share."""
    by_rule: dict[str, list[LeftOut]] = {}
    for one in left_out:
        by_rule.setdefault(one.rule, []).append(one)
    titled = []
    for rule, those in by_rule.items():
        reasons = {one.reason for one in those}
        titled.append((reasons.pop() if len(reasons) == 1 else IN_WORDS.get(rule, rule.replace("_", " ")), those))
    return titled


def _fetched(records: Iterable[Record]) -> str:
    """'fetched on 2026-11-20', 'fetched from 2026-11-01 to 2026-11-20'; '' for records from files."""
    days = sorted({record.fetched.date() for record in records if record.fetched})
    if not days:
        return ""
    return f"fetched on {days[0]}" if len(days) == 1 else f"fetched from {days[0]} to {days[-1]}"


def inline(svg: str) -> str:
    """The `svg` element to stand within a page: no prolog, no script, nothing that is fetched; links stay links.

    Raises ValueError where the text is no SVG.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(svg.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"the plot is no SVG: {error}") from error
    if etree.QName(root).localname != "svg":
        raise ValueError(f"the plot is no SVG but <{etree.QName(root).localname}>")
    for element in list(root.iter()):
        name = etree.QName(element).localname if isinstance(element.tag, str) else "script"
        if name in ("script", "foreignObject", "metadata", "iframe"):
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
            continue
        for key, value in list(element.attrib.items()):
            link = name == "a" and value.startswith("https://")
            if str(key).startswith("on") or (key in HREF and not link and not value.startswith(("#", "data:image/"))):
                del element.attrib[key]
    return etree.tostring(root, encoding="unicode", with_tail=False)


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")
