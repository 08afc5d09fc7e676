"""Which jobs a unit of work may see: set once when it begins, kept to by whatever looks a job up.

A key may be for some jobs only. What it may not see is as if it were not there, so that it does not even learn the
names of other jobs.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session

JOBS = "jobs"


def permit_only(session: Session, jobs: frozenset[str] | None) -> None:
    """Let this unit of work see these jobs; None: all of them."""
    session.info[JOBS] = jobs


def permits_all(session: Session) -> bool:
    """Whether every job may be seen."""
    return session.info.get(JOBS) is None


def permits(session: Session, job_id: str) -> bool:
    """Whether a job may be seen."""
    jobs: frozenset[str] | None = session.info.get(JOBS)
    return jobs is None or job_id in jobs


def permitted(session: Session, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that a row's job, by its column, may be seen; a row that is every job's may."""
    jobs: frozenset[str] | None = session.info.get(JOBS)
    return true() if jobs is None else column.is_(None) | column.in_(jobs)


def seen(session: Session, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that a contact, by the column of its job, may be seen.

    A contact without a job is read by every job and may be about any: who is held to some jobs does not see it, though
    the figures of these jobs count it.
    """
    jobs: frozenset[str] | None = session.info.get(JOBS)
    return true() if jobs is None else column.in_(jobs)


def seen_jobs(session: Session) -> tuple[str, ...] | None:
    """The jobs that may be seen, in order, for keys of what is kept in memory; None: all."""
    jobs: frozenset[str] | None = session.info.get(JOBS)
    return None if jobs is None else tuple(sorted(jobs))
