"""Outcome scores: importance, satisfaction and opportunity (METHODS 4)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alignment.estimate import Estimate
from alignment.intervals import t_quantile
from alignment.remembered import Remembered
from alignment.scorecard import OutcomeFigures, View
from alignment.survey import MAPPED, current_answers, known_by
from taxonomy.errors import BadInputError
from taxonomy.model import Job

Array = NDArray[np.float64]

MIN_RESPONDENTS = 10
UNDER_SERVED = 10.0
TOP = 5
_CHUNK = 100
_kept: Remembered[Surveyed] = Remembered(64)


class UnknownGroupError(BadInputError):
    """Outcomes were asked for by something that people who answer surveys are not grouped by."""


def opportunity(importance: Array, satisfaction: Array, *, floor: bool) -> Array:
    """Importance + (importance - satisfaction); with `floor` the gap is not below 0 (Ulwick)."""
    gap = importance - satisfaction
    return importance + (np.maximum(gap, 0.0) if floor else gap)


def served(importance: float, satisfaction: float) -> Literal["under", "right", "over"]:
    """How well an outcome is served, by Ulwick's opportunity landscape (What Customers Want, 2005).

    Under-served from an opportunity of 10 (with floor), over-served where satisfaction passes importance,
    else served right.
    """
    if importance + max(importance - satisfaction, 0.0) >= UNDER_SERVED:
        return "under"
    return "over" if satisfaction > importance else "right"


def outcome_figures(
    job: Job, survey: pd.DataFrame | None, *, view: View, draws: int = 1000
) -> tuple[OutcomeFigures, ...]:
    """Scores of every outcome of the job, in its order, from the answers known by the end of the view.

    Means are weighted; intervals come from a bootstrap over respondents with seeded draws. Fewer than
    MIN_RESPONDENTS people: missing. `survey` columns: see `survey.SURVEY_COLUMNS`, and `segment.NAME` etc.
    """
    return surveyed(job, survey, view=view, draws=draws).figures


@dataclass(frozen=True)
class Surveyed:
    """Scores of every outcome, and by outcome the error of its opportunity in each bootstrap draw.

    People answer on many outcomes and lean to high or low answers, so outcomes err together: products of two
    outcomes' errors average to their covariance.
    """

    figures: tuple[OutcomeFigures, ...]
    deviations: Mapping[str, Array]
    as_of: datetime

    def at(self, as_of: datetime) -> Surveyed:
        """The same scores, asked for at another moment."""
        if as_of == self.as_of:
            return self
        return Surveyed(tuple(_dated(one, as_of) for one in self.figures), self.deviations, as_of)


def _dated(figures: OutcomeFigures, as_of: datetime) -> OutcomeFigures:
    names = ("importance", "satisfaction", "opportunity")
    return replace(figures, **{name: replace(getattr(figures, name), as_of=as_of) for name in names})


def surveyed(job: Job, survey: pd.DataFrame | None, *, view: View, draws: int = 1000) -> Surveyed:
    """`outcome_figures`, and how the opportunities err together. Kept while the survey's frame lives."""
    if survey is None or survey.empty:
        return _scored(job, None, view, draws)
    # what is known by a moment only grows, so that its size says what it is
    known = int(known_by(survey["answered_at"], view).sum())
    asked = (job.id, job.index.floor, tuple(job.step_of.items()), known, tuple(sorted(view.filters.items())), draws)
    return _kept.get(survey, asked, lambda: _scored(job, survey, view, draws)).at(view.as_of)


def surveyed_by(job: Job, survey: pd.DataFrame | None, *, view: View, by: str) -> dict[str, Surveyed]:
    """Scores, ranks and their probabilities in every value of `segment.NAME` or `circumstance.NAME` that people gave.

    Raises UnknownGroupError for anything else: people are surveyed, not contacts, and so have no channel or day.
    """
    if by.partition(".")[0] not in ("segment", "circumstance"):
        raise UnknownGroupError(f"outcomes by {by!r}: use segment.NAME or circumstance.NAME")
    if survey is None or by not in survey.columns:
        return {}
    values = sorted(set(survey[by].dropna().astype(str)))
    return {value: surveyed(job, survey, view=replace(view, filters={**view.filters, by: value})) for value in values}


def _scored(job: Job, survey: pd.DataFrame | None, view: View, draws: int) -> Surveyed:
    answers = None if survey is None else current_answers(survey, view)
    if answers is None or answers.empty:
        return Surveyed(tuple(_unasked(job, outcome, view.as_of) for outcome in job.outcome_by_id), {}, view.as_of)
    scores = _Scores.of(answers, tuple(job.outcome_by_id))
    replicates = _bootstrap(scores, draws)
    figures = _ranked(job, scores, replicates, view.as_of)
    drawn = opportunity(replicates[0], replicates[1], floor=job.index.floor)
    errors = {one.outcome: drawn[:, o] for o, one in enumerate(figures) if one.opportunity.value is not None}
    deviations = {name: error - error.mean() for name, error in errors.items() if np.isfinite(error).all()}
    return Surveyed(figures, deviations, view.as_of)


def _unasked(job: Job, outcome: str, as_of: datetime) -> OutcomeFigures:
    missing = Estimate.missing("not enough evidence: no survey answers on this outcome", as_of=as_of)
    return OutcomeFigures(outcome, job.step_of[outcome], missing, missing, missing, None, None, None)


