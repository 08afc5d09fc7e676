"""The jobs that contacts are measured against, every version that was ever used."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.annotations import record_annotation
from store.audit import acting, record_audit
from store.permitted import permits, permitted
from store.session import insert_new
from store.tables import jobs
from taxonomy.errors import BadInputError
from taxonomy.loader import parse_job
from taxonomy.model import Job


class UnknownJobError(BadInputError):
    """No job of that id is in the store."""


def save_job(session: Session, job: Job) -> None:
    """Keep a job's version; the version loaded last is the one in force. A change of it is annotated."""
    before, now = _newest(session, job.id), datetime.now(UTC)
    if before != job.stamp:
        detail = {"version": job.stamp, "before": before}
        record_audit(session, who=acting(session), action="job.change", object=f"job/{job.id}", detail=detail)
    row = {"job_id": job.id, "stamp": job.stamp, "content": job.source, "loaded_at": now}
    if not insert_new(session, jobs, [row]) and before != job.stamp:
        session.execute(jobs.update().where(jobs.c.job_id == job.id, jobs.c.stamp == job.stamp).values(row))
    if before is not None and before != job.stamp:
        text = f"job version {job.stamp} in force, before {before}"
        record_annotation(session, job.id, kind="job", at=now, text=text, by="headway")


def read_job(session: Session, job_id: str, *, stamp: str | None = None) -> Job:
    """The job's version in force, or the one with this stamp. Raises UnknownJobError."""
    query = select(jobs.c.content, jobs.c.stamp).where(jobs.c.job_id == job_id).order_by(jobs.c.loaded_at.desc())
    if stamp is not None:
        query = query.where(jobs.c.stamp == stamp)
    row = session.execute(query.limit(1)).one_or_none()
    if row is None or not permits(session, job_id):
        known = ", ".join(job.id for job in list_jobs(session)) or "none yet"
        raise UnknownJobError(f"job {job_id!r} is not in this database (known: {known}); name a job that was run here")
    return _parsed(row.content, f"{job_id} {row.stamp}")


@lru_cache(maxsize=32)
def _parsed(content: str, name: str) -> Job:
    """A stored job; every page asks for one, and reading its text takes longer than a query."""
    return parse_job(content, name=name)


def list_jobs(session: Session) -> list[Job]:
    """Every job in force, by id."""
    return [read_job(session, job_id) for job_id in job_ids(session)]


def job_ids(session: Session) -> list[str]:
    """The id of every job that may be seen, in order."""
    seen = select(jobs.c.job_id).where(permitted(session, jobs.c.job_id))
    return list(session.scalars(seen.distinct().order_by(jobs.c.job_id)))


def _newest(session: Session, job_id: str) -> str | None:
    query = select(jobs.c.stamp).where(jobs.c.job_id == job_id).order_by(jobs.c.loaded_at.desc()).limit(1)
    return session.scalar(query)


def keep_file(folder: Path, job: Job) -> Path:
    """Keep a job's file as `ID.yaml`, so that the id alone finds it; an older version moves to `ID@VERSION.yaml`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{job.id}.yaml"
    if path.exists():
        older = parse_job(path.read_text("utf-8"), name=str(path))
        if older.digest == job.digest:
            return path
        path.replace(folder / f"{job.id}@{older.version}.yaml")
    draft = folder / f".{job.id}-{uuid4().hex}"
    draft.write_text(job.source, "utf-8")
    draft.replace(path)
    return path
