"""The review queue: draws, items, and decisions that are only ever added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, func, insert, select
from sqlalchemy.orm import Session

from store.models import NoModelError
from store.permitted import seen
from store.review_queueing import CHUNK, Place, Stamp, add_items, order_of, queue_contacts
from store.review_standing import known_decisions, not_undone, read_reads, restage, said
from store.session import insert_new
from store.tables import (
    contacts,
    review_decisions,
    review_draws,
    review_events,
    review_items,
    review_probabilities,
    tags,
)
from store.tags import newest_model, read_label_space, tagged, unpack
from tagger.formats.fields import clean
from tagger.review import Decision, Policy, ReviewItem, draw_probabilities, expected_effect
from tagger.review_reads import Read, kind_of_read
from tagger.review_reasons import DRAWN, GOLD, Reason


@dataclass(frozen=True)
class Drawn:
    """What a draw did: how many contacts it covered, how many it drew, how many of these are new items."""

    policy: Policy
    offered: int
    drawn: int
    added: int


@dataclass(frozen=True)
class _Population:
    """Contacts a draw speaks of: rows, permanent numbers, expected effects of a review, probabilities so far."""

    keys: NDArray[np.int64]
    u: NDArray[np.float64]
    effect: NDArray[np.float64]
    before: NDArray[np.float64]


def draw(session: Session, *, job_id: str, job_version: str, model_id: str, budget: int, tau: float = 0.5) -> Drawn:
    """Draw contacts for review and store each probability before anyone sees the contact.

    Contacts that no draw has offered yet are drawn from alone; where there are none, the budget comes
    on top of what was drawn before and only raises probabilities.
    """
    everyone = _population(session, job_id=job_id, job_version=job_version, model_id=model_id)
    fresh = everyone.before == 0
    chosen = fresh if fresh.any() else np.ones_like(fresh)
    already = 0.0 if fresh.any() else float(everyone.before.sum())
    policy = Policy(job_id, job_version, model_id, budget, int(chosen.sum()), tau)
    pi = draw_probabilities(everyone.effect[chosen], budget=already + budget, tau=tau)
    raised = np.maximum(pi, everyone.before[chosen])
    keys, u = everyone.keys[chosen], everyone.u[chosen]
    _save_probabilities(session, policy, keys, raised, everyone.before[chosen])
    hit = u < raised
    added = _add_items(session, policy, keys[hit], u[hit], raised[hit])
    return Drawn(policy, len(keys), int(hit.sum()), added)


def last_policy(session: Session, job_id: str) -> Policy | None:
    """The policy of a job's newest draw, if there was one."""
    query = select(review_draws).where(review_draws.c.job_id == job_id).order_by(review_draws.c.drawn_at.desc())
    row = session.execute(query.limit(1)).one_or_none()
    if row is None:
        return None
    return Policy(row.job_id, row.job_version, row.model_id, row.budget, row.population, row.tau)


def unoffered(session: Session, *, job_id: str, job_version: str, model_id: str) -> int:
    """How many tagged contacts no draw has offered yet."""
    offered = (review_probabilities.c.contact_pk == tags.c.contact_pk) & (review_probabilities.c.job_id == job_id)
    query = (
        select(func.count())
        .select_from(tags.outerjoin(review_probabilities, offered))
        .where(tagged(job_id=job_id, job_version=job_version, model_id=model_id), review_probabilities.c.pi.is_(None))
    )
    return session.execute(query).scalar_one()


def _population(session: Session, *, job_id: str, job_version: str, model_id: str) -> _Population:
    space = read_label_space(session, model_id)
    joined = tags.join(contacts, contacts.c.pk == tags.c.contact_pk).outerjoin(
        review_probabilities,
        (review_probabilities.c.contact_pk == tags.c.contact_pk) & (review_probabilities.c.job_id == job_id),
    )
    query = (
        select(tags.c.contact_pk, contacts.c.u, contacts.c.effort, tags.c.scores, review_probabilities.c.pi)
        .select_from(joined)
        .where(tagged(job_id=job_id, job_version=job_version, model_id=model_id))
        .order_by(tags.c.contact_pk)
    )
    rows = session.execute(query).all()
    tops = [
        space.to_groups(unpack([row.scores for row in rows[at : at + 5000]], len(space.labels))).max(axis=1)
        for at in range(0, len(rows), 5000)
    ]
    return _Population(
        np.array([row.contact_pk for row in rows], dtype=np.int64),
        np.array([row.u for row in rows]),
        expected_effect(
            np.concatenate(tops) if tops else np.zeros(0),
            np.array([row.effort is not None for row in rows], dtype=bool),
        ),
        np.array([row.pi or 0.0 for row in rows]),
    )


