"""A forest plot shows every study and estimate where it belongs, and nothing lies over anything else."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import CAVEAT, compared, median, pooled, rate, row
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from cartevidence.compare import forest
from cartevidence.compare.results import Compared
from models.errors import CartevidenceError

ROOT = Path(__file__).parents[2]
LONG = "Consortium for the long-term study of cellular therapies in children and adolescents 2021"
GROUPS = ("CD19", "BCMA", "CD19 and CD22, together or one after the other, tandem and bicistronic constructs alike")


def axes(drawn: Figure, label: str) -> Axes:
    return next(found for found in drawn.axes if found.get_label() == label)


def texts(drawn: Figure) -> list[Text]:
    return [text for text in drawn.findobj(Text) if isinstance(text, Text) and text.get_text() and text.get_visible()]


def told(drawn: Figure) -> list[str]:
    return [text.get_text() for text in texts(drawn)]


def named(drawn: Figure, name: str) -> list[Artist]:
    """The plot's artists of a name, from top to bottom."""
    found = [
        artist for artist in axes(drawn, "plot").get_children() if re.fullmatch(rf"{name}-\d+", artist.get_gid() or "")
    ]
    return sorted(found, key=lambda artist: int((artist.get_gid() or "").rpartition("-")[2]))


def squares(drawn: Figure) -> list[tuple[float, float, float]]:
    """Place on the axis, height and area of each square."""
    found = []
    for square in named(drawn, "square"):
        assert isinstance(square, PathCollection)
        (x, y), area = square.get_offsets()[0], float(square.get_sizes()[0])  # type: ignore[index]
        found.append((float(x), float(y), area))
    return found


def spans(drawn: Figure, name: str) -> list[tuple[float, float]]:
    """From where to where on the axis the artists of a name go."""
    found = []
    for artist in named(drawn, name):
        if isinstance(artist, Line2D):
            xs = [float(x) for x in artist.get_xdata()]  # type: ignore[union-attr]
        else:
            assert isinstance(artist, Polygon | Rectangle)
            box = artist.get_xy() if isinstance(artist, Polygon) else artist.get_bbox().get_points()
            xs = [float(x) for x, _ in box]  # type: ignore[union-attr]
        found.append((min(xs), max(xs)))
    return found


def boxes(drawn: Figure) -> list[tuple[str, Bbox]]:
    drawn.set_dpi(200)
    renderer = FigureCanvasAgg(drawn).get_renderer()
    return [(text.get_text(), text.get_window_extent(renderer)) for text in texts(drawn)]


def assert_nothing_collides(drawn: Figure) -> None:
    page, found = drawn.bbox, boxes(drawn)
    plot = axes(drawn, "plot").get_window_extent()
    for text, box in found:
        assert page.x0 <= box.x0 and box.x1 <= page.x1, f"{text!r} leaves the page"
        assert page.y0 <= box.y0 and box.y1 <= page.y1, f"{text!r} leaves the page"
        assert not _overlap(box, plot), f"{text!r} stands in the plot"
    for (one, box), (other, beside) in itertools.combinations(found, 2):
        assert not _overlap(box, beside), f"{one!r} lies over {other!r}"


def _overlap(one: Bbox, other: Bbox) -> bool:
    return one.x0 < other.x1 and other.x0 < one.x1 and one.y0 < other.y1 and other.y0 < one.y1


def crowded(count: int, groups: tuple[str, ...] = ()) -> Compared:
    """Long labels, notes, other reports, times, caveats."""
    rows = [row(n, label=LONG if n % 3 == 1 else f"Ng {2000 + n}") for n in range(count)]
    rows[1] = replace(
        rows[1], notes=("n computed from the percent", "rounded"), reports=(row(800), row(801)), time="best"
    )
    rows[0] = replace(rows[0], notes=("n computed from the percent",), time="30 d", group="high dose")
    return compared(rows, groups=groups, caveats=(CAVEAT * 4, "Withoutanyblank" * 20), title="CRS grade >=3 " * 9)


@pytest.mark.parametrize("count", [2, 3, 15, 60])
@pytest.mark.parametrize("groups", [(), GROUPS])
def test_no_text_lies_over_another_or_leaves_the_page(count: int, groups: tuple[str, ...]) -> None:
    drawn = forest.draw(crowded(count, groups if count > 2 else groups[:2]))
    assert_nothing_collides(drawn)
    assert drawn.get_figwidth() == 7.5


