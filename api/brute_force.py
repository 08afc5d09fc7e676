"""Guessing gets slower: after a few failures an address, or a key's id, must wait twice as long each time.

Kept in memory, bounded, and forgotten at a restart: a key has 256 random bits, so the delay keeps guessers from using
up the processor and the audit log; it is not what keys rest upon.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

FREE = 5
"""Failures without a delay: people paste wrongly."""

LONGEST = 900.0
FORGOTTEN = 3600.0
MOST = 10_000


@dataclass
class _Failures:
    count: int
    until: float
    last: float


class Delays:
    """Who must wait for how long. `clock` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[str, _Failures] = OrderedDict()
        self._lock = Lock()

    def wait(self, *names: str) -> float:
        """Seconds until any of these may try again; 0: now."""
        now = self._clock()
        with self._lock:
            return max((self._known[name].until - now for name in names if name in self._known), default=0.0)

    def failed(self, *names: str) -> None:
        """One more failure of each: 1 s after the first five, then 2, 4, 8 ... at most 15 minutes."""
        now = self._clock()
        with self._lock:
            for name in names:
                before = self._known.pop(name, None)
                count = 1 if before is None or now - before.last > FORGOTTEN else before.count + 1
                delay = min(2.0 ** (count - FREE - 1), LONGEST) if count > FREE else 0.0
                self._known[name] = _Failures(count, now + delay, now)
            while len(self._known) > MOST:
                self._known.popitem(last=False)

    def passed(self, name: str) -> None:
        """Forget the failures of a key's id, since somebody who has the key was here. Addresses are not forgiven so."""
        with self._lock:
            self._known.pop(name, None)


def network(host: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that an IPv6 customer may choose from at will."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)
