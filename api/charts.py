"""Charts as our own SVG: estimates in, markup out, nothing loaded from anywhere.

Positions along the x axis are percentages and colours are style-sheet classes, so one drawing
serves 360 and 2560 pixels, light and dark, screen and paper, and text never shrinks with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date

from markupsafe import Markup, escape

from alignment.estimate import Estimate
from alignment.scorecard import TrendPoint
from api.figures import Scale, figure, number
from api.marks import Mark

ROW_HEIGHT = 28
TREND_HEIGHT = 250
TREND_TOP = 22
TREND_FOOT = 24


def at(value: float, low: float, high: float) -> float:
    """Where `value` stands between `low` and `high`, in percent, clipped to the drawing."""
    if high <= low:
        return 50.0
    return round(100 * min(1.0, max(0.0, (value - low) / (high - low))), 2)


def round_ceiling(values: Sequence[float], *, at_most: float) -> float:
    """The smallest of 1, 2, 2.5, 4, 5, 6, 8 times a power of ten that holds all values, at most `at_most`."""
    top = max(values, default=at_most)
    if top <= 0:
        return at_most
    power = 10.0 ** math.floor(math.log10(top))
    steps = (1, 2, 2.5, 4, 5, 6, 8, 10)
    return min(at_most, next(step * power for step in steps if step * power >= top - 1e-9))


def highest(estimates: Sequence[Estimate]) -> list[float]:
    """The upper end of each estimate that has a value: what an axis must hold."""
    return [e.high if e.high is not None else e.value for e in estimates if e.value is not None]


def tick_count(top: float) -> int:
    """Into how many equal parts an axis from 0 to a `round_ceiling` is cut, so that its labels are round too."""
    lead = round(top / 10.0 ** math.floor(math.log10(top)), 6) if top > 0 else 1.0
    return {6.0: 3, 5.0: 5, 2.5: 5, 1.0: 5}.get(lead, 4)


def ticks(low: float, high: float, *, count: int = 4) -> list[float]:
    """`count` + 1 evenly spaced values from `low` to `high`."""
    return [low + (high - low) * i / count for i in range(count + 1)]


def axis(scale: Scale, *, low: float, high: float, count: int = 4) -> Markup:
    """The axis above a column of rows: one label a tick, first and last kept inside the drawing."""
    labels = []
    for value in ticks(low, high, count=count):
        x = at(value, low, high)
        anchor = "start" if x < 5 else "end" if x > 95 else "middle"
        written = number(value, scale, 0 if float(value * scale.factor).is_integer() else 1) + scale.unit.strip()
        labels.append(f'<text x="{x}%" y="12" text-anchor="{anchor}">{escape(written)}</text>')
    return Markup(f'<svg class="axis" width="100%" height="16" aria-hidden="true">{"".join(labels)}</svg>')  # noqa: S704


def grid(low: float, high: float, *, height: int, count: int = 4) -> str:
    """Upright lines at the ticks of an axis."""
    xs = [at(value, low, high) for value in ticks(low, high, count=count)]
    return "".join(f'<line class="grid" x1="{x}%" x2="{x}%" y1="0" y2="{height}"/>' for x in xs)


def svg(body: str, *, label: str, kind: str, height: int) -> Markup:
    """One labelled image. `label` is escaped here; `body` must be drawn from numbers and classes only."""
    said = escape(label)
    return Markup(  # noqa: S704
        f'<svg class="{kind}" width="100%" height="{height}" role="img" aria-label="{said}">'
        f"<title>{said}</title>{body}</svg>"
    )


def interval_row(estimate: Estimate, scale: Scale, *, name: str, low: float, high: float, tone: str = "") -> Markup:
    """A dot with its 95 % whisker; a hollow dot where nothing corrects the figure, no mark where none is known."""
    shown = figure(estimate, scale)
    body = grid(low, high, height=ROW_HEIGHT, count=tick_count(high))
    middle = ROW_HEIGHT / 2
    if estimate.low is not None and estimate.high is not None:
        x1, x2 = at(estimate.low, low, high), at(estimate.high, low, high)
        body += f'<line class="whisker {tone}" x1="{x1}%" x2="{x2}%" y1="{middle}" y2="{middle}"/>'
    if estimate.value is not None:
        hollow = " hollow" if shown.state == "uncorrected" else ""
        body += f'<circle class="dot {tone}{hollow}" cx="{at(estimate.value, low, high)}%" cy="{middle}" r="5.5"/>'
    return svg(body, label=f"{name}: {shown.spoken}", kind="row-chart", height=ROW_HEIGHT)


def bar_row(estimate: Estimate, scale: Scale, *, name: str) -> Markup:
    """A bar from the scale's low end, with its whisker on top."""
    shown = figure(estimate, scale)
    body = '<rect class="track" x="0" y="9" width="100%" height="10" rx="2"/>'
    if estimate.value is not None:
        hollow = " hollow" if shown.state == "uncorrected" else ""
        width = at(estimate.value, scale.low, scale.high)
        body += f'<rect class="bar{hollow}" x="0" y="9" width="{width}%" height="10" rx="2"/>'
    if estimate.low is not None and estimate.high is not None:
        x1, x2 = at(estimate.low, scale.low, scale.high), at(estimate.high, scale.low, scale.high)
        body += f'<line class="bar-whisker" x1="{x1}%" x2="{x2}%" y1="14" y2="14"/>'
        body += "".join(f'<line class="bar-whisker" x1="{x}%" x2="{x}%" y1="9" y2="19"/>' for x in (x1, x2))
    return svg(body, label=f"{name}: {shown.spoken}", kind="row-chart", height=ROW_HEIGHT)


