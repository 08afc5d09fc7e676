"""What a trained head is at run time: numbers that turn features into one margin per label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifiers.encoder import FloatMatrix

AT_ONCE = 128
"""Vectors whose similarities to all landmarks are in memory together."""

Precision = TypeVar("Precision", np.float32, np.float64)


@dataclass(frozen=True)
class LinearScorer:
    """Margins X W + b; `weights` has shape (features, labels), `bias` (labels,)."""

    weights: FloatMatrix
    bias: FloatMatrix

    def beside(self, other: LinearScorer) -> LinearScorer:
        """Both over the same features, the columns of the other one last."""
        return LinearScorer(np.hstack([self.weights, other.weights]), np.concatenate([self.bias, other.bias]))

    def columns(self, chosen: Sequence[int]) -> LinearScorer:
        """Only these columns, in this order."""
        return LinearScorer(self.weights[:, list(chosen)], self.bias[list(chosen)])

    def margins(self, features: sparse.csr_matrix | NDArray[np.float64]) -> NDArray[np.float64]:
        """Signed distances, shape (n, labels); the largest is the answer."""
        return np.asarray(features @ self.weights + self.bias, dtype=np.float64)


@dataclass(frozen=True)
class KernelScorer:
    """Margins K A with K = exp(-gamma |x - z|^2) over `landmarks` z, shape (m, d); `weights` A is (m, labels)."""

    landmarks: FloatMatrix
    weights: FloatMatrix
    gamma: float

    def margins(self, vectors: FloatMatrix) -> NDArray[np.float64]:
        """Signed distances, shape (n, labels); the largest is the answer.

        In double precision: how many texts come along changes the order of sums, which single precision would show.
        Some at a time: whole, what stands between vectors and margins takes hundreds of megabytes, and memory asked of
        the system anew more time than the sums do.
        """
        landmarks, squares, weights = self._double
        found = np.zeros((len(vectors), weights.shape[1]))
        for start in range(0, len(vectors), AT_ONCE):
            part = vectors[start : start + AT_ONCE].astype(np.float64)
            found[start : start + AT_ONCE] = _gaussian(part, landmarks, squares, gamma=self.gamma) @ weights
        return found

    @cached_property
    def _double(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        landmarks = self.landmarks.astype(np.float64)
        return landmarks, _squares(landmarks), self.weights.astype(np.float64)


def similarity(vectors: NDArray[Precision], landmarks: NDArray[Precision], *, gamma: float) -> NDArray[Precision]:
    """The Gaussian kernel exp(-gamma |x - z|^2), shape (n, m), in the precision of what it is given."""
    return _gaussian(vectors, landmarks, _squares(landmarks), gamma=gamma)


def _gaussian(
    vectors: NDArray[Precision], landmarks: NDArray[Precision], squares: NDArray[Precision], *, gamma: float
) -> NDArray[Precision]:
    """The kernel, in one array of its own size; `squares` are those of the landmarks' lengths, shape (m,)."""
    found: NDArray[Precision] = vectors @ landmarks.T
    found *= -2.0
    found += _squares(vectors)[:, None]
    found += squares
    np.maximum(found, 0.0, out=found)
    found *= -gamma
    return np.exp(found, out=found)


def _squares(rows: NDArray[Precision]) -> NDArray[Precision]:
    return np.asarray(np.einsum("ij,ij->i", rows, rows))
