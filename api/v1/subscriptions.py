"""Who is told of a job's alerts over HTTP: list, add, remove, test."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlalchemy.orm import Session

from api.access import caller_of, require
from api.deps import DbSession
from api.headers import json_answer
from api.sessions import identity_of
from api.subscribing import add_subscription, remove_subscription, usable_subscription
from api.v1.documents import plain
from api.v1.responses import problems
from api.v1.shapes import Shape
from store.jobs import read_job
from store.subscriptions import Subscription, read_subscriptions
from store.subscriptions_outbox import Standing, standings
from store.subscriptions_sending import send_test

router = APIRouter(
    prefix="/v1/jobs/{job}/subscriptions",
    tags=["alerts"],
    responses=problems(401, 403, 404, 422, 429, 503),
    dependencies=[require("leader", writes=True)],
)


class SubscriptionShape(Shape):
    """Who is told, and whether it arrives. `address` of a webhook shows the host alone: it may be a secret."""

    id: str
    channel: Literal["email", "webhook", "slack"]
    address: str
    kinds: Literal["all", "figure", "data"]
    added_by: str
    added_at: datetime
    sent: int
    waiting: int = Field(description="notices that are still to be sent")
    failing: int = Field(description="of these, so many were tried and did not arrive")
    given_up: int
    last_sent: datetime | None
    failure: str | None = Field(description="why the last attempt failed")


class MadeShape(SubscriptionShape):
    """A new subscription; `key` signs what a webhook is sent, is given now and never again."""

    key: str | None


class SubscriptionsShape(Shape):
    """Everybody who is told; the list is short and comes whole."""

    items: list[SubscriptionShape]
    next_cursor: str | None


class SubscribeBody(Shape):
    """Whom to tell. A webhook or a Slack address needs the role admin."""

    channel: Literal["email", "webhook", "slack"] = "email"
    address: Annotated[str, Field(min_length=1, max_length=2000, examples=["ann@example.com"])]
    kinds: Literal["all", "figure", "data"] = "all"


class TestShape(Shape):
    """Whether a test arrived, and why not."""

    arrived: bool
    failure: str | None


@router.get("", response_model=SubscriptionsShape)
def list_subscriptions(request: Request, session: DbSession, job: str) -> Response:
    """Who is told of new alerts."""
    found = read_job(session, job)
    items = [_json(session, one) for one in read_subscriptions(session, found.id)]
    return json_answer(request, {"items": items, "next_cursor": None})


@router.post("", response_model=MadeShape, status_code=201)
def add(request: Request, session: DbSession, job: str, body: SubscribeBody) -> Any:
    """Tell somebody of new alerts; the same twice is kept once."""
    found, caller = read_job(session, job), caller_of(request)
    made = add_subscription(session, found, caller, channel=body.channel, address=body.address, kinds=body.kinds)
    key = made.key_text(identity_of(request)) if made.channel == "webhook" else None
    return {**_json(session, made), "key": key}


@router.delete("/{subscription}", status_code=204)
def remove(request: Request, session: DbSession, job: str, subscription: str) -> None:
    """Tell it of nothing more, also of what was waiting to be sent."""
    remove_subscription(session, read_job(session, job), caller_of(request), subscription)


@router.post("/{subscription}/test", response_model=TestShape)
def check(request: Request, session: DbSession, job: str, subscription: str) -> Any:
    """Send a test message now, once."""
    found, caller = read_job(session, job), caller_of(request)
    to = usable_subscription(session, found, caller, subscription)
    failure = send_test(session, request.app.state.settings, found, to, by=caller.name)
    return {"arrived": failure is None, "failure": failure}


def _json(session: Session, one: Subscription) -> dict[str, Any]:
    standing = standings(session, one.job_id).get(one.id, Standing(0, 0, 0, 0, None, None))
    named = {name: getattr(one, name) for name in ("id", "channel", "kinds", "added_by", "added_at")}
    document: dict[str, Any] = plain({**named, "address": one.shown, **vars(standing)})
    return document
