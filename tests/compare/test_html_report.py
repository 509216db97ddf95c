"""The HTML report: self-contained, safe whatever the texts hold, readable by all, and right in its figures."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from hand_made import HOSTILE, estimate, medians, nothing, proportions, rates, records, study

from cartevidence import __version__
from cartevidence.compare import html_report, report_words
from cartevidence.compare.html_report import html, inline
from cartevidence.compare.results import Compared
from models.record import Record

SVG = (
    '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">'
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
    '<defs><path id="p1" d="M0 0h9"/></defs><use xlink:href="#p1"/><text>Muster 2019 &lt;b&gt;</text></svg>'
)
VOID = {"meta", "br", "img", "link", "input", "hr"}
ALL = [proportions(), rates(), medians(), nothing()]


class Page(HTMLParser):
    """The elements of a page, with their attributes, their own text and the elements they stand in."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.open: list[int] = []
        self.feed(text)
        self.close()
        assert self.open == [], "elements are left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_data(" ")
        self.elements.append((tag, dict(attrs), []))
        if tag not in VOID:
            self.open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self.open.pop()][0] == tag
        if tag not in ("span", "a", "strong", "b", "q", "cite"):
            self.handle_data(" ")  # these stand apart on the page

    def handle_data(self, data: str) -> None:
        for at in self.open:
            self.elements[at][2].append(data)

    def of(self, tag: str, **attributes: str) -> list[str]:
        """The texts of the elements with this tag and these attributes."""
        return [
            " ".join("".join(text).split())
            for name, given, text in self.elements
            if name == tag and attributes.items() <= given.items()
        ]

    def attributes(self, name: str) -> list[str]:
        return [given[name] or "" for _, given, _ in self.elements if name in given]


def page(compared: Compared, **how: Any) -> Page:
    return Page(html(compared, SVG, records(), made=date(2026, 11, 22), **how))


@pytest.mark.parametrize("compared", ALL, ids=lambda c: c.title)
def test_nothing_is_fetched_and_nothing_runs(compared: Compared) -> None:
    text = html(compared, SVG, records())
    found = Page(text)
    tags = Counter(tag for tag, _, _ in found.elements)
    assert not set(tags) & {"script", "link", "iframe", "object", "embed", "img", "form", "base", "video", "audio"}
    (policy,) = [given["content"] for tag, given, _ in found.elements if "http-equiv" in given]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    assert not [name for _, given, _ in found.elements for name in given if name.startswith("on") or name == "src"]
    assert not re.search(r"@import|url\((?!#)", text)
    assert all(
        link.startswith(("#", "https://pubmed.ncbi.nlm.nih.gov/", "https://doi.org/"))
        for link in found.attributes("href")
    )