@pytest.mark.parametrize(
    "of",
    [
        compared([rate(n) for n in range(9)], title="OS at 1 y", measure="rate"),
        compared([median(n, ci_high=None) for n in range(9)], title="Median PFS", measure="median"),
        compared([row(0, n=123456, total=654321, time="between 3 and 6 months"), row(4), row(6)]),
    ],
)
def test_no_text_collides_in_other_measures(of: Compared) -> None:
    assert_nothing_collides(forest.draw(of))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=3, max_size=5), st.text(max_size=40))
def test_any_label_is_placed_without_collision(labels: list[str], group: str) -> None:
    rows = [row(n, label=label) for n, label in enumerate(labels)]
    assert_nothing_collides(forest.draw(compared(rows, groups=(group,))))


def test_a_shortened_label_keeps_its_year() -> None:
    words = told(forest.draw(compared([row(n, label=LONG) for n in range(3)])))
    assert [text for text in words if re.fullmatch(r"Consortium for.*… 2021", text)]
    assert LONG not in words


@pytest.mark.parametrize("count", [0, 1, 300])
def test_any_number_of_studies_is_drawn(count: int) -> None:
    drawn = forest.draw(compared([row(n) for n in range(count)]))
    assert len(squares(drawn)) == count
    assert ("no study to show" if not count else "1 study" if count == 1 else "300 studies") in " ".join(told(drawn))


def test_more_than_a_page_can_hold_is_said() -> None:
    drawn = forest.draw(compared([row(n) for n in range(1234)], groups=("CD19", "CD22", "BCMA", "CD7")))
    assert len(squares(drawn)) == 400
    assert "the first 400 of 1,234 studies are drawn" in " ".join(told(drawn))
    assert drawn.get_figheight() * 200 < 2**16  # pixels that PNG is drawn with


def test_each_study_has_its_square_and_interval_in_its_line() -> None:
    of = compared([row(n) for n in range(12)])
    drawn = forest.draw(of)
    assert [x for x, _, _ in squares(drawn)] == pytest.approx([study.value for study in of.rows])
    assert spans(drawn, "interval") == [pytest.approx((study.ci_low, study.ci_high)) for study in of.rows]
    page = axes(drawn, "paper")
    baselines = {text.get_text(): text.get_position()[1] for text in page.texts}
    for study, (_, y, _), line in zip(of.rows, squares(drawn), named(drawn, "interval"), strict=True):
        assert isinstance(line, Line2D)
        assert set(line.get_ydata()) == {y}  # type: ignore[arg-type]
        assert baselines[study.label] - y == pytest.approx(2.88)  # of letters of 8 points, so that they are centred
        assert baselines[study.pmid] == baselines[study.label]


def test_percent_goes_from_0_to_100_across_the_axis() -> None:
    drawn = forest.draw(compared([row(4), row(6), row(0)]))
    plot, page = axes(drawn, "plot"), axes(drawn, "paper")
    assert plot.get_xlim() == (0, 100)
    for tick in ("0", "20", "40", "60", "80", "100"):
        (number,) = (text for text in page.texts if text.get_text() == tick)
        printed = page.transData.transform(number.get_position())[0]
        assert printed == pytest.approx(plot.transData.transform((float(tick), 0))[0])


def test_the_area_of_a_square_is_its_weight() -> None:
    of = compared([row(n) for n in range(9)])
    per_weight = {
        round(area / (study.weight or 0), 6)
        for study, (_, _, area) in zip(of.rows, squares(forest.draw(of)), strict=True)
    }
    assert len(per_weight) == 1
    assert "study with its interval, area by weight" in told(forest.draw(of))


def test_without_weights_the_area_is_the_number_of_patients() -> None:
    drawn = forest.draw(compared([row(0), row(3)]))
    (_, _, first), (_, _, second) = squares(drawn)
    assert first / second == pytest.approx(30 / 214)
    assert "study with its interval, area by number of patients" in told(drawn)


def test_a_study_without_weight_is_hollow() -> None:
    of = compared([row(n) for n in range(4)])
    rows = (*of.rows[:3], replace(of.rows[3], weight=None))
    drawn = forest.draw(
        replace(of, rows=rows, pooled=pooled(rows[:3]), subgroups=(replace(of.subgroups[0], rows=rows),))
    )
    faces = [square.get_facecolor()[0][:3].tolist() for square in named(drawn, "square")]  # type: ignore[attr-defined]
    assert faces[3] == [1, 1, 1]
    assert [1, 1, 1] not in faces[:3]
    assert "study without weight in the estimate" in told(drawn)


