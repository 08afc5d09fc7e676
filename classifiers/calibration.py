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
FLATTER = -1.0
WIDTHS = (1.5, 0.7)
"""Where the prior of a mixture has log r, and how wide it is in logit w and in log r."""


class CalibrationError(BadInputError):
    """Calibration was asked of data that cannot carry it."""


@dataclass(frozen=True)
class MarginScale:
    """Probabilities w softmax(z) + (1 - w) softmax(r z) with z = sum_k scale_k margins_k.

    Temperature scaling (Guo et al. 2017) of a sum of heads; with w < 1 an ensemble of a sharp and a flat temperature
    (Zhang et al. 2020), which no single one can stand for. The order of labels is that of z.
    """

    scales: tuple[float, ...]
    sharp: float = 1.0
    flatness: float = 1.0

    def probabilities(self, margins: Sequence[Floats]) -> Floats:
        """From one (n, labels) block of margins per head to probabilities, each row summing to 1."""
        logits = sum_scaled(margins, self.scales)
        if self.sharp == 1.0:
            return softmax(logits)
        return self.sharp * softmax(logits) + (1.0 - self.sharp) * softmax(self.flatness * logits)


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


def fit_mixture(margins: Sequence[Floats], truth: NDArray[np.int64]) -> MarginScale:
    """As `fit_scale`, with a second, flatter temperature: held-out margins of few texts are sure and unsure at once.

    w and r are drawn to 1/2 and 1/e by a prior that counts about as much as one text, so that few texts decide little.
    """
    from scipy.optimize import minimize

    start = np.array([*np.log(fit_scale(margins, truth).scales), 0.0, FLATTER])
    count = len(margins)

    def loss(values: Floats) -> tuple[float, Floats]:
        value, slope = _mixture_loss(margins, truth, values)
        drawn = np.array([values[count] / WIDTHS[0], (values[count + 1] - FLATTER) / WIDTHS[1]])
        slope[count:] += drawn / np.array(WIDTHS) / len(truth)
        return value + 0.5 * float(drawn @ drawn) / len(truth), slope

    bounds = [(np.log(0.02), np.log(STEEPEST))] * count + [(-6.0, 6.0), (-4.0, 0.0)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    scales = tuple(float(value) for value in np.exp(found[:count]))
    return MarginScale(scales, float(1.0 / (1.0 + np.exp(-found[count]))), float(np.exp(found[count + 1])))


def _mixture_loss(margins: Sequence[Floats], truth: NDArray[np.int64], values: Floats) -> tuple[float, Floats]:
    """Mean negative log likelihood of a mixture and its slopes by log scales, logit of w and log of r."""
    rows, count = np.arange(len(truth)), len(margins)
    scales, share, flat = np.exp(values[:count]), 1.0 / (1.0 + np.exp(-values[count])), float(np.exp(values[count + 1]))
    logits = sum_scaled(margins, scales)
    sharp, blunt = softmax(logits), softmax(flat * logits)
    of_sharp, of_blunt = sharp[rows, truth], blunt[rows, truth]
    chance = np.clip(share * of_sharp + (1.0 - share) * of_blunt, 1e-12, 1.0)
    slopes = []
    for scale, block in zip(scales, margins, strict=True):
        own = block[rows, truth]
        by_sharp = share * of_sharp * (own - (sharp * block).sum(axis=1))
        by_blunt = (1.0 - share) * flat * of_blunt * (own - (blunt * block).sum(axis=1))
        slopes.append(-scale * float(((by_sharp + by_blunt) / chance).mean()))
    slopes.append(-share * (1.0 - share) * float(((of_sharp - of_blunt) / chance).mean()))
    turned = flat * of_blunt * (logits[rows, truth] - (blunt * logits).sum(axis=1))
    slopes.append(-(1.0 - share) * float((turned / chance).mean()))
    return float(-np.log(chance).mean()), np.array(slopes)


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
