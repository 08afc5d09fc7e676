"""Gzip as a stream of pieces, with limits on what a small file may unpack to."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import IO

CHUNK = 256 * 1024
MAX_RATIO = 200
"""Times its packed size that a file may unpack to; transcripts come to 5 to 30, the worst that gzip can do is 1,030."""

RATIO_FROM = 64 * 1024 * 1024
"""Unpacked bytes from which on the ratio counts: a small file may be as empty as it likes."""

MAX_UNPACKED = 64 * 1024**3
"""Bytes that one packed file may unpack to."""

_GZIP = zlib.MAX_WBITS | 16
_PACKED = 16 * 1024  # bytes at once: what is left over of them is copied at the end of every gzip member


class DamagedStreamError(Exception):
    """The compressed data ends early or is broken; whatever came before it is good."""


class PackedTooTightlyError(DamagedStreamError):
    """The compressed data unpacks to far more than any transcripts do; whatever came before it is good."""


def unpacked(stream: IO[bytes]) -> Iterator[bytes]:
    """Gzip members one after another, at most CHUNK bytes at a time whatever the compression ratio.

    Raises DamagedStreamError, or PackedTooTightlyError beyond MAX_RATIO or MAX_UNPACKED.
    """
    unpacker, data, inside, packed, given = zlib.decompressobj(_GZIP), b"", False, 0, 0
    try:
        while True:
            if not data:
                data = stream.read(_PACKED)
                packed += len(data)
            if not data:
                break
            inside = True
            out = unpacker.decompress(data, CHUNK)
            data = unpacker.unconsumed_tail
            given += len(out)
            _check(given, packed)
            if out:
                yield out
            if unpacker.eof:
                data = unpacker.unused_data.lstrip(b"\x00")
                unpacker, inside = zlib.decompressobj(_GZIP), False
    except zlib.error as error:
        raise DamagedStreamError(str(error)) from error
    if inside:
        raise DamagedStreamError("the compressed data ends early")


def _check(given: int, packed: int) -> None:
    if given > MAX_UNPACKED or (given > RATIO_FROM and given > MAX_RATIO * packed):
        raise PackedTooTightlyError(f"unpacks to more than {MAX_RATIO} times its size or {MAX_UNPACKED // 1024**3} GB")
