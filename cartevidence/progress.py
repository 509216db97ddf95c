"""How far a long step is, on standard error: a bar on a terminal, plain lines elsewhere, nothing when not wanted."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Step(Protocol):
    """A step under way."""

    def advance(self, n: int) -> None:
        """`n` more records are done."""


class Progress(Protocol):
    """Something that can show steps."""

    def step(self, name: str, total: int | None) -> AbstractContextManager[Step]:
        """Show the step `name` over `total` records (None: not known beforehand) while the block runs."""
        ...


class _Unseen:
    def advance(self, n: int) -> None:
        """Nothing is shown."""


class Silent:
    """Shows nothing: the default of the Python API."""

    @contextmanager
    def step(self, name: str, total: int | None) -> Iterator[Step]:
        yield _Unseen()


class Lines:
    """A plain line now and then, for logs and pipes; a step shorter than a second prints none."""

    def __init__(self, every: float = 10.0, quiet: float = 1.0) -> None:
        self.every, self.quiet = every, quiet

    @contextmanager
    def step(self, name: str, total: int | None) -> Iterator[Step]:
        line = _Line(name, total, self.every, self.quiet)
        yield line
        line.close()


class _Line:
    def __init__(self, name: str, total: int | None, every: float, quiet: float) -> None:
        self.name, self.total, self.every = name, total, every
        self.done, self.due = 0, time.monotonic() + quiet
        self.printed: int | None = None  # the count of the last line

    def advance(self, n: int) -> None:
        self.done += n
        if time.monotonic() >= self.due:
            self._print()
            self.due = time.monotonic() + self.every

    def close(self) -> None:
        if self.printed not in (None, self.done):
            self._print()

    def _print(self) -> None:
        self.printed = self.done
        print(
            f"{self.name}: {self.done:,}" + (f" of {self.total:,}" if self.total else ""), file=sys.stderr, flush=True
        )


class Bars:
    """A rich bar for as long as the step runs; it leaves nothing behind."""

    @contextmanager
    def step(self, name: str, total: int | None) -> Iterator[Step]:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with RichProgress(*columns, console=Console(stderr=True), transient=True) as bar:
            yield _Bar(bar, bar.add_task(name, total=total))


class _Bar:
    def __init__(self, bar: RichProgress, task: TaskID) -> None:
        self.bar, self.task = bar, task

    def advance(self, n: int) -> None:
        self.bar.advance(self.task, n)


def for_terminal() -> Progress:
    """Bars where standard error is a terminal, plain lines elsewhere."""
    return Bars() if sys.stderr.isatty() else Lines()
