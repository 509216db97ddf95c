"""Text on a drawing: one font, its measure in points, cutting and wrapping to a width.

The font is the DejaVu Sans that comes with matplotlib, so that a figure looks the same on every machine.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import matplotlib
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.textpath import text_to_path

ELLIPSIS = "…"
UNKNOWN = "□"  # for a letter that the font lacks
BLANKS = re.compile(r"[ \t\n\r\f\v\x85\u2028\u2029]+")  # those at which a line may break
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")  # control, format, surrogate, private and unassigned characters


def visible(text: str) -> str:
    """`text` on one line, without characters that cannot be seen, which XML and fonts refuse."""
    spaced = BLANKS.sub(" ", unicodedata.normalize("NFC", text))
    return "".join(sign for sign in spaced if unicodedata.category(sign) not in UNSEEN).strip(" ")


def plain(text: str) -> str:
    """`text` on one line as the font can show it; letters that it lacks become '□'."""
    known = _letters()
    return "".join(sign if ord(sign) in known else UNKNOWN for sign in visible(text))


@cache
def font(size: float, bold: bool = False) -> FontProperties:
    """The font in `size` points."""
    return FontProperties(family=["DejaVu Sans"], fname=_file(bold), size=size)


@lru_cache(maxsize=20_000)
def width(text: str, size: float, bold: bool = False) -> float:
    """How wide `text` gets on one line, in points."""
    if not text:
        return 0.0
    return float(text_to_path.get_text_width_height_descent(text, font(size, bold), False)[0])


def shorten(text: str, room: float, size: float, bold: bool = False) -> str:
    """`text`, or as much of its beginning as fits `room` points with an ellipsis behind."""
    if width(text, size, bold) <= room + 0.01:  # the room may be its own width, but for rounding
        return text
    low, high = 0, len(text)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        if width(text[:middle].rstrip() + ELLIPSIS, size, bold) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS


def wrap(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """`text` on lines of at most `room` points; a word longer than a line is broken."""
    lines: list[str] = []
    line = ""
    for word in filter(None, text.split(" ")):
        longer = f"{line} {word}" if line else word
        if width(longer, size, bold) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _broken(word, room, size, bold)
        lines += whole
    return [*lines, line] if line else lines


def _broken(word: str, room: float, size: float, bold: bool) -> list[str]:
    pieces = [""]
    for sign in word:
        if pieces[-1] and width(pieces[-1] + sign, size, bold) > room:
            pieces.append("")
        pieces[-1] += sign
    return pieces


def _file(bold: bool) -> str:
    return str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"DejaVuSans{'-Bold' if bold else ''}.ttf")


@cache
def _letters() -> frozenset[int]:
    """Characters that both weights of the font have."""
    return frozenset(get_font(_file(False)).get_charmap()) & frozenset(get_font(_file(True)).get_charmap())
