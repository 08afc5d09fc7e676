from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest

from evals.worlds import WorldSpec, write_world
from flows.lessons import existing_database
from flows.models import roll_back
from flows.retag import Retagged, retag
from flows.training_report import Training
from flows.workspace import Workspace
from store.annotations import read_annotations
from store.in_force import read_in_force
from store.tags import count_tagged, newest_model
from tests.flows.loop import JOB, Loop
from tests.homes import give_fixed_key

CONTACTS = 1200


@pytest.fixture(scope="module")
def loop(encoder_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    """A weak tagger and several hundred decisions, drawn and unsure."""
    home = tmp_path_factory.mktemp("loop")
    give_fixed_key(home)
    (home / "encoders").symlink_to(encoder_home / "encoders")
    write_world(WorldSpec(job=JOB, contacts=CONTACTS, labelled=60, heldout=10), home / "sample")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADWAY_HOME", str(home))
        made = Loop(Workspace.open(JOB), home / "sample")
        made.start_weak(labels=40)
        made.review(drawn=420, unsure=200)
        yield made


@pytest.fixture(scope="module")
def learned(loop: Loop) -> tuple[Training, Retagged]:
    """The loop closed: trained from decisions, promoted, read again."""
    return loop.learn()


def test_decisions_teach_a_better_tagger_and_it_is_promoted(learned: tuple[Training, Retagged]) -> None:
    done, _ = learned
    assert done.reviews is not None
    assert done.reviews.taught > 200
    assert done.reviews.held_back > 200
    assert done.promoted
    assert done.comparison is not None
    assert done.comparison.basis == "drawn reviews held back"
    assert done.comparison.low > 0.05
    assert {one.step for one in done.comparison.steps}


def test_everything_is_read_again_and_the_figures_still_hold_the_truth(
    loop: Loop, learned: tuple[Training, Retagged]
) -> None:
    _, again = learned
    truth = loop.truths()["superpopulation"]["steps"]
    assert (again.tagged, again.already) == (CONTACTS, 0)
    held, shown = 0, 0
    for one in again.steps:
        volume = one.after["volume"]
        assert volume.low is not None
        share = truth[one.step]["share"] * CONTACTS
        held += volume.low <= share <= volume.high
        shown += 1
    # One small world: misses come together. The coverage study counts over many.
    assert held >= shown - 5


def test_intervals_get_narrower_on_average_by_the_same_reviews(learned: tuple[Training, Retagged]) -> None:
    _, again = learned
    assert all(one.before["volume"].reviewed == one.after["volume"].reviewed for one in again.steps)
    before, after = (
        mean((figures["volume"].high or 0) - (figures["volume"].low or 0) for figures in side)
        for side in ([one.before for one in again.steps], [one.after for one in again.steps])
    )
    assert after < 0.95 * before


def test_earlier_tags_stay_and_a_second_time_changes_nothing(loop: Loop, learned: tuple[Training, Retagged]) -> None:
    _, first = learned
    second = retag(loop.workspace)
    assert (second.tagged, second.already, second.before) == (0, CONTACTS, first.before)
    assert [one.after["friction"].value for one in second.steps] == [one.after["friction"].value for one in first.steps]
    with loop.workspace.database.session() as session:
        job = loop.workspace.job
        for model in (first.before, first.model):
            assert count_tagged(session, job_id=job.id, job_version=job.stamp, model_id=model) == CONTACTS


def test_the_promotion_and_the_new_figures_are_annotated(loop: Loop, learned: tuple[Training, Retagged]) -> None:
    _, again = learned
    with loop.workspace.database.session() as session:
        texts = [one.text for one in read_annotations(session, JOB) if one.kind == "model"]
    assert any(again.model in text and "step accuracy" in text for text in texts)
    assert any(f"figures come from model {again.model} now" in text for text in texts)


def test_the_curve_of_what_reviews_bought_is_kept(loop: Loop, learned: tuple[Training, Retagged]) -> None:
    done, _ = learned
    kept = json.loads((loop.workspace.shelf.path(done.model) / "learning_curve.json").read_text())
    points = kept["points"]
    assert [one["reviews"] for one in points] == sorted({one["reviews"] for one in points})
    assert points[-1]["accuracy"] > points[0]["accuracy"]
    widths = [one["half_width"] for one in points if one["half_width"] is not None]
    assert widths[-1] < widths[0]
    assert kept["seconds"] > 0


def test_taught_contacts_are_tagged_by_heads_that_had_not_seen_them(
    loop: Loop, learned: tuple[Training, Retagged]
) -> None:
    """Known by heart they would be right nearly always; honestly read they are as right as the others."""
    done, _ = learned
    assert done.comparison is not None
    truth = {row["id"]: row["step"] for row in map(json.loads, (loop.sample / "truth.jsonl").read_text().splitlines())}
    from flows.lessons import gather
    from store.tags import read_tags

    lessons = gather(loop.workspace.job, None, settings=loop.workspace.settings)
    with loop.workspace.database.session() as session:
        right = [read_tags(session, one.key, one.contact.id)[0].step == truth[one.contact.id] for one in lessons.taught]
    assert mean(right) < 0.97


def test_a_killed_reading_goes_on_and_figures_stay_until_it_is_through(
    loop: Loop, learned: tuple[Training, Retagged]
) -> None:
    """Back to the weak model and forth again under kill -9: its figures stand until the other is through."""
    _, first = learned
    job, settings = loop.workspace.job, loop.workspace.settings
    roll_back(job, settings=settings, by="ann", why="try")
    retag(loop.workspace)
    with loop.workspace.database.session() as session:
        assert newest_model(session, job.id) == (job.stamp, first.before)
        assert [one.model for one in read_in_force(session, job.id)] == [first.before, first.model, first.before]
    database = existing_database(settings)
    assert database is not None
    with database.session() as session:
        from store.tables import tags

        session.execute(tags.delete().where(tags.c.model_id == first.model))
    roll_back(job, settings=settings, by="ann", why="and back")
    command = [sys.executable, "-c", SLOWLY, JOB]
    process = subprocess.Popen(command, env={**os.environ, "HEADWAY_HOME": str(settings.home)})
    for _ in range(600):
        time.sleep(0.2)
        with database.session() as session:
            count = count_tagged(session, job_id=job.id, job_version=job.stamp, model_id=first.model)
        if count:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    with database.session() as session:
        count = count_tagged(session, job_id=job.id, job_version=job.stamp, model_id=first.model)
        assert 0 < count < CONTACTS
        assert newest_model(session, job.id) == (job.stamp, first.before)
    again = retag(loop.workspace)
    assert (again.tagged, again.already, again.before) == (CONTACTS - count, count, first.before)


SLOWLY = """
import sys, time
import flows.tag
flows.tag.BATCH = 100
from flows.retag import retag
from flows.workspace import Workspace
retag(Workspace.open(sys.argv[1]), tick=lambda _count: time.sleep(1))
"""
