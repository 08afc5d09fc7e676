"""Review items with their words and answers, as other tools are given them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.contacts import read_contacts
from store.review_standing import CHUNK, read_reads
from store.reviews import export_items
from store.tables import review_items
from tagger.exchange import Outgoing, shown_suggestion
from tagger.review import ReviewItem

KEPT_HERE = ("gold", "done")
"""What an item may wait for that no other tool is given to work on."""


def outgoing_items(session: Session, job_id: str, *, to_work: bool) -> Iterator[Outgoing]:
    """Items of a job in the order of work, with redacted words.

    `to_work`: only items that still need an answer, without the answers so far, and without the suggestion where it
    must not lead. Items whose answer is known are not given away.
    """
    batch: list[ReviewItem] = []
    for item in export_items(session, job_id):
        batch.append(item)
        if len(batch) == CHUNK:
            yield from _outgoing(session, batch, to_work=to_work)
            batch = []
    yield from _outgoing(session, batch, to_work=to_work)


def _outgoing(session: Session, items: list[ReviewItem], *, to_work: bool) -> Iterator[Outgoing]:
    names = [item.item for item in items]
    query = select(review_items).where(review_items.c.item.in_(names))
    rows = {row.item: row for row in session.execute(query)}
    contacts = dict(read_contacts(session, [row.contact_pk for row in rows.values()]))
    reads = {} if to_work else read_reads(session, names)
    for item in items:
        row = rows[item.item]
        if row.contact_pk not in contacts or (to_work and row.waits_for in KEPT_HERE):
            continue
        shown = shown_suggestion(item, waits=row.waits_for, to_work=to_work)
        yield Outgoing(item, contacts[row.contact_pk].turns, row.model_id, shown, tuple(reads.get(item.item, ())))
