"""Measuring only what changed gives what measuring everything gives, whatever happens in whatever order."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
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
from flows.measure import Measured, measure
from flows.workspace import Workspace
from store.contacts import _add_survey
from store.evidence import read_evidence
from store.measurements import MeasuredMeanwhileError, last_measurement, save_measurement
from store.moments import read_moments
from store.response_models import read_response_models
from store.reviews import add_decisions, draw, export_items
from store.session import Database, insert_new
from store.settings import Settings
from store.tables import contacts, moments, tags
from store.tags import newest_model, save_label_space
from tagger.labels import label_space
from tagger.model import Survey
from tagger.review import Decision
from taxonomy.loader import find_job

JOB = find_job("online-order")
SPACE = label_space(JOB)
STEPS = tuple(JOB.step_by_id)
CUSTOMERS = 15


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "headway.db"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    database.engine.dispose()
    return path


@dataclass
class History:
    """A database to which things happen; its clock runs ahead of the real one, so that all records are in its past."""

    workspace: Workspace
    rng: np.random.Generator
    now: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(hours=1))
    model: str = "m1"
    tagged: set[int] = field(default_factory=set)

    def day(self, count: int = 25, *, late: bool = False) -> None:
        """A batch of contacts of the last day, or of any day of the last 40, and their tags."""
        back = self.rng.uniform(0, 40 if late else 1, count)
        with self.workspace.database.session() as session:
            first = (session.scalar(select(func.max(contacts.c.pk))) or 0) + 1
            rows = [self._contact(first + n, self.now - timedelta(days=float(d))) for n, d in enumerate(back)]
            insert_new(session, contacts, rows)
        self.tag(range(first, first + count - 2))  # two are not read yet

    def late(self) -> None:
        self.day(6, late=True)

    def tag(self, keys: object) -> None:
        keys = [key for key in keys if key not in self.tagged]  # type: ignore[attr-defined]
        scores = self.rng.dirichlet(np.full(len(SPACE.labels), 0.05), len(keys)).astype("<f4")
        facts = {"step": None, "outcome": None, "confidence": 0.5, "deferred": False, "source": "model"}
        names = {"job_id": JOB.id, "job_version": JOB.stamp, "model_id": self.model, "evidence": [], "novelty": 0.0}
        with self.workspace.database.session() as session:
            save_label_space(session, self.model, SPACE)
            at = {"tagged_at": datetime.now(UTC)}
            rows = [
                {"contact_pk": key, "scores": row.tobytes(), **facts, **names, **at}
                for key, row in zip(keys, scores, strict=True)
            ]
            insert_new(session, tags, rows)
        self.tagged |= set(keys)

    def read_the_rest(self) -> None:
        with self.workspace.database.session() as session:
            keys = list(session.scalars(select(contacts.c.pk)))
        self.tag(keys)

    def retag(self) -> None:
        """Another model reads half of the contacts; from now on it reads all new ones."""
        self.model, self.tagged = f"{self.model}x", set()
        with self.workspace.database.session() as session:
            keys = list(session.scalars(select(contacts.c.pk)))
        self.tag([key for key in keys if self.rng.random() < 0.5])

    def answer(self) -> None:
        with self.workspace.database.session() as session:
            silent = list(session.scalars(select(contacts.c.pk).where(contacts.c.effort.is_(None))))
            for key in self.rng.choice(silent, size=min(3, len(silent)), replace=False) if silent else []:
                moment = self.now + timedelta(hours=float(self.rng.uniform(-48, 24)))
                _add_survey(session, int(key), Survey(float(self.rng.integers(1, 8)), None, moment, "ces2-7"))

    def draw(self) -> None:
        with self.workspace.database.session() as session:
            if self.tagged:
                draw(session, job_id=JOB.id, job_version=JOB.stamp, model_id=self.model, budget=12)

    def decide(self) -> None:
        """Some items of the queue, decided anew where they were already."""
        with self.workspace.database.session() as session:
            items = [item for item in export_items(session, JOB.id) if item.drawn][: int(self.rng.integers(1, 30))]
            at = datetime.now(UTC)
            chosen = [item for item in items if item.decision is None or self.rng.random() < 0.2]
            steps = [STEPS[self.rng.integers(len(STEPS))] for _ in chosen]
            made = [Decision(step, JOB.step_by_id[step].outcomes[0].id, "a", at) for step in steps]
            add_decisions(session, [(item.item, one) for item, one in zip(chosen, made, strict=True)])

    def time(self) -> None:
        self.now += timedelta(days=float(self.rng.uniform(0.5, 9)))

    def measure(self) -> Measured:
        return measure(self.workspace, as_of=self.now)

    def _contact(self, key: int, start: datetime) -> dict[str, object]:
        rng = self.rng
        answered = rng.random() < 0.4
        return {
            "pk": key,
            "source": "s",
            "contact_id": f"c{key}",
            "content_hash": "h",
            "customer": None if rng.random() < 0.1 else f"u{rng.integers(CUSTOMERS)}",
            "channel": ("chat", "phone", None)[rng.integers(3)],
            "started_at": None if rng.random() < 0.05 else start,
            "ended_at": None if rng.random() < 0.1 else start + timedelta(minutes=float(rng.uniform(-5, 200))),
            "transfers": int(rng.integers(3)),
            "segment": {"tier": ("gold", "free")[rng.integers(2)]},
            "circumstance": {},
            "effort": float(rng.integers(1, 8)) if answered else None,
            "effort_scale": "ces2-7" if answered else None,
            "u": float(rng.random()),
            "ingested_at": datetime.now(UTC),
        }


def history_in(folder: Path, empty: Path, seed: int) -> History:
    shutil.copy(empty, folder / "headway.db")
    return History(Workspace(Settings(home=folder), JOB), np.random.default_rng(seed))


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
