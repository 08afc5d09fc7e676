"""How old figures are, and whether somebody should know before reading them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.tables import contacts, measurements, published, stage_runs
from store.tags import of_job
from store.watching import last_arrival

STALE = timedelta(hours=26)
"""A daily run with two hours to spare."""


@dataclass(frozen=True)
class Freshness:
    """When things last happened to a job (None: never), and the oldest contact that came in but is in no figure yet.

    `sentence` says what is stale, None where nothing is: contacts wait to be measured for longer than allowed, or none
    came in at all for longer than the alarm's deadline.
    """

    arrived_at: datetime | None
    measured_at: datetime | None
    published_at: datetime | None
    waiting_since: datetime | None
    sentence: str | None

    @property
    def stale(self) -> bool:
        """Whether the figures should be shown as stale."""
        return self.sentence is not None


def freshness(
    session: Session, job_id: str, *, now: datetime, allowed: timedelta = STALE, silence: timedelta = timedelta(days=3)
) -> Freshness:
    """How old a job's figures are at `now`. `silence` of zero: contacts need not come in regularly."""
    arrived, measured = last_arrival(session, job_id), _last_measured(session, job_id)
    waiting = _waiting_since(session, job_id, measured)
    newest = session.scalar(select(func.max(published.c.as_of)).where(published.c.job_id == job_id))
    sentence = _measured_late(measured, waiting, now - allowed)
    if sentence is None and silence and arrived is not None and now - arrived > silence:
        sentence = f"no new contacts since {_day(arrived)}: these figures say nothing of later days"
    return Freshness(arrived, measured, newest, waiting, sentence)


def _last_measured(session: Session, job_id: str) -> datetime | None:
    """When figures were last brought up to date: a measurement that changed something, or a run that found nothing."""
    folded = session.scalar(select(func.max(measurements.c.recorded_at)).where(measurements.c.job_id == job_id))
    of_measure = (stage_runs.c.job_id == job_id, stage_runs.c.stage == "measure", stage_runs.c.status == "done")
    ran = session.scalar(select(func.max(stage_runs.c.started_at)).where(*of_measure))
    return max((one for one in (folded, ran) if one is not None), default=None)


def _waiting_since(session: Session, job_id: str, measured: datetime | None) -> datetime | None:
    later = [] if measured is None else [contacts.c.ingested_at > measured]
    oldest: datetime | None = session.scalar(select(func.min(contacts.c.ingested_at)).where(of_job(job_id), *later))
    return oldest


def _measured_late(measured: datetime | None, waiting: datetime | None, limit: datetime) -> str | None:
    if waiting is None or waiting >= limit:
        return None
    if measured is None:
        return f"contacts that came in since {_day(waiting)} were never measured: run `headway run`"
    return f"figures are as of {_day(measured)}: contacts that came in since {_day(waiting)} are not in them"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
