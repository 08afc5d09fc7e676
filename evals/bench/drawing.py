"""Line charts as SVG files: a few dozen lines here are less to keep than a plotting library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 400
LEFT, TOP, FOOT, KEY = 56, 40, 48, 168
COLOURS = ("#0b57d0", "#b3261e", "#146c2e", "#8a4b00", "#6a1b9a", "#00696d", "#5f6368", "#ad1457", "#000000", "#1967d2")
"""The first is ours; each has at least 4.5 to 1 against white."""
DASHES = ("", "8 3", "6 3", "2 3", "8 3 2 3", "", "6 3", "2 3", "8 3 2 3", "")
FEW_POINTS = 20
"""A line with at most so many points shows them."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Series:
    """A named line through points; `bars` are the intervals of y at the points, or nothing.

    `look` chooses colour and dash, so that a system looks the same on every chart; 0 stands out.
    """

    name: str
    points: Sequence[Point]
    bars: Sequence[Point] = ()
    look: int = 0


@dataclass(frozen=True)
class Axis:
    """From `low` to `high`, with labelled places."""

    title: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]


def line_chart(title: str, series: Sequence[Series], *, x: Axis, y: Axis, diagonal: bool = False) -> str:
    """The chart as one SVG document; `diagonal` draws the line of perfect agreement."""
    body = [_frame(title, x, y)]
    if diagonal:
        body.append(_path([(x.low, y.low), (x.high, y.high)], x, y, 'stroke="#9aa0a6" stroke-dasharray="4 4"'))
    body += [_line(one, x, y) for one in reversed(series)]  # the first on top
    body += [_key(one, number) for number, one in enumerate(series)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" font-family="system-ui, sans-serif" font-size="12">\n<title>{escape(title)}</title>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def percent_axis(title: str, *, low: float, high: float) -> Axis:
    """An axis of shares from `low` to `high`, with about five places written in percent."""
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 1.0) if (high - low) / step < 7)
    places = [low + step * part for part in range(int((high - low) / step + 1.001))]
    return Axis(title, low, high, [(place, f"{100 * place:.0f} %") for place in places])


def _frame(title: str, x: Axis, y: Axis) -> str:
    right, foot = WIDTH - KEY, HEIGHT - FOOT
    parts = [f'<text x="{LEFT}" y="22" font-size="15" font-weight="600">{escape(title)}</text>']
    for place, label in y.ticks:
        at = _y(place, y)
        parts.append(f'<line x1="{LEFT}" x2="{right}" y1="{at}" y2="{at}" stroke="#e3e5e8"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4}" text-anchor="end">{escape(label)}</text>')
    for place, label in x.ticks:
        parts.append(f'<text x="{_x(place, x)}" y="{foot + 18}" text-anchor="middle">{escape(label)}</text>')
    middle = (LEFT + right) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x.title)}</text>')
    parts.append(
        f'<text x="14" y="{(TOP + foot) / 2}" text-anchor="middle" '
        f'transform="rotate(-90 14 {(TOP + foot) / 2})">{escape(y.title)}</text>'
    )
    return "\n".join(parts)


def _line(one: Series, x: Axis, y: Axis) -> str:
    colour = COLOURS[one.look % len(COLOURS)]
    parts = [_path(one.points, x, y, _stroke(one))]
    few = len(one.points) <= FEW_POINTS
    parts += [f'<circle cx="{_x(a, x)}" cy="{_y(b, y)}" r="3" fill="{colour}"/>' for a, b in one.points if few]
    for (place, _), (low, high) in zip(one.points, one.bars, strict=False):
        ends = f'y1="{_y(low, y)}" y2="{_y(high, y)}"'
        parts.append(f'<line x1="{_x(place, x)}" x2="{_x(place, x)}" {ends} stroke="{colour}" opacity="0.5"/>')
    return "\n".join(parts)


def _key(one: Series, number: int) -> str:
    left, at = WIDTH - KEY + 12, TOP + 14 + 18 * number
    return (
        f'<line x1="{left}" x2="{left + 22}" y1="{at - 4}" y2="{at - 4}" {_stroke(one)}/>'
        f'<text x="{left + 28}" y="{at}">{escape(one.name)}</text>'
    )


def _stroke(one: Series) -> str:
    dash = DASHES[one.look % len(DASHES)]
    width = 2.5 if one.look == 0 else 1.5
    return f'stroke="{COLOURS[one.look % len(COLOURS)]}" stroke-width="{width}"' + (
        f' stroke-dasharray="{dash}"' if dash else ""
    )


def _path(points: Sequence[Point], x: Axis, y: Axis, style: str) -> str:
    places = " ".join(f"{_x(a, x)},{_y(b, y)}" for a, b in points)
    return f'<polyline points="{places}" fill="none" {style}/>'


def _x(value: float, axis: Axis) -> float:
    return round(LEFT + (WIDTH - KEY - LEFT) * _share(value, axis), 1)


def _y(value: float, axis: Axis) -> float:
    return round(HEIGHT - FOOT - (HEIGHT - FOOT - TOP) * _share(value, axis), 1)


def _share(value: float, axis: Axis) -> float:
    return min(1.0, max(0.0, (value - axis.low) / (axis.high - axis.low)))
