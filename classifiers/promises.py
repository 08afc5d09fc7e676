"""When each stage may answer: a stated loss against the full model, and a stated error among what is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.deferral import NOTHING, PRICED, Price, accept_threshold
from classifiers.scores import LabelScores
from classifiers.stages import Acceptance

FAMILIAR_SHARE = 0.95
ONE_SIDED_95 = 1.645
STRANGE = 0.5
"""A document this novel (one in 100 that fit is) is given a step by a person: with it 9 % of near strange contacts were
given one, without 20 %, for 0.5 % more of the fitting ones handed over. That it fits nothing may be said of any."""


@dataclass(frozen=True)
class Promise:
    """What the job asks: at most `max_error` among kept answers, with confidence 1 - delta.

    `loss` is the accuracy that may be given up for the speed of the words-only stage.
    """

    max_error: float
    delta: float
    loss: float = 0.001


@dataclass(frozen=True)
class HeldOut:
    """Held-out answers of both stages to the same texts, and the true columns."""

    lexical: LabelScores
    full: LabelScores
    truth: NDArray[np.int64]

    @property
    def lexical_right(self) -> NDArray[np.bool_]:
        """Whether the words alone chose the true label, shape (n,)."""
        return np.asarray(self.lexical.best == self.truth)

    @property
    def full_right(self) -> NDArray[np.bool_]:
        """Whether words and vectors together did, shape (n,)."""
        return np.asarray(self.full.best == self.truth)


@dataclass(frozen=True)
class Thresholds:
    """Both stages' acceptance, and the upper bounds of the error each keeps."""

    lexical: Acceptance
    embedding: Acceptance
    bounds: tuple[float, float]


def thresholds(held_out: HeldOut, promise: Promise) -> Thresholds:
    """Each stage is tested on what reaches it, at half of delta, so that the union keeps the promise."""
    half = promise.delta / 2
    familiar = float(np.quantile(held_out.lexical.novelty, FAMILIAR_SHARE))
    near = held_out.lexical.novelty <= familiar
    kept = accept_threshold(
        held_out.lexical.confidence[near], held_out.lexical_right[near], max_error=promise.max_error, delta=half
    )
    confident = max(kept.value, cheap_enough(held_out, near, loss=promise.loss))
    lexical = Acceptance(confident, familiar)
    embedding = Acceptance(0.0, STRANGE, none_strange=True)
    left = ~lexical.sure(held_out.lexical) & embedding.familiar(held_out.full)
    rest = accept_threshold(
        held_out.full.confidence[left], held_out.full_right[left], max_error=promise.max_error, delta=half
    )
    return Thresholds(lexical, replace(embedding, confidence=rest.value), (kept.bound, rest.bound))


def price_of_promises(held_out: HeldOut, promise: Promise) -> tuple[Price, ...]:
    """The share kept under stricter and looser promises, through both stages."""
    return tuple(
        Price(alpha, _kept_share(held_out, thresholds(held_out, Promise(alpha, promise.delta, promise.loss))))
        for alpha in PRICED
    )


def _kept_share(held_out: HeldOut, found: Thresholds) -> float:
    kept = found.lexical.sure(held_out.lexical) | found.embedding.sure(held_out.full)
    return float(kept.mean())


def cheap_enough(held_out: HeldOut, near: NDArray[Any], *, loss: float) -> float:
    """The lowest confidence at which the cheaper may answer: the accuracy lost to the full model stays within `loss`.

    The loss is taken at its upper 95 % limit, over all texts, in order of confidence.
    """
    candidates = np.flatnonzero(near)
    order = candidates[np.argsort(-held_out.lexical.confidence[candidates], kind="stable")]
    given_up = held_out.full_right[order].astype(float) - held_out.lexical_right[order].astype(float)
    total = len(held_out.truth)
    upper = (np.cumsum(given_up) + ONE_SIDED_95 * np.sqrt(np.cumsum(given_up**2))) / total
    within = np.flatnonzero(upper <= loss)
    return float(held_out.lexical.confidence[order[within[-1]]]) if len(within) else NOTHING
