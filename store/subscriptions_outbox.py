"""What has to be sent to whom: written in the transaction that raises an alert, sent after it was committed.

A notice is claimed for a while before it is sent, so that two senders do not both send it. One whose sender died
between sending and noting it goes out twice: receivers tell by its id, which stays the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from store.session import insert_new
from store.subscriptions import Subscription, read_subscriptions, subscription_of
from store.tables import alert_notices as table
from store.tables import subscriptions

CLAIM = timedelta(minutes=5)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440, 1440))
"""How long to wait after each failed attempt; after one more it is given up."""


@dataclass(frozen=True)
class Notice:
    """One alert for one subscription. `attempts` have failed so far."""

    pk: int
    subscription: Subscription
    alert: str
    attempts: int

    @property
    def id(self) -> str:
        """The same at every attempt."""
        return f"{self.subscription.id}.{self.alert}"


@dataclass(frozen=True)
class Standing:
    """How a subscription fares. `failing` since its last success; `failure` says why the last attempt failed."""

    sent: int
    waiting: int
    failing: int
    given_up: int
    last_sent: datetime | None
    failure: str | None


def queue_notices(session: Session, job_id: str, alert: str, *, kind: str, now: datetime) -> int:
    """Put an alert in the box for everybody who wants its kind; how many. Call it in the alert's own transaction."""
    rows = [
        {"subscription": one.id, "alert": alert, "queued_at": now, "attempts": 0, "due_at": now}
        for one in read_subscriptions(session, job_id)
        if one.wants(kind)
    ]
    return insert_new(session, table, rows)


def claim_next(session: Session, job_id: str, *, now: datetime) -> Notice | None:
    """The notice that is due longest, claimed; None where nothing is due. Of those who left nothing is due."""
    free = and_(table.c.due_at <= now, or_(table.c.claimed_until.is_(None), table.c.claimed_until < now))
    joined = table.join(subscriptions, subscriptions.c.subscription == table.c.subscription)
    mine = (subscriptions.c.job_id == job_id, subscriptions.c.removed_at.is_(None), free)
    first = select(table.c.pk).select_from(joined).where(*mine).order_by(table.c.due_at, table.c.pk).limit(1)
    # the condition stands on the row itself too: who waited for another's claim sees it and takes nothing
    claim = table.update().where(table.c.pk == first.scalar_subquery(), free).values(claimed_until=now + CLAIM)
    row = session.execute(claim.returning(table.c.pk, table.c.subscription, table.c.alert, table.c.attempts)).first()
    if row is None:
        return None
    whose = session.execute(select(subscriptions).where(subscriptions.c.subscription == row.subscription)).one()
    return Notice(row.pk, subscription_of(whose), row.alert, row.attempts)


def record_sent(session: Session, notice: Notice, *, now: datetime) -> None:
    """It arrived."""
    _update(session, notice, sent_at=now, due_at=None, failure=None, attempts=notice.attempts + 1)


def record_failure(
    session: Session, notice: Notice, *, why: str, now: datetime, after: timedelta | None, final: bool
) -> None:
    """It did not arrive: it is tried again later (not before `after`), or given up."""
    over = final or notice.attempts >= len(PAUSES)
    due = None if over else now + max(PAUSES[notice.attempts], after or timedelta(0))
    ended = now if over else None
    _update(session, notice, attempts=notice.attempts + 1, due_at=due, failure=why, given_up_at=ended)


def _update(session: Session, notice: Notice, **values: object) -> None:
    session.execute(table.update().where(table.c.pk == notice.pk).values(claimed_until=None, **values))


def standings(session: Session, job_id: str) -> dict[str, Standing]:
    """How every subscription of a job fares, by its id; those that nothing was put in the box for are left out."""
    mine = select(subscriptions.c.subscription).where(subscriptions.c.job_id == job_id)
    rows = session.execute(select(table).where(table.c.subscription.in_(mine)).order_by(table.c.pk)).all()
    found: dict[str, Standing] = {}
    for row in rows:
        old = found.get(row.subscription, Standing(0, 0, 0, 0, None, None))
        waits = row.due_at is not None
        found[row.subscription] = Standing(
            old.sent + (row.sent_at is not None),
            old.waiting + waits,
            old.failing + (waits and row.attempts > 0),
            old.given_up + (row.given_up_at is not None),
            max((at for at in (old.last_sent, row.sent_at) if at is not None), default=None),
            row.failure or (None if row.sent_at is not None else old.failure),
        )
    return found


def count_waiting(session: Session, job_id: str) -> int:
    """How many notices wait, due or not, for those who still want them."""
    joined = table.join(subscriptions, subscriptions.c.subscription == table.c.subscription)
    mine = (subscriptions.c.job_id == job_id, subscriptions.c.removed_at.is_(None), table.c.due_at.is_not(None))
    return session.scalar(select(func.count()).select_from(joined).where(*mine)) or 0
