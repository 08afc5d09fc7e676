"""Contacts into the review queue, for a reason. The same contact for the same reason is one item for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from store.jobs import read_job
from store.permitted import seen
from store.review_tables import review_events, review_items
from store.session import insert_new
from store.tables import contacts, tags
from store.tags import newest_model, of_job, read_label_space, tagged, unpack
from tagger.review_reads import stable_share
from tagger.review_reasons import DRAWN, GOLD, Reason

CHUNK = 500
SECONDARY = ("step", "outcome", "confidence")
NO_MODEL = "none"
LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Stamp:
    """Under which job version and after which model's tags an item is made."""

    job_id: str
    job_version: str
    model_id: str


@dataclass(frozen=True)
class Place:
    """A contact for the queue; `u`, `pi` and `policy` only where it was drawn."""

    contact_pk: int
    u: float | None = None
    pi: float | None = None
    policy: str | None = None


@dataclass(frozen=True)
class Queued:
    """Contacts newly in the queue for a reason, there for it already, and those that nobody knows."""

    added: int
    already_there: int
    unknown: tuple[str, ...] = ()


def stamp_of(session: Session, job_id: str) -> Stamp:
    """The job version and model that tagged last; `none` as model where nothing is tagged."""
    newest = newest_model(session, job_id)
    return Stamp(job_id, *(newest or (read_job(session, job_id).stamp, NO_MODEL)))


def queue_named(
    session: Session, contact_ids: Sequence[str], reason: Reason, *, job_id: str, by: str, note: str | None = None
) -> Queued:
    """Queue contacts by the ids that their senders gave them, with who wanted it and why on record."""
    found = rows_named(session, job_id, contact_ids)
    keys = sorted({key for keys in found.values() for key in keys})
    unknown = tuple(contact for contact in contact_ids if contact not in found)
    added = queue_contacts(session, keys, reason, stamp=stamp_of(session, job_id), by=by, note=note)
    return Queued(added, len(keys) - added, unknown)


def rows_named(session: Session, job_id: str, contact_ids: Sequence[str]) -> dict[str, list[int]]:
    """The rows of a job's contacts by their id; an id that several sources use has several."""
    found: dict[str, list[int]] = {}
    for at in range(0, len(contact_ids), CHUNK):
        query = select(contacts.c.contact_id, contacts.c.pk).where(
            of_job(job_id),
            seen(session, contacts.c.job_id),
            contacts.c.contact_id.in_(contact_ids[at : at + CHUNK]),
        )
        for row in session.execute(query):
            found.setdefault(row.contact_id, []).append(row.pk)
    return found


def queue_contacts(
    session: Session,
    keys: Sequence[int],
    reason: Reason,
    *,
    stamp: Stamp,
    by: str | None = None,
    note: str | None = None,
) -> int:
    """Put contacts in the queue; how many are new for this reason. They train models and never correct a figure.

    With `by` an event on each new item says who asked, and why.
    """
    new = add_items(session, [Place(key) for key in keys], reason, stamp=stamp)
    if by is not None and new:
        now = datetime.now(UTC)
        said = note.strip()[:LONGEST_NOTE] if note and note.strip() else None
        facts = {"kind": "ask", "by": by, "note": said, "recorded_at": now}
        versions = {"job_version": stamp.job_version, "model_id": stamp.model_id}
        session.execute(insert(review_events), [{"item": item, **facts, **versions} for item in new])
    return len(new)


def add_items(session: Session, places: Sequence[Place], reason: Reason, *, stamp: Stamp) -> list[str]:
    """Add items that are not there yet, with what the model said of their contacts; the names of the new ones."""
    names = {item_name(stamp.job_id, place.contact_pk, reason): place for place in places}
    there = _known(session, list(names))
    now = datetime.now(UTC)
    fresh = {name: place for name, place in names.items() if name not in there}
    suggestions = _suggestions(session, [place.contact_pk for place in fresh.values()], stamp)
    rows = [
        {
            **vars(stamp),
            **vars(place),
            "item": name,
            "reason": reason,
            "drawn": reason == DRAWN,
            "place": order_of(place, name),
            "waits_for": "gold" if reason == GOLD else "first",
            "suggested": suggestions.get(place.contact_pk),
            "created_at": now,
        }
        for name, place in fresh.items()
    ]
    insert_new(session, review_items, rows)
    return list(fresh)


def item_name(job_id: str, contact_pk: int, reason: str) -> str:
    """The item of a contact for a reason: the same on every machine."""
    return hashlib.sha256(f"{job_id}\x1f{contact_pk}\x1f{reason}".encode()).hexdigest()[:24]


def order_of(place: Place, name: str = "") -> float:
    """Where an item stands among those of its reason: U / pi where drawn, else by chance."""
    return place.u / place.pi if place.u is not None and place.pi else stable_share("place", name)


def _known(session: Session, names: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for at in range(0, len(names), CHUNK):
        found |= set(
            session.scalars(select(review_items.c.item).where(review_items.c.item.in_(names[at : at + CHUNK])))
        )
    return found


def _suggestions(session: Session, keys: Sequence[int], stamp: Stamp) -> dict[int, Mapping[str, Any]]:
    """What the model of the stamp said of contacts; nothing of those that it has not read."""
    names = tagged(job_id=stamp.job_id, job_version=stamp.job_version, model_id=stamp.model_id)
    rows: list[Row[Any]] = []
    for at in range(0, len(keys), CHUNK):
        query = select(tags.c.contact_pk, tags.c.step, tags.c.outcome, tags.c.scores, tags.c.secondary)
        rows += session.execute(query.where(names, tags.c.contact_pk.in_(keys[at : at + CHUNK])))
    if not rows:
        return {}
    space = read_label_space(session, stamp.model_id)
    groups = space.to_groups(unpack([row.scores for row in rows], len(space.labels)))
    return {
        row.contact_pk: {
            "step": row.step,
            "outcome": row.outcome,
            "steps": {group: round(float(p), 4) for group, p in zip(space.groups, shares, strict=True)},
            "secondary": [dict(zip(SECONDARY, one, strict=True)) for one in row.secondary or ()],
        }
        for row, shares in zip(rows, groups, strict=True)
    }
