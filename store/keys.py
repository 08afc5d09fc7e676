"""Keys that programs and people show to the server: made once, kept as a hash, revoked, rotated.

A key reads `hw_ID_SECRET`. The secret part has 256 random bits; of it only an argon2id hash is kept, so that whoever
reads the database has no key. The id finds the row and says nothing by itself.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.orm import Session

from store.audit import record_audit
from store.jobs import job_ids
from store.roles import ROLES, Role
from store.tables import access_keys as table
from taxonomy.errors import BadInputError

TOKEN = re.compile(r"hw_([a-z0-9]{10})_([A-Za-z0-9_-]{43})")
LONGEST_NAME = 100
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id with 19 MiB and two passes: some 20 ms, which a verified key costs once in ten minutes only."""


class KeyRefusedError(BadInputError):
    """A key that cannot be made, or is not there."""


@dataclass(frozen=True)
class AccessKey:
    """A key without its secret. `jobs` None: good for all; `expires_at` None: never; `used_on`: last day of use."""

    key_id: str
    name: str
    role: Role
    jobs: frozenset[str] | None
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    replaces: str | None
    used_on: date | None

    def usable(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def state(self, now: datetime) -> str:
        """In a word: good, revoked or expired."""
        return "good" if self.usable(now) else "expired" if self.revoked_at is None else "revoked"


def create_key(
    session: Session,
    *,
    name: str,
    role: Role,
    by: str,
    jobs: Iterable[str] | None = None,
    expires_at: datetime | None = None,
    replaces: str | None = None,
) -> tuple[AccessKey, str]:
    """Make a key and give it with its token, which is kept nowhere: show it once.

    Raises KeyRefusedError, also where `jobs` names one that is not in the database: a slip in its name would make a
    key that sees nothing, or a job of that name later on.
    """
    _check(name, role, expires_at)
    _check_jobs(session, jobs)
    key_id, secret = "".join(secrets.choice(LETTERS) for _ in range(10)), secrets.token_urlsafe(32)
    scope = None if jobs is None else sorted(set(jobs))
    row = {
        "key_id": key_id, "name": name, "role": role, "jobs": scope, "hash": HASHER.hash(secret),
        "created_at": datetime.now(UTC), "created_by": by, "expires_at": expires_at, "replaces": replaces,
    }  # fmt: skip
    session.execute(insert(table).values(row))
    until = expires_at and expires_at.isoformat()
    detail = {"name": name, "role": role, "jobs": scope, "expires_at": until, "replaces": replaces}
    record_audit(session, who=by, action="key.create", object=f"key/{key_id}", detail=detail)
    return find_key(session, key_id), f"hw_{key_id}_{secret}"


def list_keys(session: Session) -> tuple[AccessKey, ...]:
    """Every key ever made, the oldest first."""
    rows = session.execute(select(table).order_by(table.c.created_at, table.c.key_id))
    return tuple(_key(row) for row in rows)


def find_key(session: Session, key_id: str) -> AccessKey:
    """One key by its id. Raises KeyRefusedError."""
    row = session.execute(select(table).where(table.c.key_id == key_id)).one_or_none()
    if row is None:
        raise KeyRefusedError(f"no key has the id {key_id!r}: see `headway keys list`")
    return _key(row)


def revoke_key(session: Session, key_id: str, *, by: str) -> AccessKey:
    """End a key, and with it the logins made with it; again is nothing new. Raises KeyRefusedError."""
    found = find_key(session, key_id)
    if found.revoked_at is None:
        session.execute(update(table).where(table.c.key_id == key_id).values(revoked_at=datetime.now(UTC)))
        record_audit(session, who=by, action="key.revoke", object=f"key/{key_id}", detail={"name": found.name})
    return find_key(session, key_id)


def rotate_key(session: Session, key_id: str, *, overlap: timedelta, by: str) -> tuple[AccessKey, str]:
    """A new key like an old one, which ends after `overlap`. The new one lives as long as the old one was to live.

    Raises KeyRefusedError where the old one is over.
    """
    old, now = find_key(session, key_id), datetime.now(UTC)
    if not old.usable(now):
        raise KeyRefusedError(f"key {key_id} is {old.state(now)}: make a new one with `headway keys create`")
    until = None if old.expires_at is None else now + (old.expires_at - old.created_at)
    made = create_key(
        session, name=old.name, role=old.role, by=by, jobs=old.jobs, expires_at=until, replaces=old.key_id
    )
    ends = now + overlap if old.expires_at is None else min(now + overlap, old.expires_at)
    session.execute(update(table).where(table.c.key_id == key_id).values(expires_at=ends))
    detail = {"name": old.name, "new": made[0].key_id, "ends": ends.isoformat()}
    record_audit(session, who=by, action="key.rotate", object=f"key/{key_id}", detail=detail)
    return made


def read_hashes(session: Session) -> dict[str, tuple[AccessKey, str]]:
    """Every key that is not revoked with the hash of its secret, by id."""
    rows = session.execute(select(table).where(table.c.revoked_at.is_(None)))
    return {row.key_id: (_key(row), row.hash) for row in rows}


def any_key_made(session: Session) -> bool:
    """Whether a key was ever made; one that is over counts too, or its end would open the server."""
    return session.scalar(select(table.c.key_id).limit(1)) is not None


def read_token(token: str) -> tuple[str, str] | None:
    """The id and the secret of a key, None where it does not look like one."""
    found = TOKEN.fullmatch(token)
    return None if found is None else (found[1], found[2])


def fits(secret: str, hashed: str | None) -> bool:
    """Whether a secret is the hashed one, in the same time whatever the answer; `hashed` None: there is no such key."""
    try:
        return HASHER.verify(hashed or _nobodys(), secret) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def note_use(session: Session, key_id: str, *, address: str) -> None:
    """Record the first use of a key on a day (UTC); later ones of that day change nothing."""
    today = datetime.now(UTC).date()
    unused = or_(table.c.used_on.is_(None), table.c.used_on < today)
    moved = update(table).where(table.c.key_id == key_id, unused).values(used_on=today).returning(table.c.name)
    name = session.scalar(moved)
    if name is not None:
        record_audit(session, who=name, action="key.use", object=f"key/{key_id}", detail={"address": address})


@cache
def _nobodys() -> str:
    return HASHER.hash(secrets.token_urlsafe(32))


def _check(name: str, role: str, expires_at: datetime | None) -> None:
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise KeyRefusedError(
            f"a key needs a name of 1 to {LONGEST_NAME} printable characters: who or what will use it"
        )
    if role not in ROLES:
        raise KeyRefusedError(f"unknown role {role!r}: use {', '.join(ROLES)}")
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise KeyRefusedError(f"the key would have expired already, at {expires_at:%Y-%m-%d %H:%M} UTC")


def _check_jobs(session: Session, jobs: Iterable[str] | None) -> None:
    known = job_ids(session)
    unknown = sorted(set(jobs or ()) - set(known))
    if unknown:
        raise KeyRefusedError(
            f"no job {unknown[0][:80]!r} is in this database (known: {', '.join(known) or 'none yet'}): "
            "name one of these, or run the job first"
        )


def _key(row: Row[Any]) -> AccessKey:
    scope: Sequence[str] | None = row.jobs
    return AccessKey(
        row.key_id, row.name, row.role, None if scope is None else frozenset(scope), row.created_at, row.created_by,
        row.expires_at, row.revoked_at, row.replaces, row.used_on,
    )  # fmt: skip
