"""What a change is made of, in words: corrected by reviews, as the tagger saw it, and of that the mix of contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from alignment.annotations import MEASUREMENT, Annotation
from alignment.comparison import Span
from alignment.differences import Word
from alignment.targets import Kind
from alignment.verdict import Part, Verdict
from api.change_chart import signed, signed_interval
from api.deps import Reading
from api.figures import EFFORT, SHARE, Scale, number
from api.index_sentence import period
from store.change_reports import read_change_report

MEASURES = {
    "effort": ("Effort", EFFORT),
    "fcr": ("Resolved on first contact", SHARE),
    "share": ("Share of contacts", SHARE),
}
SHOWN = 3
Kinds = Literal["real", "mix", "measurement", "open", "level"]
SAID: dict[Kinds, str] = {
    "real": "A real change, confirmed by reviews",
    "mix": "Mostly another mix of contacts: others contact you now, each group fares as before",
    "measurement": "Not confirmed: the tagger's figure moved, reviewed contacts did not. Look at the tagger first",
    "open": "Not settled: too few reviews in one of the periods",
    "level": "No change beyond chance",
}
WORDS: dict[Kinds, Word] = {
    "real": "more",
    "mix": "level",
    "measurement": "unknown",
    "open": "unknown",
    "level": "level",
}


@dataclass(frozen=True)
class SliceChange:
    """Where a change is strongest: one value of a dimension, its figure before and since, and what it adds."""

    dimension: str
    value: str
    before: str
    after: str
    points: str


@dataclass(frozen=True)
class ChangeRow:
    """One measure's change. `seen` is the tagger's own, `mix` and `within` sum to it."""

    name: str
    said: str
    kind: Kinds
    corrected: str
    interval: str
    reason: str
    seen: str
    mix: str
    within: str
    parts: Sequence[SliceChange]
    reviewed: int
    response: str


@dataclass(frozen=True)
class ChangePart:
    """Both periods in words, a row for each measure, or why there is none.

    `happened` are annotations in these days that changed how things are measured.
    """

    before: str
    after: str
    rows: Sequence[ChangeRow]
    reason: str | None
    happened: Sequence[Annotation]
    model: str


def change_part(reading: Reading, target: tuple[Kind, str]) -> ChangePart:
    """The change of a target between the two periods that the address names, or the newer and the older half."""
    report = read_change_report(reading.session, reading.job, reading.view, target=target, before=reading.asked.before)
    if report.spans is None or report.reason is not None:
        return ChangePart("", "", (), report.reason, (), reading.card.model or "")
    first, second = report.spans
    rows = [_row(name, verdict) for name, verdict in report.verdicts.items()]
    happened = _between(reading.annotations, first, second)
    return ChangePart(period(first), period(second), rows, None, happened, reading.card.model or "")


def _row(measure: str, verdict: Verdict) -> ChangeRow:
    name, scale = MEASURES[measure]
    kind, change = _kind(verdict), verdict.change
    return ChangeRow(
        name=name,
        said=SAID[kind],
        kind=kind,
        corrected="" if change.value is None else signed(change, scale),
        interval=signed_interval(change, scale),
        reason=change.reason or "",
        seen=_points(verdict.seen, scale),
        mix=_points(verdict.mix, scale),
        within=_points(verdict.within, scale),
        parts=[_slice(part, scale) for part in verdict.parts[:SHOWN]],
        reviewed=verdict.reviewed,
        response=_response(verdict.response),
    )


def _kind(verdict: Verdict) -> Kinds:
    """The verdict of METHODS 7; where the corrected change may be chance that comes first."""
    change = verdict.change
    if change.low is not None and change.high is not None and change.low <= 0 <= change.high:
        return "measurement" if verdict.kind == "measurement" else "level"
    return verdict.kind


def _slice(part: Part, scale: Scale) -> SliceChange:
    before, after = (
        "nobody" if value is None else number(value, scale, max(scale.digits, 0)) + scale.unit
        for value in (part.before, part.after)
    )
    return SliceChange(part.dimension, part.value, before, after, _points(part.points, scale))


def _points(value: float, scale: Scale) -> str:
    digits = 1 if scale.factor > 1 else 2
    text = number(value, scale, digits)
    return f"+{text}" if value > 0 and text.strip("0.") else text


def _response(rates: tuple[float, float] | None) -> str:
    return "" if rates is None else f"{100 * rates[0]:.0f}% answered before, {100 * rates[1]:.0f}% since"


def _between(annotations: Sequence[Annotation], first: Span, second: Span) -> list[Annotation]:
    """What changed how things are measured in these days."""
    start, end = first.start, second.end
    return [
        one
        for one in annotations
        if one.kind in MEASUREMENT
        and (start is None or one.at.date() >= start)
        and (end is None or one.at.date() < end)
    ]