def _save_probabilities(
    session: Session,
    policy: Policy,
    keys: NDArray[np.int64],
    pi: NDArray[np.float64],
    before: NDArray[np.float64],
) -> None:
    drawn_at = datetime.now(UTC)
    head = {"policy": policy.version, "job_id": policy.job, "job_version": policy.job_version, "drawn_at": drawn_at}
    facts = {"model_id": policy.model, "budget": policy.budget, "tau": policy.tau, "population": policy.population}
    insert_new(session, review_draws, [{**head, **facts}])
    changed = pi > before
    rows = [
        {"job_id": policy.job, "contact_pk": int(key), "pi": float(value), "policy": policy.version}
        for key, value in zip(keys[changed], pi[changed], strict=True)
    ]
    for row in rows if before.any() else []:
        where = (review_probabilities.c.job_id == policy.job) & (review_probabilities.c.contact_pk == row["contact_pk"])
        session.execute(review_probabilities.update().where(where).values(row))
    insert_new(session, review_probabilities, rows)


def _add_items(
    session: Session, policy: Policy, keys: NDArray[np.int64], u: NDArray[np.float64], pi: NDArray[np.float64]
) -> int:
    places = [
        Place(int(key), float(uniform), float(probability), policy.version)
        for key, uniform, probability in zip(keys, u, pi, strict=True)
    ]
    new = add_items(session, places, DRAWN, stamp=Stamp(policy.job, policy.job_version, policy.model))
    if len(new) < len(places):
        for place in places:
            where = (review_items.c.job_id == policy.job) & (review_items.c.contact_pk == place.contact_pk)
            raised = {"pi": place.pi, "place": order_of(place), "policy": policy.version}
            session.execute(review_items.update().where(where, review_items.c.drawn).values(raised))
    return len(new)


def enqueue(session: Session, job_id: str, keys: Sequence[int], reason: Reason) -> int:
    """Put tagged contacts (by row) in a job's queue for a reason that never corrects a figure; how many were not there.

    Contacts that the model in use has not read are left out. Raises NoModelError where nothing is tagged yet.
    """
    newest = newest_model(session, job_id)
    if newest is None:
        raise NoModelError(f"no contact of job {job_id!r} is tagged yet: run `headway tag --job {job_id}`")
    version, model = newest
    read: set[int] = set()
    for at in range(0, len(keys), CHUNK):
        names = tagged(job_id=job_id, job_version=version, model_id=model)
        read.update(
            session.scalars(select(tags.c.contact_pk).where(names, tags.c.contact_pk.in_(keys[at : at + CHUNK])))
        )
    return queue_contacts(session, [key for key in keys if key in read], reason, stamp=Stamp(job_id, version, model))


def latest_decisions(session: Session, job_id: str, *, as_of: datetime | None = None) -> dict[str, Row[Any]]:
    """The decision that stands for each item of a job, at a moment: an adjudicated one, else the first read.

    Undone decisions are out; of decisions of one kind the newest counts.
    """
    return {row.item: row for row in session.execute(known_decisions(job_id, as_of))}


def export_items(session: Session, job_id: str) -> Iterator[ReviewItem]:
    """Every item with its decision, drawn ones first in the order in which they must be worked.

    An unsure contact that was drawn as well is one piece of work: only the drawn item is listed.
    """
    decided = latest_decisions(session, job_id)
    query = (
        select(review_items, contacts.c.contact_id)
        .join(contacts, contacts.c.pk == review_items.c.contact_pk)
        .where(review_items.c.job_id == job_id)
        .order_by(review_items.c.drawn.desc(), review_items.c.u / review_items.c.pi, review_items.c.item)
    )
    drawn: set[int] = set()
    for row in session.execute(query):
        if row.drawn:
            drawn.add(row.contact_pk)
        elif row.contact_pk in drawn:
            continue
        yield _item_of(row, decided.get(row.item))


