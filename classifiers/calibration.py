"""Margins to probabilities, and how far probabilities can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.bend import Bend, fit_bend
from taxonomy.errors import BadInputError

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
BINS = 15
STEEPEST = 30.0
TINY = 1e-12
CHANCE_DRAWS = 200
PARTS = 5


@dataclass(frozen=True)
class Usual:
    """Where a figure usually lies, and how far from there (mean and standard deviation of a normal prior)."""

    middle: float
    width: float


ANYWHERE = Usual(0.0, float("inf"))
MIXTURE = (Usual(0.0, 1.5), Usual(-1.0, 0.7), Usual(0.0, 0.5))
"""The prior of a mixture: logit w, log r and log beta."""


class CalibrationError(BadInputError):
    """Calibration was asked of data that cannot carry it."""


@dataclass(frozen=True)
class MarginScale:
    """Probabilities p = w softmax(z) + (1 - w) softmax(r z) with z = sum_k scale_k margins_k.

    Temperature scaling (Guo et al. 2017) of a sum of heads; with w < 1 an ensemble of a sharp and a flat temperature
    (Zhang et al. 2020), which no single one can stand for. The order of labels is that of z.

    Labels lie in groups, and heads may tell groups apart far better than the labels inside one. So the probability of a
    group is raised to the power beta (`power`) and normalised; inside a group labels keep their proportions. What
    shape is left in how sure answers are, `bend` takes away.
    """

    scales: tuple[float, ...]
    sharp: float = 1.0
    flatness: float = 1.0
    power: float = 1.0
    bend: Bend | None = None

    def probabilities(self, margins: Sequence[Floats], groups: Codes | None = None) -> Floats:
        """From one (n, labels) block of margins per head to probabilities, each row summing to 1.

        `groups`, shape (labels,), number the group of each label; without them no group is made surer.
        """
        logits = sum_scaled(margins, self.scales)
        chances = softmax(logits)
        if self.sharp < 1.0:
            chances = self.sharp * chances + (1.0 - self.sharp) * softmax(self.flatness * logits)
        member = membership(groups if groups is not None else np.zeros(chances.shape[1], dtype=np.int64))
        if self.power != 1.0:
            of_group = chances @ member
            chances = chances * ((_raised(of_group, self.power) / np.clip(of_group, TINY, 1.0)) @ member.T)
        return chances if self.bend is None else self.bend.of(chances, member)


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


def fit_mixture(
    margins: Sequence[Floats], truth: Codes, groups: Codes | None = None, *, usual: Sequence[Usual] | None = None
) -> MarginScale:
    """As `fit_scale`, with a second, flatter temperature: held-out margins of few texts are sure and unsure at once.

    With `groups` of the labels, shape (labels,), groups get a power of their own. A prior that counts about as much as
    one text draws w, r and beta to 1/2, 1/e and 1, so that few texts decide little; `usual`, one for each head, draws
    the scales, too. How sure the answers of this mixture are is then bent to how often they are right.
    """
    from scipy.optimize import minimize

    count = len(margins)
    member = membership(groups if groups is not None else np.zeros(margins[0].shape[1], dtype=np.int64))
    shapes = MIXTURE if groups is not None else MIXTURE[:2]
    priors = (*(usual or [ANYWHERE] * count), *shapes)
    middles, widths = np.array([one.middle for one in priors]), np.array([one.width for one in priors])

    def loss(values: Floats) -> tuple[float, Floats]:
        value, slope = _mixture_loss(margins, truth, member, values)
        drawn = (values - middles) / widths
        return value + 0.5 * float(drawn @ drawn) / len(truth), slope[: len(values)] + drawn / widths / len(truth)

    bounds = [(np.log(0.02), np.log(STEEPEST))] * count + [(-6.0, 6.0), (-4.0, 0.0), (-1.0, 3.0)][: len(shapes)]
    start = np.array([*np.log(fit_scale(margins, truth).scales), *middles[count:]])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    power = 1.0 if groups is None else float(np.exp(found[count + 2]))
    scales = tuple(float(value) for value in np.exp(found[:count]))
    mixed = MarginScale(scales, float(1.0 / (1.0 + np.exp(-found[count]))), float(np.exp(found[count + 1])), power)
    return replace(mixed, bend=fit_bend(mixed.probabilities(margins, groups), truth, member))


def cross_fitted(
    margins: Sequence[Floats], truth: Codes, groups: Codes | None = None, *, usual: Sequence[Usual] | None = None
) -> Floats:
    """Probabilities of n texts, shape (n, labels), each by a mixture that was fitted to other texts (`fit_mixture`).

    By the mixture fitted to themselves they look better calibrated than those of new texts will be.
    """
    parts = np.arange(len(truth)) % PARTS
    found = np.zeros_like(margins[0], dtype=np.float64)
    for part in np.unique(parts):
        inside = parts == part
        scale = fit_mixture([block[~inside] for block in margins], truth[~inside], groups, usual=usual)
        found[inside] = scale.probabilities([block[inside] for block in margins], groups)
    return found


@dataclass(frozen=True)
class _Mixture:
    """Probabilities of n texts, shape (n, labels), and how each value of the mixture changes them before the power."""

    before: Floats
    of_group: Floats
    raised: Floats
    power: float
    by_value: Sequence[Floats]
    member: Floats

    @property
    def chances(self) -> Floats:
        return np.asarray(self.before * ((self.raised / self.of_group) @ self.member.T))

    def slopes(self, pull: Floats) -> Floats:
        """From the slopes by each probability, shape (n, labels), to those by log scales, logit w, log r, log beta.

        With q_h = p_h^beta / sum of p^beta the chance of a label j in group g is p_j q_g / p_g.
        """
        factor = self.raised / self.of_group
        by_factor = (pull * self.before) @ self.member
        weighed = by_factor * factor
        total = weighed.sum(axis=1, keepdims=True)
        by_group = (self.power * (weighed - self.raised * total) - weighed) / self.of_group
        by_before = pull * (factor @ self.member.T) + by_group @ self.member.T
        logs = np.log(self.of_group)
        by_power = self.power * ((weighed - self.raised * total) * logs).sum()
        return np.array([*((by_before * turned).sum() for turned in self.by_value), by_power])


def _mixture(margins: Sequence[Floats], member: Floats, values: Floats) -> _Mixture:
    """The mixture with these log scales, logit w, log r, and, where there are several groups, log beta."""
    count = len(margins)
    scales, share, flat = np.exp(values[:count]), 1.0 / (1.0 + np.exp(-values[count])), float(np.exp(values[count + 1]))
    power = float(np.exp(values[count + 2])) if len(values) > count + 2 else 1.0
    logits = sum_scaled(margins, scales)
    sharp, blunt = softmax(logits), softmax(flat * logits)
    by_value = [
        scale * (share * _turned(sharp, block) + (1.0 - share) * flat * _turned(blunt, block))
        for scale, block in zip(scales, margins, strict=True)
    ]
    by_value += [share * (1.0 - share) * (sharp - blunt), (1.0 - share) * flat * _turned(blunt, logits)]
    before = share * sharp + (1.0 - share) * blunt
    of_group = np.clip(before @ member, TINY, 1.0)
    return _Mixture(before, of_group, _raised(of_group, power), power, by_value, member)


def _mixture_loss(margins: Sequence[Floats], truth: Codes, member: Floats, values: Floats) -> tuple[float, Floats]:
    """Mean negative log likelihood of `truth` and its slopes."""
    mixture, rows = _mixture(margins, member, values), np.arange(len(truth))
    chances = np.clip(mixture.chances[rows, truth], TINY, 1.0)
    pull = np.zeros_like(mixture.before)
    pull[rows, truth] = -1.0 / chances / len(truth)
    return -float(np.log(chances).mean()), mixture.slopes(pull)


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


def calibration_error_by_chance(
    confidence: Floats, *, bins: int = BINS, draws: int = CHANCE_DRAWS, seed: int = 0
) -> float:
    """The mean calibration error of answers that are right exactly as often as they are sure, in [0, 1].

    So much of an error says nothing against a tagger: few answers show it by chance alone (consistency resampling,
    Broecker & Smith 2007).
    """
    if not len(confidence):
        raise CalibrationError("no answer to measure calibration on: give at least one labelled contact.")
    rng, sure = np.random.default_rng(seed), np.sort(confidence)
    starts = np.cumsum([0, *(len(part) for part in np.array_split(sure, bins) if len(part))])[:-1]
    gaps = [np.abs(np.add.reduceat((rng.random(len(sure)) < sure) - sure, starts)).sum() for _ in range(draws)]
    return float(np.mean(gaps)) / len(sure)
