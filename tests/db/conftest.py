"""A store on a real file, and the builders for what goes in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from store_cases import Make

from db.store import Store


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evidence.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as store:
        yield store


@pytest.fixture
def nobody() -> int:
    """A user id without rights: only root can become it, and root itself is refused nothing."""
    if not hasattr(os, "setuid") or os.getuid() != 0:
        pytest.skip("needs root to become a user without rights")
    return 65534