@dataclass(frozen=True)
class _Scores:
    """Weights, weighted importance and satisfaction, each (respondents, outcomes), respondents sorted."""

    outcomes: tuple[str, ...]
    weight: Array
    importance: Array
    satisfaction: Array
    seed: int
    note: str | None = None
    """How answers were mapped, where they were."""

    @classmethod
    def of(cls, answers: pd.DataFrame, outcomes: tuple[str, ...]) -> _Scores:
        row, distinct = pd.factorize(answers["respondent"].astype(str), sort=True)
        respondents = [str(name) for name in distinct]
        column = answers["outcome"].map({name: i for i, name in enumerate(outcomes)})
        asked = column.notna().to_numpy()
        at = (row[asked], column[asked].to_numpy(dtype=int))
        parts = [np.zeros((len(respondents), len(outcomes))) for _ in range(3)]
        weight = answers["weight"].to_numpy(dtype=float)[asked]
        for part, values in zip(parts, (None, "importance", "satisfaction"), strict=True):
            part[at] = weight if values is None else weight * answers[values].to_numpy(dtype=float)[asked]
        digest = hashlib.sha256("\n".join(respondents).encode()).digest()
        scales = set(answers["scale"]) if "scale" in answers.columns else set()
        note = "; ".join(MAPPED[scale] for scale in sorted(scales & MAPPED.keys())) or None
        return cls(outcomes, parts[0], parts[1], parts[2], int.from_bytes(digest[:8], "big"), note)

    @property
    def lowest(self) -> float:
        """The lowest mean that answers allow."""
        return 0.0 if self.note and MAPPED["1-5-top-two"] in self.note else 1.0

    @property
    def people(self) -> NDArray[np.intp]:
        """Respondents per outcome."""
        counts: NDArray[np.intp] = (self.weight > 0).sum(axis=0)
        return counts

    def means(self, times: Array) -> Array:
        """Mean importance and satisfaction (2, draws, outcomes); `times` (draws, respondents) counts each person."""
        size = times @ self.weight
        safe = np.where(size > 0, size, np.nan)
        return np.stack([times @ self.importance / safe, times @ self.satisfaction / safe])


def _bootstrap(scores: _Scores, draws: int) -> Array:
    """Means per bootstrap draw, shape (2, draws, outcomes). The seed hashes the respondents' ids."""
    rng = np.random.default_rng(scores.seed)
    count = len(scores.weight)
    parts = []
    for start in range(0, draws, _CHUNK):
        size = min(_CHUNK, draws - start)
        parts.append(scores.means(rng.multinomial(count, np.full(count, 1 / count), size=size).astype(float)))
    return np.concatenate(parts, axis=1)


def _ranked(job: Job, scores: _Scores, replicates: Array, as_of: datetime) -> tuple[OutcomeFigures, ...]:
    floor = job.index.floor
    importance, satisfaction = scores.means(np.ones((1, len(scores.weight))))[:, 0]
    values = opportunity(importance, satisfaction, floor=floor)
    drawn = opportunity(replicates[0], replicates[1], floor=floor)
    enough = scores.people >= MIN_RESPONDENTS
    ranks = _ranks(values[None], enough)[0]
    top = (_ranks(drawn, enough) <= TOP).mean(axis=0)
    figures = []
    for o, outcome in enumerate(scores.outcomes):
        people = int(scores.people[o])
        if not enough[o]:
            figures.append(_thin(job, outcome, people, as_of))
            continue
        quantile = t_quantile(_kish(scores.weight[:, o]) - 1)
        important, satisfied, opening = (
            _estimate(
                float(value[o]),
                float(np.nanstd(sample[:, o]) * quantile),
                bounds,
                people,
                as_of=as_of,
                note=scores.note,
            )
            for value, sample, bounds in (
                (importance, replicates[0], (scores.lowest, 10.0)),
                (satisfaction, replicates[1], (scores.lowest, 10.0)),
                (values, drawn, (scores.lowest if floor else 2 * scores.lowest - 10.0, 20.0 - scores.lowest)),
            )
        )
        verdict = served(float(importance[o]), float(satisfaction[o]))
        step = job.step_of[outcome]
        scored = OutcomeFigures(outcome, step, important, satisfied, opening, int(ranks[o]), float(top[o]), verdict)
        figures.append(scored)
    return tuple(figures)


def _ranks(values: Array, enough: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Rank by opportunity per row, 1 = largest, thin outcomes last; equal values share the better rank."""
    comparable = np.where(enough & np.isfinite(values), values, -np.inf)
    larger: NDArray[np.intp] = (comparable[:, None, :] > comparable[:, :, None]).sum(axis=2)
    return np.where(np.isfinite(comparable), larger + 1, len(enough) + 1)


def _kish(weight: Array) -> float:
    return float(weight.sum() ** 2 / (weight**2).sum())


def _estimate(
    value: float, spread: float, bounds: tuple[float, float], people: int, *, as_of: datetime, note: str | None
) -> Estimate:
    low, high = max(value - spread, bounds[0]), min(value + spread, bounds[1])
    return Estimate(value, low, high, people, 0, "survey", as_of, note)


def _thin(job: Job, outcome: str, people: int, as_of: datetime) -> OutcomeFigures:
    unasked = _unasked(job, outcome, as_of)
    if people == 0:
        return unasked
    reason = f"not enough evidence: {people} people answered on this outcome, {MIN_RESPONDENTS} are needed"
    missing = Estimate.missing(reason, as_of=as_of, n=people)
    return replace(unasked, importance=missing, satisfaction=missing, opportunity=missing)
