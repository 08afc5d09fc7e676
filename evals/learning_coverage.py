"""Whether intervals still hold the truth once the tagger has learned from the reviews that correct it.

Many small worlds: a weak tagger, a review draw with its probabilities, unsure contacts reviewed besides, a new tagger
trained on these decisions, and the figures before and after, by several ways of using the reviews. The formulas are
those of the scorecard (`alignment`); the tagger is a small one that overfits what it learns, as kernel heads do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alignment.effort import scale_named
from alignment.estimate import Estimate
from alignment.figures import target_estimates
from alignment.fold import Evidence, fold
from alignment.measures import MEASURES
from alignment.scorecard import View
from alignment.targets import Targets
from tagger.review import draw_probabilities, expected_effect

Array = NDArray[np.float64]

AS_OF = datetime(2100, 1, 1, tzinfo=UTC)
SHARES = np.array([0.24, 0.2, 0.15, 0.12, 0.1, 0.08, 0.06, 0.05])
EFFORT = np.array([5.6, 4.2, 5.0, 3.4, 4.6, 5.8, 3.0, 4.4])
TARGETS = Targets(tuple(f"s{number}" for number in range(len(SHARES))), ())
DIMENSION = 10
APART = 3.0
FEATURES = 250
WAVE = 0.25
RIDGE = 0.01
STEEP = 6.0
FOLDS = 5
ANSWERED = 0.35

WAYS: Mapping[str, str] = {
    "before": "the weak tagger, corrected by all drawn reviews",
    "same-reviews": "trained on all decisions, corrected by the same ones",
    "in-sample": "trained on one part, corrected by the other; tags of taught contacts as the tagger gives them",
    "held-back": "the same, but tags of taught contacts from heads that had not seen them (tuned encoders)",
    "headway": "trained on one part, corrected by all; tags of taught contacts from heads that had not seen them",
}


@dataclass(frozen=True)
class Population:
    """Contacts of one world: features, true step, effort (NaN where nobody answered)."""

    features: Array
    step: NDArray[np.int64]
    effort: Array


def draw_population(rng: np.random.Generator, count: int, *, shift: float = 0.0) -> Population:
    """Contacts whose words point to their step; `shift` moves all of them, as another period would."""
    centers = np.random.default_rng(7).normal(size=(len(SHARES), DIMENSION))
    centers *= APART / np.linalg.norm(centers, axis=1, keepdims=True)
    step = rng.choice(len(SHARES), size=count, p=SHARES)
    features = centers[step] + rng.normal(size=(count, DIMENSION)) + shift
    effort = np.clip(EFFORT[step] + rng.normal(scale=1.0, size=count), 1, 7)
    return Population(features, step, np.where(rng.random(count) < ANSWERED, effort, np.nan))


class OverfittingTagger:
    """Ridge regression on random Fourier features, hardly regularised: it nearly knows by heart what it learned."""

    def __init__(self) -> None:
        rng = np.random.default_rng(3)
        self._directions = rng.normal(scale=WAVE, size=(DIMENSION, FEATURES))
        self._phases = rng.uniform(0, 2 * np.pi, FEATURES)

    def fit(self, features: Array, step: NDArray[np.int64]) -> OverfittingTagger:
        """Learn from labelled contacts."""
        mapped, targets = self._mapped(features), np.eye(len(SHARES))[step]
        system = mapped.T @ mapped + RIDGE * np.eye(mapped.shape[1])
        self._weights = np.linalg.solve(system, mapped.T @ targets)
        return self

    def chances(self, features: Array) -> Array:
        """Probabilities, shape (n, steps)."""
        raised = np.exp(STEEP * (self._mapped(features) @ self._weights))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))

    def _mapped(self, features: Array) -> Array:
        waves = np.cos(features @ self._directions + self._phases) * np.sqrt(2 / FEATURES)
        return np.column_stack([waves, np.ones(len(features))])


@dataclass(frozen=True)
class Reviewed:
    """One world after its reviews: which contacts were drawn (with pi), which were read besides, who is held back."""

    population: Population
    weak: Array
    pi: Array
    drawn: NDArray[np.bool_]
    decided: NDArray[np.bool_]
    held_back: NDArray[np.bool_]


def review(rng: np.random.Generator, *, contacts: int, reviews: int, unsure: int, share: float) -> Reviewed:
    """A world whose weak tagger learned a few labels of another period; drawn and some unsure contacts are decided."""
    population = draw_population(rng, contacts)
    before = draw_population(rng, 60, shift=0.5)
    weak = OverfittingTagger().fit(before.features, before.step).chances(population.features)
    top = weak.max(axis=1)
    pi = draw_probabilities(expected_effect(top, np.isfinite(population.effort)), budget=reviews, tau=0.5)
    drawn = rng.random(contacts) < pi
    decided = drawn.copy()
    decided[np.argsort(top, kind="stable")[:unsure]] = True
    return Reviewed(population, weak, pi, drawn, decided, rng.random(contacts) < share)


def ways(world: Reviewed, *, share: float) -> dict[str, tuple[Array, Array]]:
    """Per way the probabilities that are summed, shape (n, steps), and the weights of the reviews that correct."""
    features, step = world.population.features, world.population.step
    everything = np.where(world.drawn, 1 / world.pi, 0.0)
    half = np.where(world.held_back, everything / share, 0.0)
    whole = OverfittingTagger().fit(features[world.decided], step[world.decided]).chances(features)
    taught = np.flatnonzero(world.decided & ~world.held_back)
    plain = OverfittingTagger().fit(features[taught], step[taught]).chances(features)
    honest = plain.copy()
    honest[taught] = _unseen(features[taught], step[taught])
    return {
        "before": (world.weak, everything),
        "same-reviews": (whole, everything),
        "in-sample": (plain, half),
        "held-back": (honest, half),
        "headway": (honest, everything),
    }


def _unseen(features: Array, step: NDArray[np.int64]) -> Array:
    """What taggers that had not seen a contact say of it."""
    fold_of = np.arange(len(step)) % FOLDS
    found = np.zeros((len(step), len(SHARES)))
    for number in range(FOLDS):
        inside, outside = fold_of == number, fold_of != number
        found[inside] = OverfittingTagger().fit(features[outside], step[outside]).chances(features[inside])
    return found


def figures(population: Population, chances: Array, weight: Array) -> Array:
    """Share and mean effort of every step with their intervals, shape (2, steps, 3); NaN where not published."""
    count = len(chances)
    days = pd.to_datetime("2026-01-01") + pd.to_timedelta(np.arange(count) % 50, unit="D")
    frame = pd.DataFrame({"contact": np.char.mod("%06d", np.arange(count)), "day": days.date})
    frame["channel"] = None
    frame["segment"] = frame["circumstance"] = [()] * count
    for name in MEASURES[1:]:
        frame[name] = np.nan
    frame["effort"], frame["customer"] = population.effort, frame["contact"]
    truth = np.zeros((count, len(TARGETS)))
    truth[np.arange(count), population.step] = 1.0
    response = np.where(np.isfinite(population.effort), 1 / ANSWERED, 0.0)
    evidence = Evidence(frame, np.column_stack([chances, np.zeros(count)]), truth, weight, response)
    folds = fold(evidence, TARGETS).folds(View(as_of=AS_OF))
    found = target_estimates(folds, TARGETS, scale=scale_named("ces2-7"), as_of=AS_OF)[: len(SHARES)]
    return np.array([[_ends(one.share) for one in found], [_ends(one.means["effort"]) for one in found]])


def _ends(estimate: Estimate) -> Array:
    ends = (estimate.value, estimate.low, estimate.high)
    return np.array([np.nan if end is None else end for end in ends])


def learning_coverage(
    *, worlds: int, contacts: int, reviews: int, unsure: int, share: float, say: Callable[[str], None]
) -> dict[str, Any]:
    """Coverage, width and bias of shares and mean efforts, by way of using the reviews; `share` is held back."""
    began = time.perf_counter()
    found: dict[str, list[Array]] = {way: [] for way in WAYS}
    right: dict[str, list[float]] = {"weak": [], "taught": []}
    for seed in range(worlds):
        world = review(np.random.default_rng(seed), contacts=contacts, reviews=reviews, unsure=unsure, share=share)
        by_way = ways(world, share=share)
        for way, (chances, weight) in by_way.items():
            found[way].append(figures(world.population, chances, weight))
        for name, way in (("weak", "before"), ("taught", "headway")):
            right[name].append(float((by_way[way][0].argmax(axis=1) == world.population.step).mean()))
        if (seed + 1) % 50 == 0:
            say(f"{seed + 1} worlds")
    lines = {way: _summary(np.stack(figures)) for way, figures in found.items()}
    accuracy = {name: float(np.mean(values)) for name, values in right.items()}
    sizes = {"worlds": worlds, "contacts": contacts, "reviews": reviews, "unsure": unsure, "share": share}
    return {**sizes, "accuracy": accuracy, "seconds": round(time.perf_counter() - began, 1), "ways": lines}


def _summary(found: Array) -> dict[str, dict[str, float]]:
    """`found` (worlds, 2, steps, 3)."""
    truths = np.stack([SHARES, _true_effort()])
    return {name: _line(found[:, place], truths[place]) for place, name in enumerate(("share", "effort"))}


def _line(found: Array, truth: Array) -> dict[str, float]:
    value, low, high = np.moveaxis(found, -1, 0)
    published = np.isfinite(low)
    hit = (low <= truth) & (truth <= high)
    seen = [step for step in range(value.shape[1]) if published[:, step].any()]
    by_world = [hit[world, shown].mean() for world, shown in enumerate(published) if shown.any()]
    return {
        "coverage": float(hit[published].mean()),
        "coverage_se": float(np.std(by_world) / np.sqrt(len(by_world))),
        "worst_step": float(min(hit[published[:, step], step].mean() for step in seen)),
        "published": float(published.mean()),
        "width": float((high - low)[published].mean()),
        "bias": float(max(abs(value[published[:, step], step].mean() - truth[step]) for step in seen)),
    }


def _true_effort() -> Array:
    """Mean of the clipped normal efforts, by numbers."""
    spread = np.random.default_rng(11).normal(size=400_000)
    return np.array([np.clip(mean + spread, 1, 7).mean() for mean in EFFORT])


def learning_text(result: Mapping[str, Any]) -> str:
    """The study as lines for people."""
    accuracy = result["accuracy"]
    lines = [
        f"{result['worlds']} worlds of {result['contacts']:,} contacts, {result['reviews']} drawn and "
        f"{result['unsure']} unsure reviews, {100 * result['share']:g} % held back; tagger right "
        f"{100 * accuracy['weak']:.0f} % before and {100 * accuracy['taught']:.0f} % after; {result['seconds']} s",
        f"{'':22s} {'coverage':>15s} {'worst step':>10s} {'shown':>6s} {'width':>7s} {'bias':>7s}",
    ]
    for way, estimands in result["ways"].items():
        lines += [
            f"{way:14s} {name:7s} {100 * row['coverage']:6.1f} +-{100 * row['coverage_se']:4.1f} % "
            f"{100 * row['worst_step']:9.1f} {100 * row['published']:5.0f} % {row['width']:7.4f} {row['bias']:7.4f}"
            for name, row in estimands.items()
        ]
    return "\n".join([*lines, "", *(f"{way}: {meaning}" for way, meaning in WAYS.items())])
