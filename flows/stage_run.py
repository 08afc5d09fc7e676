"""One stage of a run: alone at its work, timed, recorded, logged and traced."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from flows.log import open_log
from flows.memory import give_back
from flows.workspace import Home, Workspace
from store.runs import recorded
from store.traces import tracing


@dataclass(frozen=True)
class Plan:
    """What one run is asked to do: the job (id or file) and the contacts to read first, if any.

    `since` is an ISO date: contacts that began before it are passed over. A stage that another run is at work on is
    waited for at most `patience` seconds. `llm_batch`: what an LLM is asked goes into a batch, at half the price.
    """

    job: str
    paths: tuple[str, ...] = ()
    source: str = "default"
    since: str | None = None
    patience: float = 0.0
    llm_batch: bool = False


@dataclass(frozen=True)
class StageReport:
    """How long a stage took (seconds) and what it counted."""

    name: str
    seconds: float
    counts: Mapping[str, Any]


Stage = Callable[[Plan, str], StageReport]


def reported(name: str, plan: Plan, run_id: str, work: Callable[[Workspace], Any]) -> StageReport:
    """Do a stage's work, whose counts are a dataclass. Raises StageBusyError where another run is at it."""
    workspace, began = Workspace.open(plan.job), time.monotonic()
    try:
        with at_work(workspace, name, job=workspace.job.id, run_id=run_id, patience=plan.patience) as counts:
            counts.update(asdict(work(workspace)))
    finally:
        workspace.close()
    return StageReport(name, round(time.monotonic() - began, 2), dict(counts))


@contextmanager
def at_work(
    home: Home, name: str, *, job: str | None, patience: float = 0.0, run_id: str | None = None
) -> Iterator[dict[str, Any]]:
    """Alone at a stage of a job, or of the whole home where `job` is None; the block fills the counts.

    Raises StageBusyError where another run is at it and does not end within `patience` seconds.
    """
    tracing.start(home.settings, service="headway")
    run = run_id or uuid4().hex
    log, began = open_log(home.settings), time.monotonic()
    names = {"stage": name, "job": job or "", "run": run}
    log.info("stage started", extra={"facts": names})
    try:
        with tracing.span(f"stage {name}", names) as here:
            with recorded(home.database, name, run_id=run, job_id=job, patience=patience) as counts:
                yield counts
            here.note({key: value for key, value in counts.items() if isinstance(value, int | float)})
    except BaseException as error:
        # The kind alone: a message might quote what somebody said.
        seconds = round(time.monotonic() - began, 2)
        log.error("stage failed", extra={"facts": {**names, "seconds": seconds, "error": type(error).__name__}})
        raise
    finally:
        give_back()  # hours may pass until the next stage
    seconds = round(time.monotonic() - began, 2)
    log.info("stage done", extra={"facts": {**names, "seconds": seconds, "counts": counts}})
