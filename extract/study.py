"""The study as a whole: its type, targets, diseases, phase, products, registrations and number of patients.

Type, targets, diseases and registration numbers are modules of their own; this one gathers them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from extract.cohorts import Count
from extract.diseases import diseases
from extract.registrations import registrations
from extract.study_types import own_part, study_type
from extract.targets import targets
from models.scanner import Scanner
from models.study import StudyType
from models.vocabulary import vocabulary

__all__ = ["diseases", "phase", "registrations", "study_number", "study_products", "study_type", "targets"]

_PHASE = re.compile(
    r"(?<!recommended )phase[\s-]*((?:[1-4]|i{1,3}v?|iv)[ab]?"
    r"(?:\s*(?:/|-|–|and)\s*(?:phase\s*)?(?:[1-4]|i{1,3}v?)[ab]?)?)(?![a-z0-9])(?!\s+dose\b(?![\s-]+(?:escal|expan|find)))"
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


def phase(folded_title: str, folded: str) -> str | None:
    """'1', '1/2', '1b/2', '3' as written in title or abstract, roman numerals turned to digits."""
    m = _PHASE.search(folded_title) or (_PHASE.search(own_part(folded)) if "phase" in folded else None)
    if not m:
        return None
    parts = re.split(r"\s*(?:-|–|and|/)\s*(?:phase\s*)?", m[1])
    return "/".join(re.sub(r"i{1,3}v?|iv", lambda r: _ROMAN.get(r[0], r[0]), part) for part in parts)


@lru_cache(maxsize=1)
def _products() -> Scanner[str]:
    return Scanner((name, term.name) for term in vocabulary("products").terms for name in term.names)


def study_products(folded: str, original: str) -> tuple[str, ...]:
    """Names of the CAR-T products that title and abstract speak of."""
    return tuple(sorted({name for _, _, name in _products().hits(folded)}))


def study_number(kind: StudyType, counts: Sequence[tuple[int, Count]]) -> int | None:
    """The number for the 'patients' column: treated if stated, else enrolled or analysed.

    `counts` are (sentence index, cohort count) pairs in the order of the text.
    """
    if kind in ("review", "preclinical"):
        return None
    found = [c for _, c in counts]

    def most(role: str, *, title: bool = False) -> int:
        return max((c.n for c in found if c.role == role and (title or c.rule != "title-count")), default=0)

    treated, enrolled = most("treated"), most("enrolled")
    analysed = max((c.n for c in found if c.role == "evaluable" and not c.rule.startswith("denominator")), default=0)
    if kind == "meta_analysis":
        return max(treated, enrolled, analysed, most("treated", title=True), most("enrolled", title=True)) or None
    by_sentence: dict[int, dict[int, int]] = {}
    for at, c in counts:
        if c.role == "arm" and c.rule not in ("dose-level", "denominator-controls"):
            by_sentence.setdefault(at, {})[c.start] = c.n
    arms = [n for row in by_sentence.values() for n in row.values()]
    compared = max((sum(row.values()) for row in by_sentence.values() if len(row) > 1), default=0)
    randomised = max((c.n for c in found if c.rule == "randomised"), default=0)
    if randomised or (enrolled and sum(arms) == enrolled):
        return randomised or enrolled  # a comparison counts all it compares
    if treated and 2 * treated > enrolled:
        return treated
    if enrolled or analysed:
        return enrolled or max(analysed, compared)  # a matched set is smaller than what was compared
    titled = most("treated", title=True)
    if titled:
        return titled
    if compared:
        return compared
    products: dict[int, dict[int, int]] = {}
    for at, c in counts:
        if c.role == "subgroup" and c.rule == "product-group":
            products.setdefault(at, {})[c.start] = c.n
    together = max((sum(row.values()) for row in products.values() if len(row) > 1), default=0)
    for role in ("subgroup", "screened"):
        if role == "subgroup" and together > most(role):
            return together  # 'who underwent axi-cel (n = 173) or tisa-cel (n = 183)'
        if most(role):
            return most(role)
    return 1 if kind == "case_report" else None
