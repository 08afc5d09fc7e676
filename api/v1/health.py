"""Whether the server lives, and whether it can work."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.access import anybody
from api.v1 import shapes
from store.jobs import list_jobs
from store.models import ModelShelf
from store.session import Database
from store.settings import Settings

router = APIRouter(tags=["health"], dependencies=[anybody()])


class ReadyShape(BaseModel):
    """What was looked at. Jobs are counted and not named: this address asks nobody who they are."""

    status: Literal["ok"]
    database: Literal["reachable"]
    db_schema: Literal["current"]
    jobs: int
    jobs_without_model: int


@router.get("/healthz", response_model=shapes.StateShape)
def healthz() -> dict[str, str]:
    """The process answers; nothing else is asked, so that a slow database restarts no server."""
    return {"status": "ok"}


@router.get("/readyz", response_model=ReadyShape, responses={503: {"model": shapes.ProblemShape}})
def readyz(request: Request) -> dict[str, Any]:
    """The database answers and its schema is the one this version needs; else 503.

    A job without a model in use can be read, but nothing new of it is tagged: that is counted and no 503.
    """
    database: Database = request.app.state.database
    settings: Settings = request.app.state.settings
    database.check()
    with database.session() as session:
        jobs = list_jobs(session)
    without = sum(ModelShelf(settings.models, job.id).current() is None for job in jobs)
    found = {"status": "ok", "database": "reachable", "db_schema": "current"}
    return {**found, "jobs": len(jobs), "jobs_without_model": without}
