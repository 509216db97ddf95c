"""cartevidence: from PubMed records of CAR-T studies to an evidence database in which every value keeps its proof.

import cartevidence
with cartevidence.open("evidence.db") as db:
    cartevidence.run(["31110217", "saved.nbib"], db)
    responses = db.evidence(type="response", target="CD22")
    comparison = db.compare(endpoint="CR/CRi", by="target")
    comparison.plot("forest.png")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from cartevidence.database import EvidenceDatabase
    from cartevidence.pipeline import extract, fetch, run

__version__ = "0.1.0"
__all__ = ["extract", "fetch", "open", "run"]


def open(path: str | Path, *, readonly: bool = False) -> EvidenceDatabase:
    """Open an evidence database, made where there is none (unless `readonly`). Raises StoreError."""
    from cartevidence.database import EvidenceDatabase

    return EvidenceDatabase.open(path, readonly=readonly)


def __getattr__(name: str) -> Any:
    """`run`, `fetch` and `extract` are those of the pipeline, imported when first used."""
    if name in ("run", "fetch", "extract"):
        from cartevidence import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module 'cartevidence' has no attribute {name!r}")
