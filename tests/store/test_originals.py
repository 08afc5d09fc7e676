"""Contacts as they came in: encrypted, bound to their contact, rotated, forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from store.audit import read_audit
from store.contacts import find_contact
from store.identity import Identity
from store.intake import Intake
from store.original_keys import KeyRing, OriginalDamagedError, OriginalsKeyError, new_key, read_ring
from store.original_tables import originals
from store.originals import (
    NoOriginalError,
    Original,
    count_originals,
    forget_originals,
    read_original,
    rotate_originals,
)
from store.session import Database
from store.tables import transcripts
from tagger.formats.reading import Accepted
from tagger.model import Contact, EvidenceSpan, Turn

TEXT = "my name is Jane Roe, mail jane@x.org, and the parcel is late"


def ring(*names: str) -> KeyRing:
    return read_ring(",".join(KEYS[name] for name in names))


KEYS = {name: new_key(name) for name in ("old", "new", "other")}


def take_in(database: Database, keys: KeyRing | None, *ids: str) -> None:
    contacts = [Contact(id=name, turns=(Turn("customer", TEXT),), extra={"phone": "555-0123"}) for name in ids]
    intake = Intake(database, Identity(b"k" * 32), "test", ring=keys)
    intake.store([Accepted(contact, line, len(TEXT)) for line, contact in enumerate(contacts, 1)])


def opened(database: Database, keys: KeyRing, name: str = "c-1") -> Original:
    with database.session() as session:
        return read_original(session, keys, find_contact(session, name), by="ada")


def test_without_keys_nothing_is_kept(database: Database) -> None:
    take_in(database, None, "c-1")
    with pytest.raises(NoOriginalError):
        opened(database, ring("new"))


def test_an_original_opens_for_its_key_and_the_audit_log_says_who_read_it(database: Database) -> None:
    take_in(database, ring("new"), "c-1")
    original = opened(database, ring("new"))
    assert original.record["turns"][0]["text"] == TEXT
    assert original.record["phone"] == "555-0123"
    with database.session() as session:
        assert [(event.who, event.action) for event in read_audit(session)] == [("ada", "original.read")]


def test_nothing_of_it_is_readable_in_the_table(database: Database) -> None:
    take_in(database, ring("new"), "c-1")
    with database.session() as session:
        row = session.execute(select(originals)).one()
    assert b"Jane" not in row.sealed
    assert b"parcel" not in row.sealed


def test_evidence_in_redacted_words_points_into_the_original(database: Database) -> None:
    take_in(database, ring("new"), "c-1")
    with database.session() as session:
        redacted = session.scalar(select(transcripts.c.turns))[0][1]
    start = redacted.index("the parcel")
    low, high = opened(database, ring("new")).place(EvidenceSpan(0, start, len(redacted)))
    assert TEXT[low:high] == "the parcel is late"


def test_another_key_does_not_open_it_and_says_which_is_missing(database: Database) -> None:
    take_in(database, ring("new"), "c-1")
    with pytest.raises(OriginalsKeyError, match="'new'"):
        opened(database, ring("other"))


@pytest.mark.parametrize("column", ["sealed", "nonce"])
def test_a_changed_row_does_not_open(database: Database, column: str) -> None:
    take_in(database, ring("new"), "c-1")
    with database.session() as session:
        value = bytearray(session.scalar(select(originals.c[column])))
        value[0] ^= 1
        session.execute(update(originals).values({column: bytes(value)}))
    with pytest.raises(OriginalDamagedError):
        opened(database, ring("new"))


def test_a_row_moved_to_another_contact_does_not_open(database: Database) -> None:
    take_in(database, ring("new"), "c-1", "c-2")
    with database.session() as session:
        first, second = session.execute(select(originals).order_by(originals.c.contact_pk)).all()
        swapped = {"sealed": second.sealed, "nonce": second.nonce}
        session.execute(update(originals).where(originals.c.contact_pk == first.contact_pk).values(swapped))
    with pytest.raises(OriginalDamagedError):
        opened(database, ring("new"))


def test_rotation_goes_on_where_it_stopped_and_ends_with_one_key(database: Database) -> None:
    take_in(database, ring("old"), "c-1", "c-2", "c-3")
    both = ring("new", "old")
    with database.session() as session:
        assert rotate_originals(session, both, most=2) == 2
    with database.session() as session:
        assert count_originals(session) == {"new": 2, "old": 1}
        assert rotate_originals(session, both, most=2) == 1
    with database.session() as session:
        assert rotate_originals(session, both) == 0
    assert all(opened(database, ring("new"), name).record["turns"][0]["text"] == TEXT for name in ("c-1", "c-2", "c-3"))


def test_originals_go_with_their_transcript_and_can_be_forgotten_alone(database: Database) -> None:
    take_in(database, ring("new"), "c-1", "c-2")
    with database.session() as session:
        first, second = (find_contact(session, name) for name in ("c-1", "c-2"))
        assert forget_originals(session, [first]) == 1
        assert count_originals(session) == {"new": 1}
        session.execute(delete(transcripts).where(transcripts.c.contact_pk == second))
        assert count_originals(session) == {}


@pytest.mark.parametrize(
    "text",
    ["", "a", "a:b", f"{KEYS['new']},{KEYS['new']}", "a:" + "A" * 20],
    ids=["empty", "no key", "no base64", "one key twice", "too short"],
)
def test_keys_that_cannot_be_read_are_refused_without_being_shown(text: str) -> None:
    with pytest.raises(OriginalsKeyError) as refused:
        read_ring(text)
    assert KEYS["new"].partition(":")[2] not in str(refused.value)
