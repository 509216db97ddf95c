"""A store on a real file, opened as Python users open it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cartevidence.database import EvidenceDatabase


@pytest.fixture
def db(tmp_path: Path) -> Iterator[EvidenceDatabase]:
    with EvidenceDatabase.open(tmp_path / "evidence.db") as db:
        yield db