def gap_row(importance: Estimate, satisfaction: Estimate, scale: Scale, *, name: str, tone: str = "") -> Markup:
    """Importance (filled) and satisfaction (ring) on one scale, and the gap between them."""
    body = grid(scale.low, scale.high, height=ROW_HEIGHT, count=3)
    middle = ROW_HEIGHT / 2
    spots = [at(e.value, scale.low, scale.high) for e in (importance, satisfaction) if e.value is not None]
    if len(spots) == 2:
        x1, x2 = min(spots), max(spots)
        body += f'<line class="gap {tone}" x1="{x1}%" x2="{x2}%" y1="{middle}" y2="{middle}"/>'
    for estimate, kind in ((satisfaction, "dot ring"), (importance, "dot")):
        if estimate.value is not None:
            x = at(estimate.value, scale.low, scale.high)
            body += f'<circle class="{kind} {tone}" cx="{x}%" cy="{middle}" r="5.5"/>'
    said = f"{name}: importance {figure(importance, scale).spoken}; satisfaction {figure(satisfaction, scale).spoken}"
    return svg(body, label=said, kind="row-chart", height=ROW_HEIGHT)


def gauge(estimate: Estimate, scale: Scale, *, name: str, method_band: tuple[float, float] | None) -> Markup:
    """One figure on its whole scale: the method band pale behind, the interval dark, the value as a mark."""
    body = '<rect class="track" x="0" y="14" width="100%" height="8" rx="4"/>'
    bands = [("method-band", method_band)] if method_band else []
    if estimate.low is not None and estimate.high is not None:
        bands.append(("sampling-band", (estimate.low, estimate.high)))
    for kind, (low, high) in bands:
        x1, x2 = at(low, scale.low, scale.high), at(high, scale.low, scale.high)
        body += f'<rect class="{kind}" x="{x1}%" y="14" width="{round(x2 - x1, 2)}%" height="8"/>'
    if estimate.value is not None:
        x = at(estimate.value, scale.low, scale.high)
        body += f'<line class="needle" x1="{x}%" x2="{x}%" y1="8" y2="28"/>'
    for value in ticks(scale.low, scale.high, count=2):
        x = at(value, scale.low, scale.high)
        anchor = "start" if x < 5 else "end" if x > 95 else "middle"
        body += f'<text class="tick" x="{x}%" y="44" text-anchor="{anchor}">{number(value, scale, 0)}</text>'
    band = f"; method band {method_band[0]:.0f} to {method_band[1]:.0f}" if method_band else ""
    return svg(body, label=f"{name}: {figure(estimate, scale).spoken}{band}", kind="gauge", height=48)


