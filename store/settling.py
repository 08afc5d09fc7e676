"""How far rows have settled: below which number no row can appear any more, and whether any went since.

PostgreSQL hands out row numbers before rows are committed, so a row may appear below others that were there first.
"""

from __future__ import annotations

import time

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session

from store.mark_tables import removals

PATIENCE = 2.0
"""Seconds that those are waited for who were writing just then: each writes a batch in a fraction of one."""

PAUSE = 0.02

WRITING = text(
    "SELECT virtualtransaction FROM pg_locks JOIN pg_database ON pg_database.oid = database "
    "WHERE datname = current_database() AND relation = to_regclass(:table) AND mode = 'RowExclusiveLock' "
    "AND pid IS DISTINCT FROM pg_backend_pid()"
)
"""Transactions that may have been given a row number: the lock is taken before the number, and held until the end."""


def settled_row(session: Session, table: Table, *, patience: float = PATIENCE) -> tuple[int, bool]:
    """The last row of a table now, and whether every row up to it is there to be seen or never will be.

    Those who wrote when it was looked up are waited for at most `patience` seconds.
    """
    last = session.scalar(select(func.max(table.c.pk))) or 0
    if session.get_bind().dialect.name == "sqlite":
        return last, True  # one writes at a time, and each row is numbered above those there
    writing, until = _writing(session, table), time.monotonic() + patience
    while writing and time.monotonic() < until:
        time.sleep(PAUSE)
        writing &= _writing(session, table)
    return last, not writing


def _writing(session: Session, table: Table) -> set[str]:
    return set(session.scalars(WRITING, {"table": table.name}))


def removals_so_far(session: Session) -> int:
    """A number that grows whenever a contact or a tag is deleted, by whomever."""
    return session.scalar(select(func.sum(removals.c.times))) or 0
