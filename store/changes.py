"""What touched which contacts since the last measurement: the only ones that have to be read again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from alignment.measures import SUMMED
from alignment.resolution import LONG_WINDOW_DAYS
from store.measurements import Measurement, read_draws
from store.reach import still_as_many
from store.resolved import read_history, resolution_by_key
from store.review_weights import Review
from store.tables import contacts, review_probabilities, tags
from store.tags import of_job, tagged
from taxonomy.model import Job

OVERLAP = timedelta(minutes=10)
"""What was stamped so shortly before the last measurement may have been committed after it: it is looked at again."""


def changed_contacts(
    session: Session, job: Job, *, model_id: str, last: Measurement, reviews: Mapping[int, Review], as_of: datetime
) -> set[int] | None:
    """Rows of contacts that count differently now than when last measured; None where everything may.

    New tags; answers that came in; windows that closed; contacts that a later one of the same customer follows;
    reviews with another decision or weight; contacts that entered or left the audited population.
    """
    if as_of < last.as_of or bool(reviews) != bool(last.reviews) or last.measures != SUMMED:
        return None
    if not still_as_many(session, job, model_id, last.reach):
        return None
    return (
        _newly_tagged(session, job, model_id, last)
        | _answered(session, job, last, as_of)
        | _matured(session, job, last, as_of)
        | _followed(session, job, last, as_of)
        | {key for key in reviews.keys() | last.reviews.keys() if reviews.get(key) != last.reviews.get(key)}
        | _offered(session, job, last, reviews)
    )


def _newly_tagged(session: Session, job: Job, model_id: str, last: Measurement) -> set[int]:
    read = tagged(job_id=job.id, job_version=job.stamp, model_id=model_id)
    later = (tags.c.pk > last.reach.tag, tags.c.tagged_at > last.as_of)  # one by one, each by its own index
    return {pk for one in later for pk in session.scalars(select(tags.c.contact_pk).where(read, one))}


def _answered(session: Session, job: Job, last: Measurement, as_of: datetime) -> set[int]:
    """Answers that came in after the contact, and those whose moment has come."""
    came = contacts.c.survey_recorded_at > min(last.recorded_at, last.as_of) - OVERLAP
    due = and_(contacts.c.answered_at > last.as_of, contacts.c.answered_at <= as_of)
    query = select(contacts.c.pk).where(of_job(job.id))
    return {pk for one in (came, due) for pk in session.scalars(query.where(one))}


def _matured(session: Session, job: Job, last: Measurement, as_of: datetime) -> set[int]:
    """Contacts whose window for repeat contacts closed since; an end before the start counts as the start."""
    windows = [timedelta(days=days) for days in (job.friction.fcr.window_days, LONG_WINDOW_DAYS)]
    closed = [
        and_(moment > last.as_of - window, moment <= as_of - window)
        for window in windows
        for moment in (contacts.c.ended_at, contacts.c.started_at)
    ]
    return set(session.scalars(select(contacts.c.pk).where(of_job(job.id), or_(*closed))))


def _followed(session: Session, job: Job, last: Measurement, as_of: datetime) -> set[int]:
    """Earlier contacts whose resolution reads otherwise now that their customers' new contacts are known."""
    begun = and_(contacts.c.started_at > last.as_of, contacts.c.started_at <= as_of)
    new = or_(contacts.c.pk > last.reach.contact, begun)
    query = select(contacts.c.customer).where(of_job(job.id), new, contacts.c.customer.is_not(None)).distinct()
    now = read_history(session, job, list(session.scalars(query)))
    then = now[now["pk"] <= last.reach.contact].reset_index(drop=True)
    found: set[int] = set()
    for days in (job.friction.fcr.window_days, LONG_WINDOW_DAYS):
        before = resolution_by_key(then, window_days=days, as_of=last.as_of)
        after = resolution_by_key(now, window_days=days, as_of=as_of).reindex(before.index)
        same = (before == after) | (before.isna() & after.isna())
        found |= set(before.index[~same.to_numpy(dtype=bool)].tolist())
    return {int(key) for key in np.array(sorted(found), dtype=np.int64)}


def _offered(session: Session, job: Job, last: Measurement, reviews: Mapping[int, Review]) -> set[int]:
    """Contacts of draws whose reviews have begun since, and of draws made since."""
    begun = {review.policy for review in reviews.values()} ^ {review.policy for review in last.reviews.values()}
    policies = sorted(begun | (read_draws(session, job.id) - last.draws))
    query = select(review_probabilities.c.contact_pk).where(
        review_probabilities.c.job_id == job.id, review_probabilities.c.policy.in_(policies)
    )
    return set(session.scalars(query))
