"""First contact resolution of each step by week, from what is stored of a job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alignment.resolution_weeks import OpenWeeks, ResolutionWeek, open_weeks, resolution_weeks
from alignment.scorecard import View
from store.evidence import read_evidence
from store.kept import Kept
from store.moments import read_moments
from store.resolved import read_history
from store.scorecards import view_key
from store.tables import contacts
from store.tags import newest_model, of_job
from taxonomy.model import Job

Lines = Mapping[str, tuple[ResolutionWeek, ...]]
_kept: Kept[Lines] = Kept(64)


def read_resolution_weeks(session: Session, job: Job, view: View) -> Lines:
    """Every step's weeks, as known at the view's moment; no weeks where nothing is tagged yet.

    Contacts count as watched up to the newest contact known: what came after it nobody could see.
    """
    newest, until = newest_model(session, job.id, as_of=view.as_of), _newest_contact(session, job, view.as_of)
    if until is None or newest is None or newest[0] != job.stamp:
        return {step: () for step in job.step_by_id}
    key = (*view_key(session, job, view), until)
    return _kept.get(key, lambda: _read(session, job, view, model=newest[1], until=until))


def _read(session: Session, job: Job, view: View, *, model: str, until: datetime) -> Lines:
    weeks = open_weeks(until, window_days=job.friction.fcr.window_days)
    evidence = read_evidence(session, job, model_id=model, as_of=view.as_of, weeks=weeks)
    history = read_history(session, job, evidence.frame["customer"].dropna().unique().tolist())
    moments = read_moments(session, job, model_id=model, as_of=view.as_of)
    return resolution_weeks(job, moments, OpenWeeks(evidence, history, until), view=view)


def _newest_contact(session: Session, job: Job, as_of: datetime) -> datetime | None:
    """When the newest contact up to a moment began."""
    known = contacts.c.started_at <= as_of
    newest: datetime | None = session.scalar(select(func.max(contacts.c.started_at)).where(of_job(job.id), known))
    return newest
