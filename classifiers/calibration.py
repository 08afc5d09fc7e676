"""Margins to probabilities, and how far probabilities can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taxonomy.errors import BadInputError

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
BINS = 15
STEEPEST = 30.0
TINY = 1e-12
MIDDLES = (0.0, -1.0, 0.0)
WIDTHS = (1.5, 0.7, 0.5)
"""Where the prior of a mixture has logit w, log r and log beta, and how wide it is there."""


class CalibrationError(BadInputError):
    """Calibration was asked of data that cannot carry it."""


@dataclass(frozen=True)
class MarginScale:
    """Probabilities p = w softmax(z) + (1 - w) softmax(r z) with z = sum_k scale_k margins_k.

    Temperature scaling (Guo et al. 2017) of a sum of heads; with w < 1 an ensemble of a sharp and a flat temperature
    (Zhang et al. 2020), which no single one can stand for. The order of labels is that of z.

    Labels lie in groups, and heads may tell groups apart far better than the labels inside one. So the probability of a
    group is raised to the power beta (`power`) and normalised; inside a group labels keep their proportions.
    """

    scales: tuple[float, ...]
    sharp: float = 1.0
    flatness: float = 1.0
    power: float = 1.0

    def probabilities(self, margins: Sequence[Floats], groups: Codes | None = None) -> Floats:
        """From one (n, labels) block of margins per head to probabilities, each row summing to 1.

        `groups`, shape (labels,), number the group of each label; without them no group is made surer.
        """
        logits = sum_scaled(margins, self.scales)
        chances = softmax(logits)
        if self.sharp < 1.0:
            chances = self.sharp * chances + (1.0 - self.sharp) * softmax(self.flatness * logits)
        if groups is None or self.power == 1.0:
            return chances
        member = membership(groups)
        of_group = chances @ member
        raised = _raised(of_group, self.power)
        return np.asarray(chances * ((raised / np.clip(of_group, TINY, 1.0)) @ member.T))


def fit_scale(margins: Sequence[Floats], truth: Codes) -> MarginScale:
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


def fit_mixture(margins: Sequence[Floats], truth: Codes, groups: Codes | None = None) -> MarginScale:
    """As `fit_scale`, with a second, flatter temperature: held-out margins of few texts are sure and unsure at once.

    With `groups` of the labels, shape (labels,), groups get a power of their own. A prior that counts about as much as
    one text draws w, r and beta to 1/2, 1/e and 1, so that few texts decide little.
    """
    from scipy.optimize import minimize

    count = len(margins)
    middles = np.array(MIDDLES if groups is not None else MIDDLES[:2])
    widths = np.array(WIDTHS[: len(middles)])
    member = None if groups is None else membership(groups)

    def loss(values: Floats) -> tuple[float, Floats]:
        value, slope = _mixture_loss(margins, truth, member, values)
        drawn = (values[count:] - middles) / widths
        slope[count:] += drawn / widths / len(truth)
        return value + 0.5 * float(drawn @ drawn) / len(truth), slope

    bounds = [(np.log(0.02), np.log(STEEPEST))] * count + [(-6.0, 6.0), (-4.0, 0.0), (-1.0, 3.0)][: len(middles)]
    start = np.array([*np.log(fit_scale(margins, truth).scales), *middles])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    scales = tuple(float(value) for value in np.exp(found[:count]))
    power = 1.0 if groups is None else float(np.exp(found[count + 2]))
    return MarginScale(scales, float(1.0 / (1.0 + np.exp(-found[count]))), float(np.exp(found[count + 1])), power)


def _mixture_loss(
    margins: Sequence[Floats], truth: Codes, member: Floats | None, values: Floats
) -> tuple[float, Floats]:
    """Mean negative log likelihood of a mixture and its slopes by log scales, logit w, log r, and log beta of groups.

    With q_h = p_h^beta / sum of p^beta the chance of a label j in group g is p_j q_g / p_g.
    """
    rows, count = np.arange(len(truth)), len(margins)
    scales, share, flat = np.exp(values[:count]), 1.0 / (1.0 + np.exp(-values[count])), float(np.exp(values[count + 1]))
    logits = sum_scaled(margins, scales)
    sharp, blunt = softmax(logits), softmax(flat * logits)
    chances = share * sharp + (1.0 - share) * blunt
    by_value = [
        scale * (share * _turned(sharp, block) + (1.0 - share) * flat * _turned(blunt, block))
        for scale, block in zip(scales, margins, strict=True)
    ]
    by_value += [share * (1.0 - share) * (sharp - blunt), (1.0 - share) * flat * _turned(blunt, logits)]
    likely = np.log(np.clip(chances[rows, truth], TINY, 1.0))
    pull = np.zeros_like(chances)
    pull[rows, truth] = np.exp(-likely)
    by_power: list[float] = []
    if member is not None:
        power, own = float(np.exp(values[count + 2])), member[truth]
        of_group = np.clip(chances @ member, TINY, 1.0)
        raised, logs = _raised(of_group, power), np.log(of_group)
        likely = likely + np.log(np.clip((raised * own).sum(1), TINY, 1.0)) - (logs * own).sum(1)
        pull += (((power - 1.0) * own - power * raised) / of_group) @ member.T
        by_power = [-power * float(((own - raised) * logs).sum(1).mean())]
    slopes = [-float((pull * turned).sum(1).mean()) for turned in by_value]
    return -float(likely.mean()), np.array(slopes + by_power)


def _turned(chances: Floats, block: Floats) -> Floats:
    """How softmax probabilities change with the factor of a block of margins in their logits."""
    return np.asarray(chances * (block - (chances * block).sum(axis=1, keepdims=True)))


def _raised(of_group: Floats, power: float) -> Floats:
    """The groups' probabilities to this power, each row summing to 1."""
    return softmax(power * np.log(np.clip(of_group, TINY, 1.0)))


def membership(groups: Codes) -> Floats:
    """1 where a label is in a group, shape (labels, groups)."""
    return np.eye(int(groups.max()) + 1)[groups]


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
