"""Effort drivers by step or outcome: read from the contacts of a view, kept until something behind them changes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from alignment.drivers import FOLDS, SHARE, Witnesses, driver_shares
from alignment.estimate import Estimate
from alignment.scorecard import View
from alignment.targets import Kind, Targets, label_targets
from store.browse import inside
from store.kept import Kept
from store.review_weights import read_reviews, truth_and_weight
from store.tables import contact_drivers, contacts, review_events, review_probabilities, tags
from store.tags import newest_model, read_label_space, tagged, unpack
from tagger.drivers import DRIVERS
from taxonomy.model import Job

ByStep = Mapping[str, Mapping[str, Estimate]]
"""The share of a step's contacts that has each driver, by step and driver."""

_kept: Kept[ByStep] = Kept(64)
_kept_outcomes: Kept[Mapping[str, Estimate]] = Kept(64)


def read_driver_shares(session: Session, job: Job, view: View) -> ByStep:
    """Shares of every step's contacts by driver, as of the view's moment, for contacts whose drivers are known.

    The same are given, under their first date, as long as no contact, tag or review is added.
    """
    newest = newest_model(session, job.id, as_of=view.as_of)
    if newest is None or newest[0] != job.stamp:
        return _missing(job, view.as_of)
    return _kept.get(_key(session, job, newest[1], view), lambda: _by_step(session, job, newest[1], view))


def read_target_drivers(session: Session, job: Job, view: View, *, target: tuple[Kind, str]) -> Mapping[str, Estimate]:
    """Shares of one step's or outcome's contacts by driver, as `read_driver_shares` gives them for every step."""
    if target[0] == "step":
        return read_driver_shares(session, job, view)[target[1]]
    newest = newest_model(session, job.id, as_of=view.as_of)
    if newest is None or newest[0] != job.stamp:
        return _none(view.as_of)
    column = Targets.of(job).index(*target)
    key = (*_key(session, job, newest[1], view), target[1])
    return _kept_outcomes.get(key, lambda: _build(session, job, newest[1], view, slice(column, column + 1))[0])


def _key(session: Session, job: Job, model: str, view: View) -> tuple[Hashable, ...]:
    return (*_version(session, job, model, view), view.start, view.end, tuple(sorted(view.filters.items())))


def _version(session: Session, job: Job, model: str, view: View) -> tuple[Hashable, ...]:
    """What changes whenever anything behind the shares does; all of it looks a single row up."""
    last_tag = select(func.max(tags.c.pk)).where(tags.c.tagged_at <= view.as_of)
    last_review = select(func.max(review_events.c.pk)).where(review_events.c.recorded_at <= view.as_of)
    last_read = select(func.max(contact_drivers.c.read_at), func.count()).where(contact_drivers.c.job_id == job.id)
    url = str(session.get_bind().engine.url)
    found = (session.scalar(last_tag), session.scalar(last_review), *session.execute(last_read).one())
    return (url, job.id, job.stamp, model, *found)


def _missing(job: Job, as_of: datetime) -> ByStep:
    return {step: _none(as_of) for step in job.step_by_id}


def _none(as_of: datetime) -> Mapping[str, Estimate]:
    return dict.fromkeys(DRIVERS, Estimate.missing(f"not enough evidence: {SHARE.absent}", as_of=as_of))


def _by_step(session: Session, job: Job, model: str, view: View) -> ByStep:
    targets = Targets.of(job)
    found = _build(session, job, model, view, targets.partition)
    return {step: found[targets.index("step", step)] for step in job.step_by_id}


def _build(session: Session, job: Job, model: str, view: View, columns: slice) -> Sequence[Mapping[str, Estimate]]:
    """By driver, for each of these columns of the job's targets."""
    targets, space = Targets.of(job), read_label_space(session, model)
    reviews = read_reviews(session, job.id, view.as_of)
    rows = _rows(session, job, model, view)
    if reviews:  # contacts outside the audited population stay out, as for every other figure
        audited = {review.policy for review in reviews.values()}
        rows = [row for row in rows if row.policy in audited]
    if not rows:
        return [_none(view.as_of)] * len(targets)
    chances = unpack([row.scores for row in rows], len(space.labels)) @ label_targets(space, targets)[:, columns]
    truth, weight = truth_and_weight(reviews, pd.Series([row.contact_pk for row in rows]), targets)
    seen = Witnesses(chances, truth[:, columns], weight, _found(rows), _numbers(rows), _folds(rows))
    return [dict(zip(DRIVERS, shares, strict=True)) for shares in driver_shares(seen, as_of=view.as_of)]


def _rows(session: Session, job: Job, model: str, view: View) -> Sequence[Row[Any]]:
    """The view's contacts with their scores, drivers, customers, days and the policy of their draw."""
    drawn = and_(review_probabilities.c.contact_pk == tags.c.contact_pk, review_probabilities.c.job_id == job.id)
    known = and_(contact_drivers.c.contact_pk == tags.c.contact_pk, contact_drivers.c.job_id == job.id)
    query = (
        select(
            tags.c.contact_pk, tags.c.scores, contact_drivers.c.drivers, contacts.c.customer, contacts.c.started_at,
            review_probabilities.c.policy,
        )
        .select_from(tags)
        .join(contacts, contacts.c.pk == tags.c.contact_pk)
        .join(contact_drivers, known)
        .outerjoin(review_probabilities, drawn)
        .where(tagged(job_id=job.id, job_version=job.stamp, model_id=model), tags.c.tagged_at <= view.as_of)
        .where(*inside(view))
        .order_by(tags.c.contact_pk)
    )  # fmt: skip
    return session.execute(query).all()


def _found(rows: Sequence[Row[Any]]) -> NDArray[np.float64]:
    """1 where a contact has a driver, shape (n, drivers)."""
    columns = {name: column for column, name in enumerate(DRIVERS)}
    found = np.zeros((len(rows), len(DRIVERS)))
    for number, row in enumerate(rows):
        for name in row.drivers.split(",") if row.drivers else ():
            if name in columns:
                found[number, columns[name]] = 1.0
    return found


def _numbers(rows: Sequence[Row[Any]]) -> NDArray[np.int64]:
    """A number per customer; a contact of nobody known is a customer of its own."""
    numbers: dict[object, int] = {}
    names = (row.customer if row.customer is not None else row.contact_pk for row in rows)
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


def _folds(rows: Sequence[Row[Any]]) -> NDArray[np.int64]:
    """The part of each contact's day, as for moments."""
    days = (0 if row.started_at is None else row.started_at.date().toordinal() for row in rows)
    return np.array([day % FOLDS for day in days], dtype=np.int64)
