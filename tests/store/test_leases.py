from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from store.clock import database_now
from store.leases import LAPSE, Busy, Lease, beat, give_back, take
from store.processes import surely_dead, this_process
from store.session import Database
from store.tables import stage_leases


def taken(database: Database, run_id: str, name: str = "tag:shop") -> Lease | Busy:
    with database.session() as session:
        return take(session, name, run_id=run_id)


def test_of_many_who_ask_at_once_one_gets_the_stage(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: taken(database, f"run-{number}"), range(16)))
    (lease,) = [one for one in found if isinstance(one, Lease)]
    assert all(one.name == lease.name for one in found)
    assert isinstance(taken(database, "other", "measure:shop"), Lease)


def test_what_is_given_back_is_free(database: Database) -> None:
    first = taken(database, "first")
    with database.session() as session:
        assert give_back(session, first)
        assert not give_back(session, first) or first.before is None
    second = taken(database, "second")
    assert isinstance(second, Lease)
    assert second.before is None


def test_a_silent_holder_of_another_machine_is_overtaken_after_the_lapse_and_learns_it(database: Database) -> None:
    lost = taken(database, "lost")
    with database.session() as session:
        late = database_now(session) - LAPSE / 2
        session.execute(stage_leases.update().values(process="elsewhere:0:0/1/1", beat_at=late))
    assert isinstance(taken(database, "next"), Busy)
    with database.session() as session:
        session.execute(stage_leases.update().values(beat_at=late - LAPSE))
    found = taken(database, "next")
    assert isinstance(found, Lease)
    assert found.before == "lost"
    with database.session() as session:
        assert not beat(session, lost)
        assert not give_back(session, lost)
        assert beat(session, found)


def test_a_holder_that_was_killed_on_this_machine_is_overtaken_at_once(database: Database) -> None:
    script = "import time; from store.processes import this_process; print(this_process(), flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    name = child.stdout.readline().strip()
    assert not surely_dead(name)
    taken(database, "killed")
    with database.session() as session:
        session.execute(stage_leases.update().values(process=name))
    assert isinstance(taken(database, "next"), Busy)
    child.kill()
    for _ in range(200):
        if surely_dead(name):
            break
        time.sleep(0.02)
    found = taken(database, "next")  # not yet waited for: a zombie is dead too
    child.wait()
    assert isinstance(found, Lease)
    assert found.before == "killed"


def test_a_number_given_to_another_process_is_not_taken_for_the_first_one() -> None:
    machine, number, start = this_process().split("/")
    assert int(number) == os.getpid()
    assert surely_dead(f"{machine}/{number}/{start}9")
    assert not surely_dead(f"other{machine}/{number}/{start}9")
    assert not surely_dead(None)


def test_the_databases_clock_is_near_this_one(database: Database) -> None:
    with database.session() as session:
        first, second = database_now(session), database_now(session)
    assert timedelta() <= second - first < timedelta(seconds=10)
