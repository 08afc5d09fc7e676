"""Friction and burden per step and per failure mode (METHODS 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from alignment.estimate import Estimate
from alignment.intervals import t_quantile
from taxonomy.model import FrictionRule, Goalposts

Array = NDArray[np.float64]


def norm(value: float, goalposts: Goalposts) -> float:
    """Where a value stands between its fixed goalposts: 0 at the worst, 1 at the best, clipped."""
    return min(max((value - goalposts.worst) / (goalposts.best - goalposts.worst), 0.0), 1.0)


@dataclass(frozen=True)
class Joint:
    """How a figure errs in each replicate, and the degrees of freedom of that: what composites are made of."""

    deviation: Array
    degrees: float

    @property
    def spread(self) -> float:
        """Half the width of a 95 % interval."""
        return t_quantile(self.degrees) * float(np.sqrt((self.deviation**2).mean()))


def friction(
    parts: Mapping[str, Estimate], rule: FrictionRule, *, as_of: datetime, joint: Joint | None = None
) -> Estimate:
    """100 (1 - sum_m w_m norm_m(theta_m)): 0 = none, 100 = worst.

    A weighted measure without evidence makes friction missing; weights are never spread over the others.
    With `joint` (`joint_friction`) the interval allows for how the parts err together. Without, it joins the ends of
    their own intervals, as if all errors went the same way (se <= sum of w_m se_m / range_m), which is conservative.
    One uncorrected part makes the whole uncorrected, without an interval.
    """
    weighted = {name: weight for name, weight in rule.weights.items() if weight > 0}
    given = {name: parts[name] for name in weighted if name in parts}
    n = min((part.n for part in given.values()), default=0)
    reviewed = min((part.reviewed for part in given.values()), default=0)
    absent = [
        f"{name} ({_plain(parts.get(name))})" for name in weighted if name not in parts or parts[name].value is None
    ]
    if absent:
        reason = f"not enough evidence: friction needs {' and '.join(absent)}"
        return Estimate.missing(reason, as_of=as_of, n=n, reviewed=reviewed)
    value, low, high = _ends(given, weighted, rule.goalposts)
    uncorrected = [name for name, part in given.items() if part.low is None]
    if uncorrected:
        reason = f"no reviewed contact corrects {', '.join(uncorrected)}: this rests on what the tagger alone says"
        return Estimate(value, None, None, n, reviewed, "uncorrected", as_of, reason)
    if joint is not None:
        low, high = max(value - joint.spread, 0.0), min(value + joint.spread, 100.0)
    return Estimate(value, low, high, n, reviewed, "composite", as_of)


def joint_friction(
    parts: Mapping[str, Estimate], rule: FrictionRule, errors: Mapping[str, Joint | None]
) -> Joint | None:
    """The error of friction from those of its parts; a part outside its goalposts moves nothing.

    None where a part has no value, no interval or no replicates.
    """
    total: Array | None = None
    degrees = []
    for name, weight in rule.weights.items():
        part, error, posts = parts.get(name), errors.get(name), rule.goalposts.get(name)
        if weight <= 0:
            continue
        if part is None or part.value is None or part.low is None or error is None or posts is None:
            return None
        inside = 0.0 < norm(part.value, posts) < 1.0
        moved = -100 * weight / (posts.best - posts.worst) * inside * error.deviation
        total = moved if total is None else total + moved
        degrees.append(error.degrees)
    return None if total is None else Joint(total, min(degrees))


def _ends(
    parts: Mapping[str, Estimate], weights: Mapping[str, float], goalposts: Mapping[str, Goalposts]
) -> tuple[float, float, float]:
    attained, most, least = 0.0, 0.0, 0.0
    for name, weight in weights.items():
        part = parts[name]
        value = part.value if part.value is not None else 0.0
        ends = [norm(end if end is not None else value, goalposts[name]) for end in (part.low, part.high)]
        attained += weight * norm(value, goalposts[name])
        most += weight * max(ends)
        least += weight * min(ends)
    return 100 * (1 - attained), 100 * (1 - most), 100 * (1 - least)


def burden(
    step_friction: Estimate,
    share: Estimate,
    unfit: Estimate,
    *,
    joint: tuple[Joint, Joint, Joint] | None = None,
) -> Estimate:
    """friction_s N_s / sum_s N_s over the job's steps: where to act first.

    `share` is the target's share of all contacts and `unfit` the share that fits no step, so that the
    weight is share / (1 - unfit). `joint` holds the errors of the three; without it the interval takes both ends
    together, conservative as for friction.
    """
    as_of, n = step_friction.as_of, share.n
    reviewed = step_friction.reviewed
    for part in (step_friction, share, unfit):
        if part.value is None:
            return Estimate.missing(part.reason or "not enough evidence", as_of=as_of, n=n, reviewed=reviewed)
    value = _product(step_friction.value, share.value, unfit.value)
    if None in (step_friction.low, share.low, unfit.low):
        reason = "no reviewed contact corrects friction or volume: this rests on what the tagger alone says"
        return Estimate(value, None, None, n, reviewed, "uncorrected", as_of, reason)
    if joint is not None:
        spread = _joint_product((step_friction, share, unfit), joint).spread
        return Estimate(value, max(value - spread, 0.0), min(value + spread, 100.0), n, reviewed, "composite", as_of)
    low = _product(step_friction.low, share.low, unfit.low)
    high = _product(step_friction.high, share.high, unfit.high)
    return Estimate(value, low, high, n, reviewed, "composite", as_of)


def _product(points: float | None, share: float | None, unfit: float | None) -> float:
    """Friction times the share among contacts that fit a step, which cannot pass 1."""
    fitting = 1 - (unfit or 0.0)
    return (points or 0.0) * (min((share or 0.0) / fitting, 1.0) if fitting > 0 else 0.0)


def _joint_product(parts: tuple[Estimate, Estimate, Estimate], joint: tuple[Joint, Joint, Joint]) -> Joint:
    """The error of friction x share / (1 - unfit) to first order."""
    points, share, unfit = (part.value or 0.0 for part in parts)
    fitting = max(1 - unfit, 1e-9)
    by_points, by_share, by_unfit = (one.deviation for one in joint)
    moved = share / fitting * by_points + points / fitting * by_share + points * share / fitting**2 * by_unfit
    return Joint(moved, min(one.degrees for one in joint))


def _plain(part: Estimate | None) -> str:
    reason = part.reason if part is not None and part.reason else "not measured"
    return reason.removeprefix("not enough evidence: ")
