"""What a measurement had read, so that the next one reads only what came since."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from alignment.measures import SUMMED
from store.reach import NOTHING, Reach, reach_now
from store.review_weights import Review
from store.settling import PATIENCE
from store.tables import measurements, review_draws
from taxonomy.errors import HeadwayError
from taxonomy.model import Job


class MeasuredMeanwhileError(HeadwayError):
    """Another process measured the same job at the same time."""


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


def read_reach(session: Session, job: Job, model_id: str, *, patience: float = PATIENCE) -> Reach:
    """How far there is to read now; counted on from the last measurement."""
    query = select(measurements.c.content).where(_of(job, model_id)).order_by(measurements.c.number.desc()).limit(1)
    content = session.scalar(query)
    base = NOTHING if content is None else Reach(**content["reach"])
    return reach_now(session, job, model_id, base=base, patience=patience)


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
