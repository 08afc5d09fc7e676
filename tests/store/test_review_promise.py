from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import insert, select

from classifiers.scores import LabelSpace
from store.annotations import read_annotations
from store.review_promise import check_promise, floor_of, read_checks, read_promise
from store.review_work import Answer, decide
from store.session import Database
from store.tables import review_draws, review_items
from store.tags import add_tags, save_label_space
from tagger.model import Tag
from taxonomy.loader import shipped_jobs
from tests.store.queue import JOB, NOW, add_items

COUNT = 80
WEEK = timedelta(days=7)
SPACE = LabelSpace.of([("a-1", "a"), ("b-1", "b")])


@pytest.fixture
def job():
    return replace(shipped_jobs()[0], id=JOB)


@pytest.fixture
def queue(database: Database, job) -> Database:
    """Eighty drawn contacts, all of the uniform part, tagged `a` ever less surely by a model that keeps them all."""
    with database.session() as session:
        add_items(session, COUNT)
        session.execute(review_items.update().values(job_version=job.stamp))
        draw = {"policy": "p", "job_id": JOB, "job_version": job.stamp, "model_id": "m", "drawn_at": NOW}
        session.execute(insert(review_draws), [{**draw, "budget": COUNT, "tau": 1.0, "population": COUNT}])
        save_label_space(session, "m", SPACE)
        tags = []
        for key in range(1, COUNT + 1):
            sure = 1 - key / 200
            shares = {"a": sure, "b": 1 - sure}
            tags.append(
                (key, Tag(f"c-{key}", "a", None, sure, False, "classifier", shares, {}, (), 0.1, "m", JOB, job.stamp))
            )
        add_tags(session, tags, np.full((COUNT, 3), 1 / 3))
    return database


def review(session, *, wrong_from: int) -> None:
    """Decide every item; the least sure ones, from the tag of that number on, turn out wrong."""
    for number, item in enumerate(session.scalars(select(review_items.c.item).order_by(review_items.c.item)).all()):
        decide(session, item, "ann", Answer("a" if number < wrong_from else "b"), now=NOW)


def test_the_promise_is_not_known_before_enough_was_reviewed(queue: Database, job) -> None:
    with queue.session() as session:
        check = check_promise(session, job, now=NOW)
        assert (check.state, check.floor) == ("unknown", None)
        assert "only 0 kept tags" in read_promise(session, job, now=NOW).error.reason


def test_a_promise_that_holds_is_checked_once_a_week(queue: Database, job) -> None:
    with queue.session() as session:
        review(session, wrong_from=78)
        assert check_promise(session, job, now=NOW).state == "holds"
        assert check_promise(session, job, now=NOW + timedelta(hours=1)) is None
        assert check_promise(session, job, now=NOW, again=True) is not None
        assert check_promise(session, job, now=NOW + WEEK).week == "2026-11-09"
        assert len(read_checks(session, JOB)) == 3


def test_on_a_breach_deferral_widens_by_itself_and_it_is_annotated(queue: Database, job) -> None:
    with queue.session() as session:
        review(session, wrong_from=50)
        check = check_promise(session, job, now=NOW)
        assert (check.state, check.wrong, check.checked) == ("breach", 30, COUNT)
        assert 0.7 < check.floor < 1.0
        assert floor_of(session, JOB, "m") == check.floor
        aside = session.scalars(select(review_items.c.contact_pk).where(review_items.c.reason == "unsure")).all()
        assert len(aside) == check.aside > 20
        assert "30 of 80 wrong" in read_annotations(session, JOB)[-1].text
        after = read_promise(session, job, now=NOW)
        assert after.state != "breach"
        assert after.error.n < COUNT


def test_where_nothing_can_be_shown_to_hold_everything_is_put_aside(queue: Database, job) -> None:
    with queue.session() as session:
        review(session, wrong_from=0)
        check = check_promise(session, job, now=NOW)
        assert check.floor > 1
        assert check.aside == COUNT
