"""Contacts: written once, by natural key, redacted before they come here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from store.erased import contact_key, erased_among
from store.identity import Identity
from store.permitted import seen
from store.session import insert_new
from store.tables import contacts, transcripts
from tagger.formats.record import contact_to_json
from tagger.model import Contact, Survey, Turn
from taxonomy.errors import BadInputError


class UnknownContactError(BadInputError):
    """No contact of that id is in the store."""


@dataclass(frozen=True)
class Incoming:
    """A contact as it came in, what takes personal data out of it, and the hash of its content."""

    original: Contact
    redact: Callable[[Contact], Contact]
    content_hash: str

    @classmethod
    def of(cls, original: Contact, *, redact: Callable[[Contact], Contact], identity: Identity) -> Incoming:
        """Hash everything but the survey and the labels: an answer may come later than the contact."""
        record = contact_to_json(replace(original, survey=None, labels=None))
        return cls(original, redact, identity.content(record))

    @cached_property
    def contact(self) -> Contact:
        """The contact without personal data. Only new contacts are asked for it: redacting is most of the work."""
        return self.redact(self.original)


@dataclass(frozen=True)
class Added:
    """What became of a batch: new, completed by a survey, there already; `conflicts` are positions in the batch.

    So are `erased`: contacts that were erased once and are not taken again. `fresh` are the new ones as they came in,
    by their row.
    """

    accepted: int
    updated: int
    present: int
    conflicts: tuple[int, ...]
    erased: tuple[int, ...] = ()
    fresh: Mapping[int, Contact] = field(default_factory=dict, compare=False)


def add_contacts(
    session: Session, batch: Sequence[Incoming], *, source: str, job_id: str | None, identity: Identity
) -> Added:
    """Store a batch; nothing twice. An id seen with other content is a conflict and changes nothing.

    An id seen with the same content and a survey answer that was not there yet is completed by it. What was erased
    stays out.
    """
    known = _known(session, source, [item.original.id for item in batch])
    tombs = [contact_key(identity, source, item.original.id) for item in batch]
    erased = erased_among(session, tombs)
    fresh: dict[str, Incoming] = {}
    updated, present, conflicts = 0, 0, []
    for position, item in enumerate(batch):
        name = item.original.id
        seen = known.get(name) or fresh.get(name)
        if tombs[position] in erased:
            continue
        if seen is None:
            fresh[name] = item
        elif seen.content_hash != item.content_hash:
            conflicts.append(position)
        elif not isinstance(seen, Incoming) and seen.effort is None and item.original.survey is not None:
            _add_survey(session, seen.pk, item.original.survey)
            updated += 1
        else:
            present += 1
    now = datetime.now(UTC)
    rows = [_contact_row(item, source, job_id, identity, now) for item in fresh.values()]
    insert_new(session, contacts, rows)
    keys = _known(session, source, list(fresh))
    insert_new(session, transcripts, [_transcript_row(keys[name].pk, item.contact) for name, item in fresh.items()])
    gone = tuple(position for position, tomb in enumerate(tombs) if tomb in erased)
    originals = {keys[name].pk: item.original for name, item in fresh.items()}
    return Added(len(fresh), updated, present, tuple(conflicts), gone, originals)


def _known(session: Session, source: str, ids: Sequence[str]) -> dict[str, Row[Any]]:
    columns = (contacts.c.pk, contacts.c.contact_id, contacts.c.content_hash, contacts.c.effort)
    found: dict[str, Row[Any]] = {}
    for at in range(0, len(ids), 500):  # a statement takes a limited number of values
        query = select(*columns).where(contacts.c.source == source, contacts.c.contact_id.in_(ids[at : at + 500]))
        found.update({row.contact_id: row for row in session.execute(query)})
    return found


def _add_survey(session: Session, pk: int, survey: Survey) -> None:
    values = {**_survey_values(survey), "survey_recorded_at": datetime.now(UTC)}
    session.execute(contacts.update().where(contacts.c.pk == pk).values(values))


def _survey_values(survey: Survey | None) -> dict[str, Any]:
    if survey is None:
        return {"effort": None, "effort_scale": None, "survey_resolved": None, "answered_at": None}
    return {
        "effort": survey.effort,
        "effort_scale": survey.scale,
        "survey_resolved": survey.resolved,
        "answered_at": survey.answered_at,
    }


def _contact_row(
    item: Incoming, source: str, job_id: str | None, identity: Identity, now: datetime
) -> Mapping[str, Any]:
    contact = item.contact
    return {
        "source": source,
        "contact_id": contact.id,
        "content_hash": item.content_hash,
        "job_id": job_id,
        "customer": None if contact.customer_id is None else identity.customer(contact.customer_id),
        "channel": contact.channel,
        "started_at": contact.started_at,
        "ended_at": contact.ended_at,
        "transfers": contact.transfers,
        "cost": contact.cost,
        "abandoned": contact.abandoned,
        "segment": dict(contact.segment),
        "circumstance": dict(contact.circumstance),
        **_survey_values(contact.survey),
        "u": identity.uniform(source, contact.id),
        "ingested_at": now,
    }


def _transcript_row(pk: int, contact: Contact) -> Mapping[str, Any]:
    turns = [[turn.speaker, turn.text, turn.at.isoformat() if turn.at else None] for turn in contact.turns]
    return {"contact_pk": pk, "turns": turns, "extra": dict(contact.extra)}


def read_contacts(session: Session, keys: Sequence[int]) -> list[tuple[int, Contact]]:
    """The contacts of these rows as values, in the order of their keys; the customer is a hash."""
    query = (
        select(contacts, transcripts.c.turns, transcripts.c.extra)
        .join(transcripts, transcripts.c.contact_pk == contacts.c.pk)
        .where(contacts.c.pk.in_(keys))
        .order_by(contacts.c.pk)
    )
    return [(row.pk, contact_of(row)) for row in session.execute(query)]


def find_contact(session: Session, contact_id: str, *, source: str | None = None) -> int:
    """The row of a contact by the id its sender gave it. Raises UnknownContactError."""
    query = select(contacts.c.pk).where(contacts.c.contact_id == contact_id).order_by(contacts.c.pk)
    if source is not None:
        query = query.where(contacts.c.source == source)
    key: int | None = session.scalar(query.where(seen(session, contacts.c.job_id)).limit(1))
    if key is None:
        raise UnknownContactError(f"contact {contact_id!r} is not in this database")
    return key


def is_seen(session: Session, pk: int) -> bool:
    """Whether the contact of this row may be seen in this unit of work."""
    query = select(contacts.c.pk).where(contacts.c.pk == pk, seen(session, contacts.c.job_id))
    return session.scalar(query) is not None


def count_jobless(session: Session) -> int:
    """Contacts that came in for no job in particular: every job reads them, keys for some jobs do not see them."""
    return session.scalar(select(func.count()).where(contacts.c.job_id.is_(None))) or 0


def contact_of(row: Row[Any]) -> Contact:
    """A row of contacts joined with its transcript as a value."""
    turns = tuple(Turn(speaker, text, datetime.fromisoformat(at) if at else None) for speaker, text, at in row.turns)
    survey = Survey(row.effort, row.survey_resolved, row.answered_at, row.effort_scale or "ces2-7")
    return Contact(
        id=row.contact_id,
        turns=turns,
        customer_id=row.customer,
        channel=row.channel,
        started_at=row.started_at,
        ended_at=row.ended_at,
        segment=row.segment,
        circumstance=row.circumstance,
        transfers=row.transfers,
        cost=row.cost,
        abandoned=row.abandoned,
        survey=None if row.effort is None and row.survey_resolved is None else survey,
        extra=row.extra,
    )
