"""Where the contacts behind a figure stand, so that an auditor can count them again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.orm import Session

from alignment.scorecard import View
from alignment.targets import Kind
from store.browse import inside
from store.kept_reviews import kept_reviews
from store.review_weights import Review
from store.tables import contacts, review_probabilities, tags
from store.tags import tagged
from taxonomy.model import Job

CHUNK = 500


@dataclass(frozen=True)
class Standing:
    """A view's contacts by where they stand; the first four are all that figures count, `outside` is not offered yet.

    `reviewed` are those whose reviews correct figures: drawn, done in order, and kept from training.
    """

    tagged_here: int
    tagged_elsewhere: int
    reviewed_here: int
    reviewed_elsewhere: int
    outside: int

    @property
    def n(self) -> int:
        """The contacts that figures count."""
        return self.tagged_here + self.tagged_elsewhere + self.reviewed_here + self.reviewed_elsewhere


def read_standing(session: Session, job: Job, view: View, *, model: str, target: tuple[Kind, str]) -> Standing:
    """Count the contacts of a view by what was said of them: the tagger's target, or the review's where one corrects.

    Once reviews of a draw are done, contacts that no such draw offered stand outside (METHODS 1).
    """
    reviews = kept_reviews(session, job, model=model, as_of=view.as_of)
    policies = {review.policy for review in reviews.values()}
    here, elsewhere, outside = _tagged(session, job, view, model=model, target=target, policies=policies)
    seen = _reviewed(session, job, view, model=model, keys=list(reviews))
    decided = [_is_on(reviews[row.pk], target) for row in seen]
    already = sum(row[target[0]] == target[1] for row in (one._mapping for one in seen))
    return Standing(here - already, elsewhere - (len(seen) - already), sum(decided), len(seen) - sum(decided), outside)


def _is_on(review: Review, target: tuple[Kind, str]) -> bool:
    return (review.step if target[0] == "step" else review.outcome) == target[1]


def _tagged(
    session: Session, job: Job, view: View, *, model: str, target: tuple[Kind, str], policies: Collection[str]
) -> tuple[int, int, int]:
    """Contacts by the tagger's word alone: on the target, elsewhere, and those outside the audited population."""
    offered = and_(review_probabilities.c.contact_pk == contacts.c.pk, review_probabilities.c.job_id == job.id)
    on = func.coalesce(tags.c[target[0]], "") == target[1]
    query = (
        select(on.label("on"), review_probabilities.c.policy, func.count().label("many"))
        .select_from(tags.join(contacts, contacts.c.pk == tags.c.contact_pk).outerjoin(review_probabilities, offered))
        .where(*_in_view(job, view, model))
        .group_by(on, review_probabilities.c.policy)
    )
    counts = {True: 0, False: 0}
    outside = 0
    for row in session.execute(query):
        if policies and row.policy not in policies:
            outside += row.many
        else:
            counts[bool(row.on)] += row.many
    return counts[True], counts[False], outside


def _reviewed(session: Session, job: Job, view: View, *, model: str, keys: Sequence[int]) -> list[Row[Any]]:
    """The reviewed contacts inside the view, with what the tagger says of them."""
    query = (
        select(contacts.c.pk, tags.c.step, tags.c.outcome)
        .select_from(tags.join(contacts, contacts.c.pk == tags.c.contact_pk))
        .where(*_in_view(job, view, model))
    )
    return [
        row
        for at in range(0, len(keys), CHUNK)
        for row in session.execute(query.where(contacts.c.pk.in_(keys[at : at + CHUNK])))
    ]


def _in_view(job: Job, view: View, model: str) -> list[ColumnElement[bool]]:
    read = tagged(job_id=job.id, job_version=job.stamp, model_id=model)
    return [read, tags.c.tagged_at <= view.as_of, *inside(view)]
