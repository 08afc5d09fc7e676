"""Input that could not be used: kept with its reason, counted, listed, and tried again on demand."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from store.erased import contact_key
from store.identity import Identity
from store.quarantine_tables import quarantine_people
from store.session import insert_new
from store.tables import contacts, product_events, quarantine
from tagger.formats.people import People
from taxonomy.errors import BadInputError

Named = frozenset[tuple[str, str]]
"""Whom input names: kind (customer or contact) and keyed hash."""

CHUNK = 500


class UnknownQuarantineError(BadInputError):
    """No quarantined input has that number."""


@dataclass(frozen=True)
class Refused:
    """One refused input. `raw` is redacted; `line` counts from 1; `truncated` says that `raw` was cut.

    `named` says whom it is about, as far as it could be read: with them it is erased.
    """

    input_kind: str
    source: str
    job_id: str | None
    path: str
    line: int | None
    reason: str
    message: str
    raw: str
    truncated: bool = False
    named: Named = frozenset()

    @property
    def digest(self) -> str:
        """The natural key: the same input refused again is the same row."""
        parts = (self.input_kind, self.source, self.path, str(self.line), self.reason, self.raw)
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


def put_aside(session: Session, refused: Sequence[Refused]) -> int:
    """Keep refused inputs; how many were not there already."""
    now = datetime.now(UTC)
    rows = [{**_facts(item), "digest": item.digest, "seen_at": now} for item in refused]
    new = insert_new(session, quarantine, rows)
    _note_people(session, [item for item in refused if item.named])
    return new


def hashed_people(people: People, *, source: str, identity: Identity) -> Named:
    """Keyed hashes of whom input names: a customer's as contacts carry it, a contact's as its erasure leaves it."""
    customers = {("customer", identity.customer(one)) for one in people.customers}
    return frozenset(customers | {("contact", contact_key(identity, source, one)) for one in people.contacts})


def list_quarantine(session: Session, *, resolved: bool = False, limit: int = 100) -> list[dict[str, Any]]:
    """The refused inputs still waiting (or the resolved ones), newest first, without their text."""
    columns = [column for column in quarantine.c if column.name not in ("raw", "digest")]
    query = select(*columns).where(quarantine.c.resolved_at.is_not(None) if resolved else _waiting())
    return [dict(row._mapping) for row in session.execute(query.order_by(quarantine.c.pk.desc()).limit(limit))]


def count_by_reason(session: Session) -> dict[str, int]:
    """How many inputs wait, by reason."""
    query = select(quarantine.c.reason, func.count()).where(_waiting()).group_by(quarantine.c.reason)
    return {reason: count for reason, count in session.execute(query.order_by(quarantine.c.reason))}


def read_refused(session: Session, pk: int) -> dict[str, Any]:
    """One refused input with its redacted text. Raises UnknownQuarantineError."""
    row = session.execute(select(quarantine).where(quarantine.c.pk == pk)).one_or_none()
    if row is None:
        raise UnknownQuarantineError(f"quarantine has no number {pk}; `headway quarantine list` shows them")
    return dict(row._mapping)


def waiting(session: Session) -> list[dict[str, Any]]:
    """Every refused input that is still waiting, oldest first, with its redacted text."""
    return [
        dict(row._mapping) for row in session.execute(select(quarantine).where(_waiting()).order_by(quarantine.c.pk))
    ]


def resolve(session: Session, pk: int) -> None:
    """Mark a refused input as accepted after all."""
    session.execute(quarantine.update().where(quarantine.c.pk == pk).values(resolved_at=datetime.now(UTC)))


def give_back(session: Session, refused: Mapping[str, Any], ids: Collection[str]) -> int:
    """Make what was accepted of a redacted copy the customer's again, whose id the copy lost; how many rows.

    `ids` are of the contacts or events. Nothing is done where the input named several customers.
    """
    query = select(quarantine_people.c.digest).where(quarantine_people.c.quarantine_pk == refused["pk"])
    found = list(session.scalars(query.where(quarantine_people.c.kind == "customer")))
    if len(found) != 1:
        return 0
    if refused["input_kind"] == "contacts":
        table, mine = contacts, (contacts.c.source == refused["source"]) & contacts.c.contact_id.in_(ids)
    else:
        table = product_events
        mine = (product_events.c.job_id == refused["job_id"]) & product_events.c.event_id.in_(ids)
    nobody = update(table).where(mine, table.c.customer.is_(None)).values(customer=found[0])
    return len(session.execute(nobody.returning(table.c.pk)).all())


def _facts(item: Refused) -> dict[str, Any]:
    return {name: value for name, value in vars(item).items() if name != "named"}


def _note_people(session: Session, refused: Sequence[Refused]) -> None:
    """The same input again, of somebody else: then it is about both."""
    for at in range(0, len(refused), CHUNK):
        some = {item.digest: item for item in refused[at : at + CHUNK]}
        query = select(quarantine.c.digest, quarantine.c.pk).where(quarantine.c.digest.in_(some))
        rows = [
            {"quarantine_pk": pk, "kind": kind, "digest": who}
            for digest, pk in session.execute(query).all()
            for kind, who in some[digest].named
        ]
        insert_new(session, quarantine_people, rows)


def _waiting() -> Any:
    return quarantine.c.resolved_at.is_(None)
