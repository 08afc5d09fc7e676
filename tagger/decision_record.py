"""An analyst's decision as a record says it: checked, in the words of one job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

from tagger.labels import LabelReader
from tagger.model import Labels
from tagger.review import CANNOT_TELL, Decision, ReviewError, analyst_name

LONGEST_BY = 200


def parse_decision(data: Any, labels: LabelReader) -> Decision:
    """One decision in the words of the job. Raises ReviewError or UnknownLabelError."""
    if not isinstance(data, Mapping) or "step" not in data:
        raise ReviewError("decision: must be an object with at least `step` (null: fits no step), `by` and `at`")
    if not data.get("by") or not data.get("at"):
        raise ReviewError("decision: `by` and `at` are needed, so that taking it twice changes nothing")
    step = _text(data, "step")
    decided = Labels(step) if step == CANNOT_TELL else labels.resolve(Labels(step, _text(data, "outcome")))
    others = [] if data.get("secondary") is None else data["secondary"]
    if not isinstance(others, list) or not all(isinstance(one, str) for one in others):
        raise ReviewError(f"decision.secondary: {str(others)[:80]!r} must be a list of steps")
    return Decision(
        step=decided.step,
        outcome=decided.outcome,
        by=analyst_name(_text(data, "by") or "", longest=LONGEST_BY),
        at=_moment(data["at"]),
        secondary=labels.others(others, primary=decided.step),
        seconds=_seconds(data.get("seconds")),
        suggestion_hidden=_hidden(data.get("suggestion_hidden")),
    )


def _text(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise ReviewError(f"decision.{name}: {str(value)[:80]!r} must be text or null")
    return value


def _moment(given: Any) -> datetime:
    """In UTC; a day in the future is left for clocks and zones that are off."""
    try:
        at = datetime.fromisoformat(str(given))
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ReviewError(f"decision.at: {str(given)[:80]!r} is not an ISO 8601 date") from error
    if at > datetime.now(UTC) + timedelta(days=1):
        raise ReviewError(f"decision.at: {str(given)[:80]!r} lies in the future")
    return at


def _seconds(given: Any) -> float | None:
    try:
        seconds = None if given is None else float(given)
        if isinstance(given, bool):
            raise TypeError
    except (TypeError, ValueError, OverflowError) as error:
        raise ReviewError(f"decision.seconds: {str(given)[:80]!r} is not a number") from error
    if seconds is not None and not 0 <= seconds < inf:
        raise ReviewError(f"decision.seconds: {str(given)[:80]!r} must be 0 or more")
    return seconds


def _hidden(given: Any) -> bool:
    if not isinstance(given, bool | None):
        raise ReviewError(f"decision.suggestion_hidden: {str(given)[:40]!r} must be true or false")
    return bool(given)