def test_estimates_span_their_intervals() -> None:
    of = compared([row(n) for n in range(9)], groups=("CD19", "CD22", "BCMA"))
    drawn = forest.draw(of)
    estimates = [*(group.pooled for group in of.subgroups), of.pooled, *of.sensitivity]
    diamonds = named(drawn, "diamond")
    assert spans(drawn, "diamond") == [pytest.approx((e.ci_low, e.ci_high)) for e in estimates if e]
    for diamond, estimate in zip(diamonds, estimates, strict=True):
        assert isinstance(diamond, Polygon) and estimate
        assert diamond.get_xy()[1][0] == diamond.get_xy()[3][0] == pytest.approx(estimate.estimate)
    hollow = [diamond.get_facecolor()[:3] == (1, 1, 1) for diamond in diamonds]  # type: ignore[attr-defined]
    assert hollow == [False, False, False, False, True]
    assert spans(drawn, "prediction") == [
        pytest.approx((e.prediction_low, e.prediction_high)) for e in estimates[:4] if e
    ]
    assert {"pooled estimate with its interval", "the same studies by another method"} <= set(told(drawn))
    assert "prediction interval: where a new study's true value would lie" in told(drawn)


def test_no_prediction_interval_is_drawn_where_none_is_given() -> None:
    rows = [row(n) for n in range(3)]
    drawn = forest.draw(compared(rows, pooled=pooled(rows, prediction_low=None, prediction_high=None), sensitivity=()))
    assert not named(drawn, "prediction")
    assert not [text for text in told(drawn) if "rediction" in text]


def test_subgroups_have_headings_and_say_why_they_are_not_pooled() -> None:
    drawn = forest.draw(compared([row(n) for n in range(7)], groups=("CD19", "CD22", "BCMA")))
    words = told(drawn)
    order = ["CD19", "Pooled, 3 studies", "CD22", "Not pooled: under 3 studies.", "BCMA", "All 7 studies"]
    places = [words.index(text) for text in order]
    assert places == sorted(places)
    assert words.count("Not pooled: under 3 studies.") == 2
    assert len(named(drawn, "diamond")) == 3  # CD19, all studies, the other method
    assert CAVEAT in words


def test_a_study_in_no_subgroup_is_still_drawn() -> None:
    of = compared([row(n) for n in range(4)], groups=("CD19", "CD22"))
    drawn = forest.draw(replace(of, subgroups=of.subgroups[:1]))
    assert len(squares(drawn)) == 4
    assert "In no subgroup" in told(drawn)


def test_heterogeneity_and_method_in_words() -> None:
    words = " ".join(told(forest.draw(compared([row(n) for n in range(15)])))).replace("\u00a0", " ")
    assert "Pooled, 15 studies" in words
    assert "τ² = 0.42 (logit), I² = 63%, Q = 37.8 (df 14), p < 0.001" in words
    assert "Pooled by random-intercept logistic model, maximum likelihood. Such a model has no weights;" in words
    assert "Freeman-Tukey, REML: inverse variance on the Freeman-Tukey double arcsine" in words


@pytest.mark.parametrize(
    ("study", "shown"),
    [
        (row(0), "80% [61, 92]"),
        (row(4), "100% [66, 100]"),
        (row(6), "0% [0, 46]"),
        (row(0, value=0.4, ci_low=0.01, ci_high=2.2), "0.4% [<0.1, 2]"),
        (row(0, value=99.7, ci_low=98.3, ci_high=99.99), "99.7% [98, >99.9]"),
        (row(0, value=62.5, ci_low=57.499999999999993, ci_high=None), "63%"),
        (median(0), "6.3 [3.3, 11.8]"),
        (median(0, ci_high=None), "6.3 [3.3, NR]"),
        (median(0, value=None, not_reached=True, ci_low=8.1, ci_high=None), "not reached [8.1, NR]"),
        (median(0, value=None, not_reached=True, ci_low=None, ci_high=None), "not reached"),
    ],
)
def test_figures_as_text(study: object, shown: str) -> None:
    assert shown in told(forest.draw(compared([study], measure=study.measure)))  # type: ignore[list-item,attr-defined]


