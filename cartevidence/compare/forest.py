"""Forest plots: one line a study with its interval, and beneath them what they give together."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from cartevidence.compare import forest_svg, forest_words
from cartevidence.compare.forest_drawing import figure
from cartevidence.compare.forest_layout import plan
from cartevidence.compare.forest_rows import settled
from cartevidence.compare.forest_text import plain, visible
from cartevidence.compare.results import Compared
from models.errors import CartevidenceError

FORMS = (".png", ".svg", ".pdf")
DPI = 200  # of PNG


def draw(compared: Compared, path: str | Path | None = None) -> Figure:
    """The forest plot of a comparison; with `path` it is saved too, as PNG, SVG or PDF by the suffix.

    The page is 7.5 inches wide and as high as its lines need. Proportions and rates are percent on an axis from 0 to
    100, medians are months and are not pooled. The same comparison gives the same bytes.

    Raises CartevidenceError for another suffix and for a file that cannot be written.
    """
    form = _form(path)
    with _settings():
        drawn = figure(plan(compared))
        content = _bytes(drawn, compared, form) if form else b""
    if path is not None:
        try:
            Path(path).write_bytes(content)
        except OSError as error:
            raise CartevidenceError(f"{path} cannot be written ({error.strerror}): choose another place.") from error
    return drawn


def svg(compared: Compared) -> str:
    """The plot as an `svg` element for an HTML page: no scripts, nothing from outside, ids that no other plot has."""
    with _settings():
        return _bytes(figure(plan(compared)), compared, ".svg").decode()


def _form(path: str | Path | None) -> str:
    if path is None:
        return ""
    form = Path(path).suffix.lower()
    if form not in FORMS:
        raise CartevidenceError(f"{path}: a plot is saved as .png, .svg or .pdf; give a name that ends so.")
    return form


def _bytes(drawn: Figure, compared: Compared, form: str) -> bytes:
    title = f"Forest plot of {plain(forest_words.title(compared))}"
    dates: dict[str, dict[str, Any]] = {
        ".png": {"Title": title},
        ".svg": {"Date": None},
        ".pdf": {"Title": title, "CreationDate": None},
    }
    out = io.BytesIO()
    drawn.savefig(out, format=form[1:], dpi=DPI if form == ".png" else "figure", metadata=dates[form])
    if form != ".svg":
        return out.getvalue()
    return forest_svg.finish(out.getvalue(), title, visible(forest_words.description(settled(compared)))).encode()


@contextmanager
def _settings() -> Iterator[None]:
    """matplotlib as it comes, whatever the user's own settings are; they are put back afterwards."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        settings = matplotlib.rcParams
        # Letters are outlines in SVG and TrueType fonts in PDF, so that both look the same everywhere; without
        # hinting they have the widths in PNG that the columns were measured for.
        settings["svg.fonttype"], settings["pdf.fonttype"], settings["text.hinting"] = "path", 42, "no_hinting"
        settings["svg.hashsalt"] = "cartevidence"
        yield
