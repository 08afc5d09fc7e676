"""What is usually done with an automatic tagger's tags: count them, or correct the unsure ones and count."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from alignment.friction import norm
from alignment.intervals import Z
from evals.coverage_bank import Array, Bank
from evals.coverage_worlds import Drawn
from taxonomy.model import FrictionRule

MEANS = ("effort", "fcr", "transfers", "time")
Figure = tuple[float, float]
"""A value and its standard error."""


def classify_and_count(bank: Bank, drawn: Drawn, *, corrected: bool) -> Mapping[tuple[str, int], Figure]:
    """Share, means and friction per step from hard tags, by (estimand, step), with the usual standard errors.

    `corrected`: the least sure contacts, as many as were reviewed, carry their true step instead.
    """
    steps = bank.targets.partition
    tagged = drawn.evidence.probabilities[:, steps].argmax(axis=1)
    if corrected:
        tagged[drawn.unsure] = drawn.evidence.truth[drawn.unsure, steps].argmax(axis=1)
    frame, rule = drawn.evidence.frame, bank.job.friction
    columns = {name: frame[name].to_numpy(dtype=float) for name in MEANS}
    found: dict[tuple[str, int], Figure] = {}
    for step in range(len(bank.targets.steps)):
        rows = tagged == step
        share = rows.mean()
        found["share", step] = (float(share), float(np.sqrt(share * (1 - share) / len(rows))))
        means = {name: _mean(values[rows]) for name, values in columns.items()}
        found |= {(name, step): mean for name, mean in means.items() if mean is not None}
        points = _friction({name: mean for name, mean in means.items() if mean is not None}, rule)
        if points is not None:
            found["friction", step] = points
    return found


def _mean(values: NDArray[np.float64]) -> Figure | None:
    known = values[np.isfinite(values)]
    return (float(known.mean()), float(known.std(ddof=1) / np.sqrt(len(known)))) if len(known) > 1 else None


def _friction(means: Mapping[str, Figure], rule: FrictionRule) -> Figure | None:
    """The plain formula, measures taken as independent."""
    if not set(rule.weights) <= set(means):
        return None
    attained = sum(weight * norm(means[name][0], rule.goalposts[name]) for name, weight in rule.weights.items())
    ranges = {name: rule.goalposts[name].best - rule.goalposts[name].worst for name in rule.weights}
    variance = sum((weight * means[name][1] / ranges[name]) ** 2 for name, weight in rule.weights.items())
    return 100 * (1 - attained), 100 * float(np.sqrt(variance))


def interval(figure: Figure) -> Array:
    """Value, low and high of a 95 % interval."""
    value, error = figure
    return np.array([value, value - Z * error, value + Z * error])
