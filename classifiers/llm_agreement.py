"""From agreement over samples to a probability that the answer is right. What the LLM says of itself is never asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil, log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.calibration import Floats
from classifiers.deferral import NOTHING, accept_threshold

ASSUMED = 0.8
"""Share of unanimous answers assumed right while nothing was measured; fewer where samples disagree."""

EDGE = 1e-4
FOLDS = 5
FEWEST = 20
PRIOR_WEIGHT = 2.0


def assumed_chance(chances: Floats, column: int, agreement: float) -> float:
    """The chance that the LLM's label is right, before anything was measured about this LLM on this job.

    Bayes' rule from the classifier's own calibrated `chances`, shape (labels,), and an LLM that is right with
    r = 0.8 agreement, its mistakes falling where the classifier's doubt lies (p_j / (1 - p_t) for truth t, not
    evenly, as both read the same words): r / (r + (1 - r) sum_{t != label} p_t / (1 - p_t)). So before calibration
    the LLM confirms what the classifier leans to; it does not overrule it.
    """
    right = min(1.0 - EDGE, max(EDGE, ASSUMED * agreement))
    others = np.clip(np.delete(chances, column), 0.0, 1.0 - EDGE)
    against = float((others / (1.0 - others)).sum())
    return right / (right + (1.0 - right) * against)


@dataclass(frozen=True)
class Calibration:
    """How an LLM's answers are believed: P(right) = logistic(offset + slope logit(assumed chance)).

    `threshold` is the least probability that is accepted. Without `examples` it is the stated assumption: offset 0,
    slope 1, threshold 1 - max_error. With them both are fitted, and the threshold keeps the promise (METHODS 9).
    """

    offset: float
    slope: float
    threshold: float
    examples: int = 0
    bound: float = 1.0
    accepted_share: float = 0.0

    @classmethod
    def assumed(cls, max_error: float) -> Calibration:
        """What holds before any example was seen."""
        return cls(0.0, 1.0, 1.0 - max_error)

    def probability(self, assumed: float) -> float:
        """The calibrated probability."""
        return float(_logistic(self.offset + self.slope * _logit(np.array([assumed])))[0])

    def accepts(self, assumed: float) -> bool:
        """Whether an answer may stand."""
        return self.probability(assumed) >= self.threshold

    def as_json(self) -> dict[str, Any]:
        """Plain values; a threshold that accepts nothing is None."""
        return {**asdict(self), "threshold": None if self.threshold == NOTHING else self.threshold}


@dataclass(frozen=True)
class Measured:
    """One held-out contact that the LLM answered: the chance assumed of its label, and whether it was right."""

    assumed: float
    right: bool


def fit_calibration(measured: Sequence[Measured], *, max_error: float, delta: float) -> Calibration:
    """Platt's scaling (1999) of the assumed chance on held-out answers, and the threshold that keeps the promise.

    The threshold is tested on out-of-fold probabilities, so that no answer vouches for itself, and from half of the
    answers on: an LLM's mistakes are spread over all probabilities, so that a small start would end at the first.
    Under 20 answers, or answers that are all right or all wrong, leave offset and slope as assumed; the threshold is
    tested all the same.
    """
    scores = _logit(np.array([one.assumed for one in measured]))
    right = np.array([one.right for one in measured], dtype=bool)
    folds = np.arange(len(measured)) % FOLDS
    held_out = np.zeros(len(measured))
    for fold in range(FOLDS):
        offset, slope = _platt(scores[folds != fold], right[folds != fold])
        held_out[folds == fold] = _logistic(offset + slope * scores[folds == fold])
    start = max(fewest_without_error(max_error, delta), len(measured) // 2)
    found = accept_threshold(held_out, right, max_error=max_error, delta=delta, start=start)
    offset, slope = _platt(scores, right)
    return Calibration(offset, slope, found.value, len(measured), found.bound, found.accepted_share)


def fewest_without_error(max_error: float, delta: float) -> int:
    """The fewest answers that could keep a promise, all of them right."""
    return ceil(log(delta) / log(1.0 - max_error))


def save_calibration(calibration: Calibration, path: Path, *, names: dict[str, Any]) -> None:
    """Write a calibration with what it holds for: LLM, prompt, samples, classifier."""
    path.write_text(json.dumps({**names, "calibration": calibration.as_json()}, indent=1), "utf-8")


def load_calibration(path: Path, *, names: dict[str, Any]) -> Calibration | None:
    """The calibration kept at `path`, or None where there is none for these names."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        values = kept.pop("calibration")
        if kept != names:
            return None
        threshold = NOTHING if values["threshold"] is None else float(values["threshold"])
        return Calibration(**{**values, "threshold": threshold})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _platt(scores: Floats, right: NDArray[np.bool_]) -> tuple[float, float]:
    """Offset and slope by penalised likelihood: drawn to (0, 1), so that few answers change little."""
    from scipy.optimize import minimize

    if len(right) < FEWEST * (FOLDS - 1) / FOLDS or right.all() or not right.any():
        return 0.0, 1.0
    truth = right.astype(float)

    def loss(values: Floats) -> float:
        chance = np.clip(_logistic(values[0] + values[1] * scores), EDGE, 1.0 - EDGE)
        likelihood = float((truth * np.log(chance) + (1.0 - truth) * np.log(1.0 - chance)).sum())
        return -likelihood + 0.5 * PRIOR_WEIGHT * float(values[0] ** 2 + (values[1] - 1.0) ** 2)

    found = minimize(loss, np.array([0.0, 1.0]), method="L-BFGS-B", bounds=[(-6.0, 6.0), (0.05, 4.0)])
    return float(found.x[0]), float(found.x[1])


def _logit(chances: Floats) -> Floats:
    kept = np.clip(chances, EDGE, 1.0 - EDGE)
    return np.asarray(np.log(kept / (1.0 - kept)))


def _logistic(values: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-values)))
