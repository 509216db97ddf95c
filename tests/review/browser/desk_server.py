"""The desk as a curator starts it: `cartevidence review` as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[3]
LINK = re.compile(r"^ *(\w+)  +(http://\S+)$", re.MULTILINE)  # a curator and the sign-in link


class DeskServer:
    """A running desk. `links` are the sign-in links by curator, as the program prints them."""

    def __init__(self, db: Path, *curators: str, port: int | None = None) -> None:
        self.db = db
        self.curators = curators or ("ada",)
        self.port = port or free_port()
        self.links: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._log = db.with_name("review.log")

    @property
    def origin(self) -> str:
        """Where it is: scheme, host and port of its links."""
        parts = urlsplit(next(iter(self.links.values())))
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def printed(self) -> str:
        """All it wrote so far."""
        return self._log.read_text(errors="replace")

    def start(self) -> Self:
        """Start it and wait until it has printed a link for each curator and answers."""
        self.links.clear()
        command = [sys.executable, "-m", "cartevidence", "review", "--db", str(self.db), "--no-browser"]
        command += ["--port", str(self.port), *(word for name in self.curators for word in ("--curator", name))]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, env=_environment(), cwd=self.db.parent, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 60
        while not self._ready():
            assert self._process.poll() is None, f"review ended: {self.printed}"
            assert time.monotonic() < deadline, f"review does not answer: {self.printed}"
            time.sleep(0.05)
        return self

    def stop(self) -> int:
        """End it as Ctrl-C does; its exit status."""
        return self._end(signal.SIGINT)

    def kill(self) -> int:
        """End it at once, without a chance to save anything."""
        return self._end(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def _ready(self) -> bool:
        self.links = {name: link for name, link in LINK.findall(self.printed) if name in self.curators}
        return set(self.links) == set(self.curators) and _listens(self.port)

    def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        return self._process.wait(timeout=30)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _environment() -> dict[str, str]:
    """No settings of the person who runs the tests, and no service outside."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NCBI_", "CARTEVIDENCE_"))}
    added = {"PYTHONPATH": str(ROOT), "CARTEVIDENCE_ENTREZ_URL": "http://127.0.0.1:9/", "PYTHONUNBUFFERED": "1"}
    return {**kept, **added, "PYTHONIOENCODING": "utf-8"}
