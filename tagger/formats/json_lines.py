"""JSON Lines: one contact a line. The same reading serves the items of a JSON list and a single document."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

from tagger.formats.chunks import Line, problem_of, split_lines, split_list
from tagger.formats.outcome import Found, Rejected, rejected
from tagger.formats.problems import ContactError

MAX_VALUES = 2_000_000
"""Values of one record, counted before it is parsed by the brackets and commas in it: each takes 50 bytes and more."""

Unfold = Callable[[Mapping[str, Any]], Iterator[Mapping[str, Any]]]
"""What turns one JSON document into Headway's records: one, many (a page of tickets) or none."""


def read_json_lines(source: Iterator[bytes], unfold: Unfold) -> Iterator[Found | Rejected]:
    """Records of a JSON Lines stream; blank lines are passed over, broken ones refused one by one."""
    for line in split_lines(source):
        yield from records_of(line, unfold)


def read_json_list(source: Iterator[bytes], unfold: Unfold) -> Iterator[Found | Rejected]:
    """Records of one JSON list, item by item, so that its size does not matter."""
    for item in split_list(source):
        yield from records_of(item, unfold)


def records_of(line: Line, unfold: Unfold) -> Iterator[Found | Rejected]:
    """The records in one line or item, or one refusal."""
    problem = problem_of(line)
    if problem is not None:
        yield rejected(line.number, problem, line.data)
        return
    if not line.data.strip():
        return
    try:
        document = _parsed(line)
        for record in unfold(document):
            yield Found(record, line.number, line.data)
    except ContactError as error:
        yield rejected(line.number, error, line.data)


def _parsed(line: Line) -> Mapping[str, Any]:
    document = parse_json(line.data)
    if not isinstance(document, dict):
        raise ContactError("wrong-type", "a contact must be a JSON object")
    return document


def parse_json(data: bytes) -> Any:
    """Any JSON value.

    Raises ContactError: invalid-utf8, bad-json, bad-number (NaN, infinity), too-deep, too-many-values, or duplicate-key
    where an object says one thing twice and readers would differ about which counts.
    """
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_VALUES:
        raise ContactError("too-many-values", f"more than {MAX_VALUES:,} values in one record")
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise ContactError(
            "invalid-utf8", f"not valid UTF-8 at byte {error.start + 1}; save the file as UTF-8"
        ) from error
    except RecursionError as error:
        raise ContactError("too-deep", "the JSON is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise ContactError("bad-json", f"not valid JSON at character {error.pos + 1}: {error.msg}") from error
    except ValueError as error:  # a whole number of thousands of digits
        raise ContactError("bad-number", "a number in the JSON is too long") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise ContactError("duplicate-key", f"an object names {twice[:40]!r} twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ContactError("bad-number", f"{name} is not a JSON number")
