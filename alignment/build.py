"""The scorecard of one job and view, put together from moments, survey answers and product events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, partial

import pandas as pd

from alignment.clusters import Clusters
from alignment.effort import EffortScale, scale_named, scale_of
from alignment.estimate import Estimate
from alignment.exposure import with_exposure
from alignment.figures import failure_modes, step_figures, step_friction, target_estimates
from alignment.formula import BaselineNotReadyError, IndexFormula, freeze_formula
from alignment.heart import attempts, task_success
from alignment.index import DRAWS, alignment_index, without_formula
from alignment.index_inputs import index_inputs
from alignment.moments import Moments
from alignment.opportunity import Surveyed, surveyed
from alignment.rectify import TargetEstimates
from alignment.scorecard import AlignmentIndex, FailureMode, OutcomeFigures, Scorecard, TrendPoint, View
from alignment.service_blend import Service, with_service
from alignment.survey import known_by
from alignment.targets import Targets
from alignment.trends import Window, shortest, weekly_windows, window_clusters
from taxonomy.model import Job

TREND_SURVEY_DRAWS = 200
"""Bootstrap draws of each survey mean on a trend line; the scorecard itself takes 1,000."""

TREND_DRAWS = 1000
"""Monte Carlo draws of each index on a trend line; the scorecard itself takes twice as many."""


def build_scorecard(
    job: Job,
    moments: Moments,
    *,
    view: View,
    survey: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    formula: IndexFormula | None = None,
    model: str | None = None,
    tagged_to: datetime | None = None,
    contacts: int = 0,
    reviewed: int = 0,
    effort_scale: str | None = None,
    trends: bool = True,
    service: bool = True,
) -> Scorecard:
    """Every figure of the page, each with its evidence or the reason why there is none.

    Contacts and starts of steps are those of the view's period; survey answers count up to its end, however
    old (`survey.current_answers`). Trend points speak of trailing weeks (`trends`). Without a
    formula the index is not published. `contacts` and `reviewed` are shown as given. Without `trends` the page has no
    trend lines, which are most of the work; without `service` nothing of contacts stands beside satisfaction.
    """
    scale = scale_of(job) if effort_scale is None else scale_named(effort_scale)
    evidence = _Evidence(job, moments.targets, scale, survey, None if events is None else attempts(events, view=view))
    clusters = moments.clusters(view)
    found = target_estimates(moments.folds(view), moments.targets, scale=scale, as_of=view.as_of, clusters=clusters)
    scores = surveyed(job, survey, view=view)
    outcomes = scores.figures
    if service:
        outcomes = with_service(job, survey, outcomes, view=view, watched=partial(_watched, evidence, moments, view))
    success = task_success(job, evidence.attempts, view=view)
    steps = step_figures(job, found, moments.targets, scale=scale, as_of=view.as_of)
    modes = failure_modes(job, found, moments.targets, scale=scale, as_of=view.as_of)
    if formula is None:
        index = without_formula(_why_no_formula(job, outcomes, modes, view), as_of=view.as_of)
    else:
        index = evidence.index(formula, found, scores, view)
    lines = _trends(evidence, moments, view, formula, clusters) if trends else ((), {})
    return Scorecard(
        job=job,
        view=view,
        model=model,
        contacts=contacts,
        reviewed=reviewed,
        tagged_to=tagged_to,
        index=index,
        index_trend=lines[0],
        steps=with_exposure(steps, events, view=view),
        step_trends=lines[1],
        failure_modes=modes,
        outcomes=outcomes,
        task_success=success,
    )


def _watched(evidence: _Evidence, moments: Moments, view: View, start: date, end: date) -> Mapping[str, Service]:
    """What the contacts of some weeks say of each outcome."""
    weeks = replace(view, start=start, end=end)
    folds, outcomes = moments.folds(weeks), evidence.job.outcome_by_id
    found = target_estimates(folds, evidence.targets, scale=evidence.scale, as_of=view.as_of)
    service = {}
    for outcome in outcomes:
        mine = found[evidence.targets.index("outcome", outcome)]
        points = step_friction(evidence.job, mine, scale=evidence.scale, as_of=view.as_of)
        service[outcome] = Service(points, mine.degrees("effort") + 1)
    return service


@dataclass(frozen=True)
class _Evidence:
    """What an index is computed from, besides the estimates of a window's contacts."""

    job: Job
    targets: Targets
    scale: EffortScale
    survey: pd.DataFrame | None
    attempts: pd.DataFrame | None

    def index(
        self,
        formula: IndexFormula,
        found: Sequence[TargetEstimates],
        survey: Surveyed,
        view: View,
        *,
        draws: int = DRAWS,
    ) -> AlignmentIndex:
        """The index of one view or trailing window."""
        success = task_success(self.job, self.attempts, view=view)
        inputs = index_inputs(formula, found, self.targets, survey=survey, success=success, scale=self.scale)
        return alignment_index(formula, inputs, as_of=view.as_of, draws=draws)


