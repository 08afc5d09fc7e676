from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from alignment.fold import Evidence, fold
from alignment.fold_replicates import fold_replicates
from alignment.moments import Moments
from alignment.resolution import first_contact_resolution
from alignment.resolution_weeks import OpenWeeks, ResolutionWeek, open_weeks, resolution_weeks
from alignment.scorecard import View
from alignment.targets import Targets

UNTIL = datetime(2026, 3, 9, tzinfo=UTC)  # a Monday: the week before has just ended
LAST = date(2026, 3, 2)
COMES_BACK = np.array([0.6, 0.2, 0.4])
MEAN_LAG = 3.0
TRUE = 1 - COMES_BACK * (1 - np.exp(-7 / MEAN_LAG))


def world(job, seed: int, *, n: int = 3000, reviews: float = 0.3) -> tuple[Moments, OpenWeeks]:
    """Six weeks of first contacts up to UNTIL on two steps or none, and a tagger that is right in three of four."""
    rng = np.random.default_rng(seed)
    start = np.array([UNTIL - timedelta(days=float(age)) for age in rng.uniform(0, 42, n)])
    step, back, lag = rng.choice(3, size=n, p=[0.4, 0.4, 0.2]), rng.random(n), rng.exponential(MEAN_LAG, n)
    again = np.where(back < COMES_BACK[step], lag, np.inf)
    rows = [(i, f"c{i}", f"u{i}", start[i]) for i in range(n)]
    rows += [
        (n + i, f"r{i}", f"u{i}", start[i] + timedelta(days=float(again[i])))
        for i in range(n)
        if np.isfinite(again[i]) and start[i] + timedelta(days=float(again[i])) <= UNTIL
    ]
    history = pd.DataFrame(rows, columns=["pk", "contact", "customer", "started_at"])
    history = history.assign(ended_at=history["started_at"], abandoned=False)
    called = np.where(rng.random(n) < 0.75, step, (step + rng.integers(1, 3, n)) % 3)
    targets = Targets.of(job)
    f, truth = np.zeros((n, len(targets))), np.zeros((n, len(targets)))
    f[:, :3], truth[np.arange(n), step] = 0.125, 1.0
    f[np.arange(n), called] = 0.75
    closed = first_contact_resolution(history, window_days=7, as_of=UNTIL).to_numpy()[:n]
    frame = history[:n].assign(
        day=[at.date() for at in start], channel="chat", segment=[()] * n, circumstance=[()] * n, fcr=closed
    )
    evidence = Evidence(frame, f, truth, (rng.random(n) < reviews) / reviews, np.zeros(n))
    monday = [at.date() - timedelta(days=at.weekday()) for at in start]
    newest = np.array([week in open_weeks(UNTIL, window_days=7) for week in monday])
    rows_of = np.flatnonzero(newest)
    part = Evidence(frame.iloc[rows_of].reset_index(drop=True), f[rows_of], truth[rows_of], evidence.weight[rows_of],
                    evidence.response[rows_of])  # fmt: skip
    moments = Moments(targets, fold(evidence, targets).slices, fold_replicates(evidence, targets))
    return moments, OpenWeeks(part, history, UNTIL)


def newest_week(job, seed: int) -> dict[str, ResolutionWeek]:
    moments, newest = world(job, seed)
    return {
        step: next(week for week in weeks if week.week == LAST)
        for step, weeks in resolution_weeks(job, moments, newest, view=View(UNTIL)).items()
    }


def test_the_newest_week_holds_what_its_windows_will_show_though_the_tagger_errs(job) -> None:
    found = [newest_week(job, seed) for seed in range(15)]
    for place, step in enumerate(("find", "pay")):
        estimates = [one[step].estimate for one in found]
        assert np.mean([one.value for one in estimates]) == pytest.approx(TRUE[place], abs=0.02)
        assert sum(one.low <= TRUE[place] <= one.high for one in estimates) >= 12


def test_a_week_with_open_windows_says_so_and_one_without_does_not(job) -> None:
    moments, newest = world(job, 1)
    weeks = resolution_weeks(job, moments, newest, view=View(UNTIL))["pay"]
    assert [one.week for one in weeks] == sorted(one.week for one in weeks)
    last = next(one for one in weeks if one.week == LAST)
    assert last.open > 0
    assert last.estimate.reason is not None and "Kaplan-Meier" in last.estimate.reason
    assert last.estimate.method == "rectified"
    assert all(one.open == 0 and one.estimate.reason is None for one in weeks if one.week < LAST - timedelta(weeks=1))


def test_a_period_and_a_filter_pick_the_same_weeks_as_other_trend_lines(job) -> None:
    moments, newest = world(job, 2)
    view = View(UNTIL, LAST - timedelta(weeks=2), LAST)
    assert [one.week for one in resolution_weeks(job, moments, newest, view=view)["pay"]] == [
        LAST - timedelta(weeks=2),
        LAST - timedelta(weeks=1),
    ]
    nobody = View(UNTIL, filters={"channel": "phone"})
    assert resolution_weeks(job, moments, newest, view=nobody)["pay"] == ()


def test_weeks_are_open_as_long_as_a_window_that_began_in_them_is() -> None:
    assert open_weeks(UNTIL, window_days=7) == (LAST, date(2026, 3, 9))
    assert len(open_weeks(UNTIL, window_days=30)) == 6
