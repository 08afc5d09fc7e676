"""First contact resolution of each step by week, the newest weeks by Kaplan-Meier (METHODS 2).

A week whose windows are all closed speaks through the stored moments. In the newest weeks a part of the contacts has
not been watched for the whole window: each counts there by its pseudo-value (`pseudo_values`), so that reviews correct
these weeks as they correct all others. As in every trend line a point speaks of the four weeks that end with it, or
more where these hold too few reviews (`trends`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from alignment.clusters import Clusters
from alignment.effort import scale_of
from alignment.estimate import Estimate
from alignment.figures import target_estimates
from alignment.fold import Evidence, day_of, fold, part_of
from alignment.fold_replicates import fold_replicates
from alignment.moments import Moments, week_of
from alignment.pseudo_values import Array, pseudo_values
from alignment.rectify import TargetEstimates
from alignment.replicates import Replicated, Replicates
from alignment.resolution import chain_starts
from alignment.scorecard import TrendPoint, View
from alignment.trends import Window, shortest, weekly_windows, window_clusters
from taxonomy.model import Job

WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class ResolutionWeek:
    """One week of a step. `open` first contacts since its first open week have not had the job's whole window yet.

    0 means that all windows are closed; else the figure rests on Kaplan-Meier, and its `reason` says so.
    """

    week: date
    estimate: Estimate
    open: int

    @property
    def point(self) -> TrendPoint:
        """The week on a trend line."""
        return TrendPoint(self.week, self.estimate)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {"week": self.week.isoformat(), "estimate": self.estimate.as_json(), "open": self.open}


@dataclass(frozen=True)
class OpenWeeks:
    """The contacts of the newest weeks, whose windows are not all closed, as known up to `until`.

    `history`: when all contacts of their customers began and ended, with `pk` as in the evidence's frame.
    """

    evidence: Evidence
    history: pd.DataFrame
    until: datetime


def open_weeks(until: datetime, *, window_days: float) -> tuple[date, ...]:
    """The Mondays of the weeks in which a window of so many days may still be open at a moment, oldest first."""
    first, last = week_of((until - timedelta(days=window_days)).date()), week_of(until.date())
    return tuple(first + number * WEEK for number in range((last - first).days // 7 + 1))


def resolution_weeks(
    job: Job, moments: Moments, newest: OpenWeeks, *, view: View
) -> Mapping[str, tuple[ResolutionWeek, ...]]:
    """Every step's resolution within the job's window, week by week."""
    lines: dict[str, list[ResolutionWeek]] = {step: [] for step in job.step_by_id}
    for monday, found, watched in _weekly(job, moments, newest, view):
        for step, estimate in found.items():
            lines[step].append(ResolutionWeek(monday, watched.said_of(estimate), watched.open))
    return {step: tuple(points) for step, points in lines.items()}


def _weekly(
    job: Job, moments: Moments, newest: OpenWeeks, view: View
) -> Iterator[tuple[date, Mapping[str, Estimate], _Watched]]:
    """Each week's figures, and whose windows they rest on."""
    days = job.friction.fcr.window_days
    unclosed = open_weeks(newest.until, window_days=days)
    whole = moments.clusters(view)
    for monday, windows in weekly_windows(moments, view):
        if monday < unclosed[0]:
            yield monday, _points(job, moments, windows, whole), _Watched(days)
    for last in unclosed:
        summed, watched = _with_pseudo_values(job, moments, newest, first=unclosed[0], last=last)
        whole = summed.clusters(view)
        start = last if view.start is None else max(last, view.start)
        for monday, windows in weekly_windows(summed, replace(view, start=start)):
            if monday == last:
                yield monday, _points(job, summed, windows, whole), watched


