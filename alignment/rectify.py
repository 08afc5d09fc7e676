"""From sums to estimates that allow for the tagger's mistakes (METHODS 2).

Sources: Angelopoulos et al. 2023 (PPI, PPI++), Zrnic & Candes 2024 (active statistical inference).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from alignment.cells import MIN_POSITIVES, Cell, Labels, mean_estimate, volume_and_share
from alignment.clusters import Clusters
from alignment.estimate import Estimate
from alignment.measures import ANSWERED, EASY, MEASURE_BY_ID, MEASURES, SUMMED, SUMS, Measure
from alignment.targets import Targets
from alignment.tuning import standard_error, tune

Array = NDArray[np.float64]

_AT = {name: position for position, name in enumerate(SUMS)}
_NO_TUNING = np.ones((1, 1))


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
    labels = Labels(float(volumes[:, _AT["d"]].sum()), float(volumes[:, _AT["dd"]].sum()))
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
    _labels: Labels
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
        return volume_and_share(self._cell("volume"), self._labels, self._as_of)

    def _cell(self, measure: str) -> Cell:
        position = SUMMED.index(measure)
        resampled = 0 if self._deviations is None else len(self._deviations)
        return Cell(self._sums[position], float(self._errors[position]), float(self._design[position]), resampled)


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
