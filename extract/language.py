"""The language pipeline: spaCy's blank English with a tokenizer and a sentence splitter fit for clinical text."""

from __future__ import annotations

import re
from functools import lru_cache

import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc

# Tokens end at blanks and at punctuation outside; inside, '24/30', '81·3%', 'CD19-negative', '10^6/kg' stay whole.
_PREFIX = re.compile(r"""^(?:[\[({"'“‘,;:]|\.(?!\d))""")
_SUFFIX = re.compile(r"""(?:[\])}"'”’,;:!?]|(?<=[^\d.])\.|(?<=\d)\.)$""")
_KEPT = re.compile(r"^(?:vs\.|e\.g\.|i\.e\.|al\.|no\.|approx\.|dr\.|st\.|fig\.)$", re.I)

# A sentence ends at . ! ? before a blank and a capital, digit or bracket, except after these words.
_END = re.compile(r"""(?<=[.!?])["'”)\]]*\s+(?=["“(\[]?[A-Z0-9≥>])|(?<=[a-z\d)%\]])\.(?=[A-Z][a-z]{2,})|\n+|\s+(?=(?:METHODS|RESULTS|CONCLUSIONS?|FINDINGS|INTERPRETATION)\s?:)""")
# A full stop between two words without a blank ends a token too.
_INFIX = re.compile(r"(?<=[a-z\d)%\]])\.(?=[A-Z][a-z]{2,})")
_NO_END = re.compile(r"(?:\b(?:vs|v|e\.g|i\.e|al|no|approx|dr|st|fig|ca|cf|resp|etc|incl|inc|ltd|nos|spp|sp|wt|u\.s|p|n|[A-Z])\.)[\"')\]]*\s+$", re.I)


@Language.component("clinical_sentences")
def clinical_sentences(doc: Doc) -> Doc:
    """Set sentence starts from `sentence_spans` of the text."""
    starts = {start for start, _ in sentence_spans(doc.text)}
    for token in doc:
        token.is_sent_start = token.idx in starts
    return doc


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Sentences as (start, end), without the blanks between them."""
    spans, start = [], 0
    for m in _END.finditer(text):
        if "\n" not in m[0] and _NO_END.search(text[max(0, m.start() - 8) : m.end()]) and not text[m.end() - 1 : m.end()] == ".":
            continue
        end = m.start() + (1 if m[0].startswith(".") else len(m[0].rstrip()) if not m[0].isspace() else 0)
        if text[start:end].strip():
            spans.append((start, end))
        start = m.end()
    if text[start:].strip():
        spans.append((start, len(text.rstrip())))
    return spans


@lru_cache(maxsize=1)
def language() -> Language:
    """The pipeline, built once."""
    nlp = spacy.blank("en")
    nlp.tokenizer = Tokenizer(
        nlp.vocab, prefix_search=_PREFIX.search, suffix_search=_SUFFIX.search, infix_finditer=_INFIX.finditer, token_match=_KEPT.match
    )
    nlp.add_pipe("clinical_sentences")
    nlp.max_length = 10_000_000
    return nlp
