"""Margins to probabilities, and how far probabilities can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taxonomy.errors import BadInputError

Floats = NDArray[np.float64]
BINS = 15
STEEPEST = 30.0


class CalibrationError(BadInputError):
    """Calibration was asked of data that cannot carry it."""


@dataclass(frozen=True)
class MarginScale:
    """Probabilities softmax(sum_k scale_k margins_k): temperature scaling (Guo et al. 2017) of a sum of heads."""

    scales: tuple[float, ...]

    def probabilities(self, margins: Sequence[Floats]) -> Floats:
        """From one (n, labels) block of margins per head to probabilities, each row summing to 1."""
        return softmax(sum_scaled(margins, self.scales))


def fit_scale(margins: Sequence[Floats], truth: NDArray[np.int64]) -> MarginScale:
    """The scales with the smallest mean negative log likelihood of `truth` (columns), on held-out margins.

    Fit on margins of texts that trained the heads, it would promise far too much.
    """
    from scipy.optimize import minimize

    if not len(truth):
        raise CalibrationError("no held-out text to calibrate on: give more labelled contacts.")
    rows = np.arange(len(truth))

    def loss(logs: Floats) -> tuple[float, Floats]:
        scales = np.exp(logs)
        chance = softmax(sum_scaled(margins, scales))
        chance_of_truth = np.clip(chance[rows, truth], 1e-12, 1.0)
        slopes = [float((chance * block).sum(1).mean() - block[rows, truth].mean()) for block in margins]
        return float(-np.log(chance_of_truth).mean()), np.array(slopes) * scales

    bounds = [(np.log(0.02), np.log(STEEPEST))] * len(margins)
    found = minimize(loss, np.log(np.full(len(margins), 3.0)), jac=True, method="L-BFGS-B", bounds=bounds)
    return MarginScale(tuple(float(value) for value in np.exp(found.x)))


def sum_scaled(margins: Sequence[Floats], scales: Sequence[float] | Floats) -> Floats:
    """The weighted sum of blocks of one shape."""
    total: Floats = np.zeros_like(margins[0], dtype=np.float64)
    for block, scale in zip(margins, scales, strict=True):
        total = total + float(scale) * block
    return total


def softmax(logits: Floats) -> Floats:
    """Row-wise softmax; a logit of minus infinity is a probability of 0."""
    lifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(lifted / lifted.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class ReliabilityBin:
    """Answers of similar confidence: how sure they were on average, and what share was right."""

    count: int
    confidence: float
    accuracy: float


def reliability(confidence: Floats, correct: NDArray[Any], *, bins: int = BINS) -> tuple[ReliabilityBin, ...]:
    """Up to `bins` groups of equal size, from least to most confident."""
    order = np.argsort(confidence, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return tuple(
        ReliabilityBin(len(part), float(confidence[part].mean()), float(correct[part].mean())) for part in parts
    )


def expected_calibration_error(confidence: Floats, correct: NDArray[Any], *, bins: int = BINS) -> float:
    """Mean distance between confidence and accuracy over equal-mass bins, weighted by size, in [0, 1]."""
    table = reliability(confidence, correct, bins=bins)
    total = sum(one.count for one in table)
    if not total:
        raise CalibrationError("no answer to measure calibration on: give at least one labelled contact.")
    return sum(one.count * abs(one.confidence - one.accuracy) for one in table) / total
