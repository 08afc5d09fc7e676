"""How far the tagger is trusted: the choice of lam (METHODS 2), on merged sums.

lam should come from data other than the labels that it weights: fitted on the same labels, coverage
fell to 86-90 % at rates near 1.5 %. `tune` therefore cross-fits it over days; a caller that has the
last period's value passes it as `lam` instead.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from alignment.measures import SUMMED, SUMS

Array = NDArray[np.float64]

GRID: Array = np.linspace(0.0, 1.0, 21)
"""The values of lam that are tried: the standard error is flat around its smallest value."""

TIE = 1e-9
"""Standard errors that differ by a smaller part are equal."""

_AT = {name: position for position, name in enumerate(SUMS)}
_TIMES_LAM = np.array([name.count("g") for name in SUMS], dtype=np.float64)
_VOLUME = SUMMED.index("volume")


def tune(folds: Array, *, lam: Array | float | None = None) -> Array:
    """Sums of shape (folds, targets, measures, SUMS) -> (targets, measures, SUMS) with lam absorbed into g.

    Each fold takes the lam with the smallest standard error on the other folds. Where these hold no
    reviewed contact, the whole decides; where nothing at all is reviewed, lam = 1.
    """
    if lam is not None:
        total: Array = folds.sum(axis=0)
        return absorb(total, np.broadcast_to(np.asarray(lam, dtype=np.float64), total.shape[:2]))
    tuned: Array = np.zeros_like(folds[0])
    for part, used in zip(folds, fold_lam(folds), strict=True):
        if part.any():
            tuned += absorb(part, used)
    return tuned


def fold_lam(folds: Array) -> Array:
    """The lam that each fold takes, shape (folds, targets, measures)."""
    total: Array = folds.sum(axis=0)
    on_all = best_lam(total)
    lam: Array = np.stack([on_all] * len(folds))
    for number, part in enumerate(folds):
        if part.any():
            others = total - part
            reviewed = others[..., _AT["reviewed"]] > 0.5
            lam[number] = np.where(reviewed, best_lam(others), on_all)
    return lam


def absorb(sums: Array, lam: Array) -> Array:
    """The sums of z = d + lam g written as if lam were 1: every g is multiplied by lam."""
    scaled: Array = sums * lam[..., None] ** _TIMES_LAM
    return scaled


def best_lam(sums: Array) -> Array:
    """The lam of GRID with the smallest standard error, shape (targets, measures); 1 where nothing is reviewed.

    The least of those that are as good: where no label is on a target every lam is, and rounding must not choose.
    """
    error = standard_error(sums[None], GRID[:, None, None])
    best = GRID[np.argmax(error <= (1 + TIE) * error.min(axis=0), axis=0)]
    usable = np.isfinite(error).any(axis=0) & (sums[..., _AT["reviewed"]] > 0.5)
    return np.where(usable, best, 1.0)


def standard_error(sums: Array, lam: Array) -> Array:
    """Standard error of the share (measure `volume`) and of the means (all others) at lam; infinite where N_s <= 0.

    `sums` (..., targets, measures, SUMS) and `lam` broadcast against each other without the last axis.
    """
    of_mean = _mean_error(sums, lam)
    shares = sums[..., _VOLUME, :]
    of_mean[..., _VOLUME] = _share_error(shares, lam[..., 0])
    return of_mean


def _square(sums: Array, lam: Array, power: int) -> Array:
    """sum_i v^k z_i^2 = v^k d^2 + 2 lam v^k d g + lam^2 v^k g^2."""
    prefix = "v" * power
    d, cross, g = (sums[..., _AT[prefix + name]] for name in ("dd", "dg", "gg"))
    square: Array = d + 2 * lam * cross + lam**2 * g
    return square


def _mean_error(sums: Array, lam: Array) -> Array:
    size = sums[..., _AT["d"]] + lam * sums[..., _AT["g"]]
    total = sums[..., _AT["vd"]] + lam * sums[..., _AT["vg"]]
    positive = size > 0
    safe = np.where(positive, size, 1.0)
    mean = total / safe
    spread = _square(sums, lam, 2) - 2 * mean * _square(sums, lam, 1) + mean**2 * _square(sums, lam, 0)
    return np.where(positive, np.sqrt(np.maximum(spread, 0.0)) / safe, np.inf)


def _share_error(sums: Array, lam: Array) -> Array:
    count = np.maximum(sums[..., _AT["n"]], 1.0)
    size = sums[..., _AT["d"]] + lam * sums[..., _AT["g"]]
    spread = _square(sums, lam, 0) - size**2 / count
    error: Array = np.sqrt(np.maximum(spread, 0.0)) / count
    return error
