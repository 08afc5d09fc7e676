"""Everything behind the figures of one step or one outcome, put together once and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from alignment.account import Line, account
from alignment.effort import scale_of
from alignment.estimate import Estimate
from alignment.figures import step_friction, target_estimates
from alignment.moments import Moments
from alignment.rectify import TargetEstimates
from alignment.scorecard import View
from alignment.target_trends import Lines, target_trends
from alignment.targets import Kind
from store.accounts import Standing, read_standing
from store.browse import dimensions
from store.kept import Kept
from store.moments import read_moments
from store.scorecards import view_key
from store.tags import newest_model
from taxonomy.model import Job

Target = tuple[Kind, str]


@dataclass(frozen=True)
class SliceFigures:
    """A target's figures among the contacts of one value of a dimension."""

    friction: Estimate
    effort: Estimate
    fcr: Estimate
    volume: Estimate


@dataclass(frozen=True)
class Drill:
    """One target taken apart: by week, by the values of each dimension, and how its figures add up."""

    trends: Lines
    slices: Mapping[str, Mapping[str, SliceFigures]]
    account: tuple[Line, ...]
    standing: Standing


_kept: Kept[Drill] = Kept(128)


def read_drill(session: Session, job: Job, view: View, *, target: Target) -> Drill | None:
    """What stands behind a target's figures in a view; None where nothing is tagged yet."""
    newest = newest_model(session, job.id, as_of=view.as_of)
    if newest is None or newest[0] != job.stamp:
        return None
    key = (*view_key(session, job, view), target)
    return _kept.get(key, lambda: _build(session, job, view, model=newest[1], target=target))


def _build(session: Session, job: Job, view: View, *, model: str, target: Target) -> Drill:
    moments = read_moments(session, job, model_id=model, as_of=view.as_of)
    clusters, folds = moments.clusters(view), moments.folds(view)
    everything = target_estimates(folds, moments.targets, scale=scale_of(job), as_of=view.as_of, clusters=clusters)
    found = everything[moments.targets.index(*target)]
    inside = moments.within(view)
    names = [name for name, values in dimensions(session, job).items() if len(values) > 1 and name not in view.filters]
    by_value = partial(_slices, job, view=view, target=target, whole=moments)
    return Drill(
        trends=target_trends(job, moments, view, target=target),
        slices={name: by_value(inside.by(name)) for name in names},
        account=account(folds, moments.targets, target=target, found=found, as_of=view.as_of),
        standing=read_standing(session, job, view, model=model, target=target),
    )


def _slices(
    job: Job, parts: Mapping[str | None, Moments], *, view: View, target: Target, whole: Moments
) -> Mapping[str, SliceFigures]:
    """By value; contacts without one are left out. Errors allow for contacts of one customer as those of all do."""
    clusters, scale, everything = whole.clusters(view), scale_of(job), View(view.as_of)
    found = {}
    for value, part in sorted(((str(value), part) for value, part in parts.items() if value is not None)):
        estimates = target_estimates(
            part.folds(everything), part.targets, scale=scale, as_of=view.as_of, clusters=clusters
        )
        found[value] = _figures(job, estimates[part.targets.index(*target)], view=view)
    return found


def _figures(job: Job, mine: TargetEstimates, *, view: View) -> SliceFigures:
    friction = step_friction(job, mine, scale=scale_of(job), as_of=view.as_of)
    return SliceFigures(friction, mine.means["effort"], mine.means["fcr"], mine.volume)
