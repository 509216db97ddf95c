"""The language pipeline: spaCy's blank English with a tokenizer and a sentence splitter fit for clinical text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc

# Tokens end at blanks and at punctuation outside; inside, '24/30', '81·3%', 'CD19-negative', '10^6/kg' stay whole.
_PREFIX = re.compile(r"""^(?:\(+|\[+|[{"'“‘,;:]+|\.(?!\d))""")
_SUFFIX = re.compile(r"""(?:\)+|\]+|[}"'”’,;:!?]+|\.)$""")
_KEPT = re.compile(r"^(?:vs\.|e\.g\.|i\.e\.|al\.|no\.|approx\.|dr\.|st\.|fig\.)$", re.I)

# A sentence ends at . ! ? before a blank and a capital, digit or bracket, except after these words.
_END = re.compile(
    r"""(?<=[.!?])["'”)\]]*\s+(?=["“(\[]?[A-Z0-9≥>])|(?<=[a-z\d)%\]])\.(?=[A-Z][a-z]{2,}|(?:METHODS|RESULTS?|FINDINGS|CONCLUSIONS?|TRIAL REGISTRATION|FUNDING)(?=[A-Z0-9]))|\n+|\s+(?=(?:METHODS|RESULTS|CONCLUSIONS?|FINDINGS|INTERPRETATION)\s?:)"""
)
# A full stop between two words without a blank ends a token too.
_INFIX = re.compile(
    r"(?<=[a-z\d)%\]])\.(?=[A-Z][a-z]{2,}|(?:METHODS|RESULTS?|FINDINGS|CONCLUSIONS?|TRIAL REGISTRATION|FUNDING)(?=[A-Z0-9]))"
)
_NO_END = re.compile(
    r"(?:\b(?:vs|v|e\.g|i\.e|al|no|approx|dr|st|fig|ca|cf|resp|etc|incl|inc|ltd|spp|sp|wt|u\.s|p|n)\.|(?<![\w-])[A-Z]\.)[\"')\]]*\s+$",
    re.I,
)


@Language.component("clinical_sentences")
def clinical_sentences(doc: Doc) -> Doc:
    """Set sentence starts from `sentence_spans` of the text."""
    if not len(doc):
        return doc
    starts = np.array([start for start, _ in sentence_spans(doc.text)], dtype=np.uint64)
    # In one go: setting token.is_sent_start looks at the whole document each time.
    marks = np.where(np.isin(doc.to_array(["IDX"]), starts), 1, -1)
    return doc.from_array(["SENT_START"], marks.astype(np.uint64).reshape(-1, 1))  # type: ignore[arg-type]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Sentences as (start, end), without the blanks between them."""
    spans, start = [], 0
    for m in _END.finditer(text):
        if (
            "\n" not in m[0]
            and _NO_END.search(text[max(0, m.start() - 8) : m.end()])
            and text[m.end() - 1 : m.end()] != "."
        ):
            continue
        end = m.start() + (1 if m[0].startswith(".") else len(m[0].rstrip()) if not m[0].isspace() else 0)
        if text[start:end].strip():
            spans.append((start, end))
        start = m.end()
    if text[start:].strip():
        spans.append((start, len(text.rstrip())))
    return [piece for span in spans for piece in _pieces(text, *span)]


LONGEST = 2000  # characters; real sentences are shorter, and all work on one is bounded by it


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A span in pieces of at most LONGEST characters, cut at blanks where there are any."""
    while end - start > LONGEST:
        blank = text.rfind(" ", start + 1, start + LONGEST)
        cut = blank if blank > start else start + LONGEST
        yield start, cut
        start = cut + 1 if blank > start else cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _suffix(token: str) -> re.Match[str] | None:
    """A search of the token's end alone: '$' searched from the start would cost its whole length each time."""
    return _SUFFIX.search(token, max(0, len(token) - 16))


@lru_cache(maxsize=1)
def language() -> Language:
    """The pipeline, built once."""
    nlp = spacy.blank("en")
    nlp.tokenizer = Tokenizer(
        nlp.vocab,
        prefix_search=_PREFIX.search,
        suffix_search=_suffix,
        infix_finditer=_INFIX.finditer,
        token_match=_KEPT.match,
    )
    nlp.add_pipe("clinical_sentences")
    nlp.max_length = 10_000_000
    return nlp
