"""The whole flow once, as one story: ingest, tag, draw, measure, publish, watch.

The story is a plain function. Where PREFECT_API_URL names a Prefect server it runs as a Prefect flow
whose stages are tasks with retries; where none is named it runs directly, since a server of its own
would cost each run ten seconds and more.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from flows.draw import tend_queue
from flows.ingest import ingest
from flows.log import open_log
from flows.measure import measure
from flows.progress import progress_bar
from flows.publish import publish
from flows.tag import tag, waiting
from flows.watch import watch
from flows.workspace import Workspace
from store.runs import recorded
from taxonomy.errors import BadInputError

RETRIES = 2
RETRY_SECONDS = 5


@dataclass(frozen=True)
class Plan:
    """What one run is asked to do: the job (id or file) and the contacts to read first, if any.

    `since` is an ISO date: contacts that began before it are passed over.
    """

    job: str
    paths: tuple[str, ...] = ()
    source: str = "default"
    since: str | None = None


@dataclass(frozen=True)
class StageReport:
    """How long a stage took (seconds) and what it counted."""

    name: str
    seconds: float
    counts: Mapping[str, Any]


@dataclass(frozen=True)
class RunReport:
    """Every stage of one run, in order."""

    run_id: str
    stages: tuple[StageReport, ...]

    @property
    def quarantined(self) -> int:
        """How many inputs the run refused."""
        return sum(int(stage.counts.get("quarantined", 0)) for stage in self.stages)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON."""
        return asdict(self)


Stage = Callable[[Plan, str], StageReport]


def ingest_stage(plan: Plan, run_id: str) -> StageReport:
    """Read the plan's contacts into the store."""

    def work(workspace: Workspace) -> Any:
        with progress_bar("ingest") as tick:
            return ingest(
                workspace,
                [Path(path) for path in plan.paths],
                job=workspace.job,
                source=plan.source,
                since=date.fromisoformat(plan.since) if plan.since else None,
                tick=tick,
            )

    return _reported("ingest", plan, run_id, work)


def tag_stage(plan: Plan, run_id: str) -> StageReport:
    """Tag what the model in use has not read."""

    def work(workspace: Workspace) -> Any:
        with progress_bar("tag", total=waiting(workspace)) as tick:
            return tag(workspace, tick=tick)

    return _reported("tag", plan, run_id, work)


def draw_stage(plan: Plan, run_id: str) -> StageReport:
    """Offer new contacts to the review draw, at the rate of the last one; check the tagger's promise once a week."""
    return _reported("draw", plan, run_id, tend_queue)


def measure_stage(plan: Plan, run_id: str) -> StageReport:
    """Fold evidence into moments."""
    return _reported("measure", plan, run_id, measure)


def publish_stage(plan: Plan, run_id: str) -> StageReport:
    """Publish the index."""
    return _reported("publish", plan, run_id, publish)


def watch_stage(plan: Plan, run_id: str) -> StageReport:
    """Look at the weeks that have ended for changes."""
    return _reported("watch", plan, run_id, watch)


STAGES: tuple[Stage, ...] = (ingest_stage, tag_stage, draw_stage, measure_stage, publish_stage, watch_stage)


def story(stages: tuple[Stage, ...], plan: Plan) -> RunReport:
    """Every stage after the other; each takes what is new since it last ran."""
    run_id = uuid4().hex
    wanted = stages if plan.paths else stages[1:]
    return RunReport(run_id, tuple(stage(plan, run_id) for stage in wanted))


def run_once(plan: Plan) -> RunReport:
    """Run the story, under Prefect where a server is named."""
    if not os.environ.get("PREFECT_API_URL"):
        return story(STAGES, plan)
    return _under_prefect(plan)


def _under_prefect(plan: Plan) -> RunReport:
    from prefect import flow, task
    from prefect.cache_policies import NO_CACHE

    tasks: tuple[Stage, ...] = tuple(
        task(
            name=stage.__name__.removesuffix("_stage"),
            retries=RETRIES,
            retry_delay_seconds=RETRY_SECONDS,
            retry_condition_fn=_may_pass,
            cache_policy=NO_CACHE,
            persist_result=False,
        )(stage)
        for stage in STAGES
    )

    @flow(name="headway run", flow_run_name=f"run {plan.job}", persist_result=False)
    def headway_run(job: str, paths: tuple[str, ...], source: str, since: str | None) -> RunReport:
        return story(tasks, Plan(job, paths, source, since))

    return headway_run(plan.job, plan.paths, plan.source, plan.since)


def _may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Bad input stays bad: only faults of the machinery are worth a second try."""
    return not isinstance(state.result(raise_on_failure=False), BadInputError)


def _reported(name: str, plan: Plan, run_id: str, work: Callable[[Workspace], Any]) -> StageReport:
    """Do a stage's work, timed, recorded and logged."""
    workspace = Workspace.open(plan.job)
    log, names = open_log(workspace.settings), {"stage": name, "job": workspace.job.id, "run": run_id}
    log.info("stage started", extra={"facts": names})
    began = time.monotonic()
    try:
        with recorded(workspace.database, name, run_id=run_id, job_id=workspace.job.id) as counts:
            counts.update(asdict(work(workspace)))
    except Exception as error:
        # The kind alone: a message might quote what somebody said.
        log.error("stage failed", extra={"facts": {**names, "error": type(error).__name__}})
        raise
    seconds = round(time.monotonic() - began, 2)
    log.info("stage done", extra={"facts": {**names, "seconds": seconds, "counts": counts}})
    return StageReport(name, seconds, dict(counts))
