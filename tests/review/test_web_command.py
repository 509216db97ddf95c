"""`cartevidence review`: what it refuses before anything listens, and what it says."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from cartevidence.cli import shell
from cartevidence.review.web import server
from cartevidence.review.web.site import Site


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Site]:
    """What would have been served."""
    sites: list[Site] = []
    monkeypatch.setattr(server, "serve", lambda site, **_: sites.append(site))
    monkeypatch.delenv("CARTEVIDENCE_PASSWORD", raising=False)
    return sites


def review(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(shell, ["review", *words])
    return done.exit_code, done.output


def test_who_reviews(path: Path, served: list[Site], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "marie")
    assert review("--db", str(path))[0] == 0
    assert review("--db", str(path), "--curator", "Ada", "--curator", " Ben  B ", "--port", "0")[0] == 0
    assert [list(site.tokens) for site in served] == [["marie"], ["Ada", "Ben B"]]
    assert [(site.host, site.port, site.password) for site in served] == [
        ("127.0.0.1", 8001, None),
        ("127.0.0.1", 0, None),
    ]


def test_others_reach_it_by_password_only(path: Path, served: list[Site], monkeypatch: pytest.MonkeyPatch) -> None:
    status, said = review("--db", str(path), "--host", "0.0.0.0")
    assert status == 1 and "set CARTEVIDENCE_PASSWORD" in said and not served
    monkeypatch.setenv("CARTEVIDENCE_PASSWORD", "x")
    assert review("--db", str(path), "--host", "0.0.0.0")[0] == 0
    assert served[0].password == "x"


@pytest.mark.parametrize(("words", "said"), [
    (["--curator", "ada", "--curator", "ADA"], "Two curators have the same name"),
    (["--curator", ""], "give a name"),
    (["--curator", "ada + ben"], "pair"),
    (["--port", "70000"], "70000"),
])  # fmt: skip
def test_what_is_amiss_is_one_sentence(path: Path, served: list[Site], words: list[str], said: str) -> None:
    status, printed = review("--db", str(path), *words)
    assert status in (1, 2) and said in printed and not served


def test_no_database_no_desk(tmp_path: Path, served: list[Site]) -> None:
    status, said = review("--db", str(tmp_path / "none.db"))
    assert status == 1 and "There is no database" in said and not served
    assert not (tmp_path / "none.db").exists()


def test_a_taken_port_is_said(path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        status, said = review("--db", str(path), "--no-browser", "--port", str(other.getsockname()[1]))
    assert status == 1 and "give another --port" in said and "token" not in said
