"""A waterfall as our own SVG: a floating bar a row, each a link to what is behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from alignment.waterfall import Bar, Waterfall, rounded
from api.charts import at
from api.figures import INDEX, number

HEIGHT = 30
NARROWEST = 0.6
"""Percent: a bar of nearly nothing is still seen."""


@dataclass(frozen=True)
class BarRow:
    """One bar with its words: `points` as shown (they add up to the total as shown), `interval` of its movement."""

    name: str
    kind: str
    href: str
    points: str
    interval: str
    clipped: bool
    chart: Markup
    tone: str


@dataclass(frozen=True)
class Named:
    """What a bar is called, and where it leads."""

    name: str
    kind: str
    href: str


def bar_rows(found: Waterfall, name_of: Callable[[Bar], Named]) -> list[BarRow]:
    """A row for each bar, all on one axis that holds the whole way from before to after."""
    low, high = _span(found)
    shown = rounded([bar.points for bar in found.bars], total=round(found.after, 1) - round(found.before, 1))
    rows = []
    for bar, points in zip(found.bars, shown, strict=True):
        named, tone = name_of(bar), _tone(points)
        said = f"{named.name}, {named.kind}: {signed(points)} points"
        chart = _drawn(bar, tone, said, low=low, high=high)
        rows.append(
            BarRow(named.name, named.kind, named.href, signed(points), _interval(bar), bar.clipped, chart, tone)
        )
    return rows


def level_row(value: float, found: Waterfall, *, name: str) -> Markup:
    """The bar of a whole index, at the head and the foot of the waterfall."""
    low, high = _span(found)
    x = at(value, low, high)
    body = f'<rect class="fall-level" x="0" y="7" width="{x}%" height="16" rx="2"/>'
    return _svg(body, f"{name}: {value:.1f}")


def signed(value: float) -> str:
    """Points with their sign, to one decimal."""
    rounded_value = round(value, 1) + 0.0
    return f"{'+' if rounded_value > 0 else ''}{number(rounded_value, INDEX, 1)}"


def _span(found: Waterfall) -> tuple[float, float]:
    ends = [found.before, found.after, *(bar.end for bar in found.bars)]
    low, high = min(ends), max(ends)
    spare = max((high - low) * 0.15, 0.5)
    return max(low - spare, 0.0), min(high + spare, 100.0)


def _tone(points: float) -> str:
    return "up" if points > 0 else "down" if points < 0 else "level"


def _interval(bar: Bar) -> str:
    return "" if bar.low is None or bar.high is None else f"{signed(bar.low)} to {signed(bar.high)}"


def _drawn(bar: Bar, tone: str, said: str, *, low: float, high: float) -> Markup:
    ends: Sequence[float] = sorted((at(bar.start, low, high), at(bar.end, low, high)))
    width = round(max(ends[1] - ends[0], NARROWEST), 2)
    x = at(bar.end, low, high)
    body = f'<rect class="fall-{tone}" x="{ends[0]}%" y="7" width="{width}%" height="16" rx="2"/>'
    body += f'<line class="fall-join" x1="{x}%" x2="{x}%" y1="23" y2="{HEIGHT}"/>'
    return _svg(body, said)


def _svg(body: str, said: str) -> Markup:
    """`said` is escaped here; `body` is drawn from numbers and classes only."""
    label = escape(said)
    return Markup(  # noqa: S704
        f'<svg class="row-chart" width="100%" height="{HEIGHT}" role="img" aria-label="{label}">'
        f"<title>{label}</title>{body}</svg>"
    )
