"""When to hand a contact over instead of tagging it: thresholds with a promise about the error that is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taxonomy.errors import BadInputError

Floats = NDArray[np.float64]
TESTED_SIZES = 50
NOTHING = float("inf")
PRICED = (0.01, 0.02, 0.05, 0.1, 0.2)


class DeferralError(BadInputError):
    """A promise was asked for that cannot be stated: alpha or delta outside (0, 1)."""


@dataclass(frozen=True)
class Threshold:
    """Accept answers whose confidence is at least `value` (infinity: none).

    `accepted_share` is the part of the held-out answers it accepts, `bound` the upper limit of their error.
    """

    value: float
    accepted_share: float
    bound: float


@dataclass(frozen=True)
class Price:
    """What one promise costs: at error `max_error`, this share of contacts is kept and the rest handed over."""

    max_error: float
    accepted_share: float


def accept_threshold(
    confidence: Floats, correct: NDArray[Any], *, max_error: float, delta: float, start: int | None = None
) -> Threshold:
    """The lowest threshold whose accepted answers err at most `max_error`, with confidence 1 - delta.

    Fixed-sequence testing (Jung et al. 2024, after Geifman & El-Yaniv 2017): order held-out answers by confidence;
    from a starting size fixed by counts alone test growing sets with the Clopper-Pearson bound
    BetaInv(1 - delta; e + 1, k - e) <= max_error and stop at the first failure. Sizes lie on a fixed grid, so that
    one early error does not end the walk. Choosing by the plain error instead breaks the promise about half the time.
    """
    wrong = ~np.asarray(correct, dtype=bool)

    def errors_from(value: float) -> int:
        return int(wrong[confidence >= value].sum())

    return lowest_threshold(confidence, errors_from, max_error=max_error, delta=delta, start=start)


def lowest_threshold(
    confidence: Floats, errors_from: Callable[[float], int], *, max_error: float, delta: float, start: int | None = None
) -> Threshold:
    """As `accept_threshold`, where what is answered may hang on the threshold: how many of those from it on are wrong.

    A threshold accepts all answers whose confidence is at least as high.
    """
    _check(max_error, delta)
    ranked = np.sort(confidence)[::-1]
    best = Threshold(NOTHING, 0.0, 1.0)
    for size in _sizes(len(ranked), start or _first_size(len(ranked), max_error, delta)):
        value = float(ranked[size - 1])
        tied = int(np.searchsorted(-ranked, -value, side="right"))
        bound = error_bound(errors_from(value), tied, delta=delta)
        if bound > max_error:
            break
        best = Threshold(value, tied / len(ranked), bound)
    return best


def error_bound(errors: int, count: int, *, delta: float) -> float:
    """Clopper-Pearson: the largest error rate that would show so few errors with probability delta."""
    from scipy.special import betaincinv

    return 1.0 if errors >= count else float(betaincinv(errors + 1, count - errors, 1.0 - delta))


def price_table(
    confidence: Floats, correct: NDArray[Any], *, delta: float, max_errors: Sequence[float] = PRICED
) -> tuple[Price, ...]:
    """The share that could be kept under each promise."""
    shares = [accept_threshold(confidence, correct, max_error=alpha, delta=delta) for alpha in max_errors]
    return tuple(Price(alpha, found.accepted_share) for alpha, found in zip(max_errors, shares, strict=True))


def _first_size(count: int, max_error: float, delta: float) -> int:
    """The fewest answers that could pass without an error, but no less than a quarter of all.

    From a tenth on, one early error more often ended the walk than little was gained: of 20 models of 8 or 16 labels an
    outcome four kept nothing then, two do now.
    """
    return max(ceil(log(delta) / log(1.0 - max_error)), count // 4)


def _sizes(count: int, start: int) -> list[int]:
    if start > count:
        return []
    return sorted({int(size) for size in np.linspace(start, count, min(TESTED_SIZES, count - start + 1))})


def _check(max_error: float, delta: float) -> None:
    for name, value in (("max_error", max_error), ("delta", delta)):
        if not 0.0 < value < 1.0:
            raise DeferralError(f"{name} is {value}, it must lie between 0 and 1. Set it in the job file's `tagging`.")
