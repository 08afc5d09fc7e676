"""Survey answers and product events of a job, as they were sent."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.access import require
from api.deps import DbSession
from api.tables import TABLES
from api.v1.intake_shapes import AnswersShape, EventsShape
from api.v1.lists import PageOf, list_answer
from store.row_lists import list_answers, list_events

router = APIRouter(prefix="/v1/jobs/{job}", responses=TABLES, dependencies=[require("leader")])


@router.get("/surveys", tags=["surveys"], response_model=AnswersShape)
def surveys(request: Request, session: DbSession, job: str, page: PageOf) -> Response:
    """Answers of outcome surveys, oldest first; people are keyed hashes."""
    return list_answer(request, session, job, page, list_answers, name="surveys")


@router.get("/events", tags=["events"], response_model=EventsShape)
def events(request: Request, session: DbSession, job: str, page: PageOf) -> Response:
    """Product events, oldest first; people are keyed hashes."""
    return list_answer(request, session, job, page, list_events, name="events")
