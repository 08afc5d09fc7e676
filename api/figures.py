"""An estimate in the words and digits that a reader sees, never more digits than its interval allows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from alignment.estimate import Estimate

State = Literal["firm", "uncorrected", "missing"]


@dataclass(frozen=True)
class Scale:
    """How one kind of figure is written: multiplied by `factor`, then `unit`; drawn from `low` to `high`.

    `digits` are the decimals of a figure that has no interval to round by.
    """

    name: str
    low: float
    high: float
    factor: float = 1.0
    unit: str = ""
    digits: int = 0


FRICTION = Scale("friction", 0.0, 100.0)
INDEX = Scale("index", 0.0, 100.0)
SHARE = Scale("share", 0.0, 1.0, factor=100.0, unit="%")
EFFORT = Scale("effort", 1.0, 7.0, digits=1)
SCORE = Scale("score", 1.0, 10.0, digits=1)
OPPORTUNITY = Scale("opportunity", 0.0, 20.0, digits=1)
COUNT = Scale("count", 0.0, math.inf)
MINUTES = Scale("time", 0.0, math.inf, unit=" min")
MONEY = Scale("cost", 0.0, math.inf, digits=2)
TRANSFERS = Scale("transfers", 0.0, math.inf, digits=1)
RATIO = Scale("ratio", 0.0, math.inf, digits=2)
AGREEMENT = Scale("agreement", -1.0, 1.0, digits=2)

_WRITTEN = (
    FRICTION, INDEX, SHARE, EFFORT, SCORE, OPPORTUNITY, COUNT, MINUTES, MONEY, TRANSFERS, RATIO, AGREEMENT,
)  # fmt: skip
SCALES = {scale.name: scale for scale in _WRITTEN}


@dataclass(frozen=True)
class Figure:
    """What is printed for one estimate; `reason` says why `text` is not a number."""

    text: str
    interval: str
    state: State
    reason: str
    n: int
    reviewed: int

    @property
    def spoken(self) -> str:
        """One phrase for a screen reader or a chart's title."""
        if self.state == "missing":
            return f"not enough evidence: {self.reason}"
        between = f", between {self.interval.replace('–', ' and ')}" if self.interval else ""
        return f"{self.text}{between}{', uncorrected' if self.state == 'uncorrected' else ''}"


def figure(estimate: Estimate, scale: Scale) -> Figure:
    """Write an estimate on its scale; a missing value becomes its reason, never a zero."""
    if estimate.value is None:
        return Figure("", "", "missing", sentence(estimate.reason or "no data"), estimate.n, estimate.reviewed)
    digits = decimals(estimate, scale)
    interval = ""
    if estimate.low is not None and estimate.high is not None:
        interval = f"{number(estimate.low, scale, digits)}–{number(estimate.high, scale, digits)}{scale.unit}"
    state: State = "uncorrected" if estimate.method == "uncorrected" else "firm"
    text = number(estimate.value, scale, digits) + scale.unit
    return Figure(text, interval, state, sentence(estimate.reason or ""), estimate.n, estimate.reviewed)


def decimals(estimate: Estimate, scale: Scale) -> int:
    """Decimals such that the last one printed is worth about half the interval's half-width or more.

    A half-width of 4 gives 62, of 0.4 gives 62.1; at most two, and none below the unit.
    """
    if estimate.low is None or estimate.high is None or estimate.high <= estimate.low:
        return scale.digits
    half = (estimate.high - estimate.low) / 2 * scale.factor
    return min(2, max(0, -math.floor(math.log10(half))))


def number(value: float, scale: Scale, digits: int) -> str:
    """A number with a thin thousands space and a true minus sign, without a negative zero."""
    rounded = round(value * scale.factor, digits) + 0.0
    return f"{rounded:,.{digits}f}".replace(",", "\u202f").replace("-", "−")


def sentence(reason: str) -> str:
    """A reason without its capital and full stop, to stand after "not enough evidence:"."""
    text = reason.strip().removeprefix("not enough evidence: ").rstrip(".")
    starts_plain = len(text) > 1 and text[0].isupper() and text[1].islower()
    return text[0].lower() + text[1:] if starts_plain else text
