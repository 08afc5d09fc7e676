"""Who is asking: found out before anything else runs.

While no key was ever made and no login is set up, only this very machine is answered, by a name that is its own, as
admin. Once there is a key, or a login, everybody must show theirs, this machine too: a proxy on it would otherwise
bring the whole world in as admin. Without one only the routes declared `anybody()` answer.
"""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from sqlalchemy.exc import DBAPIError
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access import NOBODY, AccessRefusedError, Caller
from api.brute_force import network
from api.csrf import Visit, token_for, visit
from api.keyring import Keyring, Reading, TooManyFailuresError, WrongKeyError
from api.permissions import ServedRoute
from api.problems import Problem, answer
from api.sessions import caller_in

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
LOCAL_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE)
BEARER = "bearer"
DEMAND = {"WWW-Authenticate": 'Bearer realm="headway"'}

logger = logging.getLogger(__name__)


def loopback_caller(connection: HTTPConnection) -> Caller:
    """Whoever sits at this machine, as admin. Raises AccessRefusedError.

    The address counts as the socket gives it: what a forwarding header claims is never believed, and its mere presence
    shows that somebody else is behind it. A web site may point its own name at this machine (DNS rebinding), so the
    name asked for must be local too.
    """
    if connection.client is None or not is_loopback(connection.client.host):
        raise AccessRefusedError("this server has no keys yet and answers only the machine that it runs on")
    if any(name in connection.headers for name in FORWARDED):
        raise AccessRefusedError("this server has no keys yet and does not answer through a proxy")
    hosts = connection.headers.getlist("host")
    if len(hosts) != 1 or LOCAL_HOST.fullmatch(hosts[0]) is None:
        raise AccessRefusedError("ask for this server as localhost, 127.0.0.1 or [::1]")
    return Caller("loopback", "admin")


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own: 127.0.0.0/8 or ::1, also IPv4 written as IPv6."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def address_of(connection: HTTPConnection) -> str:
    """The address that failures are counted for."""
    return network(connection.client.host) if connection.client else "unknown"


class AccessMiddleware:
    """Refuses before anything else runs, so that no route, file or error page can be forgotten."""

    def __init__(self, app: ASGIApp, *, keyring: Keyring, routes: Sequence[ServedRoute], login: bool) -> None:
        self.app = app
        self.keyring = keyring
        self.open = tuple(route.pattern for route in routes if route.open)
        self.login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its `caller`, or answer 401, 403, 429 or 503."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        try:
            caller = await self._caller(connection)
            connection.state.caller = caller
        except AccessRefusedError as error:
            await answer(Problem(403, "Refused", str(error)), connection)(scope, receive, send)
        except WrongKeyError as error:
            await answer(Problem(401, "Unauthorized", str(error), headers=DEMAND), connection)(scope, receive, send)
        except TooManyFailuresError as error:
            headers = {"Retry-After": str(error.wait)}
            problem = Problem(429, "Too Many Requests", str(error), headers=headers)
            await answer(problem, connection)(scope, receive, send)
        else:
            visit.set(Visit(caller, token_for(connection, caller)))
            await self._admit(caller, connection)(scope, receive, send)

    async def _caller(self, connection: HTTPConnection) -> Caller:
        """Raises AccessRefusedError, WrongKeyError, TooManyFailuresError."""
        reading = await self._reading()
        if reading is None or not (reading.made or self.login):
            found = loopback_caller(connection)
            # a database that does not answer may hold keys: nobody is let in on the guess that it holds none
            return found if reading is not None else replace(NOBODY, way="loopback")
        kind, _, token = connection.headers.get("authorization", "").partition(" ")
        if kind:
            if kind.lower() != BEARER:
                raise WrongKeyError("send a key as Authorization: Bearer KEY")
            key = await self.keyring.check(token.strip(), address=address_of(connection))
            return Caller(key.name, key.role, key.jobs, "key", key=key.key_id)
        return caller_in(connection, reading) or NOBODY

    async def _reading(self) -> Reading | None:
        try:
            return await self.keyring.reading()
        except DBAPIError as error:
            logger.error("database: %s", error.orig)
            return None

    def _admit(self, caller: Caller, connection: HTTPConnection) -> ASGIApp:
        """The app, where the caller is somebody or the route is open to anybody; else what to do instead."""
        path = connection.url.path
        if caller.role is not None or any(pattern.match(path) for pattern in self.open):
            return self.app
        if caller.way == "loopback":
            detail = "the database does not answer as it should; `headway doctor` says why"
            return answer(Problem(503, "Service Unavailable", detail), connection)
        return _ask_for_login(connection)


def _ask_for_login(connection: HTTPConnection) -> Response:
    path, query = connection.url.path, connection.url.query
    page = "text/html" in connection.headers.get("accept", "") and not path.startswith("/v1")
    if page and connection.scope.get("method") == "GET":
        wanted = quote(path + (f"?{query}" if query else ""), safe="")
        return RedirectResponse(f"/login?next={wanted}", 303, {"Cache-Control": "no-store"})
    detail = "say who you are: log in at /login, or send a key as Authorization: Bearer KEY"
    return answer(Problem(401, "Unauthorized", detail, headers=DEMAND), connection)
