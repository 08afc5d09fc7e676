"""Alerts of a job: the verdict on the measurement first, then what changed; acknowledged or marked in place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.access import require
from api.address import Asked, Links
from api.deps import DbSession, ReadingOf
from api.figures import EFFORT, SHARE, Scale, number
from api.headers import page_answer
from api.pages.review_session import Form, text
from api.rendering import render
from store.alerts import SAID, Alert, find_alert, last_look, read_alerts, say_of_alert, track_record
from store.jobs import read_job
from taxonomy.errors import BadInputError
from taxonomy.model import Job

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])

VERDICTS = {
    "real": "Confirmed by reviews",
    "mix": "Mostly another mix of contacts",
    "measurement": "Not confirmed: look at the tagger first",
    "open": "Not settled yet",
    "data": "About the data, not the customers",
}
MEASURES = {
    "effort": ("Effort (1 to 7, 7 is easiest)", EFFORT),
    "fcr": ("Resolved on first contact", SHARE),
    "share": ("Share of all contacts", SHARE),
}
DATA = {
    "volume": "Contacts a week",
    "response": "Survey answers",
    "deferral": "Contacts that the tagger hands over",
    "novelty": "Contacts strange to the tagger",
    "disagreement": "Analysts disagree with the tagger",
    "silence": "No new contacts",
}


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


@router.get("/jobs/{job}/alerts")
def alerts(request: Request, reading: ReadingOf) -> Response:
    """The page."""
    job, session = reading.job, reading.session
    found = read_alerts(session, job.id, as_of=reading.view.as_of)
    links = Links(job.id, reading.asked)
    html = render(
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
    )
    return page_answer(request, html)


@router.post("/jobs/{job}/alerts/{alert}", dependencies=[require("analyst")])
def say(request: Request, session: DbSession, form: Form, job: str, alert: str) -> Response:
    """Acknowledge an alert, or mark it true or false. Raises UnclearMarkError."""
    found = read_job(session, job)
    by, said = text(form, "by")[:60], text(form, "said")
    if not by or said not in SAID:
        raise UnclearMarkError("say who you are, and choose one of the buttons")
    say_of_alert(session, found.id, find_alert(session, found.id, alert).id, kind=said, by=by, note=text(form, "note"))
    return RedirectResponse(Links(found.id).alerts(), status_code=303)


def alert_rows(job: Job, found: list[Alert]) -> list[AlertRow]:
    """Alerts with their words and addresses."""
    return [_row(job, one) for one in found]


def _row(job: Job, one: Alert) -> AlertRow:
    content, verdict = one.content, VERDICTS[one.content["kind"]]
    if one.step is None:
        return AlertRow(one, DATA[one.measure], verdict, "", "", (), "")
    name, scale = MEASURES[one.measure]
    step = job.step_by_id.get(one.step)
    parts = tuple(_part(part, scale) for part in content["parts"][:3])
    title = f"{step.name if step else one.step}: {name[0].lower()}{name[1:]}"
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
