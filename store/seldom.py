"""Counts over every row, made seldom where they take long: what took a second is made again after two minutes."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
QUICK = 0.25
"""Seconds under which an answer is made each time."""

SHARE = 120.0
"""An answer is kept for so many times as long as it took: then making it takes under a hundredth of the time."""


class Seldom(Generic[T]):
    """Answers by key that may be a little old, as long as making them is the more expensive."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._answers: dict[Hashable, tuple[float, T]] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer kept under `key` if it is not too old, else made now."""
        with self._lock:
            until, kept = self._answers.get(key, (0.0, None))
        began = self._clock()
        if kept is not None and began < until:
            return kept
        made = make()
        took = self._clock() - began
        with self._lock:
            self._answers.pop(key, None)
            if took >= QUICK:
                self._answers[key] = (self._clock() + SHARE * took, made)
        return made
