"""What runs by itself: one Prefect deployment a stage and job, by the timetable of the settings.

Each is a flow of one stage. Two runs of a deployment never overlap by Prefect's own limit; two runs of a stage never
overlap by the lease in our database, whoever started them; and where they do all the same, natural keys keep the data
right. A run that finds the stage at work ends as `Skipped`: what it would have done the other one does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from prefect import flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.schedules import Cron
from prefect.states import Completed
from prefect.types.entrypoint import EntrypointType

from flows import stages
from flows.prefect_tasks import as_task
from flows.stage_run import Plan, Stage
from store.runs import StageBusyError
from store.timetable import Timetable
from taxonomy.errors import BadInputError

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment


class TimetableError(BadInputError):
    """The timetable has a time that cannot be understood, or no job."""


def _worked(stage: Stage, job: str) -> Any:
    """Do the stage; a message for Prefect where there was nothing to do because another run is at it."""
    try:
        report = as_task(stage)(Plan(job), uuid4().hex)
    except StageBusyError as error:
        return Completed(name="Skipped", message=str(error))
    return Completed(message=", ".join(f"{name} {value}" for name, value in report.counts.items()))


@flow(name="headway-pull", flow_run_name="pull {job}", persist_result=False)
def pull(job: str) -> Any:
    """Look into the inboxes and read new and changed files: contacts, surveys, events."""
    return _worked(stages.pull_stage, job)


@flow(name="headway-tag", flow_run_name="tag {job}", persist_result=False)
def tag(job: str) -> Any:
    """Tag the contacts that the model in use has not read."""
    return _worked(stages.tag_stage, job)


@flow(name="headway-draw", flow_run_name="draw {job}", persist_result=False)
def draw(job: str) -> Any:
    """Offer new contacts to the review draw; check the tagger's promise once a week."""
    return _worked(stages.draw_stage, job)


@flow(name="headway-measure", flow_run_name="measure {job}", persist_result=False)
def measure(job: str) -> Any:
    """Fold what changed into moments."""
    return _worked(stages.measure_stage, job)


@flow(name="headway-watch", flow_run_name="watch {job}", persist_result=False)
def watch(job: str) -> Any:
    """Look for changes that are more than chance, and for silence."""
    return _worked(stages.watch_stage, job)


@flow(name="headway-publish", flow_run_name="publish {job}", persist_result=False)
def publish(job: str) -> Any:
    """Publish the Alignment Index."""
    return _worked(stages.publish_stage, job)


@flow(name="headway-train", flow_run_name="train {job}", persist_result=False)
def train(job: str) -> Any:
    """Train on what analysts decided; use the model if it is not worse than the one in use."""
    return _worked(stages.train_stage, job)


@flow(name="headway-retain", flow_run_name="retain", persist_result=False)
def retain(job: str) -> Any:
    """Remove what is past its days of retention, of every job."""
    return _worked(stages.retain_stage, job)


FLOWS: Mapping[str, Any] = {one.name.removeprefix("headway-"): one for one in (
    pull, tag, draw, measure, watch, publish, train, retain,
)}  # fmt: skip
"""The stages that have a time in the timetable, by its name."""

ONCE = frozenset({"retain"})
"""Stages that work for the whole home, whatever the job: they run under the first job's name."""


def deployments(jobs: Sequence[str], table: Timetable) -> list[RunnerDeployment]:
    """One deployment for each job and each stage that the timetable gives a time. Raises TimetableError."""
    if not jobs:
        raise TimetableError("no job to work for: name them in headway.toml ([schedule] jobs = [...]) or with --job")
    timed = [(stage, getattr(table, stage)) for stage in FLOWS if getattr(table, stage).strip()]
    return [
        _deployment(stage, job, cron, table.timezone)
        for job in jobs
        for stage, cron in timed
        if job == jobs[0] or stage not in ONCE
    ]


def _deployment(stage: str, job: str, cron: str, timezone: str) -> RunnerDeployment:
    try:
        schedule = Cron(cron, timezone=timezone)
        found: RunnerDeployment = FLOWS[stage].to_deployment(
            name=f"{stage}-{job}",
            schedule=schedule,
            parameters={"job": job},
            tags=["headway", stage, job],
            description=f"{FLOWS[stage].description} Job {job}; {cron!r} in {timezone}.",
            concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
    except ValueError as error:
        raise TimetableError(f"[schedule] {stage} = {cron!r} in {timezone!r} is no time: {error}") from error
    return found
