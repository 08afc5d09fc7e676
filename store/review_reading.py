"""One item as an analyst needs it, and what is left in the queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.contacts import is_seen, read_contacts
from store.permitted import permits, permits_all
from store.review_claims import UnknownItemError
from store.review_offers import open_to
from store.review_standing import read_reads
from store.review_tables import review_events, review_items
from store.tables import tags
from store.tags import read_label_space, tag_of, tagged
from tagger.model import Contact, Tag
from tagger.review_reads import Read, ReadKind, kind_of_read, suggestion_hidden
from tagger.review_reasons import AGAIN, GOLD


@dataclass(frozen=True)
class ItemDetail:
    """An item with its contact, what the model said of it, and what was read before.

    `kind` is the read that this analyst's answer would be; with `hidden` they must answer without `tag`. `wish` is what
    somebody said who asked for it or flagged it; `contact_pk` is how the audit log names the contact.
    """

    item: str
    job_id: str
    job_version: str
    reason: str
    drawn: bool
    contact: Contact
    tag: Tag | None
    reads: tuple[Read, ...]
    kind: ReadKind
    hidden: bool
    model_id: str = ""
    wish: str | None = None
    contact_pk: int = 0


@dataclass(frozen=True)
class Left:
    """Items still open to an analyst: first reads of drawn contacts and of others, second reads, disagreements."""

    drawn: int
    others: int
    second: int
    adjudicated: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.drawn + self.others + self.second + self.adjudicated


def read_item(session: Session, item: str, by: str) -> ItemDetail:
    """An item as this analyst may see it. Raises UnknownItemError."""
    row = session.execute(select(review_items).where(review_items.c.item == item)).one_or_none()
    found = read_contacts(session, [row.contact_pk]) if row is not None else []
    if row is None or not found or not permits(session, row.job_id) or not is_seen(session, row.contact_pk):
        raise UnknownItemError(f"no item {item!r} is in the review queue")
    contact = found[0][1]
    said = session.execute(
        select(tags).where(
            tagged(job_id=row.job_id, job_version=row.job_version, model_id=row.model_id),
            tags.c.contact_pk == row.contact_pk,
        )
    ).one_or_none()
    tag = tag_of(said, contact.id, read_label_space(session, said.model_id)) if said is not None else None
    reads = tuple(read_reads(session, [item])[item])
    kind = kind_of_read(reads, by, gold=row.reason == GOLD)
    hidden = suggestion_hidden(item, by, kind=kind)
    return ItemDetail(
        item, row.job_id, row.job_version, row.reason, row.drawn, contact, tag, reads, kind, hidden, row.model_id,
        _wish(session, item) if row.reason in AGAIN else None, row.contact_pk,
    )  # fmt: skip


def _wish(session: Session, item: str) -> str | None:
    """What somebody said who put the item in the queue."""
    query = select(review_events.c.note).where(review_events.c.item == item, review_events.c.kind == "ask")
    note: str | None = session.scalar(query.order_by(review_events.c.pk.desc()).limit(1))
    return note


def left_for(session: Session, job_id: str, by: str) -> Left:
    """What is still open to an analyst."""
    query = (
        select(review_items.c.waits_for, review_items.c.drawn, func.count())
        .where(open_to(own=not permits_all(session)))
        .group_by(review_items.c.waits_for, review_items.c.drawn)
    )
    counts: Mapping[tuple[Any, Any], int] = {
        (waits, drawn): n for waits, drawn, n in session.execute(query, {"job": job_id, "by": by})
    }
    return Left(
        counts.get(("first", True), 0),
        counts.get(("first", False), 0),
        sum(n for (waits, _), n in counts.items() if waits == "second"),
        sum(n for (waits, _), n in counts.items() if waits == "adjudicated"),
    )
