from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from store.review_claims import claim
from store.review_offers import read_budget, read_today, set_budget
from store.review_queueing import Stamp, queue_contacts, rows_named
from store.review_reading import left_for
from store.review_weights import read_reviews
from store.review_work import Answer, decide, flag, skip
from store.session import Database
from store.tables import review_events, review_items
from tagger.review_reasons import Budget
from tests.store.queue import JOB, NOW, add_items

STAMP = Stamp(JOB, "1", "m")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def queue(database: Database) -> Database:
    """Six drawn items on contacts 1 to 6, and four contacts (7 to 10) that were not drawn."""
    with database.session() as session:
        items = add_items(session, 10)
        session.execute(review_items.delete().where(review_items.c.item.in_(items[6:])))
    return database


def held(session, by: str, **more) -> list[tuple[str, int]]:
    names = [one.item for one in claim(session, JOB, by, now=NOW, **more)]
    query = select(review_items.c.item, review_items.c.reason, review_items.c.contact_pk)
    rows = {row.item: (row.reason, row.contact_pk) for row in session.execute(query)}
    return [rows[name] for name in names]


def test_only_drawn_items_correct_a_figure(queue: Database) -> None:
    with queue.session() as session:
        queue_contacts(session, [7, 8], "unsure", stamp=STAMP)
        queue_contacts(session, [1], "asked", stamp=STAMP)
        for name in session.scalars(select(review_items.c.item)).all():
            by = "ann" if name.startswith("item") else "ben"
            decide(session, name, by, Answer("a" if by == "ann" else "b"), now=NOW)
        corrected = read_reviews(session, JOB, NOW + MINUTE)
    assert set(corrected) == {1, 2, 3, 4, 5, 6}
    assert {review.step for review in corrected.values()} == {"a"}


def test_a_contact_queued_twice_for_a_reason_is_one_item(queue: Database) -> None:
    with queue.session() as session:
        assert queue_contacts(session, [7, 8], "novel", stamp=STAMP) == 2
        assert queue_contacts(session, [8, 9], "novel", stamp=STAMP) == 1
        assert rows_named(session, JOB, ["c-6", "nobody"]) == {"c-6": [7]}


def test_who_asked_and_why_is_on_record(queue: Database) -> None:
    with queue.session() as session:
        queue_contacts(session, [7], "asked", stamp=STAMP, by="lea", note=" why so slow? ")
        event = session.execute(select(review_events)).one()
    assert (event.kind, event.by, event.note) == ("ask", "lea", "why so slow?")


def test_a_contact_that_only_wants_a_label_is_read_once_whatever_the_reasons(queue: Database) -> None:
    with queue.session() as session:
        queue_contacts(session, [1, 7], "unsure", stamp=STAMP)
        queue_contacts(session, [7], "novel", stamp=STAMP)
        assert held(session, "ann", reasons=["unsure", "novel"], n=9) == [("novel", 7)]
        assert left_for(session, JOB, "ann").others == 1


def test_another_look_waits_for_the_drawn_read_and_is_for_somebody_else(queue: Database) -> None:
    with queue.session() as session:
        queue_contacts(session, [1], "suspect", stamp=STAMP)
        queue_contacts(session, [2], "asked", stamp=STAMP)
        assert held(session, "ann", reasons=["suspect", "asked"], n=9) == []
        for item in ("item-000", "item-001"):
            decide(session, item, "ann", Answer("a"), now=NOW)
        assert held(session, "ann", reasons=["suspect", "asked"], n=9) == [("asked", 2)]
        assert held(session, "ben", reasons=["suspect", "asked"], n=9) == [("suspect", 1)]


def test_a_flagged_contact_comes_up_for_another_analyst(queue: Database) -> None:
    with queue.session() as session:
        queue_contacts(session, [7], "unsure", stamp=STAMP)
        item = claim(session, JOB, "ann", now=NOW, reasons=["unsure"])[0].item
        flag(session, item, "ann", now=NOW, note="two customers in one")
        skip(session, item, "ann", now=NOW)
        assert held(session, "ann", reasons=["flagged"]) == []
        assert held(session, "ben", reasons=["flagged"]) == [("flagged", 7)]


def test_a_days_budget_goes_to_drawn_items_first_and_the_rest_is_shared(queue: Database) -> None:
    with queue.session() as session:
        queue_contacts(session, [7, 8, 9], "unsure", stamp=STAMP)
        queue_contacts(session, [10], "asked", stamp=STAMP)
        set_budget(session, JOB, Budget(per_day=5, drawn_share=0.6), by="lea", now=NOW)
        found = held(session, "ann", n=9)
        assert [reason for reason, _ in found] == ["drawn", "drawn", "drawn", "asked", "unsure"]
        assert read_today(session, JOB, now=NOW).left(read_budget(session, JOB)) == 0
        assert held(session, "ben") == []
        assert len(held(session, "ben", n=2, beyond_budget=True)) == 2


def test_tomorrow_is_another_budget(queue: Database) -> None:
    with queue.session() as session:
        set_budget(session, JOB, Budget(per_day=1), by="lea", now=NOW)
        name = claim(session, JOB, "ann", now=NOW)[0].item
        decide(session, name, "ann", Answer("a"), now=NOW)
        assert claim(session, JOB, "ann", now=NOW + MINUTE) == []
        assert len(claim(session, JOB, "ann", now=NOW + timedelta(days=1))) == 1
