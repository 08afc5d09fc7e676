"""One hostile input, and what the reader must make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

Fate = Literal["read", "refused", "crash", "hang", "memory", "lost", "through"]
"""`read` and `refused` are right. `lost`: good records beside the bad one were not kept. `through`: must be refused."""

BAD: tuple[Fate, ...] = ("crash", "hang", "memory", "lost", "through")


@dataclass(frozen=True)
class Counts:
    """How many records a reader gave, and how many it put aside with a reason."""

    accepted: int
    refused: int


class Reading(Protocol):
    """Reads a file to its end as the product does. Raises HeadwayError for the file as a whole, nothing else."""

    def __call__(self, path: Path) -> Counts:
        """What was in the file."""


@dataclass(frozen=True)
class Case:
    """A file to make and read. `good` records in it must be accepted; `refuse`: none may be."""

    name: str
    make: Callable[[Path], Path]
    good: int = 0
    refuse: bool = False


@dataclass(frozen=True)
class Target:
    """A reader and its cases: those made by hand, and any number of mutations by seed."""

    name: str
    read: Reading
    by_hand: Callable[[], Iterator[Case]]
    mutated: Callable[[int], Case]


@dataclass(frozen=True)
class Verdict:
    """What became of a case. `megabytes` is the growth of the process at its peak while reading."""

    target: str
    case: str
    fate: Fate
    accepted: int = 0
    refused: int = 0
    seconds: float = 0.0
    megabytes: float = 0.0
    detail: str = ""