def test_medians_are_months_and_one_not_reached_is_no_number() -> None:
    rows = [
        median(0),
        median(1, ci_high=None),
        median(2, value=None, not_reached=True, ci_low=8.1, ci_high=None),
        median(3, value=None, not_reached=True, ci_low=None, ci_high=None),
        median(4, ci_high=200.0),
    ]
    drawn = forest.draw(compared(rows, title="median PFS", measure="median"))
    end = axes(drawn, "plot").get_xlim()[1]
    assert 14.7 < end < 60  # the interval to 200 months does not press the others together
    assert [x for x, _, _ in squares(drawn)] == pytest.approx([6.3, 8.4, 14.7])
    assert spans(drawn, "interval") == [pytest.approx(s) for s in [(3.3, 11.8), (5.4, end), (8.1, end), (11.7, end)]]
    assert len(named(drawn, "not-reached")) == 2
    assert len(named(drawn, "open-end")) == 2
    assert not named(drawn, "diamond")
    assert {
        "Median PFS",
        "months",
        "median not reached",
        "interval goes on",
        "Not pooled: medians are not pooled.",
    } <= set(told(drawn))


def test_marks_lead_to_footnotes() -> None:
    rows = [row(n) for n in range(5)]
    rows[1] = replace(rows[1], notes=("n from 72% of 25",))
    rows[2] = replace(rows[2], notes=("the best response", "stated in words"), reports=(row(700), row(701)))
    rows[3] = replace(rows[3], notes=("the best response",))
    rows[4] = replace(rows[4], reports=(row(702),))
    words = told(forest.draw(compared(rows)))
    assert (words.count("*"), words.count("*†"), words.count("†")) == (2, 1, 1)
    assert "* Cordes 2017, Dumont 2018: the best response." in words
    assert "* Brown 2016: n from 72% of 25; Cordes 2017: stated in words." in words
    reports = "Cordes 2017 also in PMID 90000701, 90000702; Eriksen 2019 also in PMID 90000703."
    assert f"† The same trial is reported more than once: {reports}" in words


def test_studies_of_one_label_are_told_apart_in_footnotes() -> None:
    rows = [row(n, label="Group 2023", notes=(f"note {n}",)) for n in range(2)]
    assert "* Group 2023 (PMID 90000001): note 0; Group 2023 (PMID 90000002): note 1." in told(
        forest.draw(compared(rows))
    )


@pytest.mark.parametrize(("groups", "said"), [((), "Few studies."), (("CD19",), "CD19, all studies: Few studies.")])
def test_a_note_of_several_estimates_is_said_once(groups: tuple[str, ...], said: str) -> None:
    rows, note = [row(n) for n in range(3)], ("Few studies.",)
    of = compared(rows, groups=groups, pooled=pooled(rows, notes=note))
    parts = tuple(replace(group, pooled=pooled(rows, notes=note)) for group in of.subgroups)
    others = (pooled(rows, method="reml", notes=(*note, "Cells were filled.")),)
    words = told(forest.draw(replace(of, subgroups=parts, sensitivity=others)))
    assert [text for text in words if "Few studies" in text] == [said]
    assert "Logit, REML: Cells were filled." in words


def test_a_note_of_all_marked_studies_needs_no_names() -> None:
    rows = [row(0), *(row(n, notes=("the best response",)) for n in (1, 2))]
    assert "* the best response." in told(forest.draw(compared(rows)))


@pytest.mark.parametrize(
    ("title", "times", "columns"),
    [
        ("CR/CRi", ("30 d", None, "best"), 1),
        ("OS at 1 y", ("1 y",) * 3, 0),
        ("CR/CRi", (None,) * 3, 0),
        ("OS", ("1 y",) * 3, 1),
    ],
)
def test_times_have_a_column_where_the_title_does_not_say_it(
    title: str, times: tuple[str | None], columns: int
) -> None:
    drawn = forest.draw(compared([row(n, time=time) for n, time in enumerate(times)], title=title))
    assert told(drawn).count("Time") == columns


@pytest.mark.parametrize(
    "label", ["<script>alert(1)</script>", "$\\frac$", "$x^2$", "a_b 100%", "&amp;", "]]> -->", "\\"]
)
def test_hostile_labels_are_shown_as_they_are(label: str, tmp_path: Path) -> None:
    of = compared([row(0, label=label)], title=label, caveats=(label,))
    drawn = forest.draw(of, tmp_path / "plot.png")
    assert told(drawn).count(label) == 2
    assert not any(text.get_parse_math() for text in axes(drawn, "paper").texts)
    root = ElementTree.fromstring(forest.svg(of))
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert f"{label} (PMID 90000001)" in (root.findtext("{http://www.w3.org/2000/svg}desc") or "")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("Müller-Çelik Πα Жук", "Müller-Çelik Πα Жук"),
        ("山田 2020", "□□ 2020"),
        ("two\nlines\x00\ud800\u202e", "two lines"),
    ],
)
def test_letters_of_all_kinds(label: str, shown: str, tmp_path: Path) -> None:
    for form in forest.FORMS:
        assert shown in told(forest.draw(compared([row(0, label=label)]), tmp_path / f"plot{form}"))


