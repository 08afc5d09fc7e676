"""Alerts of a job over HTTP: read, acknowledge, mark."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.access import require
from api.actors import BY, actor
from api.deps import DbSession
from api.headers import json_answer
from api.v1.documents import plain
from api.v1.moments import Moment
from api.v1.shapes import Shape
from store.alerts import find_alert, last_look, read_alerts, say_of_alert, track_record
from store.jobs import read_job

router = APIRouter(prefix="/v1/jobs/{job}/alerts", tags=["alerts"], dependencies=[require("leader")])


class SaidShape(Shape):
    """What somebody said of an alert."""

    kind: str
    by: str
    note: str
    at: datetime


class AlertShape(Shape):
    """A change that is more than chance: the verdict on the measurement, then what changed and since when."""

    id: str
    verdict: Literal["real", "mix", "measurement", "open", "data"]
    sentence: str
    kind: Literal["figure", "data"]
    measure: str
    step: str | None
    since: date = Field(description="first suspected day")
    at: date = Field(description="the look that raised it")
    strength: float = Field(description="the statistic over its limit")
    open: bool
    mark: Literal["true", "false"] | None
    model: str
    job_version: str
    raised_at: datetime
    content: dict[str, Any] = Field(description="figures before and since, the corrected change, mix, largest parts")
    events: list[SaidShape]


class LookShape(Shape):
    """The last look: how many series, up to which day, at which limit."""

    closed_to: date
    series: int
    limit: float
    looked_at: datetime


class TrackShape(Shape):
    """What alerts turned out to be."""

    raised: int
    true: int
    false: int


class AlertsShape(Shape):
    """Every alert of a job, newest first; the list is short and comes whole."""

    items: list[AlertShape]
    next_cursor: str | None
    watched: LookShape | None
    track_record: TrackShape


class SayBody(Shape):
    """Who says what of an alert."""

    by: Annotated[Annotated[str, Field(min_length=1, max_length=60)] | None, Field(description=BY)] = None
    said: Literal["acknowledge", "true", "false"] = "acknowledge"
    note: Annotated[str, Field(max_length=500)] = ""


@router.get("", response_model=AlertsShape)
def list_alerts(
    request: Request,
    session: DbSession,
    job: str,
    as_of: Annotated[Moment | None, Query(description="As it was known then; default now.")] = None,
) -> Response:
    """Alerts of a job."""
    found = read_alerts(session, read_job(session, job).id, as_of=as_of)
    look = last_look(session, job)
    watched = look and {name: plain(getattr(look, name)) for name in ("closed_to", "series", "limit", "looked_at")}
    items = [plain(one.as_json()) for one in found]
    track = vars(track_record(found))
    return json_answer(request, {"items": items, "next_cursor": None, "watched": watched, "track_record": track})


@router.post("/{alert}", response_model=AlertShape, dependencies=[require("analyst")])
def say(request: Request, session: DbSession, job: str, alert: str, body: SayBody) -> Any:
    """Acknowledge an alert, or mark it true or false; kept as an event."""
    found, by = read_job(session, job), actor(request, body.by)
    say_of_alert(session, found.id, alert, kind=body.said, by=by, note=body.note)
    return plain(find_alert(session, found.id, alert).as_json())
