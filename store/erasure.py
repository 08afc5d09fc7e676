"""Erasing a customer or a contact: found, announced, removed kind by kind, with a receipt that names nobody."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy.orm import Session

from store.erased import answer_key, contact_key, event_key
from store.erasure_figures import touched_figures
from store.erasure_tables import erased_keys, erasures
from store.identity import Identity
from store.session import insert_new
from store.tables import contacts, outcome_answers, product_events, review_decisions, review_items
from taxonomy.errors import BadInputError

CHUNK = 500


class ErasureError(BadInputError):
    """What is to be erased was not named, or no such receipt is there."""


@dataclass(frozen=True)
class Subject:
    """Whom or what to erase, by the ids that senders gave: everything of a customer, or one contact."""

    customer: str | None = None
    contact: str | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        """Raises ErasureError where nothing is named."""
        if not self.customer and not self.contact:
            raise ErasureError("say what to erase: --customer ID, or --contact ID")

    @property
    def scope(self) -> str:
        """What the receipt says of it."""
        return "contact" if self.contact else "customer"


@dataclass(frozen=True)
class Found:
    """What there is of a subject: rows of contacts, and the customer's keyed hash where answers and events go too."""

    contacts: tuple[int, ...]
    customer: str | None
    decisions: int = 0
    answers: int = 0
    events: int = 0

    def as_counts(self) -> dict[str, int]:
        """How much there is, by kind."""
        return {
            "contacts": len(self.contacts),
            "decisions": self.decisions,
            "answers": self.answers,
            "events": self.events,
        }


@dataclass(frozen=True)
class Receipt:
    """One erasure as it stands; nothing in it says who was erased. `finished_at` None: not all is done yet."""

    receipt: str
    scope: str
    by: str
    asked_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Work:
    """What an unfinished erasure has still to remove: forgotten as soon as it is done."""

    receipt: str
    contacts: tuple[int, ...]
    customer: str | None
    slices: tuple[str, ...]
    weeks: tuple[str | None, ...]


def find_subject(session: Session, subject: Subject, *, identity: Identity) -> Found:
    """What the store holds of a subject."""
    hashed = None if subject.customer is None else identity.customer(subject.customer)
    query = select(contacts.c.pk).order_by(contacts.c.pk)
    if hashed is not None:
        query = query.where(contacts.c.customer == hashed)
    if subject.contact is not None:
        query = query.where(contacts.c.contact_id == subject.contact)
    if subject.source is not None:
        query = query.where(contacts.c.source == subject.source)
    keys = tuple(session.scalars(query))
    whole = hashed if subject.contact is None else None
    decided = review_decisions.join(review_items, review_items.c.item == review_decisions.c.item)
    return Found(
        keys,
        whole,
        decisions=sum(
            session.scalar(select(func.count()).select_from(decided).where(review_items.c.contact_pk.in_(some))) or 0
            for some in chunks(keys)
        ),
        answers=_count(session, outcome_answers.c.respondent == whole) if whole else 0,
        events=_count(session, product_events.c.customer == whole) if whole else 0,
    )


def announce(
    session: Session, found: Found, *, scope: str, by: str, identity: Identity, counts: Mapping[str, int]
) -> str:
    """Take down what will go, and refuse it from now on; the receipt's id.

    From here on an erasure that was killed can be finished without the customer being named again.
    """
    receipt = secrets.token_hex(8)
    insert_new(session, erased_keys, tombstones(session, found, identity=identity))
    slices, weeks = touched_figures(session, found.contacts)
    work = {"contacts": found.contacts, "customer": found.customer, "slices": slices, "weeks": weeks}
    row = {"receipt": receipt, "scope": scope, "by": by, "asked_at": datetime.now(UTC), "work": work}
    session.execute(insert(erasures), [{**row, "counts": dict(counts)}])
    return receipt


