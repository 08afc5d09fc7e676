"""Input that could not be used: kept with its reason, counted, listed, and tried again on demand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.session import insert_new
from store.tables import quarantine
from taxonomy.errors import BadInputError


class UnknownQuarantineError(BadInputError):
    """No quarantined input has that number."""


@dataclass(frozen=True)
class Refused:
    """One refused input. `raw` is redacted; `line` counts from 1; `truncated` says that `raw` was cut."""

    input_kind: str
    source: str
    job_id: str | None
    path: str
    line: int | None
    reason: str
    message: str
    raw: str
    truncated: bool = False

    @property
    def digest(self) -> str:
        """The natural key: the same input refused again is the same row."""
        parts = (self.input_kind, self.source, self.path, str(self.line), self.reason, self.raw)
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


def put_aside(session: Session, refused: Sequence[Refused]) -> int:
    """Keep refused inputs; how many were not there already."""
    now = datetime.now(UTC)
    rows = [{**vars(item), "digest": item.digest, "seen_at": now} for item in refused]
    return insert_new(session, quarantine, rows)


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


def _waiting() -> Any:
    return quarantine.c.resolved_at.is_(None)
