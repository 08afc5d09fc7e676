"""No more requests and tokens a minute than an endpoint allows: waiting before it has to say so."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from threading import Lock

MINUTE = 60.0


class Pace:
    """At most so many requests, and tokens, in any minute, for all threads of a process; None is no limit.

    A single request of more tokens than a minute has is let through alone: it would wait for ever.
    """

    def __init__(
        self,
        *,
        requests: int | None = None,
        tokens: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._requests, self._tokens = requests, tokens
        self._clock, self._sleep = clock, sleep
        self._lock = Lock()
        self._sent: deque[tuple[float, int]] = deque()
        self._sum = 0

    def wait(self, tokens: int) -> None:
        """Return when a request of so many tokens may be sent; it counts from then on."""
        if self._requests is None and self._tokens is None:
            return
        while (seconds := self._taken(tokens)) > 0:
            self._sleep(seconds)

    def _taken(self, tokens: int) -> float:
        """0 and the request is counted, or the seconds until the oldest of those in the way is a minute old."""
        with self._lock:
            now = self._clock()
            while self._sent and self._sent[0][0] + MINUTE <= now:
                self._sum -= self._sent.popleft()[1]
            full = self._requests is not None and len(self._sent) >= self._requests
            over = self._tokens is not None and self._sum + tokens > self._tokens
            if self._sent and (full or over):
                return self._sent[0][0] + MINUTE - now + 1e-3
            self._sent.append((now, tokens))
            self._sum += tokens
            return 0.0
