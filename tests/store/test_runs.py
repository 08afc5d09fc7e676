from __future__ import annotations

import threading
import time

import pytest

from store import heartbeat
from store.leases import take
from store.runs import StageBusyError, list_runs, recorded
from store.session import Database
from store.tables import stage_leases, stage_runs


def shown(database: Database) -> list[tuple[str, str]]:
    with database.session() as session:
        return [(run["run_id"], run["status"]) for run in list_runs(session, job_id="shop")]


def test_a_stage_is_recorded_with_its_counts_and_leaves_its_lease(database: Database) -> None:
    for name in ("a", "b"):
        with recorded(database, "tag", run_id=name, job_id="shop") as counts:
            counts["tagged"] = 3
            assert shown(database)[0] == (name, "running")
    assert shown(database) == [("b", "done"), ("a", "done")]


def test_a_stage_that_raises_is_recorded_as_failed_and_free_again(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), recorded(database, "tag", run_id="a", job_id="shop"):
        raise ZeroDivisionError
    with recorded(database, "tag", run_id="b", job_id="shop"):
        pass
    assert shown(database) == [("b", "done"), ("a", "failed")]


def test_a_second_run_of_the_same_stage_does_nothing_and_says_who_is_at_work(database: Database) -> None:
    with recorded(database, "tag", run_id="a", job_id="shop"):
        busy = pytest.raises(StageBusyError, match=r"tag of job 'shop' is at work already .*run a")
        with busy, recorded(database, "tag", run_id="b", job_id="shop"):
            pytest.fail("two at work")
        with recorded(database, "tag", run_id="b", job_id="other"):
            pass
    assert shown(database) == [("a", "done")]


def test_a_patient_run_waits_its_turn(database: Database) -> None:
    order = []

    def first() -> None:
        with recorded(database, "tag", run_id="a", job_id="shop"):
            started.set()
            time.sleep(0.3)
            order.append("a")

    started = threading.Event()
    thread = threading.Thread(target=first)
    thread.start()
    started.wait(10)
    with recorded(database, "tag", run_id="b", job_id="shop", patience=30):
        order.append("b")
    thread.join()
    assert order == ["a", "b"]


def test_a_killed_run_is_seen_as_killed_and_the_next_one_says_that_it_goes_on(database: Database) -> None:
    with recorded(database, "tag", run_id="old", job_id="shop"):
        pass
    dead = {"status": "running", "ended_at": None, "process": "here:0:0/1/1"}
    with database.session() as session:
        take(session, "tag:shop", run_id="old")
        session.execute(stage_runs.update().values(dead))
        session.execute(stage_runs.update().values(beat_at=None))
        session.execute(stage_leases.update().values(process=None))
    assert shown(database) == [("old", "killed")]
    with database.session() as session:
        session.execute(stage_leases.update().values(run_id=None))
    with recorded(database, "tag", run_id="new", job_id="shop") as counts:
        assert counts == {"resumed_after": "old"}
    assert shown(database) == [("new", "done"), ("old", "killed")]
    with database.session() as session:
        assert all(run["ended_at"] for run in list_runs(session))


def test_a_working_stage_says_that_it_lives_and_learns_when_it_was_overtaken(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.05)
    with recorded(database, "tag", run_id="a", job_id="shop") as counts:
        with database.session() as session:
            begun = list_runs(session)[0]["beat_at"]
        time.sleep(0.4)
        with database.session() as session:
            assert list_runs(session)[0]["beat_at"] > begun
            session.execute(stage_leases.update().values(token=99))
        time.sleep(0.4)
    assert counts["overtaken"] is True
