"""Drawing a planned page with matplotlib's objects: no pyplot, no display, nothing global.

The plot's artists carry names (`gid`) with the number of their line, which SVG keeps as ids: 'square-3', 'interval-3',
'diamond-9', 'prediction-10', 'not-reached-4'. Its axes have percent or months across, points down the page.
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle

from cartevidence.compare.forest_page import BLACK, MARGIN, PAGE, Plan, Row, Symbol
from cartevidence.compare.forest_text import font

INCH = 72.0
# Okabe and Ito's blue and orange differ in print without colours too, and no meaning hangs on colour alone.
BLUE, ORANGE = "#0072b2", "#e69f00"
STRIPE, GRID, RULE = "#f5f5f5", "#d9d9d9", "#8c8c8c"
LARGEST = 81.0  # square points of the largest square
SMALL_SQUARE = 12.0  # of a study without weight
TICK = 2.2  # half of the upright stroke that shows an estimate under the smallest square
OVERALL, PART = 5.0, 4.0  # half the height of a diamond
ARROW = 3.6


def figure(plan: Plan) -> Figure:
    """The page as a figure of its own."""
    drawn = Figure(figsize=(PAGE / INCH, plan.height / INCH), facecolor="white", edgecolor="white")
    paper = _axes(drawn, plan, 0, PAGE, 0, plan.height)
    paper.set(xlim=(0, PAGE), label="paper")
    plot = _axes(drawn, plan, plan.axis.start, plan.axis.end, plan.top, plan.bottom)
    plot.set(xlim=(0, plan.axis.most), label="plot")
    _paper(paper, plan)
    _grid(plot, plan)
    for number, row in enumerate(plan.rows):
        _row(plot, row, number, plan.axis.most)
    for symbol, x, y in plan.legend:
        _symbol(paper, symbol, x, y)
    return drawn


def _axes(drawn: Figure, plan: Plan, left: float, right: float, top: float, bottom: float) -> Axes:
    box = (left / PAGE, 1 - bottom / plan.height, (right - left) / PAGE, (bottom - top) / plan.height)
    axes = drawn.add_axes(box)
    axes.set_axis_off()
    axes.set_ylim(bottom, top)
    return axes


def _paper(paper: Axes, plan: Plan) -> None:
    for top, bottom in plan.stripes:
        paper.add_patch(Rectangle((MARGIN, top), PAGE - 2 * MARGIN, bottom - top, facecolor=STRIPE, linewidth=0))
    for y in plan.rules:
        paper.add_line(Line2D((MARGIN, PAGE - MARGIN), (y, y), color=RULE, linewidth=0.6))
    for words in plan.words:
        paper.text(
            words.x,
            words.y,
            words.text,
            fontproperties=font(words.size, words.bold),
            color=words.colour,
            horizontalalignment=words.align,
            verticalalignment="baseline",
            parse_math=False,
        )


def _grid(plot: Axes, plan: Plan) -> None:
    for tick in plan.axis.ticks:
        plot.add_line(Line2D((tick, tick), (plan.top, plan.bottom), color=GRID, linewidth=0.5, zorder=1, clip_on=False))
    if plan.reference:
        estimate, bottom = plan.reference
        dashed = Line2D(
            (estimate, estimate), (plan.top, bottom), color=BLACK, linewidth=0.6, dashes=(3, 2.5), zorder=1.5
        )
        dashed.set_gid("reference")
        plot.add_line(dashed)


def _row(plot: Axes, row: Row, number: int, most: float) -> None:
    line, y = row.line, row.y
    if line.kind == "study":
        _interval(plot, row, number, most)
        if line.not_reached:
            _arrow(plot, most, y, f"not-reached-{number}", hollow=True)
        if line.at is not None:
            _square(plot, line.at, y, line.area, f"square-{number}")
    elif line.low is not None and line.high is not None:
        if line.kind == "prediction":
            _bar(plot, line.low, line.high, y, f"prediction-{number}")
        elif line.at is not None:
            half = OVERALL if line.overall and line.kind == "pooled" else PART
            hollow = line.kind == "other method"
            _diamond(plot, (line.low, line.at, line.high), y, half, f"diamond-{number}", hollow=hollow)


def _interval(plot: Axes, row: Row, number: int, most: float) -> None:
    line = row.line
    if line.low is None or (line.high is None and not line.open_end):
        return
    beyond = line.high is None or line.high > most
    end = most if line.high is None or beyond else line.high
    stroke = Line2D((line.low, end), (row.y, row.y), color=BLACK, linewidth=0.9, solid_capstyle="butt", zorder=2)
    stroke.set_gid(f"interval-{number}")
    stroke.set_clip_on(False)
    plot.add_line(stroke)
    if beyond and not line.not_reached:
        _arrow(plot, most, row.y, f"open-end-{number}")


def _square(axes: Axes, x: float, y: float, area: float, name: str) -> None:
    axes.add_line(Line2D((x, x), (y - TICK, y + TICK), color=BLUE, linewidth=0.9, zorder=3, clip_on=False))
    axes.scatter(
        [x],
        [y],
        s=area * LARGEST or SMALL_SQUARE,
        marker="s",
        facecolor=BLUE if area else "white",
        edgecolor=BLUE,
        linewidth=0 if area else 0.9,
        zorder=4,
        clip_on=False,
        gid=name,
    )


def _diamond(
    axes: Axes, ends: tuple[float, float, float], y: float, half: float, name: str, *, hollow: bool = False
) -> None:
    low, middle, high = ends
    corners = [(low, y), (middle, y - half), (high, y), (middle, y + half)]
    face = "white" if hollow else BLACK
    axes.add_patch(
        Polygon(
            corners,
            facecolor=face,
            edgecolor=BLACK,
            linewidth=0.8,
            joinstyle="bevel",
            zorder=4,
            clip_on=False,
            gid=name,
        )
    )


def _bar(axes: Axes, low: float, high: float, y: float, name: str) -> None:
    axes.add_patch(
        Rectangle(
            (low, y - 1.7),
            high - low,
            3.4,
            facecolor=ORANGE,
            edgecolor=BLACK,
            linewidth=0.5,
            zorder=3,
            clip_on=False,
            gid=name,
        )
    )


def _arrow(axes: Axes, x: float, y: float, name: str, *, hollow: bool = False) -> None:
    axes.scatter(
        [x],
        [y],
        s=(ARROW * (1.6 if hollow else 1.2)) ** 2,
        marker=">",
        facecolor="white" if hollow else BLACK,
        edgecolor=BLACK,
        linewidth=0.8 if hollow else 0,
        zorder=4,
        clip_on=False,
        gid=name,
    )


def _symbol(paper: Axes, symbol: Symbol, x: float, y: float) -> None:
    """A symbol of the legend around its middle; here the axes count points both ways."""
    name = f"legend-{symbol.replace(' ', '-')}"
    match symbol:
        case "study":
            paper.add_line(Line2D((x - 7, x + 7), (y, y), color=BLACK, linewidth=0.9, zorder=2))
            _square(paper, x, y, 0.5, name)
        case "uncounted":
            _square(paper, x, y, 0.0, name)
        case "pooled" | "other method":
            _diamond(paper, (x - 6, x, x + 6), y, 3.2, name, hollow=symbol == "other method")
        case "prediction":
            _bar(paper, x - 7, x + 7, y, name)
        case "open end":
            paper.add_line(Line2D((x - 6, x + 5), (y, y), color=BLACK, linewidth=0.9, zorder=2))
            _arrow(paper, x + 5, y, name)
        case "not reached":
            _arrow(paper, x, y, name, hollow=True)
