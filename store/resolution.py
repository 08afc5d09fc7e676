"""First contact resolution of the newest days, from a job's contacts."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from alignment.survival import ResolutionCurve, resolution_curve
from store.tables import contacts
from store.tags import of_job
from taxonomy.model import Job

_COLUMNS = ("contact_id", "customer", "channel", "started_at", "ended_at", "abandoned")


def read_resolution(
    session: Session, job: Job, *, as_of: datetime, newest_days: float, by_channel: bool = False
) -> tuple[ResolutionCurve, ...]:
    """The curve of all contacts that ended in the newest days, and those of each channel if asked.

    A chain runs over all channels; its first contact's channel is the one it counts for.
    """
    query = select(*(contacts.c[name] for name in _COLUMNS)).where(of_job(job.id)).order_by(contacts.c.pk)
    rows = [row._tuple() for row in session.execute(query)]
    frame = pd.DataFrame(rows, columns=["contact", *_COLUMNS[1:]])
    channels = sorted(set(frame["channel"].dropna())) if by_channel else []
    window = job.friction.fcr.window_days
    return tuple(
        resolution_curve(frame, window_days=window, as_of=as_of, newest_days=newest_days, channel=channel)
        for channel in (None, *channels)
    )
