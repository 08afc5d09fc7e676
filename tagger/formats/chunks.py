"""Files as a stream of bytes with bounded memory: gzip, lines, and the pieces of a JSON list."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

MAX_LINE = 20 * 1024 * 1024
"""Bytes of one line or list item; longer ones are skipped piece by piece and refused."""

_CHUNK = 256 * 1024
_KEPT_OF_LONG = 256 * 1024
_GZIP = zlib.MAX_WBITS | 16
_STRUCTURE = re.compile(rb'["\\{}\[\],]')
_BOM = b"\xef\xbb\xbf"


class DamagedStreamError(Exception):
    """The compressed data ends early or is broken; whatever came before it is good."""


@dataclass(frozen=True)
class Line:
    """One line or list item.

    `too_long` means that `data` is only its beginning; `damaged` that the stream broke inside.
    """

    number: int
    data: bytes
    too_long: bool = False
    damaged: bool = False


def chunks(stream: IO[bytes], *, gzipped: bool = False) -> Iterator[bytes]:
    """The bytes of a stream, unpacked when gzipped, without a byte-order mark. Raises DamagedStreamError."""
    source = _unpacked(stream) if gzipped else iter(lambda: stream.read(_CHUNK), b"")
    first = b""
    for chunk in source:
        first += chunk
        if len(first) >= len(_BOM):
            break
    if first:
        yield first.removeprefix(_BOM)
    yield from source


def split_lines(source: Iterator[bytes], *, limit: int = MAX_LINE) -> Iterator[Line]:
    """Lines without their ends, numbered from 1; never more than `limit` bytes of one in memory."""
    number, pending, too_long = 1, bytearray(), False
    try:
        for chunk in source:
            *ended, rest = chunk.split(b"\n")
            for part in ended:
                yield _line(number, pending + part if pending else part, too_long, limit)
                number, pending, too_long = number + 1, bytearray(), False
            pending += rest
            if len(pending) > limit or (too_long and len(pending) > _KEPT_OF_LONG):
                del pending[_KEPT_OF_LONG:]
                too_long = True
    except DamagedStreamError:
        yield Line(number, bytes(pending), damaged=True)
        return
    if pending:
        yield _line(number, pending, too_long, limit)


def split_list(source: Iterator[bytes], *, limit: int = MAX_LINE) -> Iterator[Line]:
    """The items of a top-level JSON list as raw bytes, numbered from 1, without parsing them.

    A broken item stays its own: brackets are counted and strings skipped, nothing more.
    A list that is never closed ends with a `damaged` item.
    """
    splitter = _ListSplitter(limit)
    try:
        for chunk in source:
            yield from splitter.feed(chunk)
    except DamagedStreamError:
        splitter.closed = False
    yield from splitter.end()


def _line(number: int, data: bytes | bytearray, too_long: bool, limit: int) -> Line:
    if too_long or len(data) > limit:
        return Line(number, bytes(data[:_KEPT_OF_LONG]), too_long=True)
    return Line(number, bytes(data).removesuffix(b"\r"))


def _unpacked(stream: IO[bytes]) -> Iterator[bytes]:
    """Gzip members one after another, at most _CHUNK bytes at a time whatever the compression ratio."""
    unpacker, data, inside = zlib.decompressobj(_GZIP), b"", False
    try:
        while True:
            data = data or stream.read(_CHUNK)
            if not data:
                break
            inside = True
            out = unpacker.decompress(data, _CHUNK)
            data = unpacker.unconsumed_tail
            if out:
                yield out
            if unpacker.eof:
                data = unpacker.unused_data.lstrip(b"\x00")
                unpacker, inside = zlib.decompressobj(_GZIP), False
    except zlib.error as error:
        raise DamagedStreamError(str(error)) from error
    if inside:
        raise DamagedStreamError("the compressed data ends early")


class _ListSplitter:
    """Counts brackets outside of strings; an item ends at a comma or the last bracket on the list's own level."""

    def __init__(self, limit: int) -> None:
        self.closed = False
        self._limit = limit
        self._depth = 0
        self._in_string = False
        self._skip_at = -1  # position of an escaped byte in the coming chunk
        self._item = bytearray()
        self._too_long = False
        self._number = 1

    def feed(self, chunk: bytes) -> Iterator[Line]:
        start = 0
        for match in _STRUCTURE.finditer(chunk):
            at, byte = match.start(), match.group()
            if at == self._skip_at:
                continue
            if self._in_string:
                if byte == b"\\":
                    self._skip_at = at + 1
                elif byte == b'"':
                    self._in_string = False
                continue
            ends = self._step(byte)
            if ends:
                yield from self._finish(chunk[start:at])
            if ends or (byte == b"[" and self._depth == 1):
                start = at + 1
        self._skip_at = 0 if self._skip_at == len(chunk) else -1
        self._keep(chunk[start:])

    def end(self) -> Iterator[Line]:
        if not self.closed:
            yield Line(self._number, bytes(self._item), damaged=True)

    def _step(self, byte: bytes) -> bool:
        """Follow one structural byte; True when it ends an item of the list."""
        if byte == b'"':
            self._in_string = self._depth > 0
        elif byte in b"[{":
            self._depth += 1
        elif byte in b"]}":
            self._depth = max(0, self._depth - 1)
            if self._depth == 0:
                self.closed = True
                return True
        return byte == b"," and self._depth == 1

    def _keep(self, part: bytes) -> None:
        self._item += part
        if len(self._item) > self._limit or (self._too_long and len(self._item) > _KEPT_OF_LONG):
            del self._item[_KEPT_OF_LONG:]
            self._too_long = True

    def _finish(self, part: bytes) -> Iterator[Line]:
        self._keep(part)
        data, too_long = bytes(self._item).strip(), self._too_long
        self._item, self._too_long = bytearray(), False
        if data or not self.closed:
            yield Line(self._number, data, too_long=too_long)
            self._number += 1
