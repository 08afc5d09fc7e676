"""Steps and failure modes of one view, from its moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alignment.clusters import Clusters
from alignment.effort import EffortScale
from alignment.estimate import Estimate
from alignment.friction import Joint, burden, friction, joint_friction
from alignment.measures import MEASURE_BY_ID
from alignment.nonresponse import bounded, shift_of
from alignment.rectify import Array, TargetEstimates, estimates
from alignment.scorecard import FailureMode, StepFigures
from alignment.targets import NONE, Targets
from taxonomy.model import Job


def target_estimates(
    folds: Array,
    targets: Targets,
    *,
    scale: EffortScale,
    as_of: datetime,
    lam: float | None = None,
    clusters: Clusters | None = None,
) -> list[TargetEstimates]:
    """Estimates of every target from `Moments.folds`, with effort on the given scale; lam is tuned unless given."""
    measures = {**MEASURE_BY_ID, "effort": scale.measure}
    return estimates(folds, targets, as_of=as_of, measures=measures, lam=lam, clusters=clusters)


def step_friction(job: Job, found: TargetEstimates, *, scale: EffortScale, as_of: datetime) -> Estimate:
    """A target's friction; missing where the job's effort goalposts do not fit the scale of the answers."""
    return friction_and_error(job, found, scale=scale, as_of=as_of)[0]


def friction_and_error(
    job: Job, found: TargetEstimates, *, scale: EffortScale, as_of: datetime
) -> tuple[Estimate, Joint | None]:
    """A target's friction, and how it errs in each replicate."""
    parts = {name: found.means[name] for name in job.friction.weights}
    wrong = scale.disagreement(job.friction.goalposts["effort"]) if "effort" in job.friction.goalposts else None
    if wrong is not None and "effort" in parts:
        parts["effort"] = Estimate.missing(wrong, as_of=as_of, n=parts["effort"].n)
    joint = joint_friction(parts, job.friction, {name: error_of(found, name) for name in parts})
    return friction(parts, job.friction, as_of=as_of, joint=joint), joint


def error_of(found: TargetEstimates, measure: str) -> Joint | None:
    """How a mean (the share, for `volume`) errs in each replicate; None without replicates."""
    deviation = found.deviation(measure)
    return None if deviation is None else Joint(deviation, found.degrees(measure))


def _burden(points: tuple[Estimate, Joint | None], mine: TargetEstimates, unfit: TargetEstimates) -> Estimate:
    """A target's burden from its friction, its share, and the share that fits no step."""
    joint = (points[1], error_of(mine, "volume"), error_of(unfit, "volume"))
    known = None if joint[0] is None or joint[1] is None or joint[2] is None else (joint[0], joint[1], joint[2])
    return burden(points[0], mine.share, unfit.share, joint=known)


def step_figures(
    job: Job, found: Sequence[TargetEstimates], targets: Targets, *, scale: EffortScale, as_of: datetime
) -> tuple[StepFigures, ...]:
    """The figures of every step of the job, in its order."""
    unfit = found[targets.index("step", NONE)]
    figures = []
    for step in job.step_by_id:
        mine = found[targets.index("step", step)]
        points = friction_and_error(job, mine, scale=scale, as_of=as_of)
        shift = effort_shift(mine, scale)
        moved = None if shift is None else shift * _effort_slope(job)
        figures.append(
            StepFigures(
                step=step,
                volume=mine.volume,
                share=mine.share,
                effort=mine.means["effort"],
                fcr=mine.means["fcr"],
                fcr_long=mine.means["fcr_long"],
                transfers=mine.means["transfers"],
                time=mine.means["time"],
                friction=points[0],
                burden=_burden(points, mine, unfit),
                response_rate=mine.response_rate,
                easy=mine.easy,
                effort_bounds=bounded(mine.means["effort"], shift, low=scale.low, high=scale.high),
                friction_bounds=bounded(points[0], moved, low=0.0, high=100.0),
            )
        )
    return tuple(figures)


def effort_shift(found: TargetEstimates, scale: EffortScale) -> float | None:
    """How far a target's mean effort could move if answering hangs on effort itself."""
    return shift_of(found.response_rate, found.variance("effort"), scale.high - scale.low)


def _effort_slope(job: Job) -> float:
    """Points of friction for a point of effort."""
    posts = job.friction.goalposts.get("effort")
    weight = job.friction.weights.get("effort", 0.0)
    return 0.0 if posts is None else 100 * weight / abs(posts.best - posts.worst)


def failure_modes(
    job: Job, found: Sequence[TargetEstimates], targets: Targets, *, scale: EffortScale, as_of: datetime
) -> tuple[FailureMode, ...]:
    """Every (step, outcome) pair by burden, largest first; those without a burden last, in the job's order."""
    unfit = found[targets.index("step", NONE)]
    modes = []
    for outcome, step in job.step_of.items():
        mine = found[targets.index("outcome", outcome)]
        points = friction_and_error(job, mine, scale=scale, as_of=as_of)
        means = {name: mine.means[name] for name in ("effort", "fcr", "fcr_long", "cost")}
        weight = _burden(points, mine, unfit)
        modes.append(FailureMode(step, outcome, mine.volume, **means, friction=points[0], burden=weight))
    ranked = sorted(modes, key=lambda mode: -1.0 if mode.burden.value is None else mode.burden.value, reverse=True)
    return tuple(ranked)
