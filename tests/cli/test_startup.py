"""The program answers at once, and a user meets no traceback."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from program import ROOT

from cartevidence import __version__
from cartevidence.cli import shell

HEAVY = {"spacy", "pandas", "lxml", "pydantic", "rich", "Bio", "numpy", "sqlite_utils", "matplotlib", "scipy"}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"], ["query", "--help"], []])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom cartevidence.cli import shell\n"
        f"try: shell({arguments!r}, prog_name='cartevidence')\nexcept SystemExit: pass\n"
        "print('MODULES', *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(done.stdout.rpartition("MODULES")[2].split())
    assert "click" in loaded
    assert not loaded & HEAVY


def test_version() -> None:
    assert CliRunner().invoke(shell, ["--version"]).output == f"cartevidence, version {__version__}\n"


@pytest.mark.parametrize("name", list(shell.commands))
def test_each_help_has_an_example(name: str) -> None:
    done = CliRunner().invoke(shell, [name, "--help"])
    assert done.exit_code == 0
    assert f"Example:\n    cartevidence {name}" in done.output
    assert "--debug" in done.output


def test_help_calls_the_program_as_the_user_did() -> None:
    for arguments in (["--help"], ["run", "--help"]):
        done = CliRunner().invoke(shell, arguments, env={"CARTEVIDENCE_PROGRAM": "./go"})
        assert "    ./go run 31110217" in done.output
        assert "    cartevidence " not in done.output


@pytest.mark.parametrize("name", list(shell.commands))
def test_the_list_of_commands_shows_whole_sentences(name: str) -> None:
    done = CliRunner().invoke(shell, ["--help"])
    assert re.search(rf"^  {name} .*[^.]\.$", done.output, re.MULTILINE)


@pytest.mark.parametrize("argument", ["run", "fetch"])
def test_nothing_asked_is_wrong_usage_with_an_example(argument: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(shell, [argument, "--db", str(tmp_path / "x.db")])
    assert done.exit_code == 2
    assert f"cartevidence {argument} 31110217" in done.output
    assert not (tmp_path / "x.db").exists()


def test_the_python_interface_is_the_command_lines_own() -> None:
    import cartevidence
    from cartevidence import pipeline

    assert cartevidence.run is pipeline.run
    with pytest.raises(AttributeError, match="nonsense"):
        cartevidence.nonsense  # noqa: B018
