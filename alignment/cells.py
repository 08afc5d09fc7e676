"""One figure of one target from its sums: an estimate with its interval, or the reason why there is none (METHODS 2).

Source of the intervals of rare shares: Korn & Graubard 1998.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from alignment.estimate import Estimate, Method
from alignment.intervals import Interval, exact_interval, logit_interval, plain_interval, t_quantile
from alignment.measures import MEASURE_BY_ID, SUMS, Measure

Array = NDArray[np.float64]

MIN_POSITIVES = 10.0
"""Effective positive labels under which a figure is thin (METHODS 2)."""

NEARLY_NONE = 1e-9
"""Share of contacts under which a target has none."""

UNCORRECTED = "no reviewed contact corrects it: this is what the tagger alone says"

_AT = {name: position for position, name in enumerate(SUMS)}


@dataclass(frozen=True)
class Cell:
    """The sums of one target and measure, with lam absorbed, and the se that belongs to them.

    `design` is the variance over that of independent contacts (already in `se`); `resampled`, the replicates it was
    read from, 0 where it was not.
    """

    sums: Array
    se: float
    design: float = 1.0
    resampled: int = 0

    def __getitem__(self, name: str) -> float:
        return float(self.sums[_AT[name]])

    @property
    def n(self) -> int:
        """Contacts that carry the measure."""
        return round(self["n"])

    @property
    def reviewed(self) -> int:
        """Of these the reviewed ones."""
        return round(self["reviewed"])

    @property
    def size(self) -> float:
        """N_s = sum z."""
        return self["d"] + self["g"]

    @property
    def degrees(self) -> float:
        """Degrees of freedom of the se: of the labels (Kish), and of the replicates if it was read from them."""
        labels = max(self.positives - 1, 1.0)
        return labels if self.resampled < 2 else 1 / (1 / labels + 1 / (self.resampled - 1))

    @property
    def positives(self) -> float:
        """Kish's effective number of labels that say the target: (sum d)^2 / sum d^2."""
        return self["d"] ** 2 / self["dd"] if self["dd"] > 0 else 0.0


@dataclass(frozen=True)
class Labels:
    """Sum and sum of squares of the weights of all reviewed contacts."""

    weight: float
    squares: float

    def share(self, cell: Cell) -> float:
        """The weighted share of labels that say the target."""
        return cell["d"] / self.weight

    def thin(self, cell: Cell) -> bool:
        """Too few labels that say the target, or too few that say anything else."""
        rest, rest_squares = self.weight - cell["d"], self.squares - cell["dd"]
        negatives = rest**2 / rest_squares if rest_squares > 1e-9 * self.squares else 0.0
        return min(cell.positives, negatives) < MIN_POSITIVES

    def effective_size(self, cell: Cell) -> float:
        """Size p (1 - p) / var(p) of the weighted share, at most the number reviewed; Kish's size at p = 0 or 1."""
        share = self.share(cell)
        kish = self.weight**2 / self.squares
        variance = (cell["dd"] * (1 - 2 * share) + share**2 * self.squares) / self.weight**2
        size = share * (1 - share) / variance if 0 < share < 1 and variance > 0 else kish
        return min(size, cell.reviewed) / max(cell.design, 1.0)


def volume_and_share(cell: Cell, labels: Labels, as_of: datetime) -> tuple[Estimate, Estimate]:
    """N_s and N_s / n; the count's interval is n times the share's, since n itself is known."""
    if cell.n == 0:
        missing = Estimate.missing(f"not enough evidence: {MEASURE_BY_ID['volume'].absent}", as_of=as_of)
        return missing, missing
    share = _share(cell, labels, as_of)
    return _scaled(share, cell.n), share


def _share(cell: Cell, labels: Labels, as_of: datetime) -> Estimate:
    share = cell.size / cell.n
    if cell.reviewed == 0 or labels.weight <= 0:
        value = min(max(share, 0.0), 1.0)
        return Estimate(value, None, None, cell.n, cell.reviewed, "uncorrected", as_of, UNCORRECTED)
    if labels.thin(cell) or not 0 < share < 1:
        interval = exact_interval(labels.share(cell), labels.effective_size(cell))
        reason = f"{_few(cell)} on it: the interval is what the reviews alone allow"
        return _published(interval, cell, "labels", as_of, reason)
    return _published(logit_interval(share, cell.se), cell, "rectified", as_of, None)


def mean_estimate(cell: Cell, measure: Measure, as_of: datetime) -> Estimate:
    """theta_s of one measure, or the reason why it cannot be given."""

    def missing(why: str) -> Estimate:
        return Estimate.missing(f"not enough evidence: {why}", as_of=as_of, n=cell.n, reviewed=cell.reviewed)

    if cell.n == 0:
        return missing(measure.absent)
    if cell.size <= NEARLY_NONE * cell.n:  # of sums that cancel a rounding is left, by the order of the rows
        return missing("hardly any contact is on it once reviews are counted in")
    mean = (cell["vd"] + cell["vg"]) / cell.size
    if cell.reviewed == 0:
        value = min(max(mean, measure.low), measure.high)
        return Estimate(value, None, None, cell.n, 0, "uncorrected", as_of, UNCORRECTED)
    if cell.positives < MIN_POSITIVES:
        return missing(f"{_few(cell)} on it, {MIN_POSITIVES:.0f} are needed")
    return _published(_mean_interval(mean, cell, measure), cell, "rectified", as_of, None)


def mean_of(sums: Array, se: float, *, measure: Measure, as_of: datetime, design: float = 1.0) -> Estimate:
    """The mean of a measure from the SUMS of one target, with lam absorbed, and their standard error."""
    return mean_estimate(Cell(sums, se, design), measure, as_of)


def _mean_interval(mean: float, cell: Cell, measure: Measure) -> Interval:
    quantile = t_quantile(cell.degrees)
    if not measure.proportion:
        return plain_interval(mean, cell.se, quantile=quantile, low=measure.low, high=measure.high)
    if 0 < mean < 1 and cell.se > 0:
        return logit_interval(mean, cell.se, quantile=quantile)
    return exact_interval(min(max(mean, 0.0), 1.0), cell.positives)


def _few(cell: Cell) -> str:
    effective = f"{cell.positives:.0f}" if cell.positives >= 1 else "none"
    return f"of {cell.reviewed} reviewed contacts with this measure, {effective} (by weight) {_is(cell.positives)}"


def _is(count: float) -> str:
    return "is" if count < 1.5 else "are"


def _published(interval: Interval, cell: Cell, method: Method, as_of: datetime, reason: str | None) -> Estimate:
    value, low, high = interval.value, interval.low, interval.high
    return Estimate(value, low, high, cell.n, cell.reviewed, method, as_of, reason)


def _scaled(share: Estimate, count: int) -> Estimate:
    def times(end: float | None) -> float | None:
        return None if end is None else end * count

    return replace(share, value=times(share.value), low=times(share.low), high=times(share.high))
