"""Did the index move? The change between two views, what made it, and whether it is more than chance (METHODS 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from alignment.composite import IndexInputs, aggregate, terms_of
from alignment.decomposition import Decomposition, decompose
from alignment.estimate import Estimate
from alignment.formula import COMPONENTS, IndexFormula
from alignment.index import Array, sampled_components, sampled_norms
from alignment.scorecard import AlignmentIndex
from alignment.sensitivity import weight_variants

AGREEING = 0.9
"""At least so many of the variants of method must agree on the sign of a change that is called a move."""

SHARED = ("effort", "fcr")
"""Inputs from contacts: their replicates already say how two views of them err together."""


@dataclass(frozen=True)
class IndexChange:
    """The change from one view to another.

    `difference` is in index points; `agreeing` the share of the variants of method (weights within +-25 %, arithmetic
    and geometric) in which the change has the same sign. `ranges` by input id: the 95 % interval of its own movement,
    to first order; none where one of the views has no interval for it.
    """

    before: AlignmentIndex
    after: AlignmentIndex
    difference: Estimate
    agreeing: float
    parts: Decomposition
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def moved(self) -> bool:
        """Whether the interval excludes 0 and the variants agree."""
        low, high = self.difference.low, self.difference.high
        return low is not None and high is not None and not low <= 0 <= high and self.agreeing >= AGREEING


def index_change(
    formula: IndexFormula,
    before: tuple[IndexInputs, AlignmentIndex],
    after: tuple[IndexInputs, AlignmentIndex],
) -> IndexChange:
    """Compare two views under one formula; raises NotComparableError where one of them is not published."""
    parts = decompose(formula, before[1], after[1])
    salts = _salts(formula, before[0], after[0])
    first, second = sampled_components(formula, before[0]), sampled_components(formula, after[0], salts=salts)
    top = np.array([formula.weights[name] for name in COMPONENTS])
    geometric = formula.aggregation == "geometric"
    drawn = aggregate(second, top, geometric=geometric) - aggregate(first, top, geometric=geometric)
    difference = _difference(drawn, before[1].index, after[1].index)
    agreeing = _agreeing(first[0], second[0], top, float(drawn[0]))
    ranges = _ranges(formula, parts, before[0], after[0], salts)
    return IndexChange(before[1], after[1], difference, agreeing, parts, ranges)


def _ranges(
    formula: IndexFormula, parts: Decomposition, before: IndexInputs, after: IndexInputs, salts: Mapping[str, str]
) -> dict[str, tuple[float, float]]:
    """The middle 95 % of each input's movement over the draws that the change itself is drawn with."""
    moved = sampled_norms(formula, after, salts=salts) - sampled_norms(formula, before)
    terms = zip(terms_of(formula, before), terms_of(formula, after), strict=True)
    firm = {
        first.id: at for at, (first, second) in enumerate(terms) if _firm(first.estimate) and _firm(second.estimate)
    }
    found = {}
    for part in parts.contributions:
        if part.id in firm:
            low, high = np.percentile(part.slope * moved[1:, firm[part.id]], [2.5, 97.5])
            found[part.id] = (min(float(low), part.movement), max(float(high), part.movement))
    return found


def _firm(estimate: Estimate | None) -> bool:
    return estimate is not None and estimate.low is not None


def _salts(formula: IndexFormula, before: IndexInputs, after: IndexInputs) -> dict[str, str]:
    """Inputs whose evidence is not the same in both views err apart."""
    earlier = {term.id: term.estimate for term in terms_of(formula, before)}
    return {
        term.id: " later"
        for term in terms_of(formula, after)
        if not term.id.startswith(SHARED) and _facts(term.estimate) != _facts(earlier.get(term.id))
    }


def _facts(estimate: Estimate | None) -> tuple[float | None, ...]:
    return () if estimate is None else (estimate.value, estimate.low, estimate.high, estimate.n)


def _difference(drawn: Array, before: Estimate, after: Estimate) -> Estimate:
    value, n, reviewed = float(drawn[0]), min(before.n, after.n), min(before.reviewed, after.reviewed)
    if before.low is None or after.low is None:
        reason = "no review corrects one of the two, so there is no interval"
        return Estimate(value, None, None, n, reviewed, "uncorrected", after.as_of, reason)
    low, high = np.percentile(drawn[1:], [2.5, 97.5])
    return Estimate(value, min(float(low), value), max(float(high), value), n, reviewed, "composite", after.as_of)


def _agreeing(before: Array, after: Array, top: Array, change: float) -> float:
    """The share of variants in which the change has the sign that is published."""
    varied = np.vstack([top, weight_variants(top)])
    signs = [
        np.sign(aggregate(after, varied, geometric=geometric) - aggregate(before, varied, geometric=geometric))
        for geometric in (False, True)
    ]
    return float((np.concatenate(signs) == np.sign(change)).mean())
