"""From one index to another, bar by bar: each starts where the one before it ends (METHODS 6, "Decomposition").

An input's points are split between its movement and its weight at the mean of both views, which is the Shapley value
of the two, so that no order of telling favours one of them. What inputs gained or lost in weight, because others have
evidence now or no longer, says nothing of any one of them: it is one bar a component.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from alignment.change import IndexChange
from alignment.decomposition import Contribution

Kind = Literal["movement", "evidence", "floor"]

LEAST = 1e-9


@dataclass(frozen=True)
class Bar:
    """Points that one input moved the index by, drawn from `start` to `end`; `low` and `high` bound the points.

    `kind` `evidence`: which of a component's inputs have evidence; its `id` is the component's name. `floor`: what the
    geometric form's least value of a component hides. `clipped`: a goalpost bound, movement beyond it does not count.
    """

    id: str
    component: str
    kind: Kind
    points: float
    start: float
    end: float
    low: float | None = None
    high: float | None = None
    clipped: bool = False


@dataclass(frozen=True)
class Waterfall:
    """Bars from `before` to `after` (index points); their points sum to the difference."""

    before: float
    after: float
    bars: tuple[Bar, ...]


def waterfall(change: IndexChange) -> Waterfall:
    """The change as bars: by component, in each the largest first, `evidence` last."""
    before, after = change.before.index.value or 0.0, change.after.index.value or 0.0
    bars, at = [], before
    for bar in _parts(change):
        bars.append(
            Bar(bar.id, bar.component, bar.kind, bar.points, at, at + bar.points, bar.low, bar.high, bar.clipped)
        )
        at += bar.points
    return Waterfall(before, after, tuple(bars))


def _parts(change: IndexChange) -> Iterable[Bar]:
    """Bars that do not stand anywhere yet."""
    found = change.parts.contributions
    for component in change.parts.components:
        mine = [part for part in found if part.component == component]
        for part in sorted(mine, key=lambda one: -abs(one.movement)):
            low, high = change.ranges.get(part.id, (None, None))
            kind: Kind = "floor" if part.id.startswith("floor:") else "movement"
            yield Bar(part.id, component, kind, part.movement, 0.0, 0.0, low, high, part.clipped)
        gained = _gained(mine)
        if abs(gained) > LEAST:
            yield Bar(component, component, "evidence", gained, 0.0, 0.0)


def _gained(parts: Sequence[Contribution]) -> float:
    return sum(part.evidence for part in parts)


def rounded(values: Sequence[float], *, total: float, digits: int = 1) -> list[float]:
    """Values rounded so that they add up to the rounded total, as a reader who adds them expects.

    Those whose rounding is nearest to the other choice give way (largest remainders); each stays within one last digit
    of its value as long as the values sum to the total.
    """
    unit = 10.0**-digits
    whole = [round(value / unit) for value in values]
    missing = round(total / unit) - sum(whole)
    step = 1 if missing > 0 else -1
    spare = sorted(range(len(values)), key=lambda at: -step * (values[at] / unit - whole[at]))
    for at in spare[: abs(missing)]:
        whole[at] += step
    return [round(value * unit, digits) for value in whole]
