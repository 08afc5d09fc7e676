"""Contacts as they came in: kept only where this is switched on, encrypted, opened for an admin and on record."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from store.audit import record_audit
from store.original_keys import KeyRing, Sealed
from store.original_tables import originals
from store.session import insert_new
from store.tables import contacts
from tagger.formats.record import contact_to_json
from tagger.model import Contact, EvidenceSpan
from tagger.redact import Redacted, Span
from taxonomy.errors import BadInputError

BATCH = 500
_NOT_KEPT = frozenset(("id", "customer_id", "survey", "labels"))
"""Known from the contact's own row, or kept nowhere but as a hash."""


class NoOriginalError(BadInputError):
    """No original of this contact was kept."""


@dataclass(frozen=True)
class Original:
    """What was kept of a contact before redaction: `record` as JSON, `turns` with where each finding stood in them."""

    record: Mapping[str, Any]
    turns: tuple[Redacted, ...]

    def place(self, span: EvidenceSpan) -> tuple[int, int]:
        """Where evidence, which counts characters of the redacted turn, stands in the original turn."""
        return self.turns[span.turn].original(span.start, span.end)


def keep_originals(
    session: Session, ring: KeyRing, fresh: Mapping[int, tuple[Contact, Sequence[Redacted]]], *, source: str
) -> int:
    """Encrypt and keep contacts by their row, with the findings of their redaction; nothing twice. How many."""
    now = datetime.now(UTC)
    rows = []
    for pk, (contact, turns) in fresh.items():
        sealed = ring.seal(_written(contact, turns), bound=_bound(source, contact.id))
        rows.append({"contact_pk": pk, **vars(sealed), "kept_at": now})
    return insert_new(session, originals, rows)


def read_original(session: Session, ring: KeyRing, pk: int, *, by: str) -> Original:
    """Open the original of one contact; the audit log says who did.

    Raises NoOriginalError, OriginalsKeyError or OriginalDamagedError.
    """
    joined = select(originals, contacts.c.source, contacts.c.contact_id).join(
        contacts, contacts.c.pk == originals.c.contact_pk
    )
    row = session.execute(joined.where(originals.c.contact_pk == pk)).one_or_none()
    if row is None:
        raise NoOriginalError("no original of this contact was kept; see HEADWAY_KEEP_ORIGINALS")
    text = ring.open(Sealed(row.key_id, row.nonce, row.sealed), bound=_bound(row.source, row.contact_id))
    record_audit(session, who=by, action="original.read", object=f"contact/{pk}", detail={"key": row.key_id})
    return _read(text)


def rotate_originals(session: Session, ring: KeyRing, *, most: int = BATCH) -> int:
    """Encrypt up to `most` originals of older keys again under the key in use; how many were.

    What is done is done: a run that was stopped goes on with the rest. Raises OriginalsKeyError, OriginalDamagedError.
    """
    query = (
        select(originals, contacts.c.source, contacts.c.contact_id)
        .join(contacts, contacts.c.pk == originals.c.contact_pk)
        .where(originals.c.key_id != ring.current)
        .order_by(originals.c.contact_pk)
        .limit(most)
    )
    rows = session.execute(query).all()
    for row in rows:
        bound = _bound(row.source, row.contact_id)
        sealed = ring.seal(ring.open(Sealed(row.key_id, row.nonce, row.sealed), bound=bound), bound=bound)
        mine = (originals.c.contact_pk == row.contact_pk) & (originals.c.nonce == row.nonce)
        session.execute(update(originals).where(mine).values(vars(sealed)))
    return len(rows)


def count_originals(session: Session) -> dict[str, int]:
    """How many originals are kept, by the id of their key."""
    query = select(originals.c.key_id, func.count()).group_by(originals.c.key_id).order_by(originals.c.key_id)
    return {key: count for key, count in session.execute(query)}


def forget_originals(session: Session, contact_pks: Sequence[int]) -> int:
    """Remove the originals of these contacts and keep the contacts; how many there were."""
    gone = 0
    for at in range(0, len(contact_pks), BATCH):
        chosen = originals.c.contact_pk.in_(contact_pks[at : at + BATCH])
        gone += session.scalar(select(func.count()).select_from(originals).where(chosen)) or 0
        session.execute(delete(originals).where(chosen))
    return gone


def _bound(source: str, contact_id: str) -> str:
    return f"{source}\x1f{contact_id}"


def _written(contact: Contact, turns: Sequence[Redacted]) -> str:
    kept = {name: value for name, value in contact_to_json(contact).items() if name not in _NOT_KEPT}
    findings = [[[span.kind, span.start, span.end, span.placeholder] for span in turn.spans] for turn in turns]
    return json.dumps({"record": kept, "findings": findings, "redacted": [turn.text for turn in turns]}, default=str)


def _read(text: str) -> Original:
    known = json.loads(text)
    turns = (
        Redacted(redacted, tuple(Span(*entry) for entry in found))
        for redacted, found in zip(known["redacted"], known["findings"], strict=True)
    )
    return Original(known["record"], tuple(turns))
