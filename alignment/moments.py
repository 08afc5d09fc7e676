"""The additive sums behind every figure (METHODS 2, "Mergeable sums").

Moments add over days, channels, segments, shards and machines. They are what is stored, merged and
drilled into; `alignment.rectify` turns a vector of them into estimates.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from alignment.clusters import Clusters, clusters_of
from alignment.measures import MEASURES, SUMMED, SUMS
from alignment.replicates import Replicates
from alignment.scorecard import View
from alignment.targets import Targets
from taxonomy.errors import BadInputError, HeadwayError

__all__ = [
    "MEASURES",
    "SUMMED",
    "SUMS",
    "Moments",
    "MomentsMismatchError",
    "Slice",
    "Targets",
    "UnknownDimensionError",
    "merge",
    "slice_from_bytes",
    "slice_to_bytes",
    "week_of",
]

Pairs = tuple[tuple[str, str], ...]
Array = NDArray[np.float64]


OLDEST = 8
"""Measures that the first stored sums had; later ones are 0 there, as for contacts that do not carry them."""


class MomentsMismatchError(HeadwayError):
    """Moments of different targets were added, or stored bytes do not fit the job's targets."""


class UnknownDimensionError(BadInputError):
    """Figures were asked by, or filtered on, something that contacts are not sliced by."""


@dataclass(frozen=True)
class Slice:
    """The finest cell that moments are kept for. `day` is None where the contact has no date."""

    day: date | None = None
    channel: str | None = None
    segment: Pairs = ()
    circumstance: Pairs = ()

    @property
    def week(self) -> date | None:
        """The Monday of its week, by which replicates are kept; None without a date."""
        return None if self.day is None else week_of(self.day)


@dataclass(frozen=True)
class Moments:
    """Sums per slice, each an array of shape (targets, SUMMED, SUMS), and replicates per week.

    Replicates are of all contacts of a week: parts picked by `within` and `by` carry none.
    """

    targets: Targets
    slices: Mapping[Slice, Array]
    replicates: Replicates = field(default_factory=Replicates)

    def __add__(self, other: Moments) -> Moments:
        return merge(self, other)

    def select(self, view: View) -> Array:
        """The sums of the slices inside a view, shape (targets, SUMMED, SUMS).

        A view with a bound leaves out slices without a day.
        """
        return self._total(key for key in self.slices if _inside(key, view))

    def folds(self, view: View, *, folds: int = 5) -> Array:
        """`select` split by day into `folds` parts, shape (folds, targets, SUMMED, SUMS), to cross-fit lam."""
        parts = np.zeros((folds, *self.shape))
        for key, sums in self.slices.items():
            if _inside(key, view):
                parts[fold_of(key.day, folds)] += sums
        return parts

    def within(self, view: View) -> Moments:
        """Only the slices inside a view."""
        kept = {key: sums for key, sums in self.slices.items() if _inside(key, view)}
        return Moments(self.targets, kept)

    def clusters(self, view: View, *, lam: float | None = None) -> Clusters | None:
        """What the replicates of a view's weeks say of its errors, its filters aside; None without replicates."""
        replicated = self.replicates.between(view.start, view.end)
        if replicated is None:
            return None
        start = None if view.start is None else week_of(view.start)
        end = None if view.end is None else week_of(view.end + timedelta(days=6))
        return clusters_of(replicated, self.select(View(view.as_of, start, end)), lam=lam)

    def by(self, dimension: str) -> dict[str | None, Moments]:
        """One Moments per value of `channel`, `day`, `week`, `segment.NAME` or `circumstance.NAME`.

        Days and weeks (their Monday) are ISO dates; None holds the slices without a value.
        """
        value_of = _reader(dimension)
        groups: dict[str | None, dict[Slice, Array]] = {}
        for key, sums in self.slices.items():
            groups.setdefault(value_of(key), {})[key] = sums
        return {value: Moments(self.targets, slices) for value, slices in groups.items()}

    def weeks(self) -> tuple[date, ...]:
        """The Mondays of the weeks that have contacts, in order."""
        return tuple(sorted({week_of(key.day) for key in self.slices if key.day is not None}))

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of one slice's sums."""
        return (len(self.targets), len(SUMMED), len(SUMS))

    def _total(self, keys: Iterable[Slice]) -> Array:
        total = np.zeros(self.shape)
        for key in keys:
            total += self.slices[key]
        return total


def merge(left: Moments, right: Moments) -> Moments:
    """The moments of both batches together; exact, since every sum is additive."""
    if left.targets != right.targets:
        message = "moments of two versions of a job cannot be added; fold the contacts again under one version"
        raise MomentsMismatchError(message)
    slices = dict(left.slices)
    for key, sums in right.slices.items():
        slices[key] = slices[key] + sums if key in slices else sums
    return Moments(left.targets, slices, left.replicates + right.replicates)


def slice_to_bytes(sums: Array) -> bytes:
    """One slice's sums as compressed float64, targets last so that equal rows lie close together."""
    ordered = np.ascontiguousarray(sums.transpose(1, 2, 0), dtype="<f8")
    return zlib.compress(ordered.tobytes(), level=1)


def slice_from_bytes(data: bytes, targets: Targets) -> Array:
    """The sums that `slice_to_bytes` wrote; raises MomentsMismatchError if they are of other targets."""
    flat = np.frombuffer(zlib.decompress(data), dtype="<f8")
    measures, odd = divmod(flat.size, len(SUMS) * len(targets))
    shape = (measures, len(SUMS), len(targets))
    if odd or not OLDEST <= measures <= len(SUMMED):
        needed = len(SUMMED) * len(SUMS) * len(targets)
        message = f"a stored slice holds {flat.size} sums, these targets need {needed}; measure again"
        raise MomentsMismatchError(message)
    known = flat.reshape(shape).transpose(2, 0, 1)
    sums = np.zeros((len(targets), len(SUMMED), len(SUMS)))
    sums[:, :measures] = known
    return sums


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def fold_of(day: date | None, folds: int) -> int:
    """The part a day falls in. Undated slices fall in the first, where lam cannot be cross-fitted."""
    return 0 if day is None else day.toordinal() % folds


def _inside(key: Slice, view: View) -> bool:
    if view.start is not None and (key.day is None or key.day < view.start):
        return False
    if view.end is not None and (key.day is None or key.day >= view.end):
        return False
    return all(_reader(name)(key) == wanted for name, wanted in view.filters.items())


def check_dimension(dimension: str) -> None:
    """Raise UnknownDimensionError unless contacts can be sliced by it."""
    _reader(dimension)


def _reader(dimension: str) -> Callable[[Slice], str | None]:
    family, _, name = dimension.partition(".")
    match family, name:
        case "channel", "":
            return lambda key: key.channel
        case "day", "":
            return lambda key: key.day.isoformat() if key.day else None
        case "week", "":
            return lambda key: week_of(key.day).isoformat() if key.day else None
        case "segment", name if name:
            return lambda key: dict(key.segment).get(name)
        case "circumstance", name if name:
            return lambda key: dict(key.circumstance).get(name)
    message = f"unknown dimension {dimension!r}: use channel, day, week, segment.NAME or circumstance.NAME"
    raise UnknownDimensionError(message)
