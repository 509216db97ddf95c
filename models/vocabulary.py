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

from models.prefixes import beginnings

DATA = Path(__file__).parent / "data"
# A blank in a name also stands for hyphens and dashes, as authors write both.
_GAP = r"(?:[\s\-‐‑–—]+)"
_OPTIONAL_GAP = r"(?:[\s\-‐‑–—]*)"


def fold(text: str) -> str:
    """Lower case of the same length as `text`, so that offsets hold in both."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c if len(c.lower()) != 1 else c.lower() for c in text)


@dataclass(frozen=True, slots=True)
class Term:
    """One row of a vocabulary."""

    name: str
    kind: str
    names: tuple[str, ...]
    abbreviations: tuple[str, ...]
    targets: tuple[str, ...] = ()


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
    def _names(self) -> tuple[re.Pattern[str], list[Term]]:
        return self._compiled([(n, t) for t in self.terms for n in t.names], names=True)

    @cached_property
    def _abbreviations(self) -> tuple[re.Pattern[str], list[Term]]:
        return self._compiled([(a, t) for t in self.terms for a in t.abbreviations], names=False)

    @staticmethod
    def _compiled(rows: list[tuple[str, Term]], *, names: bool) -> tuple[re.Pattern[str], list[Term]]:
        end = "(?![a-z0-9])" if names else "s?(?![A-Za-z0-9]|-[0-9L])"
        spaced = [re.sub(r" \?", lambda _: _OPTIONAL_GAP, p) if names else p for p, _ in rows]
        alternatives = "|".join(f"({_spaced(p) if names else p}){end}" for p in spaced) or "(?!)"
        start = "(?<![a-z0-9])" if names else "(?<![A-Za-z0-9])"
        ahead = beginnings(_spaced(p) if names else p for p in spaced)
        return re.compile(f"{start}(?={ahead})(?:{alternatives})"), [term for _, term in rows]

    def hits(self, text: str, folded: str) -> Iterator[Hit]:
        """Places of terms in `text`; `folded` is `fold(text)`. May overlap between names and abbreviations."""
        for (pattern, terms), where in ((self._names, folded), (self._abbreviations, text)):
            for match in pattern.finditer(where):
                yield Hit(match.start(), match.end(), terms[(match.lastindex or 1) - 1])

    def canonical(self, text: str) -> str | None:
        """The canonical name for what a person typed, or None."""
        text = text.strip()
        for name in self.by_name:
            if name.casefold() == text.casefold():
                return name
        for (pattern, terms), where in ((self._names, fold(text)), (self._abbreviations, text)):
            match = pattern.fullmatch(where)
            if match:
                return terms[(match.lastindex or 1) - 1].name
        upper = self._abbreviations[0].fullmatch(text.upper())
        return self._abbreviations[1][(upper.lastindex or 1) - 1].name if upper else None

    def nearest(self, text: str, most: int = 3) -> list[str]:
        """Canonical names spelled most like `text`, best first."""
        folded = {name.casefold(): name for name in self.by_name}
        return [folded[n] for n in difflib.get_close_matches(text.casefold(), folded, n=most, cutoff=0.3)]


def _spaced(pattern: str) -> str:
    """Blanks outside character classes and look-behinds (which must have one width) become gaps."""
    kept = re.compile(r"(\[[^\]]*\]|\(\?<[!=][^)]*\))")
    return "".join(part if kept.match(part) else part.replace(" ", _GAP) for part in kept.split(pattern))


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
             expanded(row.get("abbreviations", [])), tuple(row.get("targets", [])))
        for row in table["term"]
    ))  # fmt: skip
