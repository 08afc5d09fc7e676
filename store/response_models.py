"""Response models by period: kept once fitted, so that a new answer does not move what was measured before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from alignment.response import UNDATED, ResponseModel
from store.scope import begun_between, month_of
from store.session import insert_new
from store.tables import contacts, review_probabilities, tags
from store.tables import response_models as table
from store.tags import of_job, tagged
from taxonomy.model import Job

SETTLED = timedelta(days=14)
"""So long after its last day a month's model is fitted for good."""

GROWTH = 2.0
"""A model is fitted again when its period holds so many times the contacts, or answers, that it was fitted on."""

FEW = 10.0
"""Answers below which a doubling says nothing."""


@dataclass(frozen=True)
class KeptModel:
    """A period's newest model, and whether the period was over when it was fitted."""

    model: ResponseModel
    final: bool


def read_kept(session: Session, job: Job, model_id: str) -> dict[str, KeptModel]:
    """The newest model of every period."""
    mine = and_(table.c.job_id == job.id, table.c.job_version == job.stamp, table.c.model_id == model_id)
    last = select(func.max(table.c.pk).label("pk")).where(mine).group_by(table.c.period).subquery()
    query = select(table.c.period, table.c.content, table.c.final).join(last, last.c.pk == table.c.pk)
    return {
        row.period: KeptModel(ResponseModel.from_json(row.content), bool(row.final)) for row in session.execute(query)
    }


def read_response_models(session: Session, job: Job, model_id: str) -> dict[str, ResponseModel]:
    """The model in force in every period."""
    return {period: kept.model for period, kept in read_kept(session, job, model_id).items()}


def save_response_models(
    session: Session, job: Job, *, model_id: str, models: Mapping[str, ResponseModel], as_of: datetime
) -> None:
    """Keep newly fitted models beside the old ones."""
    names = {"job_id": job.id, "job_version": job.stamp, "model_id": model_id, "recorded_at": datetime.now(UTC)}
    rows = [
        {
            **names,
            "period": period,
            "version": model.version,
            "content": model.to_json(),
            "final": int(is_over(period, as_of)),
        }
        for period, model in sorted(models.items())
    ]
    insert_new(session, table, rows)


def is_over(period: str, as_of: datetime) -> bool:
    """Whether a month ended so long ago that hardly an answer is still to come."""
    return period != UNDATED and datetime.combine(month_of(period)[1], time.min, UTC) + SETTLED <= as_of


def due_periods(
    session: Session,
    job: Job,
    *,
    model_id: str,
    touched: Iterable[str],
    policies: set[str] | None,
    kept: Mapping[str, KeptModel],
    as_of: datetime,
) -> frozenset[str]:
    """Periods whose model has to be fitted now: new ones, doubled ones, and months that are over."""
    ended = {period for period, one in kept.items() if not one.final and is_over(period, as_of)}
    grown = {
        period
        for period in set(touched) - ended
        if period not in kept or _doubled(kept[period].model, _counts(session, job, model_id, period, policies))
    }
    return frozenset(ended | grown)


def _doubled(model: ResponseModel, counts: tuple[int, int]) -> bool:
    answers = max(model.contacts * model.share, FEW)
    return counts[0] >= GROWTH * max(model.contacts, 1) or counts[1] >= GROWTH * answers


def _counts(session: Session, job: Job, model_id: str, period: str, policies: set[str] | None) -> tuple[int, int]:
    """Contacts of a period that are measured, and how many of them answered."""
    when = contacts.c.started_at.is_(None) if period == UNDATED else begun_between(*month_of(period))
    read = tagged(job_id=job.id, job_version=job.stamp, model_id=model_id)
    source = contacts.join(tags, tags.c.contact_pk == contacts.c.pk)
    query = select(func.count(), func.count(contacts.c.effort)).where(of_job(job.id), when, read)
    if policies is not None:
        source = source.join(review_probabilities, offered_by(job.id, policies))
    row = session.execute(query.select_from(source)).one()
    return int(row[0]), int(row[1])


def offered_by(job_id: str, policies: set[str]) -> ColumnElement[bool]:
    """The condition that one of these draws offered a tagged contact last."""
    offer = review_probabilities.c
    return and_(offer.contact_pk == tags.c.contact_pk, offer.job_id == job_id, offer.policy.in_(sorted(policies)))


def count_offered(session: Session, *, job_id: str, job_version: str, model_id: str, policies: set[str]) -> int:
    """How many contacts that a model has read one of these draws offered."""
    read = tagged(job_id=job_id, job_version=job_version, model_id=model_id)
    source = tags.join(review_probabilities, offered_by(job_id, policies))
    return session.scalar(select(func.count()).select_from(source).where(read)) or 0
