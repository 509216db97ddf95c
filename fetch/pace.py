"""How often PubMed may be asked."""

from __future__ import annotations

import functools
import threading
import time
from collections import deque
from collections.abc import Callable

# PubMed counts arrivals, not departures; a window a little over a second absorbs the network's jitter.
_WINDOW = 1.1


class Pace:
    """Lets at most `per_second` requests start within any second, over all threads that share it."""

    def __init__(
        self,
        per_second: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._starts: deque[float] = deque(maxlen=per_second)
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the next request may start. Every request waits here, retries too."""
        with self._lock:
            if len(self._starts) == self._starts.maxlen:
                pause = self._starts[0] + _WINDOW - self._clock()
                if pause > 0:
                    self._sleep(pause)
            self._starts.append(self._clock())


@functools.cache
def shared_pace(base_url: str, api_key: str | None) -> Pace:
    """The one pace of this process towards one service: 3 a second, or 10 with an API key."""
    return Pace(10 if api_key else 3)