@dataclass(frozen=True)
class _Watched:
    """First contacts of the open weeks up to one, and how many of them have had `days` of watching not yet."""

    days: int
    open: int = 0
    count: int = 0

    def said_of(self, estimate: Estimate) -> Estimate:
        """The estimate with a note of how it was made, where windows are open."""
        if not self.open:
            return estimate
        since = (
            f"{self.open} of the {self.count} first contacts of the newest weeks not yet watched for {self.days} days"
        )
        note = f"Kaplan-Meier: {since}"
        return replace(estimate, reason=f"{note}; {estimate.reason}" if estimate.reason else note)


@dataclass(frozen=True)
class _Span:
    """One trailing window with the estimates of its contacts on each step."""

    job: Job
    moments: Moments
    window: Window
    clusters: Clusters | None

    @cached_property
    def _found(self) -> list[TargetEstimates]:
        """Estimates of the steps alone, made only when asked for."""
        targets, view = self.moments.targets, self.window.view
        columns = targets.columns(())
        clusters = window_clusters(self.moments, self.clusters, self.window)
        return target_estimates(
            self.window.folds[:, columns],
            targets.only(()),
            scale=scale_of(self.job),
            as_of=view.as_of,
            clusters=None if clusters is None else clusters.of(columns),
        )

    def fcr(self, step: str) -> tuple[Window, Estimate]:
        """A step's resolution in the window."""
        return self.window, self._found[self.moments.targets.index("step", step)].means["fcr"]


def _points(job: Job, moments: Moments, windows: Sequence[Window], whole: Clusters | None) -> Mapping[str, Estimate]:
    """Each step's figure of the shortest window that has one."""
    spans = [_Span(job, moments, window, whole) for window in windows]
    return {step: shortest(span.fcr(step) for span in spans) for step in job.step_by_id}


def _with_pseudo_values(
    job: Job, moments: Moments, newest: OpenWeeks, *, first: date, last: date
) -> tuple[Moments, _Watched]:
    """Moments up to a week with the open weeks folded anew, and how many of their windows are open."""
    weeks = [None if (day := day_of(one)) is None else week_of(day) for one in newest.evidence.frame["day"]]
    part = part_of(newest.evidence, [week is not None and first <= week <= last for week in weeks])
    days = job.friction.fcr.window_days
    values, watched = _values(part.frame, newest, window=days)
    part = replace(part, frame=part.frame.assign(fcr=values))
    kept = {key: sums for key, sums in moments.slices.items() if key.day is not None and key.day < first}
    sampled: dict[date | None, Replicated] = {
        week: one for week, one in moments.replicates.weeks.items() if week is not None and week < first
    }
    replicates = Replicates(sampled) + fold_replicates(part, moments.targets) if sampled else Replicates()
    slices = {**kept, **fold(part, moments.targets).slices}
    count = int(np.isfinite(watched).sum())
    return Moments(moments.targets, slices, replicates), _Watched(days, int((watched < days).sum()), count)


def _values(frame: pd.DataFrame, newest: OpenWeeks, *, window: float) -> tuple[Array, Array]:
    """Per contact its pseudo-value and the days it has been watched; NaN for all but first contacts of chains."""
    firsts = chain_starts(newest.history, window_days=window, as_of=newest.until)
    firsts = firsts.set_index(newest.history["pk"].to_numpy()[firsts["row"].to_numpy()]).reindex(frame["pk"])
    watched = ((pd.Timestamp(newest.until) - firsts["end"]).dt.total_seconds() / 86400).to_numpy(dtype=float)
    until = ((firsts["following"] - firsts["end"]).dt.total_seconds() / 86400).to_numpy(dtype=float)
    abandoned = firsts["abandoned"].eq(True).to_numpy()
    followed = np.isfinite(until)
    days = np.where(abandoned, 0.0, np.where(followed, np.maximum(until, 0.0), watched))
    known = np.isfinite(watched)
    values = np.full(len(frame), np.nan)
    values[known] = pseudo_values(days[known], (followed | abandoned)[known], window=window)
    return values, watched
