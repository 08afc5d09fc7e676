from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import delete, select

from classifiers.artifact import load
from flows.cluster import Spread, land_leftovers
from flows.cluster_engine import ClusterError, engine
from flows.erase_files import clean_files
from flows.honest import honest
from flows.tag import SpreadCounts, keeper_of, tag
from flows.workspace import Workspace
from store.contacts import read_contacts
from store.depot import Depot
from store.settings import SettingsError, load_settings
from store.tables import contact_drivers, review_items, tags, transcripts
from tagger.partitions import tags_file, words_file
from tagger.tag import document_of, tag_contacts

JOB = "online-order"
READ = (
    tags.c.contact_pk, tags.c.step, tags.c.outcome, tags.c.deferred, tags.c.source, tags.c.prompt,
    tags.c.evidence, tags.c.secondary, tags.c.scores, tags.c.confidence, tags.c.novelty,
)  # fmt: skip
EXACT = 9
NEAR = 1e-5
"""Vectors differ in the last digit of a float with what is encoded beside them."""

MANY, EACH = 400, 50


def rows(workspace: Workspace) -> list[tuple[Any, ...]]:
    with workspace.database.session() as session:
        return [tuple(row) for row in session.execute(select(*READ).order_by(tags.c.contact_pk))]


def queue(workspace: Workspace) -> set[tuple[Any, ...]]:
    columns = (review_items.c.contact_pk, review_items.c.reason)
    with workspace.database.session() as session:
        return {tuple(row) for row in session.execute(select(*columns))}


def untag(workspace: Workspace) -> None:
    """Leave some contacts as if no model had read them."""
    with workspace.database.session() as session:
        session.execute(delete(tags).where(tags.c.contact_pk <= MANY))
        session.execute(delete(contact_drivers).where(contact_drivers.c.contact_pk <= MANY))


def same(these: list[tuple[Any, ...]], those: list[tuple[Any, ...]]) -> bool:
    """Row by row: answers, evidence and order to the letter, probabilities to NEAR."""
    exact = [row[: EXACT - 1] for row in these] == [row[: EXACT - 1] for row in those]
    pairs = zip(these, those, strict=True)
    return exact and all(row[EXACT:] == pytest.approx(other[EXACT:], abs=NEAR) for row, other in pairs)


def kill_one_at_work(workspace: Workspace, killed: list[int]) -> None:
    """As soon as a first partition has landed, end one of the workers the hard way."""
    before = len(rows(workspace))
    until = time.monotonic() + 300
    while len(rows(workspace)) == before and time.monotonic() < until:
        time.sleep(0.02)
    victim = next(one for one in psutil.Process().children(recursive=True) if "spawn_main" in " ".join(one.cmdline()))
    killed.append(victim.pid)
    os.kill(victim.pid, signal.SIGKILL)


