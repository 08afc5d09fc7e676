"""What a change is made of, the measurement first: the world, who contacts us, or the tagger (METHODS 7).

The series that raised an alarm is the tagger's own. Three things can move it: customers' experience on the step, the
mix of channels, segments and circumstances, and the tagger. The mix is told apart exactly (Kitagawa 1955). Whether the
tagger moved is what the reviews say: the corrected figure before and after, with the interval of the difference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import numpy as np

from alignment.alerts import Alarm
from alignment.effort import EffortScale
from alignment.estimate import Estimate
from alignment.figures import target_estimates
from alignment.intervals import Z
from alignment.measures import ANSWERED, SUMMED, SUMS
from alignment.moments import Moments, Slice
from alignment.rectify import Array, TargetEstimates
from alignment.scorecard import View
from alignment.targets import Kind as TargetKind

Kind = Literal["real", "mix", "measurement", "open"]

MOSTLY = 0.5
"""A change of which more than this share is mix is called a change of mix."""

SHOWN = 5
_AT = {name: position for position, name in enumerate(SUMS)}
_VOLUME = SUMMED.index("volume")


@dataclass(frozen=True)
class Part:
    """One value of a dimension: what it adds to the change, and the figure there before and after (None: nobody)."""

    dimension: str
    value: str
    points: float
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Verdict:
    """What is behind a change of one figure on one step.

    `change` is the corrected one, without a value where reviews are too few. `seen` is the tagger's own change, and is
    `mix` + `within` exactly: who contacts us, and what changed for the same ones. `reviewed` counts reviews since.
    """

    kind: Kind
    sentence: str
    change: Estimate
    seen: float
    mix: float
    within: float
    parts: tuple[Part, ...]
    contacts: int
    reviewed: int
    response: tuple[float, float] | None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        parts = [vars(part) for part in self.parts]
        rest = {name: getattr(self, name) for name in ("kind", "sentence", "seen", "mix", "within", "contacts")}
        answered = None if self.response is None else list(self.response)
        return {
            **rest,
            "reviewed": self.reviewed,
            "change": self.change.as_json(),
            "parts": parts,
            "response": answered,
        }


def judge(
    alarm: Alarm,
    *,
    step: str,
    measure: str,
    tagged: Moments,
    corrected: Moments,
    scale: EffortScale,
    as_of: datetime,
) -> Verdict:
    """The verdict on an alarm. `tagged` are the tagger's own moments by week, `corrected` those with reviews."""
    views = View(as_of, alarm.first, alarm.since), View(as_of, alarm.since, alarm.at)
    corrections = (_estimates(corrected, view, target=("step", step), scale=scale) for view in views)
    return _judge(views, *corrections, target=("step", step), measure=measure, tagged=tagged)


def judge_views(
    views: tuple[View, View],
    *,
    target: Target,
    measures: Sequence[str],
    tagged: Moments,
    corrected: Moments,
    scale: EffortScale,
) -> Mapping[str, Verdict]:
    """By measure the verdict on the change of a step's or outcome's figure from one view to a later one."""
    first, second = (_estimates(corrected, view, target=target, scale=scale) for view in views)
    return {name: _judge(views, first, second, target=target, measure=name, tagged=tagged) for name in measures}


def _judge(
    views: tuple[View, View],
    first: TargetEstimates,
    second: TargetEstimates,
    *,
    target: Target,
    measure: str,
    tagged: Moments,
) -> Verdict:
    cells = tuple(_cells(tagged, view, target=target, measure=measure) for view in views)
    mix, within = kitagawa(*cells)
    change = difference(_figure(first, measure), _figure(second, measure), as_of=views[1].as_of)
    seen = mix + within
    kind = _kind(seen, mix, change)
    return Verdict(
        kind,
        _sentence(kind, change, seen=seen, mix=mix, since=views[1].start or views[1].as_of.date()),
        change,
        seen,
        mix,
        within,
        _parts(*cells),
        contacts=_contacts(tagged, views[1], target),
        reviewed=second.volume.reviewed,
        response=_response(tagged, views, target) if measure == "effort" else None,
    )


Target = tuple[TargetKind, str]
Cells = Mapping[tuple[tuple[str, str], ...], tuple[float, float]]


def kitagawa(before: Cells, after: Cells) -> tuple[float, float]:
    """(mix, within) of the change of an overall mean; cells hold (weight, total), the mean is total / weight.

    A cell without contacts in one period has the other period's mean there, so it is all mix. The two sum to
    the change.
    """
    mix = within = 0.0
    for cell in before.keys() | after.keys():
        one, two = _place(before, cell), _place(after, cell)
        mean = one[1] if one[1] is not None else two[1]
        later = two[1] if two[1] is not None else one[1]
        if mean is not None and later is not None:
            mix += (two[0] - one[0]) * (mean + later) / 2
            within += (later - mean) * (one[0] + two[0]) / 2
    return mix, within


def difference(before: Estimate, after: Estimate, *, as_of: datetime) -> Estimate:
    """After - before of two figures from different contacts, or why it cannot be given."""
    n, reviewed = after.n, after.reviewed
    for when, one in (("before", before), ("since", after)):
        if one.value is None or one.low is None or one.high is None:
            why = f"{when} the change: {one.reason or 'no review corrects it'}"
            return Estimate.missing(why, as_of=as_of, n=n, reviewed=reviewed)
    value = float(after.value or 0.0) - float(before.value or 0.0)
    error = math.hypot(_error(before), _error(after))
    return Estimate(value, value - Z * error, value + Z * error, n, reviewed, "rectified", as_of)


