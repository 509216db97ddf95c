"""One pass over a text for many patterns: at each word only the patterns with its first letters are tried."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

# A blank in a pattern also stands for hyphens and dashes; ' ?' for any number of them, or none.
_GAP, _OPTIONAL_GAP = r"[\s\-‐‑–—]{1,4}", r"[\s\-‐‑–—]{0,4}"
_KEPT = re.compile(r"(\[[^\]]*\]|\(\?<[!=][^)]*\))")  # blanks here are meant
_HEAD = re.compile(r"[A-Za-z0-9]{1,2}(?![A-Za-z0-9]?[?*+{])")


def spaced(pattern: str) -> str:
    """The pattern with its blanks turned to gaps, but for those in character classes and look-behinds."""
    parts = _KEPT.split(pattern)
    return "".join(p if _KEPT.match(p) else p.replace(" ?", _OPTIONAL_GAP).replace(" ", _GAP) for p in parts)


def _has_top_alternation(pattern: str) -> bool:
    depth = 0
    for char in re.sub(r"\\.|\[[^\]]*\]", "", pattern):
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            return True
    return False


class Scanner(Generic[T]):
    """Finds words and phrases; of patterns that fit at one place the first of the table wins.

    A pattern should begin with one or two plain letters: those that do not are tried at every word.
    """

    def __init__(self, rows: Iterable[tuple[str, T]], *, gaps: bool = True, tail: str = "(?![a-z0-9])") -> None:
        table = [(pattern, value) for pattern, value in rows]
        heads = [self._head(pattern) for pattern, _ in table]
        single = {head for head in heads if len(head) == 1}
        buckets: dict[str, list[int]] = {}
        for i, head in enumerate(heads):
            buckets.setdefault(head[:1] if head[:1] in single else head, []).append(i)
        parts, self._values = [], [table[i][1] for head in sorted(buckets, reverse=True) for i in buckets[head]]
        for head in sorted(buckets, reverse=True):  # patterns without a head ('') come last
            rest = (table[i][0][len(head) :] for i in buckets[head])
            parts.append(head + "(?:" + "|".join(f"({spaced(p) if gaps else p}){tail}" for p in rest) + ")")
        self._pattern = re.compile(f"(?<![A-Za-z0-9])(?:{'|'.join(parts) or '(?!)'})")

    @staticmethod
    def _head(pattern: str) -> str:
        if _has_top_alternation(pattern):
            return ""
        match = _HEAD.match(pattern)
        return match[0] if match else ""

    def hits(self, text: str) -> Iterator[tuple[int, int, T]]:
        """(start, end, value) of every place, from left to right, without overlaps."""
        for match in self._pattern.finditer(text):
            yield match.start(), match.end(), self._values[(match.lastindex or 1) - 1]
