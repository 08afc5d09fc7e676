"""What made the contacts of a step hard work."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.access import require
from api.deps import ReadingOf
from api.headers import json_answer
from api.problems import NotFoundError
from api.v1.jobs import PROBLEMS
from api.v1.shapes import EstimateShape, Shape
from store.driver_shares import read_driver_shares

router = APIRouter(prefix="/v1/jobs/{job}", tags=["figures"], responses=PROBLEMS, dependencies=[require("leader")])


class StepDriversShape(Shape):
    """The share of a step's contacts that has each effort driver."""

    job: str
    job_version: str
    step: str
    drivers: dict[str, EstimateShape]


@router.get("/steps/{step}/drivers", response_model=StepDriversShape)
def step_drivers(request: Request, reading: ReadingOf, step: str) -> Response:
    """Effort drivers of a step: transfer, had to repeat, switched channel, repeat contact, generic answer."""
    if step not in reading.job.step_by_id:
        raise NotFoundError(f"step {step!r} is not in job {reading.job.id}")
    shares = read_driver_shares(reading.session, reading.job, reading.view)[step]
    found = {name: share.as_json() for name, share in shares.items()}
    return json_answer(
        request, {"job": reading.job.id, "job_version": reading.job.stamp, "step": step, "drivers": found}
    )
