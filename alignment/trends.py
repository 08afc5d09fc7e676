"""Weekly trend lines. Each point speaks of some trailing weeks that end with its week: four where they suffice.

A single week seldom holds enough reviewed contacts. Where four do not either, the point takes eight, then
thirteen, then all weeks so far, and its `reason` says so. Windows overlap, so neighbouring points share
most of their evidence and a jump shows over several points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from alignment.clusters import Clusters, clusters_of
from alignment.estimate import Estimate
from alignment.moments import Moments, fold_of, week_of
from alignment.rectify import Array
from alignment.scorecard import View

SPANS = (4, 8, 13, None)
"""Lengths of trailing windows in weeks, tried in this order; None = all weeks so far."""

_FOLDS = 5


@dataclass(frozen=True)
class Window:
    """Trailing weeks up to one week: their view and their sums as `Moments.folds` gives them."""

    span: int | None
    view: View
    folds: Array

    def said_of(self, estimate: Estimate) -> Estimate:
        """The estimate with a note of the window's length, if it is not the shortest."""
        if self.span == SPANS[0] or estimate.value is None:
            return estimate
        weeks = "all weeks" if self.span is None else f"the {self.span} weeks"
        note = f"speaks of {weeks} up to this one, since fewer do not hold enough reviewed contacts"
        return replace(estimate, reason=f"{note}; {estimate.reason}" if estimate.reason else note)


def weekly_windows(moments: Moments, view: View) -> Iterator[tuple[date, list[Window]]]:
    """Per week of the view: its Monday and its trailing windows, shortest first.

    A window may reach back before the view's start, never past its end. Weeks without any contact have no point.
    """
    by_week = _by_week(moments, replace(view, start=None))
    for monday in sorted(by_week):
        if view.start is None or monday >= week_of(view.start):
            yield monday, [_window(by_week, monday, span, view) for span in SPANS]


def window_clusters(moments: Moments, whole: Clusters | None, window: Window) -> Clusters | None:
    """What replicates say of a window. Those of a filtered view speak of all contacts, so the whole view's will do."""
    if whole is None or window.view.filters:
        return whole
    replicated = moments.replicates.between(window.view.start, window.view.end)
    return None if replicated is None else clusters_of(replicated, window.folds.sum(axis=0))


def shortest(candidates: Iterable[tuple[Window, Estimate]]) -> Estimate:
    """The figure of the shortest window that has one; the last one's reason where none has."""
    window, estimate = next(given := iter(candidates))
    while estimate.value is None and (longer := next(given, None)) is not None:
        window, estimate = longer
    return window.said_of(estimate)


def _window(by_week: dict[date, Array], monday: date, span: int | None, view: View) -> Window:
    first = min(by_week) if span is None else monday - timedelta(weeks=span - 1)
    parts = [sums for week, sums in by_week.items() if first <= week <= monday]
    end = monday + timedelta(weeks=1)
    end = end if view.end is None else min(end, view.end)
    return Window(span, replace(view, start=first, end=end), np.sum(parts, axis=0))


def _by_week(moments: Moments, view: View) -> dict[date, Array]:
    totals: dict[date, Array] = {}
    for key, sums in moments.within(view).slices.items():
        if key.day is not None:
            week = totals.setdefault(week_of(key.day), np.zeros((_FOLDS, *moments.shape)))
            week[fold_of(key.day, _FOLDS)] += sums
    return totals
