"""Who is asking. While no key has been made, only this very machine, by a name that is its own."""

from __future__ import annotations

import ipaddress
import re

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access import AccessRefusedError, Caller
from api.problems import Problem, answer

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
LOCAL_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE)


def authenticate(connection: HTTPConnection) -> Caller:
    """The caller behind a request. Raises AccessRefusedError.

    Without keys that is anybody on this machine, as admin. The address counts as the socket gives it: what a
    forwarding header claims is never believed, and its mere presence shows that somebody else is behind it.
    A web site may point its own name at this machine (DNS rebinding), so the name asked for must be local too.
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


class AccessMiddleware:
    """Refuses before anything else runs, so that no route, file or error page can be forgotten."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its `caller`, or answer 403."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        try:
            connection.state.caller = authenticate(connection)
        except AccessRefusedError as error:
            await answer(Problem(403, "Refused", str(error)), connection)(scope, receive, send)
            return
        await self.app(scope, receive, send)
