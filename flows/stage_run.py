"""One stage of a run: alone at its work, timed, recorded, logged and traced."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flows.log import open_log
from flows.workspace import Workspace
from store.runs import recorded
from store.traces import tracing


@dataclass(frozen=True)
class Plan:
    """What one run is asked to do: the job (id or file) and the contacts to read first, if any.

    `since` is an ISO date: contacts that began before it are passed over. A stage that another run is at work on is
    waited for at most `patience` seconds.
    """

    job: str
    paths: tuple[str, ...] = ()
    source: str = "default"
    since: str | None = None
    patience: float = 0.0


@dataclass(frozen=True)
class StageReport:
    """How long a stage took (seconds) and what it counted."""

    name: str
    seconds: float
    counts: Mapping[str, Any]


Stage = Callable[[Plan, str], StageReport]


def reported(name: str, plan: Plan, run_id: str, work: Callable[[Workspace], Any]) -> StageReport:
    """Do a stage's work, whose counts are a dataclass. Raises StageBusyError where another run is at it."""
    workspace = Workspace.open(plan.job)
    tracing.start(workspace.settings, service="headway")
    names = {"stage": name, "job": workspace.job.id, "run": run_id}
    log, began = open_log(workspace.settings), time.monotonic()
    log.info("stage started", extra={"facts": names})
    try:
        with tracing.span(f"stage {name}", names) as here:
            job = workspace.job.id
            with recorded(workspace.database, name, run_id=run_id, job_id=job, patience=plan.patience) as counts:
                counts.update(asdict(work(workspace)))
            here.note({key: value for key, value in counts.items() if isinstance(value, int | float)})
    except BaseException as error:
        # The kind alone: a message might quote what somebody said.
        seconds = round(time.monotonic() - began, 2)
        log.error("stage failed", extra={"facts": {**names, "seconds": seconds, "error": type(error).__name__}})
        raise
    seconds = round(time.monotonic() - began, 2)
    log.info("stage done", extra={"facts": {**names, "seconds": seconds, "counts": counts}})
    return StageReport(name, seconds, dict(counts))