def _why_no_formula(job: Job, outcomes: Sequence[OutcomeFigures], modes: Sequence[FailureMode], view: View) -> str:
    try:
        freeze_formula(job, outcomes=outcomes, failure_modes=modes, start=view.start, end=view.end)
    except BaselineNotReadyError as error:
        return str(error)
    return "no formula is frozen for this job yet; publish once to set the baseline"


@dataclass(frozen=True)
class _Trailing:
    """One trailing window with the estimates of its contacts, made only when asked for."""

    evidence: _Evidence
    window: Window
    clusters: Callable[[], Clusters | None]
    columns: list[int]

    @cached_property
    def found(self) -> list[TargetEstimates]:
        """Estimates of every target in the window."""
        evidence, as_of = self.evidence, self.window.view.as_of
        clusters = self.clusters()
        mine = None if clusters is None else clusters.of(self.columns)
        folds = self.window.folds[:, self.columns]
        return target_estimates(folds, evidence.targets, scale=evidence.scale, as_of=as_of, clusters=mine)

    def friction(self, step: str) -> tuple[Window, Estimate]:
        """A step's friction in the window."""
        evidence = self.evidence
        mine = self.found[evidence.targets.index("step", step)]
        points = step_friction(evidence.job, mine, scale=evidence.scale, as_of=self.window.view.as_of)
        return self.window, points

    def index(self, formula: IndexFormula, survey: Surveyed) -> tuple[Window, Estimate]:
        """The index in the window."""
        view = self.window.view
        return self.window, self.evidence.index(formula, self.found, survey, view, draws=TREND_DRAWS).index


def _trends(
    evidence: _Evidence, moments: Moments, view: View, formula: IndexFormula | None, clusters: Clusters | None
) -> tuple[tuple[TrendPoint, ...], Mapping[str, tuple[TrendPoint, ...]]]:
    """The index and each step's friction by week; only targets that these need are estimated."""
    modes = () if formula is None else tuple(outcome for _, outcome in formula.modes)
    columns = moments.targets.columns(modes)
    evidence = replace(evidence, targets=moments.targets.only(modes))
    scores = _ScoresByDate(evidence.job, evidence.survey, {})
    index: list[TrendPoint] = []
    steps: dict[str, list[TrendPoint]] = {step: [] for step in evidence.job.step_by_id}
    for week, windows in weekly_windows(moments, view):
        spans = [
            _Trailing(evidence, window, partial(window_clusters, moments, clusters, window), columns)
            for window in windows
        ]
        for step, points in steps.items():
            points.append(TrendPoint(week, shortest(span.friction(step) for span in spans)))
        if formula is not None:
            known = scores.at(windows[0].view)
            index.append(TrendPoint(week, shortest(span.index(formula, known) for span in spans)))
    return tuple(index), {step: tuple(points) for step, points in steps.items()}


@dataclass(frozen=True)
class _ScoresByDate:
    """Outcome scores per window, computed again only where answers came in."""

    job: Job
    survey: pd.DataFrame | None
    known: dict[int, Surveyed]

    def at(self, window: View) -> Surveyed:
        """The scores as known by the end of the window."""
        answers = 0 if self.survey is None else int(known_by(self.survey["answered_at"], window).sum())
        if answers not in self.known:
            view = replace(window, start=None)
            self.known[answers] = surveyed(self.job, self.survey, view=view, draws=TREND_SURVEY_DRAWS)
        return self.known[answers]
