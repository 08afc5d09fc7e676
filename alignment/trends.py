"""Weekly trend lines. Each point speaks of the four weeks that end with its week.

Single weeks seldom hold enough reviewed contacts; trailing windows overlap, so neighbouring points share
three quarters of their evidence and a jump shows over four points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from alignment.moments import Moments, fold_of, week_of
from alignment.rectify import Array
from alignment.scorecard import View

TRAILING_WEEKS = 4
_FOLDS = 5


def trailing_windows(
    moments: Moments, view: View, *, weeks: int = TRAILING_WEEKS
) -> Iterator[tuple[date, View, Array]]:
    """Per week of the view: its Monday, the view of the trailing window, and that window's `folds`.

    A window may reach back before the view's start, never past its end. Weeks without any contact have no point.
    """
    by_week = _by_week(moments, replace(view, start=None))
    for monday in sorted(by_week):
        if view.start is not None and monday < week_of(view.start):
            continue
        window = [monday - timedelta(weeks=back) for back in range(weeks)]
        folds = sum((by_week[week] for week in window if week in by_week), np.zeros((_FOLDS, *moments.shape)))
        end = monday + timedelta(weeks=1)
        end = end if view.end is None else min(end, view.end)
        yield monday, replace(view, start=window[-1], end=end), folds


def _by_week(moments: Moments, view: View) -> dict[date, Array]:
    totals: dict[date, Array] = {}
    for key, sums in moments.within(view).slices.items():
        if key.day is not None:
            week = totals.setdefault(week_of(key.day), np.zeros((_FOLDS, *moments.shape)))
            week[fold_of(key.day, _FOLDS)] += sums
    return totals
