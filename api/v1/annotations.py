"""Annotations of a job's trend lines over HTTP: read, add, change, withdraw."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, StrictBool

from alignment.annotations import Annotation
from api.access import require
from api.actors import BY, actor
from api.deps import DbSession
from api.headers import json_answer
from api.problems import NotFoundError
from api.v1.documents import plain
from api.v1.moments import Moment
from api.v1.shapes import Shape
from store.annotations import edit_annotation, read_annotations, record_annotation
from store.jobs import read_job

router = APIRouter(
    prefix="/v1/jobs/{job}/annotations",
    tags=["annotations"],
    dependencies=[require("leader")],
)

Text = Annotated[str, Field(min_length=1, max_length=500, examples=["tracking page rebuilt"])]
Name = Annotated[Annotated[str, Field(min_length=1, max_length=60)] | None, Field(description=BY)]
Step = Annotated[str | None, Field(description="the step it touches; null: the whole job")]


class AnnotationShape(Shape):
    """What happened, and when it took effect."""

    id: str
    kind: str
    at: datetime
    text: str
    by: str
    step: str | None
    recorded_at: datetime


class AnnotationsShape(Shape):
    """Every annotation of a job, oldest first; the list is short and comes whole."""

    items: list[AnnotationShape]
    next_cursor: str | None


class NewBody(Shape):
    """An annotation to add; `at` in UTC where it names no zone."""

    kind: Literal["change", "policy", "experiment", "note"] = "change"
    at: Moment
    text: Text
    by: Name = None
    step: Step = None


class ChangeBody(Shape):
    """What is to change; null stays as it is."""

    by: Name = None
    at: Moment | None = None
    text: Text | None = None
    step: Step = None
    withdrawn: StrictBool = False


@router.get("", response_model=AnnotationsShape)
def list_annotations(
    request: Request,
    session: DbSession,
    job: str,
    as_of: Annotated[Moment | None, Query(description="As it was known then; default now.")] = None,
) -> Response:
    """What stands on the job's trend lines."""
    found = read_annotations(session, read_job(session, job).id, as_of=as_of)
    return json_answer(request, {"items": [_json(one) for one in found], "next_cursor": None})


@router.post("", response_model=AnnotationShape, status_code=201, dependencies=[require("analyst")])
def add(request: Request, session: DbSession, job: str, body: NewBody) -> Any:
    """Add an annotation; the same one twice is kept once."""
    _known_step(session, job, body.step)
    at, by = body.at, actor(request, body.by)
    key = record_annotation(session, job, kind=body.kind, at=at, text=body.text, by=by, step=body.step)
    return _json(_one(session, job, key))


@router.post("/{annotation}", response_model=AnnotationShape, dependencies=[require("analyst")])
def change(request: Request, session: DbSession, job: str, annotation: str, body: ChangeBody) -> Any:
    """Change or withdraw an annotation; what it said before is kept as an event."""
    before = _one(session, job, annotation)
    _known_step(session, job, body.step)
    at, by = body.at, actor(request, body.by)
    edit_annotation(session, job, annotation, by=by, at=at, text=body.text, step=body.step, withdrawn=body.withdrawn)
    return _json(before if body.withdrawn else _one(session, job, annotation))


def _one(session: DbSession, job: str, annotation: str) -> Annotation:
    for one in read_annotations(session, read_job(session, job).id):
        if one.id == annotation:
            return one
    raise NotFoundError(f"job {job} has no annotation {annotation!r}")


def _known_step(session: DbSession, job: str, step: str | None) -> None:
    found = read_job(session, job)
    if step is not None and step not in found.step_by_id:
        raise NotFoundError(f"step {step!r} is not in job {job}; known are {', '.join(found.step_by_id)}")


def _json(one: Annotation) -> dict[str, Any]:
    document: dict[str, Any] = plain(vars(one))
    return document
