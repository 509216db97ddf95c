"""The names that people type as filters → the names that facts and studies carry."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from cartevidence import wording
from cartevidence.evidence_table import SHORT_TYPES
from models.evidence import Grade
from models.study import StudyType
from models.vocabulary import vocabulary

VOCABULARIES = {
    "endpoint": "endpoints",
    "event": "events",
    "grade": "grades",
    "target": "targets",
    "disease": "diseases",
}
LISTED = 12  # diseases that a note names
AT_LEAST = re.compile(r"(?:grade )?(?:(?:≥|>=) ?([1-5])|([1-5]) ?\+)")


def canonical(filters: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The filters with names as they are stored ('cd22' → 'CD22', 'ICANS' → 'neurotoxicity', '3+' → '>=3').

    A disease that takes in others becomes a tuple of itself and those ('ALL' → 'ALL', 'B-ALL', 'T-ALL'). A name that
    is not known is kept, since a curator or an older version may have stored it. For each of both the second list has
    a sentence to be shown: what is taken in, what may have been meant.
    """
    named, notes = dict(filters), []
    for what, text in filters.items():
        if text is None or what not in (*VOCABULARIES, "study_type"):
            continue
        name, nearest = _study_type(text) if what == "study_type" else _term(what, text)
        if name is None:
            meant = f"; did you mean {' or '.join(nearest)}?" if nearest else "."
            notes.append(f"{text!r} is not a name of any {what.replace('_', ' ')} that is extracted{meant}")
        else:
            named[what] = name
        if what == "disease" and name is not None and (others := vocabulary("diseases").narrower(name)):
            named[what] = (name, *others)
            notes.append(f"{name} takes in {wording.listing(others, most=LISTED)}.")
    return named, notes


def _term(what: str, text: str) -> tuple[str | None, Sequence[str]]:
    if what == "grade":
        text = AT_LEAST.sub(r">=\1\2", text.strip().lower())
        if text in get_args(Grade):
            return text, ()
    words = vocabulary(VOCABULARIES[what])
    return words.canonical(text), words.nearest(text)


def _study_type(text: str) -> tuple[str | None, Sequence[str]]:
    """The evidence table's short names ('trial') are known too."""
    types = get_args(StudyType)
    known = {name: name for name in types} | {short: name for name, short in SHORT_TYPES.items()}
    typed = text.strip().casefold()
    name = known.get(typed) or known.get(re.sub(r"[ -]", "_", typed))
    return name, get_close_matches(typed, types, cutoff=0.3)
