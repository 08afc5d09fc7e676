"""Files as a stream of bytes with bounded memory: gzip, lines, and the pieces of a JSON list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from tagger.formats.problems import ContactError
from tagger.formats.unpacking import CHUNK, DamagedStreamError, PackedTooTightlyError, unpacked

__all__ = ["MAX_LINE", "DamagedStreamError", "Line", "chunks", "problem_of", "split_lines", "split_list"]

MAX_LINE = 20 * 1024 * 1024
"""Bytes of one line or list item; longer ones are skipped piece by piece and refused."""

_KEPT_OF_LONG = 256 * 1024
_STRUCTURE = re.compile(rb'["\\{}\[\],]')
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """One line or list item.

    `too_long` means that `data` is only its beginning; `damaged` that the stream broke inside, `bomb` that it did so
    because it unpacks to too much.
    """

    number: int
    data: bytes
    too_long: bool = False
    damaged: bool = False
    bomb: bool = False


def chunks(stream: IO[bytes], *, gzipped: bool = False) -> Iterator[bytes]:
    """The bytes of a stream, unpacked when gzipped, without a byte-order mark. Raises DamagedStreamError."""
    source = unpacked(stream) if gzipped else iter(lambda: stream.read(CHUNK), b"")
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
    except DamagedStreamError as error:
        yield Line(number, bytes(pending), damaged=True, bomb=isinstance(error, PackedTooTightlyError))
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
    except DamagedStreamError as error:
        splitter.closed = False
        splitter.bomb = isinstance(error, PackedTooTightlyError)
    yield from splitter.end()


def problem_of(line: Line, *, limit: int = MAX_LINE) -> ContactError | None:
    """Why a line or item cannot be read at all, None where it can."""
    if line.bomb:
        return ContactError("packed-too-tightly", f"the file unpacks to far too much after line {line.number - 1}")
    if line.damaged:
        return ContactError("truncated-file", f"the file ends early or is damaged after line {line.number - 1}")
    return ContactError("line-too-long", f"longer than {limit // 2**20} MB") if line.too_long else None


def _line(number: int, data: bytes | bytearray, too_long: bool, limit: int) -> Line:
    if too_long or len(data) > limit:
        return Line(number, bytes(data[:_KEPT_OF_LONG]), too_long=True)
    return Line(number, bytes(data).removesuffix(b"\r"))


class _ListSplitter:
    """Counts brackets outside of strings; an item ends at a comma or the last bracket on the list's own level."""

    def __init__(self, limit: int) -> None:
        self.closed = False
        self.bomb = False
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
            yield Line(self._number, bytes(self._item), damaged=True, bomb=self.bomb)

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
