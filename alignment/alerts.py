"""Has a figure changed? One look a week at many series, with few false alarms (METHODS 7).

Each series is watched by a window-limited likelihood ratio (Lai 1995) in its self-starting form (Hawkins, Qiu & Kang
2003): the newest w points against all before them since the last alarm, the largest over w. The baseline is estimated,
so its error is part of the statistic; points that scatter more than their own errors say widen it. The limit is solved
by simulation of just this procedure, for the number of series and the false alarms that the leader allows a year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WINDOWS = (1, 2, 3, 4, 6, 8, 10, 13, 17, 22, 28, 36, 44, 52)
"""Numbers of newest points that are set against those before; a change shows best in a window of its own age."""

MIN_POINTS = 8
"""Points that a baseline needs before anything can be said against it."""

LOOKS_A_YEAR = 52
_HORIZON = 104
_RUNS = 40_000


@dataclass(frozen=True)
class Series:
    """One figure over time. Points follow each other; point i covers the days [starts[i], ends[i]).

    `value` is the figure in its own unit; `level` the same on a scale where its error is steady, with `precision` =
    1 / variance of that error. `step` is None for series of the whole job.
    """

    measure: str
    step: str | None
    starts: tuple[date, ...]
    ends: tuple[date, ...]
    value: Array
    level: Array
    precision: Array
    size: Array = field(default_factory=lambda: np.empty(0))

    @property
    def id(self) -> str:
        """Its name: measure, and step if it has one."""
        return self.measure if self.step is None else f"{self.measure}:{self.step}"

    def __len__(self) -> int:
        return len(self.value)


@dataclass(frozen=True)
class Alarm:
    """A series left its past: at the look of day `at`, most likely since day `since`; `strength` over the limit is > 1.

    `first` is where the past that it left begins.
    """

    series: str
    first: date
    since: date
    at: date
    strength: float


def scan(series: Series, limit: float) -> list[Alarm]:
    """Every alarm that weekly looks would have raised, in order. After one the past begins anew where it changed."""
    alarms, begin, now = [], 0, MIN_POINTS
    while now < len(series):
        found, window = _statistic(series.level[begin : now + 1], series.precision[begin : now + 1])
        if found > limit:
            changed = now + 1 - window
            days = (series.starts[begin], series.starts[changed], series.ends[now])
            alarms.append(Alarm(series.id, *days, strength=found / limit))
            begin, now = changed, changed + MIN_POINTS
        else:
            now += 1
    return alarms


def _statistic(level: Array, precision: Array) -> tuple[float, int]:
    """The largest standardised difference over the windows, and its window; 0 where no window has a past."""
    weight, first, second = (np.cumsum(part) for part in (precision, precision * level, precision * level**2))
    best, chosen = 0.0, WINDOWS[0]
    for window in WINDOWS:
        past = len(level) - window
        if past < MIN_POINTS:
            break
        before, after = weight[past - 1], weight[-1] - weight[past - 1]
        mean = first[past - 1] / before
        scatter = max(1.0, (second[past - 1] - before * mean**2) / (past - 1))
        difference = (first[-1] - first[past - 1]) / after - mean
        found = abs(difference) / np.sqrt(scatter * (1 / before + 1 / after))
        if found > best:
            best, chosen = float(found), window
    return best, chosen


@lru_cache(maxsize=16)
def alarm_limit(series: int, *, false_alarms_a_year: float) -> float:
    """The limit at which `series` quiet series together raise so many false alarms a year, in the mean.

    Simulated: independent normal points of known error, watched for two years after the baseline. The baselines' luck,
    the search over windows and the estimated scatter are in it.
    """
    expected = false_alarms_a_year / max(series, 1) * _HORIZON / LOOKS_A_YEAR
    return float(np.quantile(_largest(), 1 - min(expected, 0.5)))


@lru_cache(maxsize=1)
def _largest() -> Array:
    """The largest statistic that each of many quiet series reaches within the horizon."""
    rng = np.random.default_rng(20_071)
    runs = [_largest_of(rng.standard_normal((_RUNS // 20, MIN_POINTS + _HORIZON))) for _ in range(20)]
    return np.concatenate(runs)


def _largest_of(levels: Array) -> Array:
    """`_statistic` at every look of many series of precision 1 at once; the largest of each."""
    first, second = np.cumsum(levels, axis=1), np.cumsum(levels**2, axis=1)
    largest = np.zeros(len(levels))
    for window in WINDOWS:
        past = np.arange(MIN_POINTS, levels.shape[1] - window + 1)
        mean = first[:, past - 1] / past
        scatter = np.maximum(1.0, (second[:, past - 1] - past * mean**2) / (past - 1))
        difference = (first[:, past + window - 1] - first[:, past - 1]) / window - mean
        found = np.abs(difference) / np.sqrt(scatter * (1 / past + 1 / window))
        largest = np.maximum(largest, found.max(axis=1, initial=0.0))
    return largest


def watched(series: Sequence[Series]) -> int:
    """How many series have a past to be watched against: those that can raise an alarm."""
    return sum(len(one) > MIN_POINTS for one in series)
