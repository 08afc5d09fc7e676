"""How a target's figures add up: what reviews say, what the tagger adds, and the figure that these make (METHODS 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alignment.estimate import Estimate
from alignment.measures import MEASURES, SUMMED, SUMS
from alignment.rectify import Array, TargetEstimates
from alignment.targets import Kind, Targets
from alignment.tuning import tune

_AT = {name: position for position, name in enumerate(SUMS)}


@dataclass(frozen=True)
class Line:
    """One figure taken apart. `n` contacts carry the measure, of which `reviewed` correct it.

    `reviews` is sum d, the weights xi / pi of those decided on the target; `tagger` is sum lam g, the tagger's chances
    as far as they are trusted, less what reviews take back. Their sum is the number of contacts on the target (of
    answers by weight, for effort). `reviews_total` and `tagger_total` are the same sums times the value: both together
    over that number are the mean. `all_reviews` is the weight of all reviewed contacts: a share marked `labels` is
    `reviews` over it.
    """

    measure: str
    n: int
    reviewed: int
    reviews: float
    tagger: float
    reviews_total: float
    tagger_total: float
    all_reviews: float
    figure: Estimate

    @property
    def size(self) -> float:
        """N = sum z."""
        return self.reviews + self.tagger

    @property
    def redone(self) -> float | None:
        """The figure again from its parts; None where it has no value."""
        if self.figure.value is None:
            return None
        if self.measure != MEASURES[0]:
            return (self.reviews_total + self.tagger_total) / self.size
        if self.figure.method == "labels":
            return self.n * self.reviews / self.all_reviews
        return self.size

    def as_json(self) -> Mapping[str, Any]:
        """Plain JSON data."""
        return {**vars(self), "figure": self.figure.as_json()}


def account(
    folds: Array, targets: Targets, *, target: tuple[Kind, str], found: TargetEstimates, as_of: datetime
) -> tuple[Line, ...]:
    """A line for every measure of a target, from the same `Moments.folds` that gave `found`."""
    sums = tune(folds)
    mine, volumes = sums[targets.index(*target)], sums[targets.partition, SUMMED.index(MEASURES[0])]
    weight = float(volumes[:, _AT["d"]].sum())
    lines = []
    for measure in MEASURES:
        part = mine[SUMMED.index(measure)]
        figure = found.volume if measure == MEASURES[0] else found.means[measure]
        n, reviewed = round(float(part[_AT["n"]])), round(float(part[_AT["reviewed"]]))
        d, g, vd, vg = (float(part[_AT[name]]) for name in ("d", "g", "vd", "vg"))
        lines.append(Line(measure, n, reviewed, d, g, vd, vg, weight, figure))
    return tuple(lines)
