"""Labels of structured abstracts, for formats that print them in line ('METHODS: We treated ...').

The words stand in section_labels.csv with the category NLM gives them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from fetch.text import folded
from models.record import Section

with (Path(__file__).parent / "section_labels.csv").open(encoding="utf-8", newline="") as _table:
    CATEGORY: dict[str, str] = {row["label"]: row["category"] for row in csv.DictReader(_table)}

_LONGEST_LABEL = 100  # characters
_COLON = re.compile(r":(?=\s|$)")
_WORD_START = re.compile(r"(?<!\S)[A-Z]")
_AT_LINE_START = re.compile(r"([A-Z][^:.]{1,98}|ClinicalTrials\.gov identifier)\s*:(?=\s|$)")
_JOINTS = re.compile(r",? AND |/| & |[,;] ")


def category_of(label: str) -> str:
    """NLM's category of a label in any case, also of a joint one ('METHODS AND RESULTS'); '' if not known."""
    capitals = label.upper().replace("’", "'").strip()
    if capitals in CATEGORY:
        return CATEGORY[capitals]
    categories = [CATEGORY.get(part.strip(), "") for part in _JOINTS.split(capitals)]
    return categories[0] if all(categories) else ""


def split_in_line(text: str) -> tuple[Section, ...]:
    """Sections of an abstract printed as one paragraph; a label must be known.

    Labels in capitals count anywhere; others ('Results:') only behind the end of a sentence, and only in an
    abstract that begins with a label.
    """
    structured = _label_start(text, next((found.start() for found in _COLON.finditer(text)), 0), 0, True) == 0
    marks: list[tuple[int, int]] = []
    for found in _COLON.finditer(text):
        start = _label_start(text, found.start(), marks[-1][1] + 1 if marks else 0, structured)
        if start is not None:
            marks.append((start, found.start()))
    sections = [Section(text=folded(text[: marks[0][0]] if marks else text))]
    ends = [*(start for start, _ in marks[1:]), len(text)]
    for (start, colon), end in zip(marks, ends, strict=bool(marks)):
        label = text[start:colon]
        sections.append(Section(label=label, category=category_of(label), text=folded(text[colon + 1 : end])))
    return tuple(section for section in sections if section.text)


def _label_start(text: str, colon: int, after: int, structured: bool) -> int | None:
    """Where the longest known label begins that ends at `colon`, not before `after`; None if there is none."""
    for word in _WORD_START.finditer(text, max(after, colon - _LONGEST_LABEL), colon):
        start = word.start()
        label = text[start:colon]
        behind_sentence = text[:start].rstrip()[-1:] in ("", ".", "?", "!", ")", "]")
        if category_of(label) and (label.isupper() or (structured and behind_sentence)):
            return start
    return None


def split_paragraphs(paragraphs: list[str]) -> tuple[Section, ...]:
    """Sections of an abstract whose paragraphs begin with a label in any case, which is then put in capitals.

    A label that is not known counts as one only where every paragraph begins with a label.
    """
    if len(paragraphs) == 1:
        found = split_in_line(paragraphs[0])
        return tuple(section.model_copy(update={"label": section.label.upper()}) for section in found)
    heads = [_AT_LINE_START.match(paragraph) for paragraph in paragraphs]
    all_labelled = all(heads) and any(head and category_of(head[1]) for head in heads)
    return tuple(_labelled(paragraphs, heads, all_labelled))


def _labelled(paragraphs: list[str], heads: list[re.Match[str] | None], all_labelled: bool) -> Iterator[Section]:
    for paragraph, head in zip(paragraphs, heads, strict=True):
        category = category_of(head[1]) if head else ""
        # What stands alone in capitals before a paragraph of several is a label too, though nobody listed it.
        if head and (category or all_labelled or head[1].isupper()):
            text = folded(paragraph[head.end() :])
            if text:
                yield Section(label=head[1].strip().upper(), category=category, text=text)
        else:
            yield from split_in_line(paragraph)
