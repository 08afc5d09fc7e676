"""What a measurement had read, so that the next one reads only what came since."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from alignment.measures import SUMMED
from store.review_weights import Review
from store.tables import contacts, measurements, review_draws, tags
from store.tags import of_job, tagged
from taxonomy.errors import HeadwayError
from taxonomy.model import Job


class MeasuredMeanwhileError(HeadwayError):
    """Another process measured the same job at the same time."""


@dataclass(frozen=True)
class Reach:
    """How far contacts and tags had been read: the last row of each, and how many there were up to it.

    A row that came in late below the last one, or one that was erased, shows in the count.
    """

    contact: int
    contacts: int
    tag: int
    tags: int


@dataclass(frozen=True)
class Measurement:
    """One measurement: its number, the moment of knowledge, how far it read, draws made, reviews used, measures."""

    number: int
    as_of: datetime
    recorded_at: datetime
    reach: Reach
    reviews: Mapping[int, Review]
    draws: frozenset[str]
    measures: tuple[str, ...]


def read_draws(session: Session, job_id: str) -> frozenset[str]:
    """The policies of all draws of a job."""
    return frozenset(session.scalars(select(review_draws.c.policy).where(review_draws.c.job_id == job_id)))


def read_reach(session: Session, job: Job, model_id: str) -> Reach:
    """How far there is to read now."""
    last_contact, count_contacts = session.execute(
        select(func.max(contacts.c.pk), func.count()).where(of_job(job.id))
    ).one()
    read = tagged(job_id=job.id, job_version=job.stamp, model_id=model_id)
    last_tag, count_tags = session.execute(select(func.max(tags.c.pk), func.count()).where(read)).one()
    return Reach(last_contact or 0, count_contacts, last_tag or 0, count_tags)


def tagged_so_far(session: Session, job: Job, model_id: str) -> int:
    """How many contacts a model has tagged: those that were measured, which are counted already, and those since."""
    query = select(measurements.c.content).where(_of(job, model_id)).order_by(measurements.c.number.desc()).limit(1)
    content = session.scalar(query)
    known = Reach(0, 0, 0, 0) if content is None else Reach(**content["reach"])
    read = tagged(job_id=job.id, job_version=job.stamp, model_id=model_id)
    later = select(func.count()).select_from(tags).where(read, tags.c.pk > known.tag)
    return known.tags + (session.scalar(later) or 0)


def unchanged_below(session: Session, job: Job, model_id: str, reach: Reach) -> bool:
    """Whether the rows up to where a measurement had read are still as many."""
    count = select(func.count()).select_from(contacts).where(of_job(job.id), contacts.c.pk <= reach.contact)
    if session.scalar(count) != reach.contacts:
        return False
    read = tagged(job_id=job.id, job_version=job.stamp, model_id=model_id)
    return session.scalar(select(func.count()).select_from(tags).where(read, tags.c.pk <= reach.tag)) == reach.tags


def last_measurement(session: Session, job: Job, model_id: str) -> Measurement | None:
    """The newest measurement of a job by a model, if there was one."""
    query = select(measurements).where(_of(job, model_id)).order_by(measurements.c.number.desc()).limit(1)
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    reach, reviews = Reach(**row.content["reach"]), _unpacked(row.content["reviews"])
    return Measurement(
        row.number, row.as_of, row.recorded_at, reach, reviews, frozenset(row.content["draws"]), _measures(row.content)
    )


def save_measurement(
    session: Session,
    job: Job,
    *,
    model_id: str,
    number: int,
    as_of: datetime,
    reach: Reach,
    reviews: Mapping[int, Review],
) -> None:
    """Keep a measurement under the next number; raises MeasuredMeanwhileError where somebody else took it."""
    draws = sorted(read_draws(session, job.id))
    content = {"reach": vars(reach), "reviews": _packed(reviews), "draws": draws, "measures": SUMMED}
    names = {"job_id": job.id, "job_version": job.stamp, "model_id": model_id}
    row = {**names, "number": number, "as_of": as_of, "content": content, "recorded_at": datetime.now(UTC)}
    try:
        session.execute(insert(measurements), [row])
    except IntegrityError as error:
        raise MeasuredMeanwhileError(f"{job.id} was measured by another process just now; measure again") from error


def _of(job: Job, model_id: str) -> Any:
    return and_(
        measurements.c.job_id == job.id, measurements.c.job_version == job.stamp, measurements.c.model_id == model_id
    )


def _measures(content: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(content.get("measures", ()))


def _packed(reviews: Mapping[int, Review]) -> str:
    """Thousands of reviews are kept with each measurement: compressed, a few kB."""
    rows = [[key, one.policy, one.step, one.outcome, one.weight] for key, one in sorted(reviews.items())]
    return base64.b64encode(zlib.compress(json.dumps(rows).encode())).decode()


def _unpacked(text: str) -> dict[int, Review]:
    rows = json.loads(zlib.decompress(base64.b64decode(text)))
    return {key: Review(*rest) for key, *rest in rows}
