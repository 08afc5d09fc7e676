"""Two models on the same contacts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Z = 1.959964
NOTHING = 1e-12
"""What rounding leaves of a spread of 0."""


def paired_difference(
    new: NDArray[np.bool_], old: NDArray[np.bool_], *, weights: NDArray[np.float64] | None = None, z: float = Z
) -> tuple[float, float, float]:
    """Accuracy of `new` less that of `old` on the same contacts, with an interval of `z` standard errors (95 %).

    Wald's interval for paired proportions after Agresti & Min (2005): half a contact is added to each of the
    four cells, so that two models that never disagree still get an interval. With `weights` (1 / pi of drawn contacts)
    shares are weighted, and the number of contacts is the one of which a plain sample would be as exact.
    """
    share = np.full(len(new), 1 / len(new)) if weights is None else weights / weights.sum()
    gained, lost = float(share[new & ~old].sum()), float(share[~new & old].sum())
    size = _effective_size(share, new.astype(float) - old.astype(float))
    only_new, only_old, count = size * gained + 0.5, size * lost + 0.5, size + 2.0
    middle = (only_new - only_old) / count
    error = float(np.sqrt(max(only_new + only_old - (only_new - only_old) ** 2 / count, 0.0))) / count
    return gained - lost, max(-1.0, middle - z * error), min(1.0, middle + z * error)


def _effective_size(share: NDArray[np.float64], change: NDArray[np.float64]) -> float:
    """Size of a plain sample with the same variance of the mean change; Kish's size where nothing changes."""
    mean = float(share @ change)
    spread = float(share @ (change - mean) ** 2)
    variance = float(share**2 @ (change - mean) ** 2)
    return spread / variance if spread > NOTHING else float(1 / (share**2).sum())
