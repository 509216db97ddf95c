"""What a record says about the study as a whole: the first columns of an evidence table."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from models.base import Model
from models.record import Pmid

StudyType = Literal[
    "prospective_trial", "retrospective", "real_world", "meta_analysis", "review",
    "case_report", "preclinical", "cost_effectiveness", "other",
]  # fmt: skip


class Study(Model):
    """One study as one record reports it. Empty tuples and None mean 'not in the abstract'."""

    pmid: Pmid
    study_type: StudyType
    targets: tuple[str, ...] = ()
    diseases: tuple[str, ...] = ()
    study_n: Annotated[int, Field(ge=1)] | None = None
    nct: tuple[str, ...] = ()
    phase: str | None = None
    products: tuple[str, ...] = ()
