"""Whether a trend moved by more than chance, in one plain sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from alignment.estimate import Estimate
from alignment.scorecard import TrendPoint
from api.figures import FRICTION, Scale

Z95 = 1.959963984540054
APART = timedelta(weeks=4)


@dataclass(frozen=True)
class Movement:
    """A change between the first and last weeks of a trend, in the scale's own units."""

    direction: Literal["up", "down", "level", "unknown"]
    sentence: str


def movement(points: Sequence[TrendPoint], *, name: str, scale: Scale = FRICTION) -> Movement:
    """Compare the last point of a trend with its first, in points of its scale (percentage points for shares).

    Each point speaks of the weeks that end with it, so points at least four weeks apart are compared. Their errors
    are taken as independent; points that share a survey or early weeks differ less by chance than that, so "moved"
    is said too rarely rather than too often.
    """
    known = [point for point in points if point.estimate.value is not None]
    if len(known) < 2:
        return Movement("unknown", f"There are too few weeks with figures to say whether {name} moved.")
    first, last = known[0], known[-1]
    if last.week - first.week < APART:
        return Movement("unknown", f"The trend is too short yet to say whether {name} moved.")
    change = scale.factor * ((last.estimate.value or 0.0) - (first.estimate.value or 0.0))
    error = _error(first.estimate, last.estimate)
    since = f"the week of {first.week.day} {first.week:%B}"
    if error is None:
        return Movement(
            "unknown",
            f"{_amount(change)} since {since}, but without intervals nobody can say whether that is more than chance.",
        )
    error *= scale.factor
    low, high = change - Z95 * error, change + Z95 * error
    span = f"the difference lies between {_signed(low)} and {_signed(high)}"
    if low <= 0 <= high:
        return Movement("level", f"No movement beyond chance since {since}: {span}.")
    return Movement("up" if change > 0 else "down", f"{_amount(change)} since {since}, more than chance: {span}.")


def _error(*estimates: Estimate) -> float | None:
    """Standard error of the difference of two figures, or None where an interval is missing."""
    total = 0.0
    for e in estimates:
        if e.low is None or e.high is None:
            return None
        total += ((e.high - e.low) / (2 * Z95)) ** 2
    return math.sqrt(total)


def _amount(change: float) -> str:
    if abs(change) < 0.05:
        return "Unchanged"
    return f"{'Up' if change > 0 else 'Down'} {abs(change):.1f} points"


def _signed(value: float) -> str:
    rounded = round(value, 1)
    return f"{'+' if rounded > 0 else '−' if rounded < 0 else ''}{abs(rounded):.1f}"
