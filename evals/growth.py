"""What a process holds, day by day: whether that grows, with an interval."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats

PROC = Path("/proc/self")
MEGABYTE = 1024.0
MONTH = 30.0
MOST_GROWTH = {"memory_mb": 0.10, "files": 0.5, "threads": 0.5, "connections": 0.5}
"""What may come together in 30 days at the upper end of the interval: a share of the memory; of the others a half."""


@dataclass(frozen=True)
class Held:
    """What the process holds at the end of a day: resident memory in MB, open files, threads, database connections.

    Threads are the system's: those that encoders and linear algebra start count like Python's own.
    """

    day: int
    memory_mb: float
    files: int
    threads: int
    connections: int


@dataclass(frozen=True)
class Growth:
    """How much comes together a day after the warm-up, by least squares, with its 95 % interval (t distribution).

    `low` and `high` are None with fewer than three days. `flat`: `high` over 30 days stays within MOST_GROWTH.
    """

    what: str
    first: float
    last: float
    a_day: float
    low: float | None
    high: float | None
    flat: bool


def held(day: int, *, connections: int) -> Held:
    """What this process holds now, once what nobody refers to any more is gone."""
    gc.collect()
    pages = next(line for line in (PROC / "status").read_text("utf-8").splitlines() if line.startswith("VmRSS"))
    files = len(list((PROC / "fd").iterdir()))
    return Held(day, int(pages.split()[1]) / MEGABYTE, files, len(list((PROC / "task").iterdir())), connections)


def open_files(path: Path) -> int:
    """How many open files of this process are the one at `path`."""
    found = 0
    for name in (PROC / "fd").iterdir():
        try:
            found += name.readlink() == path.resolve()
        except FileNotFoundError:
            continue  # the listing's own
    return found


def growth_of(days: Sequence[Held], *, warm_up: int) -> tuple[Growth, ...]:
    """The growth of each thing over the days after the first `warm_up`."""
    after = [one for one in days if one.day > warm_up]
    return tuple(_growth(name, after) for name in MOST_GROWTH)


def _growth(what: str, days: Sequence[Held]) -> Growth:
    at = np.array([one.day for one in days], dtype=float)
    values = np.array([getattr(one, what) for one in days], dtype=float)
    if len(days) < 3:
        return Growth(what, values[0], values[-1], float(np.ptp(values)), None, None, flat=False)
    fitted = stats.linregress(at, values)
    # Values that never change have no error; scipy gives none for them.
    half = 0.0 if np.ptp(values) == 0 else float(stats.t.ppf(0.975, len(days) - 2) * fitted.stderr)
    slope = float(fitted.slope)
    room = MOST_GROWTH[what] * (values.mean() if what == "memory_mb" else 1.0)
    return Growth(what, values[0], values[-1], slope, slope - half, slope + half, bool((slope + half) * MONTH <= room))
