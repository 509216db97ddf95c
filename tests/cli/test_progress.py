"""Plain progress lines, for logs and pipes."""

from __future__ import annotations

import pytest

from cartevidence.progress import Lines


@pytest.mark.parametrize(
    ("quiet", "lines"),
    [
        (60.0, []),
        (0.0, ["Extracting: 50 of 160", "Extracting: 160 of 160"]),
    ],
)
def test_each_count_is_printed_once(quiet: float, lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with Lines(every=60.0, quiet=quiet).step("Extracting", 160) as step:
        for n in (50, 50, 60):
            step.advance(n)
    assert capsys.readouterr().err.splitlines() == lines


def test_the_last_count_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    with Lines(quiet=0.0).step("Fetching", 1) as step:
        step.advance(1)
    assert capsys.readouterr().err == "Fetching: 1 of 1\n"