def _hostile(value: Any) -> Any:
    """The same value with every text but names that choose (method, measure, status ...) and PMIDs made hostile."""
    if is_dataclass(value) and not isinstance(value, type):
        kept = ("pmid", "fact", "measure", "method", "interval", "url")
        changed = {f.name: _hostile(getattr(value, f.name)) for f in fields(value) if f.name not in kept}
        return replace(value, **changed)
    if isinstance(value, dict):
        return {HOSTILE + key: _hostile(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_hostile(item) for item in value)
    return f"{HOSTILE}{value}" if isinstance(value, str) and value else value


def test_hostile_texts_are_shown_and_change_no_element() -> None:
    mild, hostile = page(proportions()), html(_hostile(proportions()), SVG, _hostile_records(), made=date(2026, 11, 22))
    assert "<script" not in hostile
    assert "onerror=&#34;" in hostile
    found = Page(hostile)
    tags = [[tag for tag, _, _ in one.elements] for one in (mild, found)]
    assert tags[0] == tags[1]
    assert [set(given) for _, given, _ in mild.elements] == [set(given) for _, given, _ in found.elements]
    quotes = found.of("span", role="tooltip")
    assert len(quotes) == 6
    assert all(" ".join(HOSTILE.split()) in quote for quote in quotes)
    assert set(found.attributes("href")) == {
        *(f"#source-{i}" for i in range(1, 7)),
        *(f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" for pmid in range(90000001, 90000010)),
        *(f"https://doi.org/{html_report.quote(HOSTILE, safe='/')}" for _ in "1"),
    }


def _hostile_records() -> dict[str, Record]:
    changed = {"title": HOSTILE, "authors": (HOSTILE,), "journal": HOSTILE, "doi": HOSTILE}
    return {pmid: record.model_copy(update=changed) for pmid, record in records().items()}


@pytest.mark.parametrize("compared", ALL, ids=lambda c: c.title)
def test_it_can_be_read_without_eyes_or_mouse(compared: Compared) -> None:
    found = page(compared)
    assert [given["lang"] for tag, given, _ in found.elements if tag == "html"] == ["en"]
    headings = [int(tag[1]) for tag, _, _ in found.elements if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    assert all(given.get("scope") in ("col", "row", "rowgroup") for tag, given, _ in found.elements if tag == "th")
    ids = found.attributes("id")
    assert len(ids) == len(set(ids))
    assert set(found.attributes("aria-describedby")) | set(found.attributes("aria-labelledby")) <= set(ids)
    assert {link[1:] for link in found.attributes("href") if link.startswith("#")} <= set(ids)
    reached = [given for _, given, _ in found.elements if "aria-describedby" in given]
    assert all(given["tabindex"] == "0" for given in reached)
    assert len(reached) == sum(1 + len(row.reports) for row in compared.rows)


def test_each_figure_has_its_quote_and_each_study_its_links() -> None:
    found = page(proportions())
    by_id = {given["id"]: "".join(text) for _, given, text in found.elements if given.get("role") == "tooltip"}
    shown = {
        "".join(text): by_id[given["aria-describedby"] or ""]
        for _, given, text in found.elements
        if given.get("class") == "proof"
    }
    for row in proportions().rows:
        assert row.quote in shown[row.count]
    assert len([link for link in found.attributes("href") if link == "https://pubmed.ncbi.nlm.nih.gov/90000001/"]) == 2


def rows(found: Page) -> list[str]:
    return found.of("tr")


def test_the_table() -> None:
    found = rows(page(proportions()))
    assert found[0] == "Study n/N Patients, % (95% CI) Target · disease N are Time Weight Reviewed Notes"
    assert [one.split(" PMID")[0] for one in found[1:]] == [
        "CD19",
        "Muster 2019 [1]",
        "also reported by Muster 2018 [2]",
        "van der Berg 2020 [3]",
        "Doe 2023 [4]",
        "CD19, pooled random-intercept logistic model, maximum likelihood 216/269 80.5% 70.1 to 87.9 "
        "τ² = 0.21, I² = 48%, Q = 9.9 on 4 df, p = 0.042",
        "CD22",
        "Čapek 2021 [5]",
        "Synthetic Study Group 2022 [6]",
        "Not pooled: fewer than 3 studies.",
        found[-1],
    ]
    assert "24/30 “" not in found[2]
    assert re.search(
        r"24/30.*80\.0% 65\.0 to 92\.0 CD19 · B-ALL prospective trial treated 30 d 20\.0% no \(0\.93\)$", found[2]
    )
    assert not found[3].endswith("20.0% no (0.93)")  # another report weighs nothing
    assert "retracted" in found[5]
    assert re.search(r"treated not stated 20\.0% no \(0\.93\) n computed from 53% of 17; the best response$", found[8])
    assert re.search(r"retrospective study not stated 30 d", found[9])
    assert found[11].startswith("All studies, pooled")


def test_the_table_of_rates_and_medians() -> None:
    rate = rows(page(rates()))
    assert rate[0] == "Study Rate, % (95% CI) Target · disease Time Weight Reviewed Notes"
    assert "71.6%" in rate[1]
    assert "61.0 to 80.0 CD19" in rate[1]
    assert "as printed" not in rate[1]
    median = rows(page(medians()))
    assert median[0] == "Study Median, months (95% CI) Target · disease Reviewed Notes"
    assert "8.1 to not reached" in median[1]
    assert re.search(r"not reached .*20\.5 to not reached", median[2])


def test_what_else_a_reader_needs() -> None:
    text = " ".join(page(proportions()).of("body"))
    for told in (
        "CR/CRi 5 studies · disease: B-ALL",
        "Pooled: 80.5% (95% CI 70.1 to 87.9; prediction interval 51.2 to 94.3), 5 studies, 216 of 269 patients.",
        "p = 0.042. Few studies.",
        "Inverse variance on the logit, REML with Hartung-Knapp interval: 79.9% (95% CI 70.1 to 87.9;",
        "Mind: Targets were not compared head-to-head.",
        "40 records in the database 38 stored 2 missing",
        "The abstract gives no CR/CRi (1)",
        "A review (2)",
        "Poe 2016, PMID 90000008",
        "Muster EM, Doe J. CD19 CAR T cells, study 90000001. J Synth. 2019. doi:10.5555/synthetic.90000001.",
        "RESULTS, characters 120 to 187",
        f"Made on 2026-11-22 by cartevidence {__version__}.",
    ):
        assert told in text, told


def test_names_are_shown_once_and_grades_as_papers_print_them() -> None:
    unnamed = study("90000001", label="PMID 90000001")
    compared = proportions(
        rows=(unnamed,), title="CRS grade >=3", asked={"measure": "CRS grade >=3", "patients": ">=4"}
    )
    group = replace(compared.subgroups[0], name="", rows=(unnamed,))
    found = page(replace(compared, subgroups=(group,), by=None))
    assert found.of("h1") == ["CRS grade ≥3"]
    assert found.of("p", **{"class": "asked"}) == ["1 study · patients: ≥4"]
    assert rows(found)[1].startswith("PMID 90000001 [1] 24/30")


@pytest.mark.parametrize(
    ("title", "heading"),
    [("median PFS", "Median PFS"), ("sCR", "sCR"), ("OS at 1 y", "OS at 1 y"), ("mild CRS", "Mild CRS")],
)
def test_heading(title: str, heading: str) -> None:
    assert report_words.title(proportions(title=title)) == heading


@pytest.mark.parametrize(
    ("confidence", "status", "told"),
    [(0.997, "unreviewed", "no (0.99)"), (0.93, "unreviewed", "no (0.93)"), (1.0, "unreviewed", "no (1.00)"),
     (0.29, "unreviewed", "no (0.29)"), (0.5, "corrected", "corrected")],
)  # fmt: skip
def test_how_sure_a_figure_is(confidence: float, status: str, told: str) -> None:
    assert report_words.reviewed(study("90000001", confidence=confidence, status=status)) == told


def test_of_no_study_the_account_remains() -> None:
    left_out = proportions().left_out
    text = " ".join(page(replace(nothing(), left_out=left_out)).of("body"))
    assert "No study of the database gives this figure" in text
    assert "Roe 2017" in text
    assert "References" not in text


def test_days_on_which_pubmed_was_asked() -> None:
    days = [datetime(2026, 11, day, 12, tzinfo=UTC) for day in (20, 1)]
    changed = dict(records())
    for pmid, day in zip(changed, days, strict=False):
        changed[pmid] = changed[pmid].model_copy(update={"fetched": day})
    text = html(proportions(), "", changed, made=date(2026, 11, 22))
    assert "PubMed records (fetched from 2026-11-01 to 2026-11-20) were read" in text
    assert "<svg" not in text
    assert "Forest plot" not in text


def test_a_study_without_its_record_is_cited_by_its_row() -> None:
    text = " ".join(Page(html(proportions(), "", {})).of("body"))
    assert "Muster 2019. CD19 CAR T cells, study 90000001 PMID 90000001" in text


def told(compared: Compared) -> str:
    return ". ".join(report_words.methods(compared, "1.0", ""))


@pytest.mark.parametrize(
    ("compared", "named", "unnamed"),
    [
        (proportions(sensitivity=(), subgroups=()), ("Hamza", "Clopper", "PRISMA", "Higgins et al."), ("Hartung", "Freeman")),
        (proportions(), ("Hamza", "also pooled by inverse variance on the logit scale; and", "Freeman", "Hartung"), ()),
        (proportions(pooled=estimate(method="exact", prediction_low=None, i2=None, q=None), subgroups=(), sensitivity=()),
         ("all patients together", "Clopper"), ("Hamza", "Prediction", "Heterogeneity")),
        (rates(pooled=estimate(method="cloglog")), ("Survival rates at one time were pooled", "Kalbfleisch", "Hartung",
         "those that they printed"), ("Clopper", "Hamza")),
        (medians(), ("Not pooled: medians are not pooled",), ("were pooled", "Hartung", "Clopper")),
    ],
    ids=("glmm", "with sensitivity", "exact", "rates", "medians"),
)  # fmt: skip
def test_methods_name_the_sources_of_what_was_done(
    compared: Compared, named: tuple[str, ...], unnamed: tuple[str, ...]
) -> None:
    text = told(compared)
    assert [name for name in named if name not in text] == []
    assert [name for name in unnamed if name in text] == []


@pytest.mark.parametrize(
    ("values", "figure", "interval"),
    [
        ({}, "80.0%", "65.0 to 92.0"),
        ({"ci_low": None, "ci_high": None}, "80.0%", ""),
        ({"value": None}, "", "65.0 to 92.0"),
        ({"measure": "median", "value": 8.94, "ci_high": None}, "8.9", "65.0 to not reached"),
        ({"measure": "median", "value": None, "not_reached": True}, "not reached", "65.0 to 92.0"),
        ({"value": 0.0, "ci_low": 0.0}, "0.0%", "0.0 to 92.0"),
    ],
)
def test_figures_in_words(values: dict[str, Any], figure: str, interval: str) -> None:
    row = study("90000001", **values)
    assert (report_words.figure(row), report_words.interval(row)) == (figure, interval)


def test_estimates_in_words() -> None:
    assert report_words.estimate(estimate(level=90.0, prediction_low=None)) == "80.5% (90% CI 70.1 to 87.9)"
    assert report_words.of_whom(estimate(events=None)) == "5 studies"
    assert report_words.heterogeneity(estimate(q_p=0.00001, q_df=None)) == "τ² = 0.21, I² = 48%, Q = 9.9, p < 0.001"
    assert report_words.heterogeneity(estimate(tau2=None, i2=None, q=None, q_p=None)) == ""


def test_the_plot_stands_in_the_page_alone() -> None:
    drawn = inline(SVG)
    assert drawn.startswith("<svg ")
    assert "&lt;b&gt;" in drawn
    assert 'xlink:href="#p1"' in drawn


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        '<rect onclick="alert(1)"/>',
        '<image href="https://127.0.0.1/x.png"/>',
        '<image xlink:href="//127.0.0.1/x.png"/>',
        '<a href="javascript:alert(1)"><text>x</text></a>',
        "<foreignObject><body/></foreignObject>",
        "<!-- alert -->",
    ],
)
def test_the_plot_can_bring_nothing_along(inner: str) -> None:
    drawn = inline(SVG.replace("</svg>", f"{inner}</svg>"))
    assert not re.search("alert|127|foreignObject", drawn)
    assert "Muster 2019" in drawn


def test_links_in_the_plot_stay() -> None:
    link = '<a href="https://pubmed.ncbi.nlm.nih.gov/90000001/"><text>x</text></a>'
    assert link in inline(SVG.replace("</svg>", f"{link}</svg>"))


@pytest.mark.parametrize(
    "text", ["<p>no plot</p>", "<svg>", "nothing", '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>x']
)
def test_a_plot_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="the plot is no SVG"):
        inline(text)


def _brightness(colour: str) -> float:
    """Relative luminance by WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_text_stands_out_from_its_ground(scheme: int) -> None:
    css = (html_report.FOLDER / "page.css").read_text(encoding="utf-8")
    blocks = [
        dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    ]
    assert len(blocks) == 3
    colours = blocks[0] | blocks[scheme]
    pairs = [("ink", "paper"), ("ink", "shade"), ("soft", "paper"), ("soft", "shade"), ("link", "paper"), ("link", "shade"),
             ("warn", "paper"), ("warn", "warn-shade"), ("ink", "warn-shade"), ("tip-ink", "tip")]  # fmt: skip
    for text, ground in pairs:
        light, dark = sorted((_brightness(colours[text]), _brightness(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)
