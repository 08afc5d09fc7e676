"""How far the index hangs on choices of method (METHODS 6, "Method band")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alignment.composite import FLOOR, Term, aggregate, component_values
from alignment.formula import COMPONENTS, IndexFormula
from alignment.scorecard import AlignmentIndex

Array = NDArray[np.float64]

WEIGHT_RANGE = 0.25
"""Component weights are varied by at most this part of themselves."""

_CONCENTRATION = 60.0
_VARIANTS = 400
_SEED = 20260101


def method_band(terms: tuple[Term, ...], norms: Array, weights: Array, formula: IndexFormula) -> tuple[float, float]:
    """Lowest and highest index over the variants of method, the evidence held fixed.

    Variants: component weights from a Dirichlet around the published ones, kept within +-25 %, each with the
    arithmetic and the geometric aggregation; and each input left out in turn.
    """
    top = np.array([formula.weights[name] for name in COMPONENTS])
    levels = component_values(terms, norms, weights)
    varied = np.vstack([top, weight_variants(top)])
    results = [aggregate(levels, varied, geometric=geometric) for geometric in (False, True)]
    dropped = _left_out(terms, weights)
    if len(dropped):
        without = np.stack([component_values(terms, norms, row) for row in dropped])
        results.append(aggregate(without, top, geometric=formula.aggregation == "geometric"))
    everything = np.concatenate(results)
    return float(everything.min()), float(everything.max())


def weight_variants(weights: Array) -> Array:
    """Weights summing to 1, each within +-25 % of the published one, shape (variants, components)."""
    positive = weights > 0
    drawn = np.zeros((_VARIANTS, len(weights)))
    if positive.sum() < 2:
        drawn[:] = weights
        return drawn
    shares = np.random.default_rng(_SEED).dirichlet(weights[positive] * _CONCENTRATION, size=_VARIANTS)
    drawn[:, positive] = shares
    near = (np.abs(drawn - weights) <= WEIGHT_RANGE * weights + 1e-12).all(axis=1)
    return drawn[near]


def _left_out(terms: tuple[Term, ...], weights: Array) -> Array:
    """Weights with one input at 0 and its component's others scaled up; not for a component's only input."""
    rows = []
    for i, term in enumerate(terms):
        same = np.array([other.component == term.component for other in terms])
        rest = weights[same].sum() - weights[i]
        if weights[i] > 0 and rest > 0:
            row = np.where(same, weights / rest, weights)
            row[i] = 0.0
            rows.append(row)
    return np.array(rows)


@dataclass(frozen=True)
class Without:
    """The index with one input left out and its component's others scaled up."""

    id: str
    value: float


@dataclass(frozen=True)
class Sensitivity:
    """What the index would be under other choices, the evidence held fixed.

    `weights`: lowest and highest with component weights within +-25 %. `other`: under the other aggregation.
    `without`: each input left out, the largest effect first. `uncertainty`: each component's share of the interval.
    """

    weights: tuple[float, float]
    other: float
    without: tuple[Without, ...]
    uncertainty: Mapping[str, float]


def sensitivity(formula: IndexFormula, index: AlignmentIndex) -> Sensitivity | None:
    """Choices tried one by one, from a published index alone; None where it is not published."""
    value = index.index.value
    if value is None:
        return None
    top = np.array([formula.weights[name] for name in COMPONENTS])
    geometric = formula.aggregation == "geometric"
    levels = np.array([_level(index, name) for name in COMPONENTS])
    varied = aggregate(levels, np.vstack([top, weight_variants(top)]), geometric=geometric)
    other = float(aggregate(levels, top, geometric=not geometric))
    dropped = [
        Without(row["id"], float(aggregate(_without(index, row), top, geometric=geometric)))
        for row in index.inputs
        if row["norm"] is not None and 0 < row["weight"] < 1
    ]
    ordered = sorted(dropped, key=lambda one: -abs(one.value - value))
    return Sensitivity((float(varied.min()), float(varied.max())), other, tuple(ordered), _uncertainty(formula, index))


def _level(index: AlignmentIndex, component: str) -> float:
    return index.components[component].value or 0.0


def _without(index: AlignmentIndex, gone: Mapping[str, Any]) -> Array:
    """Components with one input left out."""
    levels = {name: _level(index, name) for name in COMPONENTS}
    level = levels[gone["component"]] - gone["weight"] * gone["norm"]
    levels[gone["component"]] = level / (1 - gone["weight"])
    return np.array([levels[name] for name in COMPONENTS])


def _uncertainty(formula: IndexFormula, index: AlignmentIndex) -> dict[str, float]:
    """Shares of the index's sampling variance, components taken as independent; {} where one has no interval."""
    spread = {}
    for name in COMPONENTS:
        part, level = index.components[name], max(_level(index, name), FLOOR)
        if formula.weights[name] > 0 and (part.low is None or part.high is None):
            return {}
        width = 0.0 if part.low is None or part.high is None else part.high - part.low
        spread[name] = (formula.weights[name] * width / (1.0 if formula.aggregation == "arithmetic" else level)) ** 2
    total = sum(spread.values())
    return {name: part / total for name, part in spread.items()} if total > 0 else {}
