"""A light HTTP client for load: one kept connection a client, nothing parsed but the head, so that it costs little."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass

LONGEST = 60.0


@dataclass(frozen=True)
class Answer:
    """What came back: the body as it was sent, unpacked only on demand."""

    status: int
    packed: bool
    body: bytes

    @property
    def content(self) -> bytes:
        """The body unpacked."""
        return gzip.decompress(self.body) if self.packed else self.body


class Line:
    """One kept connection to a server."""

    def __init__(self, host: str, port: int, *, headers: dict[str, str]) -> None:
        self._host, self._port = host, port
        named = {"Host": f"{host}:{port}", "Accept-Encoding": "gzip", **headers}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, target: str, *, accept: str) -> Answer:
        """Ask for a path with its query. Raises OSError, EOFError, TimeoutError, ValueError."""
        async with asyncio.timeout(LONGEST):
            reader, writer = self._streams or await self._open()
            writer.write(f"GET {target} HTTP/1.1\r\n{self._head}Accept: {accept}\r\n\r\n".encode())
            return await _read(reader)

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self._streams = await asyncio.open_connection(self._host, self._port)
        return self._streams

    def close(self) -> None:
        """Give the connection up; the next request opens another."""
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split(" ", 2)[1])
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    if headers.get("transfer-encoding") == "chunked":
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Answer(status, headers.get("content-encoding") == "gzip", body)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(parts)
