"""The reviews that correct a model's figures, kept for the next reader until another decision comes in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from alignment.scorecard import View
from store.kept import Kept
from store.learned import correcting_reviews
from store.review_weights import Review
from store.scorecards import view_key
from taxonomy.model import Job

_kept: Kept[Mapping[int, Review]] = Kept(8)


def kept_reviews(session: Session, job: Job, *, model: str, as_of: datetime) -> Mapping[int, Review]:
    """`correcting_reviews` of a job, by row of the contact."""
    key = (*view_key(session, job, View(as_of)), model)
    return _kept.get(key, lambda: correcting_reviews(session, job.id, model, as_of))
