"""What the tests of the command line share beside fixtures."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from synthetic import article

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def study(pmid: str | int) -> str:
    """One synthetic PubmedArticle whose figures depend on its PMID."""
    n = 10 + int(pmid) % 20
    text = (
        f"We treated {n + 20} patients with B-ALL. Complete remission was achieved in {n} of {n + 20} patients "
        f"({100 * n / (n + 20):.1f}%). Cytokine release syndrome of grade 3 or higher occurred in {n - 5} patients."
    )
    return article(pmid, abstract=f"<AbstractText>{text}</AbstractText>")


def many(first: int, count: int) -> dict[str, str]:
    """Synthetic articles by PMID. Most have no abstract, which costs no time to read; every tenth is a study."""
    pmids = [str(first + i) for i in range(count)]
    return {pmid: study(pmid) if int(pmid) % 10 == 0 else article(pmid, abstract="") for pmid in pmids}
