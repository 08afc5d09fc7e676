"""What stands behind a figure: the contacts of a step or outcome, page by page, and one contact with all said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.contact_filters import inside
from store.contact_lists import ContactRow, Page, list_tagged
from store.contacts import UnknownContactError, find_contact, read_contacts
from store.drivers import read_drivers
from store.erased import erasure_number
from store.kept import Kept
from store.moments import newest_moment, read_moments
from store.permitted import permits, permitted
from store.review_standing import may_stand, not_undone, rank
from store.tables import contacts, review_decisions, review_items
from store.tags import newest_model, read_tags
from tagger.drivers import Driver
from tagger.model import Contact, Tag
from taxonomy.errors import BadInputError
from taxonomy.model import Job

__all__ = [
    "ContactDetail",
    "ContactRow",
    "DecisionRow",
    "Page",
    "UnknownValueError",
    "check_values",
    "dimensions",
    "inside",
    "list_tagged",
    "read_contact",
]

_dimensions: Kept[Mapping[str, tuple[str, ...]]] = Kept(16)

NAMED = 20
"""Values that a refusal names; a channel may have many."""


class UnknownValueError(BadInputError):
    """A filter asks for a value that no contact of the job has."""


@dataclass(frozen=True)
class DecisionRow:
    """What an analyst decided of a contact, when, and for which job."""

    job: str
    step: str | None
    outcome: str | None
    by: str
    at: datetime


@dataclass(frozen=True)
class ContactDetail:
    """A contact with every tag and decision on it, newest first, and by job what made it hard work.

    `pk` is its row number, by which the audit log names it.
    """

    pk: int
    source: str
    contact: Contact
    tags: tuple[Tag, ...]
    decisions: tuple[DecisionRow, ...]
    drivers: Mapping[str, tuple[Driver, ...]]


def dimensions(session: Session, job: Job) -> Mapping[str, tuple[str, ...]]:
    """What a job's contacts can be filtered by, with the values declared or seen: channel, segments, circumstances."""
    newest = newest_model(session, job.id)
    model = newest[1] if newest is not None and newest[0] == job.stamp else None
    row = newest_moment(session, job, model, None) if model else 0
    key = (str(session.get_bind().engine.url), job.id, job.stamp, model, row, erasure_number(session))
    return _dimensions.get(key, lambda: _read_dimensions(session, job, model))


def _read_dimensions(session: Session, job: Job, model: str | None) -> Mapping[str, tuple[str, ...]]:
    values: dict[str, set[str]] = {"channel": set()}
    values |= {f"segment.{name}": set(known) for name, known in job.segments.items()}
    values |= {f"circumstance.{name}": set(known) for name, known in job.circumstances.items()}
    for place in read_moments(session, job, model_id=model).slices if model else ():
        if place.channel is not None:
            values["channel"].add(place.channel)
        for family, pairs in (("segment", place.segment), ("circumstance", place.circumstance)):
            for name, value in pairs:
                values.setdefault(f"{family}.{name}", set()).add(value)
    return {name: tuple(sorted(found)) for name, found in values.items()}


def check_values(choices: Mapping[str, tuple[str, ...]], filters: Mapping[str, str]) -> None:
    """Refuse filters that no contact can pass, which would look like a job without contacts; `choices`: `dimensions`.

    What has no values yet, as before the first measuring, may be asked for. Raises UnknownValueError.
    """
    for name, value in filters.items():
        known = choices.get(name, ())
        if known and value not in known:
            more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
            raise UnknownValueError(
                f"{name}: no contact of this job has {value[:80]!r}; known are {', '.join(known[:NAMED])}{more}"
            )


def read_contact(session: Session, contact_id: str, *, source: str | None = None) -> ContactDetail:
    """One contact by the id its sender gave it. Raises UnknownContactError."""
    pk = find_contact(session, contact_id, source=source)
    found = read_contacts(session, [pk])
    if not found:
        raise UnknownContactError(f"the words of contact {contact_id!r} are not in this database")
    where = session.scalar(select(contacts.c.source).where(contacts.c.pk == pk))
    query = (
        select(review_items.c.job_id, review_decisions)
        .join(review_items, review_items.c.item == review_decisions.c.item)
        .where(review_items.c.contact_pk == pk, may_stand(), not_undone(), permitted(session, review_items.c.job_id))
        .order_by(rank().desc(), review_decisions.c.pk.desc())
    )
    decisions = tuple(DecisionRow(r.job_id, r.step, r.outcome, r.by, r.at) for r in session.execute(query))
    tags_seen = tuple(tag for tag in read_tags(session, pk, contact_id) if permits(session, tag.job))
    drivers = {job: found for job, found in read_drivers(session, pk).items() if permits(session, job)}
    return ContactDetail(pk, where or "", found[0][1], tags_seen, decisions, drivers)
