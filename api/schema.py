"""What the API offers, as OpenAPI."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.access import require
from api.headers import json_answer

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])


@router.get("/openapi.json")
def openapi(request: Request) -> Response:
    """The document that describes /v1."""
    return json_answer(request, request.app.openapi())
