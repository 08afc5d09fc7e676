"""First contact resolution of the newest days, from a job's contacts."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from alignment.survival import ResolutionCurve, resolution_curve
from store.tables import contacts, tags
from store.tags import newest_model, of_job, tagged
from taxonomy.model import Job

_COLUMNS = ("contact_id", "customer", "channel", "started_at", "ended_at", "abandoned")


def read_resolution(
    session: Session, job: Job, *, as_of: datetime, newest_days: float, by_channel: bool = False, by_step: bool = False
) -> tuple[ResolutionCurve, ...]:
    """The curve of all contacts that ended in the newest days, and those of each channel and step if asked.

    A chain runs over all channels; its first contact's channel is the one it counts for.
    """
    frame = _frame(session, job, as_of)
    channels = sorted(set(frame["channel"].dropna())) if by_channel else []
    steps = [step for step in job.step_by_id if (frame["step"] == step).any()] if by_step else []
    asked = [(None, None), *((channel, None) for channel in channels), *((None, step) for step in steps)]
    window = job.friction.fcr.window_days
    return tuple(
        resolution_curve(frame, window_days=window, as_of=as_of, newest_days=newest_days, channel=channel, step=step)
        for channel, step in asked
    )


def _frame(session: Session, job: Job, as_of: datetime) -> pd.DataFrame:
    """All contacts of a job, with the step that the model in force calls them."""
    newest = newest_model(session, job.id, as_of=as_of)
    version, model = newest or ("", "")
    read = and_(tags.c.contact_pk == contacts.c.pk, tagged(job_id=job.id, job_version=version, model_id=model))
    columns = [contacts.c[name] for name in _COLUMNS]
    query = select(*columns, tags.c.step).select_from(contacts.outerjoin(tags, read)).where(of_job(job.id))
    rows = [row._tuple() for row in session.execute(query.order_by(contacts.c.pk))]
    return pd.DataFrame(rows, columns=["contact", *_COLUMNS[1:], "step"])
