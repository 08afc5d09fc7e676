"""Files named .json: a list of contacts, one document, or JSON Lines under another name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain

from tagger.formats.chunks import DamagedStreamError, Line
from tagger.formats.json_lines import Unfold, read_json_lines, read_json_list, records_of
from tagger.formats.outcome import Found, Rejected, rejected
from tagger.formats.problems import ContactError
from tagger.formats.unpacking import PackedTooTightlyError

MAX_DOCUMENT = 64 * 1024 * 1024
"""Bytes of one document that is not a list; it has to be parsed in one piece."""

_ENOUGH_TO_TELL = 1024 * 1024


def read_json_file(source: Iterator[bytes], unfold: Unfold) -> Iterator[Found | Rejected]:
    """Records of a .json file, told apart by its beginning."""
    head, source = _peek(source)
    if head.lstrip().startswith(b"["):
        return read_json_list(source, unfold)
    if _is_json_lines(head):
        return read_json_lines(source, unfold)
    return _read_document(source, unfold)


def _peek(source: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The beginning of the stream, long enough to hold a first line, and the whole stream again."""
    kept: list[bytes] = []
    size = 0
    try:
        for chunk in source:
            kept.append(chunk)
            size += len(chunk)
            if size >= _ENOUGH_TO_TELL:
                break
    except DamagedStreamError as error:
        return b"".join(kept), chain(kept, _damaged(error))
    return b"".join(kept), chain(kept, source)


def _damaged(error: DamagedStreamError) -> Iterator[bytes]:
    raise error
    yield b""


def _is_json_lines(head: bytes) -> bool:
    first, newline, rest = head.lstrip().partition(b"\n")
    if not newline or not rest.strip():
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return not first.strip().endswith((b"{", b"[", b",")) and rest.lstrip().startswith(b"{")


def _read_document(source: Iterator[bytes], unfold: Unfold) -> Iterator[Found | Rejected]:
    data, damaged, bomb = bytearray(), False, False
    try:
        for chunk in source:
            data += chunk
            if len(data) > MAX_DOCUMENT:
                problem = ContactError("line-too-long", f"one JSON document of more than {MAX_DOCUMENT // 2**20} MB")
                yield rejected(1, problem, bytes(data[:_ENOUGH_TO_TELL]))
                return
    except DamagedStreamError as error:
        damaged, bomb = True, isinstance(error, PackedTooTightlyError)
    yield from records_of(Line(1, bytes(data), damaged=damaged, bomb=bomb), unfold)
