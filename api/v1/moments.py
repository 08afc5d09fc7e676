"""Moments as addresses and bodies give them: ISO 8601 text, never a number."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

_NUMBER = re.compile(r"\s*[+-]?[\d._]*(e[+-]?\d+)?\s*", re.IGNORECASE)


def _written_out(given: Any) -> Any:
    """Raises ValueError for what would be read as seconds since 1970."""
    if not isinstance(given, str | datetime) or (isinstance(given, str) and _NUMBER.fullmatch(given)):
        raise ValueError("write it as 2026-03-31T09:00:00Z")
    return given


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("this moment lies outside of the years 1 to 9999") from error


Moment = Annotated[datetime, BeforeValidator(_written_out), AfterValidator(_in_utc)]
"""A moment in UTC; one without a zone is taken to be in UTC already."""
