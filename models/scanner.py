"""One pass over a text for many patterns: at each word only the patterns with its first letters are tried."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

# A blank in a pattern also stands for hyphens and dashes; ' ?' for any number of them, or none.
_GAP, _OPTIONAL_GAP = r"[\s\-‐‑–—]{1,4}", r"[\s\-‐‑–—]{0,4}"
_KEPT = re.compile(r"(\[[^\]]*\]|\(\?<[!=][^)]*\))")  # blanks here are meant
_LETTERS = re.compile(r"[A-Za-z0-9]*+(?![?*+{])|[A-Za-z0-9]*(?=[A-Za-z0-9][?*+{])")


def spaced(pattern: str) -> str:
    """The pattern with its blanks turned to gaps, but for those in character classes and look-behinds."""
    parts = _KEPT.split(pattern)
    return "".join(p if _KEPT.match(p) else p.replace(" ?", _OPTIONAL_GAP).replace(" ", _GAP) for p in parts)


def head(pattern: str) -> str:
    """The letters with which every match of the pattern begins."""
    depth = 0
    for char in re.sub(r"\\.|\[[^\]]*\]", "", pattern):
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            return ""
    match = _LETTERS.match(pattern)
    return match[0] if match else ""


class Scanner(Generic[T]):
    """Finds words and phrases; of patterns that fit at one place the first of the table wins.

    A pattern should begin with plain letters: those that do not are tried at every word, after the others.
    With `overlapping` a place inside another one is found as well ('retrospectively' in 'we retrospectively studied').
    """

    def __init__(
        self, rows: Iterable[tuple[str, T]], *, gaps: bool = True, tail: str = "(?![a-z0-9])", overlapping: bool = False
    ) -> None:
        self._gaps, self._tail, self._values = gaps, tail, list[T]()
        table = [(head(pattern), pattern, value) for pattern, value in rows]
        first = [self._tree([row for row in table if row[0]], 0), self._tree([row for row in table if not row[0]], 0)]
        group = "(?=" if overlapping else "(?:"
        self._pattern = re.compile(f"(?<![A-Za-z0-9]){group}{'|'.join(part for part in first if part) or '(?!)'})")

    def _tree(self, rows: list[tuple[str, str, T]], depth: int) -> str:
        """Alternatives that branch by letter for as long as every row still has plain letters."""
        if len(rows) > 1 and all(len(start) > depth for start, _, _ in rows):
            branches: dict[str, list[tuple[str, str, T]]] = {}
            for row in rows:
                branches.setdefault(row[0][depth], []).append(row)
            parts = [f"{letter}(?:{self._tree(branch, depth + 1)})" for letter, branch in branches.items()]
        else:
            parts = []
            for _, pattern, value in rows:
                rest = spaced(pattern[depth:]) if self._gaps else pattern[depth:]
                parts.append(f"({rest}){self._tail}")
                self._values.append(value)
        return "|".join(parts)

    def hits(self, text: str) -> Iterator[tuple[int, int, T]]:
        """(start, end, value) of every place, from left to right."""
        for match in self._pattern.finditer(text):
            group = match.lastindex or 1
            yield match.start(), match.end(group), self._values[group - 1]
