"""How far the index hangs on choices of method (METHODS 6, "Method band")."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from alignment.composite import Term, aggregate, component_values
from alignment.formula import COMPONENTS, IndexFormula

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
