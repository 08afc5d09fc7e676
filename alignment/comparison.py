"""Two periods of one job side by side: which figures differ by more than chance, and what moved the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Literal

import pandas as pd

from alignment.change import IndexChange, index_change
from alignment.decomposition import NotComparableError
from alignment.differences import Change, change, settled
from alignment.effort import EffortScale, scale_of
from alignment.figures import failure_modes, step_figures, target_estimates
from alignment.formula import IndexFormula
from alignment.heart import attempts, task_success
from alignment.index_view import index_of_view
from alignment.moments import Moments, week_of
from alignment.scorecard import FailureMode, StepFigures, View
from taxonomy.model import Job

MOST_WEEKS = 13
"""Where nobody names periods, at most so many weeks are set against as many before."""

STEP_MEASURES = ("friction", "burden", "effort", "fcr", "fcr_long", "transfers", "time", "volume", "share")
MODE_MEASURES = ("burden", "effort", "fcr", "fcr_long", "cost", "friction")

Changes = Mapping[str, Change]
Figures = StepFigures | FailureMode


@dataclass(frozen=True)
class Span:
    """Days from `start` up to but not including `end`; None is open."""

    start: date | None
    end: date | None


@dataclass(frozen=True)
class Comparison:
    """What changed from one span to another, by step, by failure mode (its outcome) and by critical step.

    `steps` and `modes` hold a change by measure. `index` is None where it cannot be compared: `index_reason` says why.
    """

    before: Span
    after: Span
    steps: Mapping[str, Changes]
    modes: Mapping[str, Changes]
    task_success: Changes
    index: IndexChange | None
    index_reason: str | None


def spans_of(view: View, *, weeks: Sequence[date], before: Span | None = None) -> tuple[Span, Span] | None:
    """The spans to compare (earlier, later): those asked for, else the view's and as many days just before it.

    A view without a start is cut in two: its newest whole weeks, at most MOST_WEEKS, against as many before. `weeks`
    are the Mondays that have contacts. None where there are too few.
    """
    if before is not None:
        return before, Span(view.start, view.end)
    if view.start is not None:
        end = view.end or (weeks[-1] + timedelta(weeks=1) if weeks else None)
        if end is None or end <= view.start:
            return None
        return Span(view.start - (end - view.start), view.start), Span(view.start, end)
    inside = [week for week in weeks if view.end is None or week + timedelta(weeks=1) <= view.end]
    half = min(MOST_WEEKS, len(inside) // 2)
    if half < 1:
        return None
    last = inside[-1] + timedelta(weeks=1)
    middle, first = last - timedelta(weeks=half), last - timedelta(weeks=2 * half)
    return Span(first, middle), Span(middle, last)


def compare(
    job: Job,
    moments: Moments,
    spans: tuple[Span, Span],
    *,
    view: View,
    survey: pd.DataFrame | None,
    events: pd.DataFrame | None,
    formula: IndexFormula | None,
) -> Comparison:
    """Every figure of both spans, under the view's filters and knowledge.

    Of steps, modes and critical steps alike, many are looked at at once: `differences.settled` allows for that.
    """
    views = tuple(replace(view, start=span.start, end=span.end) for span in spans)
    scale = scale_of(job)
    sides = [_figures(job, moments, one, scale=scale) for one in views]
    judged = partial(_changes, views=views, scale=scale)
    steps = judged([{one.step: one for one in side[0]} for side in sides], STEP_MEASURES)
    modes = judged([{one.outcome: one for one in side[1]} for side in sides], MODE_MEASURES)
    index, reason = _index_change(job, moments, views, survey=survey, events=events, formula=formula)
    return Comparison(spans[0], spans[1], steps, modes, _success(job, events, views), index, reason)


def _figures(
    job: Job, moments: Moments, view: View, *, scale: EffortScale
) -> tuple[Sequence[StepFigures], Sequence[FailureMode]]:
    clusters = moments.clusters(view)
    found = target_estimates(moments.folds(view), moments.targets, scale=scale, as_of=view.as_of, clusters=clusters)
    return (
        step_figures(job, found, moments.targets, scale=scale, as_of=view.as_of),
        failure_modes(job, found, moments.targets, scale=scale, as_of=view.as_of),
    )


def _changes(
    sides: Sequence[Mapping[str, Figures]], measures: Sequence[str], *, views: Sequence[View], scale: EffortScale
) -> Mapping[str, Changes]:
    """Per step or outcome a change by measure; each measure is settled over all of them."""
    found: dict[str, dict[str, Change]] = {name: {} for name in sides[1]}
    for measure in measures:
        way, as_of = good_way(measure, scale), views[1].as_of
        raw = {
            name: change(getattr(sides[0][name], measure), getattr(one, measure), better=way, as_of=as_of)
            for name, one in sides[1].items()
        }
        for name, one in settled(raw).items():
            found[name][measure] = one
    return found


def good_way(measure: str, scale: EffortScale) -> Literal["up", "down", None]:
    """Which way of a measure is good for customers; None for how many there are."""
    match measure:
        case "effort":
            return "up" if scale.good == "high" else "down"
        case "fcr" | "fcr_long":
            return "up"
        case "volume" | "share":
            return None
        case _:
            return "down"


def _success(job: Job, events: pd.DataFrame | None, views: Sequence[View]) -> Changes:
    if events is None:
        return {}
    first, second = (task_success(job, attempts(events, view=view), view=view) for view in views)
    raw = {
        step.id: change(first[step.id], second[step.id], better="up", as_of=views[1].as_of)
        for step in job.critical_steps
        if step.id in first and step.id in second
    }
    return settled(raw)


def _index_change(
    job: Job,
    moments: Moments,
    views: Sequence[View],
    *,
    survey: pd.DataFrame | None,
    events: pd.DataFrame | None,
    formula: IndexFormula | None,
) -> tuple[IndexChange | None, str | None]:
    if formula is None:
        return None, "no index formula is frozen for this job yet"
    first, second = (index_of_view(job, moments, formula, view=view, survey=survey, events=events) for view in views)
    try:
        return index_change(formula, first, second), None
    except NotComparableError as error:
        return None, str(error)


def weeks_in(moments: Moments) -> tuple[date, ...]:
    """Every Monday from the first week with contacts to the last, those without contacts too."""
    known = moments.weeks()
    if not known:
        return ()
    first, last = week_of(known[0]), week_of(known[-1])
    return tuple(first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1))
