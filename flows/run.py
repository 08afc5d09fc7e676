"""The whole flow once, as one story: ingest, tag, draw, measure, publish, watch.

The story is a plain function. Where PREFECT_API_URL names a Prefect server it runs as a Prefect flow
whose stages are tasks with retries; where none is named it runs directly, since a server of its own
would cost each run ten seconds and more.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from flows.stage_run import Plan, Stage, StageReport
from flows.stages import STAGES
from store.traces import tracing


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


def story(stages: tuple[Stage, ...], plan: Plan) -> RunReport:
    """Every stage after the other; each takes what is new since it last ran."""
    run_id = uuid4().hex
    wanted = stages if plan.paths else stages[1:]
    with tracing.span("run", {"job": plan.job, "run": run_id}):
        return RunReport(run_id, tuple(stage(plan, run_id) for stage in wanted))


def run_once(plan: Plan) -> RunReport:
    """Run the story, under Prefect where a server is named."""
    if not os.environ.get("PREFECT_API_URL"):
        return story(STAGES, plan)
    from flows.prefect_story import story_under_prefect

    return story_under_prefect(plan)
