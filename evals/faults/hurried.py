"""`headway` in a process whose clocks run many times as fast: an hour with a broken LLM passes in seconds.

Waiting, monotonic clocks and the time-outs of sockets are hurried alike, before anything else is imported. The date is
not: nothing here is long enough to need it.
"""

from __future__ import annotations

import importlib
import socket
import sys
import time


def hurry(factor: float) -> None:
    """From now on every second of this process takes 1/`factor`."""
    sleep, monotonic, limit = time.sleep, time.monotonic, socket.socket.settimeout

    def short_sleep(seconds: float) -> None:
        sleep(seconds / factor)

    def fast_clock() -> float:
        return monotonic() * factor

    def short_limit(self: socket.socket, seconds: float | None) -> None:
        limit(self, None if seconds is None else seconds / factor)

    for owner, name, quick in (
        (time, "sleep", short_sleep),
        (time, "monotonic", fast_clock),
        (socket.socket, "settimeout", short_limit),
    ):
        setattr(owner, name, quick)


if __name__ == "__main__":
    hurry(float(sys.argv[1]))
    sys.argv = ["headway", *sys.argv[2:]]
    importlib.import_module("cli.main").main()
