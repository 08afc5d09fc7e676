"""Intervals for one figure: logit, t, Clopper-Pearson on an effective size, Wilson."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

LEVEL = 0.95
_TAIL = (1 - LEVEL) / 2
Z = float(special.ndtri(1 - _TAIL))
"""The normal quantile of a 95 % interval."""


@dataclass(frozen=True)
class Interval:
    """A figure and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def t_quantile(degrees: float) -> float:
    """The two-sided 95 % quantile of Student's t; at least one degree of freedom is assumed."""
    return float(special.stdtrit(max(degrees, 1.0), 1 - _TAIL))


def logit_interval(value: float, se: float, *, quantile: float = Z) -> Interval:
    """A proportion strictly between 0 and 1, se on the logit scale = se / (p (1 - p)), mapped back."""
    centre = float(special.logit(value))
    spread = quantile * se / (value * (1 - value))
    return Interval(value, float(special.expit(centre - spread)), float(special.expit(centre + spread)))


def plain_interval(value: float, se: float, *, quantile: float, low: float, high: float) -> Interval:
    """A mean on its own scale, kept inside the range that the scale has."""
    inside = min(max(value, low), high)
    return Interval(inside, min(max(value - quantile * se, low), high), min(max(value + quantile * se, low), high))


def exact_interval(value: float, size: float) -> Interval:
    """Clopper-Pearson for a proportion seen on `size` effective labels (Korn & Graubard, 1998)."""
    hits = value * size
    low = 0.0 if hits <= 0 else float(special.betaincinv(hits, size - hits + 1, _TAIL))
    high = 1.0 if hits >= size else float(special.betaincinv(hits + 1, size - hits, 1 - _TAIL))
    return Interval(value, low, high)


def wilson_interval(hits: float, size: float) -> Interval:
    """A share of independent trials (Wilson, 1927); `size` must be above 0."""
    share = hits / size
    spread = Z * math.sqrt(share * (1 - share) / size + Z**2 / (4 * size**2))
    centre = share + Z**2 / (2 * size)
    scale = 1 + Z**2 / size
    return Interval(share, max((centre - spread) / scale, 0.0), min((centre + spread) / scale, 1.0))


def share_difference(first: tuple[int, int], second: tuple[int, int]) -> Interval:
    """The difference of two independent shares, each (hits, size), with a 95 % interval; sizes must be above 0.

    Newcombe's hybrid score interval (Statistics in Medicine 1998, method 10): from the Wilson limits of each share.
    """
    one, other = (wilson_interval(hits, size) for hits, size in (first, second))
    value = one.value - other.value
    below = math.hypot(one.value - one.low, other.high - other.value)
    above = math.hypot(one.high - one.value, other.value - other.low)
    return Interval(value, value - below, value + above)
