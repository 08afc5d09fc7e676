"""One message to one subscription, by its channel."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from store.identity import open_identity
from store.settings import Settings
from store.subscriptions import Subscription, note_test
from store.subscriptions_email import send_mail
from store.subscriptions_message import Message, check_message, slack_body, webhook_body, webhook_headers
from store.subscriptions_web import DeliveryError, post
from taxonomy.model import Job


def send(settings: Settings, to: Subscription, message: Message) -> None:
    """Send it now. Raises DeliveryError."""
    hosts = frozenset(
        part.strip().lower() for part in (settings.webhook_private_hosts or "").split(",") if part.strip()
    )
    match to.channel:
        case "email":
            send_mail(settings, to.address, message)
        case "slack":
            post(to.address, slack_body(message), {"Content-Type": "application/json"}, private_hosts=hosts)
        case "webhook":
            now = datetime.now(UTC)
            body = webhook_body(message, now=now)
            headers = webhook_headers(message, body, key=to.key(open_identity(settings)), now=now)
            post(to.address, body, headers, private_hosts=hosts)


def send_test(session: Session, settings: Settings, job: Job, to: Subscription, *, by: str) -> str | None:
    """Send a test, once; why it did not arrive, None where it did."""
    message = check_message(job, id=f"{to.id}.{uuid4().hex[:12]}", by=by, public_url=settings.public_url)
    failure = None
    try:
        send(settings, to, message)
    except DeliveryError as error:
        failure = str(error)
    note_test(session, to, by=by, failure=failure)
    return failure
