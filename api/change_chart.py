"""A figure's row coloured by its change; shape and word say the same, so that nobody depends on the colour."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from alignment.differences import Change, Word
from alignment.estimate import Estimate
from api.charts import ROW_HEIGHT, at, grid, svg, tick_count
from api.figures import Scale, figure, number

WORDS: dict[Word, str] = {
    "better": "better",
    "worse": "worse",
    "more": "more",
    "fewer": "fewer",
    "level": "no clear change",
    "unknown": "not known",
}
MOST_DIGITS = 2
_UP = "M0,-7 L7,5 L-7,5 Z"
_DOWN = "M0,7 L7,-5 L-7,-5 Z"
_LEVEL = "M-5.5,0 A5.5,5.5 0 1 1 5.5,0 A5.5,5.5 0 1 1 -5.5,0 Z"


@dataclass(frozen=True)
class Told:
    """A change in words: `text` such as "better, −4", `interval` of the difference, `arrow` ▲, ▼ or nothing."""

    word: Word
    text: str
    interval: str
    arrow: str
    reason: str


def told(found: Change | None, scale: Scale) -> Told:
    """The words of a change; without one, that it is not known."""
    if found is None:
        return Told("unknown", WORDS["unknown"], "", "", "there is no earlier period to compare with")
    shown = figure(found.difference, scale)
    if shown.state == "missing":
        return Told("unknown", WORDS["unknown"], "", "", shown.reason)
    arrow = "" if found.word == "level" else _arrow(found.difference)
    return Told(found.word, WORDS[found.word], signed_interval(found.difference, scale), arrow, "")


def signed(found: Estimate, scale: Scale) -> str:
    """A difference with its sign, rounded as its interval allows."""
    scale = _points(scale)
    text = figure(found, scale).text
    return f"+{text}" if (found.value or 0.0) > 0 and _not_zero(text.removesuffix(scale.unit)) else text


def signed_interval(found: Estimate, scale: Scale) -> str:
    """Both ends of a difference with their signs: "−4 to +2"."""
    if found.low is None or found.high is None:
        return ""
    scale = _points(scale)
    digits = len(figure(found, scale).text.removesuffix(scale.unit).partition(".")[2])
    while digits < MOST_DIGITS and any(
        end and not _not_zero(number(end, scale, digits)) for end in (found.low, found.high)
    ):
        digits += 1  # an end rounded to 0 would leave open on which side of 0 it lies
    low, high = (_with_sign(number(end, scale, digits)) for end in (found.low, found.high))
    return f"{low} to {high}{scale.unit}"


def _with_sign(text: str) -> str:
    return f"+{text}" if _not_zero(text) and not text.startswith("−") else text


def _not_zero(text: str) -> bool:
    return bool(text.strip("−0."))


def _points(scale: Scale) -> Scale:
    """The scale of a difference: shares differ by percentage points, not by percent."""
    return replace(scale, unit=" points") if scale.unit == "%" else scale


def change_row(
    estimate: Estimate, scale: Scale, *, name: str, top: float, change: Change | None, pair: bool = False
) -> Markup:
    """The figure with its interval: a triangle up or down where it changed, a dot where chance may explain it.

    With `pair` the earlier period stands above it, pale. Hollow where nothing corrects the figure.
    """
    word: Word = "unknown" if change is None else change.word
    body = grid(scale.low, top, height=ROW_HEIGHT, count=tick_count(top))
    earlier = change.before if pair and change is not None else None
    if earlier is not None and earlier.value is not None:
        body += _whisker(earlier, "whisker earlier", scale.low, top, y=8)
        body += f'<circle class="dot earlier" cx="{at(earlier.value, scale.low, top)}%" cy="8" r="4"/>'
    middle = 19 if pair else ROW_HEIGHT // 2
    body += _whisker(estimate, f"whisker change-{word}", scale.low, top, y=middle)
    if estimate.value is not None:
        hollow = " hollow" if figure(estimate, scale).state == "uncorrected" else ""
        shape = f'<path class="dot change-{word}{hollow}" d="{_shape(change)}"/>'
        x = at(estimate.value, scale.low, top)
        body += f'<svg class="spot" x="{x}%" y="{middle}" width="1" height="1">{shape}</svg>'
    said = told(change, scale)
    spoken = f"{name}: {figure(estimate, scale).spoken}; {said.text}{f', {said.interval}' if said.interval else ''}"
    return svg(body, label=spoken, kind="row-chart", height=ROW_HEIGHT)


def _whisker(estimate: Estimate, kind: str, low: float, high: float, *, y: int) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    x1, x2 = at(estimate.low, low, high), at(estimate.high, low, high)
    return f'<line class="{kind}" x1="{x1}%" x2="{x2}%" y1="{y}" y2="{y}"/>'


def _shape(change: Change | None) -> str:
    if change is None or change.word in ("level", "unknown"):
        return _LEVEL
    return _UP if (change.difference.value or 0.0) > 0 else _DOWN


def _arrow(found: Estimate) -> str:
    return "▲" if (found.value or 0.0) > 0 else "▼"
