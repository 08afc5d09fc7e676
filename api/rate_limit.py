"""So many requests a caller: a bucket of tokens that fills up again, one bucket a caller and process."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import Caller, caller_of
from api.problems import Problem, answer

SECONDS = {"second": 1, "minute": 60, "hour": 3600}
MOST_CALLERS = 10_000
FREE = ("/healthz", "/readyz", "/static/")
"""What watches over the server, and what a page is made of, does not count."""


@dataclass(frozen=True)
class Limit:
    """`requests` in `seconds`: so many at once where nothing was asked before, then as they come back."""

    requests: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> Limit | None:
        """The limit that the setting says, such as 3000/minute; None for 0, no limit."""
        requests, _, unit = text.strip().partition("/")
        return cls(int(requests), SECONDS[unit]) if unit else None


@dataclass(frozen=True)
class Left:
    """What a caller has left, and in how many seconds the next request is there (0: now) and all are."""

    allowed: bool
    tokens: int
    wait: float
    full_in: float


class Buckets:
    """A bucket for each caller; those who asked last are remembered."""

    def __init__(self, limit: Limit, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> Left:
        """Take one token of a caller's, if there is one."""
        now, size = self._clock(), float(self._limit.requests)
        rate = size / self._limit.seconds
        tokens, then = self._buckets.pop(caller, (size, now))
        tokens = min(size, tokens + (now - then) * rate)
        allowed = tokens >= 1
        tokens -= allowed
        self._buckets[caller] = (tokens, now)
        if len(self._buckets) > MOST_CALLERS:
            self._buckets.popitem(last=False)
        return Left(allowed, int(tokens), 0.0 if allowed else (1 - tokens) / rate, (size - tokens) / rate)


class RateLimitMiddleware:
    """Refuses with 429 who asks too often, and says in headers what is left."""

    def __init__(self, app: ASGIApp, *, limit: Limit) -> None:
        self.app = app
        self._limit = limit
        self._buckets = Buckets(limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 429."""
        if scope["type"] != "http" or scope["path"].startswith(FREE):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        left = self._buckets.take(_name(caller_of(connection), connection))
        told = self._headers(left)
        if left.allowed:
            await self.app(scope, receive, _telling(send, told))
            return
        seconds = max(1, math.ceil(left.wait))
        detail = f"more than {self._limit.requests} requests in {self._limit.seconds} s; try again in {seconds} s"
        problem = Problem(429, "Too Many Requests", detail, headers={**told, "Retry-After": str(seconds)})
        await answer(problem, connection)(scope, receive, send)

    def _headers(self, left: Left) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"default";q={self._limit.requests};w={self._limit.seconds}',
            "RateLimit": f'"default";r={left.tokens};t={math.ceil(left.full_in)}',
        }


def _name(caller: Caller, connection: HTTPConnection) -> str:
    """Whose bucket it is: the key's, else the person's, else the address."""
    if caller.role is None:
        return f"address {connection.client.host if connection.client else ''}"
    return f"key {caller.key}" if caller.key else f"{caller.way} {caller.name}"


def _telling(send: Send, told: dict[str, str]) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in told.items():
                headers[name] = value
        await send(message)

    return send_with_headers
