"""Decisions of a job over HTTP: every one that was made, and those made elsewhere."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.access import require
from api.bodies import BodyOf, described
from api.deps import DbSession
from api.problems import Problem, RefusedBodyError
from api.tables import TABLES
from api.v1.examples import DECISION, as_lines
from api.v1.intake import given_rows
from api.v1.intake_shapes import Label, Number, When, body_schemas
from api.v1.lists import PageOf, list_answer
from api.v1.shapes import Shape
from store.decision_import import take_decisions, take_outside_draw
from store.jobs import read_job
from store.row_lists import list_decisions

router = APIRouter(prefix="/v1/jobs/{job}/decisions", tags=["decisions"], dependencies=[require("leader")])


class SaidBody(BaseModel):
    """What was decided; `step` null: fits no step, `_cannot_tell`: the text does not say."""

    step: str | None
    by: Label
    at: When
    outcome: str | None = None
    secondary: list[str] | None = None
    seconds: Annotated[float, Field(ge=0)] | Number | None = None
    suggestion_hidden: bool | None = None


class DecidedBody(BaseModel):
    """A line of `headway review export`, by its item or its contact; `decision` null: still open."""

    item: str | None = None
    contact_id: str | None = None
    pi: Annotated[float, Field(gt=0, le=1)] | Number | None = None
    drawn: Any = None
    decision: SaidBody | None = None


class DecisionRowShape(Shape):
    """A decision as it was recorded; `undone` where it had been taken back by then."""

    item: str
    contact_id: str
    step: str | None
    outcome: str | None
    secondary: list[str]
    by: str
    at: datetime
    seconds: float | None
    suggestion_hidden: bool
    read: str
    undone: bool
    recorded_at: datetime


class DecisionsShape(Shape):
    """Part of the decisions, in the order in which they were recorded."""

    items: list[DecisionRowShape]
    next_cursor: str | None


class UnusedShape(Shape):
    """A line that could not be used."""

    line: int
    message: str


class TakenShape(Shape):
    """What became of the lines: each is in exactly one of these."""

    added: int = Field(examples=[1])
    already_there: int = Field(examples=[0])
    undecided: int = Field(examples=[0])
    refused: list[UnusedShape]


@router.get("", response_model=DecisionsShape, responses=TABLES)
def decisions(request: Request, session: DbSession, job: str, page: PageOf) -> Response:
    """Every decision of a job, oldest first: first and second reads, adjudications, and those taken back."""
    return list_answer(request, session, job, page, list_decisions, name="decisions")


@router.post(
    "",
    response_model=TakenShape,
    openapi_extra=described(body_schemas(DecidedBody), examples={"one decision": DECISION}, line=as_lines(DECISION)),
    dependencies=[require("analyst")],
)
def take(session: DbSession, body: BodyOf, job: str) -> Any:
    """Decisions made elsewhere, as `headway review import` takes them; the same again changes nothing.

    Lines with `pi` of contacts that no draw of ours offered are a draw made elsewhere.
    """
    found, rows = read_job(session, job), list(given_rows(body))
    if not rows and not body.listed:
        raise RefusedBodyError(Problem(422, "Unprocessable Content", "the body holds no decision"))
    take_outside_draw(session, found.id, rows)
    taken = take_decisions(session, found, rows)
    if taken.refused and not body.many:
        raise RefusedBodyError(Problem(422, "Unprocessable Content", taken.refused[0].message))
    return asdict(taken)
