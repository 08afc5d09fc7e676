"""Whether there is something new: what open pages ask now and then, answered from one small query."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.access import require
from api.deps import DbSession
from api.headers import json_answer
from api.v1.responses import problems
from api.v1.shapes import Shape
from store.jobs import read_job
from store.version import figures_version

router = APIRouter(
    prefix="/v1/jobs/{job}",
    tags=["figures"],
    responses=problems(401, 403, 404, 422, 429, 503),
    dependencies=[require("leader")],
)


class VersionShape(Shape):
    """A word that changes whenever figures, alerts or annotations of the job do."""

    version: str = Field(examples=["9f2b6c0d1e3a4b58"])


@router.get("/version", response_model=VersionShape)
def version(request: Request, session: DbSession, job: str) -> Response:
    """A word for what the job's pages show; with If-None-Match a 304 without a body as long as nothing is new."""
    return json_answer(request, {"version": figures_version(session, read_job(session, job).id)})
