from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.alerts import MIN_POINTS, Series, _largest_of, _statistic, alarm_limit, scan

FIRST = date(2026, 1, 5)


def series(level, *, precision=None) -> Series:
    level = np.asarray(level, dtype=float)
    starts = tuple(FIRST + timedelta(weeks=number) for number in range(len(level)))
    ends = tuple(day + timedelta(weeks=1) for day in starts)
    given = np.ones(len(level)) if precision is None else np.asarray(precision, dtype=float)
    return Series("effort", "pay", starts, ends, level, level, given, given)


def test_a_jump_is_found_and_dated_where_it_happened() -> None:
    rng = np.random.default_rng(3)
    level = np.concatenate([rng.standard_normal(30), rng.standard_normal(20) + 4])
    (alarm,) = scan(series(level), 4.45)
    changed = FIRST + timedelta(weeks=30)
    assert abs((alarm.since - changed).days) <= 7
    assert timedelta(0) < alarm.at - changed <= timedelta(weeks=4)
    assert alarm.strength > 1


def test_nothing_is_said_before_a_baseline_is_there() -> None:
    assert scan(series([0.0] * (MIN_POINTS - 1) + [100.0]), 4.45) == []
    assert scan(series([]), 4.45) == []


def test_after_an_alarm_the_new_level_is_the_past() -> None:
    rng = np.random.default_rng(5)
    level = np.concatenate([rng.standard_normal(20), rng.standard_normal(40) + 5, rng.standard_normal(20) - 5])
    assert len(scan(series(level), 4.45)) == 2


def test_points_that_scatter_more_than_their_errors_say_raise_no_alarm() -> None:
    rng = np.random.default_rng(7)
    loud = sum(len(scan(series(4 * rng.standard_normal(60)), 4.45)) for _ in range(20))
    assert loud <= 2


def test_a_past_that_is_short_is_worth_less_than_a_long_one() -> None:
    short, long = (np.concatenate([np.zeros(past), np.full(2, 3.0)]) for past in (MIN_POINTS, 40))
    strength = [_statistic(level, np.ones(len(level)))[0] for level in (short, long)]
    assert strength[0] < strength[1]


@given(st.integers(0, 2**32 - 1))
def test_the_simulation_walks_as_the_scan_does(seed: int) -> None:
    level = np.random.default_rng(seed).standard_normal(MIN_POINTS + 12)
    looks = [_statistic(level[: now + 1], np.ones(now + 1))[0] for now in range(MIN_POINTS, len(level))]
    assert _largest_of(level[None])[0] == pytest.approx(max(looks), rel=1e-9)


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 50))
def test_the_statistic_does_not_change_with_the_unit(seed: int, unit: float) -> None:
    level = np.random.default_rng(seed).standard_normal(20)
    plain = _statistic(level, np.full(20, 4.0))
    scaled = _statistic(level * unit, np.full(20, 4.0 / unit**2))
    assert plain[1] == scaled[1]
    assert plain[0] == pytest.approx(scaled[0], rel=1e-6)


def test_the_limit_grows_with_the_series_and_falls_with_the_budget() -> None:
    limits = [alarm_limit(count, false_alarms_a_year=0.05) for count in (1, 13, 41)]
    assert limits == sorted(limits)
    assert alarm_limit(41, false_alarms_a_year=1.0) < limits[-1]


def test_quiet_series_keep_to_the_budget() -> None:
    """40 series for two years, a budget of one false alarm a year: two are expected in each of 30 worlds."""
    rng = np.random.default_rng(11)
    limit = alarm_limit(40, false_alarms_a_year=1.0)
    worlds, weeks = 30, 104
    found = sum((_largest_of(rng.standard_normal((40, MIN_POINTS + weeks))) > limit).sum() for _ in range(worlds))
    expected = worlds * weeks / 52
    assert abs(found - expected) < 4 * np.sqrt(expected)
