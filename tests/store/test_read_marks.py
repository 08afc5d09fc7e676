"""Up to where all was read: never over a contact that nobody read, whoever deletes, comes late or writes beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from flows.drivers import note_drivers
from store.contacts import read_contacts
from store.drivers import driven_upto, note_driven, unread
from store.measurements import read_reach
from store.reach import NOTHING, Reach, reach_now, still_as_many
from store.session import Database
from store.settling import settled_row
from store.tables import contacts, tags, transcripts
from store.tags import count_untagged, note_tagged, tagged_upto, untagged
from taxonomy.loader import find_job

JOB = find_job("online-order")
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
NAMES = {"job_id": JOB.id, "job_version": JOB.stamp, "model_id": "m"}
TAG = {
    **NAMES, "confidence": 1.0, "deferred": False, "source": "classifier", "scores": b"", "evidence": [],
    "novelty": 0.0, "tagged_at": NOW,
}  # fmt: skip


def add(session: Session, keys: Sequence[int], *, customer: str | None = None) -> None:
    base = {"source": "s", "content_hash": "h", "segment": {}, "circumstance": {}, "u": 0.1, "ingested_at": NOW}
    began = {"customer": customer, "started_at": NOW, "ended_at": NOW}
    session.execute(insert(contacts), [{"pk": key, "contact_id": f"c-{key}", **base, **began} for key in keys])
    session.execute(insert(transcripts), [{"contact_pk": key, "turns": [], "extra": {}} for key in keys])


def read(session: Session, keys: Sequence[int]) -> None:
    session.execute(insert(tags), [{"contact_pk": key, **TAG, "deferred": key % 2 == 0} for key in keys])


def mark(database: Database) -> int:
    with database.session() as session:
        note_tagged(session, **NAMES)
    with database.session() as session:
        return tagged_upto(session, **NAMES)


def left(database: Database) -> list[int]:
    with database.session() as session:
        found = untagged(session, **NAMES, after=tagged_upto(session, **NAMES), limit=100)
        assert count_untagged(session, **NAMES) == len(found)
    return found


@pytest.fixture
def filled(database: Database) -> Database:
    """Ten contacts, all read but the eighth."""
    with database.session() as session:
        add(session, range(1, 11))
        read(session, [key for key in range(1, 11) if key != 8])
    return database


@contextmanager
def writing(database: Database, key: int) -> Iterator[Session]:
    """Somebody has taken a row number and is not done: it may become a row below others that are there."""
    with Session(database.engine) as session, session.begin():
        add(session, [key])
        session.flush()
        yield session


def test_the_mark_stops_before_the_first_that_was_not_read(filled: Database) -> None:
    assert mark(filled) == 7
    assert left(filled) == [8]
    with filled.session() as session:
        read(session, [8])
    assert mark(filled) == 10
    assert left(filled) == []


def test_what_comes_in_later_is_found_behind_the_mark(filled: Database) -> None:
    with filled.session() as session:
        read(session, [8])
    mark(filled)
    with filled.session() as session:
        add(session, [11, 12])
    assert left(filled) == [11, 12]


def test_another_model_has_read_nothing(filled: Database) -> None:
    mark(filled)
    with filled.session() as session:
        assert tagged_upto(session, **{**NAMES, "model_id": "other"}) == 0


def test_a_deleted_tag_makes_its_contact_new_again(filled: Database) -> None:
    mark(filled)
    with filled.session() as session:
        session.execute(delete(tags).where(tags.c.contact_pk == 3))
    assert left(filled) == [3, 8]
    assert mark(filled) == 2


def test_a_deletion_that_is_taken_back_changes_nothing(filled: Database) -> None:
    mark(filled)
    with Session(filled.engine) as session:
        session.execute(delete(contacts).where(contacts.c.pk == 3))
        session.rollback()
    with filled.session() as session:
        assert tagged_upto(session, **NAMES) == 7


def test_a_row_number_that_is_used_again_is_not_taken_as_read(filled: Database) -> None:
    with filled.session() as session:
        read(session, [8])
    mark(filled)
    with filled.session() as session:
        session.execute(delete(contacts).where(contacts.c.pk == 10))
        add(session, [10])
    assert left(filled) == [10]


def test_a_row_that_is_committed_late_below_others_is_waited_for(filled: Database) -> None:
    if filled.engine.dialect.name == "sqlite":
        pytest.skip("one process writes at a time there: no row appears below others")
    with filled.session() as session:
        read(session, [8])
    marking = Thread(target=mark, args=[filled])
    with writing(filled, 11):
        with filled.session() as session:
            add(session, [12])
            read(session, [12])
            assert settled_row(session, contacts, patience=0.0) == (12, False)
        marking.start()
        marking.join(0.2)
        assert marking.is_alive()
    marking.join()
    assert left(filled) == [11]
    with filled.session() as session:
        assert tagged_upto(session, **NAMES) == 10


def test_while_rows_do_not_settle_counts_are_made_anew(filled: Database) -> None:
    if filled.engine.dialect.name == "sqlite":
        pytest.skip("one process writes at a time there: no row appears below others")
    with writing(filled, 11), filled.session() as session:
        add(session, [12])
        loose = reach_now(session, JOB, "m", base=NOTHING, patience=0.0)
        assert (loose.contact, loose.contacts, loose.settled) == (12, 11, False)
    with filled.session() as session:
        assert not still_as_many(session, JOB, "m", loose)
        assert reach_now(session, JOB, "m", base=loose, patience=0.0).contacts == 12


def test_counts_go_on_from_earlier_ones_and_are_exact(filled: Database) -> None:
    with filled.session() as session:
        first = read_reach(session, JOB, "m")
        assert (first.contacts, first.tags, first.deferred, first.settled) == (10, 9, 4, True)
        add(session, [11, 12])
        read(session, [8, 11])
    with filled.session() as session:
        assert still_as_many(session, JOB, "m", first)
        then = reach_now(session, JOB, "m", base=first, patience=0.0)
        assert (then.contact, then.contacts, then.tags, then.deferred) == (12, 12, 11, 5)
        assert then == reach_now(session, JOB, "m", base=NOTHING, patience=0.0)
        session.execute(delete(contacts).where(contacts.c.pk == 2))
    with filled.session() as session:
        assert not still_as_many(session, JOB, "m", first)
        gone = reach_now(session, JOB, "m", base=first, patience=0.0)
        assert (gone.contacts, gone.tags, gone.deferred) == (11, 10, 4)


def test_a_count_is_believed_only_where_nothing_went(filled: Database) -> None:
    with filled.session() as session:
        wrong = Reach(**{**vars(read_reach(session, JOB, "m")), "contacts": 99})
        assert still_as_many(session, JOB, "m", wrong)
        session.execute(delete(tags).where(tags.c.contact_pk == 1))
    with filled.session() as session:
        assert not still_as_many(session, JOB, "m", wrong)


def test_a_late_contact_lowers_the_mark_of_the_drivers_to_the_one_after_it(database: Database) -> None:
    with database.session() as session:
        add(session, [1, 2, 3, 4], customer="u-1")
        session.execute(update(contacts).where(contacts.c.pk > 2).values(customer="u-2"))
        session.execute(update(contacts).where(contacts.c.pk == 4).values(customer="u-3"))
        assert note_drivers(session, JOB, read_contacts(session, [1, 2, 3, 4])) == 4
    with database.session() as session:
        assert note_driven(session, JOB) == 4
    with database.session() as session:
        add(session, [5], customer="u-2")
        earlier = NOW.replace(day=1)
        session.execute(update(contacts).where(contacts.c.pk == 5).values(started_at=earlier, ended_at=earlier))
        assert unread(session, JOB, after=driven_upto(session, JOB), limit=9) == [5]
        note_drivers(session, JOB, read_contacts(session, [5]))
        assert driven_upto(session, JOB) == 2
        assert unread(session, JOB, after=2, limit=9) == [3]
