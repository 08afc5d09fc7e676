"""How the machinery does, for who keeps it running: counts and ages, no figure of a customer's job but its width."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alignment.estimate import Estimate
from alignment.scorecard import View
from store.clock import database_now
from store.freshness import freshness
from store.leases import gone
from store.measurements import read_reach
from store.moments import newest_moment
from store.scorecards import read_scorecard
from store.seldom import Seldom
from store.tables import contacts, review_items, stage_runs
from store.tags import count_untagged, newest_model, of_job
from taxonomy.model import Job

RECENT = timedelta(days=1)
_counted: Seldom[dict[str, int]] = Seldom()


@dataclass(frozen=True)
class Operations:
    """One job's machinery now.

    `contacts` by stage: stored, tagged, deferred, and untagged by the model that figures come from. `lag`: seconds
    since something last arrived, was measured, was published, and since the oldest contact waits to be measured.
    `widths`: high minus low of published figures, in the figure's own unit. `runs` of the last day by stage and status.
    """

    job: str
    contacts: Mapping[str, int]
    lag: Mapping[str, float]
    stale: bool
    queue: int
    queue_age: float
    widths: Mapping[str, float]
    runs: Mapping[tuple[str, str], int]
    durations: Mapping[str, float]


def read_operations(session: Session, job: Job, *, allowed: timedelta, silence: timedelta) -> Operations:
    """Everything at once; a few aggregates, and a scorecard that is kept until something new is recorded."""
    now = database_now(session)
    fresh = freshness(session, job.id, now=now, allowed=allowed, silence=silence)
    moments = {
        "arrival": fresh.arrived_at,
        "measurement": fresh.measured_at,
        "publication": fresh.published_at,
        "unmeasured": fresh.waiting_since,
    }
    open_items, oldest = _queue(session, job.id)
    runs, durations = _runs(session, job.id, now)
    return Operations(
        job.id,
        _counted.get((str(session.get_bind().engine.url), job.id, job.stamp), lambda: _contacts(session, job)),
        {name: max(0.0, (now - at).total_seconds()) for name, at in moments.items() if at is not None},
        fresh.stale,
        open_items,
        0.0 if oldest is None else max(0.0, (now - oldest).total_seconds()),
        _widths(session, job),
        runs,
        durations,
    )


def _contacts(session: Session, job: Job) -> dict[str, int]:
    """Contacts by stage: exact. Counted on from the last measurement; all rows where some went since, and so seldom."""
    newest = newest_model(session, job.id)
    if newest is None:
        stored = session.execute(select(func.count()).select_from(contacts).where(of_job(job.id))).scalar_one()
        return {"stored": stored, "tagged": 0, "deferred": 0, "untagged": stored}
    names = {"job_id": job.id, "job_version": newest[0], "model_id": newest[1]}
    reach = read_reach(session, job, newest[1], patience=0.0)
    return {
        "stored": reach.contacts,
        "tagged": reach.tags,
        "deferred": reach.deferred,
        "untagged": count_untagged(session, **names),
    }


def _queue(session: Session, job_id: str) -> tuple[int, datetime | None]:
    waits = (review_items.c.job_id == job_id, review_items.c.waits_for != "done")
    row = session.execute(select(func.count(), func.min(review_items.c.created_at)).where(*waits)).one()
    return row[0], row[1]


def _runs(session: Session, job_id: str, now: datetime) -> tuple[dict[tuple[str, str], int], dict[str, float]]:
    """Runs of the last day by stage and status, and seconds that the newest finished one of each stage took."""
    counts: dict[tuple[str, str], int] = {}
    durations: dict[str, float] = {}
    recent = (stage_runs.c.job_id == job_id, stage_runs.c.started_at > now - RECENT)
    for row in session.execute(select(stage_runs).where(*recent).order_by(stage_runs.c.pk)):
        dead = row.status == "running" and gone(row.process, row.beat_at, now)
        key = (row.stage, "killed" if dead else row.status)
        counts[key] = counts.get(key, 0) + 1
        if row.status == "done" and row.ended_at is not None:
            durations[row.stage] = (row.ended_at - row.started_at).total_seconds()
    return counts, durations


def _widths(session: Session, job: Job) -> dict[str, float]:
    """Of the index and of each step's friction, as of now."""
    newest = newest_model(session, job.id)
    if newest is None or not newest_moment(session, job, newest[1], None):
        return {}
    card = read_scorecard(session, job, View(as_of=datetime.now(UTC)), trends=False, service=False)
    figures = {"index": card.index.index} | {f"friction:{one.step}": one.friction for one in card.steps}
    widths = {name: _width(estimate) for name, estimate in figures.items()}
    return {name: width for name, width in widths.items() if width is not None}


def _width(estimate: Estimate) -> float | None:
    return None if estimate.low is None or estimate.high is None else estimate.high - estimate.low
