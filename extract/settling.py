"""An abstract's counts read together: a number keeps the role that was told best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.counting import Count
from extract.parts import compares, part_of_whole, wholes
from models.study import StudyType

_WEAK = {"title-count", "topic", "topic-subgroup", "denominator-adjective", "case"}


def settle(
    levels: Sequence[Sequence[Count]], kind: StudyType, title: str, texts: Sequence[str] = ()
) -> list[list[Count]]:
    """Counts of all sentences, read together: a number keeps the role that was told best.

    `texts`: the folded sentences, where groups are to be told from arms.
    """
    compared = compares(title.lower(), texts)
    if texts:
        known_cohorts = wholes(levels)
        levels = [
            part_of_whole(level, text, known_cohorts, compared=compared)
            for level, text in zip(levels, texts, strict=True)
        ]
    told: dict[int, Count] = {}
    for count in (c for level in levels for c in level):
        if count.role and count.rule not in _WEAK and count.n > 1:
            told.setdefault(count.n, count)
    most = max(
        (
            c.n
            for level in levels
            for c in level
            if c.role in ("treated", "enrolled") and c.rule not in ("topic", "title-count")
        ),
        default=0,
    )
    titled = max((c.n for level in levels for c in level if c.rule == "title-count"), default=0)
    out: list[list[Count]] = []
    for level in levels:
        row = []
        for c in level:
            if not c.role:
                continue
            known = told.get(c.n)
            if c.n == 1 and c.role != "subgroup" and (kind != "case_report" or most > 1 or titled > 1):
                continue
            if c.rule == "topic" and known is None and c.n < most:
                c = replace(c, role="subgroup")
            if c.rule == "treated-after" and kind == "meta_analysis":
                c = replace(c, role="enrolled")
            if c.rule == "reports" and kind == "meta_analysis":
                continue
            if c.rule == "n-equals" and c.n == most and known is not None:
                c = replace(c, role=known.role)
            if c.rule in ("title-count", "topic", "topic-subgroup", "adjective-treated") and known is not None:
                c = replace(c, role=known.role)
            elif c.rule == "title-count" and kind == "meta_analysis":
                c = replace(c, role="enrolled")
            elif c.rule == "product-group" and compared:
                c = replace(c, role="arm")
            row.append(c)
        out.append(row)
    return out


__all__ = ["settle"]
