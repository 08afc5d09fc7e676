"""When each stage may answer: a stated loss against the full model, and a stated error among what is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.deferral import NOTHING, PRICED, Price, accept_threshold, lowest_threshold
from classifiers.scores import LabelScores
from classifiers.stages import Acceptance

FAMILIAR_SHARE = 0.95
ONE_SIDED_95 = 1.645
LIKELIER_RIGHT = 0.5
"""What is less sure is kept by nobody, however much the promise would allow: it is likelier wrong than right."""

KEPT_BY_NOBODY = -1.0
"""Stands for the confidence of an answer that is too strange to be kept, or not settled."""

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
    """Both stages' acceptance, and the upper bound of the error among all that they keep."""

    lexical: Acceptance
    embedding: Acceptance
    bound: float


def thresholds(held_out: HeldOut, promise: Promise) -> Thresholds:
    """One confidence from which answers are kept, tested on what both stages together would keep from there on.

    Tested apart, each on what reaches it, the second stage had to be as right about what words left open as both are
    about all: it often kept nothing, where all kept answers were right far more often than was promised.
    """
    words, both = held_out.lexical, held_out.full
    cheap = _words_alone(held_out, promise)
    known = Acceptance(0.0, STRANGE, none_strange=True)
    by_words = np.where(cheap.sure(words), words.confidence, KEPT_BY_NOBODY)
    by_either = np.maximum(by_words, np.where(known.sure(both), both.confidence, KEPT_BY_NOBODY))

    def errors_from(value: float) -> int:
        right = np.where(by_words >= value, held_out.lexical_right, held_out.full_right)
        return int((~right[by_either >= value]).sum())

    kept = by_either[by_either >= LIKELIER_RIGHT]
    found = lowest_threshold(kept, errors_from, max_error=promise.max_error, delta=promise.delta)
    lexical = replace(cheap, confidence=max(cheap.confidence, found.value))
    return Thresholds(lexical, replace(known, confidence=found.value), found.bound)


def _words_alone(held_out: HeldOut, promise: Promise) -> Acceptance:
    """What words may keep at most: where nobody asks the second stage, the promise holds for them alone."""
    words = held_out.lexical
    familiar = float(np.quantile(words.novelty, FAMILIAR_SHARE))
    fit = Acceptance(LIKELIER_RIGHT, familiar).sure(words)
    kept = accept_threshold(
        words.confidence[fit], held_out.lexical_right[fit], max_error=promise.max_error, delta=promise.delta
    )
    cheap = cheap_enough(held_out, words.novelty <= familiar, loss=promise.loss)
    return Acceptance(max(kept.value, cheap), familiar)


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
