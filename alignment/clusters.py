"""What replicates say of a view's errors: how contacts of a customer move together, and how figures do (METHODS 2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alignment.measures import SUMMED, SUMS
from alignment.replicates import LINEAR, Replicated
from alignment.tuning import best_lam, standard_error

Array = NDArray[np.float64]

MIN_DESIGN = 0.5
MAX_DESIGN = 10.0
"""Design effects are kept between these: beyond them a slice holds too little to tell."""

_AT = {name: position for position, name in enumerate(SUMS)}
_VOLUME = SUMMED.index("volume")


@dataclass(frozen=True)
class Clusters:
    """Per target and measure (the share for `volume`).

    `design` (targets, measures): the variance of a figure over what it would be for independent contacts.
    `deviations` (replicates, targets, measures): the figures' errors in each replicate, scaled to a mean square of 1,
    so that products of two columns average to the correlation of the two figures.
    """

    design: Array
    deviations: Array

    def of(self, columns: list[int]) -> Clusters:
        """Those of some targets."""
        return Clusters(self.design[columns], self.deviations[:, columns])


def clusters_of(replicated: Replicated, sums: Array, *, lam: float | None = None) -> Clusters:
    """Design effects and joint errors from replicates and the sums (targets, measures, SUMS) of the same contacts.

    The replicates of a mean are linearised: (V_b - theta N_b) / N; of a share: (N_b - p n_b) / n.
    """
    used = best_lam(sums) if lam is None else np.full(sums.shape[:2], lam)
    deviations = _deviations(replicated, sums, used)
    spread = np.sqrt((deviations**2).mean(axis=0))
    error = standard_error(sums, used)
    known = np.isfinite(error) & (error > 0) & (spread > 0)
    design = np.where(known, (spread / np.where(known, error, 1.0)) ** 2, 1.0)
    unit = np.divide(deviations, spread, out=np.zeros_like(deviations), where=known)
    return Clusters(np.clip(design, MIN_DESIGN, MAX_DESIGN), unit)


def _deviations(replicated: Replicated, sums: Array, lam: Array) -> Array:
    d, g, vd, vg = (replicated.sums[..., LINEAR.index(name)].astype(np.float64) for name in LINEAR)
    size_b, total_b = d + lam * g, vd + lam * vg
    size = sums[..., _AT["d"]] + lam * sums[..., _AT["g"]]
    total = sums[..., _AT["vd"]] + lam * sums[..., _AT["vg"]]
    safe = np.where(size > 0, size, np.inf)
    found: Array = (total_b - (total / safe) * size_b) / safe
    count = np.maximum(sums[:, _VOLUME, _AT["n"]], 1.0)
    share = size[:, _VOLUME] / count
    found[..., _VOLUME] = (size_b[..., _VOLUME] - share * replicated.counts[:, None]) / count
    return found
