"""Rows of one job in the order in which they came in, page by page: new ones come behind the last page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Table, select
from sqlalchemy.orm import Session

from store.cursors import cursor_of, place_of
from store.permitted import seen
from store.review_tables import review_decisions, review_events, review_items
from store.tables import contacts, outcome_answers, product_events
from tagger.review_reasons import GOLD

INNER = ("pk", "job_id")


@dataclass(frozen=True)
class RowPage:
    """Part of a list, oldest first; `next_cursor` None: nothing more has come in yet."""

    items: tuple[Mapping[str, Any], ...]
    next_cursor: str | None


def list_answers(session: Session, job_id: str, *, as_of: datetime, cursor: str | None, limit: int) -> RowPage:
    """Answers of outcome surveys known at a moment, people as keyed hashes. Raises BadCursorError."""
    return _listed(session, outcome_answers, job_id, as_of=as_of, cursor=cursor, limit=limit)


def list_events(session: Session, job_id: str, *, as_of: datetime, cursor: str | None, limit: int) -> RowPage:
    """Product events known at a moment, people as keyed hashes. Raises BadCursorError."""
    return _listed(session, product_events, job_id, as_of=as_of, cursor=cursor, limit=limit)


def list_decisions(session: Session, job_id: str, *, as_of: datetime, cursor: str | None, limit: int) -> RowPage:
    """Every decision known at a moment, one beside the other; `undone` where it had been taken back by then.

    Reads of known answers measure the reader and are left out. Raises BadCursorError.
    """
    undone = (
        select(review_events.c.pk)
        .where(review_events.c.decision == review_decisions.c.pk, review_events.c.kind == "undo")
        .where(review_events.c.recorded_at <= as_of)
        .exists()
    )
    query = (
        select(review_decisions, contacts.c.contact_id, undone.label("undone"))
        .join(review_items, review_items.c.item == review_decisions.c.item)
        .join(contacts, contacts.c.pk == review_items.c.contact_pk)
        .where(review_items.c.job_id == job_id, review_decisions.c.recorded_at <= as_of)
        .where(review_decisions.c.read != GOLD, seen(session, contacts.c.job_id))
    )
    return _paged(session, query, review_decisions, cursor=cursor, limit=limit)


def _listed(session: Session, table: Table, job_id: str, *, as_of: datetime, cursor: str | None, limit: int) -> RowPage:
    query = select(table).where(table.c.job_id == job_id, table.c.recorded_at <= as_of)
    return _paged(session, query, table, cursor=cursor, limit=limit)


def _paged(session: Session, query: Select[Any], table: Table, *, cursor: str | None, limit: int) -> RowPage:
    if cursor is not None:
        query = query.where(table.c.pk > place_of(cursor, int)[0])
    rows = session.execute(query.order_by(table.c.pk).limit(limit + 1)).all()
    more = cursor_of(rows[limit - 1].pk) if len(rows) > limit else None
    return RowPage(tuple(_shown(row) for row in rows[:limit]), more)


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name not in INNER}
