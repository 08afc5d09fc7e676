"""Bootstrap replicates of the linear sums, by week, with one random weight per customer (METHODS 2, "Mergeable sums").

They say what sums over independent contacts cannot: how much more the contacts of one customer move together, and
how errors of different measures, steps and outcomes go together. They add like all moments do, since a weight comes
from a hash of the customer and so is the same in every slice, batch and machine (Poisson bootstrap: Hanley & MacGibbon
2006; Chamandy et al. 2012).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

Single = NDArray[np.float32]

REPLICATES = 100
"""Replicates of a stored week: an error read from them is itself uncertain by seven per cent."""

LINEAR = ("d", "g", "vd", "vg")
"""The sums that are replicated, per target and measure."""

_STEPS = np.uint64(0x9E3779B97F4A7C15)
_BITS = 16
_UNIFORM = (np.arange(1 << _BITS) + 0.5) / (1 << _BITS)
_POISSON = np.searchsorted(special.gammaincc(np.arange(1, 13), 1.0), _UNIFORM, side="right").astype(np.float32)
"""The Poisson(1) count of every 16-bit random number: those k with P(count <= k) passed."""


@dataclass(frozen=True)
class Replicated:
    """Replicates of one set of contacts: `sums` (replicates, targets, measures, LINEAR) and their number, `counts`.

    Single precision: they say how uncertain a figure is, never what it is.
    """

    sums: Single
    counts: Single

    def __add__(self, other: Replicated) -> Replicated:
        return Replicated(self.sums + other.sums, self.counts + other.counts)

    def __sub__(self, other: Replicated) -> Replicated:
        return Replicated(self.sums - other.sums, self.counts - other.counts)


@dataclass(frozen=True)
class Replicates:
    """Replicates per week, by its Monday; None holds contacts without a date."""

    weeks: Mapping[date | None, Replicated] = field(default_factory=dict)

    def __add__(self, other: Replicates) -> Replicates:
        weeks = dict(self.weeks)
        for week, part in other.weeks.items():
            weeks[week] = weeks[week] + part if week in weeks else part
        return Replicates(weeks)

    def between(self, start: date | None, end: date | None) -> Replicated | None:
        """The weeks that share a day with [start, end); None where there are none. Without bounds, undated ones too."""
        open_ended = start is None and end is None
        picked = [
            week
            for week in self._dated
            if (start is None or week + timedelta(days=6) >= start) and (end is None or week < end)
        ]
        dated = self._span(picked[0], picked[-1]) if picked else None
        undated = self.weeks.get(None) if open_ended else None
        if dated is None or undated is None:
            return dated or undated
        return dated + undated

    @cached_property
    def _dated(self) -> tuple[date, ...]:
        return tuple(sorted(week for week in self.weeks if week is not None))

    @cached_property
    def _running(self) -> dict[date, Replicated]:
        """Sums up to and with each week, so that any span is one difference."""
        running: dict[date, Replicated] = {}
        total: Replicated | None = None
        for week in self._dated:
            total = self.weeks[week] if total is None else total + self.weeks[week]
            running[week] = total
        return running

    def _span(self, first: date, last: date) -> Replicated:
        position = self._dated.index(first)
        whole = self._running[last]
        return whole if position == 0 else whole - self._running[self._dated[position - 1]]


def owners(frame: pd.DataFrame) -> NDArray[np.uint64]:
    """A hash per row of its customer, or of the contact itself where the customer is not known."""
    known = frame["customer"].notna()
    names = ("u" + frame["customer"].astype(str)).where(known, "c" + frame["contact"].astype(str))
    hashed: NDArray[np.uint64] = pd.util.hash_array(names.to_numpy(dtype=object), categorize=True)
    return hashed


def weights(owner: NDArray[np.uint64], replicates: int) -> NDArray[np.float32]:
    """Poisson(1) weights, shape (owners, replicates): a function of owner and replicate alone."""
    distinct, row = np.unique(owner, return_inverse=True)
    mixed = distinct[:, None] + _STEPS * np.arange(1, replicates + 1, dtype=np.uint64)[None, :]
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # splitmix64
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    drawn: NDArray[np.float32] = _POISSON[(mixed >> np.uint64(64 - _BITS)).astype(np.intp)]
    return drawn[row]
