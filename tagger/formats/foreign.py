"""What the readers of other people's formats share: roles, clock offsets, and cautious access to their fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tagger.formats.fields import read_time
from tagger.formats.problems import ContactError

_ROLES = {
    "customer": "customer",
    "caller": "customer",
    "client": "customer",
    "user": "customer",
    "visitor": "customer",
    "end-user": "customer",
    "agent": "agent",
    "advisor": "agent",
    "representative": "agent",
    "supervisor": "agent",
    "sme": "agent",
    "admin": "agent",
    "bot": "agent",
    "custom_bot": "agent",
    "assistant": "agent",
    "system": "system",
    "ivr": "system",
}


def speaker_of(role: Any) -> str:
    """Our speaker for another format's role; an unknown role is returned as it is and refused later, by name."""
    text = str(role).strip()
    return _ROLES.get(text.lower(), text)


def objects(value: Any, field: str) -> list[Mapping[str, Any]]:
    """A list of objects; nothing is an empty list, one object a list of one. Raises ContactError otherwise."""
    items = [] if value is None else [value] if isinstance(value, Mapping) else value
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise ContactError("wrong-type", f"{field} must be a list of objects", field)
    return items


def part(value: Any) -> Mapping[str, Any]:
    """An optional object: anything else counts as absent."""
    return value if isinstance(value, Mapping) else {}


def at_offset(start: Any, milliseconds: Any) -> str | None:
    """The time so many milliseconds after `start` (ISO 8601), where both are known."""
    if not isinstance(start, str) or isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return None
    try:
        moment = read_time(start, "start", now=datetime.max.replace(tzinfo=UTC) - timedelta(days=2))
        return None if moment is None else (moment + timedelta(milliseconds=milliseconds)).isoformat()
    except (OverflowError, ValueError) as error:
        raise ContactError("bad-date", f"{milliseconds} ms after {start[:40]} is not a time") from error


def known(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record without the fields that the document did not say."""
    return {key: value for key, value in record.items() if value not in (None, "", {}, [])}
