"""What reviews have bought, as a drawing: accuracy with its band, and the width of figures beneath it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

WIDTH, PANEL, GAP, LEFT, RIGHT, TOP = 640, 150, 56, 56, 16, 28
INK, PALE, GRID = "#1f4e79", "#c9d9ea", "#d8d8d8"
Point = Mapping[str, Any]
Spot = tuple[float, float]


def learning_chart(points: Sequence[Point]) -> Markup:
    """An SVG of a learning curve's points as `headway model curve --json` has them; fit for a page and for a file."""
    most = max(point["reviews"] for point in points)
    last = points[-1]
    said = (
        f"Step accuracy after {last['reviews']} reviews: {_percent(last['accuracy'])} "
        f"({_percent(last['low'])} to {_percent(last['high'])})"
    )
    wide = [point for point in points if point["half_width"] is not None]
    height = TOP + PANEL + (GAP + PANEL if wide else 0) + 40
    body = _accuracy(points, most, TOP)
    if wide:
        body += _widths(wide, most, TOP + PANEL + GAP)
    return Markup(  # noqa: S704
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="100%" role="img" '
        f'font-family="sans-serif" font-size="12" aria-label="{escape(said)}"><title>{escape(said)}</title>{body}</svg>'
    )


def _accuracy(points: Sequence[Point], most: float, top: float) -> str:
    low = max(0.0, min(point["low"] for point in points) - 0.05)
    high = min(1.0, max(point["high"] for point in points) + 0.05)
    ends = [[(_x(p["reviews"], most), _y(p[name], low, high, top)) for p in points] for name in ("low", "high")]
    band = _path([*ends[0], *reversed(ends[1])]) + "Z"
    spots = [(_x(p["reviews"], most), _y(p["accuracy"], low, high, top)) for p in points]
    return (
        _frame("right step, with 95 % interval", top, [(value, _percent(value)) for value in (low, high)], low, high)
        + f'<path d="{band}" fill="{PALE}"/>'
        + _line(spots, [f"{_percent(p['accuracy'])} after {p['reviews']} reviews" for p in points])
        + _below(points, most, top)
    )


def _widths(points: Sequence[Point], most: float, top: float) -> str:
    high = 1.15 * max(point["half_width"] for point in points)
    spots = [(_x(p["reviews"], most), _y(p["half_width"], 0.0, high, top)) for p in points]
    told = [f"+-{100 * p['half_width']:.1f} points after {p['reviews']} reviews" for p in points]
    marks = [(0.0, "0"), (high, f"{100 * high:.1f}")]
    title = "half the interval of a step's share, points, mean over steps"
    return _frame(title, top, marks, 0.0, high) + _line(spots, told) + _below(points, most, top)


def _frame(title: str, top: float, marks: Sequence[tuple[float, str]], low: float, high: float) -> str:
    lines = [f'<text x="{LEFT}" y="{top - 10}" fill="#333">{escape(title)}</text>']
    for value, written in marks:
        y = _y(value, low, high, top)
        lines.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="{GRID}"/>')
        lines.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end" fill="#555">{escape(written)}</text>')
    return "".join(lines)


def _line(spots: Sequence[Spot], told: Sequence[str]) -> str:
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="4" fill="{INK}"><title>{escape(what)}</title></circle>'
        for (x, y), what in zip(spots, told, strict=True)
    )
    return f'<path d="{_path(spots)}" fill="none" stroke="{INK}" stroke-width="2"/>{dots}'


def _below(points: Sequence[Point], most: float, top: float) -> str:
    texts = "".join(
        f'<text x="{_x(p["reviews"], most)}" y="{top + PANEL + 18}" text-anchor="middle" fill="#555">'
        f"{p['reviews']}</text>"
        for p in points
    )
    return f'{texts}<text x="{WIDTH - RIGHT}" y="{top - 10}" text-anchor="end" fill="#555">reviews done</text>'


def _x(reviews: float, most: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT - 12) * reviews / most, 1)


def _y(value: float, low: float, high: float, top: float) -> float:
    return round(top + PANEL * (1 - (value - low) / ((high - low) or 1.0)), 1)


def _path(spots: Sequence[Spot]) -> str:
    return " ".join(f"{'L' if place else 'M'}{x},{y}" for place, (x, y) in enumerate(spots))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
