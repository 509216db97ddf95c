"""The README and docs/ say what the program does: every command, option and setting, and true output.

After a change of output: UPDATE_README=1 ./go test tests/cli/test_docs.py
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from program import ROOT, Run

from cartevidence.cli import shell

README = ROOT / "README.md"
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(<!-- output of: \./go ([^\n]+) -->\n```text\n)(.*?)(```\n<!-- end -->)", re.DOTALL)
SHELL_LINE = re.compile(r"^\./go (.+?)(?: +#.*)?$", re.MULTILINE)
OWN = {"test", "gold", "accuracy", "check", "style", "wheel"}  # commands of the script ./go itself


def options() -> Iterator[tuple[str, click.Option]]:
    for name, command in shell.commands.items():
        yield from ((name, option) for option in command.params if isinstance(option, click.Option))


def section(name: str) -> str:
    found = re.search(rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)", COMMANDS, re.DOTALL | re.MULTILINE)
    assert found, f"docs/commands.md has no section {name}"
    return found[1]


@pytest.mark.parametrize("name", list(shell.commands))
def test_each_command_is_documented(name: str) -> None:
    assert f"cartevidence {name}" in section(name)


@pytest.mark.parametrize(("command", "option"), [(c, o) for c, o in options()], ids=lambda x: getattr(x, "name", x))
def test_each_option_is_documented(command: str, option: click.Option) -> None:
    # fetch and extract take the options of run, which are described there
    text = section(command) + (section("run") if command in ("fetch", "extract") else "")
    text += COMMANDS.partition("## ")[0]
    assert re.search(rf"{re.escape(option.opts[0])}\b", text), f"{command} {option.opts[0]}"


def test_each_setting_is_documented() -> None:
    read = {str(option.envvar) for _, option in options() if option.envvar}
    for folder in ("cartevidence", "fetch", "db", "extract"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            read |= set(re.findall(r"""(?:environ(?:\.get)?[(\[]|_setting\()["']([A-Z_]+)["']""", text))
    read -= {"COLUMNS"}
    assert {"CARTEVIDENCE_DB", "CARTEVIDENCE_ENTREZ_URL", "NCBI_API_KEY", "NCBI_EMAIL"} <= read
    for name in read | {"NO_COLOR"}:
        assert f"`{name}`" in COMMANDS


def test_documented_commands_exist() -> None:
    sections = set(re.findall(r"^## (\S+)$", COMMANDS, re.MULTILINE)) - {"Settings", "./go"}
    assert sections == set(shell.commands)


def test_the_readme_shows_true_output(cartevidence: Run, tmp_path: Path) -> None:
    readme = README.read_text(encoding="utf-8")

    def fresh(block: re.Match[str]) -> str:
        done = cartevidence(*shlex.split(block[2]), env={"COLUMNS": "100", "CARTEVIDENCE_PROGRAM": "./go"})
        assert done.returncode == 0, done.stderr
        return block[1] + done.stdout + block[4]

    true = BLOCK.sub(fresh, readme)
    if os.environ.get("UPDATE_README"):
        README.write_text(true, encoding="utf-8")
    assert len(BLOCK.findall(readme)) == 5
    assert readme == true


def test_the_readmes_commands_run(cartevidence: Run, tmp_path: Path, demo_db: Path) -> None:
    shutil.copy(demo_db, tmp_path / "demo.db")
    lines = [shlex.split(line) for line in SHELL_LINE.findall(README.read_text(encoding="utf-8"))]
    assert {line[0] for line in lines} >= {"demo", "test", "run", "export"}
    for arguments in lines:
        if arguments[0] in (*OWN, "review") or (arguments[0] == "run" and arguments[1].isdigit()):
            continue  # the tests themselves; the desk, which tests of its own open; PubMed
        done = cartevidence(*arguments)
        assert done.returncode == 0, (arguments, done.stderr)


def test_the_readmes_python_runs(
    tmp_path: Path, demo_db: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(demo_db, tmp_path / "demo.db")
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    exec(code, {})
    told = capsys.readouterr().out
    assert "90001001" in told
    assert "Pooled(method='glmm', k=3" in told
    assert (tmp_path / "forest.png").exists()


def test_the_python_on_comparing_runs(tmp_path: Path, demo_db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(demo_db, tmp_path / "demo.db")
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "compare.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(code, {})
    assert (tmp_path / "forest.png").exists()


def test_the_page_on_comparing_names_every_rule() -> None:
    from cartevidence.compare.choosing import RULES
    from cartevidence.compare.leaving_out import IN_WORDS
    from cartevidence.compare.question import INCLUSIONS

    assert set(RULES) <= set(IN_WORDS)
    page = (ROOT / "docs" / "compare.md").read_text(encoding="utf-8")
    for inclusion in ("retracted", "review", "doubtful"):
        assert inclusion in INCLUSIONS
        assert f"--include {inclusion}" in page
