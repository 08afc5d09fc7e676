"""Two groups of contacts that share none, and whether a figure is the same in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import stats

from alignment.estimate import Estimate
from alignment.friction import Joint
from alignment.intervals import Z

LARGE = 1e6


@dataclass(frozen=True)
class Side:
    """A figure with its standard error and the degrees of freedom of that. A `proportion` is a share of contacts."""

    figure: Estimate
    se: float
    degrees: float
    proportion: bool = False

    @classmethod
    def of(cls, figure: Estimate, joint: Joint | None, *, proportion: bool = False) -> Self:
        """The error as the replicates say it, or from the interval where there are none."""
        if joint is not None:
            return cls(figure, float(np.sqrt((joint.deviation**2).mean())), joint.degrees, proportion)
        if figure.low is None or figure.high is None:
            return cls(figure, 0.0, 1.0, proportion)
        return cls(figure, (figure.high - figure.low) / (2 * Z), LARGE, proportion)

    @property
    def value(self) -> float:
        """The figure; only of sides that `why_not` lets through."""
        return 0.0 if self.figure.value is None else self.figure.value

    @property
    def effective(self) -> float:
        """So many independent contacts would give a share this error."""
        return self.value * (1 - self.value) / self.se**2


@dataclass(frozen=True)
class Difference:
    """One figure minus the other; `p` two-sided."""

    value: float
    se: float
    degrees: float
    p: float


def welch(mine: Side, others: Side) -> Difference:
    """Welch's t. Customers who are in both groups would only make it surer than it says."""
    first, second = _errors(mine, others)
    value, se = mine.value - others.value, float(np.hypot(first, second))
    degrees = se**4 / (first**4 / mine.degrees + second**4 / others.degrees)
    return Difference(value, se, degrees, float(2 * stats.t.sf(abs(value) / se, degrees)))


def _errors(mine: Side, others: Side) -> tuple[float, float]:
    """Standard errors for the test; those of shares as if both groups had the same share (a score test).

    The error of an extreme share is too small: with it 17 of 100 worlds without any difference named one, not 10.
    """
    if not mine.proportion:
        return mine.se, others.se
    sizes = mine.effective, others.effective
    pooled = (sizes[0] * mine.value + sizes[1] * others.value) / sum(sizes)
    return float(np.sqrt(pooled * (1 - pooled) / sizes[0])), float(np.sqrt(pooled * (1 - pooled) / sizes[1]))


def why_not(mine: Side, others: Side) -> str | None:
    """Why two groups cannot be compared, None where they can."""
    for side, name in ((mine, "these contacts"), (others, "the other contacts")):
        figure = side.figure
        if figure.value is None:
            return f"{name}: {(figure.reason or 'no figure').removeprefix('not enough evidence: ')}"
        if figure.low is None:
            return f"{name}: no review corrects the figure, so its error is not known"
        if side.se <= 0 or (side.proportion and not 0 < figure.value < 1):
            return f"{name}: the figure stands at the end of its scale, so its error is not known"
    return None
