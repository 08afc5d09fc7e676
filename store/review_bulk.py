"""One answer for many contacts that are alike: on an exact filter, seen first, capped, and checked again by chance."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select
from sqlalchemy.orm import Session

from alignment.estimate import Estimate
from alignment.intervals import wilson_interval
from store.audit import acting, record_audit
from store.review_offers import is_open
from store.review_plan_tables import review_bulk_items, review_bulks
from store.review_standing import read_reads, restage, said
from store.review_tables import review_decisions, review_events, review_items, review_leases
from store.tables import contacts
from tagger.review import ReviewError
from tagger.review_reads import Read, stable_share
from tagger.review_reasons import AGAIN, WANTED, Reason, as_reason

MOST_AT_ONCE = 200
CHECK_SHARE = 0.05


class BulkError(ReviewError):
    """A bulk answer that may not be given: too wide a filter, too many contacts, or not what was seen before."""


@dataclass(frozen=True)
class BulkFilter:
    """Which open items are meant; every field that is given must be equal. `step`, `outcome`: what the model said.

    Drawn items and known answers are never meant: a figure rests on each drawn contact having been read.
    """

    reason: Reason
    step: str | None
    outcome: str | None = None
    channel: str | None = None
    segment: Mapping[str, str] = field(default_factory=dict)
    circumstance: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if as_reason(self.reason) not in (*AGAIN, *WANTED):
            allowed = ", ".join((*AGAIN, *WANTED))
            raise BulkError(f"reason {self.reason!r}: drawn items and known answers are read one by one; use {allowed}")


@dataclass(frozen=True)
class BulkItem:
    """An item that a filter meets."""

    item: str
    contact_id: str


@dataclass(frozen=True)
class BulkPreview:
    """What a filter meets just now, in a stable order. `checks`: how many of them would be read again."""

    items: tuple[BulkItem, ...]

    @property
    def checks(self) -> int:
        """At least one in twenty, at least one."""
        return ceil(CHECK_SHARE * len(self.items))

    @property
    def too_many(self) -> bool:
        """Whether the cap forbids it."""
        return len(self.items) > MOST_AT_ONCE


@dataclass(frozen=True)
class BulkReport:
    """A bulk answer and how its blind checks came out: the share that gave the same step, with a Wilson interval."""

    bulk: str
    filter: Mapping[str, Any]
    step: str | None
    outcome: str | None
    by: str
    at: datetime
    items: int
    undone: int
    checks: int
    checked: int
    alike: Estimate


def preview_bulk(session: Session, job_id: str, wanted: BulkFilter, *, by: str, now: datetime) -> BulkPreview:
    """The open items that a filter meets and nobody holds."""
    query = (
        select(review_items.c.item, review_items.c.suggested, contacts.c.contact_id)
        .join(contacts, contacts.c.pk == review_items.c.contact_pk)
        .outerjoin(review_leases, review_leases.c.item == review_items.c.item)
        .where(review_items.c.job_id == job_id, review_items.c.reason == wanted.reason)
        .where(review_items.c.waits_for == "first", *_like(wanted))
        .where(review_leases.c.item.is_(None) | (review_leases.c.expires_at <= now))
        .order_by(review_items.c.place, review_items.c.item)
    )
    found = []
    for row in session.execute(query):
        meant = row.suggested is not None and row.suggested["step"] == wanted.step
        exact = meant and (wanted.outcome is None or row.suggested["outcome"] == wanted.outcome)
        if exact and _open(session, job_id, row.item, wanted.reason, by):
            found.append(BulkItem(row.item, row.contact_id))
    return BulkPreview(tuple(found))


def apply_bulk(
    session: Session,
    job_id: str,
    wanted: BulkFilter,
    answer: tuple[str | None, str | None],
    *,
    expected: int,
    by: str,
    now: datetime,
) -> str:
    """Decide all that the filter meets; the name of the bulk answer. One in twenty waits for a blind read by another.

    Raises BulkError where there are none, more than the cap, or not as many as were seen in the preview.
    """
    seen = preview_bulk(session, job_id, wanted, by=by, now=now)
    if not seen.items:
        raise BulkError("no open item meets this filter")
    if seen.too_many:
        raise BulkError(f"{len(seen.items)} items meet this filter, at most {MOST_AT_ONCE} at once: narrow it")
    if len(seen.items) != expected:
        raise BulkError(f"{len(seen.items)} items meet this filter now, not {expected} as before: look at them again")
    names = [one.item for one in seen.items]
    bulk = hashlib.sha256("\x1f".join((job_id, by, now.isoformat(), *names)).encode()).hexdigest()[:24]
    step, outcome = answer
    head = {"bulk": bulk, "job_id": job_id, "filter": asdict(wanted), "step": step, "outcome": outcome}
    session.execute(insert(review_bulks), [{**head, "by": by, "recorded_at": now}])
    checks = set(sorted(names, key=lambda item: stable_share("bulk check", bulk, item))[: seen.checks])
    rows = [{"bulk": bulk, "item": item, "checked": item in checks} for item in names]
    session.execute(insert(review_bulk_items), rows)
    _decide(session, names, answer, by=by, now=now, note=f"bulk {bulk}")
    restage(session, names)
    detail = {"by": by, "decisions": len(names), "step": step, "outcome": outcome}
    record_audit(session, who=acting(session), action="review.decide", object=f"bulk/{bulk}", detail=detail)
    return bulk


def undo_bulk(session: Session, bulk: str, *, by: str, now: datetime) -> int:
    """Take a bulk answer back wherever it still stands; how many contacts that were. Raises BulkError if unknown."""
    if session.execute(select(review_bulks).where(review_bulks.c.bulk == bulk)).one_or_none() is None:
        raise BulkError(f"no bulk answer {bulk!r}: `headway review bulk list` shows them")
    query = select(review_bulk_items.c.item).where(review_bulk_items.c.bulk == bulk)
    names = list(session.scalars(query.order_by(review_bulk_items.c.item)))
    left = {item: read for item, reads in read_reads(session, names).items() for read in reads if read.kind == "bulk"}
    events = [
        {**facts, "kind": "undo", "by": by, "decision": read.decision, "read": read.kind, "before": said(read)}
        | {"note": f"bulk {bulk}", "recorded_at": now}
        for facts, read in ((_versions(row), left[row.item]) for row in _rows(session, list(left)))
    ]
    if events:
        session.execute(insert(review_events), events)
        detail = {"by": by, "decisions": len(events)}
        record_audit(session, who=acting(session), action="review.undo", object=f"bulk/{bulk}", detail=detail)
    restage(session, names)
    return len(events)


def bulk_reports(session: Session, job_id: str, *, now: datetime) -> tuple[BulkReport, ...]:
    """Every bulk answer of a job with its checks so far, the newest first."""
    query = select(review_bulks).where(review_bulks.c.job_id == job_id).order_by(review_bulks.c.recorded_at.desc())
    return tuple(_report(session, row, now) for row in session.execute(query).all())


def _report(session: Session, row: Row[Any], now: datetime) -> BulkReport:
    query = select(review_bulk_items).where(review_bulk_items.c.bulk == row.bulk)
    items = {one.item: one.checked for one in session.execute(query)}
    reads = read_reads(session, list(items))
    standing = [item for item in items if any(read.kind == "bulk" for read in reads[item])]
    others = [reads_of(reads[item]) for item in standing if items[item]]
    steps = [found[0].step for found in others if found]
    if steps:
        share = wilson_interval(sum(step == row.step for step in steps), len(steps))
        alike = Estimate(share.value, share.low, share.high, len(items), len(steps), "labels", now)
    else:
        alike = Estimate.missing("no check was read yet", as_of=now, n=len(items))
    return BulkReport(
        row.bulk, row.filter, row.step, row.outcome, row.by, row.recorded_at,
        len(items), len(items) - len(standing), sum(items.values()), len(steps), alike,
    )  # fmt: skip


def reads_of(reads: Sequence[Read]) -> list[Read]:
    """The reads of an item that were given to it alone."""
    return [read for read in reads if read.kind != "bulk"]


def _like(wanted: BulkFilter) -> list[ColumnElement[bool]]:
    conditions = [contacts.c.channel == wanted.channel] if wanted.channel is not None else []
    for family, pairs in (("segment", wanted.segment), ("circumstance", wanted.circumstance)):
        conditions += [contacts.c[family][name].as_string() == value for name, value in pairs.items()]
    return conditions


def _open(session: Session, job_id: str, item: str, reason: Reason, by: str) -> bool:
    return session.execute(is_open(reason), {"item": item, "job": job_id, "by": by}).first() is not None


def _decide(
    session: Session, items: Sequence[str], answer: tuple[str | None, str | None], *, by: str, now: datetime, note: str
) -> None:
    step, outcome = answer
    said_: dict[str, Any] = {"step": step, "outcome": outcome, "secondary": []}
    head = {"by": by, "suggestion_hidden": False, "read": "bulk", "seconds": None, "recorded_at": now}
    session.execute(insert(review_decisions), [{**head, **said_, "at": now, "item": item} for item in items])
    made = select(review_decisions.c.item, review_decisions.c.pk).where(
        review_decisions.c.item.in_(items), review_decisions.c.by == by, review_decisions.c.recorded_at == now
    )
    keys = {row.item: row.pk for row in session.execute(made)}
    session.execute(
        insert(review_events),
        [
            {**head, **_versions(row), "kind": "decide", "decision": keys[row.item], "after": said_, "note": note}
            for row in _rows(session, items)
        ],
    )


def _rows(session: Session, items: Sequence[str]) -> Sequence[Row[Any]]:
    query = select(review_items.c.item, review_items.c.job_version, review_items.c.model_id)
    return session.execute(query.where(review_items.c.item.in_(items)).order_by(review_items.c.item)).all()


def _versions(row: Row[Any]) -> dict[str, str]:
    return {"item": row.item, "job_version": row.job_version, "model_id": row.model_id}
