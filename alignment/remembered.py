"""Answers about a frame, kept as long as the frame lives: the same survey is asked again by every view and week."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import ref

import pandas as pd

T = TypeVar("T")


class Remembered(Generic[T]):
    """The last few answers by frame and key. A frame that is given here must not be changed afterwards."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._answers: dict[tuple[int, Hashable], tuple[ref[pd.DataFrame], T]] = {}
        self._lock = Lock()

    def get(self, frame: pd.DataFrame, key: Hashable, make: Callable[[], T]) -> T:
        """The answer about this very frame under `key`, made now if there is none."""
        place = (id(frame), key)
        with self._lock:
            kept = self._answers.get(place)
            # another frame may have got the address of one that is gone
            if kept is not None and kept[0]() is frame:
                self._answers[place] = self._answers.pop(place)  # the one used last goes last
                return kept[1]
        made = make()
        with self._lock:
            # Answers go with their frame. Without the lock: a frame may be collected while this thread holds it.
            self._answers[place] = (ref(frame, lambda _gone: self._answers.pop(place, None)), made)
            for oldest in list(self._answers)[: -self._size]:
                self._answers.pop(oldest, None)
        return made