def test_files_have_the_form_of_their_suffix(tmp_path: Path) -> None:
    of = crowded(4)
    starts = {".png": b"\x89PNG", ".svg": b"<svg ", ".pdf": b"%PDF-", ".PNG": b"\x89PNG"}
    for suffix, start in starts.items():
        forest.draw(of, tmp_path / f"one{suffix}")
        forest.draw(of, str(tmp_path / f"two{suffix}"))
        content = (tmp_path / f"one{suffix}").read_bytes()
        assert content.startswith(start)
        assert content == (tmp_path / f"two{suffix}").read_bytes()
    width = int.from_bytes((tmp_path / "one.png").read_bytes()[16:20])
    assert width == 7.5 * 200
    assert (tmp_path / "one.svg").read_text("utf-8") == forest.svg(of)


def test_pdf_has_truetype_fonts_embedded(tmp_path: Path) -> None:
    forest.draw(crowded(4), tmp_path / "plot.pdf")
    content = (tmp_path / "plot.pdf").read_bytes()
    assert b"/FontFile2" in content
    assert b"/Type3" not in content
    assert b"CreationDate" not in content


def test_svg_stands_alone_and_beside_another() -> None:
    one, other = forest.svg(crowded(4)), forest.svg(crowded(5))
    assert one == forest.svg(crowded(4))
    roots = [ElementTree.fromstring(text) for text in (one, other)]
    for text, root in zip((one, other), roots, strict=True):
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        links = [v for e in root.iter() for name, v in e.attrib.items() if name.endswith("href")]
        links += [f"#{link}" for link in re.findall(r"url\(#([^)]+)\)", text)]
        assert links and {link.removeprefix("#") for link in links} <= set(ids)
        assert not [e.tag for e in root.iter() if e.tag.rpartition("}")[2] in ("script", "style", "image", "metadata")]
        assert set(re.findall(r"https?://[^\"'\s<]+", text)) <= {
            "http://www.w3.org/2000/svg",
            "http://www.w3.org/1999/xlink",
        }
        assert "<!" not in text
    first, second = ({e.get("id") for e in root.iter()} - {None} for root in roots)
    assert not first & second


def test_svg_tells_what_it_shows() -> None:
    root = ElementTree.fromstring(forest.svg(compared([row(n) for n in range(3)], groups=("CD19",))))
    title, desc = list(root)[:2]
    assert (title.tag, desc.tag) == ("{http://www.w3.org/2000/svg}title", "{http://www.w3.org/2000/svg}desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text == "Forest plot of CR/CRi"
    assert "CD19: Abel 2015 (PMID 90000001): 24/30, 80% [61, 92]." in (desc.text or "")
    assert "All studies pooled: 78% [71, 83] of 3 studies" in (desc.text or "")


@pytest.mark.parametrize("name", ["plot.jpg", "plot", "plot.svgz", ".png"])
def test_another_suffix_is_refused_with_the_three_that_are_known(name: str, tmp_path: Path) -> None:
    with pytest.raises(CartevidenceError, match=r"\.png, \.svg or \.pdf"):
        forest.draw(compared([row(0)]), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CartevidenceError, match="cannot be written"):
        forest.draw(compared([row(0)]), tmp_path / "none" / "plot.png")


def test_settings_of_the_user_neither_count_nor_change() -> None:
    usual = forest.svg(crowded(4))
    with matplotlib.rc_context(
        {"font.size": 30, "lines.linewidth": 9, "savefig.bbox": "tight", "svg.fonttype": "none"}
    ):
        before = dict(matplotlib.rcParams)
        assert forest.svg(crowded(4)) == usual
        assert dict(matplotlib.rcParams) == before


def test_pyplot_and_displays_are_not_touched(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests/compare')\n"
        "from invented import compared, row\nfrom cartevidence.compare import forest\n"
        f"for form in forest.FORMS: forest.draw(compared([row(0)]), r'{tmp_path}/plot' + form)\n"
        "import matplotlib\n"
        "print('matplotlib.pyplot' in sys.modules, matplotlib.get_backend(auto_select=False))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["False", "None"]
