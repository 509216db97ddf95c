"""Abbreviations as this very abstract defines them, by scispaCy's matcher (Schwartz and Hearst, 2003)."""

from __future__ import annotations

import re

from scispacy.abbreviation import find_abbreviation
from spacy.tokens import Doc

from models.vocabulary import Term, fold, vocabulary

_SHORT = re.compile(r"[\[(]\s?([A-Za-z][A-Za-z0-9/+-]{1,9})s?\s?[\])]")
_CLINICAL = ("endpoints", "events", "procedures")
# Long forms that are no term of the vocabularies, yet must not be taken for the term their short form usually is.
_OTHER = re.compile(r"not\s+(?:reached|estimable|evaluable|available)", re.I)


def definitions(doc: Doc) -> dict[str, str]:
    """Short form -> long form, for every '(ABC)' that the words before it spell out."""
    found: dict[str, str] = {}
    for m in _SHORT.finditer(doc.text):
        short = m[1]
        if short in found or sum(c.isupper() for c in short) < 1 or short.isdigit():
            continue
        inner = doc.char_span(m.start(1), m.end(1), alignment_mode="expand")
        words = min(len(short) + 5, 2 * len(short))
        if inner is None or inner.start < 2:
            continue
        long = doc[max(0, inner.start - 1 - words) : inner.start - 1]
        if not len(long):
            continue
        _, span = find_abbreviation(long, inner)
        if span is not None:
            found[short] = span.text
    return found


def local_terms(doc: Doc) -> dict[str, Term | None]:
    """Short forms whose meaning here differs from the vocabulary's: the term meant, or None for another thing."""
    out: dict[str, Term | None] = {}
    for short, long in definitions(doc).items():
        meant = _term(long)
        usual = next(
            (t for name in _CLINICAL for t in vocabulary(name).terms if vocabulary(name).canonical(short) == t.name),
            None,
        )
        if meant is not None and meant is not usual:
            out[short] = meant
        elif meant is None and usual is not None and (_OTHER.search(long) or not _near(long, usual)):
            out[short] = None
    return out


def _term(long: str) -> Term | None:
    folded = fold(long)
    for name in _CLINICAL:
        words = vocabulary(name)
        hits = [h for h in words.hits(long, folded) if h.end == len(long) or not folded[h.end :].strip(" s-")]
        if hits:
            return max(hits, key=lambda h: h.end - h.start).term
    return None


def _near(long: str, usual: Term) -> bool:
    """Whether the long form shares a content word with one of the term's names (spelling variants)."""
    words = set(re.findall(r"[a-z]{5,}", fold(long)))
    return any(w[:5] in name for name in usual.names for w in words)
