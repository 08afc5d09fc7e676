"""The stages of a run, each a plain function of a plan: they run directly, as Prefect tasks, or on a schedule."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flows.draw import tend_queue
from flows.ingest import ingest
from flows.measure import measure
from flows.progress import progress_bar
from flows.publish import publish
from flows.pull import pull
from flows.stage_run import Plan, Stage, StageReport, at_work, reported
from flows.tag import tag, waiting
from flows.watch import watch
from flows.workspace import Workspace
from store.timetable import Timetable


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

    return reported("ingest", plan, run_id, work)


def pull_stage(plan: Plan, run_id: str) -> StageReport:
    """Read what is new in the inboxes."""

    def work(workspace: Workspace) -> Any:
        with progress_bar("pull") as tick:
            return pull(workspace, tick=tick)

    return reported("pull", plan, run_id, work)


def tag_stage(plan: Plan, run_id: str) -> StageReport:
    """Tag what the model in use has not read."""

    def work(workspace: Workspace) -> Any:
        with progress_bar("tag", total=waiting(workspace)) as tick:
            return tag(workspace, tick=tick, llm_batch=plan.llm_batch)

    return reported("tag", plan, run_id, work)


def draw_stage(plan: Plan, run_id: str) -> StageReport:
    """Offer new contacts to the review draw, at the rate of the last one; check the tagger's promise once a week."""
    return reported("draw", plan, run_id, tend_queue)


def measure_stage(plan: Plan, run_id: str) -> StageReport:
    """Fold evidence into moments."""
    return reported("measure", plan, run_id, measure)


def publish_stage(plan: Plan, run_id: str) -> StageReport:
    """Publish the index."""
    return reported("publish", plan, run_id, publish)


def watch_stage(plan: Plan, run_id: str) -> StageReport:
    """Look at the weeks that have ended for changes."""
    return reported("watch", plan, run_id, watch)


@dataclass(frozen=True)
class Taught:
    """What a scheduled training came to: contacts it learned from, whether the model is used, and why (not)."""

    contacts: int
    model: str | None
    promoted: bool
    why: str


def train_stage(plan: Plan, run_id: str) -> StageReport:
    """Train on what analysts decided and on the labelled contacts of the timetable; nothing where neither is there."""
    return reported("train", plan, run_id, _train)


def _train(workspace: Workspace) -> Taught:
    from flows.lessons import gather
    from flows.train import train

    data = (workspace.settings.schedule or Timetable()).labelled
    lessons = gather(workspace.job, data, settings=workspace.settings)
    if lessons.labelled is None or (data is None and not lessons.taught):
        return Taught(0, workspace.shelf.current(), False, "nobody labelled or decided a contact yet")
    done = train(workspace.job, data, settings=workspace.settings)
    return Taught(done.contacts, done.model, done.promoted, done.why)


def retain_stage(plan: Plan, run_id: str) -> StageReport:
    """Remove what is past its days of retention, of every job: one run at a time in the whole home."""
    from flows.retain import retain

    home, began = Workspace.open(plan.job), time.monotonic()
    try:
        with at_work(home, "retain", job=None, run_id=run_id, patience=plan.patience) as counts:
            counts.update(asdict(retain(home, by="headway schedule")))
    finally:
        home.close()
    return StageReport("retain", round(time.monotonic() - began, 2), dict(counts))


STAGES: tuple[Stage, ...] = (ingest_stage, tag_stage, draw_stage, measure_stage, publish_stage, watch_stage)
"""What `headway run` does, in this order."""
