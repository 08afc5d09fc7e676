"""Jobs and their figures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from alignment.documents import friction_json, head_json, index_json, outcomes_json, scorecard_json
from api.access import require
from api.address import breakdown
from api.deps import DbSession, ReadingOf
from api.headers import json_answer
from api.problems import NotFoundError
from api.tables import TABLES, FormOf, table_answer
from api.v1 import shapes
from api.v1.documents import figure_rows, history_json, job_json, sliced_rows, summary_json
from api.v1.responses import problems
from store.jobs import list_jobs
from store.scorecards import read_friction, read_outcomes
from store.scores import index_history, read_formula

PROBLEMS = problems(401, 403, 404, 422, 429, 503)

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


@job_router.get("/scorecard", response_model=shapes.ScorecardShape, responses=TABLES)
def scorecard(request: Request, reading: ReadingOf, form: FormOf) -> Response:
    """Everything on the scorecard page; as a table one row for each figure, named by its place in the JSON."""
    document = scorecard_json(reading.card)
    if form == "json":
        return json_answer(request, document)
    return table_answer(request, form, f"{reading.job.id}-scorecard", figure_rows(document))


@job_router.get("/friction", response_model=shapes.FrictionShape, responses=TABLES)
def friction(
    request: Request,
    reading: ReadingOf,
    form: FormOf,
    by: Annotated[
        str | None, Query(description="Also by channel, segment.NAME, circumstance.NAME, week or day.")
    ] = None,
) -> Response:
    """Friction by step, as a whole and by one dimension."""
    slices = None
    if by:
        by = breakdown(by, tuple(reading.choices))
        slices = read_friction(reading.session, reading.job, reading.view, by=by)
    document = friction_json(reading.card, slices)
    if form == "json":
        return json_answer(request, document)
    return table_answer(request, form, f"{reading.job.id}-friction", sliced_rows(document, "steps"))


@job_router.get("/outcomes", response_model=shapes.OutcomesShape, responses=TABLES)
def outcomes(
    request: Request,
    reading: ReadingOf,
    form: FormOf,
    by: Annotated[
        str | None, Query(description="Also by segment.NAME or circumstance.NAME of those who answered.")
    ] = None,
) -> Response:
    """Importance, satisfaction and opportunity of every outcome, with ranks; whole and in each group of people."""
    slices = read_outcomes(reading.session, reading.job, reading.view, by=by) if by else None
    document = outcomes_json(reading.card, slices)
    if form == "json":
        return json_answer(request, document)
    return table_answer(request, form, f"{reading.job.id}-outcomes", sliced_rows(document, "outcomes"))


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


@job_router.get("/index/history", response_model=shapes.HistoryShape, responses=TABLES, tags=["index"])
def history(request: Request, reading: ReadingOf, form: FormOf) -> Response:
    """Every index that was published, oldest first."""
    document = history_json(reading.job, index_history(reading.session, reading.job.id))
    if form == "json":
        return json_answer(request, document)
    return table_answer(request, form, f"{reading.job.id}-index-history", document["history"])


router.include_router(job_router)
