"""How unlike everything labelled a text is, and what that says about "fits nothing"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.encoder import FloatMatrix

Floats = NDArray[np.float64]
NEIGHBOURS = 3
TAIL = 0.1
STRANGE_SHARE = 0.01
LOST_SHARE = 0.0005


@dataclass(frozen=True)
class TailFit:
    """The far end of held-out in-scope distances, P(D > d) = TAIL exp(-(d - start) / spread) beyond `start`.

    One fit serves two curves. `novelty` is 0.5 where one in-scope text in 100 is as far, and rises slowly, so that
    the strangest stay in order. `chance_of_none` is 0.5 where one in 2000 is as far, and rises fast: only so many
    in-scope texts are given up for it.
    """

    start: float
    spread: float

    @classmethod
    def of(cls, distances: Floats) -> TailFit:
        """Fit to held-out distances of texts known to be in scope; mean excess over the 90 % point."""
        start = float(np.quantile(distances, 1.0 - TAIL))
        excess = distances[distances > start] - start
        spread = float(excess.mean()) if len(excess) else 0.0
        return cls(start, max(spread, 0.02))

    def distance_at(self, share: float) -> float:
        """The distance beyond which this share of in-scope texts lies."""
        return self.start + self.spread * float(np.log(TAIL / share))

    def novelty(self, distances: Floats) -> Floats:
        """Strangeness in (0, 1), strictly rising with distance."""
        return _logistic((distances - self.distance_at(STRANGE_SHARE)) / (3.0 * self.spread))

    def chance_of_none(self, distances: Floats) -> Floats:
        """LOST_SHARE / (LOST_SHARE + P(D > d)): evidence for "fits nothing" from strangeness alone, in (0, 1)."""
        return _logistic((distances - self.distance_at(LOST_SHARE)) / self.spread)


def nearest_distance(
    vectors: FloatMatrix, reference: FloatMatrix, *, own_rows: NDArray[np.int64] | None = None
) -> Floats:
    """1 minus the mean cosine to the nearest labelled texts, shape (n,); 0 = said before, about 1 = unrelated.

    `own_rows[i]` is the row of `reference` that is text i itself and does not count, or -1.
    """
    if not len(reference):
        return np.ones(len(vectors))
    near = vectors @ reference.T
    if own_rows is not None:
        itself = np.flatnonzero(own_rows >= 0)
        near[itself, own_rows[itself]] = -1.0
    rows = np.arange(len(near))
    shape = (len(near), min(NEIGHBOURS, len(reference)))
    top, counted = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool)
    for place in range(shape[1]):  # a quarter of the time that it takes to sort out all three at once
        top[:, place] = best = near.argmax(axis=1)
        counted[:, place] = near[rows, best] > -1.0
        near[rows, best] = -2.0
    # The cosines that count once more in double precision: in single they show how many texts came along.
    cosines = np.einsum("id,ikd->ik", vectors.astype(np.float64), reference[top].astype(np.float64))
    return np.asarray(1.0 - np.where(counted, cosines, -1.0).mean(axis=1))


def lexical_distance(margins: Floats, unfamiliarity: Floats) -> Floats:
    """Strangeness from words alone: no label claims the text, its words were never seen. Any real number."""
    return np.asarray(2.0 * unfamiliarity - margins.max(axis=1))


def with_none(probabilities: Floats, none_column: int, chance_of_none: Floats) -> Floats:
    """Raise the none column to 1 - (1 - p)(1 - chance), shrink the others alike; rows still sum to 1."""
    raised = probabilities * (1.0 - chance_of_none)[:, None]
    raised[:, none_column] += chance_of_none
    return raised


def _logistic(x: Floats) -> Floats:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))
