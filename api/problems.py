"""Errors that people and programs can act on: a page for browsers, RFC 9457 problem+json for everyone else."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, Response

from api.access import AccessRefusedError, NotLoggedInError
from api.bodies import BodyTooLargeError, MediaTypeError
from api.csrf import ForeignFormError
from api.headers import ALWAYS
from api.permissions import ServedRoute
from api.rendering import render
from store.alerts import UnknownAlertError
from store.contacts import UnknownContactError
from store.experiments import ConflictingExperimentError, UnknownExperimentError
from store.gaps import UnknownGapError
from store.jobs import UnknownJobError
from store.review_claims import HeldByAnotherError, UnknownItemError
from store.subscriptions import UnknownSubscriptionError
from taxonomy.errors import BadInputError, HeadwayError

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class NotFoundError(BadInputError):
    """Nothing is at this address."""


class RefusedError(HeadwayError):
    """The request is one that this server will not act on, whoever sent it."""


STATUSES: tuple[tuple[tuple[type[HeadwayError], ...], HTTPStatus], ...] = (
    (
        (
            NotFoundError,
            UnknownAlertError,
            UnknownJobError,
            UnknownContactError,
            UnknownGapError,
            UnknownItemError,
            UnknownSubscriptionError,
        ),
        HTTPStatus.NOT_FOUND,
    ),
    ((NotLoggedInError,), HTTPStatus.UNAUTHORIZED),
    ((RefusedError, AccessRefusedError, ForeignFormError), HTTPStatus.FORBIDDEN),
    ((UnknownExperimentError,), HTTPStatus.NOT_FOUND),
    ((HeldByAnotherError, ConflictingExperimentError), HTTPStatus.CONFLICT),
    ((BodyTooLargeError,), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    ((MediaTypeError,), HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    ((BadInputError,), HTTPStatus.UNPROCESSABLE_ENTITY),
)
TITLES = {
    HTTPStatus.UNPROCESSABLE_ENTITY: "Unprocessable Content",
    HTTPStatus.FORBIDDEN: "Refused",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large",
}


@dataclass(frozen=True)
class Problem:
    """What went wrong. `errors` names each parameter at fault with what is wrong with it."""

    status: int
    title: str
    detail: str
    errors: tuple[Mapping[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The members of RFC 9457; `type` is about:blank, as the status says it all."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        return {**body, "errors": [dict(error) for error in self.errors]} if self.errors else body


class RefusedBodyError(HeadwayError):
    """What was sent cannot be used; the problem says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def answer(problem: Problem, request: HTTPConnection) -> Response:
    """The problem as a page where a browser asked for one, else as JSON."""
    headers = {**ALWAYS, **problem.headers, "Cache-Control": "no-store"}
    path, wants = request.url.path, request.headers.get("accept", "")
    if "text/html" in wants and not path.startswith(("/v1", "/healthz", "/readyz")):
        return HTMLResponse(
            render("problem.html", problem=problem, sent=request.scope.get("method") == "POST"), problem.status, headers
        )
    return JSONResponse(problem.as_json(), problem.status, headers, MEDIA_TYPE)


def _of_http(request: Request, error: HTTPException) -> Problem:
    title = HTTPStatus(error.status_code).phrase
    detail = str(error.detail)
    if error.status_code == HTTPStatus.NOT_FOUND and detail == title:
        detail = f"nothing is at {request.url.path}"
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods(request)))
        detail = f"{request.method} is not for {request.url.path}; it takes {headers['Allow']}"
    return Problem(error.status_code, title, detail, headers=headers)


def _methods(request: Request) -> set[str]:
    """What an address takes, by all of its routes: the router knows the first one only."""
    routes: tuple[ServedRoute, ...] = request.app.state.routes
    found: set[str] = set()
    for route in routes:
        if route.pattern.match(request.url.path):
            found |= route.methods
    return found | {"HEAD"} if "GET" in found else found


def install(app: FastAPI) -> None:
    """Let every error of the app leave as a problem."""

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> Response:
        """404, 405 and their like."""
        return answer(_of_http(request, error), request)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        """A parameter that cannot be read."""
        errors = tuple({"name": str(item["loc"][-1]), "message": str(item["msg"])} for item in error.errors())
        detail = "; ".join(f"{item['name']}: {item['message']}" for item in errors)
        return answer(Problem(422, "Unprocessable Content", detail, errors), request)

    @app.exception_handler(RefusedBodyError)
    def refused_body(request: Request, error: RefusedBodyError) -> Response:
        """A record that cannot be used."""
        return answer(error.problem, request)

    @app.exception_handler(ClientDisconnect)
    def gone(request: Request, _error: ClientDisconnect) -> Response:
        """The sender went away before the body was whole; what came in before is kept, and may be sent again."""
        return answer(Problem(400, "Bad Request", "the body ended before it was whole"), request)

    @app.exception_handler(HeadwayError)
    def headway_error(request: Request, error: HeadwayError) -> Response:
        """Our own errors: the caller's, or the server's."""
        matching = (status for kinds, status in STATUSES if isinstance(error, kinds))
        status = next(matching, HTTPStatus.SERVICE_UNAVAILABLE)
        title = TITLES.get(status, status.phrase)
        return answer(Problem(status.value, title, str(error)), request)

    @app.exception_handler(DataError)
    def value_error(request: Request, error: DataError) -> Response:
        """A value that the database cannot hold, such as a NUL in a name: PostgreSQL says so, SQLite finds nothing."""
        logger.info("database refuses a value: %s", error.orig)
        detail = "a name or number in this request is not one that the database can hold"
        return answer(Problem(422, "Unprocessable Content", detail), request)

    @app.exception_handler(DBAPIError)
    def database_error(request: Request, error: DBAPIError) -> Response:
        """A database that is down, or has not the tables that this version needs."""
        logger.error("database: %s", error.orig)
        detail = "the database does not answer as it should; `headway doctor` says why"
        return answer(Problem(503, "Service Unavailable", detail), request)

    @app.exception_handler(Exception)
    def crash(request: Request, error: Exception) -> Response:
        """A mistake of ours; what it was is in the log, not in the answer."""
        return answer(Problem(500, "Internal Server Error", "Headway made a mistake; its log says which"), request)
