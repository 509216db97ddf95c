"""Abbreviations as this very abstract defines them, by scispaCy's matcher (Schwartz and Hearst, 2003)."""

from __future__ import annotations

import re
from functools import lru_cache

from scispacy.abbreviation import find_abbreviation
from spacy.tokens import Doc

from models.vocabulary import Term, fold, vocabulary

_SHORT = re.compile(r"[\[(]\s?([A-Za-z][A-Za-z0-9/+-]{1,9})s?\s?[\])]")
_CLINICAL = ("endpoints", "events", "procedures")
# Long forms that are no term of the vocabularies, yet must not be taken for the term their short form usually is.
_OTHER = re.compile(r"not\s+(?:reached|estimable|evaluable|available)", re.I)


def definitions(doc: Doc, text: str) -> dict[str, str]:
    """Short form -> long form, for every '(ABC)' that the words before it spell out. `text` is the document's (spaCy builds it anew each time)."""
    found: dict[str, str] = {}
    begins = doc.to_array(["IDX"])  # of the tokens; Doc.char_span would put the whole text together each time
    for m in _SHORT.finditer(text):
        short = m[1]
        if short in found or sum(c.isupper() for c in short) < 1 or short.isdigit():
            continue
        first = int(begins.searchsorted(m.start(1), side="right")) - 1
        inner = doc[first : int(begins.searchsorted(m.end(1)))]
        words = min(len(short) + 5, 2 * len(short))
        if inner.start < 2:
            continue
        long = doc[max(0, inner.start - 1 - words) : inner.start - 1]
        if not len(long):
            continue
        _, span = find_abbreviation(long, inner)
        if span is not None:
            found[short] = span.text
    return found


def local_terms(doc: Doc, text: str) -> dict[str, Term | None]:
    """Short forms whose meaning here differs from the vocabulary's: the term meant, or None for another thing."""
    out: dict[str, Term | None] = {}
    for short, long in definitions(doc, text).items():
        meant = _term(long)
        usual = _usual(short)
        if meant is not None and meant is not usual:
            out[short] = meant
        elif meant is None and usual is not None and (_OTHER.search(long) or not _near(long, usual)):
            out[short] = None
    return out


@lru_cache(maxsize=4096)
def _usual(short: str) -> Term | None:
    """What the vocabularies take the short form for."""
    for name in _CLINICAL:
        meant = vocabulary(name).canonical(short)
        if meant is not None:
            return vocabulary(name).by_name[meant]
    return None


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
