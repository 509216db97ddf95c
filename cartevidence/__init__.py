"""cartevidence: from PubMed records of CAR-T studies to an evidence database in which every value keeps its proof.

import cartevidence
with cartevidence.open("evidence.db") as store:
    report = cartevidence.run(["31110217", "saved.nbib"], store)
    for found in store.facts("31110217"):
        print(found.fact.quote)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from cartevidence.pipeline import extract, fetch, run
    from db.store import Store

__version__ = "0.1.0"
__all__ = ["extract", "fetch", "open", "run"]


def open(path: str | Path, *, readonly: bool = False) -> Store:
    """Open an evidence database, made where there is none (unless `readonly`). Raises StoreError."""
    from db.store import Store

    return Store.open(path, readonly=readonly)


def __getattr__(name: str) -> Any:
    """`run`, `fetch` and `extract` are those of the pipeline, imported when first used."""
    if name in ("run", "fetch", "extract"):
        from cartevidence import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module 'cartevidence' has no attribute {name!r}")
