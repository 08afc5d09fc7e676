"""First contact resolution of a step, week by week."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.access import require
from api.deps import ReadingOf
from api.headers import json_answer
from api.problems import NotFoundError
from api.v1.jobs import PROBLEMS
from api.v1.shapes import EstimateShape, Shape
from store.resolution_weeks import read_resolution_weeks

router = APIRouter(prefix="/v1/jobs/{job}", tags=["figures"], responses=PROBLEMS, dependencies=[require("leader")])


class ResolutionWeekShape(Shape):
    """One week; the figure speaks of the four weeks that end with it, or more."""

    week: date
    estimate: EstimateShape
    open: int = Field(description="contacts whose window is still open: the figure rests on Kaplan-Meier; 0 if none")


class StepResolutionShape(Shape):
    """The share of a step's first contacts that nothing followed within the job's window."""

    job: str
    job_version: str
    step: str
    window_days: int
    weeks: list[ResolutionWeekShape]


@router.get("/steps/{step}/resolution", response_model=StepResolutionShape)
def step_resolution(request: Request, reading: ReadingOf, step: str) -> Response:
    """First contact resolution of a step by week, the newest weeks by Kaplan-Meier."""
    job = reading.job
    if step not in job.step_by_id:
        raise NotFoundError(f"step {step!r} is not in job {job.id}")
    weeks = [week.as_json() for week in read_resolution_weeks(reading.session, job, reading.view)[step]]
    head = {"job": job.id, "job_version": job.stamp, "step": step, "window_days": job.friction.fcr.window_days}
    return json_answer(request, {**head, "weeks": weeks})
