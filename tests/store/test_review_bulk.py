from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from store.review_bulk import BulkError, BulkFilter, apply_bulk, bulk_reports, preview_bulk, undo_bulk
from store.review_claims import claim
from store.review_weights import read_reviews
from store.review_work import Answer, decide
from store.reviews import latest_decisions
from store.session import Database
from store.tables import contacts, review_events, review_items
from tests.store.queue import JOB, NOW, add_items

ALIKE = BulkFilter("unsure", "a")
LATER = NOW + timedelta(minutes=30)


@pytest.fixture
def queue(database: Database) -> Database:
    """Forty unsure items, of which the model said `a`."""
    with database.session() as session:
        add_items(session, 40, drawn=False)
    return database


def give(session, **more) -> str:
    return apply_bulk(session, JOB, ALIKE, ("a", None), **{"expected": 40, "by": "ann", "now": NOW, **more})


def test_a_bulk_answer_decides_all_that_the_filter_meets_and_one_in_twenty_is_checked(
    queue: Database,
) -> None:
    with queue.session() as session:
        seen = preview_bulk(session, JOB, ALIKE, by="ann", now=NOW)
        assert (len(seen.items), seen.checks) == (40, 2)
        give(session)
        assert len(latest_decisions(session, JOB)) == 40
        waiting = session.scalars(select(review_items.c.waits_for)).all()
        assert sorted(set(waiting)) == ["done", "second"]
        assert waiting.count("second") == 2
        events = session.execute(select(review_events.c.kind, review_events.c.read)).all()
        assert set(events) == {("decide", "bulk")}
        assert len(events) == 40


def test_checks_are_blind_reads_by_another_and_are_reported(queue: Database) -> None:
    with queue.session() as session:
        give(session)
        assert claim(session, JOB, "ann", now=NOW, n=9) == []
        for one, step in zip(claim(session, JOB, "ben", now=NOW, n=9), ("a", "b"), strict=True):
            assert decide(session, one.item, "ben", Answer(step), now=NOW).suggestion_hidden
        report = bulk_reports(session, JOB, now=NOW)[0]
    assert (report.items, report.checks, report.checked, report.alike.value) == (40, 2, 2, 0.5)
    assert report.alike.low < 0.5 < report.alike.high


def test_a_bulk_answer_never_counts_as_drawn(queue: Database) -> None:
    with pytest.raises(BulkError, match="drawn items and known answers are read one by one"):
        BulkFilter("drawn", "a")
    with queue.session() as session:
        give(session)
        assert read_reviews(session, JOB, LATER) == {}


def test_a_filter_is_exact(queue: Database) -> None:
    with queue.session() as session:
        session.execute(contacts.update().where(contacts.c.pk <= 3).values(channel="chat", segment={"tier": "gold"}))
        for wanted, count in (
            (BulkFilter("unsure", "b"), 0),
            (BulkFilter("unsure", "a", "a-1"), 0),
            (BulkFilter("novel", "a"), 0),
            (BulkFilter("unsure", "a", channel="chat"), 3),
            (BulkFilter("unsure", "a", channel="chat", segment={"tier": "gold"}), 3),
            (BulkFilter("unsure", "a", segment={"tier": "standard"}), 0),
        ):
            assert len(preview_bulk(session, JOB, wanted, by="ann", now=NOW).items) == count


def test_what_changed_since_the_preview_is_refused_as_is_nothing_at_all(queue: Database) -> None:
    with queue.session() as session:
        claim(session, JOB, "ben", now=NOW)
        with pytest.raises(BulkError, match="39 items meet this filter now, not 40"):
            give(session)
        with pytest.raises(BulkError, match="no open item"):
            apply_bulk(session, JOB, BulkFilter("unsure", "b"), ("a", None), expected=0, by="ann", now=NOW)


def test_more_than_the_cap_is_refused(queue: Database, monkeypatch) -> None:
    monkeypatch.setattr("store.review_bulk.MOST_AT_ONCE", 39)
    with queue.session() as session, pytest.raises(BulkError, match="at most 39 at once"):
        give(session)


def test_a_bulk_answer_is_taken_back_where_it_still_stands(queue: Database) -> None:
    with queue.session() as session:
        name = give(session)
        assert undo_bulk(session, name, by="ann", now=LATER) == 40
        assert latest_decisions(session, JOB) == {}
        assert set(session.scalars(select(review_items.c.waits_for))) == {"first"}
        assert undo_bulk(session, name, by="ann", now=LATER) == 0
        with pytest.raises(BulkError, match="no bulk answer"):
            undo_bulk(session, "nothing", by="ann", now=LATER)
