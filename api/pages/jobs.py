"""The front door: the only job's scorecard, or the list of jobs."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.access import require
from api.address import Links
from api.deps import DbSession
from api.headers import page_answer
from api.rendering import render
from store.jobs import list_jobs
from taxonomy.model import Job

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])


@router.get("/")
def home(request: Request, session: DbSession) -> Response:
    """Straight to the scorecard where there is one job; a choice where there are more."""
    jobs = list_jobs(session)
    if len(jobs) == 1:
        return RedirectResponse(Links(jobs[0].id).scorecard(), status_code=307)
    return page_answer(request, _html(jobs))


@router.get("/jobs")
def jobs(request: Request, session: DbSession) -> Response:
    """Every job."""
    return page_answer(request, _html(list_jobs(session)))


def _html(jobs: list[Job]) -> str:
    return render("jobs.html", rows=[(job, Links(job.id).scorecard()) for job in jobs], json_url="/v1/jobs")
