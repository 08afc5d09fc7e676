"""Experiments of a job over HTTP: register, read out, finish."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, StrictFloat, StrictInt

from alignment.experiments import Arm, Experiment
from api.access import caller_of, require
from api.deps import DbSession
from api.headers import json_answer
from api.v1.documents import plain
from api.v1.lists import AsOf
from api.v1.shapes import EstimateShape, Shape
from store.experiments import ReadOut, finish, list_experiments, read_out, register
from store.jobs import read_job

router = APIRouter(
    prefix="/v1/jobs/{job}/experiments",
    tags=["experiments"],
    dependencies=[require("leader")],
)
WRITE = [require("analyst")]
Id = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[a-z0-9][a-z0-9-]*$")]
Title = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]


class ArmBody(BaseModel):
    """One way of doing the step; `weight` is its share of the customers beside the others'."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
    weight: Annotated[StrictFloat | StrictInt, Field(gt=0, le=1e6)] = 1


class ExperimentBody(BaseModel):
    """An experiment to register before it is read out; the first arm is what the others are compared with."""

    id: Id = Field(examples=["tracking-map"])
    title: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]*$")] = Field(
        examples=["Map on tracking"]
    )
    step: str = Field(examples=["track-delivery"])
    arms: Annotated[list[ArmBody], Field(min_length=2, max_length=10)] = Field(
        examples=[[{"name": "old", "weight": 1}, {"name": "map", "weight": 1}]]
    )
    start: date = Field(examples=["2026-09-01"])
    end: date | None = Field(default=None, description="the first day after it; null: still open")
    by: Literal["field", "customer"] = Field(
        default="field", description="arms are told by `segment`, or drawn by a hash of experiment and customer"
    )
    segment: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(default=None, examples=["variant"])
    primary: Literal["task_success", "effort", "fcr", "transfers", "time"] = "task_success"


class FinishBody(BaseModel):
    """Close an experiment; it stands on the trend lines from then on."""

    end: date = Field(examples=["2026-10-01"])
    note: Annotated[str, Field(max_length=400, pattern=r"^[^\x00]*$")] = Field(default="", examples=["map kept"])


class ArmShape(Shape):
    """One arm."""

    name: str
    weight: float


class ExperimentShape(Shape):
    """An experiment as it was registered."""

    id: str
    title: str
    step: str
    arms: list[ArmShape]
    start: date
    end: date | None
    by: Literal["field", "customer"]
    segment: str | None
    primary: str
    registered_at: datetime
    registered_by: str
    finished: bool


class ExperimentsShape(Shape):
    """Every experiment of a job, newest first; the list is short and comes whole."""

    items: list[ExperimentShape]
    next_cursor: str | None


class ComparedShape(Shape):
    """One measure in one arm against the first arm; `difference` is arm - first."""

    measure: str
    arm: str
    value: EstimateShape
    first: EstimateShape
    difference: EstimateShape


class SizesShape(Shape):
    """Customers by arm; `chance` of sizes as uneven as these; under 0.001 nothing is read out."""

    customers: dict[str, int]
    chance: float | None
    mismatch: bool


class ReadOutShape(Shape):
    """What an experiment shows: sizes first, then each measure and the differences with their intervals."""

    experiment: ExperimentShape
    as_of: datetime
    sizes: SizesShape
    measures: dict[str, dict[str, EstimateShape]]
    differences: list[ComparedShape]


@router.get("", response_model=ExperimentsShape)
def experiments(request: Request, session: DbSession, job: str, as_of: AsOf = None) -> Response:
    """The experiments of a job."""
    found = list_experiments(session, read_job(session, job).id, as_of=as_of or datetime.now(UTC))
    return json_answer(request, {"items": [_json(*one) for one in found], "next_cursor": None})


@router.get("/{experiment}", response_model=ReadOutShape)
def experiment(request: Request, session: DbSession, job: str, experiment: str, as_of: AsOf = None) -> Response:
    """What an experiment shows."""
    found = read_out(session, read_job(session, job), experiment, as_of=as_of or datetime.now(UTC))
    return json_answer(request, _read_out(found))


@router.post("", response_model=ExperimentShape, status_code=201, dependencies=WRITE)
def add(request: Request, session: DbSession, job: str, body: ExperimentBody) -> Any:
    """Register an experiment; the same again changes nothing, its id with other content is a conflict."""
    arms = tuple(Arm(arm.name, float(arm.weight)) for arm in body.arms)
    said = {name: value for name, value in body.model_dump().items() if name != "arms"}
    made = Experiment(**said, arms=arms, registered_at=datetime.now(UTC), registered_by=caller_of(request).name)
    register(session, read_job(session, job), made)
    return _json(made, False)


@router.post("/{experiment}/finish", response_model=ExperimentShape, dependencies=WRITE)
def close(request: Request, session: DbSession, job: str, experiment: str, body: FinishBody) -> Any:
    """Finish an experiment; the same again changes nothing, another day or note is a conflict."""
    who = caller_of(request).name
    found = finish(session, read_job(session, job), experiment, by=who, end=body.end, note=body.note)
    return _json(found, True)


def _json(found: Experiment, finished: bool) -> dict[str, Any]:
    document: dict[str, Any] = plain({**asdict(found), "finished": finished})
    return document


def _read_out(found: ReadOut) -> dict[str, Any]:
    sizes = {**asdict(found.sizes), "mismatch": found.sizes.mismatch}
    measures = {arm: {name: one.as_json() for name, one in part.items()} for arm, part in found.measured.items()}
    document: dict[str, Any] = plain(
        {
            "experiment": _json(found.experiment, found.finished),
            "as_of": found.as_of,
            "sizes": sizes,
            "measures": measures,
            "differences": [asdict(one) for one in found.differences],
        }
    )
    return document
