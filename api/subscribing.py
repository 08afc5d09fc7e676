"""Who may subscribe what: mail for everybody who reads; what makes the server send requests elsewhere, for admins."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.access import AccessRefusedError, Caller
from store.subscriptions import Channel, Kinds, Subscription, find_subscription, subscribe, unsubscribe
from taxonomy.model import Job


def add_subscription(
    session: Session, job: Job, caller: Caller, *, channel: Channel, address: str, kinds: Kinds
) -> Subscription:
    """Raises AccessRefusedError, SubscriptionError."""
    _check(caller, channel)
    return subscribe(session, job.id, channel=channel, address=address, by=caller.name, kinds=kinds)


def remove_subscription(session: Session, job: Job, caller: Caller, subscription: str) -> Subscription:
    """Raises AccessRefusedError, UnknownSubscriptionError."""
    usable_subscription(session, job, caller, subscription)
    return unsubscribe(session, job.id, subscription, by=caller.name)


def usable_subscription(session: Session, job: Job, caller: Caller, subscription: str) -> Subscription:
    """One that the caller may remove and test. Raises AccessRefusedError, UnknownSubscriptionError."""
    found = find_subscription(session, job.id, subscription)
    _check(caller, found.channel)
    return found


def _check(caller: Caller, channel: Channel) -> None:
    if channel in ("webhook", "slack") and not caller.may("admin"):
        raise AccessRefusedError(f"a {channel} makes this server send requests elsewhere: that needs the role admin")
