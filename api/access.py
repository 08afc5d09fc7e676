"""Who may do what: each route declares its least role, at the route or at its router, or the server does not start.

    router = APIRouter(dependencies=[require("leader")])                 # reading: everybody with a key or a login

    @router.post("/x", dependencies=[require("analyst")])                # writing: on top of the router's

    @router.get("/healthz", dependencies=[anybody()])                    # before login

Where a router and a route both declare, both must allow. `api.permissions` checks the declarations when the server
starts. `caller_of(request)` is who asks. A caller whose key is for
some jobs only meets others as if they were not there: `{job}` in a path and `?job=` are checked here, everything that
the store finds by itself in `store.permitted`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import Depends
from starlette.requests import HTTPConnection, Request

from store.jobs import UnknownJobError
from store.roles import ROLES, Role
from taxonomy.errors import HeadwayError

Way = Literal["loopback", "key", "session", "nobody"]

ALLOWED: Mapping[Role, frozenset[Role]] = {
    "leader": frozenset(ROLES),
    "analyst": frozenset({"analyst", "admin"}),
    "service": frozenset({"service", "admin"}),
    "admin": frozenset({"admin"}),
}
"""Who may what a role may: everybody reads; a service adds contacts and runs, but a decision is a person's."""


class AccessRefusedError(HeadwayError):
    """The caller may not have what was asked for."""


class NotLoggedInError(HeadwayError):
    """Nobody said who is asking."""


@dataclass(frozen=True)
class Caller:
    """Somebody who may ask, and as what.

    `name` stands in the audit log. `role` None: may do nothing yet. `jobs` None: all jobs. `way`: how they showed who
    they are; `session` is the id of their login, `key` that of their key.
    """

    name: str
    role: Role | None
    jobs: frozenset[str] | None = None
    way: Way = "loopback"
    session: str = ""
    key: str = ""

    def may(self, role: Role) -> bool:
        """Whether they may do what needs a role."""
        return self.role in ALLOWED[role]

    def sees(self, job_id: str) -> bool:
        """Whether a job exists for them."""
        return self.jobs is None or job_id in self.jobs


NOBODY = Caller("nobody", None, frozenset(), "nobody")


def caller_of(request: HTTPConnection) -> Caller:
    """Who asks; the middleware of `api.authentication` found out."""
    caller: Caller = request.state.caller
    return caller


def may_read_text(request: HTTPConnection) -> bool:
    """Whether the caller may read whole transcripts: analysts and admins; leaders where the settings say so.

    Others see figures, and of a contact only the lines that carried a decision.
    """
    caller = caller_of(request)
    return caller.may("analyst") or (caller.role == "leader" and request.app.state.settings.leaders_read_text)


@dataclass(frozen=True)
class Permission:
    """What a route asks of its caller. `role` None: nothing. `writes`: readers may write here, on purpose."""

    role: Role | None
    writes: bool = False

    async def __call__(self, request: Request) -> None:
        """Raises NotLoggedInError, AccessRefusedError; UnknownJobError for a job that the key is not for."""
        if self.role is None:
            return
        caller = caller_of(request)
        if caller.role is None:
            raise NotLoggedInError("say who you are: log in at /login, or send a key as Authorization: Bearer")
        if not caller.may(self.role):
            able = " or ".join(role for role in ROLES if role in ALLOWED[self.role])
            raise AccessRefusedError(f"this needs the role {able}; {caller.name} is {caller.role}")
        named = [request.path_params.get("job"), *request.query_params.getlist("job")]
        for job in named:
            if job and not caller.sees(job):
                raise UnknownJobError(f"job {job!r} is not in this database, or not for this key")


def require(role: Role, *, writes: bool = False) -> Any:
    """The declaration of a route's least role, for `dependencies=[...]`.

    A route that changes something must need more than leader; where readers may (a subscription of their own),
    `writes=True` says that it is meant.
    """
    return Depends(Permission(role, writes))


def anybody() -> Any:
    """The declaration of a route that answers before login: health, the login itself, style sheets."""
    return Depends(Permission(None))
