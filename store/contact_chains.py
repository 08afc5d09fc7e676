"""What else a customer contacted about on a job, before and after one contact, and where that contact counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import Row, and_, case, select
from sqlalchemy.orm import Session

from alignment.resolution import LONG_WINDOW_DAYS
from store.kept_reviews import kept_reviews
from store.permitted import seen
from store.resolved import read_history, resolution_by_key
from store.review_standing import standing_by_contact
from store.tables import contacts, review_probabilities, tags
from store.tags import newest_model, of_job, tagged
from taxonomy.model import Job

MOST = 50
"""So many of a customer's contacts are shown, those nearest in time to the one asked about."""


@dataclass(frozen=True)
class Link:
    """One contact of a chain. `step` and `outcome` are the analyst's where `decided`, else the tagger's.

    `days` since the one before ended; `follows` where that is within the job's window, so that it counts as a repeat.
    """

    contact_id: str
    source: str
    started_at: datetime | None
    channel: str | None
    step: str | None
    outcome: str | None
    decided: bool
    days: float | None
    follows: bool
    here: bool


@dataclass(frozen=True)
class Counted:
    """How one contact counts in a job's figures.

    `weight`: xi / pi of a review that corrects figures, None where none does. `outside`: not offered to a draw yet, so
    that it counts from the next one on. `resolved` by window in days: None where that is not known or not asked of it.
    """

    model: str | None
    weight: float | None
    outside: bool
    answered: bool
    resolved: Mapping[int, bool | None]


def read_chain(session: Session, job: Job, contact_pk: int) -> tuple[Link, ...]:
    """The contacts of the same customer on a job by their start, this one among them; empty for a customer unknown."""
    customer = session.scalar(select(contacts.c.customer).where(contacts.c.pk == contact_pk))
    if customer is None:
        return ()
    rows = _rows(session, job, customer)
    place = next((at for at, row in enumerate(rows) if row.pk == contact_pk), 0)
    first = max(0, min(place - MOST // 2, len(rows) - MOST))
    return tuple(
        _link(job, row, rows[:at], here=row.pk == contact_pk)
        for at, row in enumerate(rows)
        if first <= at < first + MOST
    )


def _link(job: Job, row: Row[Any], earlier: Sequence[Row[Any]], *, here: bool) -> Link:
    ends = [max(one.ended_at or one.started_at, one.started_at) for one in earlier]
    days = (row.started_at - max(ends)).total_seconds() / 86_400 if ends else None
    follows = days is not None and days <= job.friction.fcr.window_days
    return Link(
        row.contact_id, row.source, row.started_at, row.channel, row.step, row.outcome, bool(row.decided), days,
        follows, here,
    )  # fmt: skip


def _rows(session: Session, job: Job, customer: str) -> Sequence[Row[Any]]:
    """A customer's dated contacts on the job with where they stand now."""
    newest = newest_model(session, job.id)
    model = newest[1] if newest is not None and newest[0] == job.stamp else ""
    decided = standing_by_contact(job.id, datetime.now(UTC))
    is_decided = decided.c.contact_pk.is_not(None)
    read = and_(tags.c.contact_pk == contacts.c.pk, tagged(job_id=job.id, job_version=job.stamp, model_id=model))
    query = (
        select(
            contacts.c.pk, contacts.c.contact_id, contacts.c.source, contacts.c.started_at, contacts.c.ended_at,
            contacts.c.channel, is_decided.label("decided"),
            case((is_decided, decided.c.step), else_=tags.c.step).label("step"),
            case((is_decided, decided.c.outcome), else_=tags.c.outcome).label("outcome"),
        )
        .select_from(contacts.outerjoin(tags, read).outerjoin(decided, decided.c.contact_pk == contacts.c.pk))
        .where(contacts.c.customer == customer, of_job(job.id), contacts.c.started_at.is_not(None))
        .where(seen(session, contacts.c.job_id))
        .order_by(contacts.c.started_at, contacts.c.contact_id)
    )  # fmt: skip
    return session.execute(query).all()


def read_counted(session: Session, job: Job, contact_pk: int, *, as_of: datetime) -> Counted:
    """How a contact counts in the job's figures as known at a moment."""
    newest = newest_model(session, job.id, as_of=as_of)
    model = newest[1] if newest is not None and newest[0] == job.stamp else None
    row = session.execute(
        select(contacts.c.customer, contacts.c.effort, review_probabilities.c.policy)
        .select_from(contacts.outerjoin(review_probabilities, _offered(job)))
        .where(contacts.c.pk == contact_pk)
    ).one()
    reviews = {} if model is None else kept_reviews(session, job, model=model, as_of=as_of)
    mine = reviews.get(contact_pk)
    policies = {review.policy for review in reviews.values()}
    outside = bool(policies) and row.policy not in policies
    resolved = _resolved(session, job, contact_pk, row.customer, as_of)
    return Counted(model, None if mine is None else mine.weight, outside, row.effort is not None, resolved)


def _offered(job: Job) -> Any:
    return and_(review_probabilities.c.contact_pk == contacts.c.pk, review_probabilities.c.job_id == job.id)


def _resolved(
    session: Session, job: Job, contact_pk: int, customer: str | None, as_of: datetime
) -> Mapping[int, bool | None]:
    windows = sorted({int(job.friction.fcr.window_days), LONG_WINDOW_DAYS})
    if customer is None:
        return dict.fromkeys(windows)
    history = read_history(session, job, [customer])
    values = {days: resolution_by_key(history, window_days=days, as_of=as_of).get(contact_pk) for days in windows}
    return {days: None if value is None or np.isnan(value) else bool(value) for days, value in values.items()}
