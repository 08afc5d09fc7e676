"""The review queue as a page: one contact at a time, by keys, by mouse, or as a plain form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from starlette.background import BackgroundTask
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse

from api.access import require
from api.audited import note
from api.deps import DbSession
from api.headers import POLICY
from api.pages.review_answer import UnclearAnswerError, answer_of
from api.pages.review_card import in_words, make_card
from api.pages.review_session import Analyst, Form, Sender, analyst_of, remember, text
from api.pages.review_sets import sets_of
from api.rendering import render
from store.jobs import list_jobs, read_job
from store.review_claims import HeldByAnotherError, claim, hold, release, renew
from store.review_offers import read_budget, read_today
from store.review_purchase import find_firm, known_firm
from store.review_reading import left_for, read_item
from store.review_work import Answer, decide, flag, last_decided, skip, undo
from store.session import Database
from taxonomy.model import Job

router = APIRouter(include_in_schema=False, dependencies=[require("analyst")])

HEADERS = {
    "Content-Security-Policy": "; ".join((POLICY, "script-src 'self'", "connect-src 'self'")),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with "no-referrer" browsers send forms with the origin "null"
}
_finding = Lock()
UNDO_WITHIN = timedelta(hours=12)


@dataclass(frozen=True)
class Day:
    """A day's budget: reviews done or in hand, how many it allows, how many drawn ones it may still buy."""

    done: int
    per_day: int
    drawn_left: int
    spent: bool


@dataclass(frozen=True)
class Last:
    """The decision that undo would take back, in words."""

    item: str
    words: str


@router.get("/review")
def review(
    request: Request,
    session: DbSession,
    job: Annotated[str | None, Query(description="Which job's queue.")] = None,
    beyond: Annotated[bool, Query(description="Go on when the day's budget is spent.")] = False,
) -> Response:
    """The next contact to review; who is reviewing, or which job, where that is not known yet."""
    analyst = analyst_of(request)
    jobs = [read_job(session, job)] if job else list_jobs(session)
    if analyst is None:
        return _page("review_name.html", job=jobs[0] if len(jobs) == 1 else None)
    if len(jobs) != 1:
        return _page("review_jobs.html", rows=[(one, _address(one.id)) for one in jobs])
    answer = _next(Sight(request, session, jobs[0], analyst, beyond))
    answer.background = BackgroundTask(_find_firm, request.app.state.database, jobs[0])
    return answer


@router.post("/review/name")
def name(request: Request, form: Form) -> Response:
    """Say who is reviewing."""
    answer = RedirectResponse(_address(text(form, "job") or None), status_code=303)
    remember(request, answer, text(form, "name"))
    return answer


@router.post("/review/{item}/decide")
def decide_item(request: Request, session: DbSession, analyst: Sender, form: Form, item: str) -> Response:
    """Record the decision and go on to the next contact."""
    now = datetime.now(UTC)
    detail = read_item(session, item, analyst.name)
    job = read_job(session, detail.job_id)
    try:
        answer = answer_of(form, detail, job)
    except UnclearAnswerError as error:
        sight = Sight(request, session, job, analyst, bool(text(form, "beyond")))
        return _shown(sight, item, message=str(error), status=422)
    try:
        decide(session, item, analyst.name, answer, now=now)
        said = {"by": analyst.name, "step": answer.step, "outcome": answer.outcome}
        note(request, session, "review.decide", f"item/{item}", **said)
    except HeldByAnotherError as error:
        return _lost(job, answer, str(error))
    return RedirectResponse(_onward(form, job.id), status_code=303)


@router.post("/review/{item}/skip")
def skip_item(session: DbSession, analyst: Sender, form: Form, item: str) -> Response:
    """Pass the contact on, flagged where the box is ticked."""
    now = datetime.now(UTC)
    note = text(form, "note") or None
    if text(form, "flag"):
        flag(session, item, analyst.name, now=now, note=note)
    skip(session, item, analyst.name, now=now, note=note)
    return RedirectResponse(_onward(form), status_code=303)


@router.post("/review/{item}/undo")
def undo_item(request: Request, session: DbSession, analyst: Sender, form: Form, item: str) -> Response:
    """Take the last decision back and show its contact again; what was in hand is let go."""
    now = datetime.now(UTC)
    if held := text(form, "held"):
        release(session, held, analyst.name, now=now)
    undo(session, item, analyst.name, now=now)
    note(request, session, "review.undo", f"item/{item}", by=analyst.name)
    return RedirectResponse(_onward(form), status_code=303)


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


