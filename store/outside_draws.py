"""Draws made by somebody else with known probabilities: their reviews correct figures like those of our own draws."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.review_queueing import CHUNK, Place, add_items, stamp_of
from store.session import insert_new
from store.tables import contacts, review_items, review_probabilities, tags
from store.tags import tagged
from tagger.review import ReviewError
from tagger.review_reasons import DRAWN

UNLIKELY = 4.0
"""Standard deviations by which the number drawn may differ from the sum of its probabilities."""


@dataclass(frozen=True)
class Offered:
    """A contact (its row) that a draw offered: its probability, and whether it was drawn."""

    contact_pk: int
    pi: float
    drawn: bool


def add_outside_draw(session: Session, job_id: str, offered: Sequence[Offered]) -> int:
    """Keep a draw with its whole population; how many drawn contacts are new items.

    Contacts that another draw offered already are left as they are. The others need a tag of the model in use. Raises
    ReviewError where the draw cannot be what the probabilities say: a file of drawn contacts alone would publish
    shares of these contacts, not of all.
    """
    _check(offered)
    stamp = stamp_of(session, job_id)
    keys = [one.contact_pk for one in offered]
    uniform: dict[int, float] = {}
    known: set[int] = set()
    for at in range(0, len(keys), CHUNK):
        part = keys[at : at + CHUNK]
        names = tagged(job_id=job_id, job_version=stamp.job_version, model_id=stamp.model_id)
        query = select(contacts.c.pk, contacts.c.u).join(tags, tags.c.contact_pk == contacts.c.pk).where(names)
        uniform.update((row.pk, row.u) for row in session.execute(query.where(contacts.c.pk.in_(part))))
        drawn_before = select(review_probabilities.c.contact_pk).where(review_probabilities.c.job_id == job_id)
        known.update(session.scalars(drawn_before.where(review_probabilities.c.contact_pk.in_(part))))
    fresh = [one for one in offered if one.contact_pk in uniform and one.contact_pk not in known]
    policy = _name(job_id, offered)
    rows = [{"job_id": job_id, "contact_pk": one.contact_pk, "pi": one.pi, "policy": policy} for one in fresh]
    insert_new(session, review_probabilities, rows)
    # Whoever drew had numbers of their own. Of drawn contacts u / pi is uniform: any uniform number will do.
    places = [Place(one.contact_pk, uniform[one.contact_pk] * one.pi, one.pi, policy) for one in fresh if one.drawn]
    return len(add_items(session, places, DRAWN, stamp=stamp))


def probability_of(session: Session, item: str) -> float | None:
    """The probability with which an item was drawn; None where it was not."""
    found: float | None = session.scalar(select(review_items.c.pi).where(review_items.c.item == item))
    return found


def _check(offered: Sequence[Offered]) -> None:
    if wrong := [one.pi for one in offered if not 0 < one.pi <= 1]:
        raise ReviewError(f"pi {wrong[0]}: a probability of being drawn is above 0 and at most 1")
    expected, drawn = sum(one.pi for one in offered), sum(one.drawn for one in offered)
    spread = math.sqrt(sum(one.pi * (1 - one.pi) for one in offered))
    if abs(drawn - expected) > UNLIKELY * spread + 1:
        raise ReviewError(
            f"of {len(offered)} contacts with pi {drawn} were drawn, but their probabilities sum to {expected:.1f}: "
            "list every contact that the draw offered, with `drawn` false where it was not drawn"
        )


def _name(job_id: str, offered: Sequence[Offered]) -> str:
    said = "\n".join(f"{one.contact_pk}:{one.pi!r}:{one.drawn}" for one in sorted(offered, key=lambda o: o.contact_pk))
    return "outside-" + hashlib.sha256(f"{job_id}\n{said}".encode()).hexdigest()[:16]
