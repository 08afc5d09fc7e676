"""Jobs and their figures."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from alignment.documents import friction_json, head_json, index_json, outcomes_json, scorecard_json
from api.access import require
from api.address import breakdown
from api.deps import DbSession, ReadingOf
from api.headers import json_answer
from api.problems import NotFoundError
from api.v1 import shapes
from api.v1.contact_shapes import ContactsShape
from api.v1.documents import history_json, job_json, page_json, summary_json
from store.browse import list_tagged
from store.jobs import list_jobs
from store.scorecards import read_friction, read_outcomes
from store.scores import index_history, read_formula

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": shapes.ProblemShape, "description": what, "content": {"application/problem+json": {}}}
    for status, what in ((403, "Refused"), (404, "Not there"), (422, "A parameter cannot be used"))
}

router = APIRouter(prefix="/v1", responses=PROBLEMS, dependencies=[require("leader")])
job_router = APIRouter(prefix="/jobs/{job}", tags=["figures"])


@router.get("/jobs", tags=["jobs"], response_model=shapes.JobsShape)
def jobs(request: Request, session: DbSession) -> Response:
    """Every job in force. The list is short and comes whole."""
    items = [summary_json(job) for job in list_jobs(session)]
    return json_answer(request, {"items": items, "next_cursor": None})


@job_router.get("", tags=["jobs"], response_model=shapes.JobShape)
def job(request: Request, reading: ReadingOf) -> Response:
    """A job with its steps, outcomes, and what its contacts can be filtered by."""
    return json_answer(request, job_json(reading.job, reading.choices))


@job_router.get("/scorecard", response_model=shapes.ScorecardShape)
def scorecard(request: Request, reading: ReadingOf) -> Response:
    """Everything on the scorecard page."""
    return json_answer(request, scorecard_json(reading.card))


@job_router.get("/friction", response_model=shapes.FrictionShape)
def friction(
    request: Request,
    reading: ReadingOf,
    by: Annotated[
        str | None, Query(description="Also by channel, segment.NAME, circumstance.NAME, week or day.")
    ] = None,
) -> Response:
    """Friction by step, as a whole and by one dimension."""
    slices = None
    if by:
        by = breakdown(by, tuple(reading.choices))
        slices = read_friction(reading.session, reading.job, reading.view, by=by)
    return json_answer(request, friction_json(reading.card, slices))


@job_router.get("/outcomes", response_model=shapes.OutcomesShape)
def outcomes(
    request: Request,
    reading: ReadingOf,
    by: Annotated[
        str | None, Query(description="Also by segment.NAME or circumstance.NAME of those who answered.")
    ] = None,
) -> Response:
    """Importance, satisfaction and opportunity of every outcome, with ranks; whole and in each group of people."""
    slices = read_outcomes(reading.session, reading.job, reading.view, by=by) if by else None
    return json_answer(request, outcomes_json(reading.card, slices))


@job_router.get("/steps/{step}/contacts", response_model=ContactsShape, tags=["contacts"])
def step_contacts(
    request: Request,
    reading: ReadingOf,
    step: str,
    *,
    outcome: Annotated[str | None, Query(description="Only this outcome of the step.")] = None,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """The contacts behind a step's figures, newest first."""
    if step not in reading.job.step_by_id:
        raise NotFoundError(
            f"step {step!r} is not in job {reading.job.id}; known are {', '.join(reading.job.step_by_id)}"
        )
    page = list_tagged(
        reading.session, reading.job, view=reading.view, step=step, outcome=outcome or None, cursor=cursor or None,
        limit=limit,
    )  # fmt: skip
    return json_answer(request, page_json(page))


@job_router.get("/index", response_model=shapes.IndexShape, tags=["index"])
def index(request: Request, reading: ReadingOf) -> Response:
    """The Alignment Index with everything needed to redo it."""
    return json_answer(request, {**head_json(reading.card), **index_json(reading.card)})


@job_router.get("/index/formula", response_model=shapes.FormulaShape, tags=["index"])
def formula(request: Request, reading: ReadingOf) -> Response:
    """The formula in force: weights, goalposts, targets, baseline."""
    found = read_formula(reading.session, reading.job.id, as_of=reading.view.as_of)
    if found is None:
        raise NotFoundError(f"job {reading.job.id} has no index formula yet; `headway publish` freezes one")
    return json_answer(request, {"version": found.version, **found.to_json()})


@job_router.get("/index/history", response_model=shapes.HistoryShape, tags=["index"])
def history(request: Request, reading: ReadingOf) -> Response:
    """Every index that was published, oldest first."""
    return json_answer(request, history_json(reading.job, index_history(reading.session, reading.job.id)))


router.include_router(job_router)
