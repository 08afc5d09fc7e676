"""What erasure does to figures: touched slices are believed from the start as they are without the erased contacts."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Table, delete, select, update
from sqlalchemy.orm import Session

from alignment.moments import week_of
from store.moments import slice_key
from store.scope import slices_of
from store.tables import contacts, measurements, moments, replicates

CHUNK = 500


def touched_figures(session: Session, keys: Sequence[int]) -> tuple[list[str], list[str | None]]:
    """Slices and weeks (Mondays) that hold these contacts, or others of their customers.

    An erased contact also stops being the repeat of an earlier one.
    """
    customers: set[str] = set()
    for at in range(0, len(keys), CHUNK):
        query = select(contacts.c.customer).where(contacts.c.pk.in_(keys[at : at + CHUNK]))
        customers |= {one for one in session.scalars(query) if one is not None}
    wanted, around = sorted(customers), set(keys)
    for at in range(0, len(wanted), CHUNK):
        around |= set(session.scalars(select(contacts.c.pk).where(contacts.c.customer.in_(wanted[at : at + CHUNK]))))
    slices = slices_of(session, around)
    weeks = {None if where.day is None else week_of(where.day).isoformat() for where in slices}
    return sorted(map(slice_key, slices)), sorted(weeks, key=str)


def measured_models(session: Session, slices: Sequence[str] | None = None) -> list[tuple[str, str, str]]:
    """Every (job, job version, model) that has figures in one of these slices; None: in any."""
    names = (moments.c.job_id, moments.c.job_version, moments.c.model_id)
    query = select(*names).distinct()
    parts = [moments.c.pk > 0]
    if slices is not None:
        parts = [moments.c.slice_key.in_(slices[at : at + CHUNK]) for at in range(0, len(slices), CHUNK)]
    return sorted({row._tuple() for part in parts for row in session.execute(query.where(part))})


def rewrite_past(session: Session, slices: Sequence[str], weeks: Sequence[str | None]) -> int:
    """Leave of these slices and weeks only what is known now, dated as when they were first known; rows removed.

    An earlier reading held the erased contacts in its sums: it goes, and a reading as of then finds the rest of the
    slice as it is known now. A slice without contacts left goes wholly.
    """
    removed = 0
    for at in range(0, len(slices), CHUNK):
        query = select(moments).where(moments.c.slice_key.in_(slices[at : at + CHUNK])).order_by(moments.c.pk)
        removed += _only_newest(session, moments, query, "slice_key")
    for week in weeks:
        first = None if week is None else date.fromisoformat(week)
        same = replicates.c.week.is_(None) if first is None else replicates.c.week == first
        removed += _only_newest(session, replicates, select(replicates).where(same).order_by(replicates.c.pk), "week")
    # They pack the rows of reviewed contacts; the one to come starts from everything.
    session.execute(delete(measurements))
    return removed


def _only_newest(session: Session, table: Table, query: Any, key: str) -> int:
    """Put the newest sums of each key into its first row and remove the others; how many went."""
    history: dict[tuple[Any, ...], list[Row[Any]]] = {}
    for row in session.execute(query):
        history.setdefault((row.job_id, row.job_version, row.model_id, getattr(row, key)), []).append(row)
    gone: list[int] = []
    for rows in history.values():
        first, newest = rows[0], rows[-1]
        if _is_nothing(newest.sums):
            gone += [row.pk for row in rows]
            continue
        gone += [row.pk for row in rows[1:]]
        if newest is not first:
            values = {name: getattr(newest, name) for name in ("sums", "digest") if name in table.c}
            session.execute(update(table).where(table.c.pk == first.pk).values(values))
    for at in range(0, len(gone), CHUNK):
        session.execute(delete(table).where(table.c.pk.in_(gone[at : at + CHUNK])))
    return len(gone)


def _is_nothing(sums: bytes) -> bool:
    """Whether sums are those of a slice or week without a contact: no bytes, or zeros compressed."""
    if not sums:
        return True
    try:
        return not any(zlib.decompress(sums))
    except zlib.error:
        return False  # replicates are not compressed, and empty where nothing is left
