"""The fields of a contact record, one by one: a checked value or a ContactError that names the field."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tagger.formats.problems import ContactError

MAX_ID_LENGTH = 200
MAX_NESTING = 50
"""Levels of objects and lists inside one record; real exports stay under ten."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CLOCK_TOLERANCE = timedelta(days=1)
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def clean(text: str) -> str:
    """Text that every database and encoder takes: NUL removed, lone surrogates replaced by U+FFFD."""
    return _LONE_SURROGATE.sub("\ufffd", text.replace("\x00", ""))


def clean_deep(value: Any, path: str) -> Any:
    """A JSON value with clean strings. Raises ContactError for NaN, infinity and types that JSON does not have."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return clean(value)
        case float() | Decimal():
            return _finite(float(value), path)
        case datetime() | date() | time():
            return value.isoformat()
        case Mapping():
            return {clean(str(key)): clean_deep(item, f"{path}.{key}") for key, item in value.items()}
        case list() | tuple():
            return [clean_deep(item, f"{path}[{i}]") for i, item in enumerate(value)]
        case _:
            raise ContactError("wrong-type", f"{path} holds {_name(value)}, which JSON cannot carry", path)


def check_nesting(record: Mapping[str, Any]) -> None:
    """Refuse a record whose values are nested deeper than MAX_NESTING. Raises ContactError."""
    level: list[Any] = [record]
    for _ in range(MAX_NESTING):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise ContactError("too-deep", f"the record is nested more than {MAX_NESTING} levels deep")


def read_id(value: Any, field: str) -> str:
    """An identifier: a non-empty string or a whole number, at most MAX_ID_LENGTH characters, none of them unseen.

    Without its control characters it would be another id: who asks for it as it was sent would not find it.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ContactError("wrong-type", f"{field} must be a string or a whole number, not {_name(value)}", field)
    text = str(value).strip()
    if not text:
        raise ContactError("missing-id", f"{field} is empty", field)
    if not is_id(text):
        raise ContactError("bad-id", f"{field} holds a control character or half of a pair", field)
    if len(text) > MAX_ID_LENGTH:
        raise ContactError("id-too-long", f"{field} has {len(text):,} characters; at most {MAX_ID_LENGTH}", field)
    return text


def is_id(text: str) -> bool:
    """Whether every database, address and terminal takes the text as it is."""
    return _UNSEEN.search(text) is None


def read_text(value: Any, field: str) -> str | None:
    """A string or nothing; an empty string is nothing."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ContactError("wrong-type", f"{field} must be a string, not {_name(value)}", field)
    return clean(value).strip() or None


def read_texts(value: Any, field: str) -> tuple[str, ...] | None:
    """A list of strings; in a cell of a table one string with `;` between them, or the list as JSON has it.

    Empty ones are left out.
    """
    if value is None:
        return None
    if isinstance(value, str):
        value = _in_cell(value)
    if not isinstance(value, list | tuple):
        raise ContactError("wrong-type", f"{field} must be a list of strings, not {_name(value)}", field)
    found = [read_text(one, f"{field}[{place}]") for place, one in enumerate(value)]
    return tuple(one for one in found if one is not None)


def _in_cell(cell: str) -> Any:
    """The list that a cell of a table holds."""
    if cell.strip().startswith("["):
        try:
            return json.loads(cell)
        except (ValueError, RecursionError):
            pass
    return cell.split(";")


def read_time(value: Any, field: str, *, now: datetime) -> datetime | None:
    """ISO 8601 (or a date value) as an aware UTC time; without a zone it is read as UTC.

    Raises ContactError `bad-date`, also for what is before 1970, or `date-in-future` for more than a day after `now`.
    """
    if value is None or value == "":
        return None
    moment = _moment(value, field)
    if moment < _EARLIEST:
        raise ContactError("bad-date", f"{field} {moment.isoformat()} is before 1970", field)
    if moment > now + _CLOCK_TOLERANCE:
        raise ContactError("date-in-future", f"{field} {moment.isoformat()} is in the future", field)
    return moment


def read_number(value: Any, field: str, *, low: float | None = None) -> float | None:
    """A finite number, not below `low`, or nothing."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ContactError("wrong-type", f"{field} must be a number, not {_name(value)}", field)
    number = _finite(value, field)
    if low is not None and number < low:
        raise ContactError("bad-number", f"{field} is {value}; it cannot be below {low:g}", field)
    return number


def read_count(value: Any, field: str) -> int | None:
    """A whole number from 0 to a million, or nothing; 2.0 counts as 2."""
    number = read_number(value, field, low=0)
    if number is None:
        return None
    if number != int(number) or number > 1_000_000:
        raise ContactError("bad-number", f"{field} is {value}; it must be a whole number up to a million", field)
    return int(number)


def read_flag(value: Any, field: str) -> bool | None:
    """True, false, or nothing."""
    if value is None or isinstance(value, bool):
        return value
    raise ContactError("wrong-type", f"{field} must be true or false, not {_name(value)}", field)


def read_mapping(value: Any, field: str) -> Mapping[str, Any]:
    """An object; nothing is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ContactError("wrong-type", f"{field} must be an object, not {_name(value)}", field)
    return value


def read_attributes(value: Any, field: str) -> dict[str, str]:
    """A flat object of names and short values (a segment or circumstance), every value as text."""
    pairs = ((clean(str(key)), item, f"{field}.{key}") for key, item in read_mapping(value, field).items())
    return {key: _attribute(item, path) for key, item, path in pairs if item is not None and item != ""}


def _attribute(value: Any, field: str) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return clean(value)
        case int():
            return str(value)
        case float() | Decimal():
            return f"{_finite(value, field):.12g}"
    raise ContactError("wrong-type", f"{field} must be a string, number or true/false, not {_name(value)}", field)


def _moment(value: Any, field: str) -> datetime:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, str | datetime):
        raise ContactError("wrong-type", f"{field} must be an ISO 8601 time, not {_name(value)}", field)
    try:
        moment = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ContactError("bad-date", f"{field} {str(value)[:40]!r} is not an ISO 8601 time", field) from error


def _finite(value: float | Decimal, field: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ContactError("bad-number", f"{field} is not a finite number", field)
    return number


def _children(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, list | tuple):
        yield from value


def _name(value: Any) -> str:
    names = {type(None): "null", bool: "true/false", dict: "an object", list: "a list", str: "a string"}
    return names.get(type(value), f"the value {str(value)[:40]!r}")
