"""Who is told of alerts: added, tested and removed on the alerts' page."""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from api.access import caller_of, require
from api.address import Links
from api.deps import DbSession
from api.pages.alerts import Notice, alerts_html
from api.pages.review_session import Form, text
from api.sessions import identity_of
from api.subscribing import add_subscription, remove_subscription, usable_subscription
from store.jobs import read_job
from store.subscriptions import Channel, Kinds
from store.subscriptions_sending import send_test

router = APIRouter(
    prefix="/jobs/{job}/subscriptions", include_in_schema=False, dependencies=[require("leader", writes=True)]
)
HEADERS = {"Cache-Control": "no-store"}


@router.post("")
def add(request: Request, session: DbSession, form: Form, job: str) -> Response:
    """Add somebody; a webhook's key is shown on the page that answers, and never again."""
    found, caller = read_job(session, job), caller_of(request)
    made = add_subscription(
        session,
        found,
        caller,
        channel=cast(Channel, text(form, "channel")),
        address=text(form, "address"),
        kinds=cast(Kinds, text(form, "kinds") or "all"),
    )
    key = made.key_text(identity_of(request)) if made.channel == "webhook" else None
    notice = Notice(f"{made.shown} is told of new alerts from now on.", key)
    html = alerts_html(request, session, found, Links(found.id), notice=notice)
    return HTMLResponse(html, status_code=201, headers=HEADERS)


@router.post("/{subscription}")
def use(request: Request, session: DbSession, form: Form, job: str, subscription: str) -> Response:
    """Send a test, or remove it."""
    found, caller = read_job(session, job), caller_of(request)
    if text(form, "do") == "remove":
        remove_subscription(session, found, caller, subscription)
        return RedirectResponse(Links(found.id).alerts(), status_code=303)
    to = usable_subscription(session, found, caller, subscription)
    failure = send_test(session, request.app.state.settings, found, to, by=caller.name)
    said = f"A test was sent to {to.shown}." if failure is None else f"The test did not reach {to.shown}: {failure}."
    html = alerts_html(request, session, found, Links(found.id), notice=Notice(said, failed=failure is not None))
    return HTMLResponse(html, headers=HEADERS)
