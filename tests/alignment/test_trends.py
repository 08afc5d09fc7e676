from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from alignment.estimate import Estimate
from alignment.fold import fold
from alignment.moments import SUMS
from alignment.scorecard import View
from alignment.trends import Window, shortest, weekly_windows

MONDAY = date(2026, 1, 5)
N = SUMS.index("n")


@pytest.fixture(scope="module")
def moments(make_world):
    world = make_world(1, n=2000)
    return fold(world.evidence, world.targets)


def test_a_point_sums_its_own_week_and_those_before_it(moments, as_of):
    weeks = dict(weekly_windows(moments, View(as_of)))
    four, eight, thirteen, everything = weeks[MONDAY + timedelta(weeks=9)]
    assert (four.view.start, four.view.end) == (MONDAY + timedelta(weeks=6), MONDAY + timedelta(weeks=10))
    for window in (four, eight, thirteen, everything):
        assert np.allclose(window.folds.sum(axis=0), moments.select(window.view))
    assert four.folds[..., N].sum() < eight.folds[..., N].sum() < everything.folds[..., N].sum()
    assert thirteen.folds[..., N].sum() == everything.folds[..., N].sum()


def test_the_view_decides_which_weeks_have_points_and_where_windows_end(moments, as_of):
    view = View(as_of, MONDAY + timedelta(weeks=4), MONDAY + timedelta(weeks=5, days=2))
    weeks = dict(weekly_windows(moments, view))
    assert list(weeks) == [MONDAY + timedelta(weeks=4), MONDAY + timedelta(weeks=5)]
    last = weeks[MONDAY + timedelta(weeks=5)][0]
    assert last.view.end == view.end
    assert np.allclose(last.folds.sum(axis=0), moments.select(last.view))


def test_the_shortest_window_with_a_figure_is_taken_and_a_longer_one_says_so(as_of):
    missing = Estimate.missing("not enough evidence: thin", as_of=as_of)
    given = Estimate(5.0, 4.0, 6.0, 100, 20, "rectified", as_of)
    windows = [Window(span, View(as_of), np.zeros(1)) for span in (4, 8, None)]
    assert shortest(zip(windows, (given, missing, missing), strict=True)) == given
    longer = shortest(zip(windows, (missing, given, given), strict=True))
    assert longer.reason.startswith("speaks of the 8 weeks up to this one")
    assert replace(longer, reason=None) == given
    assert shortest(zip(windows, (missing, missing, given), strict=True)).reason.startswith("speaks of all weeks")
    assert shortest(zip(windows, (missing,) * 3, strict=True)) == missing


def test_undated_contacts_have_no_trend(make_world, as_of):
    world = make_world(2, n=50, dated=False)
    assert list(weekly_windows(fold(world.evidence, world.targets), View(as_of))) == []
