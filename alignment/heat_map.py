"""Steps against segments and circumstances: the figure of each cell, and where it differs from all other contacts.

Many cells are compared at once, so some differ by chance. Those named are chosen so that, in the mean, at most RATE of
them are chance (Benjamini & Hochberg 1995). That proof asks for independent or positively dependent tests. Ours are
not quite: values of one dimension are compared with each other's contacts, and a contact counts in every dimension.
`headway bench segments` measures that the rate holds for exactly this design; `q_any` is the adjustment that holds
under any dependence (Benjamini & Yekutieli 2001), for whoever wants the proof and pays with fewer finds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import numpy as np
from scipy import stats

from alignment.clusters import Clusters
from alignment.effort import EffortScale
from alignment.estimate import Estimate
from alignment.figures import error_of, friction_and_error, target_estimates
from alignment.heat_map_sides import Side, welch, why_not
from alignment.measures import MEASURE_BY_ID
from alignment.moments import Moments
from alignment.rectify import Array, TargetEstimates
from alignment.scorecard import View
from taxonomy.model import Job

MeasureName = Literal["friction", "effort", "fcr"]

RATE = 0.1
"""The false discovery rate: of the differences that are named, at most so many are chance in the mean."""

MEASURES: tuple[MeasureName, ...] = ("friction", "effort", "fcr")


@dataclass(frozen=True)
class Column:
    """One value of a dimension, such as `gold` of `segment.tier`, with the contacts that have it."""

    dimension: str
    value: str
    contacts: int


@dataclass(frozen=True)
class Cell:
    """A step's figure among the contacts with one value, and how far it is from that of all other contacts.

    `difference` is figure - others', missing with a reason where they cannot be compared. `p` is two-sided, `q` the
    false discovery rate at which the cell would just be named, `q_any` the same under any dependence.
    """

    step: str
    column: Column
    figure: Estimate
    difference: Estimate
    p: float | None = None
    q: float | None = None
    q_any: float | None = None

    @property
    def differs(self) -> bool:
        """Whether the difference is named: beyond noise at RATE."""
        return self.q is not None and self.q <= RATE


@dataclass(frozen=True)
class HeatMap:
    """Every cell, in the order of steps, then columns. `tests` counts comparisons, mirrored ones once."""

    measure: MeasureName
    columns: tuple[Column, ...]
    cells: tuple[Cell, ...]
    tests: int

    @property
    def named(self) -> tuple[Cell, ...]:
        """The cells that differ beyond noise, the surest first."""
        return tuple(sorted((cell for cell in self.cells if cell.differs), key=lambda cell: cell.p or 0.0))


@dataclass(frozen=True)
class _Compared:
    """A cell before the others are known; cells of one `pair` are one comparison, told from both of its sides."""

    cell: Cell
    se: float
    degrees: float
    pair: tuple[str, str, str]


def heat_map(
    job: Job, moments: Moments, *, view: View, dimensions: Sequence[str], scale: EffortScale, measure: MeasureName
) -> HeatMap:
    """Compare every value of the dimensions with all other contacts of the view, step by step.

    Raises UnknownDimensionError.
    """
    inside, clusters = moments.within(view), moments.clusters(view)
    reader = _Reader(job, inside, scale, measure, clusters, view.as_of)
    found = [one for dimension in dimensions for one in reader.compared(dimension)]
    order = {step: position for position, step in enumerate(job.step_by_id)}
    judged = sorted(_judged(found), key=lambda cell: order[cell.step])
    columns = tuple(dict.fromkeys(one.cell.column for one in found))
    tests = len({one.pair for one in found if one.cell.p is not None})
    return HeatMap(measure, columns, tuple(judged), tests)


@dataclass(frozen=True)
class _Reader:
    """What every cell of one map is read with."""

    job: Job
    moments: Moments
    scale: EffortScale
    measure: MeasureName
    clusters: Clusters | None
    as_of: datetime

    def compared(self, dimension: str) -> Iterator[_Compared]:
        """The cells of one dimension; contacts without a value are among the others of each."""
        everything = View(self.as_of)
        parts = {value: part.folds(everything) for value, part in self.moments.by(dimension).items()}
        known = sorted(value for value in parts if value is not None)
        two_groups = len(parts) == len(known) == 2  # then each is the rest of the other
        for value in known:
            rest = [folds for other, folds in parts.items() if other != value]
            yield from self._column(dimension, value, parts[value], rest, pair="" if two_groups else value)

    def _column(
        self, dimension: str, value: str, mine: Array, rest: Sequence[Array], *, pair: str
    ) -> Iterator[_Compared]:
        targets = self.moments.targets
        sides = self._sides(mine), (self._sides(np.sum(rest, axis=0)) if rest else None)
        column = Column(dimension, value, contacts=_contacts(mine))
        for step in self.job.step_by_id:
            at = targets.index("step", step)
            first = self._side(sides[0][at])
            second = self._side(sides[1][at]) if sides[1] is not None else None
            yield _compare(step, column, first, second, pair=pair)

    def _sides(self, folds: Array) -> list[TargetEstimates]:
        return target_estimates(folds, self.moments.targets, scale=self.scale, as_of=self.as_of, clusters=self.clusters)

    def _side(self, found: TargetEstimates) -> Side:
        if self.measure == "friction":
            figure, joint = friction_and_error(self.job, found, scale=self.scale, as_of=self.as_of)
            return Side.of(figure, joint)
        joint = error_of(found, self.measure)
        return Side.of(found.means[self.measure], joint, proportion=MEASURE_BY_ID[self.measure].proportion)


def _contacts(folds: Array) -> int:
    """Contacts of a slice: every target counts each of them."""
    return round(float(folds.sum(axis=0)[0, 0, 0])) if folds.size else 0


def _compare(step: str, column: Column, mine: Side, others: Side | None, *, pair: str) -> _Compared:
    figure, named = mine.figure, (step, column.dimension, pair)
    why = "no other contact to compare with" if others is None else why_not(mine, others)
    if why is not None or others is None:
        reason = f"not enough evidence: {why}"
        missing = Estimate.missing(reason, as_of=figure.as_of, n=figure.n, reviewed=figure.reviewed)
        return _Compared(Cell(step, column, figure, missing), 0.0, 1.0, named)
    found = welch(mine, others)
    n, reviewed = min(figure.n, others.figure.n), min(figure.reviewed, others.figure.reviewed)
    difference = Estimate(found.value, None, None, n, reviewed, "composite", figure.as_of)
    return _Compared(Cell(step, column, figure, difference, found.p), found.se, found.degrees, named)


def _judged(found: Sequence[_Compared]) -> list[Cell]:
    """Give every compared cell its q and an interval that allows for the picking."""
    tested = {one.pair: one.cell.p for one in found if one.cell.p is not None}
    if not tested:
        return [one.cell for one in found]
    p = np.array(list(tested.values()))
    q, q_any = adjusted(p)
    named = int((q <= RATE).sum())
    # of the intervals of named differences at most RATE miss, in the mean (Benjamini & Yekutieli 2005)
    level = min(0.05, RATE * named / len(p)) if named else 0.05
    by_pair = {pair: (float(a), float(b)) for pair, a, b in zip(tested, q, q_any, strict=True)}
    return [_with_interval(one, by_pair.get(one.pair), level) for one in found]


def adjusted(p: Array) -> tuple[Array, Array]:
    """The rate at which each of these p-values would just be named: Benjamini & Hochberg, and under any dependence."""
    q, q_any = (np.asarray(stats.false_discovery_control(p, method=name)) for name in ("bh", "by"))
    return q, q_any


def _with_interval(one: _Compared, rates: tuple[float, float] | None, level: float) -> Cell:
    value = one.cell.difference.value
    if value is None or rates is None:
        return one.cell
    half = float(stats.t.isf(level / 2, one.degrees)) * one.se
    difference = replace(one.cell.difference, low=value - half, high=value + half)
    return replace(one.cell, difference=difference, q=rates[0], q_any=rates[1])


def by_step(found: HeatMap) -> Mapping[str, tuple[Cell, ...]]:
    """The cells of each step, in the order of the columns."""
    rows: dict[str, list[Cell]] = {}
    for cell in found.cells:
        rows.setdefault(cell.step, []).append(cell)
    return {step: tuple(cells) for step, cells in rows.items()}
