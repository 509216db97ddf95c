"""The command line as a user has it: a process of its own, in a folder of its own, with a clean environment."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from program import ROOT, Run

from cartevidence.cli import shell


@pytest.fixture
def environment() -> dict[str, str]:
    """No settings of the person who runs the tests, and no service but one that a test starts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NCBI_", "CARTEVIDENCE_"))}
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        kept.pop(name, None)
    nowhere = "http://127.0.0.1:9/"  # the discard port: refused at once
    return {**kept, "PYTHONPATH": str(ROOT), "CARTEVIDENCE_ENTREZ_URL": nowhere, "PYTHONIOENCODING": "utf-8"}


@pytest.fixture
def program(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run the program as a process of its own in `tmp_path`; `limit` bounds the size of files in bytes."""

    def run(*arguments: object, limit: int | None = None) -> subprocess.CompletedProcess[str]:
        def bound() -> None:
            if limit is not None:  # then writing on fails as on a full disk
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        return subprocess.run(
            [sys.executable, "-m", "cartevidence", *map(str, arguments)],
            cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8",
            timeout=120, check=False, preexec_fn=bound,
        )  # fmt: skip

    return run


@pytest.fixture
def cartevidence(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line in `tmp_path` within this process, which saves the start; `env` adds to the environment."""
    monkeypatch.chdir(tmp_path)
    for name in set(os.environ) - set(environment):
        monkeypatch.delenv(name)

    def run(
        *arguments: object, env: dict[str, str] | None = None, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        command = [str(argument) for argument in arguments]
        settings = {**environment, **(env or {})}
        done = CliRunner().invoke(shell, command, input=stdin, env=settings, prog_name="cartevidence")
        return subprocess.CompletedProcess(command, done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def demo_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo's records and their evidence. Read only: copy it before changing it."""
    from cartevidence import cli, pipeline
    from db.store import Store

    path = tmp_path_factory.mktemp("demo") / "demo.db"
    with Store.open(path) as store:
        assert pipeline.run([cli.DEMO], store).exit_status == 0
    return path
