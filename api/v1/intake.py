"""Contacts, survey answers and product events over HTTP: one, a list, or a record a line, stored as they come in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, cast

from fastapi import APIRouter, Query, Request

from api.access import AccessRefusedError, require
from api.bodies import Body, BodyOf, described
from api.deps import DbSession
from api.problems import Problem, RefusedBodyError
from api.sessions import identity_of
from api.v1 import intake_shapes as shapes
from api.v1.examples import ANSWER, CONTACT, EVENT, as_lines
from store.intake import Given, Ingested, Intake, Item, Kind, batched, checked_rows
from store.jobs import read_job
from store.original_keys import ring_to_keep
from store.permitted import permits_all
from store.session import Database
from tagger.formats.json_lines import records_of
from tagger.formats.outcome import Rejected, all_checked
from tagger.formats.reading import unfold_for
from taxonomy.model import Job

SHOWN = 1000
"""Refused items that an answer names; all of them are in quarantine."""

CONFLICT = "id-conflict"
SEND = [require("service")]

router = APIRouter(prefix="/v1", dependencies=[require("leader")])
contact_body = described(
    shapes.body_schemas(shapes.ContactBody, shapes.TextBody),
    examples={"one contact": CONTACT, "two at once": [CONTACT, {"id": "c-2", "text": "Where is my parcel?"}]},
    line=as_lines(CONTACT),
)
answer_body = described(
    shapes.body_schemas(shapes.AnswerBody, shapes.FiveAnswerBody),
    examples={"one answer": ANSWER},
    line=as_lines(ANSWER),
)
event_body = described(shapes.body_schemas(shapes.EventBody), examples={"one event": EVENT}, line=as_lines(EVENT))

JobName = Annotated[str | None, Query(description="The job that they are about; none: every job may read them.")]
Source = Annotated[
    str, Query(min_length=1, max_length=100, description="Name of the sending system: ids are unique within it.")
]


@router.post(
    "/contacts", tags=["contacts"], response_model=shapes.IntakeShape, openapi_extra=contact_body, dependencies=SEND
)
def add_contacts(
    request: Request, session: DbSession, body: BodyOf, job: JobName = None, source: Source = "default"
) -> Any:
    """Contacts into the store: redacted before anything is kept, each id once, refused ones in quarantine.

    One contact that cannot be used is a 422, one whose id was seen with other content a 409. Of several each stands
    for itself: the answer counts them and names those refused. Sending the same again changes nothing.
    """
    if not job and not permits_all(session):
        raise AccessRefusedError("your key is for some jobs only: say which these contacts are about, as ?job=ID")
    found = read_job(session, job) if job else None
    unfold, now = unfold_for("auto"), datetime.now(UTC)
    records = (record for line in body.lines() for record in records_of(line, unfold))
    return _stored(_intake(request, "contacts", found, source), body, all_checked(records, now=now))


@router.post(
    "/jobs/{job}/surveys",
    tags=["surveys"],
    response_model=shapes.IntakeShape,
    openapi_extra=answer_body,
    dependencies=SEND,
)
def add_answers(request: Request, session: DbSession, body: BodyOf, job: str) -> Any:
    """Survey answers into the store, by respondent, outcome and moment; the same again changes nothing."""
    return _rows(request, "outcome-survey", read_job(session, job), body)


@router.post(
    "/jobs/{job}/events",
    tags=["events"],
    response_model=shapes.IntakeShape,
    openapi_extra=event_body,
    dependencies=SEND,
)
def add_events(request: Request, session: DbSession, body: BodyOf, job: str) -> Any:
    """Product events into the store, by event id; the same again changes nothing."""
    return _rows(request, "events", read_job(session, job), body)


def _rows(request: Request, kind: Kind, job: Job, body: Body) -> dict[str, Any]:
    return _stored(_intake(request, kind, job, "default"), body, checked_rows(given_rows(body), kind, job))


def given_rows(body: Body) -> Iterator[Given]:
    """The records of a body with their lines, those that are no JSON objects as refused."""
    for line in body.lines():
        for found in records_of(line, lambda record: iter([record])):
            yield found if isinstance(found, Rejected) else (found.line, found.record)


def _intake(request: Request, kind: Kind, job: Job | None, source: str) -> Intake:
    database = cast(Database, request.app.state.database)
    ring = ring_to_keep(request.app.state.settings)
    return Intake(database, identity_of(request), f"POST {request.url.path}", kind, job, source, ring=ring)


def _stored(intake: Intake, body: Body, items: Iterator[Item]) -> dict[str, Any]:
    """Store batch by batch. Raises RefusedBodyError where the one record sent, or all of an empty body, is none."""
    counts, refused = Ingested(), list[Rejected]()
    for batch in batched(items):
        done = intake.store(batch)
        counts += done.counts
        refused += done.refused[: SHOWN - len(refused)]
    if not body.many:
        _check_one(refused, counts)
    elif not any(vars(counts).values()) and not body.listed:
        raise RefusedBodyError(Problem(422, "Unprocessable Content", "the body holds no record"))
    named = [{"line": one.line, "id": one.id, "reason": one.kind, "message": one.message} for one in refused]
    names = ("accepted", "updated", "already_there", "quarantined")
    return {**{name: getattr(counts, name) for name in names}, "refused": named}


def _check_one(refused: list[Rejected], counts: Ingested) -> None:
    if not any(vars(counts).values()):
        raise RefusedBodyError(
            Problem(422, "Unprocessable Content", "the body is empty: send one JSON object, or many")
        )
    if not counts.quarantined:
        return
    first = refused[0]
    errors = tuple({"name": one.kind, "message": one.message} for one in refused)
    if first.kind == CONFLICT:
        raise RefusedBodyError(Problem(409, "Conflict", first.message, errors))
    raise RefusedBodyError(Problem(422, "Unprocessable Content", f"{first.kind}: {first.message}", errors))
