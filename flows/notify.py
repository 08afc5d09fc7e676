"""Send what is in the box of notices: after the alerts were committed, each a few times quickly, then later."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.log import open_log
from flows.workspace import Workspace
from store.alerts import find_alert
from store.subscriptions_message import alert_message
from store.subscriptions_outbox import Notice, claim_next, count_waiting, record_failure, record_sent
from store.subscriptions_sending import send
from store.subscriptions_web import DeliveryError

QUICKLY = (1.0, 4.0)
"""Seconds before the second and the third try of one attempt."""

AT_ONCE = 200
"""At most so many notices are sent by one call."""


@dataclass(frozen=True)
class Delivered:
    """Notices that arrived, that did not in this attempt, and that still wait."""

    sent: int
    failed: int
    waiting: int


def deliver(workspace: Workspace, *, now: datetime | None = None, quickly: Sequence[float] = QUICKLY) -> Delivered:
    """Send what is due of a job. A receiver that fails never fails the caller: it stands on the alerts' page."""
    sent = failed = 0
    for _ in range(AT_ONCE):
        moment = now or datetime.now(UTC)
        with workspace.database.session() as session:
            notice = claim_next(session, workspace.job.id, now=moment)
        if notice is None:
            break
        error = _attempt(workspace, notice, quickly)
        with workspace.database.session() as session:
            if error is None:
                record_sent(session, notice, now=moment)
            else:
                record_failure(session, notice, why=str(error), now=moment, after=error.after, final=error.final)
        sent, failed = sent + (error is None), failed + (error is not None)
    with workspace.database.session() as session:
        return Delivered(sent, failed, count_waiting(session, workspace.job.id))


def _attempt(workspace: Workspace, notice: Notice, quickly: Sequence[float]) -> DeliveryError | None:
    with workspace.database.session() as session:
        alert = find_alert(session, workspace.job.id, notice.alert)
    message = alert_message(workspace.job, alert, id=notice.id, public_url=workspace.settings.public_url)
    found: DeliveryError | None = None
    for pause in (0.0, *quickly):
        time.sleep(pause)
        try:
            send(workspace.settings, notice.subscription, message)
        except DeliveryError as error:
            found = error
            if error.final or error.lasting or error.after is not None:
                break
        else:
            return None
    facts = {"job": workspace.job.id, "notice": notice.id, "channel": notice.subscription.channel, "why": str(found)}
    open_log(workspace.settings).warning("notice not sent", extra={"facts": facts})
    return found
