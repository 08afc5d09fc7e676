from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from alignment.resolution import first_contact_resolution
from alignment.survival import resolution_curve

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)


def contacts(*, count: int, days: float, unresolved: float, seed: int = 0) -> pd.DataFrame:
    """First contacts spread over the newest days; the unresolved come back after about three days, if already."""
    rng = np.random.default_rng(seed)
    start = np.array([AS_OF - timedelta(days=float(age)) for age in rng.uniform(0, days, count)])
    back = rng.random(count) < unresolved
    lag = rng.exponential(3.0, count)
    rows = [{"contact": f"c{i}", "customer": f"u{i}", "started_at": at} for i, at in enumerate(start)]
    for i in np.flatnonzero(back):
        again = start[i] + timedelta(days=float(lag[i]))
        if again < AS_OF:
            rows.append({"contact": f"r{i}", "customer": f"u{i}", "started_at": again})
    frame = pd.DataFrame(rows)
    return frame.assign(ended_at=frame["started_at"], abandoned=False)


def test_the_newest_days_read_what_older_days_will() -> None:
    frame = contacts(count=4000, days=14, unresolved=0.3)
    curve = resolution_curve(frame, window_days=7, as_of=AS_OF, newest_days=14)
    true = 1 - 0.3 * (1 - np.exp(-7 / 3.0))
    week = curve.share[6]
    assert week.low is not None
    assert week.low <= true <= week.high
    assert week.high - week.low < 0.05
    naive = 1 - 0.3 * np.mean(1 - np.exp(-np.minimum(np.linspace(0, 14, 1000), 7) / 3.0))
    assert abs(week.value - true) < abs(naive - true)


def test_where_all_windows_are_closed_it_is_the_plain_share() -> None:
    frame = contacts(count=400, days=60, unresolved=0.4, seed=1)
    frame = frame[frame["started_at"] < AS_OF - timedelta(days=10)]
    curve = resolution_curve(frame, window_days=7, as_of=AS_OF, newest_days=60)
    plain = first_contact_resolution(frame, window_days=7, as_of=AS_OF)
    assert curve.open == 0
    assert curve.share[6].value == pytest.approx(plain.mean(), abs=1e-9)


def test_the_curve_never_rises() -> None:
    curve = resolution_curve(contacts(count=500, days=40, unresolved=0.5), window_days=7, as_of=AS_OF, newest_days=40)
    values = [share.value for share in curve.share]
    assert len(values) == 30
    assert values == sorted(values, reverse=True)


def test_an_abandoned_contact_is_not_resolved() -> None:
    frame = contacts(count=100, days=20, unresolved=0.0).assign(abandoned=True)
    curve = resolution_curve(frame, window_days=7, as_of=AS_OF, newest_days=20)
    assert curve.share[0].value == 0.0


def test_a_window_that_nobody_was_watched_for_has_no_figure() -> None:
    curve = resolution_curve(contacts(count=200, days=5, unresolved=0.2), window_days=7, as_of=AS_OF, newest_days=5)
    assert curve.share[3].value is not None
    assert curve.share[6].value is None
    assert "watched" in (curve.share[6].reason or "")


def test_few_contacts_give_no_curve() -> None:
    curve = resolution_curve(contacts(count=10, days=5, unresolved=0.2), window_days=7, as_of=AS_OF, newest_days=5)
    assert {share.value for share in curve.share} == {None}


def test_nobody_came_back_is_one_with_an_interval() -> None:
    curve = resolution_curve(contacts(count=50, days=30, unresolved=0.0), window_days=7, as_of=AS_OF, newest_days=30)
    assert curve.share[6].value == 1.0
    assert 0.8 < curve.share[6].low < 1.0
