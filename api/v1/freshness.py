"""How old a job's figures are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.access import require
from api.deps import DbSession
from store.clock import database_now
from store.freshness import freshness
from store.jobs import read_job
from store.settings import Settings

router = APIRouter(prefix="/v1", tags=["figures"], dependencies=[require("leader")])


class FreshShape(BaseModel):
    """When things last happened (null: never); `sentence` says what is stale, null where nothing is."""

    job: str
    stale: bool
    sentence: str | None
    arrived_at: datetime | None
    measured_at: datetime | None
    published_at: datetime | None
    waiting_since: datetime | None


@router.get("/jobs/{job}/freshness", response_model=FreshShape)
def fresh(request: Request, session: DbSession, job: str) -> dict[str, Any]:
    """How old the job's figures are, and whether they should be read as stale."""
    settings: Settings = request.app.state.settings
    found = freshness(
        session,
        read_job(session, job).id,
        now=database_now(session),
        allowed=timedelta(hours=settings.stale_hours),
        silence=timedelta(days=settings.alert_silence_days),
    )
    return {"job": job, "stale": found.stale, **vars(found)}
