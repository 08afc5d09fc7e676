"""Answers kept for the next reader. Rows are only ever added, so what was read up to a row stays true."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakSet

T = TypeVar("T")


class Kept(Generic[T]):
    """The last few answers by key; a key must name everything that the answer depends on."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._answers: dict[Hashable, T] = {}
        self._lock = Lock()
        _every.add(self)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer kept under `key`, made now if there is none."""
        with self._lock:
            if key in self._answers:
                self._answers[key] = self._answers.pop(key)  # the one used last goes last
                return self._answers[key]
        made = make()
        with self._lock:
            self._answers[key] = made
            while len(self._answers) > self._size:
                del self._answers[next(iter(self._answers))]
        return made

    def peek(self, key: Hashable) -> T | None:
        """The answer kept under `key`, None where there is none yet."""
        with self._lock:
            return self._answers.get(key)

    def clear(self) -> None:
        """Keep nothing of what was kept so far."""
        with self._lock:
            self._answers.clear()


_every: WeakSet[Kept[Any]] = WeakSet()


def clear_kept() -> None:
    """Empty every shelf of this process, for one that will not be asked the same again soon."""
    for shelf in list(_every):
        shelf.clear()
