"""What alerts watch besides figures: how the tagger reads the contacts of each week, and when contacts came in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from alignment.moments import week_of
from store.reviews import latest_decisions
from store.tables import contacts, review_items, tags
from store.tags import of_job, tagged
from taxonomy.model import Job


def read_readings(session: Session, job: Job, *, model_id: str, since: date) -> pd.DataFrame:
    """Per contact begun since a day: `week` (its Monday), `deferred`, `novelty`, and `disagrees` with its review.

    `disagrees` is 1 where the analyst's step is another than the tag's, NaN where the contact was not drawn or decided.
    """
    first = datetime(since.year, since.month, since.day, tzinfo=UTC)
    query = (
        select(contacts.c.pk, contacts.c.started_at, tags.c.step, tags.c.deferred, tags.c.novelty)
        .join(tags, tags.c.contact_pk == contacts.c.pk)
        .where(tagged(job_id=job.id, job_version=job.stamp, model_id=model_id), contacts.c.started_at >= first)
    )
    frame = pd.DataFrame(
        [row._tuple() for row in session.execute(query)], columns=["pk", "started_at", "step", "deferred", "novelty"]
    )
    decided = _decided_steps(session, job)
    drawn = frame["pk"].isin(decided.index)
    other = frame["pk"].map(decided).fillna("") != frame["step"].fillna("")
    return frame.assign(
        week=[week_of(moment.date()) for moment in frame["started_at"]],
        disagrees=other.astype(float).where(drawn),
    )


def _decided_steps(session: Session, job: Job) -> pd.Series[str]:
    """The decided step of every drawn contact, by its row; empty text where it fits no step."""
    decided = latest_decisions(session, job.id)
    query = select(review_items.c.item, review_items.c.contact_pk)
    rows = session.execute(query.where(review_items.c.job_id == job.id, review_items.c.drawn))
    steps = {row.contact_pk: decided[row.item].step or "" for row in rows if row.item in decided}
    return pd.Series(steps, dtype=object)


def last_arrival(session: Session, job_id: str) -> datetime | None:
    """When the newest contact came in."""
    newest: datetime | None = session.scalar(select(func.max(contacts.c.ingested_at)).where(of_job(job_id)))
    return newest


def weeks_with_contacts(session: Session, job_id: str, *, at_most: int) -> tuple[date, ...]:
    """The Mondays of the newest weeks up to that of the newest contact, at most so many, oldest first."""
    dated = and_(of_job(job_id), contacts.c.started_at.is_not(None))
    oldest, newest = session.execute(
        select(func.min(contacts.c.started_at), func.max(contacts.c.started_at)).where(dated)
    ).one()
    if newest is None:
        return ()
    first, last = week_of(oldest.date()), week_of(newest.date())
    count = min((last - first).days // 7 + 1, at_most)
    return tuple(last - timedelta(weeks=number) for number in reversed(range(count)))
