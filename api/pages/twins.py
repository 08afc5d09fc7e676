"""Every page's address with `.json` at its end leads to its JSON twin."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.access import require

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])


@router.get("/jobs/{page:path}.json")
def job_page(request: Request, page: str) -> Response:
    """The twin of one of a job's pages; of the scorecard where the address names nothing but the job."""
    return twin(request, f"/jobs/{page}" if "/" in page else f"/jobs/{page}/scorecard")


@router.get("/jobs.json")
def jobs(request: Request) -> Response:
    """The twin of the list of jobs."""
    return twin(request, "/jobs")


@router.get("/review.json")
def review(request: Request) -> Response:
    """The twin of the review page: the queue. Nothing is claimed by it."""
    return twin(request, "/review/queue")


@router.get("/review/stats.json")
def review_stats(request: Request) -> Response:
    """The twin of the review statistics."""
    return twin(request, "/review/stats")


def twin(request: Request, page: str) -> Response:
    """On to the JSON of a page, with the address's query."""
    query = request.url.query
    return RedirectResponse(f"/v1{quote(page)}{f'?{query}' if query else ''}", status_code=307)
