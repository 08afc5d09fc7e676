"""The tagger over HTTP: contacts in, tags out, nothing kept."""

from __future__ import annotations

import json
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.access import require
from api.bodies import LINES, BodyOf, BodyTooLargeError, described
from api.deps import DbSession
from api.predictors import Predictors
from api.problems import Problem, RefusedBodyError
from api.v1.contact_shapes import SecondaryShape, SpanShape
from api.v1.examples import CONTACT, as_lines
from api.v1.intake_shapes import ContactBody, TextBody, body_schemas
from api.v1.shapes import Shape
from store.jobs import read_job

MOST = 200
"""Contacts of one request."""

router = APIRouter(prefix="/v1", tags=["predict"], dependencies=[require("leader")])


class PredictionShape(Shape):
    """What the tagger says of one contact, as `headway predict` writes it."""

    id: str = Field(examples=["c-1"])
    step: str | None = Field(description="null: fits no step", examples=["track-delivery"])
    outcome: str | None = Field(examples=["know-arrival"])
    confidence: float = Field(examples=[0.91])
    deferred: bool = Field(description="not sure enough for the job's promise: an analyst should read it")
    source: str = Field(examples=["classifier"])
    steps: dict[str, float] = Field(description="probabilities that sum to 1; `_none`: fits no step")
    outcomes: dict[str, float]
    evidence: list[SpanShape]
    novelty: float = Field(description="0 to 1, higher is stranger")
    model: str
    job: str
    job_version: str
    prompt: str | None
    suspicious: bool = Field(description="the words try to give orders to a model; no LLM was asked")
    secondary: list[SecondaryShape]


class WhyShape(Shape):
    """Why a contact cannot be read."""

    type: str = Field(examples=["missing-turns"])
    message: str = Field(examples=["the contact has neither turns nor text"])


class UnreadableShape(Shape):
    """A contact that cannot be read, in its place."""

    id: str | None = None
    line: int | None = None
    error: WhyShape


class PredictionsShape(Shape):
    """One answer for each contact, in order."""

    items: list[PredictionShape | UnreadableShape]


@router.post(
    "/predict",
    response_model=PredictionsShape,
    openapi_extra=described(
        body_schemas(ContactBody, TextBody), examples={"one contact": CONTACT}, line=as_lines(CONTACT)
    ),
    dependencies=[require("service")],
)
def predict(
    request: Request,
    session: DbSession,
    body: BodyOf,
    job: Annotated[str, Query(description="The job whose tagger answers.")],
    model: Annotated[
        str | None, Query(max_length=100, description="Another model of the job than the one in use.")
    ] = None,
) -> Response:
    """Tags for up to 200 contacts, as `headway predict` gives them; nothing is stored.

    Answers NDJSON where `Accept` asks for it. A contact that cannot be read has an error in its place; where it is the
    only one, that is a 422.
    """
    found = read_job(session, job)
    lines = list(islice(((line.number, line.data) for line in body.lines() if line.data.strip()), MOST + 1))
    if len(lines) > MOST:
        raise BodyTooLargeError(f"more than {MOST} contacts: send them in several requests")
    if not lines and not body.listed:
        raise RefusedBodyError(Problem(422, "Unprocessable Content", "the body holds no contact"))
    predictors: Predictors = request.app.state.predictors
    answers = predictors.lines(found, lines, model=model or None) if lines else []
    if not body.many and "error" in answers[0]:
        why = answers[0]["error"]
        raise RefusedBodyError(Problem(422, "Unprocessable Content", f"{why['type']}: {why['message']}"))
    return _answer(request, answers)


def _answer(request: Request, answers: list[dict[str, Any]]) -> Response:
    if any(kind in request.headers.get("accept", "") for kind in LINES):
        return Response("".join(json.dumps(one) + "\n" for one in answers), media_type=LINES[0])
    return Response(json.dumps({"items": answers}), media_type="application/json")
