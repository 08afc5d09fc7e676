"""Which item an analyst is offered next: what is open to them, in the order of work, within the day's budget."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, String, and_, bindparam, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from store.columns import Utc
from store.permitted import permits_all
from store.review_plan_tables import review_budgets
from store.review_standing import not_undone
from store.review_tables import review_decisions, review_events, review_items, review_leases
from store.tables import contacts
from tagger.review_reasons import (
    AGAIN,
    DRAWN,
    GOLD,
    REASONS,
    WANTED,
    Budget,
    Reason,
    Today,
    goes_before,
    gold_is_due,
    order_of_reasons,
)

STATES = ("first", "second", "adjudicated")
GOLD_STATES = ("gold",)
JOB: BindParameter[str] = bindparam("job", type_=String)
BY: BindParameter[str] = bindparam("by", type_=String)
TWIN = review_items.alias("twin")


def set_budget(session: Session, job_id: str, budget: Budget, *, by: str, now: datetime) -> None:
    """From now on so many reviews a day; what held before stays in the record."""
    row = {"per_day": budget.per_day, "drawn_share": budget.drawn_share, "by": by, "recorded_at": now}
    session.execute(insert(review_budgets), [{"job_id": job_id, **row}])


def read_budget(session: Session, job_id: str) -> Budget:
    """The budget of a job's queue that was set last; none where none was."""
    query = select(review_budgets).where(review_budgets.c.job_id == job_id).order_by(review_budgets.c.pk.desc())
    row = session.execute(query.limit(1)).one_or_none()
    return Budget() if row is None else Budget(row.per_day, row.drawn_share)


