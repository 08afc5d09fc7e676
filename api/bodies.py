"""Request bodies that are read as they come in, so that a large one takes no more memory than a small one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Annotated, Any

from anyio import from_thread
from fastapi import Depends, Request

from tagger.formats.chunks import Line, split_lines, split_list
from taxonomy.errors import HeadwayError

MAX_BODY = 64 * 1024 * 1024
"""Bytes of one request; more goes in several."""

JSON = "application/json"
LINES = ("application/x-ndjson", "application/jsonl", "application/x-jsonlines")
_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"


class BodyTooLargeError(HeadwayError):
    """The body is larger than this server takes in one request."""


class MediaTypeError(HeadwayError):
    """The body is of a kind that this address does not read."""


@dataclass(frozen=True)
class Body:
    """A body on its way in. `many`: a list or lines, else one JSON document. To be read in a worker thread."""

    chunks: Iterator[bytes]
    many: bool
    listed: bool

    def lines(self) -> Iterator[Line]:
        """The items as raw bytes, numbered from 1, never more than one of them in memory."""
        if self.listed:
            return split_list(self.chunks)
        return split_lines(self.chunks) if self.many else self._whole()

    def _whole(self) -> Iterator[Line]:
        data = b"".join(self.chunks)
        if data.strip():
            yield Line(1, data)


async def get_body(request: Request) -> Body:
    """The body of a request. Raises MediaTypeError, BodyTooLargeError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (JSON, *LINES):
        raise MediaTypeError(f"Content-Type {kind or 'missing'}: send {JSON}, or {LINES[0]} for a record a line")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise MediaTypeError("Content-Encoding: send the body as it is, not compressed")
    if int(request.headers.get("content-length", 0)) > MAX_BODY:
        raise _too_large()
    first, rest = await _begin(request.stream())
    listed, many = first.lstrip(_SPACE)[:1] == b"[", kind in LINES
    return Body(chain([first], _pulled(rest, len(first))), many or listed, listed and not many)


BodyOf = Annotated[Body, Depends(get_body)]


async def _begin(stream: AsyncIterator[bytes]) -> tuple[bytes, AsyncIterator[bytes]]:
    """So much of the body that its first character is in it, and what comes after."""
    first = b""
    async for chunk in stream:
        first += chunk
        if first.removeprefix(_BOM).lstrip(_SPACE):
            break
        if len(first) > MAX_BODY:
            raise _too_large()
    return first.removeprefix(_BOM), stream


def _pulled(stream: AsyncIterator[bytes], size: int) -> Iterator[bytes]:
    """What the server has received, asked for from a worker thread: the sender waits while we work."""
    while True:
        chunk = from_thread.run(_next, stream)
        if chunk is None:
            return
        size += len(chunk)
        if size > MAX_BODY:
            raise _too_large()
        yield chunk


async def _next(stream: AsyncIterator[bytes]) -> bytes | None:
    return await anext(stream, None)


def _too_large() -> BodyTooLargeError:
    return BodyTooLargeError(f"the body is larger than {MAX_BODY // 2**20} MB: send it in several requests")


def described(schemas: list[dict[str, Any]], *, examples: dict[str, Any], line: str) -> dict[str, Any]:
    """The request body as the OpenAPI document tells it: one record, a list of them, or one a line."""
    many = {"type": "array", "items": {}, "description": "Each item is checked by itself and may be refused alone."}
    named = {name: {"summary": name, "value": value} for name, value in examples.items()}
    content = {
        JSON: {"schema": {"anyOf": [*schemas, many]}, "examples": named},
        LINES[0]: {"schema": {"description": "One JSON object a line."}, "example": line},
    }
    return {"requestBody": {"required": True, "content": content}}
