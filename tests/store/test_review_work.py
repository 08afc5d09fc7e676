from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from store.review_claims import LEASE, HeldByAnotherError, claim, current
from store.review_offers import read_today
from store.review_work import Answer, decide, flag, last_decided, skip, undo
from store.reviews import add_decisions, latest_decisions, queue_counts
from store.session import Database
from store.tables import review_decisions, review_events, review_items
from tagger.review import Decision, ReviewError
from tagger.review_reads import gets_second_read
from tests.store.queue import JOB, NOW, add_items

MINUTE = timedelta(minutes=1)
ITEMS = [f"item-{n:03}" for n in range(40)]
TWICE = next(item for item in ITEMS if gets_second_read(item, drawn=True))
ONCE = next(item for item in ITEMS if not gets_second_read(item, drawn=True))


@pytest.fixture
def queue(database: Database) -> Database:
    with database.session() as session:
        add_items(session, len(ITEMS))
    return database


def waits(session, item: str) -> str:
    return session.scalar(select(review_items.c.waits_for).where(review_items.c.item == item))


def test_a_decision_says_who_when_how_long_and_what_was_seen(queue: Database) -> None:
    with queue.session() as session:
        claim(session, JOB, "ann", now=NOW)
        done = decide(session, "item-000", "ann", Answer("a", "a-1", ("b",), "hm"), now=NOW + timedelta(seconds=14))
        event = session.execute(select(review_events)).one()
        row = latest_decisions(session, JOB)["item-000"]
    assert (event.kind, event.by, event.seconds, event.note) == ("decide", "ann", 14.0, "hm")
    assert (event.before, event.after) == (None, {"step": "a", "outcome": "a-1", "secondary": ["b"]})
    assert (event.job_version, event.model_id, event.decision) == ("1", "m", done.decision)
    assert event.suggestion_hidden == row.suggestion_hidden == done.suggestion_hidden
    assert (row.step, row.outcome, row.read) == ("a", "a-1", "first")


def test_an_undone_decision_no_longer_stands_but_stays_in_the_record_and_in_the_past(queue: Database) -> None:
    with queue.session() as session:
        decide(session, ONCE, "ann", Answer("a"), now=NOW)
        assert waits(session, ONCE) == "done"
        undo(session, ONCE, "ann", now=NOW + MINUTE)
        assert latest_decisions(session, JOB) == {}
        assert latest_decisions(session, JOB, as_of=NOW)[ONCE].step == "a"
        assert waits(session, ONCE) == "first"
        assert [one.item for one in current(session, JOB, "ann", now=NOW + MINUTE)] == [ONCE]
        assert session.execute(select(review_decisions)).one().step == "a"
        assert queue_counts(session, JOB)["drawn"]["decided"] == 0


def test_undo_takes_back_the_newest_decision_that_stands(queue: Database) -> None:
    with queue.session() as session:
        decide(session, ITEMS[0], "ann", Answer("a"), now=NOW)
        decide(session, ITEMS[1], "ann", Answer("b"), now=NOW)
        assert last_decided(session, JOB, "ann", since=NOW).item == ITEMS[1]
        undo(session, ITEMS[1], "ann", now=NOW + MINUTE)
        assert last_decided(session, JOB, "ann", since=NOW).item == ITEMS[0]
        assert last_decided(session, JOB, "ben", since=NOW) is None
        with pytest.raises(ReviewError, match="no decision on it to undo"):
            undo(session, ITEMS[1], "ann", now=NOW + MINUTE)


def test_a_late_decision_is_kept_where_nobody_else_decided(queue: Database) -> None:
    late = NOW + LEASE + MINUTE
    with queue.session() as session:
        claim(session, JOB, "ann", now=NOW)
        claim(session, JOB, "ben", now=late)  # took it over, has not decided yet
        assert decide(session, "item-000", "ann", Answer("a"), now=late).read == "first"
        assert decide(session, "item-000", "ben", Answer("b"), now=late).read == "second"
        assert latest_decisions(session, JOB)["item-000"].by == "ann"
        assert waits(session, "item-000") == "adjudicated"


def test_a_late_decision_is_a_second_read_where_somebody_else_decided(queue: Database) -> None:
    late = NOW + LEASE + MINUTE
    with queue.session() as session:
        claim(session, JOB, "ann", now=NOW)
        claim(session, JOB, "ben", now=late)
        decide(session, "item-000", "ben", Answer("b"), now=late)
        assert decide(session, "item-000", "ann", Answer("b"), now=late).read == "second"
        assert latest_decisions(session, JOB)["item-000"].by == "ben"


