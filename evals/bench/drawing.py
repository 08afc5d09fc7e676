"""Line charts as SVG files: a few dozen lines here are less to keep than a plotting library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 400
LEFT, TOP, FOOT, KEY = 56, 40, 48, 168
COLOURS = ("#0b57d0", "#b3261e", "#146c2e", "#8a4b00", "#6a1b9a", "#00696d", "#5f6368", "#ad1457")
"""The first is ours; each has at least 4.5 to 1 against white."""
DASHES = ("", "6 3", "2 3", "8 3 2 3", "", "6 3", "2 3", "8 3 2 3")

Point = tuple[float, float]


@dataclass(frozen=True)
class Series:
    """A named line through points; `bars` are the intervals of y at the points, or nothing."""

    name: str
    points: Sequence[Point]
    bars: Sequence[Point] = ()


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
    for number, one in enumerate(series):
        body += [_line(one, number % len(COLOURS), x, y), _key(one.name, number)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" font-family="system-ui, sans-serif" font-size="12">\n<title>{escape(title)}</title>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def percent_axis(title: str, *, low: float, high: float, parts: int = 5) -> Axis:
    """An axis of shares, with `parts` + 1 places written in percent."""
    places = [low + (high - low) * part / parts for part in range(parts + 1)]
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


def _line(one: Series, number: int, x: Axis, y: Axis) -> str:
    colour, dash = COLOURS[number], DASHES[number]
    style = f'stroke="{colour}" stroke-width="{2.5 if number == 0 else 1.5}"' + (
        f' stroke-dasharray="{dash}"' if dash else ""
    )
    parts = [_path(one.points, x, y, style)]
    few = len(one.points) <= 12
    parts += [f'<circle cx="{_x(a, x)}" cy="{_y(b, y)}" r="3" fill="{colour}"/>' for a, b in one.points if few]
    for (place, _), (low, high) in zip(one.points, one.bars, strict=False):
        ends = f'y1="{_y(low, y)}" y2="{_y(high, y)}"'
        parts.append(f'<line x1="{_x(place, x)}" x2="{_x(place, x)}" {ends} stroke="{colour}" opacity="0.5"/>')
    return "\n".join(parts)


def _key(name: str, number: int) -> str:
    left, at = WIDTH - KEY + 12, TOP + 14 + 18 * number
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    return (
        f'<line x1="{left}" x2="{left + 22}" y1="{at - 4}" y2="{at - 4}" stroke="{colour}" stroke-width="2.5" '
        f'stroke-dasharray="{dash}"/><text x="{left + 28}" y="{at}">{escape(name)}</text>'
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
