"""From which model's tags the figures come: said anew each time that it changes, never overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from store.tables import models_in_force as table
from store.tags import count_tagged, newest_model
from taxonomy.model import Job


@dataclass(frozen=True)
class InForce:
    """A model that figures came from, since when."""

    job_version: str
    model: str
    since: datetime


def put_in_force(session: Session, job: Job, model_id: str) -> bool:
    """Let figures come from this model's tags from now on; whether that is news."""
    said = read_in_force(session, job.id)
    if said and (said[-1].job_version, said[-1].model) == (job.stamp, model_id):
        return False
    names = {"job_id": job.id, "job_version": job.stamp, "model_id": model_id}
    session.execute(insert(table), [{**names, "recorded_at": datetime.now(UTC)}])
    return True


def read_in_force(session: Session, job_id: str) -> list[InForce]:
    """Every model that figures of a job came from, oldest first."""
    query = select(table).where(table.c.job_id == job_id).order_by(table.c.pk)
    return [InForce(row.job_version, row.model_id, row.recorded_at) for row in session.execute(query)]


def ready_model(session: Session, job: Job, *, in_use: str | None) -> tuple[str, str] | None:
    """The (job version, model) to draw and measure by: the one in use as soon as it has read what the last one read.

    Until then the last one's figures stand: half of the contacts read anew are no figure.
    """
    last = newest_model(session, job.id)
    if in_use is None or last == (job.stamp, in_use):
        return last
    read = count_tagged(session, job_id=job.id, job_version=job.stamp, model_id=in_use)
    before = 0 if last is None else count_tagged(session, job_id=job.id, job_version=last[0], model_id=last[1])
    return (job.stamp, in_use) if read and read >= before else last
