from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from store.in_force import put_in_force, read_in_force, ready_model
from store.learned import correcting_reviews, held_back, read_learned, save_learned
from store.review_plan_tables import review_gold
from store.review_weights import read_reviews
from store.reviews import add_decisions
from store.session import Database
from store.tables import contacts, review_decisions, review_items, tags
from store.tags import newest_model
from store.training import WEIGHTS, known_contacts, read_decided
from tagger.held_back import Learned
from tagger.review import CANNOT_TELL, Decision
from taxonomy.loader import find_job
from tests.store.queue import JOB, NOW, add_items

LATER = NOW + timedelta(days=1)
ONLINE = find_job("online-order")


def said(step: str | None, by: str = "ann", minute: int = 0) -> Decision:
    return Decision(step, None, by, NOW + timedelta(minutes=minute))


@pytest.fixture
def decided(database: Database) -> Database:
    """Forty drawn contacts of forty customers, all decided."""
    with database.session() as session:
        items = add_items(session, 40)
        for number in range(40):
            session.execute(update(contacts).where(contacts.c.pk == number + 1).values(customer=f"u{number}"))
        add_decisions(session, [(item, said("a")) for item in items])
    return database


def test_decisions_are_split_by_customer_and_carry_their_draw(decided: Database) -> None:
    with decided.session() as session:
        found = read_decided(session, JOB, share=0.5, as_of=LATER + timedelta(days=9999))
    assert len(found) == 40
    assert 8 < sum(one.held_back for one in found) < 32
    assert [one.weight for one in found[:39]] == [2.0] * 39
    assert found[39].weight is None  # U / pi = 1: beyond the finished part of the draw
    assert all(one.held_back == held_back(JOB, f"u{one.key - 1}", "s", "", share=0.5) for one in found)


def test_no_second_step_means_something_only_of_an_analyst_who_names_them(database: Database) -> None:
    with database.session() as session:
        items = add_items(session, 4)
        said_two = replace(said("a", by="ann"), secondary=("b",))
        decisions = [said_two, said("a", by="ann"), said("a", by="bob"), said("a", by="ann")]
        add_decisions(session, list(zip(items, decisions, strict=True)))
        session.execute(update(review_decisions).where(review_decisions.c.item == items[3]).values(read="bulk"))
        found = read_decided(session, JOB, share=0.5, as_of=LATER + timedelta(days=9999))
    by_contact = {one.key: one.labels.secondary for one in found}
    assert list(by_contact.values()) == [("b",), (), None, None]


def test_an_answer_that_the_text_does_not_say_is_no_label(database: Database) -> None:
    with database.session() as session:
        first, second = add_items(session, 2)
        add_decisions(session, [(first, said(CANNOT_TELL)), (second, said(None))])
        found = read_decided(session, JOB, share=0.5, as_of=LATER + timedelta(days=9999))
    assert [one.labels.step for one in found] == [None]


def test_adjudicated_and_known_answers_stand_before_a_read_and_weigh_more(database: Database) -> None:
    with database.session() as session:
        first, second = add_items(session, 2)
        reads = [(first, said("a")), (first, said("b", "bob", 1)), (first, said("c", "eve", 2)), (second, said("a"))]
        for read in reads:
            add_decisions(session, [read])
        gold = {"job_id": JOB, "contact_pk": 2, "step": "d", "by": "lead", "withdrawn": False, "recorded_at": NOW}
        session.execute(insert(review_gold), [gold])
        found = {one.key: one for one in read_decided(session, JOB, share=0.5, as_of=LATER + timedelta(days=9999))}
    assert (found[1].labels.step, found[1].rank, found[1].counts) == ("c", "adjudicated", WEIGHTS["adjudicated"])
    assert (found[2].labels.step, found[2].rank, found[2].counts) == ("d", "gold", WEIGHTS["gold"])


def test_contacts_of_a_file_are_known_by_id(decided: Database) -> None:
    with decided.session() as session:
        found = known_contacts(session, ["c-0", "c-1", "other"], job_id=JOB, share=0.5)
    assert found.keys() == {"c-0", "c-1"}
    assert found["c-0"] == held_back(JOB, "u0", "s", "c-0", share=0.5)


def test_a_model_that_learned_nothing_is_corrected_by_all_reviews(decided: Database) -> None:
    moment = LATER + timedelta(days=9999)
    with decided.session() as session:
        assert read_learned(session, "m") is None
        assert correcting_reviews(session, JOB, "m", moment) == read_reviews(session, JOB, moment)


def test_what_taught_a_model_does_not_correct_it_and_the_rest_weighs_more(decided: Database) -> None:
    moment = LATER + timedelta(days=9999)
    with decided.session() as session:
        save_learned(session, "m", Learned(LATER, 0.5))
        save_learned(session, "m", Learned(NOW, 0.9))  # said once, it stands
        found = correcting_reviews(session, JOB, "m", moment)
        sides = {one.key: one.held_back for one in read_decided(session, JOB, share=0.5, as_of=moment)}
    assert found.keys() == {key for key, held in sides.items() if held and key < 40}
    assert {review.weight for review in found.values()} == {4.0}


def test_contacts_that_came_after_the_training_correct_it_as_they_are(decided: Database) -> None:
    moment = LATER + timedelta(days=9999)
    with decided.session() as session:
        session.execute(update(contacts).where(contacts.c.pk <= 10).values(ingested_at=LATER + timedelta(hours=1)))
        save_learned(session, "m", Learned(LATER, 0.5))
        found = correcting_reviews(session, JOB, "m", moment)
    assert {found[key].weight for key in range(1, 11)} == {2.0}
    assert {review.weight for key, review in found.items() if key > 10} == {4.0}


def add_tags(session, model: str, keys: range) -> None:
    rows = [
        {
            "contact_pk": key,
            "job_id": ONLINE.id,
            "job_version": ONLINE.stamp,
            "model_id": model,
            "confidence": 1.0,
            "deferred": False,
            "source": "classifier",
            "scores": b"",
            "evidence": [],
            "novelty": 0.0,
            "tagged_at": NOW,
        }
        for key in keys
    ]
    session.execute(insert(tags), rows)


def test_figures_stay_with_the_earlier_model_until_the_new_one_has_read_as_much(database: Database) -> None:
    with database.session() as session:
        add_items(session, 5)
        session.execute(review_items.delete())
        add_tags(session, "old", range(1, 6))
        assert put_in_force(session, ONLINE, "old")
        add_tags(session, "new", range(1, 4))
        assert ready_model(session, ONLINE, in_use="new") == (ONLINE.stamp, "old")
        assert newest_model(session, ONLINE.id) == (ONLINE.stamp, "old")
        add_tags(session, "new", range(4, 6))
        assert ready_model(session, ONLINE, in_use="new") == (ONLINE.stamp, "new")


def test_which_model_was_in_force_is_known_of_every_moment(database: Database) -> None:
    with database.session() as session:
        assert put_in_force(session, ONLINE, "old")
        assert not put_in_force(session, ONLINE, "old")
        between = read_in_force(session, ONLINE.id)[-1].since
        assert put_in_force(session, ONLINE, "new")
        assert put_in_force(session, ONLINE, "old")
        assert [one.model for one in read_in_force(session, ONLINE.id)] == ["old", "new", "old"]
        assert newest_model(session, ONLINE.id, as_of=between) == (ONLINE.stamp, "old")
        assert newest_model(session, ONLINE.id, as_of=between - timedelta(days=1)) is None