def test_a_disagreement_goes_to_a_third_whose_answer_stands(queue: Database) -> None:
    with queue.session() as session:
        assert decide(session, TWICE, "ann", Answer("a"), now=NOW).waits_for == "second"
        assert decide(session, TWICE, "ben", Answer("b"), now=NOW).waits_for == "adjudicated"
        for by in ("ann", "ben"):
            assert TWICE not in [one.item for one in claim(session, JOB, by, now=NOW, n=len(ITEMS))]
        later = NOW + LEASE + MINUTE
        assert TWICE in [one.item for one in claim(session, JOB, "cid", now=later, n=len(ITEMS))]
        done = decide(session, TWICE, "cid", Answer("b"), now=later)
        assert (done.read, done.waits_for) == ("adjudicated", "done")
        assert latest_decisions(session, JOB)[TWICE].by == "cid"


def test_readers_who_agree_need_no_third_and_the_first_read_stands(queue: Database) -> None:
    with queue.session() as session:
        decide(session, TWICE, "ann", Answer("a"), now=NOW)
        done = decide(session, TWICE, "ben", Answer("a"), now=NOW + MINUTE)
        assert (done.read, done.waits_for, done.suggestion_hidden) == ("second", "done", True)
        assert latest_decisions(session, JOB)[TWICE].by == "ann"


def test_a_skipped_item_comes_back_to_the_same_analyst_last(queue: Database) -> None:
    with queue.session() as session:
        claim(session, JOB, "ann", now=NOW)
        skip(session, "item-000", "ann", now=NOW, note="unreadable")
        assert claim(session, JOB, "ben", now=NOW)[0].item == "item-000"
        mine = [one.item for one in claim(session, JOB, "ann", now=NOW + LEASE + MINUTE, n=len(ITEMS))]
        assert mine[-1] == "item-000"
        assert session.execute(select(review_events.c.kind, review_events.c.note)).one() == ("skip", "unreadable")


def test_a_skip_or_undo_of_what_another_holds_is_refused(queue: Database) -> None:
    with queue.session() as session:
        claim(session, JOB, "ann", now=NOW)
        with pytest.raises(HeldByAnotherError):
            skip(session, "item-000", "ben", now=NOW)
        with pytest.raises(HeldByAnotherError):
            undo(session, "item-000", "ben", now=NOW)


def test_a_flag_is_an_event_and_leaves_the_item_as_it_is(queue: Database) -> None:
    with queue.session() as session:
        flag(session, ONCE, "ann", now=NOW, note="look")
        own = select(review_events.c.kind, review_events.c.note).where(review_events.c.item == ONCE)
        assert session.execute(own).one() == ("flag", "look")
        assert waits(session, ONCE) == "first"


def test_a_decision_imported_beside_another_analysts_is_a_second_read(queue: Database) -> None:
    with queue.session() as session:
        add_decisions(session, [(TWICE, Decision("a", None, "ann", NOW)), (TWICE, Decision("b", None, "ben", NOW))])
        assert waits(session, TWICE) == "adjudicated"
        assert latest_decisions(session, JOB)[TWICE].by == "ann"
        assert add_decisions(session, [(TWICE, Decision("b", None, "ben", NOW))]) == 0


def test_the_same_answer_sent_twice_is_one_decision_that_one_undo_takes_back(queue: Database) -> None:
    with queue.session() as session:
        first = decide(session, ONCE, "ann", Answer("a", note="hm", flagged=True), now=NOW)
        again = decide(session, ONCE, "ann", Answer("a", note=" hm ", flagged=True), now=NOW + MINUTE)
        assert again == first
        undo(session, ONCE, "ann", now=NOW + MINUTE)
        assert latest_decisions(session, JOB) == {}
        assert decide(session, ONCE, "ann", Answer("a"), now=NOW + MINUTE).decision != first.decision


def test_a_new_note_or_flag_on_the_same_answer_is_a_new_decision(queue: Database) -> None:
    with queue.session() as session:
        made = [
            decide(session, ONCE, "ann", answer, now=NOW + n * MINUTE).decision
            for n, answer in enumerate((Answer("a"), Answer("a", note="hm"), Answer("a", flagged=True)))
        ]
    assert len(set(made)) == 3


def test_a_changed_mind_counts_as_one_review_of_the_day(queue: Database) -> None:
    with queue.session() as session:
        decide(session, ONCE, "ann", Answer("a"), now=NOW)
        decide(session, ONCE, "ann", Answer("b"), now=NOW + MINUTE)
        assert read_today(session, JOB, now=NOW + MINUTE).total == 1
