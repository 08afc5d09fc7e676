"""Every contact read again by the model in use, and what that did to the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from alignment.estimate import Estimate
from alignment.scorecard import StepFigures
from flows.measure import measure, measure_model
from flows.progress import Ticker, silent
from flows.stage_run import at_work
from flows.tag import tag
from flows.workspace import Workspace
from store.in_force import read_in_force
from store.review_purchase import steps_by_model
from store.tags import count_tagged, newest_model
from taxonomy.model import Job

SHOWN = ("volume", "effort", "fcr", "friction")


@dataclass(frozen=True)
class StepChange:
    """A step's figures by the earlier model's tags and by those of the model in use, from the same evidence."""

    step: str
    before: Mapping[str, Estimate]
    after: Mapping[str, Estimate]


@dataclass(frozen=True)
class Retagged:
    """What reading again came to. `before` is None where no earlier model of this job version was in force.

    `tagged` contacts were read now, `already` before this command; the earlier model's tags stay.
    """

    job: str
    model: str
    before: str | None
    tagged: int
    already: int
    deferred: int
    steps: tuple[StepChange, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as JSON; estimates as everywhere."""
        return {
            "job": self.job,
            "model": self.model,
            "before": self.before,
            "tagged": self.tagged,
            "already": self.already,
            "deferred": self.deferred,
            "steps": [
                {
                    "step": one.step,
                    "before": {name: estimate.as_json() for name, estimate in one.before.items()},
                    "after": {name: estimate.as_json() for name, estimate in one.after.items()},
                }
                for one in self.steps
            ],
        }


def retag(workspace: Workspace, *, patience: float = 0.0, tick: Ticker = silent) -> Retagged:
    """Let the model in use read everything, measure by it, and hold each step's figures against the earlier model's.

    Batches are kept as they are done: killed, the same command goes on where it stopped, and until it is through the
    figures of the earlier model stand. Done twice it changes nothing and says the same. Both sides are measured now,
    with the same reviews and answers. Alone at `tag` while it reads and at `measure` while it folds, each waited for
    at most `patience` seconds. Raises NoModelError, JobVersionError, StageBusyError.
    """
    job, model = workspace.job, workspace.shelf.path().name
    with workspace.database.session() as session:
        already = count_tagged(session, job_id=job.id, job_version=job.stamp, model_id=model)
        before = _earlier(workspace, model)
    with at_work(workspace, "tag", job=job.id, patience=patience) as counts:
        done = tag(workspace, tick=tick)
        counts.update(asdict(done))
    with at_work(workspace, "measure", job=job.id, patience=patience) as counts:
        if before is not None:
            measure_model(workspace, before)
        counts.update(asdict(measure(workspace)))
    with workspace.database.session() as session:
        now = datetime.now(UTC)
        after_steps = _steps(session, job, model, now)
        before_steps = {} if before is None else _steps(session, job, before, now)
    steps = tuple(StepChange(step, before_steps.get(step, {}), after_steps[step]) for step in job.step_by_id)
    return Retagged(job.id, model, before, done.tagged, already, done.deferred, steps)


def _earlier(workspace: Workspace, model: str) -> str | None:
    """The model of this job version that figures came from before the one in use."""
    job = workspace.job
    with workspace.database.session() as session:
        said = [one.model for one in read_in_force(session, job.id) if one.job_version == job.stamp]
        newest = newest_model(session, job.id)
    known = said or ([newest[1]] if newest is not None and newest[0] == job.stamp else [])
    return next((name for name in reversed(known) if name != model), None)


def _steps(session: Session, job: Job, model: str, now: datetime) -> dict[str, dict[str, Estimate]]:
    found = steps_by_model(session, job, model, now=now)
    return {one.step: {name: _named(one, name) for name in SHOWN} for one in found}


def _named(figures: StepFigures, name: str) -> Estimate:
    estimate: Estimate = getattr(figures, name)
    return estimate
