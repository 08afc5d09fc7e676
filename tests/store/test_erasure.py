"""Erasure on both databases: a planted customer in every table, gone from every table."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import insert, select

from alignment.estimate import Estimate
from alignment.gaps import Gap, GapReport
from alignment.moments import slice_to_bytes
from store.contacts import Incoming, add_contacts
from store.erased import erasure_number
from store.erasure import ErasureError, Subject, announce, count_more, find_subject, finish, read_receipt, unfinished
from store.erasure_figures import rewrite_past
from store.erasure_rows import REMOVALS, remove_quarantined
from store.erasure_space import wipe_space
from store.gaps import Found, Member, save_gaps
from store.identity import Identity
from store.quarantine import Refused, put_aside
from store.review_work import Answer, decide
from store.session import Database
from store.surveys import add_answers, add_events
from store.tables import contact_drivers, contacts, moments, review_gold, tags
from tagger.model import Contact, Turn
from tests.planted import in_tables
from tests.store.queue import JOB, NOW, add_items

WHO, KEY = "cust-zq-9", Identity(b"key")
WORDS = "turquoise zeppelin"
HASHED = KEY.customer(WHO)
NEEDLES = (WHO, HASHED, "zq-contact", WORDS, "zq note", "zq-event")


def planted(database: Database) -> None:
    """Four plain contacts with review items, and the customer in every table that can hold one."""
    contact = Contact("zq-contact", (Turn("customer", f"where is my {WORDS}"),), customer_id=WHO, started_at=NOW)
    incoming = Incoming.of(contact, redact=lambda one: one, identity=KEY)
    answer = {"job_id": JOB, "respondent": HASHED, "answered_at": NOW, "outcome": "o", "importance": 9.0}
    answer |= {"satisfaction": 2.0, "scale": "1-10", "weight": 1.0, "segment": {}, "circumstance": {}}
    event = {"job_id": JOB, "event_id": "zq-event", "customer": HASHED, "at": NOW, "step": "a", "type": "start"}
    head = {"job_id": JOB, "job_version": "1", "model_id": "m"}
    tag = {"step": "a", "confidence": 0.5, "deferred": True, "source": "classifier", "scores": b"1", "evidence": []}
    with database.session() as session:
        items = add_items(session, 4)
        decide(session, items[0], "ann", Answer("a", note="zq note"), now=NOW)
        session.execute(contacts.update().where(contacts.c.pk == 1).values(customer=HASHED, contact_id="zq-contact-0"))
    with database.session() as session:
        session.execute(insert(contacts).values(pk=50, **_bare("filler")))  # numbers go on from here on both databases
        add_contacts(session, [incoming], source="s2", job_id=JOB, identity=KEY)
        key = session.scalar(select(contacts.c.pk).where(contacts.c.contact_id == "zq-contact"))
        session.execute(insert(tags).values(contact_pk=key, novelty=0.1, tagged_at=NOW, **head, **tag))
        drivers = {"reader": "1", "drivers": "", "found": [], "read_at": NOW}
        session.execute(insert(contact_drivers).values(job_id=JOB, contact_pk=key, **drivers))
        gold = {"by": "ann", "note": "zq note", "withdrawn": False, "recorded_at": NOW}
        session.execute(insert(review_gold).values(job_id=JOB, contact_pk=key, step="a", **gold))
        add_answers(session, [answer])
        add_events(session, [{**event, "success": None, "segment": {}}])
        raw = f'{{"id": "zq-contact", "customer_id": "{WHO}"}}'
        put_aside(session, [Refused("contacts", "s2", JOB, "f", 1, "id-conflict", "id 'zq-contact' again", raw)])
        share = Estimate(0.1, 0.05, 0.2, 100, 30, "labels", NOW)
        gap = Gap("gap-1", (WORDS, "hello"), 2, 1, share, NOW, NOW)
        found = Found(gap, (Member(int(key or 0), 0), Member(2, 0)), np.ones(2, dtype=np.float32))
        save_gaps(session, GapReport(JOB, "1", "m", NOW, 1, 5, 2, (gap,)), [found], encoder="e")


def _bare(name: str) -> dict[str, object]:
    facts = {"source": "s", "content_hash": "h", "segment": {}, "circumstance": {}, "u": 0.1, "ingested_at": NOW}
    return {"contact_id": name, **facts}


def erase(database: Database) -> str:
    with database.session() as session:
        found = find_subject(session, Subject(customer=WHO), identity=KEY)
        counts = {"quarantined": remove_quarantined(session, ["zq-contact", WHO], [HASHED])}
        receipt = announce(session, found, scope="customer", by="ann", identity=KEY, counts=counts)
        (work,) = unfinished(session)
    for remove in REMOVALS.values():
        for _ in range(2):  # a second time finds nothing and does no harm
            with database.session() as session:
                count_more(session, receipt, remove(session, work))
    with database.session() as session:
        finish(session, receipt)
    return receipt


@pytest.fixture(autouse=True)
def _numbers(database: Database) -> None:
    """PostgreSQL counts rows by a sequence of its own: contacts made by hand must not be in its way."""
    if database.engine.dialect.name == "postgresql":
        with database.engine.begin() as connection:
            connection.exec_driver_sql("SELECT setval(pg_get_serial_sequence('contacts', 'pk'), 100)")


def test_no_table_holds_the_customer_after_erasure(database: Database) -> None:
    planted(database)
    places = {place.split(":")[0] for place in in_tables(database, NEEDLES)}
    assert {"contacts.customer", "transcripts.turns", "review_events.note", "review_gold.note"} <= places
    assert {"outcome_answers.respondent", "product_events.event_id", "quarantine.raw", "gap_clusters.terms"} <= places
    receipt = erase(database)
    assert in_tables(database, NEEDLES) == set()
    with database.session() as session:
        told = read_receipt(session, receipt)
        assert erasure_number(session) == 1
    counts = {"contacts": 2, "review decisions": 1, "survey answers": 1, "product events": 1, "tags": 1}
    counts |= {"known answers": 1, "drivers": 1, "group members": 1, "quarantined": 1}
    assert {name: told.counts[name] for name in counts} == counts
    assert wipe_space(database) is None or database.engine.dialect.name == "postgresql"


def test_what_was_erased_is_not_taken_again(database: Database) -> None:
    planted(database)
    erase(database)
    again = Contact("zq-contact", (Turn("customer", WORDS),), customer_id=WHO)
    other = Contact("new", (Turn("customer", "hello"),), customer_id=WHO)
    batch = [Incoming.of(one, redact=lambda given: given, identity=KEY) for one in (again, other)]
    with database.session() as session:
        added = add_contacts(session, batch, source="s2", job_id=JOB, identity=KEY)
    assert (added.accepted, added.erased) == (1, (0,))
    assert in_tables(database, [WORDS, "zq-contact"]) == set()


def test_touched_slices_are_believed_from_the_start_as_they_are_now(database: Database) -> None:
    sums = [slice_to_bytes(np.full((1, 1, 1), value)) for value in (5.0, 3.0, 0.0)]
    place = {"segment": [], "circumstance": [], "job_id": JOB, "job_version": "1", "model_id": "m"}
    moment = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2)]
    rows = [("kept", sums[0], moment[0]), ("kept", sums[1], moment[1]), ("gone", sums[0], moment[0])]
    rows += [("gone", sums[2], moment[1]), ("other", sums[0], moment[0]), ("other", sums[1], moment[1])]
    with database.session() as session:
        session.execute(
            insert(moments),
            [{**place, "slice_key": key, "digest": "d", "sums": data, "recorded_at": at} for key, data, at in rows],
        )
        assert rewrite_past(session, ["kept", "gone"], []) == 3
        query = select(moments.c.slice_key, moments.c.sums, moments.c.recorded_at).order_by(moments.c.pk)
        left = [row._tuple() for row in session.execute(query)]
    assert left == [("kept", sums[1], moment[0]), ("other", sums[0], moment[0]), ("other", sums[1], moment[1])]


def test_nobody_is_erased_without_being_named() -> None:
    with pytest.raises(ErasureError, match="--customer"):
        Subject()


def test_an_unknown_receipt_says_how_to_find_the_known_ones(database: Database) -> None:
    with database.session() as session, pytest.raises(ErasureError, match="--receipts"):
        read_receipt(session, "none")