def _item_of(row: Row[Any], decision: Row[Any] | None) -> ReviewItem:
    made = None
    if decision is not None:
        made = Decision(
            decision.step,
            decision.outcome,
            decision.by,
            decision.at,
            tuple(decision.secondary),
            decision.seconds,
            decision.suggestion_hidden,
        )
    return ReviewItem(row.item, row.contact_id, row.reason, row.drawn, row.u, row.pi, row.policy, row.suggested, made)


def find_item(session: Session, job_id: str, *, item: Any, contact_id: Any) -> str | None:
    """The item of that name, or the contact's item, the drawn one first; names as a file has them."""
    item, contact_id = _name(item), _name(contact_id)
    query = (
        select(review_items.c.item)
        .join(contacts, contacts.c.pk == review_items.c.contact_pk)
        .where(review_items.c.job_id == job_id, seen(session, contacts.c.job_id))
        .order_by(review_items.c.drawn.desc())
    )
    query = query.where(review_items.c.item == item if item else contacts.c.contact_id == contact_id)
    return session.scalar(query.limit(1))


def _name(given: Any) -> str | None:
    """What a file says as a name that can be looked up: nothing that no database would take."""
    return clean(str(given)) if isinstance(given, str | int) and given else None


def add_decisions(session: Session, decisions: Sequence[tuple[str, Decision]]) -> int:
    """Add decisions by item, each with its event; one that is there already (same analyst, same moment) is not added.

    A decision beside another analyst's is a second read, one on a known answer measures the analyst.
    """
    now = datetime.now(UTC)
    reads = read_reads(session, sorted({item for item, _ in decisions}))
    gold = set(session.scalars(select(review_items.c.item).where(review_items.c.reason == GOLD)))
    rows, before = [], {}
    for item, decision in decisions:
        kind = kind_of_read(reads.get(item, []), decision.by, gold=item in gold)
        made = {**vars(decision), "secondary": list(decision.secondary), "read": kind}
        rows.append({**made, "item": item, "recorded_at": now})
        earlier = reads.setdefault(item, [])
        before[item, decision.by, decision.at] = next((read for read in earlier if read.by == decision.by), None)
        known = [read for read in earlier if read.by != decision.by]
        reads[item] = [*known, Read(0, kind, decision.by, decision.step, decision.outcome, (), decision.at)]
    added = insert_new(session, review_decisions, rows)
    if added:
        _note_imported(session, before, now=now)
    restage(session, list(reads))
    return added


def _note_imported(session: Session, before: Mapping[tuple[str, str, datetime], Read | None], *, now: datetime) -> None:
    """An event for each decision that was taken in just now, as for one made on the page."""
    query = (
        select(review_decisions, review_items.c.job_version, review_items.c.model_id)
        .join(review_items, review_items.c.item == review_decisions.c.item)
        .where(review_decisions.c.recorded_at == now)
    )
    session.execute(
        insert(review_events),
        [
            {
                "item": row.item, "kind": "decide", "by": row.by, "decision": row.pk, "read": row.read,
                "seconds": row.seconds, "suggestion_hidden": row.suggestion_hidden, "note": "imported",
                "before": said(before.get((row.item, row.by, row.at))),
                "after": {"step": row.step, "outcome": row.outcome, "secondary": row.secondary},
                "job_version": row.job_version, "model_id": row.model_id, "recorded_at": now,
            }
            for row in session.execute(query)
            if (row.item, row.by, row.at) in before
        ],
    )  # fmt: skip


def queue_counts(session: Session, job_id: str) -> dict[str, dict[str, int]]:
    """Items of a job by reason: how many, and how many of them are decided."""
    decided = select(review_decisions.c.item).where(not_undone()).distinct().subquery()
    query = (
        select(review_items.c.reason, func.count(), func.count(decided.c.item))
        .outerjoin(decided, decided.c.item == review_items.c.item)
        .where(review_items.c.job_id == job_id)
        .group_by(review_items.c.reason)
    )
    return {reason: {"items": items, "decided": done} for reason, items, done in session.execute(query)}
