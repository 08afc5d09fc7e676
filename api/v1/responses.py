"""The errors that routes document: problem+json of RFC 9457, each status with an example."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from api.v1 import shapes

Responses = dict[int | str, dict[str, Any]]

DETAILS = {
    400: "the request cannot be read",
    401: "say who you are: log in at /login, or send a key as Authorization: Bearer",
    403: "this needs the role service or admin; ann is leader",
    404: "job 'x' is not in this database (known: online-order); name a job that was run here",
    409: "id 'c-1' was seen with other content; give this contact an id of its own",
    413: "the body is larger than 64 MB: send it in several requests",
    415: "Content-Type text/plain: send application/json, or application/x-ndjson for a record a line",
    422: "from: '31.3.2026' is not a date; write it as 2026-03-31",
    429: "more than 600 requests in a minute; try again in 2 seconds",
    503: "the database does not answer as it should; `headway doctor` says why",
}
TITLES = {403: "Refused", 413: "Content Too Large", 422: "Unprocessable Content"}


def problems(*statuses: int) -> Responses:
    """The documented problems of these statuses."""
    return {status: _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    title = TITLES.get(status, HTTPStatus(status).phrase)
    example = {"type": "about:blank", "title": title, "status": status, "detail": DETAILS[status]}
    content = {"application/problem+json": {"schema": shapes.ProblemShape.model_json_schema(), "example": example}}
    return {"description": title, "content": content}
