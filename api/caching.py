"""Answers kept for the next reader: as long as nothing new is recorded the same address gives the same bytes.

Kept in the memory of each server process, compressed as they were sent, apart for each caller and their form token.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Hashable, MutableMapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import caller_of
from api.csrf import visit
from api.headers import matches
from store.knowledge import Knowledge, knowledge
from store.session import Database

KEPT = re.compile(r"/(v1/)?jobs/[^/]+(/(scorecard|friction|outcomes|index|steps|failure-modes|segments)(/.*)?)?")
"""Figures, and the lists behind them: what changes only when something is recorded."""

LONGEST = 60.0
"""Seconds: what a page says of the time of day is at most so old."""

MOST_BYTES = 64 * 2**20
LARGEST = 2 * 2**20
TABLE = ("text/csv", "application/vnd.apache.parquet")


@dataclass(frozen=True)
class Answer:
    """An answer as it was sent, under what was known then."""

    known: Knowledge
    made_at: float
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def holds(self, known: Knowledge) -> bool:
        """Whether it would be made the same way now."""
        return self.known == known and time.monotonic() - self.made_at < LONGEST

    async def send(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, or 304 where the caller has it already."""
        headers = Headers(raw=list(self.headers))
        asked = Headers(scope=scope).get("if-none-match", "")
        if matches(asked, headers.get("etag", "")):
            told = {name: headers[name] for name in ("etag", "cache-control", "vary") if name in headers}
            await Response(status_code=304, headers=told)(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": self.body})


class Answers:
    """The answers used last, so many bytes of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()

    def get(self, key: Hashable) -> Answer | None:
        """The answer under a key, which then is the one used last."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer, and forget those not used for longest."""
        before = self._kept.pop(key, None)
        self._size += len(answer.body) - (len(before.body) if before else 0)
        self._kept[key] = answer
        while self._size > self._most:
            self._size -= len(self._kept.popitem(last=False)[1].body)


class CachingMiddleware:
    """Answers what it has answered before; of many who ask the same at once, one is worked for."""

    def __init__(self, app: ASGIApp, *, database: Database) -> None:
        self.app = app
        self._database = database
        self._answers = Answers(MOST_BYTES)
        self._at_work: dict[Hashable, asyncio.Lock] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, else pass on and keep what comes back."""
        key = _key(scope)
        known = None if key is None else await self._known()
        if key is None or known is None:
            await self.app(scope, receive, send)
            return
        kept = self._answers.get(key)
        if kept is None or not kept.holds(known):
            async with self._at_work.setdefault(key, asyncio.Lock()):
                kept = self._answers.get(key)
                if kept is None or not kept.holds(known):
                    await self._work(key, known, scope, receive, send)
                    return
        await kept.send(scope, receive, send)

    async def _known(self) -> Knowledge | None:
        """None where the database does not answer: the routes say so better."""
        try:
            return await run_in_threadpool(self._read)
        except DBAPIError:
            return None

    def _read(self) -> Knowledge:
        with self._database.session() as session:
            return knowledge(session)

    async def _work(self, key: Hashable, known: Knowledge, scope: Scope, receive: Receive, send: Send) -> None:
        taken = _Taken(send)
        try:
            await self.app(_without_condition(scope), receive, taken)
        finally:
            self._at_work.pop(key, None)
        if taken.start is not None:
            answer = Answer(known, time.monotonic(), tuple(taken.start["headers"]), b"".join(taken.parts))
            self._answers.put(key, answer)
            await answer.send(scope, receive, send)


class _Taken:
    """Takes a whole answer of known size; anything else goes on to the caller as it comes."""

    def __init__(self, send: Send) -> None:
        self.start: MutableMapping[str, Any] | None = None
        self.parts: list[bytes] = []
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _may_be_kept(message):
            self.start = message
        elif self.start is None:
            await self._send(message)
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))


def _may_be_kept(start: Message) -> bool:
    headers = Headers(raw=list(start["headers"]))
    whole = int(headers.get("content-length", LARGEST + 1)) <= LARGEST
    return start["status"] == 200 and whole and "etag" in headers and "set-cookie" not in headers


def _key(scope: Scope) -> Hashable | None:
    """What an answer depends on besides the database; None where it is not to be kept."""
    if scope["type"] != "http" or scope["method"] != "GET" or KEPT.fullmatch(scope["path"]) is None:
        return None
    connection = HTTPConnection(scope)
    accept, packed = connection.headers.get("accept", ""), "gzip" in connection.headers.get("accept-encoding", "")
    query = scope["query_string"].decode("latin-1")
    if "format=" in query or any(one in accept for one in TABLE):
        return None  # a file of contacts is noted in the audit log each time
    here = visit.get()
    form = ("text/html" in accept, packed, "hx-request" in connection.headers)
    return (scope["path"], query, form, caller_of(connection), here.token if here else "")


def _without_condition(scope: Scope) -> Scope:
    """The request for the whole answer, so that it can be kept; whether it is sent again is decided afterwards."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"if-none-match"]
    return {**scope, "headers": headers}
