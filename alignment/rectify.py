"""From sums to estimates that allow for the tagger's mistakes (METHODS 2).

Sources: Angelopoulos et al. 2023 (PPI, PPI++), Zrnic & Candes 2024 (active statistical inference),
Korn & Graubard 1998 (intervals of rare shares).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from alignment.clusters import Clusters
from alignment.estimate import Estimate, Method
from alignment.intervals import Interval, exact_interval, logit_interval, plain_interval, t_quantile
from alignment.measures import ANSWERED, EASY, MEASURE_BY_ID, MEASURES, SUMMED, SUMS, Measure
from alignment.targets import Targets
from alignment.tuning import standard_error, tune

Array = NDArray[np.float64]

MIN_POSITIVES = 10.0
"""Effective positive labels under which a figure is thin (METHODS 2)."""

NEARLY_NONE = 1e-9
"""Share of contacts under which a target has none."""

UNCORRECTED = "no reviewed contact corrects it: this is what the tagger alone says"

_AT = {name: position for position, name in enumerate(SUMS)}
_NO_TUNING = np.ones((1, 1))


@dataclass(frozen=True)
class _Cell:
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
        return round(self["n"])

    @property
    def reviewed(self) -> int:
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


def estimates(
    folds: Array,
    targets: Targets,
    *,
    as_of: datetime,
    measures: Mapping[str, Measure] = MEASURE_BY_ID,
    lam: Array | float | None = None,
    clusters: Clusters | None = None,
) -> list[TargetEstimates]:
    """Estimates per target, in the order of `targets.names`, from `Moments.folds` (folds, targets, measures, SUMS).

    Shares: logit interval; thin ones the labels' own Clopper-Pearson with effective size. Means: t quantile
    with Kish degrees of freedom, proportions on the logit scale; thin ones are missing. Without any label a
    figure is `uncorrected`, without an interval. With `clusters` errors allow for contacts of one customer.
    """
    sums = tune(folds, lam=lam)
    design = np.ones(sums.shape[:2]) if clusters is None else clusters.design
    errors = standard_error(sums, _NO_TUNING) * np.sqrt(design)
    volumes = sums[targets.partition, SUMMED.index("volume")]
    labels = _Labels(float(volumes[:, _AT["d"]].sum()), float(volumes[:, _AT["dd"]].sum()))
    return [
        TargetEstimates(
            sums[target],
            errors[target],
            labels,
            measures,
            as_of,
            design[target],
            None if clusters is None else clusters.deviations[:, target],
        )
        for target in range(len(targets))
    ]


@dataclass(frozen=True)
class TargetEstimates:
    """Volume N_s, its share of all contacts, and the mean of every other measure on the target.

    Each figure is made when it is first asked for: a trend line needs a few of many.
    """

    _sums: Array
    _errors: Array
    _labels: _Labels
    _measures: Mapping[str, Measure]
    _as_of: datetime
    _design: Array
    _deviations: Array | None = None

    @cached_property
    def volume(self) -> Estimate:
        """N_s, contacts truly on the target."""
        return self._counted[0]

    @cached_property
    def share(self) -> Estimate:
        """N_s over all contacts, in [0, 1]."""
        return self._counted[1]

    @cached_property
    def means(self) -> Mapping[str, Estimate]:
        """The mean of each measure of MEASURES but `volume`."""
        return Means(MEASURES[1:], self.mean)

    @cached_property
    def easy(self) -> Estimate:
        """The share of answers in the easy box of the scale."""
        return self.mean(EASY)

    @cached_property
    def response_rate(self) -> Estimate:
        """The share of the target's contacts that answered the effort question."""
        rate = self.mean(ANSWERED)
        if self._cell("effort").n:
            return rate
        reason = f"not enough evidence: {self._measures[ANSWERED].absent}"
        return Estimate.missing(reason, as_of=self._as_of, n=rate.n)

    def mean(self, measure: str) -> Estimate:
        """theta_s of one measure."""
        return mean_estimate(self._cell(measure), self._measures[measure], self._as_of)

    def deviation(self, measure: str) -> Array | None:
        """The error of a measure's mean (of the share, for `volume`) in each replicate; None without replicates.

        The root mean square is the standard error; products with those of other figures average to covariances.
        """
        position = SUMMED.index(measure)
        error = self._errors[position]
        if self._deviations is None or not np.isfinite(error):
            return None
        scaled: Array = self._deviations[:, position] * error
        return scaled

    def variance(self, measure: str) -> float | None:
        """The variance of a measure among the reviewed contacts of the target; None where they are too few."""
        cell = self._cell(measure)
        if cell.positives < MIN_POSITIVES:
            return None
        mean = cell["vdd"] / cell["dd"]
        return max(cell["vvdd"] / cell["dd"] - mean**2, 0.0)

    def degrees(self, measure: str) -> float:
        """Degrees of freedom of that error."""
        return self._cell(measure).degrees

    @cached_property
    def _counted(self) -> tuple[Estimate, Estimate]:
        return _volume(self._cell("volume"), self._labels, self._as_of)

    def _cell(self, measure: str) -> _Cell:
        position = SUMMED.index(measure)
        resampled = 0 if self._deviations is None else len(self._deviations)
        return _Cell(self._sums[position], float(self._errors[position]), float(self._design[position]), resampled)


