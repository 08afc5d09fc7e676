"""Everything known of a job's contacts, as the evidence that moments are folded from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from alignment.effort import answers_on, easy_box, scale_of
from alignment.fold import Evidence
from alignment.response import ResponseModel, response_weights
from alignment.targets import Targets, label_targets
from store.learned import correcting_reviews
from store.resolved import Resolved, read_resolved
from store.response_models import read_response_models
from store.review_weights import Review, truth_and_weight
from store.scope import begun_in, pairs_of
from store.tables import contacts, review_probabilities, tags
from store.tags import of_job, read_label_space, tagged, unpack
from taxonomy.model import Job

UNUSED = ("source", "content_hash", "job_id", "ingested_at", "survey_resolved", "u")


@dataclass(frozen=True)
class Facts:
    """A row per contact with what was measured of it, and its probabilities by target, shape (n, targets)."""

    rows: pd.DataFrame
    probabilities: NDArray[np.float64]


def read_evidence(
    session: Session,
    job: Job,
    *,
    model_id: str,
    as_of: datetime | None = None,
    weeks: Collection[date | None] | None = None,
) -> Evidence:
    """The contacts that a model tagged, with what was measured, answered and decided of them up to `as_of`.

    Those begun in these weeks, or all (None), at once: `store.evidence_weeks` reads many in parts.
    Once reviews of a draw are done, contacts outside such draws stand outside the audited population and are left
    out until theirs are (METHODS 1); before the first review nothing corrects anything, and all contacts count.
    """
    moment = as_of or datetime.now(UTC)
    reviews = correcting_reviews(session, job.id, model_id, moment)
    facts = read_facts(session, job, model_id=model_id, as_of=moment, weeks=weeks, reviews=reviews)
    models = read_response_models(session, job, model_id)
    return evidence_of(facts, Targets.of(job), models=models, reviews=reviews)


def read_facts(
    session: Session,
    job: Job,
    *,
    model_id: str,
    as_of: datetime,
    weeks: Collection[date | None] | None,
    reviews: Mapping[int, Review],
    resolved: Resolved | None = None,
) -> Facts:
    """What is known of the contacts begun in these weeks (None: all) that count beside these reviews.

    Whether contacts were `resolved` is looked up where it is not given: give it where most contacts are read in parts.
    """
    targets, space = Targets.of(job), read_label_space(session, model_id)
    frame = _tagged_contacts(session, job, model_id, as_of, weeks)
    if reviews:
        frame = frame[frame["policy"].isin({review.policy for review in reviews.values()})].reset_index(drop=True)
    if resolved is None:
        resolved = read_resolved(session, job, as_of=as_of, customers=None if weeks is None else frame["customer"])
    rows = _measured(frame, resolved, job, as_of)
    scores = unpack(rows.pop("scores").tolist(), len(space.labels))
    return Facts(rows, _sums(scores, label_targets(space, targets)))


def evidence_of(
    facts: Facts, targets: Targets, *, models: Mapping[str, ResponseModel], reviews: Mapping[int, Review]
) -> Evidence:
    """Facts with the reviews and the response weights that go with them; periods without a model are fitted."""
    truth, weight = truth_and_weight(reviews, facts.rows["pk"], targets)
    response = response_weights(facts.rows, facts.probabilities[:, targets.partition], models=models)
    return Evidence(facts.rows, facts.probabilities, truth, weight, response.weights)


def _sums(scores: NDArray[np.float64], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores summed by target. A sparse product: a contact's sums must not hang on how many others come along."""
    return np.ascontiguousarray((csr_matrix(matrix.T) @ scores.T).T)


def _tagged_contacts(
    session: Session, job: Job, model_id: str, as_of: datetime, weeks: Collection[date | None] | None
) -> pd.DataFrame:
    """The contacts that the model has read, with their scores and the policy that offered them to a draw last."""
    wanted = [column for column in contacts.c if column.name not in UNUSED]
    offered = and_(review_probabilities.c.contact_pk == contacts.c.pk, review_probabilities.c.job_id == job.id)
    read = tagged(job_id=job.id, job_version=job.stamp, model_id=model_id)
    query = (
        select(*wanted, tags.c.scores, review_probabilities.c.policy)
        .select_from(contacts.join(tags, tags.c.contact_pk == contacts.c.pk).outerjoin(review_probabilities, offered))
        .where(of_job(job.id), begun_in(weeks), read, tags.c.tagged_at <= as_of)
        .order_by(contacts.c.pk)
    )
    rows = [tuple(row) for row in session.execute(query)]  # pandas takes rows of the database for objects, one by one
    return pd.DataFrame(rows, columns=[*(column.name for column in wanted), "scores", "policy"])


def _measured(frame: pd.DataFrame, resolved: Resolved, job: Job, as_of: datetime) -> pd.DataFrame:
    """The frame with a column per measure; NaN where a contact does not carry it."""
    start, end = (pd.to_datetime(frame[name], utc=True) for name in ("started_at", "ended_at"))
    short, long = resolved.of(frame["pk"])
    scale = scale_of(job)
    effort = answers_on(scale.id, _effort(frame, as_of), frame["effort_scale"]).values
    return frame.rename(columns={"contact_id": "contact"}).assign(
        day=[moment.date() if pd.notna(moment) else None for moment in start],
        segment=frame["segment"].map(pairs_of),
        circumstance=frame["circumstance"].map(pairs_of),
        effort=effort,
        easy=easy_box(effort, scale),
        fcr=short,
        fcr_long=long,
        transfers=frame["transfers"].astype(float),
        time=(end - start).dt.total_seconds() / 60,
        cost=frame["cost"].astype(float),
    )


def _effort(frame: pd.DataFrame, as_of: datetime) -> pd.Series[float]:
    """Answers known at a moment: given by then, and come in by then."""
    known = pd.Series(True, index=frame.index)
    for name in ("answered_at", "survey_recorded_at"):
        at = pd.to_datetime(frame[name], utc=True)
        known &= at.isna() | (at <= pd.Timestamp(as_of))
    return frame["effort"].astype(float).where(known)
