"""What ran when, and what it counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.session import Database
from store.tables import stage_runs


@contextmanager
def recorded(database: Database, stage: str, *, run_id: str, job_id: str | None) -> Iterator[dict[str, Any]]:
    """Record one stage of a run: the caller fills the counts; a stage that raises is recorded as failed."""
    counts: dict[str, Any] = {}
    values = {"run_id": run_id, "stage": stage, "job_id": job_id, "started_at": datetime.now(UTC), "status": "running"}
    with database.session() as session:
        pk = session.scalar(stage_runs.insert().values(**values, counts={}).returning(stage_runs.c.pk))
    status = "failed"
    try:
        yield counts
        status = "done"
    finally:
        with database.session() as session:
            ended = {"ended_at": datetime.now(UTC), "status": status, "counts": counts}
            session.execute(stage_runs.update().where(stage_runs.c.pk == pk).values(ended))


def list_runs(session: Session, *, limit: int = 100) -> list[Mapping[str, Any]]:
    """The stages that ran, newest first."""
    query = select(stage_runs).order_by(stage_runs.c.pk.desc()).limit(limit)
    return [dict(row._mapping) for row in session.execute(query)]
