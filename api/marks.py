"""Where annotations stand on a weekly trend line: a number on the line, its words below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from alignment.annotations import Annotation, explaining
from alignment.scorecard import TrendPoint

SHOWN = 9
"""The newest so many are drawn: more could not be told apart on a phone."""


@dataclass(frozen=True)
class Mark:
    """One annotation on a line: its number there, and where it stands, 0 (first week) to 1 (last week)."""

    number: int
    annotation: Annotation
    at: float


def marks(annotations: Iterable[Annotation], points: Sequence[TrendPoint], *, step: str | None = None) -> list[Mark]:
    """The annotations that can explain a line and fall into its weeks, numbered from the oldest.

    Weeks before the first figure are not drawn, so they do not count.
    """
    known = [point.week for point in points if point.estimate.value is not None]
    if len(known) < 2:
        return []
    first, last = known[0], points[-1].week
    inside = [one for one in explaining(annotations, step) if first <= one.at.date() < last + timedelta(weeks=1)]
    span = (last - first).days
    placed = ((one, min(1.0, (one.at.date() - first).days / span)) for one in inside[-SHOWN:])
    return [Mark(number, one, at) for number, (one, at) in enumerate(placed, start=1)]
