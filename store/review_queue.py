"""Which queue is meant: of the one job there is, of the one named, or of the one that an item is in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.jobs import UnknownJobError, job_ids
from store.permitted import permits, permitted, seen
from store.review_claims import UnknownItemError
from store.tables import contacts, review_items
from tagger.review_reasons import GOLD


def reviewed_job(session: Session, job_id: str | None) -> str:
    """The id of the job whose queue is meant. Raises UnknownJobError where none is named and there is not just one."""
    known = job_ids(session)
    if job_id is None and len(known) == 1:
        return known[0]
    if job_id is None or job_id not in known:
        named = f"job {job_id!r} is not in this database" if job_id else "say which job"
        raise UnknownJobError(f"{named} (known: {', '.join(known) or 'none yet'})")
    return job_id


def job_of_item(session: Session, item: str) -> str:
    """The id of an item's job. Raises UnknownItemError."""
    joined = select(review_items.c.job_id).join(contacts, contacts.c.pk == review_items.c.contact_pk)
    job_id: str | None = session.scalar(joined.where(review_items.c.item == item, seen(session, contacts.c.job_id)))
    if job_id is None or not permits(session, job_id):
        raise UnknownItemError(f"no item {item!r} is in the review queue; claim one first")
    return job_id


@dataclass(frozen=True)
class Standing:
    """That a contact is in a queue for a reason, and whether somebody has read it for that."""

    job: str
    reason: str
    read: bool


def queued_for(session: Session, contact_pk: int) -> tuple[Standing, ...]:
    """Why a contact is in review; known answers are not told, since analysts are given them blind."""
    query = select(review_items.c.job_id, review_items.c.reason, review_items.c.waits_for).where(
        review_items.c.contact_pk == contact_pk,
        review_items.c.reason != GOLD,
        permitted(session, review_items.c.job_id),
    )
    rows = session.execute(query.order_by(review_items.c.job_id, review_items.c.reason))
    return tuple(Standing(row.job_id, row.reason, row.waits_for != "first") for row in rows)
