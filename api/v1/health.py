"""Whether the server lives, and whether it can work."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.access import anybody
from api.v1 import shapes
from store.session import Database

router = APIRouter(tags=["health"], dependencies=[anybody()])


@router.get("/healthz", response_model=shapes.StateShape)
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", response_model=shapes.StateShape, responses={503: {"model": shapes.ProblemShape}})
def readyz(request: Request) -> dict[str, str]:
    """The database answers and its schema is the one this version needs."""
    database: Database = request.app.state.database
    database.check()
    return {"status": "ok"}
