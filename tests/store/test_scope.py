"""Which contacts have to be read again."""

from __future__ import annotations

from datetime import date, timedelta

from store.scope import begun_in, spans_of

MONDAY = date(2026, 3, 2)


def test_weeks_that_follow_each_other_are_one_span() -> None:
    weeks = [MONDAY + timedelta(weeks=number) for number in (1, 0, 3, 0)]
    assert spans_of(weeks) == [
        (MONDAY, MONDAY + timedelta(weeks=2)),
        (MONDAY + timedelta(weeks=3), MONDAY + timedelta(weeks=4)),
    ]


def test_a_thousand_years_are_a_condition_that_a_database_takes() -> None:
    weeks = [MONDAY + timedelta(weeks=number) for number in range(50_000)]
    assert len(str(begun_in(weeks))) < 500