@pytest.fixture
def spread(in_demo_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The demo with two worker processes for back-fills."""
    monkeypatch.setenv("HEADWAY_CLUSTER", "local:2")
    return Workspace.open(JOB)


def test_two_workers_of_which_one_is_killed_read_row_by_row_what_one_process_reads(spread: Workspace) -> None:
    alone, waiting = rows(spread), queue(spread)
    untag(spread)
    killed: list[int] = []
    killer = threading.Thread(target=kill_one_at_work, args=(spread, killed))
    killer.start()
    done = tag(spread, partition=EACH)
    killer.join()
    assert killed
    assert isinstance(done, SpreadCounts)
    assert done.tagged == MANY
    assert done.cluster["partitions"] >= MANY // EACH
    assert done.cluster["given_back"] == 0
    assert same(rows(spread), alone)
    assert queue(spread) == waiting
    assert Depot.of(spread.settings).count() == 0


DRIVER = f"""
import sys
from flows.tag import tag
from flows.workspace import Workspace
if __name__ == "__main__":
    tag(Workspace.open(sys.argv[1]), partition={EACH})
"""


def kill_driver_at_work(workspace: Workspace) -> list[psutil.Process]:
    """Start a driver of two workers, end it the hard way as soon as a first partition has landed; its processes."""
    before, until = len(rows(workspace)), time.monotonic() + 300
    driver = subprocess.Popen([sys.executable, "-c", DRIVER, JOB])
    while len(rows(workspace)) == before and driver.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    workers = psutil.Process(driver.pid).children(recursive=True)
    assert sum("spawn_main" in " ".join(one.cmdline()) for one in workers) >= 2
    driver.kill()
    driver.wait()
    return workers


def test_a_driver_that_is_killed_leaves_no_worker_and_the_next_run_ends_as_one_process_does(spread: Workspace) -> None:
    alone, waiting = rows(spread), queue(spread)
    untag(spread)
    workers = kill_driver_at_work(spread)
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert alive == []
    assert EACH <= len(rows(spread)) - len(alone) + MANY < MANY
    tag(spread)
    assert same(rows(spread), alone)
    assert queue(spread) == waiting
    assert Depot.of(spread.settings).count() == 0


def test_less_than_a_partition_is_read_without_a_cluster(spread: Workspace) -> None:
    untag(spread)
    done = tag(spread)
    assert done.tagged == MANY
    assert not isinstance(done, SpreadCounts)


def left_behind(workspace: Workspace, keys: list[int]) -> Depot:
    """What a driver leaves that was killed after workers had read `keys` and half of another partition."""
    model = load(workspace.shelf.path(), home=workspace.settings.home)
    with workspace.database.session() as session:
        contacts = [contact for _, contact in read_contacts(session, keys)]
    content = tags_file(keys, [tag_contacts(workspace.job, honest(model, workspace.shelf.path()), contacts)])
    old = Depot.of(workspace.settings).inside(workspace.job.id, model.id, "killed")
    old.inside("tags").write("1.parquet", content)
    old.inside("tags").write("2.parquet", content[:-100])
    old.inside("words").write("3.parquet", words_file([(keys[0], json.dumps([["customer", "hello", None]]))]))
    return old


def test_what_workers_had_read_when_the_driver_was_killed_is_taken_over(spread: Workspace) -> None:
    alone = rows(spread)
    untag(spread)
    old = left_behind(spread, list(range(1, 101)))
    model = load(spread.shelf.path(), home=spread.settings.home)
    found = Spread()
    land_leftovers(keeper_of(spread, model), model, found)
    assert found.kept.tagged == 100
    assert old.count() == 0
    assert same(rows(spread)[:100], alone[:100])


def test_contacts_that_were_erased_meanwhile_do_not_come_back_as_tags(spread: Workspace) -> None:
    left_behind(spread, list(range(1, 101)))
    with spread.database.session() as session:
        session.execute(delete(tags).where(tags.c.contact_pk <= MANY))
        session.execute(delete(transcripts).where(transcripts.c.contact_pk <= 10))
    model = load(spread.shelf.path(), home=spread.settings.home)
    found = Spread()
    land_leftovers(keeper_of(spread, model), model, found)
    assert found.kept.tagged == 90
    assert rows(spread)[0][0] == 11


def test_where_an_llm_is_yet_to_be_asked_only_what_was_sure_is_kept(spread: Workspace) -> None:
    alone = rows(spread)
    untag(spread)
    folder, keys = spread.shelf.path(), list(range(1, 101))
    model = load(folder, home=spread.settings.home)
    with spread.database.session() as session:
        contacts = [contact for _, contact in read_contacts(session, keys)]
    read = tag_contacts(spread.job, honest(model, folder, doubting=True), contacts)
    kept = keeper_of(spread, model).keep_rows(keys, read, sure_only=True)
    unsure = model.answer([document_of(contact) for contact in contacts]).deferred
    assert 0 < kept.tagged < 100
    assert kept.deferred == 0
    stored = {row[0] for row in rows(spread)[: kept.tagged]}
    assert not stored & {key for key, left in zip(keys, unsure, strict=True) if left}
    assert same(rows(spread)[: kept.tagged], [row for row in alone if row[0] in stored])


def test_an_erasure_empties_the_folder_of_the_cluster(spread: Workspace) -> None:
    old = left_behind(spread, [1, 2, 3])
    cleaned = clean_files(spread.settings, [], ids=[])
    assert cleaned.counts["partitions"] == 3
    assert old.count() == 0


def test_a_cluster_that_does_not_answer_is_told(spread: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.cluster_engine.PATIENCE_SECONDS", 0.5)
    with pytest.raises(ClusterError, match="does not answer"), engine("tcp://127.0.0.1:9"):
        pass
    assert Depot.of(spread.settings).count() == 0


def test_an_address_that_is_none_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWAY_CLUSTER", "two")
    with pytest.raises(SettingsError, match="cluster"):
        load_settings()
