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
        """
        landmarks, weights = self._double
        return np.asarray(similarity(vectors.astype(np.float64), landmarks, gamma=self.gamma) @ weights)

    @cached_property
    def _double(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return self.landmarks.astype(np.float64), self.weights.astype(np.float64)


def similarity(vectors: NDArray[Precision], landmarks: NDArray[Precision], *, gamma: float) -> NDArray[Precision]:
    """The Gaussian kernel exp(-gamma |x - z|^2), shape (n, m), in the precision of what it is given."""
    squares = np.einsum("ij,ij->i", vectors, vectors)[:, None] + np.einsum("ij,ij->i", landmarks, landmarks)
    distances = np.maximum(squares - 2.0 * (vectors @ landmarks.T), 0.0)
    return np.asarray(np.exp(-gamma * distances))