def ids_of(session: Session, keys: Sequence[int]) -> list[str]:
    """The ids that senders gave these contacts."""
    query = select(contacts.c.contact_id)
    return [name for some in chunks(keys) for name in session.scalars(query.where(contacts.c.pk.in_(some)))]


def tombstones(session: Session, found: Found, *, identity: Identity) -> list[Mapping[str, Any]]:
    """Keyed hashes of all that will be erased, so that the same input brings none of it back."""
    now = datetime.now(UTC)
    keys = [("contact", contact_key(identity, row.source, row.contact_id)) for row in _contacts(session, found)]
    if found.customer is not None:
        mine = select(outcome_answers).where(outcome_answers.c.respondent == found.customer)
        keys += [("answer", answer_key(dict(row._mapping))) for row in session.execute(mine)]
        done = select(product_events).where(product_events.c.customer == found.customer)
        keys += [("event", event_key(dict(row._mapping))) for row in session.execute(done)]
    return [{"digest": digest, "kind": kind, "erased_at": now} for kind, digest in keys]


def unfinished(session: Session) -> list[Work]:
    """Erasures that were announced and are not done, oldest first."""
    query = select(erasures).where(erasures.c.finished_at.is_(None)).order_by(erasures.c.pk)
    return [
        Work(
            row.receipt,
            tuple(row.work["contacts"]),
            row.work["customer"],
            tuple(row.work["slices"]),
            tuple(row.work["weeks"]),
        )
        for row in session.execute(query)
    ]


def count_more(session: Session, receipt: str, counts: Mapping[str, int]) -> None:
    """Add to what a receipt counts, in the same unit of work as the removal."""
    kept = dict(read_receipt(session, receipt).counts)
    total = {**kept, **{kind: kept.get(kind, 0) + number for kind, number in counts.items()}}
    session.execute(update(erasures).where(erasures.c.receipt == receipt).values(counts=total))


def finish(session: Session, receipt: str) -> None:
    """Forget what was to be removed; only the counts stay."""
    done = update(erasures).where(erasures.c.receipt == receipt, erasures.c.finished_at.is_(None))
    # JSON null would leave the column's old bytes to the next vacuum as well, but not as a row that can be read
    session.execute(done.values(work=None, finished_at=datetime.now(UTC)))


def record_done(session: Session, *, scope: str, by: str, counts: Mapping[str, int]) -> str:
    """The receipt of a removal that is done already, such as one that retention asked for; its id."""
    receipt, now = secrets.token_hex(8), datetime.now(UTC)
    row = {"receipt": receipt, "scope": scope, "by": by, "asked_at": now, "finished_at": now, "work": None}
    session.execute(insert(erasures), [{**row, "counts": dict(counts)}])
    return receipt


def read_receipt(session: Session, receipt: str) -> Receipt:
    """One receipt. Raises ErasureError."""
    row = session.execute(select(erasures).where(erasures.c.receipt == receipt)).one_or_none()
    if row is None:
        raise ErasureError(f"there is no receipt {receipt!r}; `headway erase --receipts` lists them")
    return _receipt(row)


def list_receipts(session: Session, *, limit: int = 100) -> list[Receipt]:
    """Receipts, the newest first."""
    return [_receipt(row) for row in session.execute(select(erasures).order_by(erasures.c.pk.desc()).limit(limit))]


def chunks(keys: Sequence[Any]) -> list[Sequence[Any]]:
    """The keys in parts that one statement can take."""
    return [keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK)]


def _contacts(session: Session, found: Found) -> list[Row[Any]]:
    query = select(contacts.c.source, contacts.c.contact_id)
    return [row for some in chunks(found.contacts) for row in session.execute(query.where(contacts.c.pk.in_(some)))]


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(condition)) or 0


def _receipt(row: Row[Any]) -> Receipt:
    return Receipt(row.receipt, row.scope, row.by, row.asked_at, row.finished_at, row.counts)
