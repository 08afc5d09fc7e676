"""`headway run` as a Prefect flow of the stages' tasks."""

from __future__ import annotations

from prefect import flow

from flows.prefect_tasks import as_task
from flows.run import RunReport, story
from flows.stage_run import Plan
from flows.stages import STAGES


@flow(name="headway run", flow_run_name="run {job}", persist_result=False)
def headway_run(job: str, paths: tuple[str, ...], source: str, since: str | None, patience: float) -> RunReport:
    """The whole flow once: ingest, tag, draw, measure, publish, watch."""
    return story(tuple(as_task(stage) for stage in STAGES), Plan(job, paths, source, since, patience))


def story_under_prefect(plan: Plan) -> RunReport:
    """The story as a flow run on the server that PREFECT_API_URL names."""
    report: RunReport = headway_run(plan.job, plan.paths, plan.source, plan.since, plan.patience)
    return report
