"""Steps and failure modes of one view, from its moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alignment.effort import EffortScale
from alignment.estimate import Estimate
from alignment.friction import burden, friction
from alignment.measures import MEASURE_BY_ID
from alignment.rectify import Array, TargetEstimates, estimates
from alignment.scorecard import FailureMode, StepFigures
from alignment.targets import NONE, Targets
from taxonomy.model import Job


def target_estimates(folds: Array, targets: Targets, *, scale: EffortScale, as_of: datetime) -> list[TargetEstimates]:
    """Estimates of every target from `Moments.folds`, with effort on the given scale."""
    return estimates(folds, targets, as_of=as_of, measures={**MEASURE_BY_ID, "effort": scale.measure})


def step_friction(job: Job, found: TargetEstimates, *, scale: EffortScale, as_of: datetime) -> Estimate:
    """A target's friction; missing where the job's effort goalposts do not fit the scale of the answers."""
    parts = {name: found.means[name] for name in job.friction.weights}
    wrong = scale.disagreement(job.friction.goalposts["effort"]) if "effort" in job.friction.goalposts else None
    if wrong is not None and "effort" in parts:
        parts["effort"] = Estimate.missing(wrong, as_of=as_of, n=parts["effort"].n)
    return friction(parts, job.friction, as_of=as_of)


def step_figures(
    job: Job, found: Sequence[TargetEstimates], targets: Targets, *, scale: EffortScale, as_of: datetime
) -> tuple[StepFigures, ...]:
    """The figures of every step of the job, in its order."""
    unfit = found[targets.index("step", NONE)].share
    figures = []
    for step in job.step_by_id:
        mine = found[targets.index("step", step)]
        points = step_friction(job, mine, scale=scale, as_of=as_of)
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
                friction=points,
                burden=burden(points, mine.share, unfit),
                response_rate=mine.response_rate,
            )
        )
    return tuple(figures)


def failure_modes(
    job: Job, found: Sequence[TargetEstimates], targets: Targets, *, scale: EffortScale, as_of: datetime
) -> tuple[FailureMode, ...]:
    """Every (step, outcome) pair by burden, largest first; those without a burden last, in the job's order."""
    unfit = found[targets.index("step", NONE)].share
    modes = []
    for outcome, step in job.step_of.items():
        mine = found[targets.index("outcome", outcome)]
        points = step_friction(job, mine, scale=scale, as_of=as_of)
        means = {name: mine.means[name] for name in ("effort", "fcr", "fcr_long", "cost")}
        weight = burden(points, mine.share, unfit)
        modes.append(FailureMode(step, outcome, mine.volume, **means, friction=points, burden=weight))
    ranked = sorted(modes, key=lambda mode: -1.0 if mode.burden.value is None else mode.burden.value, reverse=True)
    return tuple(ranked)