def sparkline(points: Sequence[TrendPoint], *, name: str, marks: Sequence[Mark] = ()) -> Markup:
    """A trend as small as a word: the line, a dot on its last value, and an upright tick for each annotation."""
    known = [(i, p.estimate.value) for i, p in enumerate(points) if p.estimate.value is not None]
    if len(known) < 2:
        return Markup("")
    low, high = min(v for _, v in known), max(v for _, v in known)
    last = len(points) - 1
    spots = [(at(i, 0, last), round(24 - at(v, low, high) * 0.2, 2)) for i, v in known]
    line = " ".join(f"{'L' if i else 'M'}{x},{y}" for i, (x, y) in enumerate(spots))
    body = (
        '<svg viewBox="0 0 100 28" preserveAspectRatio="none" width="100%" height="28">'
        f'<path class="spark" d="{line}"/></svg>'
        f'<circle class="spark-end" cx="{spots[-1][0]}%" cy="{spots[-1][1]}" r="2.5"/>'
    )
    first = at(known[0][0], 0, last)
    for mark in marks:
        x = round(first + (100 - first) * mark.at, 2)
        body += f'<line class="spark-note" x1="{x}%" x2="{x}%" y1="0" y2="28"/>'
    noted = "".join(f"; {one.number}: {one.annotation.meaning}, {_day(one.annotation.at.date())}" for one in marks)
    return svg(body, label=f"{name}: {len(known)} weeks{noted}", kind="sparkline", height=28)


def trend(
    points: Sequence[TrendPoint],
    scale: Scale,
    *,
    name: str,
    link: Callable[[date], str] | None = None,
    marks: Sequence[Mark] = (),
) -> Markup:
    """A weekly line with its 95 % band; each point links to that week. Empty where fewer than two weeks are known.

    `marks` are numbered upright lines, explained beside the drawing.
    """
    known = [p for p in points if p.estimate.value is not None]
    if len(known) < 2:
        return Markup("")
    points = points[points.index(known[0]) :]  # weeks before the first figure would only be empty space
    low, high = _trend_range(known, scale)
    body = _trend_shapes(points, low, high) + _trend_grid(scale, low, high) + "".join(map(_trend_note, marks))
    body += "".join(
        _trend_mark(p, at(i, 0, len(points) - 1), scale, low=low, high=high, width=100 / len(points), link=link)
        for i, p in enumerate(points)
        if p.estimate.value is not None
    )
    foot = TREND_HEIGHT - 6
    body += f'<text class="tick" x="0" y="{foot}">{_day(points[0].week)}</text>'
    body += f'<text class="tick" x="100%" y="{foot}" text-anchor="end">{_day(points[-1].week)}</text>'
    said = escape(f"{name}, weekly, {_day(points[0].week)} to {_day(points[-1].week)}")
    return Markup(  # noqa: S704
        f'<svg class="trend" width="100%" height="{TREND_HEIGHT}" role="group" aria-label="{said}">{body}</svg>'
    )


