from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from store.review_claims import LEASE, HeldByAnotherError, UnknownItemError, claim, current, release, renew
from store.review_work import Answer, decide
from store.session import Database
from store.tables import review_decisions, review_items
from tagger.review_reads import gets_second_read
from tests.store.queue import JOB, NOW, add_items

CLAIMERS, ITEMS = 20, 300


@pytest.fixture
def queue(database: Database) -> Database:
    with database.session() as session:
        add_items(session, 12)
    return database


def test_items_are_handed_out_in_the_order_that_keeps_a_half_done_draw_honest(queue: Database) -> None:
    with queue.session() as session:
        found = claim(session, JOB, "ann", now=NOW, n=3)
    assert [one.item for one in found] == ["item-000", "item-001", "item-002"]
    assert found[0].lease_until == NOW + LEASE


def test_two_analysts_never_hold_one_item(queue: Database) -> None:
    with queue.session() as session:
        mine = claim(session, JOB, "ann", now=NOW, n=2)
        theirs = claim(session, JOB, "ben", now=NOW, n=2)
    assert not {one.item for one in mine} & {one.item for one in theirs}


def test_asking_again_gives_what_is_in_hand_already(queue: Database) -> None:
    with queue.session() as session:
        first = claim(session, JOB, "ann", now=NOW)
        again = claim(session, JOB, "ann", now=NOW + timedelta(minutes=5))
    assert [one.item for one in first] == [one.item for one in again]
    assert again[0].taken_at == NOW
    assert again[0].lease_until == NOW + timedelta(minutes=15)


def test_a_lease_that_ran_out_is_free_for_another(queue: Database) -> None:
    with queue.session() as session:
        claim(session, JOB, "ann", now=NOW)
        later = NOW + LEASE + timedelta(seconds=1)
        assert [one.item for one in claim(session, JOB, "ben", now=later)] == ["item-000"]
        with pytest.raises(HeldByAnotherError, match="ben holds"):
            renew(session, "item-000", "ann", now=later)


def test_a_released_item_is_free_at_once(queue: Database) -> None:
    with queue.session() as session:
        claim(session, JOB, "ann", now=NOW)
        release(session, "item-000", "ann", now=NOW)
        assert current(session, JOB, "ann", now=NOW) == []
        assert claim(session, JOB, "ben", now=NOW)[0].item == "item-000"


def test_a_decision_on_an_item_that_another_holds_is_refused(queue: Database) -> None:
    with queue.session() as session:
        claim(session, JOB, "ann", now=NOW)
        with pytest.raises(HeldByAnotherError, match="ann holds this item until 09:10 UTC"):
            decide(session, "item-000", "ben", Answer("a"), now=NOW)
        with pytest.raises(UnknownItemError):
            decide(session, "nothing", "ben", Answer("a"), now=NOW)


def test_items_of_other_reasons_are_left_where_one_is_asked_for(queue: Database) -> None:
    with queue.session() as session:
        assert claim(session, JOB, "ann", now=NOW, reasons=["asked"]) == []


def work(database: Database, by: str, failures: list[BaseException]) -> None:
    try:
        while True:
            with database.session() as session:
                found = claim(session, JOB, by, now=datetime.now(UTC))
                left = session.scalar(select(func.count()).where(review_items.c.waits_for != "done"))
            if not left:
                return
            if not found:  # what is left is in others' hands, and may come back for a second read
                time.sleep(0.01)
                continue
            with database.session() as session:
                decide(session, found[0].item, by, Answer("a"), now=datetime.now(UTC))
    except BaseException as error:
        failures.append(error)
        raise


@pytest.mark.slow
def test_twenty_claimers_at_once_decide_every_item_and_none_twice(database: Database) -> None:
    with database.session() as session:
        items = add_items(session, ITEMS)
    failures: list[BaseException] = []
    threads = [threading.Thread(target=work, args=(database, f"a{n}", failures)) for n in range(CLAIMERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert failures == []
    with database.session() as session:
        reads = Counter(session.scalars(review_decisions.select().with_only_columns(review_decisions.c.item)))
        waiting = session.scalars(review_items.select().with_only_columns(review_items.c.waits_for)).all()
    assert reads == {item: 2 if gets_second_read(item, drawn=True) else 1 for item in items}
    assert set(waiting) == {"done"}
