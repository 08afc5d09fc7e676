"""What analysts decided, as labels: which contacts teach the tagger, which are held back to measure it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from store.contacts import contact_of
from store.learned import held_back
from store.review_plan_tables import review_gold
from store.review_standing import known_decisions
from store.review_weights import read_reviews
from store.tables import contacts, review_items, transcripts
from tagger.model import Contact, Labels
from tagger.review import CANNOT_TELL

CHUNK = 500

RANKS = ("bulk", "second", "first", "again", "adjudicated", "gold")
"""How answers on one contact rank, the last before the others. `again`: read once more because it looked wrong."""

WEIGHTS: Mapping[str, float] = {"gold": 2.0, "adjudicated": 2.0, "again": 1.5, "bulk": 0.5}
"""How much an answer counts as a label, where an ordinary read counts 1."""


@dataclass(frozen=True)
class Decided:
    """One contact with the answer that stands for it.

    `counts` is its weight as a label. `held_back`: it measures the tagger and never teaches it. `weight` is xi / pi
    where it was drawn and lies in the finished prefix of its draw, None where chance did not choose it. `number`
    orders answers as they were recorded.
    """

    key: int
    contact: Contact
    labels: Labels
    rank: str
    counts: float
    held_back: bool
    weight: float | None
    number: int


@dataclass(frozen=True)
class _Answer:
    labels: Labels
    rank: str
    at: datetime


def read_decided(session: Session, job_id: str, *, share: float, as_of: datetime) -> list[Decided]:
    """Every contact that somebody decided or knows the answer of, in the order of recording.

    `share` of the customers is held back. Contacts of which the text does not say are left out: there is no label
    in "cannot tell". Steps and outcomes are as they were said, under whichever version of the job.
    """
    answers = _answers(session, job_id, as_of)
    weights = {key: review.weight for key, review in read_reviews(session, job_id, as_of).items()}
    order = {key: number for number, key in enumerate(sorted(answers, key=lambda key: (answers[key].at, key)))}
    found = []
    for row in _contacts(session, sorted(answers)):
        answer = answers[row.pk]
        if answer.labels.step == CANNOT_TELL:
            continue
        back = held_back(job_id, row.customer, row.source, row.contact_id, share=share)
        counts = WEIGHTS.get(answer.rank, 1.0)
        weight = weights.get(row.pk)
        found.append(Decided(row.pk, contact_of(row), answer.labels, answer.rank, counts, back, weight, order[row.pk]))
    return sorted(found, key=lambda one: one.number)


def known_contacts(session: Session, ids: Sequence[str], *, job_id: str, share: float) -> dict[str, bool]:
    """Of contacts by their senders' ids those that are in the store, and whether their reviews are held back."""
    wanted = (contacts.c.contact_id, contacts.c.customer, contacts.c.source)
    found: dict[str, bool] = {}
    for at in range(0, len(ids), CHUNK):
        for row in session.execute(select(*wanted).where(contacts.c.contact_id.in_(ids[at : at + CHUNK]))):
            back = held_back(job_id, row.customer, row.source, row.contact_id, share=share)
            found[row.contact_id] = found.get(row.contact_id, False) or back
    return found


def _answers(session: Session, job_id: str, as_of: datetime) -> dict[int, _Answer]:
    """The answer that stands for each contact by row, whatever it was in the queue for.

    Where an analyst names no second step that means something only if they ever name one; who answers for many contacts
    at once does not say.
    """
    items = {
        row.item: row
        for row in session.execute(
            select(review_items.c.item, review_items.c.contact_pk, review_items.c.reason).where(
                review_items.c.job_id == job_id
            )
        )
    }
    found: dict[int, _Answer] = {}
    decisions = session.execute(known_decisions(job_id, as_of)).all()
    naming = {decision.by for decision in decisions if decision.secondary}
    for decision in decisions:
        item = items[decision.item]
        others = tuple(decision.secondary) if decision.by in naming and decision.read != "bulk" else None
        labels = Labels(decision.step, decision.outcome, others)
        _keep(found, item.contact_pk, _Answer(labels, _rank(decision, item), decision.recorded_at))
    for key, answer in _gold(session, job_id, as_of):
        _keep(found, key, answer)
    return found


def _keep(found: dict[int, _Answer], key: int, answer: _Answer) -> None:
    known = found.get(key)
    if known is None or (RANKS.index(answer.rank), answer.at) >= (RANKS.index(known.rank), known.at):
        found[key] = answer


def _rank(decision: Row[Any], item: Row[Any]) -> str:
    if decision.read == "first" and item.reason in {"suspect", "flagged"}:
        return "again"
    return str(decision.read)


def _gold(session: Session, job_id: str, as_of: datetime) -> Iterable[tuple[int, _Answer]]:
    """Known answers: the newest of each contact, unless it was withdrawn."""
    query = select(review_gold).where(review_gold.c.job_id == job_id, review_gold.c.recorded_at <= as_of)
    newest = {row.contact_pk: row for row in session.execute(query.order_by(review_gold.c.pk))}
    return (
        (key, _Answer(Labels(row.step, row.outcome), "gold", row.recorded_at))
        for key, row in newest.items()
        if not row.withdrawn
    )


def _contacts(session: Session, keys: Sequence[int]) -> Iterable[Row[Any]]:
    for at in range(0, len(keys), CHUNK):
        yield from session.execute(
            select(contacts, transcripts.c.turns, transcripts.c.extra)
            .join(transcripts, transcripts.c.contact_pk == contacts.c.pk)
            .where(contacts.c.pk.in_(keys[at : at + CHUNK]))
        )
