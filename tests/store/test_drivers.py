"""Effort drivers in the store: once per contact and job, done again by newer rules, chained as repeat contacts are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from flows.drivers import note_drivers
from store import drivers as table
from store.contacts import Incoming, add_contacts, find_contact, read_contacts
from store.drivers import read_drivers, unread
from store.identity import Identity
from store.session import Database
from store.tables import contact_drivers, contacts
from tagger.model import Contact, Turn
from taxonomy.loader import find_job

JOB = find_job("online-order")
START = datetime(2026, 5, 1, 9, tzinfo=UTC)


def contact(name: str, day: float, *, channel: str = "chat", customer: str | None = "u-1", text: str = "hi") -> Contact:
    begun = START + timedelta(days=day)
    return Contact(
        name, (Turn("customer", text),), customer, channel, begun, begun + timedelta(minutes=10), transfers=0
    )


def add(database: Database, batch: Sequence[Contact]) -> None:
    identity = Identity(b"secret")
    with database.session() as session:
        incoming = [Incoming.of(one, redact=lambda same: same, identity=identity) for one in batch]
        add_contacts(session, incoming, source="test", job_id=JOB.id, identity=identity)


def catch_up(database: Database) -> int:
    with database.session() as session:
        return note_drivers(session, JOB, read_contacts(session, unread(session, JOB, after=0, limit=100)))


def found(database: Database, name: str) -> list[tuple[str, str]]:
    with database.session() as session:
        by_job = read_drivers(session, find_contact(session, name))
    return [(driver.driver, driver.source) for driver in by_job.get(JOB.id, ())]


def test_contacts_are_read_once_and_words_come_back_with_their_place(database: Database) -> None:
    add(database, [contact("a", 0, text="Hello. I already explained all this to your colleague")])
    assert catch_up(database) == 1
    assert catch_up(database) == 0
    with database.session() as session:
        (driver,) = read_drivers(session, find_contact(session, "a"))[JOB.id]
    assert driver.span is not None and (driver.driver, driver.span.turn) == ("had-to-repeat", 0)


def test_a_contact_within_the_window_of_another_is_a_repeat(database: Database) -> None:
    add(database, [contact("a", 0), contact("b", 6), contact("c", 20), contact("d", 26, channel="phone")])
    catch_up(database)
    assert found(database, "a") == found(database, "c") == []
    assert found(database, "b") == [("repeat-contact", "data")]
    assert found(database, "d") == [("switched-channel", "data"), ("repeat-contact", "data")]


def test_people_without_a_name_never_return(database: Database) -> None:
    add(database, [contact("a", 0, customer=None), contact("b", 1, customer=None), contact("c", 1, customer="u-2")])
    catch_up(database)
    assert [found(database, name) for name in "abc"] == [[], [], []]


def test_a_late_contact_turns_the_one_after_it_into_a_repeat(database: Database) -> None:
    add(database, [contact("b", 3)])
    catch_up(database)
    add(database, [contact("a", 0)])
    assert catch_up(database) == 1
    assert catch_up(database) == 1
    assert found(database, "b") == [("repeat-contact", "data")]


def test_newer_rules_read_everything_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    add(database, [contact("a", 0), contact("b", 1)])
    catch_up(database)
    monkeypatch.setattr(table, "VERSION", table.VERSION + 1)
    assert catch_up(database) == 2
    with database.session() as session:
        assert len(session.execute(select(contact_drivers)).all()) == 2


def test_drivers_go_with_their_contact(database: Database) -> None:
    add(database, [contact("a", 0)])
    catch_up(database)
    with database.session() as session:
        session.execute(contacts.delete())
    with database.session() as session:
        assert session.execute(select(contact_drivers)).all() == []
