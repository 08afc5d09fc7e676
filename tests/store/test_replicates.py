from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from alignment.measures import SUMMED
from alignment.moments import Moments, Slice, week_of
from alignment.replicates import LINEAR, Replicated, Replicates
from alignment.targets import Targets
from store.moments import read_moments, save_slices
from store.replicates import save_replicates
from store.session import Database
from taxonomy.loader import find_job

JOB = find_job("online-order")
TARGETS = Targets.of(JOB)
MONDAY, NEXT = date(2026, 3, 2), date(2026, 3, 9)


def part(value: float) -> Replicated:
    sums = np.full((4, len(TARGETS), len(SUMMED), len(LINEAR)), value, dtype=np.float32)
    return Replicated(sums, np.full(4, 10 * value, dtype=np.float32))


def moments(**weeks: float) -> Moments:
    days = {"first": MONDAY, "second": NEXT}
    shape = Moments(TARGETS, {}).shape
    return Moments(
        TARGETS,
        {Slice(days[name], "chat"): np.full(shape, value) for name, value in weeks.items()},
        Replicates({days[name]: part(value) for name, value in weeks.items()}),
    )


def stored(database: Database, as_of: datetime | None = None) -> Replicates:
    with database.session() as session:
        return read_moments(session, JOB, model_id="m", as_of=as_of).replicates


def save(database: Database, wanted: Moments) -> None:
    with database.session() as session:
        changed = save_slices(session, JOB, model_id="m", moments=wanted)
        weeks = {None if where.day is None else week_of(where.day) for where in changed}
        now = datetime.now(UTC)
        save_replicates(session, JOB, model_id="m", replicates=wanted.replicates, weeks=weeks, now=now)


def test_replicates_come_back_by_week(database: Database) -> None:
    wanted = moments(first=1.5, second=2.0)
    save(database, wanted)
    found = stored(database)
    assert found.weeks.keys() == wanted.replicates.weeks.keys()
    for week, sums in wanted.replicates.weeks.items():
        assert (found.weeks[week].sums == sums.sums).all()
        assert (found.weeks[week].counts == sums.counts).all()


def test_only_weeks_whose_contacts_changed_are_written_and_the_past_stays(database: Database) -> None:
    save(database, moments(first=1.0, second=2.0))
    before = datetime.now(UTC)
    changed = moments(first=1.0, second=3.0)
    noisy = replace(changed, replicates=Replicates({**changed.replicates.weeks, MONDAY: part(9.0)}))
    save(database, noisy)
    assert stored(database).weeks[MONDAY].counts[0] == pytest.approx(10.0)
    assert stored(database).weeks[NEXT].counts[0] == pytest.approx(30.0)
    assert stored(database, before).weeks[NEXT].counts[0] == pytest.approx(20.0)


def test_a_week_that_lost_its_contacts_is_gone(database: Database) -> None:
    save(database, moments(first=1.0, second=2.0))
    save(database, moments(first=1.0))
    assert stored(database).weeks.keys() == {MONDAY}


def test_replicates_are_added_to_moments_that_were_kept_without(database: Database) -> None:
    wanted = moments(first=1.0)
    save(database, replace(wanted, replicates=Replicates()))
    assert not stored(database).weeks
    save(database, wanted)
    assert stored(database).weeks.keys() == {MONDAY}
