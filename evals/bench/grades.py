"""Accuracy and macro-F1 with bootstrap intervals, and their paired differences, on the same drawn contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
REPLICATES = 1000


@dataclass(frozen=True)
class Graded:
    """One figure: its value and its value in each replicate of the bootstrap, shape (replicates,)."""

    value: float
    replicates: Floats

    @property
    def interval(self) -> tuple[float, float]:
        """95 % percentile interval."""
        low, high = np.quantile(self.replicates, [0.025, 0.975])
        return float(low), float(high)

    def less(self, other: Graded) -> Graded:
        """The difference, paired: both were drawn with the same contacts."""
        return Graded(self.value - other.value, self.replicates - other.replicates)

    def as_json(self) -> dict[str, float]:
        """Value and interval."""
        low, high = self.interval
        return {"value": self.value, "low": low, "high": high}


@dataclass(frozen=True)
class Draws:
    """How often each of n contacts is drawn, shape (replicates + 1, n); the first row takes each contact once.

    The same draws serve every system on the same contacts, which makes differences paired.
    """

    count: int
    seed: int = 0
    replicates: int = REPLICATES

    @cached_property
    def weights(self) -> Floats:
        """Counts per replicate and contact."""
        rng = np.random.default_rng(self.seed)
        drawn = rng.multinomial(self.count, np.full(self.count, 1 / self.count), size=self.replicates)
        return np.concatenate([np.ones((1, self.count)), drawn])

    def mean(self, values: NDArray[np.float64] | Bools) -> Graded:
        """The mean of a value per contact."""
        return _graded(self.weights @ values.astype(float) / self.count)

    def macro_f1(self, truth: Sequence[str], given: Sequence[str]) -> Graded:
        """Mean over the labels that occur in the truth of 2 tp / (2 tp + fp + fn)."""
        labels = np.unique(np.array(truth))
        known, said = (np.array(names)[:, None] == labels for names in (truth, given))
        return self.label_f1(known, said)

    def micro_f1(self, truth: Bools, given: Bools) -> Graded:
        """Several labels a contact, shape (n, labels): 2 tp / (2 tp + fp + fn) over all labels together."""
        hits, sizes = (truth & given).sum(axis=1), truth.sum(axis=1) + given.sum(axis=1)
        return _graded(2 * (self.weights @ hits) / (self.weights @ sizes))

    def label_f1(self, truth: Bools, given: Bools) -> Graded:
        """Several labels a contact: the mean of the labels' own F1, over labels that occur in the truth."""
        hits, true, claimed = (self.weights @ table.astype(float) for table in (truth & given, truth, given))
        with np.errstate(invalid="ignore"):
            scores = np.where(true > 0, 2 * hits / (true + claimed), 0.0)
        return _graded(scores.sum(axis=1) / (true > 0).sum(axis=1))


def averaged(figures: Sequence[Graded]) -> Graded:
    """The mean of the same figure over several seeds."""
    return Graded(float(np.mean([one.value for one in figures])), np.mean([one.replicates for one in figures], axis=0))


def _graded(values: Floats) -> Graded:
    return Graded(float(values[0]), values[1:])
