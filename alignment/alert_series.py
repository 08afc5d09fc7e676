"""The series that alerts watch, from what the tagger alone says: week by week, precise, and biased alike in all weeks.

A week holds too few reviews to correct it. The tagger's own figure is steady as long as the tagger errs alike, so it is
watched; whether a change of it is a change of the world is then the measurement verdict (`alignment.verdict`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from alignment.alerts import Series
from alignment.effort import EffortScale
from alignment.measures import ANSWERED, MEASURE_BY_ID, SUMMED, SUMS, Measure
from alignment.moments import Moments, week_of
from alignment.targets import Targets

Array = NDArray[np.float64]
Days = tuple[tuple[date, ...], tuple[date, ...]]

MIN_SIZE = 25.0
"""Effective contacts (Kish) that a point needs: thinner weeks are joined with those after them."""

WATCHED = ("effort", "fcr")
"""Measures watched on every step, beside its share of contacts."""

_AT = {name: position for position, name in enumerate(SUMS)}
_VOLUME = SUMMED.index("volume")
_EDGE = 1e-6


def weekly_sums(moments: Moments, *, before: date) -> tuple[tuple[date, ...], Array]:
    """The Mondays from the first week to the last that ended by `before`, and their sums (weeks, targets, ..., SUMS).

    A week without contacts is zero. `moments` are of the tagger alone: folded as if nothing had been reviewed.
    """
    dated = [(week_of(key.day), sums) for key, sums in moments.slices.items() if key.day is not None]
    closed = [(week, sums) for week, sums in dated if week + timedelta(weeks=1) <= before]
    if not closed:
        return (), np.zeros((0, *moments.shape))
    first, last = min(week for week, _ in closed), max(week for week, _ in closed)
    weeks = tuple(first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1))
    totals = np.zeros((len(weeks), *moments.shape))
    for week, sums in closed:
        totals[(week - first).days // 7] += sums
    return weeks, totals


def step_series(weeks: Sequence[date], sums: Array, targets: Targets, *, scale: EffortScale) -> list[Series]:
    """Effort on the job's scale, first contact resolution and share of contacts of every step."""
    watched = {name: scale.measure if name == "effort" else MEASURE_BY_ID[name] for name in WATCHED}
    found = []
    for step in targets.steps:
        mine = sums[:, targets.index("step", step)]
        found += [mean_series(weeks, mine[:, SUMMED.index(name)], known, step=step) for name, known in watched.items()]
        found.append(share_series(weeks, mine[:, _VOLUME], step=step))
    return found


def mean_series(weeks: Sequence[date], sums: Array, known: Measure, *, step: str | None = None) -> Series:
    """The mean of a bounded measure, from the sums (weeks, SUMS) of one target.

    The level is the arcsine of the root of the mean's place in its range, whose error depends least on where it is.
    """
    g, gg, vg, vgg, vvgg = (sums[:, _AT[name]] for name in ("g", "gg", "vg", "vgg", "vvgg"))
    span = known.high - known.low
    mean = vg.sum() / g.sum() if g.sum() > 0 else known.low
    squares = vvgg.sum() - 2 * mean * vgg.sum() + mean**2 * gg.sum()
    spread = squares / gg.sum() / span**2 if gg.sum() > 0 else 0.0
    place = (mean - known.low) / span
    blocks = _blocks(weeks, lambda part: _kish(g[part].sum(), gg[part].sum()))
    value = np.array([vg[part].sum() / g[part].sum() for part, _ in blocks])
    size = np.array([count for _, count in blocks])
    factor = place * (1 - place) / spread if spread > 0 else 0.0
    days = _days(weeks, [part for part, _ in blocks])
    return _series((known.id, step), days, value, place=(value - known.low) / span, size=size, factor=factor)


def share_series(weeks: Sequence[date], sums: Array, *, step: str | None = None, measure: str = "share") -> Series:
    """The share of a week's contacts that are on a target, from its `volume` sums (weeks, SUMS)."""
    n, g, gg = (sums[:, _AT[name]] for name in ("n", "g", "gg"))
    share = g.sum() / n.sum() if n.sum() else 0.0
    spread = gg.sum() / n.sum() - share**2 if n.sum() else 0.0
    blocks = _blocks(weeks, lambda part: float(n[part].sum()))
    value = np.array([g[part].sum() / n[part].sum() for part, _ in blocks])
    size = np.array([count for _, count in blocks])
    factor = share * (1 - share) / spread if spread > 0 else 0.0
    days = _days(weeks, [part for part, _ in blocks])
    return _series((measure, step), days, value, place=value, size=size, factor=factor)


def rate_series(weeks: Sequence[date], hits: Array, trials: Array, *, measure: str) -> Series:
    """The weekly rate of something that a contact has or has not (for a mean in [0, 1], at most as uncertain)."""
    sums = np.zeros((len(weeks), len(SUMS)))
    sums[:, _AT["n"]], sums[:, _AT["g"]], sums[:, _AT["gg"]] = trials, hits, hits
    return share_series(weeks, sums, measure=measure)


def count_series(weeks: Sequence[date], counts: Array, *, measure: str = "volume") -> Series:
    """Contacts a week: the level is the logarithm, whose error is that of a Poisson count."""
    blocks = _blocks(weeks, lambda part: float(counts[part].sum()))
    size = np.array([count for _, count in blocks])
    length = np.array([part.stop - part.start for part, _ in blocks])
    value = size / np.maximum(length, 1)
    starts, ends = _days(weeks, [part for part, _ in blocks])
    return Series(measure, None, starts, ends, value, np.log(np.maximum(value, _EDGE)), size, size)


def data_series(weeks: Sequence[date], sums: Array, targets: Targets) -> list[Series]:
    """Series of the data themselves: contacts a week, and the share of them that answered the effort question."""
    answered = sums[:, targets.partition, SUMMED.index(ANSWERED), _AT["vg"]].sum(axis=1)
    contacts = sums[:, 0, _VOLUME, _AT["n"]]
    found = [count_series(weeks, contacts)]
    return [*found, rate_series(weeks, answered, contacts, measure="response")] if answered.any() else found


def _series(
    series: tuple[str, str | None], days: Days, value: Array, *, place: Array, size: Array, factor: float
) -> Series:
    """`series` is (measure, step). The arcsine of the root of `place` in [0, 1] has variance 1 / (factor size)."""
    usable = len(size) if factor > 0 else 0
    level = 2 * np.arcsin(np.sqrt(np.clip(place, 0.0, 1.0)))
    parts = (value, level, factor * size, size)
    return Series(*series, days[0][:usable], days[1][:usable], *(part[:usable] for part in parts))


def _days(weeks: Sequence[date], parts: Sequence[slice]) -> Days:
    starts = tuple(weeks[part.start] for part in parts)
    return starts, tuple(weeks[part.stop - 1] + timedelta(weeks=1) for part in parts)


def _blocks(weeks: Sequence[date], size: Callable[[slice], float]) -> list[tuple[slice, float]]:
    """Runs of weeks, each just long enough to hold MIN_SIZE; what is left at the end waits for more."""
    blocks, begin = [], 0
    for end in range(1, len(weeks) + 1):
        count = size(slice(begin, end))
        if count >= MIN_SIZE:
            blocks.append((slice(begin, end), count))
            begin = end
    return blocks


def _kish(total: float, squares: float) -> float:
    return total**2 / squares if squares > 0 else 0.0
