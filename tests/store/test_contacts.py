from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from store.contacts import Added, Incoming, UnknownContactError, add_contacts, find_contact, read_contacts
from store.identity import Identity
from store.session import Database
from store.tables import contacts
from tagger.model import Contact, Survey, Turn

IDENTITY = Identity(b"a key")
CONTACT = Contact(
    id="c-1",
    turns=(Turn("customer", "where is my parcel", datetime(2026, 3, 1, 9, tzinfo=UTC)), Turn("agent", "I will look")),
    customer_id="u-9",
    channel="chat",
    started_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
    segment={"tier": "gold"},
    transfers=1,
)


def add(database: Database, *added: Contact, source: str = "crm") -> Added:
    batch = [Incoming.of(contact, redact=lambda one: one, identity=IDENTITY) for contact in added]
    with database.session() as session:
        return add_contacts(session, batch, source=source, job_id=None, identity=IDENTITY)


def test_a_contact_comes_back_as_it_went_in_but_for_the_hashed_customer(database: Database) -> None:
    add(database, CONTACT)
    with database.session() as session:
        ((_, found),) = read_contacts(session, [find_contact(session, "c-1")])
    assert found == replace(CONTACT, customer_id=IDENTITY.customer("u-9"))


def test_the_same_contact_twice_is_stored_once(database: Database) -> None:
    assert add(database, CONTACT, CONTACT) == Added(1, 0, 1, ())
    assert add(database, CONTACT) == Added(0, 0, 1, ())
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(contacts)) == 1


def test_the_same_id_from_two_sources_is_two_contacts(database: Database) -> None:
    add(database, CONTACT, source="crm")
    assert add(database, CONTACT, source="chat").accepted == 1


def test_an_id_seen_with_other_content_is_a_conflict_and_changes_nothing(database: Database) -> None:
    add(database, CONTACT)
    changed = replace(CONTACT, turns=(Turn("customer", "something else"),))
    assert add(database, changed) == Added(0, 0, 0, (0,))
    with database.session() as session:
        ((_, found),) = read_contacts(session, [find_contact(session, "c-1")])
    assert found.turns == CONTACT.turns


def test_a_survey_answer_that_comes_later_completes_the_contact_once(database: Database) -> None:
    add(database, CONTACT)
    answered = replace(CONTACT, survey=Survey(effort=2.0, answered_at=datetime(2026, 3, 8, tzinfo=UTC)))
    assert add(database, answered) == Added(0, 1, 0, ())
    assert add(database, answered) == Added(0, 0, 1, ())
    with database.session() as session:
        ((_, found),) = read_contacts(session, [find_contact(session, "c-1")])
    assert found.survey == answered.survey


def test_an_unknown_contact_says_so(database: Database) -> None:
    with database.session() as session, pytest.raises(UnknownContactError, match="'nobody'"):
        find_contact(session, "nobody")


def test_permanent_random_numbers_are_uniform_and_depend_on_key_source_and_id() -> None:
    drawn = [IDENTITY.uniform("crm", f"c-{number}") for number in range(2000)]
    assert 0.48 < sum(drawn) / len(drawn) < 0.52
    assert drawn[0] == IDENTITY.uniform("crm", "c-0")
    assert len({drawn[0], IDENTITY.uniform("chat", "c-0"), Identity(b"other").uniform("crm", "c-0")}) == 3
