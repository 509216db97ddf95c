"""The field's words: one canonical name for each endpoint, event, procedure, target, product and disease.

The tables are the TOML files in `models/data/`; `endpoints.toml` explains how they are written.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from models.choice import Choice, spaced

DATA = Path(__file__).parent / "data"


_DASHES = str.maketrans("\u2012\u2015\ufe58\ufe63\uff0d", "–—–--")


# '95% Cl' with a small L or a one, as some publishers' fonts hide it.
_MISPRINTED_CI = re.compile(r"(?<=%\s)c[l1](?=[\s:,;=.\[(])|(?<=%)c[l1](?=[\s:,;=.\[(])")


def fold(text: str) -> str:
    """Lower case of the same length as `text`, so that offsets hold in both; rare dashes become common ones."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
    lowered = lowered.translate(_DASHES)
    return _MISPRINTED_CI.sub("ci", lowered) if "% c" in lowered or "%c" in lowered else lowered


@dataclass(frozen=True, slots=True)
class Term:
    """One row of a vocabulary."""

    name: str
    kind: str
    names: tuple[str, ...]
    abbreviations: tuple[str, ...]
    targets: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()  # names of terms that take this one in


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a term stands: `text[start:end]`."""

    start: int
    end: int
    term: Term


class Vocabulary:
    """Terms with a matcher: one compiled pass over folded text for names, one over the text for abbreviations.

    Where two patterns fit at the same place the one that stands first in the file wins.
    """

    def __init__(self, name: str, terms: tuple[Term, ...]) -> None:
        self.name = name
        self.terms = terms
        self.by_name = {term.name: term for term in terms}

    @cached_property
    def _names(self) -> Choice:
        rows = (name for term in self.terms for name in term.names)
        return Choice((f"(?:{spaced(row)})(?![a-z0-9])" for row in rows), before="(?<![a-z0-9])")

    @cached_property
    def _abbreviations(self) -> Choice:
        rows = (short for term in self.terms for short in term.abbreviations)
        return Choice((f"(?:{row})s?(?![A-Za-z0-9]|-[0-9L])" for row in rows), before="(?<![A-Za-z0-9])")

    @cached_property
    def _owners(self) -> tuple[list[Term], list[Term]]:
        """The term of each row of `_names` and of `_abbreviations`."""
        return [t for t in self.terms for _ in t.names], [t for t in self.terms for _ in t.abbreviations]

    def hits(self, text: str, folded: str) -> Iterator[Hit]:
        """Places of terms in `text`; `folded` is `fold(text)`. May overlap between names and abbreviations."""
        names, short = self._owners
        for choice, owners, where in ((self._names, names, folded), (self._abbreviations, short, text)):
            for row, match in choice.hits(where):
                yield Hit(match.start(), match.end(), owners[row])

    def canonical(self, text: str) -> str | None:
        """The canonical name for what a person typed, or None."""
        text = text.strip()
        for name in self.by_name:
            if name.casefold() == text.casefold():
                return name
        names, short = self._owners
        for choice, owners, where in (
            (self._names, names, fold(text)),
            (self._abbreviations, short, text),
            (self._abbreviations, short, text.upper()),
        ):
            row = choice.whole(where)
            if row is not None:
                return owners[row].name
        return None

    def narrower(self, name: str) -> tuple[str, ...]:
        """Canonical names of all that `name` takes in, at whatever remove, in the order of the file."""
        found = {name}
        while more := {t.name for t in self.terms if not found.isdisjoint(t.broader)} - found:
            found |= more
        return tuple(term for term in self.by_name if term in found and term != name)

    def nearest(self, text: str, most: int = 3) -> list[str]:
        """Canonical names spelled most like `text`, best first."""
        folded = {name.casefold(): name for name in self.by_name}
        return [folded[n] for n in difflib.get_close_matches(text.casefold(), folded, n=most, cutoff=0.3)]


@cache
def vocabulary(name: str) -> Vocabulary:
    """The vocabulary of `models/data/<name>.toml`: endpoints, events, procedures, targets, products or diseases."""
    table = tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))
    macros = {f"{{{k}}}": v for k, v in table.get("macros", {}).items()}

    def expanded(patterns: list[str]) -> tuple[str, ...]:
        done = []
        for pattern in patterns:
            for macro, value in macros.items():
                pattern = pattern.replace(macro, value)
            done.append(pattern)
        return tuple(done)

    return Vocabulary(name, tuple(
        Term(row["name"], row.get("kind", name), expanded(row.get("names", [])),
             expanded(row.get("abbreviations", [])), tuple(row.get("targets", [])), tuple(row.get("broader", [])))
        for row in table["term"]
    ))  # fmt: skip
