"""Whether kept tags are as right as the job promises (METHODS 9), checked weekly; on a breach deferral widens.

Only reviews of the uniform part of draws count: they are a plain sample of all contacts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from alignment.estimate import Estimate
from alignment.intervals import exact_interval
from classifiers.deferral import NOTHING, accept_threshold
from store.annotations import record_annotation
from store.learned import correcting
from store.review_plan_tables import promise_checks
from store.review_queueing import Stamp, queue_contacts
from store.review_tables import review_draws, review_items
from store.reviews import latest_decisions
from store.tables import tags
from store.tags import newest_model, tagged
from tagger.review import finished_prefix
from taxonomy.model import Job

FEWEST_CHECKED = 20
"""Kept tags of the uniform part that must be reviewed before anything is said of the promise."""

CHUNK = 500
"""Contacts that are looked up at once."""

ALL_ASIDE = 1.01
"""A floor that no confidence reaches: every contact is put aside."""


@dataclass(frozen=True)
class Promise:
    """Errors among kept tags against the job's promise (METHODS 9), on the uniform part of draws alone.

    `state`: "holds" (the interval reaches down to the promise or under it), "breach" (all of it lies above), "unknown".
    `floor`: confidence under which tags are put aside since an earlier breach; None where there was none.
    """

    error: Estimate
    max_error: float
    state: str
    floor: float | None = None


@dataclass(frozen=True)
class Check:
    """A weekly check as it was recorded. `floor`: where deferral widened to; `aside`: kept tags that fell under it."""

    week: str
    model: str
    checked: int
    wrong: int
    state: str
    floor: float | None
    aside: int = 0


@dataclass(frozen=True)
class _Kept:
    """A kept tag of the uniform part: how sure the model was, and whether it was right."""

    confidence: float
    right: bool


def read_promise(session: Session, job: Job, *, now: datetime) -> Promise:
    """The promise as reviews show it now, for the model that tagged last."""
    stamp, limit = _stamp(session, job), job.tagging.max_error
    floor = None if stamp is None else floor_of(session, job.id, stamp.model_id)
    kept = [] if stamp is None else _kept(session, stamp, floor)
    if len(kept) < FEWEST_CHECKED:
        reason = f"only {len(kept)} kept tags of the uniform part are reviewed, {FEWEST_CHECKED} are needed"
        return Promise(Estimate.missing(reason, as_of=now, n=len(kept)), limit, "unknown", floor)
    found = exact_interval(sum(not one.right for one in kept) / len(kept), len(kept))
    error = Estimate(found.value, found.low, found.high, len(kept), len(kept), "labels", now)
    return Promise(error, limit, "breach" if found.low is not None and found.low > limit else "holds", floor)


def check_promise(session: Session, job: Job, *, now: datetime, again: bool = False) -> Check | None:
    """Check the promise once a week (`again`: now all the same); None where it is not due or nothing is tagged.

    On a breach tags under a new floor are put aside: those to come when they are made, those there by entering the
    review queue. It is annotated, and holds until another model tags.
    """
    stamp, week = _stamp(session, job), _week(now)
    if stamp is None or (not again and _checked_in(session, stamp, week)):
        return None
    promise = read_promise(session, job, now=now)
    wrong = round((promise.error.value or 0.0) * promise.error.n)
    floor = _widened(session, job, stamp, promise) if promise.state == "breach" else None
    names = {"job_id": job.id, "job_version": stamp.job_version, "model_id": stamp.model_id}
    seen = {"checked": promise.error.n, "wrong": wrong, "max_error": promise.max_error, "state": promise.state}
    row = {**names, **seen, "week": week, "floor": floor, "recorded_at": now}
    if promise.state != "unknown":  # too few reviews is no check: the next run tries again
        session.execute(insert(promise_checks), [row])
    aside = 0 if floor is None else _put_aside(session, stamp, floor)
    if floor is not None:
        text = (
            f"the promise on kept tags is broken: {wrong} of {promise.error.n} wrong, {promise.max_error:g} allowed; "
            f"tags under confidence {min(floor, 1.0):.2f} are put aside from now on"
        )
        record_annotation(session, job.id, kind="deferral", at=now, text=text, by="headway")
    return Check(week, stamp.model_id, promise.error.n, wrong, promise.state, floor, aside)


def floor_of(session: Session, job_id: str, model_id: str) -> float | None:
    """The confidence under which a model's tags are put aside since a breach: the highest that was set."""
    names = (promise_checks.c.job_id == job_id) & (promise_checks.c.model_id == model_id)
    query = select(promise_checks.c.floor).where(names, promise_checks.c.floor.is_not(None))
    return max(session.scalars(query), default=None)


