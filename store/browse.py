"""What stands behind a figure: the contacts of a step or outcome, page by page, and one contact with all said of it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from alignment.scorecard import View
from store.contact_filters import Only
from store.contacts import UnknownContactError, find_contact, read_contacts
from store.drivers import read_drivers
from store.kept import Kept
from store.moments import newest_moment, read_moments
from store.permitted import permits, permitted
from store.review_standing import may_stand, not_undone, rank, standing_by_contact
from store.tables import Utc, contacts, review_decisions, review_items, tags, transcripts
from store.tags import newest_model, read_tags, tagged
from tagger.drivers import Driver
from tagger.model import Contact, Tag
from taxonomy.errors import BadInputError
from taxonomy.model import Job

SNIPPET = 180
EVERYTHING = Only()
UNDATED = datetime(1, 1, 1, tzinfo=UTC)
_dimensions: Kept[Mapping[str, tuple[str, ...]]] = Kept(16)


class BadCursorError(BadInputError):
    """A cursor is not one that a list gave."""


@dataclass(frozen=True)
class ContactRow:
    """One contact in a list. `step` and `outcome` are the analyst's where `decided`, else the model's.

    `snippet` is the part of the redacted text that carried the model's decision.
    """

    contact_id: str
    source: str
    started_at: datetime | None
    channel: str | None
    step: str | None
    outcome: str | None
    confidence: float
    decided: bool
    snippet: str
    effort: float | None
    effort_scale: str | None


@dataclass(frozen=True)
class Page:
    """Part of a list, newest contact first; `next_cursor` None is the end, `total` counts the whole list."""

    items: tuple[ContactRow, ...]
    next_cursor: str | None
    total: int


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
    key = (str(session.get_bind().engine.url), job.id, job.stamp, model, row)
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


def list_tagged(
    session: Session,
    job: Job,
    *,
    view: View,
    step: str | None = None,
    outcome: str | None = None,
    only: Only = EVERYTHING,
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """The contacts of a step or an outcome inside a view that are as `only` says, newest first. Raises BadCursorError.

    A contact stands where an analyst put it, else where the model that tagged last did.
    """
    newest = newest_model(session, job.id, as_of=view.as_of)
    if newest is None or newest[0] != job.stamp:
        return Page((), None, 0)
    query = _listed(job, newest[1], view, step=step, outcome=outcome, only=only)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    when = func.coalesce(contacts.c.started_at, literal(UNDATED, Utc))
    if cursor is not None:
        moment, pk = _read_cursor(cursor)
        at = literal(moment, Utc)
        query = query.where(or_(when < at, and_(when == at, contacts.c.pk < pk)))
    rows = session.execute(query.order_by(when.desc(), contacts.c.pk.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    texts = _turns(session, [row.pk for row in shown])
    following = _cursor(shown[-1]) if len(rows) > limit else None
    return Page(tuple(_contact_row(row, texts.get(row.pk, [])) for row in shown), following, total)


def _listed(job: Job, model: str, view: View, *, step: str | None, outcome: str | None, only: Only) -> Select[Any]:
    decided = standing_by_contact(job.id, view.as_of)
    is_decided = decided.c.contact_pk.is_not(None)
    step_now = case((is_decided, decided.c.step), else_=tags.c.step)
    outcome_now = case((is_decided, decided.c.outcome), else_=tags.c.outcome)
    query = (
        select(
            contacts.c.pk, contacts.c.contact_id, contacts.c.source, contacts.c.started_at, contacts.c.channel,
            contacts.c.effort, contacts.c.effort_scale, tags.c.confidence, tags.c.evidence,
            step_now.label("step"), outcome_now.label("outcome"), is_decided.label("decided"),
        )
        .select_from(tags)
        .join(contacts, contacts.c.pk == tags.c.contact_pk)
        .outerjoin(decided, decided.c.contact_pk == tags.c.contact_pk)
        .where(tagged(job_id=job.id, job_version=job.stamp, model_id=model), tags.c.tagged_at <= view.as_of)
    )  # fmt: skip
    if step is not None:
        query = query.where(step_now == step)
    if outcome is not None:
        query = query.where(outcome_now == outcome)
    return query.where(*inside(view), *only.conditions(job.id, is_decided=is_decided))


def inside(view: View) -> list[ColumnElement[bool]]:
    """The conditions that a contact is one of a view's."""
    conditions: list[ColumnElement[bool]] = []
    if view.start is not None:
        conditions.append(contacts.c.started_at >= datetime.combine(view.start, time(), UTC))
    if view.end is not None:
        conditions.append(contacts.c.started_at < datetime.combine(view.end, time(), UTC))
    for name, value in view.filters.items():
        family, _, key = name.partition(".")
        conditions.append(contacts.c[family][key].as_string() == value if key else contacts.c[family] == value)
    return conditions


def _turns(session: Session, keys: Sequence[int]) -> dict[int, list[Any]]:
    query = select(transcripts.c.contact_pk, transcripts.c.turns).where(transcripts.c.contact_pk.in_(keys))
    return {row.contact_pk: row.turns for row in session.execute(query)}


def _contact_row(row: Row[Any], turns: list[Any]) -> ContactRow:
    return ContactRow(
        row.contact_id, row.source, row.started_at, row.channel, row.step, row.outcome, row.confidence,
        bool(row.decided), _snippet(row.evidence, turns), row.effort, row.effort_scale,
    )  # fmt: skip


def _snippet(evidence: list[list[int]], turns: list[Any]) -> str:
    """The first evidence span, else the first thing the customer said, cut at a word."""
    for turn, start, end in evidence:
        if turn < len(turns) and turns[turn][1][start:end].strip():
            return _cut(turns[turn][1][start:end])
    return _cut(next((text for speaker, text, _ in turns if speaker == "customer" and text.strip()), ""))


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= SNIPPET else words[:SNIPPET].rsplit(" ", 1)[0] + " …"


def _cursor(row: Row[Any]) -> str:
    place = json.dumps([(row.started_at or UNDATED).isoformat(), row.pk])
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    try:
        moment, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        found = datetime.fromisoformat(moment)
        if type(pk) is not int or not 0 <= pk < 2**63 or found.tzinfo is None:
            raise ValueError
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise BadCursorError("cursor: not one that this list gave; start again without it") from None
    return found, pk


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
