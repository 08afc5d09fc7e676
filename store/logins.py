"""Logins that are over before their time: a login lives in a signed cookie, and here is which hold no longer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.session import insert_new
from store.tables import login_ends as table

What = Literal["session", "name", "state"]


@dataclass(frozen=True)
class Ended:
    """Ids of logins that are over, and by name the moment before which every login of it is over."""

    sessions: frozenset[str] = frozenset()
    names: Mapping[str, datetime] = field(default_factory=dict)

    def over(self, session_id: str, name: str, made_at: datetime) -> bool:
        """Whether a login no longer holds."""
        ended = self.names.get(name)
        return session_id in self.sessions or (ended is not None and made_at <= ended)


def end_login(session: Session, session_id: str, *, keep_until: datetime) -> None:
    """End one login."""
    _note(session, "session", session_id, keep_until)


def end_logins_of(session: Session, name: str, *, keep_until: datetime) -> None:
    """End every login that a name has now."""
    session.execute(delete(table).where(table.c.what == "name", table.c.value == name))
    _note(session, "name", name, keep_until)


def use_once(session: Session, state: str, *, keep_until: datetime) -> bool:
    """Take what may be used once; False where somebody took it before."""
    return _note(session, "state", state, keep_until) == 1


def read_ended(session: Session) -> Ended:
    """What is over now."""
    rows = session.execute(
        select(table.c.what, table.c.value, table.c.at).where(
            table.c.what.in_(("session", "name")), table.c.keep_until > datetime.now(UTC)
        )
    ).all()
    sessions = frozenset(row.value for row in rows if row.what == "session")
    return Ended(sessions, {row.value: row.at for row in rows if row.what == "name"})


def _note(session: Session, what: What, value: str, keep_until: datetime) -> int:
    now = datetime.now(UTC)
    session.execute(delete(table).where(table.c.keep_until <= now))
    return insert_new(session, table, [{"what": what, "value": value, "at": now, "keep_until": keep_until}])