def read_today(session: Session, job_id: str, *, now: datetime) -> Today:
    """Reviews of today (UTC) by reason: decisions that were not undone, and items in somebody's hands."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    # what came from a file was not handed out by this queue: it is recorded later than it was made
    made_here = review_decisions.c.at == review_decisions.c.recorded_at
    made_since = (review_decisions.c.recorded_at >= midnight, made_here)
    counts: dict[str, int] = {}
    of_job = review_items.c.job_id == job_id
    # a changed mind is one review, not two; by item and analyst
    reads = select(review_decisions.c.item, review_decisions.c.by).join(review_items)
    made_of = reads.where(of_job, *made_since, review_decisions.c.read != "bulk", not_undone()).distinct().subquery()
    made = select(review_items.c.reason, func.count()).join_from(
        made_of, review_items, made_of.c.item == review_items.c.item
    )
    held = select(review_items.c.reason, func.count()).join_from(review_leases, review_items)
    for query in (
        made,
        held.where(of_job, review_leases.c.expires_at > now),
    ):
        for reason, count in session.execute(query.group_by(review_items.c.reason)):
            counts[reason] = counts.get(reason, 0) + count
    return Today(counts)


@cache
def open_to(*, own: bool) -> ColumnElement[bool]:
    """Items of the job `:job` that the analyst `:by` may still read, whatever the reason; `own`: as in `_free`."""
    return and_(
        review_items.c.job_id == JOB,
        *([_own()] if own else []),
        review_items.c.waits_for != "done",
        or_(*(and_(review_items.c.reason == reason, _open(reason)) for reason in REASONS)),
    )


def next_open(
    session: Session,
    job_id: str,
    by: str,
    *,
    now: datetime,
    reasons: Sequence[str] = (),
    beyond_budget: bool = False,
) -> str | None:
    """The next free item for this analyst, None where there is none or the day's budget is spent.

    Drawn items go in the order of U / pi, which keeps a half-done draw honest; what the analyst skipped comes last.
    """
    order = _order(session, job_id, by, now=now, beyond_budget=beyond_budget)
    wanted = [reason for reason in order if not reasons or reason in reasons]
    for skipped in (False, True):
        for reason in wanted:
            item = _first(session, job_id, by, reason, now=now, skipped=skipped)
            if item is not None:
                return item
    return None


def _order(session: Session, job_id: str, by: str, *, now: datetime, beyond_budget: bool) -> tuple[Reason, ...]:
    budget = Budget() if beyond_budget else read_budget(session, job_id)
    # without a budget nothing has to be shared, and nothing is counted
    today = Today() if budget.per_day is None else read_today(session, job_id, now=now)
    order = order_of_reasons(budget, today)
    done = select(func.count()).select_from(review_decisions).where(review_decisions.c.by == by)
    if order and gold_is_due(by, session.scalar(done) or 0):
        return (GOLD, *(reason for reason in order if reason != GOLD))
    return order


def _first(session: Session, job_id: str, by: str, reason: Reason, *, now: datetime, skipped: bool) -> str | None:
    """The first free item of a reason; of each state the first is one step down an index."""
    found, names = [], {"job": job_id, "by": by, "now": now}
    for state in GOLD_STATES if reason == GOLD else STATES:
        row = session.execute(_free(reason, state, skipped, not permits_all(session)), names).one_or_none()
        if row is not None:
            found.append((row.place, row.item))
    return min(found)[1] if found else None


@cache
def _free(reason: Reason, state: str, skipped: bool, own: bool) -> Select[Any]:
    """The first free item. Built once for each question: writing it down takes longer than answering it.

    `own`: only of contacts that are this job's alone, for analysts who are held to some jobs.
    """
    passed_on = exists().where(
        review_events.c.item == review_items.c.item, review_events.c.by == BY, review_events.c.kind == "skip"
    )
    return (
        select(review_items.c.item, review_items.c.place)
        .outerjoin(review_leases, review_leases.c.item == review_items.c.item)
        .where(
            review_items.c.job_id == JOB,
            review_items.c.waits_for == state,
            review_items.c.reason == reason,
            or_(review_leases.c.item.is_(None), review_leases.c.expires_at <= bindparam("now", type_=Utc)),
            _open(reason),
            passed_on if skipped else ~passed_on,
            *([_own()] if own else []),
        )
        .order_by(review_items.c.place, review_items.c.item)
        .limit(1)
        .with_for_update(of=review_items, skip_locked=True)
    )


def _own() -> ColumnElement[bool]:
    return exists().where(contacts.c.pk == review_items.c.contact_pk, contacts.c.job_id == JOB)


@cache
def is_open(reason: Reason) -> Select[Any]:
    """Whether the item `:item` of this reason is still open to the analyst `:by` of the job `:job`."""
    here = and_(review_items.c.item == bindparam("item"), review_items.c.waits_for != "done")
    return select(review_items.c.item).where(here, _open(reason))


def _open(reason: Reason) -> ColumnElement[bool]:
    """What makes an item of this reason open to the analyst `:by`, beside what it waits for.

    Nobody reads twice what they read first. An item that only wants a label is needless where the contact has an item
    that goes before; one that wants another look waits while the drawn item of its contact was not read at all, and is
    for somebody who has not answered on the contact yet, unless a leader asks.
    """
    unread = or_(review_items.c.waits_for == "first", ~_answered(review_items.c.item))
    beside = and_(TWIN.c.job_id == JOB, TWIN.c.contact_pk == review_items.c.contact_pk)
    if reason in WANTED:
        return and_(unread, ~exists().where(beside, TWIN.c.reason.in_(goes_before(reason))))
    if reason not in AGAIN:
        return unread
    untouched = ~exists().where(beside, TWIN.c.reason == DRAWN, TWIN.c.waits_for == "first")
    if reason == "asked":
        return and_(unread, untouched)
    flagged = exists().where(
        review_events.c.item == TWIN.c.item, review_events.c.by == BY, review_events.c.kind.in_(("flag", "ask"))
    )
    return and_(unread, untouched, ~exists().where(beside, or_(_answered(TWIN.c.item), flagged)))


def _answered(item: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(review_decisions.c.item == item, review_decisions.c.by == BY, not_undone())
