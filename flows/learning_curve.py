"""What reviews have bought so far: the tagger's accuracy, and the width of figures, against reviews done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alignment.intervals import Z, exact_interval
from classifiers.model import Model
from classifiers.training import TrainingError
from flows.examination import FEWEST_REVIEWS, drawn_reviews, step_of
from flows.labelled import Labelled
from flows.lessons import Lessons
from store.curves import CurvePoint
from store.training import Decided
from tagger.tag import document_of
from taxonomy.model import Job

Array = NDArray[np.float64]
SHARES = (0.125, 0.25, 0.5)
"""The shares of the decisions, oldest first, after which a tagger is trained to see what it was worth then."""

FEWEST_FOR_WIDTH = 30
NOTHING = 1e-12
"""What rounding leaves of a spread of 0."""


def learning_curve(
    lessons: Lessons, final: Model, *, job: Job, fit: Callable[[Labelled], Model]
) -> tuple[CurvePoint, ...]:
    """Points for the first eighth, quarter and half of the decisions, and for all; none with too few held back.

    Costs a quick training for each point but the last, on so much less than all; vectors of texts are not made twice.
    """
    drawn = drawn_reviews(lessons.held_back)
    exam = drawn if len(drawn) >= FEWEST_REVIEWS else list(lessons.held_back)
    if len(exam) < FEWEST_REVIEWS or not lessons.taught:
        return ()
    every = sorted(one.number for one in (*lessons.taught, *lessons.held_back))
    points = []
    for share in SHARES:
        done = every[: round(share * len(every))]
        taught = sum(one.number <= done[-1] for one in lessons.taught) if done else 0
        try:
            model = fit(lessons.of_first(taught, job)) if taught else None
        except TrainingError:
            model = None  # too few labels to learn anything yet
        if model is not None:
            points.append(_point(model, exam, len(done), taught, done[-1]))
    return (*points, _point(final, exam, len(every), len(lessons.taught), every[-1]))


def curve_json(points: Sequence[CurvePoint], *, seconds: float) -> dict[str, Any]:
    """The curve as it is kept beside its model; `seconds` is what it cost."""
    return {"points": [asdict(point) for point in points], "seconds": round(seconds, 1)}


def _point(model: Model, exam: Sequence[Decided], reviews: int, taught: int, last: int) -> CurvePoint:
    chances = model.score([document_of(one.contact) for one in exam]).by_group
    truth = np.array([[step_of(one) == group for group in model.space.groups] for one in exam], dtype=float)
    weights = np.array([1.0 if one.weight is None else one.weight for one in exam])
    right = truth[np.arange(len(exam)), chances.argmax(axis=1)]
    accuracy = float(weights @ right / weights.sum())
    interval = exact_interval(accuracy, effective_size(right, weights))
    known = np.array([one.number <= last and one.weight is not None for one in exam])
    width = half_width(truth[known], chances[known], weights[known]) if known.sum() >= FEWEST_FOR_WIDTH else None
    return CurvePoint(reviews, taught, accuracy, interval.low, interval.high, width)


def effective_size(values: Array, weights: Array) -> float:
    """Size of a plain sample of 0s and 1s whose mean would be as exact as this weighted one; Kish's without spread."""
    share = weights / weights.sum()
    mean = float(share @ values)
    spread, variance = float(share @ (values - mean) ** 2), float(share**2 @ (values - mean) ** 2)
    return spread / variance if spread > NOTHING else float(1 / (share**2).sum())


def half_width(truth: Array, chances: Array, weights: Array) -> float:
    """Mean over steps of half the 95 % interval of 1{Y = s} - lam f(s), lam in [0, 1] with the smallest error.

    `truth` and `chances` have shape (n, steps). Steps that nobody reviewed are left out.
    """
    share = weights / weights.sum()
    centred = truth - share @ truth
    guessed = chances - share @ chances
    squares = share**2
    with np.errstate(invalid="ignore", divide="ignore"):
        best = (squares @ (centred * guessed)) / (squares @ guessed**2)
    lam = np.clip(np.nan_to_num(best), 0.0, 1.0)
    errors = np.sqrt(squares @ (centred - lam * guessed) ** 2)
    return float(Z * errors[truth.any(axis=0)].mean())