def read_checks(session: Session, job_id: str, *, limit: int = 12) -> tuple[Check, ...]:
    """The last weekly checks, the newest first."""
    query = select(promise_checks).where(promise_checks.c.job_id == job_id).order_by(promise_checks.c.pk.desc())
    return tuple(
        Check(row.week, row.model_id, row.checked, row.wrong, row.state, row.floor)
        for row in session.execute(query.limit(limit))
    )


def _stamp(session: Session, job: Job) -> Stamp | None:
    newest = newest_model(session, job.id)
    return None if newest is None else Stamp(job.id, *newest)


def _week(now: datetime) -> str:
    return (now - timedelta(days=now.weekday())).date().isoformat()


def _checked_in(session: Session, stamp: Stamp, week: str) -> bool:
    """Whether this model's promise was checked in a week."""
    query = select(promise_checks.c.pk).where(
        promise_checks.c.job_id == stamp.job_id,
        promise_checks.c.model_id == stamp.model_id,
        promise_checks.c.week == week,
    )
    return session.execute(query.limit(1)).first() is not None


def _kept(session: Session, stamp: Stamp, floor: float | None) -> list[_Kept]:
    """Reviewed kept tags of the uniform part: drawn items with U < tau n / N, inside the order's finished prefix."""
    query = select(review_items).where(review_items.c.job_id == stamp.job_id, review_items.c.drawn)
    drawn = list(session.execute(query))
    standing = latest_decisions(session, stamp.job_id)
    found = {row.contact_pk: standing[row.item] for row in _uniform(session, stamp.job_id, drawn, standing)}
    # a contact that taught the model says nothing of its mistakes
    uniform = {key: found[key] for key in correcting(session, stamp.job_id, stamp.model_id, list(found))}
    return [
        _Kept(tag.confidence, uniform[tag.contact_pk].step == tag.step)
        for tag in _kept_tags(session, stamp, sorted(uniform))
        if floor is None or tag.confidence >= floor
    ]


def _kept_tags(session: Session, stamp: Stamp, keys: Sequence[int]) -> Iterator[Row[Any]]:
    """The tags of these contacts that were not deferred: of thousands reviewed, not of millions tagged."""
    names = tagged(job_id=stamp.job_id, job_version=stamp.job_version, model_id=stamp.model_id)
    kept = select(tags.c.contact_pk, tags.c.step, tags.c.confidence).where(names, ~tags.c.deferred)
    for at in range(0, len(keys), CHUNK):
        yield from session.execute(kept.where(tags.c.contact_pk.in_(keys[at : at + CHUNK])))


def _uniform(session: Session, job_id: str, drawn: Sequence[Row[Any]], standing: dict[str, Row[Any]]) -> list[Row[Any]]:
    draws = {row.policy: row for row in session.execute(select(review_draws).where(review_draws.c.job_id == job_id))}
    t = finished_prefix([row.u / row.pi for row in drawn], [row.item in standing for row in drawn])
    return [
        row
        for row in drawn
        if row.item in standing
        and (policy := draws.get(row.policy)) is not None
        and row.u < t * policy.tau * policy.budget / policy.population
    ]


def _widened(session: Session, job: Job, stamp: Stamp, promise: Promise) -> float:
    """The floor from which the promise is shown to hold again (fixed-sequence test, as in training).

    Where reviews are too few to show it for any, the lowest from which no more than the allowed share was seen wrong.
    """
    kept = sorted(_kept(session, stamp, promise.floor), key=lambda one: -one.confidence)
    confidence = np.array([one.confidence for one in kept])
    right = np.array([one.right for one in kept], dtype=bool)
    shown = accept_threshold(confidence, right, max_error=promise.max_error, delta=job.tagging.delta).value
    if shown != NOTHING:
        return shown
    seen = np.cumsum(~right) / np.arange(1, len(right) + 1)
    fine = np.flatnonzero(seen <= promise.max_error)
    return float(confidence[fine[-1]]) if len(fine) else ALL_ASIDE


def _put_aside(session: Session, stamp: Stamp, floor: float) -> int:
    """Queue the kept tags that a new floor puts aside; how many were not in the queue for that."""
    names = tagged(job_id=stamp.job_id, job_version=stamp.job_version, model_id=stamp.model_id)
    query = select(tags.c.contact_pk).where(names, ~tags.c.deferred, tags.c.confidence < floor)
    return queue_contacts(session, list(session.scalars(query)), "unsure", stamp=stamp)
