"""Hundreds of patterns as one choice, at the cost of the few that can match at a place.

A regex engine tries the alternatives of a large choice one by one at every place. `beginnings` works out the first
few characters that any match needs, as a tree that fails at the first wrong letter; put before the choice as
`(?=...)` it leaves the matches as they are and spares nearly all the tries. `Choice` goes on from there: at the
places left it tries only the patterns that can begin with the letter that stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

DEPTH = 4
_WIDEST = 400  # prefixes of one pattern; where there are more they are cut shorter
_ANYTHING = "[\\s\\S]"
_END = ""  # a match may be over here
Prefix = tuple[str, ...]

# A blank in a pattern also stands for hyphens and dashes; ' ?' for any number of them, or none. Sixteen is room
# for a blanked definition such as '(MRD)'; a bound keeps long runs of blanks linear.
_GAP, _OPTIONAL_GAP = r"[\s\-‐‑–—]{1,16}", r"[\s\-‐‑–—]{0,16}"
_KEPT = re.compile(r"(\[[^\]]*\]|\(\?<[!=][^)]*\))")  # blanks here are meant

_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s", op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


def spaced(pattern: str) -> str:
    """The pattern with its blanks turned to gaps, but for those in character classes and look-behinds."""
    parts = _KEPT.split(pattern)
    return "".join(p if _KEPT.match(p) else p.replace(" ?", _OPTIONAL_GAP).replace(" ", _GAP) for p in parts)


class Choice:
    """Like the patterns joined by '|': where several fit at a place, the first of them wins.

    `before` is a look-behind for all of them. Patterns may hold groups, but no group names that begin with '_'.
    """

    def __init__(self, patterns: Iterable[str], before: str = "") -> None:
        self._patterns = tuple(patterns)
        self._before = before
        self._firsts = [{prefix[0] if prefix else _END for prefix in _of(p)} for p in self._patterns]
        self._places = re.compile(f"{before}(?={beginnings(self._patterns)})")
        self._of_letter: dict[str, re.Pattern[str]] = {}

    def hits(self, text: str, *, overlapping: bool = False) -> Iterator[tuple[int, re.Match[str]]]:
        """(index of the pattern, match) from left to right; `overlapping` also gives those that begin inside others."""
        end = 0
        for place in self._places.finditer(text):
            start = place.start()
            if start >= end or overlapping:
                match = self._for(text[start : start + 1]).match(text, start)
                if match:
                    end = match.end()
                    yield int((match.lastgroup or "_0")[1:]), match

    def whole(self, text: str) -> int | None:
        """The index of the pattern that fits the whole text, or None."""
        match = self._for(text[:1]).fullmatch(text)
        return int((match.lastgroup or "_0")[1:]) if match else None

    def _for(self, letter: str) -> re.Pattern[str]:
        return self._of_letter.get(letter) or self._compiled(letter)

    def _compiled(self, letter: str) -> re.Pattern[str]:
        """The patterns that can begin with this letter, as one."""
        fit = [
            f"(?P<_{i}>{self._patterns[i]})"
            for i, firsts in enumerate(self._firsts)
            if any(first == _END or re.fullmatch(first, letter) for first in firsts)
        ]
        self._of_letter[letter] = re.compile(f"{self._before}(?:{'|'.join(fit) or '(?!)'})")
        return self._of_letter[letter]


def beginnings(patterns: Iterable[str]) -> str:
    """A regex that fits wherever one of the patterns can match, and hardly anywhere else. Consumes what it fits."""
    found: set[Prefix] = set()
    for pattern in patterns:
        found |= _of(pattern)
    return _tree(found)


def _of(pattern: str) -> set[Prefix]:
    parsed = parser.parse(pattern)
    for depth in range(DEPTH, 0, -1):
        prefixes = _sequence(list(parsed), depth)
        if len(prefixes) <= _WIDEST:
            return prefixes
    return {(_END,)}


def _sequence(items: Sequence[tuple[Any, Any]], depth: int) -> set[Prefix]:
    """Beginnings of a sequence, each of `depth` characters or ended by the mark for 'over'."""
    done: set[Prefix] = set()
    open_: set[Prefix] = {()}
    for code, value in items:
        grown: set[Prefix] = set()
        for prefix in open_:
            left = depth - len(prefix)
            for more in _item(code, value, left):
                whole = prefix + more
                (done if len(whole) >= depth else grown).add(whole[:depth])
        open_ = grown
        if not open_ or len(open_) + len(done) > _WIDEST:
            break
    return done | {(*prefix, _END) for prefix in open_}


def _item(code: Any, value: Any, depth: int) -> set[Prefix]:
    """Beginnings of one item, without the mark for 'over': shorter than `depth` means the next item goes on."""
    if code is op.LITERAL:
        return {(re.escape(chr(value)),)}
    if code is op.IN:
        return {(_class(value),)}
    if code in (op.ANY, op.NOT_LITERAL):
        return {(_ANYTHING,)}
    if code is op.BRANCH:
        return {p for branch in value[1] for p in _inner(branch, depth)}
    if code is op.SUBPATTERN:
        return _inner(value[3], depth)
    if code is op.ATOMIC_GROUP:
        return _inner(value, depth)
    if code is op.GROUPREF_EXISTS:
        return _inner(value[1], depth) | (_inner(value[2], depth) if value[2] else {()})
    if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        least, most, inner = value
        return _repeated(inner, int(least), int(min(most, depth)), depth)
    return {()}  # look-arounds and anchors take no room


def _inner(items: Any, depth: int) -> set[Prefix]:
    return {p[:-1] if p[-1:] == (_END,) else p for p in _sequence(list(items), depth)}


def _repeated(items: Any, least: int, most: int, depth: int) -> set[Prefix]:
    once = _inner(items, depth)
    out: set[Prefix] = {()} if least == 0 else set()
    reached: set[Prefix] = {()}
    for times in range(1, max(most, min(least, depth)) + 1):
        reached = {(a + b)[:depth] for a in reached for b in once}
        if times >= min(least, depth):
            out |= reached
        if len(reached) > _WIDEST:
            return {()} | out if least == 0 else {(_ANYTHING,)} if least and () not in once else {()}
    return out


def _class(items: Sequence[tuple[Any, Any]]) -> str:
    parts = []
    for code, value in items:
        if code is op.LITERAL:
            parts.append(re.escape(chr(value)))
        elif code is op.RANGE:
            parts.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        elif code is op.CATEGORY and value in _CATEGORIES:
            parts.append(_CATEGORIES[value])
        else:  # a negated class
            return _ANYTHING
    return f"[{''.join(parts)}]"


def _tree(prefixes: set[Prefix]) -> str:
    """The prefixes as nested choices; a place where one may be over needs nothing more."""
    if not prefixes or any(p in ((), (_END,)) for p in prefixes):
        return ""
    branches: dict[str, set[Prefix]] = {}
    for prefix in prefixes:
        branches.setdefault(prefix[0], set()).add(prefix[1:])
    if _ANYTHING in branches and len(branches) > 1:
        branches = {_ANYTHING: set().union(*branches.values())}
    parts = sorted(first + (f"(?:{rest})" if (rest := _tree(more)) else "") for first, more in branches.items())
    return "|".join(parts)