class Means(Mapping[str, Estimate]):
    """Means by measure, each made once, when it is first asked for."""

    def __init__(self, names: Sequence[str], make: Callable[[str], Estimate]) -> None:
        self._names = names
        self._make = make
        self._made: dict[str, Estimate] = {}

    def __getitem__(self, name: str) -> Estimate:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True)
class _Labels:
    """Sum and sum of squares of the weights of all reviewed contacts."""

    weight: float
    squares: float

    def share(self, cell: _Cell) -> float:
        return cell["d"] / self.weight

    def thin(self, cell: _Cell) -> bool:
        """Too few labels that say the target, or too few that say anything else."""
        rest, rest_squares = self.weight - cell["d"], self.squares - cell["dd"]
        negatives = rest**2 / rest_squares if rest_squares > 1e-9 * self.squares else 0.0
        return min(cell.positives, negatives) < MIN_POSITIVES

    def effective_size(self, cell: _Cell) -> float:
        """Size p (1 - p) / var(p) of the weighted share, at most the number reviewed; Kish's size at p = 0 or 1."""
        share = self.share(cell)
        kish = self.weight**2 / self.squares
        variance = (cell["dd"] * (1 - 2 * share) + share**2 * self.squares) / self.weight**2
        size = share * (1 - share) / variance if 0 < share < 1 and variance > 0 else kish
        return min(size, cell.reviewed) / max(cell.design, 1.0)


def _volume(cell: _Cell, labels: _Labels, as_of: datetime) -> tuple[Estimate, Estimate]:
    """N_s and N_s / n; the count's interval is n times the share's, since n itself is known."""
    if cell.n == 0:
        missing = Estimate.missing(f"not enough evidence: {MEASURE_BY_ID['volume'].absent}", as_of=as_of)
        return missing, missing
    share = _share(cell, labels, as_of)
    return _scaled(share, cell.n), share


def _share(cell: _Cell, labels: _Labels, as_of: datetime) -> Estimate:
    share = cell.size / cell.n
    if cell.reviewed == 0 or labels.weight <= 0:
        value = min(max(share, 0.0), 1.0)
        return Estimate(value, None, None, cell.n, cell.reviewed, "uncorrected", as_of, UNCORRECTED)
    if labels.thin(cell) or not 0 < share < 1:
        interval = exact_interval(labels.share(cell), labels.effective_size(cell))
        reason = f"{_few(cell)} on it: the interval is what the reviews alone allow"
        return _published(interval, cell, "labels", as_of, reason)
    return _published(logit_interval(share, cell.se), cell, "rectified", as_of, None)


def mean_estimate(cell: _Cell, measure: Measure, as_of: datetime) -> Estimate:
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
    return mean_estimate(_Cell(sums, se, design), measure, as_of)


def _mean_interval(mean: float, cell: _Cell, measure: Measure) -> Interval:
    quantile = t_quantile(cell.degrees)
    if not measure.proportion:
        return plain_interval(mean, cell.se, quantile=quantile, low=measure.low, high=measure.high)
    if 0 < mean < 1 and cell.se > 0:
        return logit_interval(mean, cell.se, quantile=quantile)
    return exact_interval(min(max(mean, 0.0), 1.0), cell.positives)


def _few(cell: _Cell) -> str:
    effective = f"{cell.positives:.0f}" if cell.positives >= 1 else "none"
    return f"of {cell.reviewed} reviewed contacts with this measure, {effective} (by weight) {_is(cell.positives)}"


def _is(count: float) -> str:
    return "is" if count < 1.5 else "are"


def _published(interval: Interval, cell: _Cell, method: Method, as_of: datetime, reason: str | None) -> Estimate:
    value, low, high = interval.value, interval.low, interval.high
    return Estimate(value, low, high, cell.n, cell.reviewed, method, as_of, reason)


def _scaled(share: Estimate, count: int) -> Estimate:
    def times(end: float | None) -> float | None:
        return None if end is None else end * count

    return replace(share, value=times(share.value), low=times(share.low), high=times(share.high))
