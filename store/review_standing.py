"""Which decision stands: undone ones are out; an adjudicated one goes before a first read, that before a second.

Reads of known answers measure the reader and stand for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, case, exists, func, select
from sqlalchemy.orm import Session

from store.review_plan_tables import review_bulk_items
from store.review_tables import review_decisions, review_events, review_items
from tagger.review_reads import READS, Read, Waiting, gets_second_read, waits_for
from tagger.review_reasons import GOLD

CHUNK = 500


def not_undone(as_of: datetime | None = None) -> ColumnElement[bool]:
    """The condition that a decision had not been undone at a moment (None: now)."""
    undone = exists().where(review_events.c.decision == review_decisions.c.pk, review_events.c.kind == "undo")
    if as_of is not None:
        undone = undone.where(review_events.c.recorded_at <= as_of)
    return ~undone


def may_stand() -> ColumnElement[bool]:
    """The condition that a decision says something of its contact: not a read of a known answer."""
    return review_decisions.c.read != GOLD


def rank() -> ColumnElement[int]:
    """How a read ranks against the other reads of its item; the greatest stands, of equal ones the newest."""
    order = {read: len(READS) - place for place, read in enumerate(READS)}
    return case(order, value=review_decisions.c.read, else_=0)


def known_decisions(job_id: str, as_of: datetime | None = None) -> Select[Any]:
    """Every decision of a job not undone at a moment, in the order in which a later one goes before an earlier one."""
    query = (
        select(review_decisions)
        .join(review_items, review_items.c.item == review_decisions.c.item)
        .where(review_items.c.job_id == job_id, may_stand(), not_undone(as_of))
        .order_by(rank(), review_decisions.c.recorded_at, review_decisions.c.pk)
    )
    return query if as_of is None else query.where(review_decisions.c.recorded_at <= as_of)


def standing_by_contact(job_id: str, as_of: datetime) -> Subquery:
    """The decision that stands for each contact of a job at a moment: `contact_pk`, `step`, `outcome`."""
    place = func.row_number().over(
        partition_by=review_items.c.contact_pk,
        order_by=(rank().desc(), review_decisions.c.recorded_at.desc(), review_decisions.c.pk.desc()),
    )
    ranked = (
        select(review_items.c.contact_pk, review_decisions.c.step, review_decisions.c.outcome, place.label("place"))
        .join(review_items, review_items.c.item == review_decisions.c.item)
        .where(review_items.c.job_id == job_id, review_decisions.c.recorded_at <= as_of)
        .where(may_stand(), not_undone(as_of))
        .subquery()
    )
    kept = select(ranked.c.contact_pk, ranked.c.step, ranked.c.outcome).where(ranked.c.place == 1)
    return kept.subquery("decided")


def read_reads(session: Session, items: Sequence[str]) -> dict[str, list[Read]]:
    """The reads of each item that are not undone, an analyst's newest only, oldest first."""
    found: dict[str, dict[str, Read]] = {item: {} for item in items}
    for at in range(0, len(items), CHUNK):
        query = (
            select(review_decisions)
            .where(review_decisions.c.item.in_(items[at : at + CHUNK]), not_undone())
            .order_by(review_decisions.c.pk)
        )
        for row in session.execute(query):
            found[row.item][row.by] = read_of(row)
    return {item: list(reads.values()) for item, reads in found.items()}


def read_of(row: Row[Any]) -> Read:
    """A row of decisions as a read."""
    return Read(row.pk, row.read, row.by, row.step, row.outcome, tuple(row.secondary), row.at)


def said(read: Read | None) -> Mapping[str, Any] | None:
    """A read's answer as an event keeps it."""
    if read is None:
        return None
    return {"step": read.step, "outcome": read.outcome, "secondary": list(read.secondary)}


def restage(session: Session, items: Sequence[str]) -> None:
    """Note what each of these items waits for now."""
    reads = read_reads(session, items)
    needs: dict[Waiting, list[str]] = {}
    for at in range(0, len(items), CHUNK):
        part = items[at : at + CHUNK]
        checked = set(session.scalars(select(review_bulk_items.c.item).where(_checked(part))))
        query = select(review_items.c.item, review_items.c.drawn, review_items.c.reason, review_items.c.waits_for)
        for row in session.execute(query.where(review_items.c.item.in_(part))):
            wanted = gets_second_read(row.item, drawn=row.drawn) or row.item in checked
            need = waits_for(reads[row.item], second_wanted=wanted, gold=row.reason == GOLD)
            if need != row.waits_for:
                needs.setdefault(need, []).append(row.item)
    for state, changed in needs.items():
        for at in range(0, len(changed), CHUNK):
            where = review_items.c.item.in_(changed[at : at + CHUNK])
            session.execute(review_items.update().where(where).values(waits_for=state))


def _checked(items: Sequence[str]) -> ColumnElement[bool]:
    return review_bulk_items.c.item.in_(items) & review_bulk_items.c.checked
