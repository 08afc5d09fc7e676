"""Measuring only what changed gives what measuring everything gives, whatever happens in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from alignment.fold import fold
from alignment.fold_replicates import fold_replicates
from alignment.moments import Moments
from alignment.targets import Targets
from flows.measure import measure
from store import evidence_weeks
from store.contacts import _add_survey
from store.evidence import read_evidence
from store.evidence_weeks import KnownByWeek, periods_of, weeks_begun
from store.measurements import MeasuredMeanwhileError, last_measurement, save_measurement
from store.moments import read_moments
from store.response_models import read_response_models
from store.session import Database, insert_new
from store.tables import contacts, moments
from store.tags import newest_model
from tagger.model import Survey
from tests.flows.measured_history import JOB, History, history_in


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "headway.db"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    database.engine.dispose()
    return path


@pytest.fixture
def history(tmp_path: Path, empty_database: Path) -> History:
    return history_in(tmp_path, empty_database, 1)


def stored(history: History, as_of: datetime | None = None) -> Moments | None:
    with history.workspace.database.session() as session:
        newest = newest_model(session, JOB.id, as_of=as_of)
        return None if newest is None else read_moments(session, JOB, model_id=newest[1], as_of=as_of)


def recomputed(history: History) -> Moments | None:
    with history.workspace.database.session() as session:
        newest = newest_model(session, JOB.id)
        if newest is None:
            return None
        evidence = read_evidence(session, JOB, model_id=newest[1], as_of=history.now)
    targets = Targets.of(JOB)
    return Moments(targets, fold(evidence, targets).slices, fold_replicates(evidence, targets))


def assert_same(found: Moments | None, wanted: Moments | None) -> None:
    if found is None or wanted is None:
        assert found is wanted
        return
    zero = np.zeros(wanted.shape)
    for key in found.slices.keys() | wanted.slices.keys():
        np.testing.assert_allclose(
            found.slices.get(key, zero), wanted.slices.get(key, zero), rtol=1e-9, atol=1e-9, err_msg=str(key)
        )
    for week, part in wanted.replicates.weeks.items():
        np.testing.assert_allclose(found.replicates.weeks[week].sums, part.sums, rtol=1e-4, atol=1e-3)
    assert {
        week for week, part in found.replicates.weeks.items() if part.counts.any()
    } <= wanted.replicates.weeks.keys()


EVENTS = ("day", "late", "answer", "draw", "decide", "time", "measure", "read_the_rest", "retag")


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(seed=st.integers(0, 10_000), events=st.lists(st.sampled_from(EVENTS), min_size=3, max_size=14))
def test_what_was_measured_bit_by_bit_is_what_a_full_recompute_gives_and_the_past_stays(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path, seed: int, events: list[str]
) -> None:
    history = history_in(tmp_path_factory.mktemp("h"), empty_database, seed)
    history.day(40)
    history.measure()
    believed: list[tuple[datetime, Moments | None]] = []
    for event in (*events, "measure"):
        getattr(history, event)()
        if event == "measure":
            assert_same(stored(history), recomputed(history))
            believed.append((datetime.now(UTC), stored(history)))
    for moment, then in believed:
        assert_same(stored(history, moment), then)
    history.workspace.database.engine.dispose()


def written(history: History, after: int) -> list[tuple[object, ...]]:
    with history.workspace.database.session() as session:
        query = select(moments.c.day, moments.c.channel, moments.c.segment).where(moments.c.pk > after)
        return [row._tuple() for row in session.execute(query)]


def last_row(history: History) -> int:
    with history.workspace.database.session() as session:
        return session.scalar(select(func.max(moments.c.pk))) or 0


def prepared(history: History, *then: Callable[[], object]) -> int:
    for _ in range(30):
        history.now += timedelta(days=1)
        history.day(20)
    history.read_the_rest()
    history.draw()
    for _ in range(20):
        history.decide()
    for step in then:
        step()
    history.measure()
    history.measure()
    return last_row(history)


def test_a_late_answer_touches_the_slice_of_its_contact_alone(history: History) -> None:
    before = prepared(history)
    with history.workspace.database.session() as session:
        row = session.execute(
            select(contacts.c.pk, contacts.c.started_at, contacts.c.channel, contacts.c.segment).where(
                contacts.c.effort.is_(None), contacts.c.started_at.is_not(None)
            )
        ).first()
        assert row is not None
        _add_survey(session, row.pk, Survey(2.0, None, history.now, "ces2-7"))
    done = history.measure()
    assert not done.everything
    assert written(history, before) == [(row.started_at.date(), row.channel, [list(p) for p in row.segment.items()])]


def test_a_repeat_contact_flips_the_earlier_one_in_its_own_slice(history: History) -> None:
    before = prepared(history)
    with history.workspace.database.session() as session:
        query = select(contacts).where(contacts.c.customer.is_not(None), contacts.c.started_at.is_not(None))
        first = session.execute(query.order_by(contacts.c.started_at)).first()
        assert first is not None
        key = (session.scalar(select(func.max(contacts.c.pk))) or 0) + 1
        start = first.started_at - timedelta(days=1)
        own = {"pk": key, "contact_id": "again", "started_at": start, "ended_at": start, "channel": first.channel}
        insert_new(session, contacts, [{**first._mapping, **own}])
    history.measure()
    touched = {row[0] for row in written(history, before)}
    assert touched == {first.started_at.date()}  # the new one is not tagged yet: it only says what follows what


def test_nothing_new_writes_nothing(history: History) -> None:
    before = prepared(history)
    assert history.measure().slices_written == 0
    assert last_row(history) == before


def test_an_erased_contact_is_noticed_and_everything_is_folded_again(history: History) -> None:
    prepared(history)
    with history.workspace.database.session() as session:
        session.execute(delete(contacts).where(contacts.c.pk == 7))
    done = history.measure()
    assert done.everything
    assert_same(stored(history), recomputed(history))


def test_a_full_measurement_gives_the_same_and_writes_nothing(history: History) -> None:
    prepared(history)
    done = measure(history.workspace, as_of=history.now, full=True)
    assert (done.everything, done.slices_written) == (True, 0)


def test_how_contacts_are_cut_into_parts_does_not_show_in_the_last_bit(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(history)
    history.now += timedelta(days=40)
    with history.workspace.database.session() as session:
        known = KnownByWeek(session, JOB, "m1", history.now, reviews={})
        whole = known.fit(periods_of(weeks_begun(session, JOB.id)))
    monkeypatch.setattr(evidence_weeks, "MOST", 1)
    done = measure(history.workspace, as_of=history.now, full=True)
    with history.workspace.database.session() as session:
        known = KnownByWeek(session, JOB, "m1", history.now, reviews={})
        assert known.fit(whole) == whole
        assert len(list(known.evidence(weeks_begun(session, JOB.id), models=whole))) > 4
    monkeypatch.undo()
    assert done.everything
    assert measure(history.workspace, as_of=history.now, full=True).slices_written == 0
    assert_same(stored(history), recomputed(history))


def test_of_two_measurements_at_once_one_is_refused(history: History) -> None:
    prepared(history)
    with history.workspace.database.session() as session:
        last = last_measurement(session, JOB, "m1")
        assert last is not None
        with pytest.raises(MeasuredMeanwhileError, match="measure again"):
            save_measurement(
                session, JOB, model_id="m1", number=last.number, as_of=last.as_of, reach=last.reach, reviews={}
            )


def test_a_response_model_stays_when_an_answer_comes_and_is_fitted_again_when_its_month_has_doubled(
    history: History,
) -> None:
    prepared(history)
    with history.workspace.database.session() as session:
        before = read_response_models(session, JOB, "m1")
    history.answer()
    history.measure()
    with history.workspace.database.session() as session:
        assert read_response_models(session, JOB, "m1") == before
    history.day(1500)
    history.read_the_rest()
    history.draw()
    for _ in range(3):
        history.decide()
    history.measure()
    with history.workspace.database.session() as session:
        after = read_response_models(session, JOB, "m1")
    assert after != before
    assert sum(model.contacts for model in after.values()) > sum(model.contacts for model in before.values())
