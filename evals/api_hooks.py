"""What schemathesis is told of our API: how a record a line is written, and that moments lie in the past."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import schemathesis
from hypothesis import strategies as st

FIRST, LAST = datetime(1990, 1, 1), datetime(2026, 1, 1)
THROTTLED = "got `429"

moments = st.datetimes(min_value=FIRST, max_value=LAST, timezones=st.just(UTC)).map(datetime.isoformat)
days = st.dates(min_value=FIRST.date(), max_value=LAST.date()).map(date.isoformat)

schemathesis.openapi.format("date-time", moments)
schemathesis.openapi.format("date", days)


@schemathesis.serializer("application/x-ndjson", "application/jsonl")
def lines(_context: Any, value: Any) -> bytes:
    """Text as it is, anything else as one line of JSON."""
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "surrogatepass")


@schemathesis.hook
def filter_failure(_context: Any, failure: Any, _case: Any, _response: Any) -> bool:
    """A wrong key is refused with 401, and with 429 after several of them: both are refusals."""
    return not (type(failure).__name__ == "IgnoredAuth" and THROTTLED in failure.message)
