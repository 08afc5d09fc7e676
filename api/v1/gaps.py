"""What a job has no place for, and what was proposed for it, as JSON."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from api.access import require
from api.deps import DbSession
from api.headers import json_answer
from api.v1.shapes import EstimateShape, Shape
from store.gap_proposals import read_proposals
from store.gaps import read_gaps
from store.jobs import read_job

router = APIRouter(prefix="/v1/jobs/{job}", tags=["taxonomy"], dependencies=[require("leader")])


class GapExampleShape(Shape):
    """A contact of a group in its own redacted words."""

    contact_id: str
    source: str
    text: str
    decided: bool
    started_at: str | None


class GapShape(Shape):
    """A group of contacts that fit no step; `decided` of them an analyst said so, the others are strange."""

    gap: str
    terms: list[str]
    size: int
    decided: int
    share: EstimateShape
    first_at: str | None
    last_at: str | None
    examples: list[GapExampleShape]


class GapsShape(Shape):
    """The groups found last; `made_at` null: nobody looked yet."""

    job: str
    job_version: str
    model: str | None
    made_at: str | None
    decided: int
    novel: int
    alone: int
    gaps: list[GapShape]
    proposals: list[dict[str, Any]]


@router.get("/gaps", response_model=GapsShape)
def gaps(request: Request, session: DbSession, job: str) -> Response:
    """Groups of contacts that fit no step, and the outcomes proposed for them."""
    found, report = read_job(session, job), read_gaps(session, job)
    nothing = {"job": job, "job_version": found.stamp, "model": None, "made_at": None}
    head = report.as_json() if report else {**nothing, "decided": 0, "novel": 0, "alone": 0, "gaps": []}
    return json_answer(request, {**head, "proposals": [one.as_json() for one in read_proposals(session, job)]})
