"""How large a share of a step's contacts has each effort driver, allowing for the tagger's mistakes about the step.

The mean of a 0/1 value by METHODS 2, from contacts one by one, with contacts of one customer as one cluster. Whether a
contact has the driver is taken as it was found: no review corrects that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from alignment.cells import mean_of
from alignment.estimate import Estimate
from alignment.measures import SUMS, Measure
from alignment.tuning import absorb, fold_lam, standard_error

Array = NDArray[np.float64]

FOLDS = 5
SHARE = Measure(
    "driver", "share", "the drivers of no contact in this view have been looked for", proportion=True, high=1.0
)

_NO_TUNING = np.ones((1, 1))


@dataclass(frozen=True)
class Witnesses:
    """Contacts whose drivers are known.

    `probabilities` and `truth`, shape (n, targets), and `weight`, shape (n,), as in `fold.Evidence`; `drivers`, shape
    (n, drivers), 0 or 1; `customers` and `folds`, shape (n,), numbers of the customer and of the part for lam.
    """

    probabilities: Array
    truth: Array
    weight: Array
    drivers: Array
    customers: NDArray[np.int64]
    folds: NDArray[np.int64]


def driver_shares(seen: Witnesses, *, as_of: datetime) -> list[list[Estimate]]:
    """The share of each target's contacts that has each driver, as [target][driver]."""
    # Volume comes first, as in moments: tuning reads the error of a share there.
    values = np.column_stack([np.ones(len(seen.weight)), seen.drivers])
    d = seen.truth * seen.weight[:, None]
    g = seen.probabilities * (1.0 - seen.weight)[:, None]
    parts = np.stack([_sums(d, g, values, seen, fold) for fold in range(FOLDS)])
    lam = fold_lam(parts)
    sums = np.asarray(sum(absorb(part, used) for part, used in zip(parts, lam, strict=True)))
    errors = standard_error(sums, _NO_TUNING)
    return [
        [
            _estimate(sums[target, column], errors[target, column], design, as_of)
            for column, design in enumerate(_designs(values, seen, target, d=d, g=g, lam=lam), start=1)
        ]
        for target in range(d.shape[1])
    ]


def _estimate(sums: Array, error: float, design: float, as_of: datetime) -> Estimate:
    return mean_of(sums, float(error) * np.sqrt(design), measure=SHARE, as_of=as_of, design=design)


def _sums(d: Array, g: Array, values: Array, seen: Witnesses, fold: int) -> Array:
    """The sums of one part, shape (targets, values, SUMS); a value of 0 or 1 is its own square."""
    rows = seen.folds == fold
    d, g, values = d[rows], g[rows], values[rows]
    count = {"n": float(rows.sum()), "reviewed": float((seen.weight[rows] > 0).sum())}
    products = {"d": d, "g": g, "dd": d * d, "dg": d * g, "gg": g * g}
    plain = {name: product.sum(axis=0)[:, None] for name, product in products.items()}
    valued = {name: product.T @ values for name, product in products.items()}
    shape = (d.shape[1], values.shape[1])
    return np.stack([_one(name, count, plain, valued, shape) for name in SUMS], axis=-1)


def _one(
    name: str, count: dict[str, float], plain: dict[str, Array], valued: dict[str, Array], shape: tuple[int, int]
) -> Array:
    if name in count:
        return np.full(shape, count[name])
    product = name.lstrip("v")
    return np.broadcast_to(plain[product] if product == name else valued[product], shape)


def _designs(values: Array, seen: Witnesses, target: int, *, d: Array, g: Array, lam: Array) -> list[float]:
    """By driver, the variance with customers as clusters over that of independent contacts; at least 1."""
    designs = []
    for column in range(1, values.shape[1]):
        z = d[:, target] + lam[seen.folds, target, column] * g[:, target]
        size = z.sum()
        u = (values[:, column] - (values[:, column] @ z) / size) * z if size > 0 else z
        alone = float((u * u).sum())
        together = float((np.bincount(seen.customers, weights=u) ** 2).sum()) if len(u) else 0.0
        designs.append(max(together / alone, 1.0) if alone > 0 else 1.0)
    return designs
