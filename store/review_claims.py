"""Who holds which item just now. A claim is a lease with an end, so that nothing stays locked by a closed laptop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.contacts import is_seen
from store.permitted import permits, seen
from store.review_offers import is_open, next_open
from store.review_tables import review_items, review_leases
from store.tables import contacts
from tagger.review_reasons import as_reason
from taxonomy.errors import BadInputError, HeadwayError

LEASE = timedelta(minutes=10)
FORGOTTEN = timedelta(days=1)
TRIES = 50


class HeldByAnotherError(HeadwayError):
    """Another analyst holds the item just now."""


class UnknownItemError(BadInputError):
    """No item of that name is in the review queue."""


@dataclass(frozen=True)
class Claim:
    """An item in one analyst's hands from `taken_at` until `lease_until`, unless renewed."""

    item: str
    by: str
    taken_at: datetime
    lease_until: datetime


def claim(
    session: Session,
    job_id: str,
    by: str,
    *,
    now: datetime,
    n: int = 1,
    reasons: Sequence[str] = (),
    beyond_budget: bool = False,
) -> list[Claim]:
    """Up to n items for this analyst in the order of work, those already in hand first; fewer where fewer are open.

    What is open ends with the day's budget, unless `beyond_budget`.
    """
    # The first statement writes, so that SQLite takes its one write lock before it looks: claimers queue up there.
    forgotten = (review_leases.c.by == by) & (review_leases.c.expires_at < now - FORGOTTEN)
    session.execute(delete(review_leases).where(forgotten))
    held = current(session, job_id, by, now=now)[:n]
    found = [renew(session, one.item, by, now=now) for one in held]
    tries = 0
    while len(found) < n and tries < TRIES + n:
        tries += 1
        item = next_open(session, job_id, by, now=now, reasons=reasons, beyond_budget=beyond_budget)
        if item is None:
            break
        if _take(session, item, by, now=now) and _still_open(session, job_id, item, by, now=now):
            found.append(Claim(item, by, now, now + LEASE))
    return found


def current(session: Session, job_id: str, by: str, *, now: datetime) -> list[Claim]:
    """What an analyst holds just now, the oldest first."""
    query = (
        select(review_leases)
        .join(review_items, review_items.c.item == review_leases.c.item)
        .join(contacts, contacts.c.pk == review_items.c.contact_pk)
        .where(review_items.c.job_id == job_id, review_leases.c.by == by, review_leases.c.expires_at > now)
        .where(seen(session, contacts.c.job_id))
        .order_by(review_leases.c.taken_at, review_leases.c.item)
    )
    return [Claim(row.item, row.by, row.taken_at, row.expires_at) for row in session.execute(query)]


def hold(session: Session, item: str, by: str, *, now: datetime) -> Claim:
    """Take this very item. Raises HeldByAnotherError."""
    if not _take(session, item, by, now=now):
        raise _held(lease_of(session, item))
    return Claim(item, by, now, now + LEASE)


def renew(session: Session, item: str, by: str, *, now: datetime) -> Claim:
    """Ten more minutes from now; the time it was taken stays. Raises HeldByAnotherError where it is not held."""
    where = (review_leases.c.item == item) & (review_leases.c.by == by)
    done = session.execute(
        update(review_leases).where(where).values(expires_at=now + LEASE).returning(review_leases.c.taken_at)
    )
    taken_at = done.scalar_one_or_none()
    if taken_at is None:
        raise _held(lease_of(session, item))
    return Claim(item, by, taken_at, now + LEASE)


def release(session: Session, item: str, by: str, *, now: datetime) -> None:
    """Let go of an item; no harm where it is not held. The row stays, so that a late decision is still recognised."""
    where = (review_leases.c.item == item) & (review_leases.c.by == by) & (review_leases.c.expires_at > now)
    session.execute(update(review_leases).where(where).values(expires_at=now))


def lease_of(session: Session, item: str) -> Row[Any] | None:
    """The lease on an item, run out or not."""
    return session.execute(select(review_leases).where(review_leases.c.item == item)).one_or_none()


def check_not_held(lease: Row[Any] | None, by: str, *, now: datetime) -> None:
    """Raise HeldByAnotherError where somebody else holds it, unless this analyst held it before: nothing is lost."""
    if lease is None or lease.by == by or lease.expires_at <= now or lease.previous == by:
        return
    raise _held(lease)


def lock_item(session: Session, item: str) -> Row[Any]:
    """The item, with every other writer to it waiting until this unit of work ends. Raises UnknownItemError."""
    same = review_items.c.waits_for
    found = session.execute(
        update(review_items).where(review_items.c.item == item).values(waits_for=same).returning(*review_items.c)
    ).one_or_none()
    if found is None or not permits(session, found.job_id) or not is_seen(session, found.contact_pk):
        raise UnknownItemError(f"no item {item!r} is in the review queue; claim one first")
    return found


def _held(lease: Row[Any] | None) -> HeldByAnotherError:
    if lease is None:
        return HeldByAnotherError("nobody holds this item; claim it first")
    until = f"{lease.expires_at:%H:%M} UTC"
    return HeldByAnotherError(f"{lease.by} holds this item until {until}; claim another one")


def _take(session: Session, item: str, by: str, *, now: datetime) -> bool:
    """Whether the lease is this analyst's now; it is not where another holds it."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = {"item": item, "by": by, "previous": None, "taken_at": now, "expires_at": now + LEASE}
    kept = case((review_leases.c.by == by, review_leases.c.previous), else_=review_leases.c.by)
    statement = dialect.insert(review_leases).on_conflict_do_update(
        index_elements=["item"],
        set_={"by": by, "previous": kept, "taken_at": now, "expires_at": now + LEASE},
        where=or_(review_leases.c.expires_at <= now, review_leases.c.by == by),
    )
    return session.execute(statement.returning(review_leases.c.item), [row]).first() is not None


def _still_open(session: Session, job_id: str, item: str, by: str, *, now: datetime) -> bool:
    """Whether the item was not settled between looking and taking; lets go of it where it was."""
    reason = session.execute(select(review_items.c.reason).where(review_items.c.item == item)).scalar_one()
    if session.execute(is_open(as_reason(reason)), {"item": item, "job": job_id, "by": by}).first() is not None:
        return True
    release(session, item, by, now=now)
    return False
