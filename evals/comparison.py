"""Two models on the same contacts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Z = 1.959964


def paired_difference(new: NDArray[np.bool_], old: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Accuracy of `new` less that of `old` on the same contacts, with a 95 % interval.

    Wald's interval for paired proportions after Agresti & Min (2005): half a contact is added to each of the
    four cells, so that two models that never disagree still get an interval.
    """
    only_new = float((new & ~old).sum()) + 0.5
    only_old = float((~new & old).sum()) + 0.5
    count = len(new) + 2.0
    middle = (only_new - only_old) / count
    error = float(np.sqrt(max(only_new + only_old - (only_new - only_old) ** 2 / count, 0.0))) / count
    difference = float(new.mean() - old.mean())
    return difference, max(-1.0, middle - Z * error), min(1.0, middle + Z * error)
