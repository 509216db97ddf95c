"""What a user asks for: PMIDs, files and folders, a search."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from models.errors import SourceError


@dataclass(frozen=True)
class Asked:
    """PMIDs without repeats in the order given, paths, and a PubMed query (None: no search)."""

    pmids: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()
    search: str | None = None

    @classmethod
    def of(cls, sources: Iterable[str | Path], search: str | None = None) -> Asked:
        """Sort sources: text of digits alone is a PMID, all else a path.

        Raises SourceError for a number that cannot be a PMID and for a path that does not exist.
        """
        pmids: dict[str, None] = {}
        paths: dict[Path, None] = {}
        for source in sources:
            if isinstance(source, str) and source.isascii() and source.isdigit():
                pmids[_pmid(source)] = None
            else:
                paths[_path(source)] = None
        return cls(tuple(pmids), tuple(paths), search)

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.pmids or self.paths or self.search is not None)

    def as_text(self) -> dict[str, object]:
        """For the log of runs: the PMIDs themselves only while they are few."""
        pmids: object = list(self.pmids) if len(self.pmids) <= 20 else len(self.pmids)
        return {"pmids": pmids, "files": [str(path) for path in self.paths], "search": self.search}


def _pmid(digits: str) -> str:
    if len(digits) > 9 or digits.startswith("0"):
        raise SourceError(
            f"{digits} is not a PMID: give 1 to 9 digits without a leading zero, or ./{digits} for a file."
        )
    return digits


def _path(source: str | Path) -> Path:
    path = Path(source)
    try:
        exists = path.exists()
    except OSError as error:
        raise SourceError(
            f"{path} cannot be opened ({error.strerror}): check its name and your permissions."
        ) from error
    if not exists:
        raise SourceError(f"There is no file or folder {path}: give an existing one, or a PMID (digits only).")
    return path
