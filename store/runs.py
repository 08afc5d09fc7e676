"""What ran when, what it counted, and whether it still runs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.clock import database_now
from store.heartbeat import beating
from store.leases import Busy, Lease, give_back, gone, take
from store.permitted import permitted
from store.processes import this_process
from store.session import Database
from store.tables import stage_runs
from taxonomy.errors import HeadwayError

LOOK_SECONDS = 1.0
"""How often a run that waits for a stage looks whether it is free."""

RESUMED = "resumed_after"
"""Count under which a stage says which killed run it goes on for."""


class StageBusyError(HeadwayError):
    """Another run is at work on this stage of this job."""

    def __init__(self, busy: Busy) -> None:
        stage, _, job = busy.name.partition(":")
        self.busy = busy
        whose = f"{stage} of job {job!r}" if job else stage
        super().__init__(
            f"{whose} is at work already since {busy.since:%Y-%m-%d %H:%M} UTC (run {busy.run_id}, "
            f"{busy.process}): nothing was done, and nothing is lost; try again when it has ended"
        )


@contextmanager
def recorded(
    database: Database, stage: str, *, run_id: str, job_id: str | None, patience: float = 0.0
) -> Iterator[dict[str, Any]]:
    """Record one stage of a run, alone at it: the caller fills the counts; a stage that raises is recorded as failed.

    Without a `job_id` it is a stage of the whole home.
    Waits at most `patience` seconds for another run of the stage to end. Runs of it that were killed are recorded as
    such, and the counts say which run is gone on for. Raises StageBusyError.
    """
    lease = _waited(database, f"{stage}:{job_id or ''}", run_id=run_id, patience=patience)
    try:
        with database.session() as session:
            killed = _bury(session, stage, job_id)
            row = _begin(session, stage, run_id=run_id, job_id=job_id)
        yield from _beating(database, lease, row, {RESUMED: killed[-1]} if killed else {})
    finally:
        with database.session() as session:
            give_back(session, lease)


def _beating(database: Database, lease: Lease, row: int, counts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    status = "failed"
    try:
        with beating(database, lease, row) as heart:
            yield counts
        if heart.overtaken:
            counts["overtaken"] = True
        status = "done"
    finally:
        with database.session() as session:
            ended = {"ended_at": database_now(session), "status": status, "counts": counts}
            session.execute(stage_runs.update().where(stage_runs.c.pk == row).values(ended))


def list_runs(session: Session, *, job_id: str | None = None, limit: int = 100) -> list[Mapping[str, Any]]:
    """The stages that ran, newest first; one that says it runs but is known to be dead, or silent, is `killed`."""
    query = select(stage_runs).order_by(stage_runs.c.pk.desc()).limit(limit)
    if job_id is not None:
        query = query.where(stage_runs.c.job_id == job_id)
    query = query.where(permitted(session, stage_runs.c.job_id))
    now = database_now(session)
    return [_seen(dict(row._mapping), now) for row in session.execute(query)]


def _seen(row: dict[str, Any], now: Any) -> Mapping[str, Any]:
    if row["status"] == "running" and gone(row["process"], row["beat_at"], now):
        row["status"] = "killed"
    return row


def _waited(database: Database, name: str, *, run_id: str, patience: float) -> Lease:
    until = time.monotonic() + patience
    while True:
        with database.session() as session:
            found = take(session, name, run_id=run_id)
        if isinstance(found, Lease):
            return found
        if time.monotonic() >= until:
            raise StageBusyError(found)
        time.sleep(LOOK_SECONDS)


def _bury(session: Session, stage: str, job_id: str | None) -> list[str]:
    """Record the runs of a stage that were killed as killed, at their last sign of life; which they were."""
    of_job = stage_runs.c.job_id.is_(None) if job_id is None else stage_runs.c.job_id == job_id
    of_stage = (stage_runs.c.stage == stage, of_job, stage_runs.c.status == "running")
    dead = session.execute(select(stage_runs).where(*of_stage).order_by(stage_runs.c.pk)).all()
    for row in dead:
        ended = {"status": "killed", "ended_at": row.beat_at or row.started_at}
        session.execute(stage_runs.update().where(stage_runs.c.pk == row.pk).values(ended))
    return [row.run_id for row in dead]


def _begin(session: Session, stage: str, *, run_id: str, job_id: str | None) -> int:
    now = database_now(session)
    values: dict[str, Any] = {"run_id": run_id, "stage": stage, "job_id": job_id, "started_at": now, "beat_at": now}
    values |= {"process": this_process(), "status": "running", "counts": {}}
    return int(session.execute(stage_runs.insert().values(values).returning(stage_runs.c.pk)).scalar_one())
