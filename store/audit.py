"""The audit log: who did what to what, added row by row, each row sealed by a hash over the one before.

`record_audit` only notes a row; `Database.session` writes what was noted as its last act before the commit. So a row
stands if and only if what it tells of was committed, and the lock on the chain's end is held for a moment only, taken
after every other lock: writers wait for one another shortly and never in a circle. The rows keep no customer's words
and no customer's id: a contact is named by its row number, which says nothing once the contact is erased.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from getpass import getuser
from typing import Any

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.orm import Session

from store.tables import audit_events, audit_head
from taxonomy.errors import HeadwayError

START = "0" * 64
"""What stands for the hash before the first row."""

PENDING = "audit"
ACTOR = "acting"
NAME = re.compile(r"[a-z][a-z-]*(\.[a-z][a-z-]*)*")
LONGEST = {"who": 200, "action": 60, "object": 300}
BATCH = 1000


class AuditError(HeadwayError):
    """A row that the audit log cannot keep."""


@dataclass(frozen=True)
class AuditEvent:
    """One row: `number` counts from 1, `object` is kind/id, `hash` seals this row and all before it."""

    number: int
    at: datetime
    who: str
    action: str
    object: str
    detail: Mapping[str, Any]
    hash: str


@dataclass(frozen=True)
class Break:
    """Where the chain does not hold, and how."""

    number: int
    what: str


@dataclass(frozen=True)
class Verdict:
    """`rows` read, the `head` (hash of the last row) that somebody may note elsewhere, and every break, in order."""

    rows: int
    head: str
    breaks: tuple[Break, ...]


def record_audit(
    session: Session, *, who: str, action: str, object: str, detail: Mapping[str, Any] | None = None
) -> None:
    """Note that somebody did something; it is written when the unit of work commits. Raises AuditError.

    `who`: a caller's name, or `os:USER` on the command line. `action`: noun.verb, such as contact.read, key.create,
    job.approve, export.write, review.decide. `object`: kind/id; a contact is `contact/PK` (its row number, never its
    id). `detail` holds names and numbers, never a customer's words; what JSON has no form for is kept as text.
    """
    for name, text in {"who": who, "action": action, "object": object}.items():
        if not text or len(text) > LONGEST[name]:
            raise AuditError(f"the audit log's {name} must have 1 to {LONGEST[name]} characters, not {len(text)}")
    if NAME.fullmatch(action) is None:
        raise AuditError(f"the audit log knows actions such as contact.read, not {action!r}")
    row = {"at": datetime.now(UTC), "who": _held(who), "action": action, "object": _held(object)}
    session.info.setdefault(PENDING, []).append({**row, "detail": _canonical(detail or {})})


def act_as(session: Session, who: str) -> None:
    """Say in whose name this unit of work acts."""
    session.info[ACTOR] = who


def acting(session: Session) -> str:
    """In whose name a unit of work acts: the caller of a request, else the user of this machine as `os:USER`."""
    return str(session.info.get(ACTOR) or this_user())


def this_user() -> str:
    """Who runs this process."""
    try:
        return f"os:{getuser()}"
    except (KeyError, OSError):  # a container may run under a number that has no name
        return f"os:uid-{os.getuid()}"


def chain_pending(session: Session) -> None:
    """Write what was noted in this unit of work behind the chain's end; `Database.session` calls it."""
    rows: list[dict[str, Any]] = session.info.pop(PENDING, [])
    if not rows:
        return
    # this update is the lock: a second writer waits here until the first has committed
    moved = update(audit_head).values(number=audit_head.c.number + len(rows))
    number, last = session.execute(moved.returning(audit_head.c.number, audit_head.c.hash)).one()
    for offset, row in enumerate(rows, 1 - len(rows)):
        row |= {"number": number + offset, "previous": last}
        row["hash"] = last = _seal(row)
    session.execute(insert(audit_events), rows)
    session.execute(update(audit_head).values(hash=last))


def read_audit(
    session: Session,
    *,
    after: int = 0,
    since: datetime | None = None,
    who: str | None = None,
    action: str | None = None,
    object: str | None = None,
) -> Iterator[AuditEvent]:
    """Rows after a number, oldest first; `action` also takes a noun alone (`key` gives key.create, key.revoke ...)."""
    query = select(audit_events).where(audit_events.c.number > after).order_by(audit_events.c.number)
    if since is not None:
        query = query.where(audit_events.c.at >= since)
    if who is not None:
        query = query.where(audit_events.c.who == who)
    if action is not None:
        query = query.where((audit_events.c.action == action) | audit_events.c.action.startswith(f"{action}."))
    if object is not None:
        query = query.where(audit_events.c.object == object)
    for row in session.execute(query.execution_options(yield_per=BATCH)):
        yield AuditEvent(row.number, row.at, row.who, row.action, row.object, json.loads(row.detail), row.hash)


def verify_audit(session: Session, *, expected: Mapping[int, str] | None = None) -> Verdict:
    """Compute the chain again and say where it does not hold.

    A changed row does not fit its own hash, a missing one leaves a gap, and rows cut off at the end miss at the head.
    Who may change tables and triggers could compute a whole new chain: `expected` (number -> hash, noted elsewhere
    before) is what shows that.
    """
    query = select(audit_events).order_by(audit_events.c.number).execution_options(yield_per=BATCH)
    last, count, rows, breaks = START, 0, 0, []
    noted = dict(expected or {})
    for row in session.execute(query).mappings():
        breaks += [Break(row["number"], what) for what in _faults(row, count, last, noted.pop(row["number"], None))]
        last, count, rows = row["hash"], row["number"], rows + 1
    head = session.execute(select(audit_head.c.number, audit_head.c.hash)).one_or_none()
    if head is None or tuple(head) != (count, last):
        said = "is gone" if head is None else f"names row {head.number}"
        breaks.append(Break(count, f"the head of the log {said}: rows after {count} are missing, or it was changed"))
    breaks += [Break(number, "was noted elsewhere and is not there") for number in sorted(noted)]
    return Verdict(rows, last, tuple(breaks))


def _faults(row: RowMapping, count: int, last: str, noted: str | None) -> Iterator[str]:
    if row["number"] != count + 1:
        yield f"row {count + 1} is missing" if row["number"] == count + 2 else f"{row['number'] - count - 1} missing"
    elif row["previous"] != last:
        yield "does not follow the row before it"
    if row["hash"] != _seal(dict(row)):
        yield "was changed after it was written"
    if noted is not None and row["hash"] != noted:
        yield "is not the row that was noted elsewhere"


def _seal(row: Mapping[str, Any]) -> str:
    """SHA-256 over the hash before and the row as canonical JSON."""
    fields = {name: row[name] for name in ("number", "who", "action", "object", "detail")}
    sealed = _canonical({**fields, "at": row["at"].astimezone(UTC).isoformat(timespec="microseconds")})
    return hashlib.sha256(f"{row['previous']}\n{sealed}".encode()).hexdigest()


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)


def _held(text: str) -> str:
    """As every database can hold it: PostgreSQL takes no NUL, UTF-8 no half of a pair."""
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()
