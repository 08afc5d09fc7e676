"""Alerts of a job: raised once, judged again while open, acknowledged and marked true or false as events."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alignment.alerts import Alarm
from store.session import insert_new
from store.subscriptions_outbox import queue_notices
from store.tables import alert_events, alert_looks, alerts
from taxonomy.errors import BadInputError

Kind = Literal["figure", "data"]
SAID = ("acknowledge", "true", "false")
"""What people say of an alert: somebody looks after it; it was right; it was a false alarm."""


class UnknownAlertError(BadInputError):
    """No alert of that id was raised for the job."""


@dataclass(frozen=True)
class Said:
    """One event of an alert."""

    kind: str
    by: str
    note: str
    at: datetime


@dataclass(frozen=True)
class Alert:
    """An alert as it is known now. `content` holds the newest verdict (`Verdict.as_json`) or what a data alarm saw."""

    id: str
    kind: Kind
    measure: str
    step: str | None
    first: date
    since: date
    at: date
    strength: float
    model: str
    job_version: str
    raised_at: datetime
    content: Mapping[str, Any]
    events: tuple[Said, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data, the verdict first; moments and days stay as they are."""
        names = ("kind", "measure", "step", "since", "at", "strength", "open", "mark", "model", "job_version")
        head = {"id": self.id, "verdict": self.content["kind"], "sentence": self.content["sentence"]}
        rest = {name: getattr(self, name) for name in (*names, "raised_at", "content")}
        return {**head, **rest, "events": [vars(one) for one in self.events]}

    @property
    def mark(self) -> Literal["true", "false"] | None:
        """What it turned out to be, as was said last; None where nobody said."""
        marks = [one.kind for one in self.events if one.kind in {"true", "false"}]
        return None if not marks else "true" if marks[-1] == "true" else "false"

    @property
    def open(self) -> bool:
        """Whether nobody has acknowledged or marked it, and it is not over by itself."""
        return not any(one.kind in {*SAID, "over"} for one in self.events)


@dataclass(frozen=True)
class Track:
    """How good alerts have been: how many were raised, and what those marked turned out to be."""

    raised: int
    true: int
    false: int


def raise_alert(
    session: Session,
    job_id: str,
    alarm: Alarm,
    *,
    kind: Kind,
    job_version: str,
    model_id: str,
    measure: str,
    step: str | None,
    content: Mapping[str, Any],
) -> bool:
    """Keep an alarm, unless one of the same series is known that covers the same days; whether it is news.

    Whoever subscribed to the job's alerts is put on the list of those to be told, in the same transaction.
    """
    named = "\n".join((job_id, measure, step or "", alarm.since.isoformat()))
    key = hashlib.sha256(named.encode()).hexdigest()[:16]
    same = (alerts.c.job_id == job_id, alerts.c.measure == measure, alerts.c.step.is_not_distinct_from(step))
    overlap = (alerts.c.since < alarm.at, alerts.c.at > alarm.since)
    if kind == "figure" and session.scalar(select(func.count()).select_from(alerts).where(*same, *overlap)):
        return False
    now = datetime.now(UTC)
    row = {
        "alert": key,
        "job_id": job_id,
        "job_version": job_version,
        "model_id": model_id,
        "kind": kind,
        "measure": measure,
        "step": step,
        **{name: getattr(alarm, name) for name in ("first", "since", "at", "strength")},
        "content": dict(content),
        "raised_at": now,
    }
    if not insert_new(session, alerts, [row]):
        return False
    queue_notices(session, job_id, key, kind=kind, now=now)
    return True


def read_alerts(session: Session, job_id: str, *, as_of: datetime | None = None) -> tuple[Alert, ...]:
    """Every alert of a job as known at a moment (default: now), the newest first."""
    query = select(alerts).where(alerts.c.job_id == job_id).order_by(alerts.c.at.desc(), alerts.c.alert)
    said = select(alert_events).join(alerts, alerts.c.alert == alert_events.c.alert)
    said = said.where(alerts.c.job_id == job_id).order_by(alert_events.c.number)
    if as_of is not None:
        query = query.where(alerts.c.raised_at <= as_of)
        said = said.where(alert_events.c.recorded_at <= as_of)
    events: dict[str, list[Any]] = {}
    for row in session.execute(said):
        events.setdefault(row.alert, []).append(row)
    return tuple(_alert(row, events.get(row.alert, [])) for row in session.execute(query))


