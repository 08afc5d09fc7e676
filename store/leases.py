"""One at work on a stage of a job at a time, on every machine that shares the database, with or without Prefect.

A lease lasts as long as its holder says that it lives. A holder that was killed is noticed at once on the same machine
and after `LAPSE` from another. Leases keep runs from doing work twice; that figures stay right even where two overlap
is the natural keys' doing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Update, select
from sqlalchemy.orm import Session

from store.clock import database_now
from store.processes import surely_dead, this_process
from store.session import insert_new
from store.tables import stage_leases

LAPSE = timedelta(minutes=5)
"""Silence after which a holder counts as gone: longer than any wait for SQLite's one writer."""


@dataclass(frozen=True)
class Lease:
    """A stage that is ours. `before` is the run that held it last and never gave it back, None if it did."""

    name: str
    token: int
    before: str | None


@dataclass(frozen=True)
class Busy:
    """A stage that somebody else is at work on, since when."""

    name: str
    run_id: str
    since: datetime
    process: str


def take(session: Session, name: str, *, run_id: str) -> Lease | Busy:
    """The lease, unless a living run holds it. A run that holds it already (a retry) gets it anew."""
    now = database_now(session)
    start = {"name": name, "token": 0, "taken_at": now, "beat_at": now}
    insert_new(session, stage_leases, [start])
    row = session.execute(select(stage_leases).where(stage_leases.c.name == name)).one()
    if row.run_id not in (None, run_id) and not gone(row.process, row.beat_at, now):
        return Busy(name, row.run_id, row.taken_at, row.process)
    mine = {"token": row.token + 1, "run_id": run_id, "process": this_process(), "taken_at": now, "beat_at": now}
    # Only if nobody took it since it was read: the token is the proof.
    ours = _changed(session, _held(name, row.token).values(mine))
    return Lease(name, row.token + 1, row.run_id) if ours else _lost(session, name)


def beat(session: Session, lease: Lease) -> bool:
    """Say that the holder lives; False where somebody else has taken over."""
    return _changed(session, _held(lease.name, lease.token).values(beat_at=database_now(session)))


def give_back(session: Session, lease: Lease) -> bool:
    """End the lease; False where somebody else had taken over, and nothing is changed."""
    return _changed(session, _held(lease.name, lease.token).values(run_id=None, process=None))


def gone(process: str | None, beat_at: datetime | None, now: datetime) -> bool:
    """Whether whoever does a piece of work has ended without saying so."""
    return surely_dead(process) or beat_at is None or now - beat_at > LAPSE


def _held(name: str, token: int) -> Update:
    return stage_leases.update().where(stage_leases.c.name == name, stage_leases.c.token == token)


def _changed(session: Session, change: Update) -> bool:
    return session.execute(change.returning(stage_leases.c.name)).first() is not None


def _lost(session: Session, name: str) -> Busy:
    row = session.execute(select(stage_leases).where(stage_leases.c.name == name)).one()
    return Busy(name, row.run_id or "", row.taken_at, row.process or "")
