"""Everything known of a job's contacts, as the evidence that moments are folded from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from alignment.effort import answers_on
from alignment.fold import Evidence
from alignment.resolution import LONG_WINDOW_DAYS, first_contact_resolution
from alignment.response import response_weights
from alignment.targets import NONE, Targets, label_targets
from store.reviews import latest_decisions
from store.tables import contacts, review_items, review_probabilities, tags
from store.tags import of_job, read_label_space, tagged, unpack
from tagger.review import CANNOT_TELL, finished_prefix
from taxonomy.model import Job

EFFORT_SCALE = "ces2-7"


@dataclass(frozen=True)
class Review:
    """A drawn contact's decision, the policy of its draw, and its weight xi / pi."""

    policy: str
    step: str | None
    outcome: str | None
    weight: float


def read_evidence(session: Session, job: Job, *, model_id: str, as_of: datetime | None = None) -> Evidence:
    """The contacts that a model tagged, with what was measured, answered and decided of them up to `as_of`.

    Once reviews of a draw are done, contacts outside such draws stand outside the audited population and are left
    out until theirs are (METHODS 1); before the first review nothing corrects anything, and all contacts count.
    """
    moment = as_of or datetime.now(UTC)
    targets, space = Targets.of(job), read_label_space(session, model_id)
    frame = _measured(_read_frame(session, job), job, moment)
    scored = _read_scores(session, job, model_id, moment, len(space.labels))
    reviews = _reviews(session, job.id, moment)
    audited = _audited(session, job.id, {review.policy for review in reviews.values()})
    rows = frame[frame["pk"].isin(scored.index) & (frame["pk"].isin(audited) if reviews else True)]
    rows = rows.reset_index(drop=True)
    blobs = scored.loc[rows["pk"]].tolist()
    probabilities = unpack(blobs, len(space.labels)) @ label_targets(space, targets)
    truth, weight = _reviewed(reviews, rows["pk"], targets)
    response = response_weights(rows, probabilities[:, targets.partition])
    return Evidence(rows, probabilities, truth, weight, response.weights)


def _read_frame(session: Session, job: Job) -> pd.DataFrame:
    wanted = [column for column in contacts.c if column.name not in ("source", "content_hash", "job_id", "ingested_at")]
    query = select(*wanted).where(of_job(job.id)).order_by(contacts.c.pk)
    rows = session.execute(query).all()
    return pd.DataFrame([row._tuple() for row in rows], columns=[column.name for column in wanted])


def _measured(frame: pd.DataFrame, job: Job, as_of: datetime) -> pd.DataFrame:
    """The frame with a column per measure; NaN where a contact does not carry it."""
    start, end = (pd.to_datetime(frame[name], utc=True) for name in ("started_at", "ended_at"))
    answered = pd.to_datetime(frame["answered_at"], utc=True)
    known = answered.isna() | (answered <= pd.Timestamp(as_of))
    effort = frame["effort"].astype(float).where(known)
    named = frame.rename(columns={"contact_id": "contact"})
    return named.assign(
        day=[moment.date() if pd.notna(moment) else None for moment in start],
        segment=frame["segment"].map(_pairs),
        circumstance=frame["circumstance"].map(_pairs),
        effort=answers_on(EFFORT_SCALE, effort, frame["effort_scale"]).values,
        fcr=first_contact_resolution(named, window_days=job.friction.fcr.window_days, as_of=as_of),
        fcr_long=first_contact_resolution(named, window_days=LONG_WINDOW_DAYS, as_of=as_of),
        transfers=frame["transfers"].astype(float),
        time=(end - start).dt.total_seconds() / 60,
        cost=frame["cost"].astype(float),
    )


def _pairs(values: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(value)) for name, value in values.items()))


def _read_scores(session: Session, job: Job, model_id: str, as_of: datetime, labels: int) -> pd.Series[Any]:
    query = select(tags.c.contact_pk, tags.c.scores).where(
        tagged(job_id=job.id, job_version=job.stamp, model_id=model_id), tags.c.tagged_at <= as_of
    )
    rows = session.execute(query).all()
    return pd.Series([row.scores for row in rows], index=[row.contact_pk for row in rows], dtype=object)


def _audited(session: Session, job_id: str, policies: set[str]) -> set[int]:
    """Contacts offered by the draws whose reviews have begun."""
    query = select(review_probabilities.c.contact_pk).where(
        review_probabilities.c.job_id == job_id, review_probabilities.c.policy.in_(policies)
    )
    return set(session.scalars(query))


def _reviews(session: Session, job_id: str, as_of: datetime) -> dict[int, Review]:
    """Decided items of each draw's finished prefix t, by row of their contact, each weighing 1 / (pi t).

    The prefix is that of the draw: a new draw that nobody has worked on yet takes nothing from an older one.
    """
    decided = latest_decisions(session, job_id, as_of=as_of)
    columns = (
        review_items.c.item,
        review_items.c.contact_pk,
        review_items.c.u,
        review_items.c.pi,
        review_items.c.policy,
    )
    draws: dict[str, list[Row[Any]]] = {}
    for item in session.execute(select(*columns).where(review_items.c.job_id == job_id, review_items.c.drawn)):
        draws.setdefault(item.policy, []).append(item)
    reviews = {}
    for items in draws.values():
        t = finished_prefix([item.u / item.pi for item in items], [item.item in decided for item in items])
        for item in items:
            if item.item in decided and item.u / item.pi < t:
                decision = decided[item.item]
                reviews[item.contact_pk] = Review(item.policy, decision.step, decision.outcome, 1 / (item.pi * t))
    return reviews


def _reviewed(
    reviews: dict[int, Review], keys: pd.Series[int], targets: Targets
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    truth, weight = np.zeros((len(keys), len(targets))), np.zeros(len(keys))
    for row, key in enumerate(keys):
        review = reviews.get(key)
        if review is None:
            continue
        weight[row] = review.weight
        if review.step != CANNOT_TELL:
            truth[row, targets.index("step", review.step or NONE)] = 1.0
        if review.outcome is not None:
            truth[row, targets.index("outcome", review.outcome)] = 1.0
    return truth, weight