def _trend_note(mark: Mark) -> str:
    """An upright line with the number of an annotation on its foot."""
    x, foot = at(mark.at, 0.0, 1.0), TREND_HEIGHT - TREND_FOOT
    said = escape(f"{mark.number}: {mark.annotation.meaning}, {_day(mark.annotation.at.date())}")
    anchor = "start" if x < 3 else "end" if x > 97 else "middle"
    return (
        f'<g class="note-mark"><title>{said}</title><line x1="{x}%" x2="{x}%" y1="{TREND_TOP}" y2="{foot}"/>'
        f'<text x="{x}%" y="{TREND_TOP - 6}" text-anchor="{anchor}">{mark.number}</text></g>'
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


def _trend_range(known: Sequence[TrendPoint], scale: Scale) -> tuple[float, float]:
    """A y range that holds every band, a tenth of it spare at both ends, inside the scale."""
    lows = [p.estimate.low if p.estimate.low is not None else p.estimate.value for p in known]
    low, high = min(v for v in lows if v is not None), max(highest([p.estimate for p in known]))
    spare = max((high - low) * 0.1, 0.02 * (scale.high - scale.low) if math.isfinite(scale.high) else 0.1)
    return max(scale.low, low - spare), min(scale.high, high + spare)


def _y(value: float, low: float, high: float) -> float:
    room = TREND_HEIGHT - TREND_TOP - TREND_FOOT
    return round(TREND_TOP + room * (1 - at(value, low, high) / 100), 2)


def _trend_grid(scale: Scale, low: float, high: float) -> str:
    spread = (high - low) * scale.factor
    digits = 0 if spread >= 4 else 1 if spread >= 0.4 else 2
    lines = []
    for value in ticks(low, high, count=3):
        y = _y(value, low, high)
        lines.append(f'<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>')
        lines.append(f'<text class="tick" x="0" y="{y - 4}">{number(value, scale, digits)}{scale.unit}</text>')
    return "".join(lines)


def _trend_shapes(points: Sequence[TrendPoint], low: float, high: float) -> str:
    """Band and line, one path for each run of weeks without a gap."""
    last = len(points) - 1
    runs: list[list[tuple[float, Estimate]]] = [[]]
    for i, point in enumerate(points):
        if point.estimate.value is None:
            runs.append([])
        else:
            runs[-1].append((at(i, 0, last), point.estimate))
    shapes = "".join(_band(run, low, high) for run in runs) + "".join(_line(run, low, high) for run in runs)
    box = f'viewBox="0 0 100 {TREND_HEIGHT}" preserveAspectRatio="none" width="100%" height="{TREND_HEIGHT}"'
    return f"<svg {box}>{shapes}</svg>"


def _line(run: Sequence[tuple[float, Estimate]], low: float, high: float) -> str:
    spots = [f"{x},{_y(e.value, low, high)}" for x, e in run if e.value is not None]
    return f'<path class="line" d="M{" L".join(spots)}"/>' if len(spots) > 1 else ""


def _band(run: Sequence[tuple[float, Estimate]], low: float, high: float) -> str:
    upper = [f"{x},{_y(e.high, low, high)}" for x, e in run if e.high is not None and e.low is not None]
    lower = [f"{x},{_y(e.low, low, high)}" for x, e in run if e.high is not None and e.low is not None]
    return f'<path class="band" d="M{" L".join([*upper, *reversed(lower)])}Z"/>' if len(upper) > 1 else ""


def _trend_mark(
    point: TrendPoint,
    x: float,
    scale: Scale,
    *,
    low: float,
    high: float,
    width: float,
    link: Callable[[date], str] | None,
) -> str:
    value = point.estimate.value or 0.0
    said = escape(f"Week of {_day(point.week)}: {figure(point.estimate, scale).spoken}")
    dot = f'<circle class="point" cx="{x}%" cy="{_y(value, low, high)}" r="3.5"/>'
    if link is None:
        return f"<g><title>{said}</title>{dot}</g>"
    left = round(max(0.0, x - width / 2), 2)
    hit = f'<rect class="hit" x="{left}%" y="{TREND_TOP}" width="{round(width, 2)}%" height="{TREND_HEIGHT - 46}"/>'
    return f'<a class="mark" href="{escape(link(point.week))}" aria-label="{said}"><title>{said}</title>{hit}{dot}</a>'