@dataclass(frozen=True)
class Sight:
    """Who looks at which queue; `beyond`: also when the day's budget is spent."""

    request: Request
    session: DbSession
    job: Job
    analyst: Analyst
    beyond: bool = False


def _next(sight: Sight) -> Response:
    session, job, name = sight.session, sight.job, sight.analyst.name
    found = claim(session, job.id, name, now=datetime.now(UTC), beyond_budget=sight.beyond)
    if found:
        return _shown(sight, found[0].item)
    day = _day(session, job, left_for(session, job.id, name).total)
    return _page(
        "review_empty.html",
        job=job,
        analyst=sight.analyst,
        last=_last(session, job, sight.analyst),
        left=left_for(session, job.id, ""),
        day=day,
        onward=_address(job.id, beyond=True) if day is not None and day.spent else None,
    )


def _shown(sight: Sight, item: str, *, message: str | None = None, status: int = 200) -> Response:
    session, job, analyst = sight.session, sight.job, sight.analyst
    left = left_for(session, job.id, analyst.name)
    if message is not None:
        hold(session, item, analyst.name, now=datetime.now(UTC))
    detail, day = read_item(session, item, analyst.name), _day(session, job, left.total)
    note(sight.request, session, "contact.read", f"contact/{detail.contact_pk}", page="review", by=analyst.name)
    return _page(
        "review.html",
        status=status,
        job=job,
        analyst=analyst,
        message=message,
        card=make_card(detail, job, sets_of(sight.request.app.state.settings, job.id, detail.model_id)),
        last=_last(session, job, analyst),
        left=left,
        day=day,
        beyond=sight.beyond,
        buys=_buys(session, job, left.drawn if day is None else min(left.drawn, day.drawn_left)),
    )


def _day(session: DbSession, job: Job, open_items: int) -> Day | None:
    """What is left of the day's budget; None where there is none."""
    budget = read_budget(session, job.id)
    if budget.per_day is None:
        return None
    today = read_today(session, job.id, now=datetime.now(UTC))
    left = today.left(budget) or 0
    # the one in hand counts as done in the budget, but what it buys is still to come
    return Day(today.total, budget.per_day, min(left + 1, open_items), left == 0 and open_items > 0)


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
    """What so many drawn reviews are worth, in words."""
    found = known_firm(session, job)
    if found == () and more:
        return "What they buy stands here once the figures are measured with enough drawn reviews."
    if not found or not more or found[0].step not in job.step_by_id:
        return None
    firm = found[0]
    name, items = job.step_by_id[firm.step].name, f"{more:,} {'item' if more == 1 else 'items'}"
    now, then = f"{firm.half_width:.1f}", f"{firm.after(more):.1f}"
    if now == then:
        return f"{items} leave the interval on the friction of “{name}” near ±{now}."
    return f"{items} bring the interval on the friction of “{name}” from ±{now} to about ±{then}."


def _last(session: DbSession, job: Job, analyst: Analyst) -> Last | None:
    event = last_decided(session, job.id, analyst.name, since=datetime.now(UTC) - UNDO_WITHIN)
    if event is None:
        return None
    return Last(event.item, in_words(job, event.after["step"], event.after["outcome"]))


def _lost(job: Job, answer: Answer, reason: str) -> Response:
    """Somebody else has it now: what was answered is shown, so that it is not simply gone."""
    words = in_words(job, answer.step, answer.outcome)
    return _page("review_held.html", status=409, job=job, words=words, reason=reason, next=_address(job.id))


def _address(job_id: str | None, *, beyond: bool = False) -> str:
    asked = {**({"job": job_id} if job_id else {}), **({"beyond": "1"} if beyond else {})}
    return "/review" + (f"?{urlencode(asked)}" if asked else "")


def _onward(form: FormData, job_id: str | None = None) -> str:
    return _address(job_id or text(form, "job") or None, beyond=bool(text(form, "beyond")))


def _page(template: str, *, status: int = 200, **context: Any) -> Response:
    return HTMLResponse(render(template, **context), status, HEADERS)
