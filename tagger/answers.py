"""Rows of outcome surveys and of product events: checked, in the words of one job."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tagger.formats.fields import clean, is_id, read_time
from tagger.formats.problems import ContactError
from tagger.labels import LabelReader
from tagger.model import Labels
from taxonomy.errors import BadInputError

EVENT_TYPES = ("start", "complete", "error", "confident", "adopt", "engage", "return")

SCALES = {"1-10": 10, "1-5-top-two": 5, "1-5-linear": 5}
"""How importance and satisfaction may be asked, with the highest answer; 1 to 5 is mapped in one of two ways."""


LONGEST = 200
"""Characters of an id, a name or a value that are kept."""


class RowError(BadInputError):
    """A row of a survey or of events that cannot be used; `kind` is a stable reason."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def parse_answer(row: Mapping[str, Any], labels: LabelReader, *, now: datetime) -> dict[str, Any]:
    """One respondent's importance and satisfaction of one outcome, on the row's `scale` (default 1-10).

    The numbers are kept as they were given; `SCALES` names what they are counted as. Raises RowError.
    """
    outcome = _known(row, "outcome", labels)
    scale = str(row["scale"]) if _given(row, "scale") else "1-10"
    if scale not in SCALES:
        raise RowError("unknown-scale", f"scale: {scale!r} is not one of {', '.join(SCALES)}")
    top = SCALES[scale]
    return {
        "respondent": _text(row, "respondent_id"),
        "answered_at": _moment(row, "answered_at", now),
        "outcome": outcome,
        "importance": _number(row, "importance", 1, top),
        "satisfaction": _number(row, "satisfaction", 1, top),
        "scale": scale,
        "weight": _number(row, "weight", 0, 1e6) if _given(row, "weight") else 1.0,
        "segment": _group(row, "segment"),
        "circumstance": _group(row, "circumstance"),
    }


def parse_event(row: Mapping[str, Any], labels: LabelReader, *, now: datetime) -> dict[str, Any]:
    """One product event on a step. Raises RowError."""
    kind = _text(row, "type")
    if kind not in EVENT_TYPES:
        raise RowError("unknown-type", f"type: {kind!r} is not one of {', '.join(EVENT_TYPES)}")
    return {
        "event_id": _text(row, "event_id"),
        "customer": _text(row, "customer_id") if _given(row, "customer_id") else None,
        "at": _moment(row, "at", now),
        "step": _known(row, "step", labels),
        "type": kind,
        "success": _truth(row, "success"),
        "segment": _group(row, "segment"),
    }


def _given(row: Mapping[str, Any], name: str) -> bool:
    return row.get(name) not in (None, "")


def _text(row: Mapping[str, Any], name: str) -> str:
    if not _given(row, name):
        raise RowError(f"missing-{name.replace('_', '-')}", f"{name}: is missing")
    value = row[name]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RowError("wrong-type", f"{name}: must be text or a number")
    if name.endswith("_id") and not is_id(str(value).strip()):
        raise RowError("bad-id", f"{name}: holds a control character or half of a pair")
    text = clean(str(value)).strip()[:LONGEST]
    if not text:
        raise RowError(f"missing-{name.replace('_', '-')}", f"{name}: is empty")
    return text


def _shown(row: Mapping[str, Any], name: str) -> str:
    """A value as messages show it."""
    return repr(clean(str(row[name])[:80]))


def _known(row: Mapping[str, Any], name: str, labels: LabelReader) -> str:
    named = _text(row, name)
    try:
        resolved = labels.resolve(Labels(named) if name == "step" else Labels(None, named))
    except BadInputError as error:
        raise RowError(f"unknown-{name}", str(error)) from error
    found = resolved.step if name == "step" else resolved.outcome
    if found is None:
        raise RowError(f"unknown-{name}", f"{name}: {named!r} names none")
    return found


def _number(row: Mapping[str, Any], name: str, low: float, high: float) -> float:
    try:
        value = float(_text(row, name))
    except ValueError as error:
        raise RowError("bad-number", f"{name}: {_shown(row, name)} is not a number") from error
    if not math.isfinite(value) or not low <= value <= high:
        raise RowError("bad-number", f"{name}: {_shown(row, name)} is not between {low:g} and {high:g}")
    return value


def _moment(row: Mapping[str, Any], name: str, now: datetime) -> datetime:
    try:
        moment = read_time(_text(row, name), name, now=now)
    except ContactError as error:
        raise RowError(error.kind, error.message) from error
    if moment is None or moment > now:
        raise RowError("date-in-future", f"{name}: {_shown(row, name)} is in the future")
    return moment


def _truth(row: Mapping[str, Any], name: str) -> bool | None:
    if not _given(row, name):
        return None
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    value = str(row[name]).strip().lower()
    if value not in known:
        raise RowError("wrong-type", f"{name}: {_shown(row, name)} is neither true nor false")
    return known[value]


def _group(row: Mapping[str, Any], group: str) -> dict[str, str]:
    nested = row.get(group)
    if nested not in (None, "") and not isinstance(nested, Mapping):
        raise RowError("wrong-type", f"{group}: must be an object of names and short values")
    found = dict(nested or {})
    prefix = group + "."
    found.update({name[len(prefix) :]: value for name, value in row.items() if str(name).startswith(prefix)})
    if any(isinstance(value, Mapping | list) for value in found.values()):
        raise RowError("wrong-type", f"{group}: must hold names and short values")
    return {_short(name): _short(value) for name, value in found.items() if value not in (None, "")}


def _short(value: Any) -> str:
    return clean(str(value))[:LONGEST]
