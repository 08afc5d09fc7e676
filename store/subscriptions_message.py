"""What an alert's message says: figures, dates and the product's own words, never what a customer said."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from alignment.alert_words import VERDICTS, alert_title
from store.alerts import Alert
from taxonomy.model import Job


@dataclass(frozen=True)
class Message:
    """One message: `id` stays the same at every attempt; `data` is what programs are sent."""

    id: str
    type: str
    title: str
    lines: tuple[str, ...]
    link: str | None
    data: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The message as plain text."""
        return "\n".join((*self.lines, *(["", self.link] if self.link else []))) + "\n"


def alert_message(job: Job, alert: Alert, *, id: str, public_url: str | None) -> Message:
    """The verdict first, then what changed since when. Only the fields named here leave."""
    sentence = alert.content["sentence"]
    verdict, title = VERDICTS[alert.content["kind"]], alert_title(job, measure=alert.measure, step=alert.step)
    link = None if public_url is None else f"{public_url}/jobs/{quote(job.id, safe='')}/alerts"
    lines = (
        f"{title} ({job.id})",
        f"{verdict}: {sentence}.",
        f"Since about {alert.since}; seen on {alert.at}. Alert {alert.id}.",
    )
    data = {
        "job": job.id,
        "job_version": alert.job_version,
        "alert": alert.id,
        "kind": alert.kind,
        "verdict": alert.content["kind"],
        "title": title,
        "sentence": sentence,
        "measure": alert.measure,
        "step": alert.step,
        "since": alert.since.isoformat(),
        "at": alert.at.isoformat(),
        "before": alert.content.get("before"),
        "after": alert.content.get("after"),
        "link": link,
    }
    return Message(id, "alert.raised", title, lines, link, data)


def check_message(job: Job, *, id: str, by: str, public_url: str | None) -> Message:
    """A message that only shows that messages arrive."""
    link = None if public_url is None else f"{public_url}/jobs/{quote(job.id, safe='')}/alerts"
    lines = (f"This is a test of Headway's alerts for {job.id}, sent by {by}.", "Alerts will arrive like this one.")
    return Message(id, "test", f"Test for {job.id}", lines, link, {"job": job.id, "link": link})


def webhook_body(message: Message, *, now: datetime) -> bytes:
    """The JSON that a webhook is sent."""
    content = {"type": message.type, "timestamp": now.isoformat(), "data": dict(message.data)}
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def webhook_headers(message: Message, body: bytes, *, key: bytes, now: datetime) -> dict[str, str]:
    """Id, time and signature as standardwebhooks.com has them: HMAC-SHA256 over `id.seconds.body`, in base64."""
    seconds = str(int(now.timestamp()))
    signed = b".".join((message.id.encode(), seconds.encode(), body))
    proof = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{proof}",
    }


def slack_body(message: Message) -> bytes:
    """The JSON of a Slack-compatible incoming webhook; what its markup would read is escaped."""
    text = message.text.strip()
    for sign, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, escaped)
    return json.dumps({"text": text}, ensure_ascii=False).encode()