def _alert(row: Any, events: Sequence[Any]) -> Alert:
    content = next((one.content for one in reversed(events) if one.kind == "verdict"), row.content)
    said = tuple(Said(one.kind, one.by, one.note, one.recorded_at) for one in events if one.kind != "verdict")
    return Alert(
        row.alert,
        row.kind,
        row.measure,
        row.step,
        row.first,
        row.since,
        row.at,
        row.strength,
        row.model_id,
        row.job_version,
        row.raised_at,
        content,
        said,
    )


def find_alert(session: Session, job_id: str, alert: str) -> Alert:
    """One alert of a job. Raises UnknownAlertError."""
    for one in read_alerts(session, job_id):
        if one.id == alert:
            return one
    raise UnknownAlertError(f"job {job_id!r} has no alert {alert!r}: see `headway alerts --job {job_id}`")


def say_of_alert(session: Session, job_id: str, alert: str, *, kind: str, by: str, note: str = "") -> None:
    """Put an event beside an alert: one of SAID. Raises UnknownAlertError."""
    found = find_alert(session, job_id, alert)
    if not any((one.kind, one.by, one.note) == (kind, by, note) for one in found.events[-1:]):
        _append(session, alert, kind=kind, content={}, by=by, note=note)


def judge_again(session: Session, alert: Alert, content: Mapping[str, Any]) -> bool:
    """Keep a later verdict where it says something else; whether it does."""
    if alert.content.get("kind") == content.get("kind") and alert.content.get("reviewed") == content.get("reviewed"):
        return False
    _append(session, alert.id, kind="verdict", content=content, by="headway", note="")
    return True


def close_alert(session: Session, alert: Alert, *, note: str) -> None:
    """Say that what an alert saw is over."""
    _append(session, alert.id, kind="over", content={}, by="headway", note=note)


def _append(session: Session, alert: str, *, kind: str, content: Mapping[str, Any], by: str, note: str) -> None:
    newest = session.scalar(select(func.max(alert_events.c.number)).where(alert_events.c.alert == alert))
    row = {
        "alert": alert,
        "number": 0 if newest is None else newest + 1,
        "kind": kind,
        "content": dict(content),
        "by": by,
        "note": note,
        "recorded_at": datetime.now(UTC),
    }
    insert_new(session, alert_events, [row])


def track_record(found: Sequence[Alert]) -> Track:
    """The track record of these alerts."""
    marks = [one.mark for one in found]
    return Track(len(marks), marks.count("true"), marks.count("false"))


def looked(session: Session, job_id: str, *, job_version: str, model_id: str, closed_to: date) -> bool:
    """Whether the weeks up to this day have been looked at."""
    mine = (
        alert_looks.c.job_id == job_id,
        alert_looks.c.job_version == job_version,
        alert_looks.c.model_id == model_id,
        alert_looks.c.closed_to == closed_to,
    )
    return bool(session.scalar(select(func.count()).select_from(alert_looks).where(*mine)))


def record_look(
    session: Session, job_id: str, *, job_version: str, model_id: str, closed_to: date, series: int, limit: float
) -> None:
    """Keep that the weeks up to this day were looked at, how many series, and at which limit."""
    row = {
        "job_id": job_id,
        "job_version": job_version,
        "model_id": model_id,
        "closed_to": closed_to,
        "series": series,
        "limit": limit,
        "looked_at": datetime.now(UTC),
    }
    insert_new(session, alert_looks, [row])


def last_look(session: Session, job_id: str) -> Any:
    """The newest look at a job, None where there was none: `closed_to`, `series`, `limit`, `looked_at`."""
    query = select(alert_looks).where(alert_looks.c.job_id == job_id).order_by(alert_looks.c.pk.desc()).limit(1)
    return session.execute(query).one_or_none()
