"""Who is told of a job's alerts, and how: by mail, by a signed web request, or in a Slack-compatible channel."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.audit import record_audit
from store.identity import Identity
from store.session import insert_new
from store.tables import subscriptions as table
from taxonomy.errors import BadInputError

Channel = Literal["email", "webhook", "slack"]
Kinds = Literal["all", "figure", "data"]

CHANNELS: tuple[Channel, ...] = get_args(Channel)
KINDS: tuple[Kinds, ...] = get_args(Kinds)
LONGEST = {"email": 254, "webhook": 2000, "slack": 2000}
MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class SubscriptionError(BadInputError):
    """A subscription that cannot be kept."""


class UnknownSubscriptionError(BadInputError):
    """No subscription of that id is there."""


@dataclass(frozen=True)
class Subscription:
    """Who is told. `address` is a mail address or a web address; a web address may be a secret, so show `shown`."""

    id: str
    job_id: str
    channel: Channel
    address: str
    kinds: Kinds
    nonce: str
    added_by: str
    added_at: datetime

    @property
    def shown(self) -> str:
        """The address as anybody may see it: of a web address only the host."""
        if self.channel == "email":
            return self.address
        return f"{urlsplit(self.address).scheme}://{urlsplit(self.address).hostname}/…"

    def wants(self, kind: str) -> bool:
        """Whether alerts of this kind (figure or data) are for it."""
        return self.kinds in ("all", kind)

    def key(self, identity: Identity) -> bytes:
        """The key that signs what a webhook is sent: 32 bytes that are nowhere stored."""
        return bytes.fromhex("".join(identity.proof("webhook", self.id, self.nonce, part) for part in "12"))

    def key_text(self, identity: Identity) -> str:
        """The key as the receiver is given it, once (standardwebhooks.com)."""
        return f"whsec_{base64.b64encode(self.key(identity)).decode()}"


def subscribe(
    session: Session, job_id: str, *, channel: Channel, address: str, by: str, kinds: Kinds = "all"
) -> Subscription:
    """Tell this address of the job's alerts from now on; one that is told already stays as it is, with these `kinds`.

    Raises SubscriptionError.
    """
    clean = _clean(channel, address)
    if kinds not in KINDS:
        raise SubscriptionError(f"kinds: {kinds!r} is none of {', '.join(KINDS)}")
    key = hashlib.sha256("\n".join((job_id, channel, clean)).encode()).hexdigest()[:16]
    known = session.execute(select(table).where(table.c.subscription == key)).one_or_none()
    fresh = {"nonce": secrets.token_hex(16), "added_by": by, "added_at": datetime.now(UTC)}
    if known is None:
        named = {"subscription": key, "job_id": job_id, "channel": channel, "address": clean, "kinds": kinds}
        insert_new(session, table, [{**named, **fresh}])
    else:
        again = {} if known.removed_at is None else {**fresh, "removed_by": None, "removed_at": None}
        session.execute(table.update().where(table.c.subscription == key).values(kinds=kinds, **again))
    _note(session, "subscription.add", key, by, {"job": job_id, "channel": channel, "kinds": kinds})
    return find_subscription(session, job_id, key)


def unsubscribe(session: Session, job_id: str, subscription: str, *, by: str) -> Subscription:
    """Tell it of nothing more, also of what was waiting to be sent. Raises UnknownSubscriptionError."""
    found = find_subscription(session, job_id, subscription)
    gone = {"removed_by": by, "removed_at": datetime.now(UTC)}
    session.execute(table.update().where(table.c.subscription == found.id).values(gone))
    _note(session, "subscription.remove", found.id, by, {"job": job_id, "channel": found.channel})
    return found


def note_test(session: Session, found: Subscription, *, by: str, failure: str | None) -> None:
    """Put on record that somebody had a test sent."""
    _note(session, "subscription.test", found.id, by, {"job": found.job_id, "arrived": failure is None})


def read_subscriptions(session: Session, job_id: str) -> tuple[Subscription, ...]:
    """Everybody who is told of a job's alerts now, the first added first."""
    query = select(table).where(table.c.job_id == job_id, table.c.removed_at.is_(None))
    return tuple(subscription_of(row) for row in session.execute(query.order_by(table.c.added_at)))


def find_subscription(session: Session, job_id: str, subscription: str) -> Subscription:
    """One that is in force. Raises UnknownSubscriptionError."""
    for one in read_subscriptions(session, job_id):
        if one.id == subscription:
            return one
    raise UnknownSubscriptionError(
        f"job {job_id!r} has no subscription {subscription!r}: see `headway alerts subscriptions --job {job_id}`"
    )


def subscription_of(row: Any) -> Subscription:
    """A row of the table."""
    names = ("subscription", "job_id", "channel", "address", "kinds", "nonce", "added_by", "added_at")
    return Subscription(*(getattr(row, name) for name in names))


def _clean(channel: Channel, address: str) -> str:
    """Raises SubscriptionError."""
    if channel not in CHANNELS:
        raise SubscriptionError(f"channel: {channel!r} is none of {', '.join(CHANNELS)}")
    clean = address.strip()
    if not clean or len(clean) > LONGEST[channel] or not clean.isascii() or not clean.isprintable():
        raise SubscriptionError(f"address: give 1 to {LONGEST[channel]} plain characters")
    return _mail(clean) if channel == "email" else _web(clean)


def _mail(address: str) -> str:
    if MAIL.fullmatch(address) is None:
        raise SubscriptionError(f"address: {address!r} is not one mail address, such as ann@example.com")
    return address


def _web(address: str) -> str:
    """What the address leads to is looked at when something is sent (`subscriptions_web`)."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    problems: Sequence[tuple[bool, str]] = (
        (host is None or " " in address or port == 0, "is not a web address"),
        (host is not None and parts.scheme not in ("https", "http"), "must begin with https://"),
        (host is not None and "@" in parts.netloc, "must not hold a name or password before its host"),
    )
    for wrong, what in problems:
        if wrong:
            raise SubscriptionError(f"address: it {what}; give one such as https://hooks.example.com/x")
    return address


def _note(session: Session, action: str, subscription: str, by: str, detail: dict[str, Any]) -> None:
    record_audit(session, who=by, action=action, object=f"subscription/{subscription}", detail=detail)
