"""Which models learned from reviews, and which reviews may still correct them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.review_weights import Review, read_reviews
from store.session import insert_new
from store.tables import contacts, learned_models
from tagger.held_back import Learned, measures

CHUNK = 500


def save_learned(session: Session, model_id: str, learned: Learned | None) -> None:
    """Keep what a model learned from reviews (None: nothing); saying it twice changes nothing."""
    if learned is not None:
        insert_new(session, learned_models, [{"model_id": model_id, "until": learned.until, "share": learned.share}])


def read_learned(session: Session, model_id: str) -> Learned | None:
    """What a model learned from reviews, or None where it learned from none."""
    row = session.execute(select(learned_models).where(learned_models.c.model_id == model_id)).one_or_none()
    return None if row is None else Learned(row.until, row.share)


def correcting_reviews(session: Session, job_id: str, model_id: str, as_of: datetime) -> dict[int, Review]:
    """The reviews that correct what this model said, as `read_reviews`, without those that may have taught it.

    Where some may have, the weight of the others allows for that (METHODS 2: pi is multiplied by h).
    """
    reviews = read_reviews(session, job_id, as_of)
    factors = correcting(session, job_id, model_id, list(reviews))
    return {key: replace(reviews[key], weight=reviews[key].weight * factor) for key, factor in factors.items()}


def correcting(session: Session, job_id: str, model_id: str, reviewed: Sequence[int]) -> Mapping[int, float]:
    """The factor on each reviewed contact's weight xi / pi where this model's tags are corrected, by row of contact.

    1 for a model that learned from no review; those that may have taught it are left out.
    """
    learned = read_learned(session, model_id)
    if learned is None:
        return dict.fromkeys(reviewed, 1.0)
    found: dict[int, float] = {}
    for at in range(0, len(reviewed), CHUNK):
        wanted = (contacts.c.pk, contacts.c.customer, contacts.c.source, contacts.c.contact_id, contacts.c.ingested_at)
        query = select(*wanted).where(contacts.c.pk.in_(reviewed[at : at + CHUNK]))
        for row in session.execute(query):
            held = held_back(job_id, row.customer, row.source, row.contact_id, share=learned.share)
            found[row.pk] = learned.factor(measuring=held, came_at=row.ingested_at)
    return {pk: factor for pk, factor in found.items() if factor}


def held_back(job_id: str, customer: str | None, source: str, contact_id: str, *, share: float) -> bool:
    """Whether reviews of a stored contact are held back from training."""
    return measures(job_id, customer=customer, contact=f"{source}\x1f{contact_id}", share=share)
