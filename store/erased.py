"""What was erased and may not come back, and from when on figures stand as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import UTC, date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.erasure_tables import erased_keys, erasures, frozen_figures
from store.identity import Identity

CHUNK = 500


def contact_key(identity: Identity, source: str, contact_id: str) -> str:
    """The tombstone of a contact."""
    return identity.proof("erased contact", source, contact_id)


def answer_key(row: Mapping[str, Any]) -> str:
    """The tombstone of a survey answer; that of a person, `respondent`, is a keyed hash already."""
    at = row["answered_at"].astimezone(UTC).isoformat()
    return _hash("erased answer", row["job_id"], row["respondent"], row["outcome"], at)


def event_key(row: Mapping[str, Any]) -> str:
    """The tombstone of a product event; `customer` is a keyed hash already."""
    return _hash("erased event", row["job_id"], row["event_id"], str(row["customer"]))


def erased_among(session: Session, digests: Collection[str]) -> set[str]:
    """Those of these tombstones that stand."""
    wanted = sorted(digests)
    query = select(erased_keys.c.digest)
    return {
        digest
        for at in range(0, len(wanted), CHUNK)
        for digest in session.scalars(query.where(erased_keys.c.digest.in_(wanted[at : at + CHUNK])))
    }


def erasure_number(session: Session) -> int:
    """Changes with every erasure: what was kept in memory before is not true any more."""
    return session.scalar(select(func.count()).where(erasures.c.finished_at.is_not(None))) or 0


def frozen_before(session: Session) -> date | None:
    """The Monday before which figures stay as they are, since the contacts behind them were removed by retention."""
    monday: date | None = session.scalar(select(func.max(frozen_figures.c.before)))
    return monday


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
