"""Known answers: given to analysts like any contact, without saying so, to see how far each of them can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from alignment.estimate import Estimate
from alignment.intervals import wilson_interval
from store.review_plan_tables import review_gold
from store.review_queueing import queue_contacts, stamp_of
from store.review_standing import not_undone
from store.review_tables import review_decisions, review_items
from store.tables import contacts
from tagger.redact import redact
from tagger.review_reasons import GOLD

FEWEST_GOLD = 5
"""Known answers that an analyst must have read before anything is said of them."""


@dataclass(frozen=True)
class GoldAnswer:
    """The known answer of a contact. `step` None: fits no step."""

    contact_pk: int
    contact_id: str
    step: str | None
    outcome: str | None
    by: str
    note: str | None
    at: datetime


@dataclass(frozen=True)
class GoldScore:
    """How often one analyst gave the known step, and step and outcome, with 95 % Wilson intervals."""

    by: str
    step: Estimate
    outcome: Estimate


def set_gold(
    session: Session,
    job_id: str,
    answers: Sequence[tuple[int, str | None, str | None]],
    *,
    by: str,
    now: datetime,
    note: str | None = None,
) -> int:
    """Know the answers (contact row, step, outcome) from now on; how many are new or changed. They enter the queue."""
    known = {one.contact_pk: (one.step, one.outcome) for one in read_gold(session, job_id)}
    changed = {key: (step, outcome) for key, step, outcome in answers if known.get(key, ()) != (step, outcome)}
    head = {
        "job_id": job_id,
        "by": by,
        "note": redact(note).text if note else None,
        "withdrawn": False,
        "recorded_at": now,
    }
    rows = [{**head, "contact_pk": key, "step": step, "outcome": outcome} for key, (step, outcome) in changed.items()]
    if rows:
        session.execute(insert(review_gold), rows)
    queue_contacts(session, list(changed), GOLD, stamp=stamp_of(session, job_id))
    _restage(session, job_id, list(changed), waits_for="gold")
    return len(rows)


def withdraw_gold(session: Session, job_id: str, keys: Sequence[int], *, by: str, now: datetime) -> int:
    """Forget known answers: nobody is given them any more, and they judge nobody. How many there were."""
    known = {one.contact_pk: one for one in read_gold(session, job_id) if one.contact_pk in set(keys)}
    head = {"job_id": job_id, "by": by, "note": None, "withdrawn": True, "recorded_at": now}
    rows = [{**head, "contact_pk": key, "step": one.step, "outcome": one.outcome} for key, one in known.items()]
    if rows:
        session.execute(insert(review_gold), rows)
    _restage(session, job_id, list(known), waits_for="done")
    return len(rows)


def read_gold(session: Session, job_id: str) -> list[GoldAnswer]:
    """The known answers of a job in force: of each contact the newest, unless it was withdrawn."""
    query = (
        select(review_gold, contacts.c.contact_id)
        .join(contacts, contacts.c.pk == review_gold.c.contact_pk)
        .where(review_gold.c.job_id == job_id)
        .order_by(review_gold.c.pk)
    )
    newest: dict[int, Row[Any]] = {row.contact_pk: row for row in session.execute(query)}
    return [
        GoldAnswer(row.contact_pk, row.contact_id, row.step, row.outcome, row.by, row.note, row.recorded_at)
        for row in newest.values()
        if not row.withdrawn
    ]


def gold_scores(session: Session, job_id: str, *, now: datetime) -> tuple[GoldScore, ...]:
    """Every analyst against the known answers, each contact's newest read by them counted once."""
    truth = {one.contact_pk: one for one in read_gold(session, job_id)}
    query = (
        select(review_decisions, review_items.c.contact_pk)
        .join(review_items, review_items.c.item == review_decisions.c.item)
        .where(review_items.c.job_id == job_id, review_decisions.c.read == GOLD, not_undone())
        .order_by(review_decisions.c.pk)
    )
    newest = {(row.by, row.contact_pk): row for row in session.execute(query) if row.contact_pk in truth}
    reads: dict[str, list[tuple[Row[Any], GoldAnswer]]] = {}
    for (by, key), row in newest.items():
        reads.setdefault(by, []).append((row, truth[key]))
    return tuple(
        GoldScore(
            by,
            _share(sum(row.step == known.step for row, known in pairs), len(pairs), now),
            _share(sum((row.step, row.outcome) == (k.step, k.outcome) for row, k in pairs), len(pairs), now),
        )
        for by, pairs in sorted(reads.items())
    )


def _share(hits: int, size: int, now: datetime) -> Estimate:
    if size < FEWEST_GOLD:
        return Estimate.missing(f"only {size} known answers read, {FEWEST_GOLD} are needed", as_of=now, n=size)
    found = wilson_interval(hits, size)
    return Estimate(found.value, found.low, found.high, size, size, "labels", now)


def _restage(session: Session, job_id: str, keys: Sequence[int], *, waits_for: str) -> None:
    for key in keys:
        where = (review_items.c.job_id == job_id) & (review_items.c.contact_pk == key) & (review_items.c.reason == GOLD)
        session.execute(review_items.update().where(where).values(waits_for=waits_for))
