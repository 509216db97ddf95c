"""A database with synthetic studies, and desks at it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "db"))

from store_cases import Make
from web_desk import WebDesk

from cartevidence.review.desk import Desk
from db.store import Store
from models.record import Record

OpenDesk = Callable[..., Desk]
PMID = "90000001"


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()


@pytest.fixture
def path(tmp_path: Path, make: Make) -> Path:
    """Three studies: with three facts, with one of low confidence, and one in which nothing was found."""
    path = tmp_path / "evidence.db"
    records = [make.record(pmid) for pmid in (PMID, "90000002", "90000003")]
    with Store.open(path) as store:
        store.save([make.fetched(record) for record in records])
        first, second, third = records
        store.save_extractions(
            [
                make.extraction(first, make.treated(first), make.cr(first), make.crs(first)),
                make.extraction(second, make.cr(second, confidence=0.4), targets=("CD19",), diseases=("T-ALL",)),
                make.extraction(third, targets=("CD19",), diseases=("LBCL",)),
            ]
        )
    return path


@pytest.fixture
def record(make: Make, path: Path) -> Record:
    return make.record()


@pytest.fixture
def desk(path: Path) -> Iterator[OpenDesk]:
    """Opens desks by the curator's name; all are closed at the end."""
    with ExitStack() as stack:
        yield lambda name="ada", **given: stack.enter_context(Desk(path, name, **given))


@pytest.fixture
def open_web(path: Path) -> Iterator[Callable[..., WebDesk]]:
    """Opens desks of the web for curators by name; all are closed at the end."""
    with ExitStack() as stack:

        def opened(*curators: str, **given: object) -> WebDesk:
            web = WebDesk(path, *curators, **given)
            stack.callback(web.close)
            return web

        yield opened


@pytest.fixture
def web(open_web: Callable[..., WebDesk]) -> WebDesk:
    """A desk for ada and ben."""
    return open_web("ada", "ben")
