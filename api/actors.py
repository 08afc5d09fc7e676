"""Who does what a request asks for: the caller, by key or login; a name that was typed only where nobody logs in."""

from __future__ import annotations

from fastapi import Request

from api.access import caller_of
from taxonomy.errors import BadInputError

LONGEST_NAME = 60
BY = "who does it; needed as long as nobody logs in, and not read where a key or login says it"


class NoActorError(BadInputError):
    """Nobody said who does it."""


def actor(request: Request, said: str | None) -> str:
    """The name that is kept with what is done.

    Whoever shows a key or logged in is called what these say, whatever the body says. Raises NoActorError.
    """
    caller = caller_of(request)
    if caller.way != "loopback":
        return caller.name[:LONGEST_NAME]
    if not said:
        raise NoActorError("by: say who does it; without keys and logins nobody else knows")
    return said
