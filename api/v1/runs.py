"""What ran when, and what it counted."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.access import require
from api.deps import DbSession
from store.runs import list_runs

router = APIRouter(prefix="/v1", tags=["runs"], dependencies=[require("leader")])


class RunShape(BaseModel):
    """One stage of one run."""

    run_id: str
    stage: str
    job_id: str | None
    started_at: datetime
    ended_at: datetime | None
    status: str
    counts: dict[str, Any]


@router.get("/runs", response_model=list[RunShape])
def runs(session: DbSession, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> list[Any]:
    """The stages that ran, newest first."""
    return list(list_runs(session, limit=limit))
