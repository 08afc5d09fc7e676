from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np

from alignment.moments import Moments, Slice
from alignment.targets import Targets
from store.moments import read_moments, save_slices
from store.session import Database
from taxonomy.loader import find_job

JOB = find_job("online-order")
TARGETS = Targets.of(JOB)
SHAPE = Moments(TARGETS, {}).shape


def moments(**days: float) -> Moments:
    return Moments(
        TARGETS, {Slice(date(2026, 3, int(day[1:])), "chat"): np.full(SHAPE, value) for day, value in days.items()}
    )


def test_moments_come_back_exactly(database: Database) -> None:
    wanted = moments(d1=0.1, d2=2.0)
    with database.session() as session:
        assert len(save_slices(session, JOB, model_id="m", moments=wanted)) == 2
    with database.session() as session:
        found = read_moments(session, JOB, model_id="m")
    assert found.slices.keys() == wanted.slices.keys()
    assert all((found.slices[key] == wanted.slices[key]).all() for key in wanted.slices)


def test_only_changed_slices_are_written_and_the_past_stays_readable(database: Database) -> None:
    with database.session() as session:
        save_slices(session, JOB, model_id="m", moments=moments(d1=1.0, d2=2.0))
    before = datetime.now(UTC)
    with database.session() as session:
        assert len(save_slices(session, JOB, model_id="m", moments=moments(d1=1.0, d2=3.0))) == 1
    with database.session() as session:
        now, then = read_moments(session, JOB, model_id="m"), read_moments(session, JOB, model_id="m", as_of=before)
    assert now.slices[Slice(date(2026, 3, 2), "chat")].max() == 3.0
    assert then.slices[Slice(date(2026, 3, 2), "chat")].max() == 2.0


def test_a_slice_that_lost_its_contacts_becomes_zero(database: Database) -> None:
    with database.session() as session:
        save_slices(session, JOB, model_id="m", moments=moments(d1=1.0))
        save_slices(session, JOB, model_id="m", moments=moments(d2=1.0))
        found = read_moments(session, JOB, model_id="m")
    assert found.slices[Slice(date(2026, 3, 1), "chat")].max() == 0.0


def test_versions_share_the_sums_that_did_not_change_and_nobody_may_change_them(database: Database) -> None:
    with database.session() as session:
        save_slices(session, JOB, model_id="m", moments=moments(d1=1.0, d2=2.0))
    with database.session() as session:
        first = read_moments(session, JOB, model_id="m")
        save_slices(session, JOB, model_id="m", moments=moments(d1=1.0, d2=3.0))
    with database.session() as session:
        second = read_moments(session, JOB, model_id="m")
    same, changed = (Slice(date(2026, 3, day), "chat") for day in (1, 2))
    assert second.slices[same] is first.slices[same]
    assert second.slices[changed] is not first.slices[changed]
    assert not second.slices[same].flags.writeable
