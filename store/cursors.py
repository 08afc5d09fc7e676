"""Where a page of a list ended, as text that an address can carry. What is in it is the list's own business."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from taxonomy.errors import BadInputError


class BadCursorError(BadInputError):
    """A cursor is not one that a list gave."""

    def __init__(self) -> None:
        super().__init__("cursor: not one that this list gave; start again without it")


def cursor_of(*place: str | int) -> str:
    """The place as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place_of(cursor: str, *kinds: type) -> list[Any]:
    """What `cursor_of` was given, one value of each of `kinds`; whole numbers fit a database. Raises BadCursorError."""
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        raise BadCursorError from None
    if not isinstance(place, list) or [type(value) for value in place] != list(kinds):
        raise BadCursorError
    if not all(0 <= value < 2**63 for value in place if isinstance(value, int)):
        raise BadCursorError
    return place
