"""Bootstrap replicates in the database: a week whose contacts changed is written again beside the old one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from alignment.measures import SUMMED
from alignment.replicates import LINEAR, REPLICATES, Replicated, Replicates
from alignment.targets import Targets
from store.erased import frozen_before
from store.session import insert_new
from store.tables import replicates as table
from taxonomy.model import Job


def save_replicates(
    session: Session, job: Job, *, model_id: str, replicates: Replicates, weeks: Iterable[date | None], now: datetime
) -> None:
    """Append these weeks, and those that are not stored yet. A week that lost its contacts becomes zero."""
    stored = set(session.scalars(select(table.c.week).where(_of(job, model_id)).distinct()))
    wanted = (set(weeks) & (stored | replicates.weeks.keys())) | (replicates.weeks.keys() - stored)
    frozen = frozen_before(session)
    wanted = {week for week in wanted if week is None or frozen is None or week >= frozen}
    names = {"job_id": job.id, "job_version": job.stamp, "model_id": model_id, "recorded_at": now}
    rows = [{**names, "week": week, "sums": _bytes(replicates.weeks.get(week))} for week in sorted(wanted, key=str)]
    for at in range(0, len(rows), 20):
        insert_new(session, table, rows[at : at + 20])


def read_replicates(session: Session, job: Job, *, model_id: str, as_of: datetime | None = None) -> Replicates:
    """The replicates as they were at a moment (default: now)."""
    known = _of(job, model_id) if as_of is None else and_(_of(job, model_id), table.c.recorded_at <= as_of)
    last = select(func.max(table.c.pk).label("pk")).where(known).group_by(table.c.week).subquery()
    query = select(table.c.week, table.c.sums).join(last, last.c.pk == table.c.pk).order_by(table.c.week)
    rows = session.execute(query)
    parts = {row.week: _replicated(row.sums, len(Targets.of(job))) for row in rows}
    return Replicates({week: part for week, part in parts.items() if part is not None})


def newest_replicates(session: Session, job: Job, model_id: str, as_of: datetime | None) -> int:
    """The last row of a job's replicates at a moment; 0 where there is none."""
    query = select(func.max(table.c.pk)).where(_of(job, model_id))
    return session.scalar(query if as_of is None else query.where(table.c.recorded_at <= as_of)) or 0


def _of(job: Job, model_id: str) -> Any:
    return and_(table.c.job_id == job.id, table.c.job_version == job.stamp, table.c.model_id == model_id)


def _bytes(part: Replicated | None) -> bytes:
    """The counts, then the sums, as little-endian float32; nothing where the week has no contacts left."""
    if part is None:
        return b""
    return part.counts.astype("<f4").tobytes() + part.sums.astype("<f4").tobytes()


def _replicated(data: bytes, targets: int) -> Replicated | None:
    if not data:
        return None
    flat = np.frombuffer(data, dtype="<f4").astype(np.float32)
    fitting = [m for m in range(len(SUMMED), 0, -1) if flat.size % (1 + targets * m * len(LINEAR)) == 0]
    usual = [m for m in fitting if flat.size == REPLICATES * (1 + targets * m * len(LINEAR))]
    measures = (usual or fitting)[0]  # older ones lack the measures that came later
    count = flat.size // (1 + targets * measures * len(LINEAR))
    sums = np.zeros((count, targets, len(SUMMED), len(LINEAR)), dtype=np.float32)
    sums[:, :, :measures] = flat[count:].reshape(count, targets, measures, len(LINEAR))
    return Replicated(sums, flat[:count])
