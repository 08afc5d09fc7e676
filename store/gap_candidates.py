"""Contacts that a job has no place for: analysts said that they fit no step, or the model finds them strange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from classifiers.topics import STRANGE
from store.contacts import read_contacts
from store.jobs import UnknownJobError, read_job
from store.review_standing import known_decisions
from store.tables import contacts, review_items, tags
from store.tags import tagged
from tagger.model import Contact
from taxonomy.model import Job

CHUNK = 500
MOST = 10_000
"""Contacts that are grouped at the most: all that analysts decided, then strange ones by their random numbers."""


@dataclass(frozen=True)
class Candidates:
    """Rows of contacts by why they are here: `decided` to fit no step, `novel` by the model alone.

    `answered` are rows on which a decision stands, whatever it says: the model's opinion of them is not needed.
    """

    decided: tuple[int, ...]
    novel: tuple[int, ...]
    answered: frozenset[int]

    @property
    def pool(self) -> list[int]:
        """Contacts to group: decided ones, and strange ones that nobody decided otherwise."""
        return sorted({*self.decided, *(key for key in self.novel if key not in self.answered)})


def read_candidates(session: Session, job: Job, *, model_id: str) -> Candidates:
    """The contacts of a job that fit no step, by analysts and by a model."""
    standing = _standing(session, job)
    query = (
        select(tags.c.contact_pk)
        .where(tagged(job_id=job.id, job_version=job.stamp, model_id=model_id))
        .where(or_(tags.c.novelty >= STRANGE, tags.c.step.is_(None)))
        .order_by(tags.c.contact_pk)
    )
    decided = tuple(key for key, (step, counts) in sorted(standing.items()) if step is None and counts)
    answered = frozenset(key for key, (step, counts) in standing.items() if step is not None or counts)
    return Candidates(decided, tuple(session.scalars(query)), answered)


def read_pool(session: Session, candidates: Candidates) -> list[tuple[int, Contact]]:
    """The contacts to group, by row; of very many, those decided and a random part of the others."""
    pool = candidates.pool
    if len(pool) > MOST:
        others = sorted(set(pool) - set(candidates.decided))
        uniform: dict[int, float] = {}
        for at in range(0, len(others), CHUNK):
            query = select(contacts.c.pk, contacts.c.u).where(contacts.c.pk.in_(others[at : at + CHUNK]))
            uniform.update((row.pk, row.u) for row in session.execute(query))
        kept = sorted(others, key=uniform.__getitem__)[: max(0, MOST - len(candidates.decided))]
        pool = sorted({*candidates.decided, *kept})
    return [pair for at in range(0, len(pool), CHUNK) for pair in read_contacts(session, pool[at : at + CHUNK])]


def read_usual(session: Session, job: Job, *, model_id: str, count: int) -> list[Contact]:
    """Some contacts that the model is sure fit the job, spread over all by their permanent random numbers."""
    query = (
        select(tags.c.contact_pk)
        .join(contacts, contacts.c.pk == tags.c.contact_pk)
        .where(tagged(job_id=job.id, job_version=job.stamp, model_id=model_id))
        .where(tags.c.novelty < STRANGE, tags.c.step.is_not(None), ~tags.c.deferred)
        .order_by(contacts.c.u)
        .limit(count)
    )
    return [contact for _, contact in read_contacts(session, list(session.scalars(query)))]


def _standing(session: Session, job: Job) -> Mapping[int, tuple[str | None, bool]]:
    """The step decided of each contact, and whether a `fits no step` still says anything.

    One that was made before an outcome was added does not: the contact may fit the new one.
    """
    query = known_decisions(job.id).add_columns(review_items.c.contact_pk, review_items.c.job_version)
    rows = session.execute(query).all()
    covers = {stamp: _covers(session, job, stamp) for stamp in {row.job_version for row in rows}}
    return {row.contact_pk: (row.step, covers[row.job_version]) for row in rows}


def _covers(session: Session, job: Job, stamp: str) -> bool:
    """Whether a version of the job had every outcome that it has now."""
    if stamp == job.stamp:
        return True
    try:
        earlier = read_job(session, job.id, stamp=stamp)
    except UnknownJobError:
        return False
    return job.outcome_by_id.keys() <= earlier.outcome_by_id.keys()
