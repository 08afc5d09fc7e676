from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from store.review_claims import claim
from store.review_gold import gold_scores, read_gold, set_gold, withdraw_gold
from store.review_reading import read_item
from store.review_work import Answer, decide, undo
from store.reviews import add_decisions, latest_decisions
from store.session import Database
from store.tables import jobs, review_items
from tagger.review import Decision
from taxonomy.loader import shipped_jobs
from tests.store.queue import NOW, add_items

JOB = shipped_jobs()[0].id


@pytest.fixture
def queue(database: Database) -> Database:
    """Twelve contacts with a known answer, none drawn."""
    job = shipped_jobs()[0]
    with database.session() as session:
        row = {"job_id": job.id, "stamp": job.stamp, "content": job.source, "loaded_at": NOW}
        session.execute(insert(jobs), [row])
        add_items(session, 12)
        session.execute(review_items.delete())
        set_gold(session, JOB, [(key, "a", None) for key in range(1, 13)], by="lea", now=NOW)
    return database


def work(session, by: str, steps: list[str]) -> list[str]:
    done = []
    for step in steps:
        item = claim(session, JOB, by, now=NOW)[0].item
        decide(session, item, by, Answer(step), now=NOW)
        done.append(item)
    return done


def test_every_analyst_reads_a_known_answer_once_and_blind(queue: Database) -> None:
    with queue.session() as session:
        first = work(session, "ann", ["a"] * 12)
        assert claim(session, JOB, "ann", now=NOW) == []
        assert len(set(first)) == 12
        detail = read_item(session, claim(session, JOB, "ben", now=NOW)[0].item, "ben")
        assert (detail.kind, detail.hidden) == ("gold", True)


def test_analysts_are_measured_against_the_known_answers(queue: Database) -> None:
    with queue.session() as session:
        work(session, "ann", ["a"] * 9 + ["b"] * 3)
        work(session, "ben", ["a"] * 2)
        ann, ben = gold_scores(session, JOB, now=NOW)
    assert (ann.step.value, ann.step.n) == (0.75, 12)
    assert ann.step.low < 0.75 < ann.step.high
    assert (ben.step.value, ben.step.reason) == (None, "only 2 known answers read, 5 are needed")


def test_a_read_of_a_known_answer_stands_for_nothing(queue: Database) -> None:
    with queue.session() as session:
        work(session, "ann", ["b"])
        assert latest_decisions(session, JOB) == {}


def test_an_undone_read_measures_nobody(queue: Database) -> None:
    with queue.session() as session:
        item = work(session, "ann", ["a"])[0]
        undo(session, item, "ann", now=NOW)
        assert gold_scores(session, JOB, now=NOW) == ()


def test_a_known_answer_may_change_and_be_withdrawn(queue: Database) -> None:
    later = NOW + timedelta(hours=1)
    with queue.session() as session:
        assert set_gold(session, JOB, [(1, "a", None), (2, "b", None)], by="lea", now=later) == 1
        assert {one.contact_id: one.step for one in read_gold(session, JOB)}["c-1"] == "b"
        assert withdraw_gold(session, JOB, [1, 99], by="lea", now=later) == 1
        assert "c-0" not in {one.contact_id for one in read_gold(session, JOB)}
        assert len(claim(session, JOB, "ann", now=later, n=20)) == 11


def test_an_imported_read_of_a_known_answer_counts_for_the_analyst(queue: Database) -> None:
    with queue.session() as session:
        items = list(session.scalars(select(review_items.c.item)))
        add_decisions(session, [(item, Decision("a", None, "cid", NOW)) for item in items])
        assert gold_scores(session, JOB, now=NOW)[0].step.value == 1.0
        assert latest_decisions(session, JOB) == {}