def _error(one: Estimate) -> float:
    return (float(one.high or 0.0) - float(one.low or 0.0)) / (2 * Z)


def _kind(seen: float, mix: float, change: Estimate) -> Kind:
    if seen and mix / seen > MOSTLY:
        return "mix"
    if change.value is None or change.low is None or change.high is None:
        return "open"
    if not change.low <= 0 <= change.high and change.value * seen > 0:
        return "real"
    return "open" if change.low <= seen <= change.high else "measurement"


def _sentence(kind: Kind, change: Estimate, *, seen: float, mix: float, since: date) -> str:
    between = "" if change.low is None else f" ({change.low:+.2f} to {change.high:+.2f})"
    reviews = f"{change.reviewed:,} reviewed contacts since {since.isoformat()}"
    match kind:
        case "mix":
            return f"mostly a different mix of contacts: it makes {mix:+.2f} of the {seen:+.2f}"
        case "real":
            return f"confirmed by reviews: corrected, it changed by {change.value:+.2f}{between}, {reviews}"
        case "measurement":
            return (
                f"not confirmed: the tagger's figure moved by {seen:+.2f}, reviewed contacts by {change.value:+.2f}"
                f"{between}; look at the tagger before you act"
            )
        case _ if change.value is None:
            return f"not settled yet: {change.reason}"
        case _:
            return f"not settled yet: corrected, it changed by {change.value:+.2f}{between}, {reviews}; more would tell"


def _cells(moments: Moments, view: View, *, target: Target, measure: str) -> Cells:
    """Per channel, segment and circumstance: the weight and the total behind a target's figure."""
    column = moments.targets.index(*target)
    cells: dict[tuple[tuple[str, str], ...], tuple[float, float]] = {}
    for key, sums in moments.within(view).slices.items():
        mine = sums[column]
        if measure == "share":
            weight, total = mine[_VOLUME, _AT["n"]], mine[_VOLUME, _AT["g"]]
        else:
            weight, total = (mine[SUMMED.index(measure), _AT[name]] for name in ("g", "vg"))
        cell = _cell(key)
        known = cells.get(cell, (0.0, 0.0))
        cells[cell] = (known[0] + float(weight), known[1] + float(total))
    return cells


def _cell(key: Slice) -> tuple[tuple[str, str], ...]:
    segment = ((f"segment.{name}", value) for name, value in key.segment)
    circumstance = ((f"circumstance.{name}", value) for name, value in key.circumstance)
    return (("channel", key.channel or "unknown"), *segment, *circumstance)


def _place(cells: Cells, cell: tuple[tuple[str, str], ...]) -> tuple[float, float | None]:
    """A cell's share of the weight, and its mean (None: nobody there)."""
    weight, total = cells.get(cell, (0.0, 0.0))
    whole = sum(one for one, _ in cells.values())
    return (weight / whole if whole > 0 else 0.0), (total / weight if weight > 0 else None)


def _parts(before: Cells, after: Cells) -> tuple[Part, ...]:
    """The values of each dimension that add most to the change, the largest first."""
    parts = []
    for dimension, value in sorted({pair for cell in before.keys() | after.keys() for pair in cell}):
        sides = [{cell: one for cell, one in side.items() if (dimension, value) in cell} for side in (before, after)]
        rest = [sum(weight for weight, _ in side.values()) for side in (before, after)]
        totals = [(sum(w for w, _ in side.values()), sum(t for _, t in side.values())) for side in sides]
        means = [total / weight if weight > 0 else None for weight, total in totals]
        shares = [weight / whole if whole > 0 else 0.0 for (weight, _), whole in zip(totals, rest, strict=True)]
        if means[0] is not None and means[1] is not None:
            points = (means[1] - means[0]) * (shares[0] + shares[1]) / 2
            parts.append(Part(dimension, value, points, means[0], means[1]))
    return tuple(sorted(parts, key=lambda part: -abs(part.points))[:SHOWN])


def _estimates(moments: Moments, view: View, *, target: Target, scale: EffortScale) -> TargetEstimates:
    found: Sequence[TargetEstimates] = target_estimates(
        moments.folds(view), moments.targets, scale=scale, as_of=view.as_of, clusters=moments.clusters(view)
    )
    return found[moments.targets.index(*target)]


def _figure(found: TargetEstimates, measure: str) -> Estimate:
    return found.share if measure == "share" else found.means[measure]


def _contacts(moments: Moments, view: View, target: Target) -> int:
    """Contacts on the target in a view, as the tagger counts them."""
    sums: Array = moments.select(view)
    return round(float(sums[moments.targets.index(*target), _VOLUME, _AT["g"]]))


def _response(moments: Moments, views: Sequence[View], target: Target) -> tuple[float, float] | None:
    """The share of the target's contacts that answered, before and after."""
    column, answered = moments.targets.index(*target), SUMMED.index(ANSWERED)
    rates = []
    for view in views:
        mine = moments.select(view)[column, answered]
        rates.append(float(np.divide(mine[_AT["vg"]], mine[_AT["g"]])) if mine[_AT["g"]] > 0 else 0.0)
    return rates[0], rates[1]
