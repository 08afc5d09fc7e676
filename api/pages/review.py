"""The review queue as a page: one contact at a time, by keys, by mouse, or as a plain form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from starlette.background import BackgroundTask
from starlette.responses import HTMLResponse, RedirectResponse

from api.deps import DbSession
from api.headers import POLICY
from api.pages.review_answer import UnclearAnswerError, answer_of
from api.pages.review_card import in_words, make_card
from api.pages.review_session import Analyst, Form, Sender, analyst_of, check_same_origin, remember, text
from api.rendering import render
from store.jobs import list_jobs, read_job
from store.review_claims import HeldByAnotherError, claim, hold, release, renew
from store.review_purchase import find_firm, known_firm
from store.review_reading import left_for, read_item
from store.review_work import Answer, decide, flag, last_decided, skip, undo
from store.session import Database
from taxonomy.model import Job

router = APIRouter(include_in_schema=False)

HEADERS = {
    "Content-Security-Policy": "; ".join((POLICY, "script-src 'self'", "connect-src 'self'")),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with "no-referrer" browsers send forms with the origin "null"
}
_finding = Lock()
UNDO_WITHIN = timedelta(hours=12)


@dataclass(frozen=True)
class Last:
    """The decision that undo would take back, in words."""

    item: str
    words: str


@router.get("/review")
def review(
    request: Request, session: DbSession, job: Annotated[str | None, Query(description="Which job's queue.")] = None
) -> Response:
    """The next contact to review; who is reviewing, or which job, where that is not known yet."""
    analyst = analyst_of(request)
    jobs = [read_job(session, job)] if job else list_jobs(session)
    if analyst is None:
        return _page("review_name.html", job=jobs[0] if len(jobs) == 1 else None)
    if len(jobs) != 1:
        return _page("review_jobs.html", rows=[(one, _address(one.id)) for one in jobs])
    answer = _next(session, jobs[0], analyst)
    answer.background = BackgroundTask(_find_firm, request.app.state.database, jobs[0])
    return answer


@router.post("/review/name")
def name(request: Request, form: Form) -> Response:
    """Say who is reviewing."""
    check_same_origin(request)
    answer = RedirectResponse(_address(text(form, "job") or None), status_code=303)
    remember(request, answer, text(form, "name"))
    return answer


@router.post("/review/{item}/decide")
def decide_item(session: DbSession, analyst: Sender, form: Form, item: str) -> Response:
    """Record the decision and go on to the next contact."""
    now = datetime.now(UTC)
    detail = read_item(session, item, analyst.name)
    job = read_job(session, detail.job_id)
    try:
        answer = answer_of(form, detail, job)
    except UnclearAnswerError as error:
        return _shown(session, job, analyst, item, message=str(error), status=422)
    try:
        decide(session, item, analyst.name, answer, now=now)
    except HeldByAnotherError as error:
        return _lost(job, answer, str(error))
    return RedirectResponse(_address(job.id), status_code=303)


@router.post("/review/{item}/skip")
def skip_item(session: DbSession, analyst: Sender, form: Form, item: str) -> Response:
    """Pass the contact on, flagged where the box is ticked."""
    now = datetime.now(UTC)
    note = text(form, "note") or None
    if text(form, "flag"):
        flag(session, item, analyst.name, now=now, note=note)
    skip(session, item, analyst.name, now=now, note=note)
    return RedirectResponse(_address(text(form, "job") or None), status_code=303)


@router.post("/review/{item}/undo")
def undo_item(session: DbSession, analyst: Sender, form: Form, item: str) -> Response:
    """Take the last decision back and show its contact again; what was in hand is let go."""
    now = datetime.now(UTC)
    if held := text(form, "held"):
        release(session, held, analyst.name, now=now)
    undo(session, item, analyst.name, now=now)
    return RedirectResponse(_address(text(form, "job") or None), status_code=303)


@router.post("/review/{item}/hold")
def hold_item(session: DbSession, analyst: Sender, item: str) -> Response:
    """Somebody is still at it: ten more minutes."""
    renew(session, item, analyst.name, now=datetime.now(UTC))
    return Response(status_code=204)


@router.post("/review/{item}/release")
def release_item(session: DbSession, analyst: Sender, item: str) -> Response:
    """The page was left."""
    release(session, item, analyst.name, now=datetime.now(UTC))
    return Response(status_code=204)


def _next(session: DbSession, job: Job, analyst: Analyst) -> Response:
    found = claim(session, job.id, analyst.name, now=datetime.now(UTC))
    if not found:
        last = _last(session, job, analyst)
        return _page("review_empty.html", job=job, analyst=analyst, last=last, left=left_for(session, job.id, ""))
    return _shown(session, job, analyst, found[0].item)


def _shown(
    session: DbSession, job: Job, analyst: Analyst, item: str, *, message: str | None = None, status: int = 200
) -> Response:
    left = left_for(session, job.id, analyst.name)
    if message is not None:
        hold(session, item, analyst.name, now=datetime.now(UTC))
    return _page(
        "review.html",
        status=status,
        job=job,
        analyst=analyst,
        message=message,
        card=make_card(read_item(session, item, analyst.name), job),
        last=_last(session, job, analyst),
        left=left,
        buys=_buys(session, job, left.drawn),
    )


def _find_firm(database: Database, job: Job) -> None:
    """Find out, once the page is sent, what the next ones say of the worth of reviews."""
    if not _finding.acquire(blocking=False):
        return
    try:
        with database.session() as session:
            find_firm(session, job, now=datetime.now(UTC))
    finally:
        _finding.release()


def _buys(session: DbSession, job: Job, more: int) -> str | None:
    """What the open part of the draw is worth, in words."""
    found = known_firm(session, job)
    if not found or not more or found[0].step not in job.step_by_id:
        return None
    firm = found[0]
    name = job.step_by_id[firm.step].name
    now, then = f"{firm.half_width:.1f}", f"{firm.after(more):.1f}"
    change = f"stays near ±{now}" if now == then else f"goes from ±{now} to about ±{then}"
    return f"With {more} more the friction of “{name}” {change}."


def _last(session: DbSession, job: Job, analyst: Analyst) -> Last | None:
    event = last_decided(session, job.id, analyst.name, since=datetime.now(UTC) - UNDO_WITHIN)
    if event is None:
        return None
    return Last(event.item, in_words(job, event.after["step"], event.after["outcome"]))


def _lost(job: Job, answer: Answer, reason: str) -> Response:
    """Somebody else has it now: what was answered is shown, so that it is not simply gone."""
    words = in_words(job, answer.step, answer.outcome)
    return _page("review_held.html", status=409, job=job, words=words, reason=reason, next=_address(job.id))


def _address(job_id: str | None) -> str:
    return "/review" + (f"?{urlencode({'job': job_id})}" if job_id else "")


def _page(template: str, *, status: int = 200, **context: Any) -> Response:
    return HTMLResponse(render(template, **context), status, HEADERS)
