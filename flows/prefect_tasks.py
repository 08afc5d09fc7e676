"""A stage as a Prefect task: tried again where the machinery failed, not where the input is bad."""

from __future__ import annotations

from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.artifacts import leave_report
from flows.stage_run import Plan, Stage, StageReport
from store.runs import StageBusyError
from taxonomy.errors import BadInputError

RETRIES = 2
RETRY_SECONDS = 5


def as_task(stage: Stage) -> Stage:
    """The stage as a task of its name, which leaves a report in Prefect's pages when it is done."""

    def with_report(plan: Plan, run_id: str) -> StageReport:
        done = stage(plan, run_id)
        leave_report(plan.job, run_id, done)
        return done

    wrapped: Stage = task(
        name=stage.__name__.removesuffix("_stage"),
        description=stage.__doc__,
        retries=RETRIES,
        retry_delay_seconds=RETRY_SECONDS,
        retry_condition_fn=_may_pass,
        cache_policy=NO_CACHE,
        persist_result=False,
    )(with_report)
    return wrapped


def _may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Bad input stays bad, and a stage at work is at work: only faults of the machinery are worth a second try."""
    return not isinstance(state.result(raise_on_failure=False), BadInputError | StageBusyError)
