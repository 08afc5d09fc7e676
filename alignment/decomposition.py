"""What moved the index between two views: an exact sum over inputs (METHODS 6, "Decomposition")."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alignment.composite import FLOOR
from alignment.formula import COMPONENTS, IndexFormula
from alignment.scorecard import AlignmentIndex
from taxonomy.errors import BadInputError


class NotComparableError(BadInputError):
    """Two indices were compared that one formula does not explain."""


@dataclass(frozen=True)
class Contribution:
    """Index points that one input brought: by its own movement, and by gaining or losing evidence.

    `clipped`: a goalpost bound in one of the views, so that movement beyond it does not count. `slope`: points that
    going all the way between its goalposts brings.
    """

    id: str
    component: str
    movement: float
    evidence: float
    clipped: bool
    slope: float = 0.0

    @property
    def points(self) -> float:
        """Both parts together."""
        return self.movement + self.evidence


@dataclass(frozen=True)
class Decomposition:
    """The change from one index to another; `contributions`, and so `components`, sum to `total` exactly."""

    total: float
    components: Mapping[str, float]
    contributions: tuple[Contribution, ...]


def decompose(formula: IndexFormula, before: AlignmentIndex, after: AlignmentIndex) -> Decomposition:
    """Split after - before over the inputs. Raises NotComparableError.

    Arithmetic: points = 100 w_c d(weight x norm). Geometric: d A = L(A) sum_c w_c d ln C_c and d ln C = d C / L(C), L
    the logarithmic mean; what flooring a component at FLOOR hides is a line of its own, `floor:component`.
    """
    _check(formula, before, after)
    contributions = []
    for name in COMPONENTS:
        pairs = _pairs(name, before, after)
        start, stop = (sum(_level(row) for row in side) for side in ([a for a, _ in pairs], [b for _, b in pairs]))
        factor = formula.weights[name] * _slope(formula, (start, stop), (before, after))
        contributions += [_contribution(a, b, factor) for a, b in pairs]
        hidden = _floor_effect(formula, factor, start, stop)
        if hidden:
            contributions.append(Contribution(f"floor:{name}", name, hidden, 0.0, clipped=True))
    components = {name: sum(c.points for c in contributions if c.component == name) for name in COMPONENTS}
    total = (after.index.value or 0.0) - (before.index.value or 0.0)
    return Decomposition(total, components, tuple(contributions))


Row = Mapping[str, Any]


def _check(formula: IndexFormula, before: AlignmentIndex, after: AlignmentIndex) -> None:
    for index in (before, after):
        if not index.published:
            raise NotComparableError(f"an index that is not published cannot be compared: {index.reason}")
        if index.formula != formula.version:
            message = (
                f"the index was made by formula {index.formula}, not {formula.version}; compare within one formula"
            )
            raise NotComparableError(message)


def _pairs(component: str, before: AlignmentIndex, after: AlignmentIndex) -> list[tuple[Row, Row]]:
    later = {row["id"]: row for row in after.inputs}
    return [(row, later[row["id"]]) for row in before.inputs if row["component"] == component]


def _level(row: Row) -> float:
    return float(row["weight"]) * float(row["norm"] or 0.0)


def _contribution(before: Row, after: Row, factor: float) -> Contribution:
    """Movement at the mean weight; what the weight's own change brought is `evidence`."""
    first, second = before["norm"], after["norm"]
    known = [norm for norm in (first, second) if norm is not None] or [0.0]
    first = known[0] if first is None else first
    second = known[0] if second is None else second
    weight = (before["weight"] + after["weight"]) / 2
    movement = factor * weight * (second - first)
    evidence = factor * (after["weight"] - before["weight"]) * (first + second) / 2
    clipped = any(norm in (0.0, 1.0) for norm in known)
    return Contribution(before["id"], before["component"], movement, evidence, clipped, slope=factor * weight)


def _slope(
    formula: IndexFormula, component: tuple[float, float], indices: tuple[AlignmentIndex, AlignmentIndex]
) -> float:
    """Index points per unit of a component that had the whole weight."""
    if formula.aggregation == "arithmetic":
        return 100.0
    before, after = (index.index.value or 0.0 for index in indices)
    start, stop = (max(value, FLOOR) for value in component)
    return _log_mean(before, after) / _log_mean(start, stop)


def _floor_effect(formula: IndexFormula, factor: float, start: float, stop: float) -> float:
    if formula.aggregation == "arithmetic":
        return 0.0
    return factor * ((max(stop, FLOOR) - max(start, FLOOR)) - (stop - start))


def _log_mean(first: float, second: float) -> float:
    """(y - x) / (ln y - ln x), and x where both are (nearly) equal."""
    ratio = math.log(second / first)
    return first if abs(ratio) < 1e-12 else (second - first) / ratio
