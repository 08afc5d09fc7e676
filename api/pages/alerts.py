"""Alerts of a job: the verdict on the measurement first, then what changed; acknowledged or marked in place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse

from alignment.alert_words import VERDICTS, alert_title
from api.access import caller_of, require
from api.address import Asked, Links
from api.deps import DbSession, ReadingOf
from api.figures import EFFORT, SHARE, Scale, number
from api.headers import page_answer
from api.pages.review_session import Form, Named, text
from api.rendering import render
from store.alerts import SAID, Alert, find_alert, last_look, read_alerts, say_of_alert, track_record
from store.jobs import read_job
from store.subscriptions import read_subscriptions
from store.subscriptions_outbox import standings
from taxonomy.errors import BadInputError
from taxonomy.model import Job

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])

SCALES = {"effort": EFFORT, "fcr": SHARE, "share": SHARE}


class UnclearMarkError(BadInputError):
    """The form does not say who marks the alert, or as what."""


@dataclass(frozen=True)
class PartRow:
    """Where a change is strongest: the figure of one value of a dimension before and since."""

    name: str
    value: str
    before: str
    after: str


@dataclass(frozen=True)
class AlertRow:
    """One alert as the page shows it."""

    alert: Alert
    title: str
    verdict: str
    before: str
    after: str
    parts: tuple[PartRow, ...]
    href: str


@dataclass(frozen=True)
class Notice:
    """What a page says once, on top: that somebody is told now (with a webhook's key), or what a test did."""

    text: str
    key: str | None = None
    failed: bool = False


@router.get("/jobs/{job}/alerts")
def alerts(request: Request, reading: ReadingOf) -> Response:
    """The page."""
    links = Links(reading.job.id, reading.asked)
    return page_answer(request, alerts_html(request, reading.session, reading.job, links, as_of=reading.view.as_of))


def alerts_html(
    request: Request,
    session: Session,
    job: Job,
    links: Links,
    *,
    as_of: datetime | None = None,
    notice: Notice | None = None,
) -> str:
    """Open alerts, settled ones, their track record, and who is told of new ones."""
    found = read_alerts(session, job.id, as_of=as_of)
    caller, fares = caller_of(request), standings(session, job.id)
    return render(
        "alerts.html",
        job=job,
        links=links,
        here="alerts",
        json_url=links.alerts(api=True),
        rows=alert_rows(job, [one for one in found if one.open]),
        settled=alert_rows(job, [one for one in found if not one.open]),
        look=last_look(session, job.id),
        track=track_record(found),
        budget=request.app.state.settings.alert_false_alarms_a_year,
        subscribers=[(one, fares.get(one.id)) for one in read_subscriptions(session, job.id)],
        mail_set=request.app.state.settings.smtp_host is not None,
        may_say=caller.may("analyst"),
        is_admin=caller.may("admin"),
        notice=notice,
    )


@router.post("/jobs/{job}/alerts/{alert}", dependencies=[require("analyst")])
def say(session: DbSession, form: Form, by: Named, job: str, alert: str) -> Response:
    """Acknowledge an alert, or mark it true or false. Raises UnclearMarkError."""
    found = read_job(session, job)
    said = text(form, "said")
    if not by or said not in SAID:
        raise UnclearMarkError("say who you are, and choose one of the buttons")
    say_of_alert(session, found.id, find_alert(session, found.id, alert).id, kind=said, by=by, note=text(form, "note"))
    return RedirectResponse(Links(found.id).alerts(), status_code=303)


def alert_rows(job: Job, found: list[Alert]) -> list[AlertRow]:
    """Alerts with their words and addresses."""
    return [_row(job, one) for one in found]


def _row(job: Job, one: Alert) -> AlertRow:
    content, verdict = one.content, VERDICTS[one.content["kind"]]
    title = alert_title(job, measure=one.measure, step=one.step)
    if one.step is None:
        return AlertRow(one, title, verdict, "", "", (), "")
    scale = SCALES[one.measure]
    parts = tuple(_part(part, scale) for part in content["parts"][:3])
    before, after = (_written(content[when], scale) for when in ("before", "after"))
    return AlertRow(one, title, verdict, before, after, parts, _address(job, one))


def _address(job: Job, one: Alert) -> str:
    """The step's page for the days since the change; a step of an older job version has none."""
    if one.step not in job.step_by_id:
        return ""
    return Links(job.id, Asked(start=one.since, end=max(one.at, one.since + timedelta(days=1)))).step(str(one.step))


def _part(part: dict[str, Any], scale: Scale) -> PartRow:
    return PartRow(part["dimension"], part["value"], _written(part["before"], scale), _written(part["after"], scale))


def _written(value: float, scale: Scale) -> str:
    return number(value, scale, max(scale.digits, 1)) + scale.unit
