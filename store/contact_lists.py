"""The contacts behind a figure, page by page, newest first: quick for a handful and among millions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, ScalarSelect, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from alignment.scorecard import View
from store.contact_filters import Only, inside
from store.cursors import BadCursorError, cursor_of, place_of
from store.kept import Kept
from store.knowledge import knowledge
from store.permitted import seen, seen_jobs
from store.review_standing import may_stand, not_undone, rank
from store.snippets import snippet
from store.tables import Utc, contacts, review_decisions, review_items, tags, transcripts
from store.tags import newest_model
from taxonomy.model import Job

EVERYTHING = Only()
UNDATED = datetime(1, 1, 1, tzinfo=UTC)
FEW = 5000
"""So many contacts are sorted at once; of more the newest days are looked through first."""

AT_ONCE = 500
decided = review_decisions.alias("decided")
when = func.coalesce(contacts.c.started_at, literal(UNDATED, Utc))
_totals: Kept[tuple[datetime, int]] = Kept(1024)


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
class Place:
    """Where a page ended: behind this contact, of a list as known at `as_of`, with so many contacts."""

    moment: datetime
    pk: int
    as_of: datetime
    total: int


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

    A contact stands where an analyst put it, else where the model that tagged last did. A cursor remembers what was
    known on the first page: what comes in meanwhile moves nothing.
    """
    place = None if cursor is None else _read_cursor(cursor)
    if place is not None:
        view = replace(view, as_of=min(view.as_of, place.as_of))
    newest = newest_model(session, job.id, as_of=view.as_of)
    if newest is None or newest[0] != job.stamp:
        return Page((), None, 0)
    asked = Listed(session, job, newest[1], view, step, outcome, only)
    total = asked.total() if place is None else place.total
    rows = asked.rows(place, limit + 1, total)
    shown = rows[:limit]
    texts = _turns(session, [row.pk for row in shown])
    more = _cursor(Place(shown[-1].started_at or UNDATED, shown[-1].pk, view.as_of, total)) if rows[limit:] else None
    return Page(tuple(_contact_row(row, texts.get(row.pk, [])) for row in shown), more, total)


@dataclass(frozen=True)
class Listed:
    """One list: what its contacts must be.

    Those that an analyst decided and those that the tagger placed are asked for apart: only the tagger's have an index.
    """

    session: Session
    job: Job
    model: str
    view: View
    step: str | None
    outcome: str | None
    only: Only

    def total(self) -> int:
        """How many contacts the whole list has; kept as long as nothing new is recorded."""
        key = (knowledge(self.session), self.job.id, self.job.stamp, self.model, *self._names())
        known_at, count = _totals.get(key, lambda: (self.view.as_of, self._count()))
        return count if known_at <= self.view.as_of else self._count()

    def rows(self, place: Place | None, limit: int, total: int) -> list[Row[Any]]:
        """The next rows behind a place. `total` decides only in which order they are looked for."""
        if total > FEW:
            return self._by_days(place, limit, total)
        found = [row for query in self._parts() for row in self._sorted(query, place, limit)]
        return sorted(found, key=lambda row: (row.started_at or UNDATED, row.pk), reverse=True)[:limit]

    def _names(self) -> tuple[Any, ...]:
        view = self.view
        filters, jobs = tuple(sorted(view.filters.items())), seen_jobs(self.session)
        return view.start, view.end, filters, self.step, self.outcome, self.only, jobs

    def _count(self) -> int:
        counts = (select(func.count()).select_from(part.subquery()) for part in self._parts())
        return sum(self.session.scalar(count) or 0 for count in counts)

    def _parts(self) -> list[Select[Any]]:
        wanted = self.only.decided
        return [
            *([self._by_tagger()] if wanted is not True else ()),
            *([self._by_analyst()] if wanted is not False else ()),
        ]

    def _sorted(self, query: Select[Any], place: Place | None, limit: int) -> list[Row[Any]]:
        if place is not None:
            query = query.where(_behind(place))
        return list(self.session.execute(query.order_by(when.desc(), contacts.c.pk.desc()).limit(limit)))

    def _by_days(self, place: Place | None, limit: int, total: int) -> list[Row[Any]]:
        """The newest days first, so many as should hold enough; then more days, and at last contacts without a day."""
        found: list[Row[Any]] = []
        for first, last in self._windows(place, limit, total):
            inside_days = (contacts.c.started_at >= first, contacts.c.started_at < last)
            found += self._sorted(self._of_any().where(*inside_days), place, limit - len(found))
            if len(found) >= limit:
                return found
        undated = self._of_any().where(contacts.c.started_at.is_(None))
        return found + self._sorted(undated, place, limit - len(found))

    def _windows(self, place: Place | None, limit: int, total: int) -> Iterator[tuple[datetime, datetime]]:
        oldest, newest = self._span
        if oldest is None or newest is None:
            return
        last = min(newest, place.moment if place else newest) + timedelta(microseconds=1)
        width = max((newest - oldest) * min(1.0, 1.5 * limit / max(1, total)), timedelta(minutes=1))
        while last > oldest:
            first = last - width if last - oldest > width else oldest
            yield first, last
            last, width = first, 3 * width

    @cached_property
    def _span(self) -> tuple[datetime | None, datetime | None]:
        """The first and last moment of any contact in the view's period."""
        days = [contacts.c.started_at.is_not(None), *inside(replace(self.view, filters={}))]
        ends = (func.min(contacts.c.started_at), func.max(contacts.c.started_at))
        oldest, newest = (self.session.scalar(select(end).where(*days)) for end in ends)
        return oldest, newest

    def _by_tagger(self) -> Select[Any]:
        """Contacts without a decision, by the index over tags."""
        asked = {**self._tagged(), **self._labels()}
        query = _chosen(tags.c.step, tags.c.outcome, decided=literal(False)).select_from(tags)
        query = query.join(contacts, contacts.c.pk == tags.c.contact_pk)
        mine = [tags.c[name] == value for name, value in asked.items()]
        return query.where(*mine, ~exists(self._decisions()), *self._conditions(literal(False)))

    def _of_any(self) -> Select[Any]:
        """Contacts with and without a decision, written so that no database goes through all tags of a step."""
        is_decided = exists(self._decisions())
        step = case((is_decided, self._standing(review_decisions.c.step)), else_=tags.c.step)
        outcome = case((is_decided, self._standing(review_decisions.c.outcome)), else_=tags.c.outcome)
        query = _chosen(step, outcome, decided=is_decided).select_from(contacts)
        query = query.join(tags, tags.c.contact_pk == contacts.c.pk)
        mine = [func.coalesce(tags.c[name], "") == value for name, value in self._tagged().items()]
        now = [(column, value) for column, value in ((step, self.step), (outcome, self.outcome)) if value is not None]
        return query.where(*mine, *(column == value for column, value in now), *self._conditions(is_decided))

    def _tagged(self) -> dict[str, str]:
        return {"job_id": self.job.id, "job_version": self.job.stamp, "model_id": self.model}

    def _labels(self) -> dict[str, str]:
        step = self.step or (None if self.outcome is None else self.job.step_of.get(self.outcome))
        return {name: value for name, value in (("step", step), ("outcome", self.outcome)) if value is not None}

    def _by_analyst(self) -> Select[Any]:
        query = (
            _chosen(decided.c.step, decided.c.outcome, decided=literal(True))
            .select_from(decided)
            .join(review_items, review_items.c.item == decided.c.item)
            .join(tags, tags.c.contact_pk == review_items.c.contact_pk)
            .join(contacts, contacts.c.pk == tags.c.contact_pk)
            .where(review_items.c.job_id == self.job.id, decided.c.pk == self._standing(review_decisions.c.pk))
            .where(*(tags.c[name] == value for name, value in self._tagged().items()))
        )
        if self.step is not None:
            query = query.where(decided.c.step == self.step)
        if self.outcome is not None:
            query = query.where(decided.c.outcome == self.outcome)
        return query.where(*self._conditions(literal(True)))

    def _standing(self, column: Column[Any]) -> ScalarSelect[Any]:
        """What the decision that stands on the contact of a tag says."""
        order = (rank().desc(), review_decisions.c.recorded_at.desc(), review_decisions.c.pk.desc())
        return self._decisions().with_only_columns(column).order_by(*order).limit(1).scalar_subquery()

    def _decisions(self) -> Select[Any]:
        """The decisions known on the contact of a tag."""
        item = review_items.alias("its_item")
        return (
            select(review_decisions.c.pk)
            .join(item, item.c.item == review_decisions.c.item)
            .where(item.c.job_id == self.job.id, item.c.contact_pk == tags.c.contact_pk)
            .where(review_decisions.c.recorded_at <= self.view.as_of, may_stand(), not_undone(self.view.as_of))
            .correlate(tags)
        )

    def _conditions(self, is_decided: ColumnElement[bool]) -> list[ColumnElement[bool]]:
        placed = is_decided == literal(True)
        known = (tags.c.tagged_at <= self.view.as_of, seen(self.session, contacts.c.job_id))
        return [*known, *inside(self.view), *self.only.conditions(self.job.id, is_decided=placed)]


def _chosen(step: ColumnElement[Any], outcome: ColumnElement[Any], *, decided: ColumnElement[bool]) -> Select[Any]:
    return select(
        contacts.c.pk, contacts.c.contact_id, contacts.c.source, contacts.c.started_at, contacts.c.channel,
        contacts.c.effort, contacts.c.effort_scale, tags.c.confidence, tags.c.evidence,
        step.label("step"), outcome.label("outcome"), decided.label("decided"),
    )  # fmt: skip


def _behind(place: Place) -> ColumnElement[bool]:
    at = literal(place.moment, Utc)
    return or_(when < at, and_(when == at, contacts.c.pk < place.pk))


def _turns(session: Session, keys: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for at in range(0, len(keys), AT_ONCE):
        query = select(transcripts.c.contact_pk, transcripts.c.turns)
        rows = session.execute(query.where(transcripts.c.contact_pk.in_(keys[at : at + AT_ONCE])))
        found |= {row.contact_pk: row.turns for row in rows}
    return found


def _contact_row(row: Row[Any], turns: list[Any]) -> ContactRow:
    return ContactRow(
        row.contact_id, row.source, row.started_at, row.channel, row.step, row.outcome, row.confidence,
        bool(row.decided), snippet(row.evidence, turns), row.effort, row.effort_scale,
    )  # fmt: skip


def _cursor(place: Place) -> str:
    return cursor_of(place.moment.isoformat(), place.pk, place.as_of.isoformat(), place.total)


def _read_cursor(cursor: str) -> Place:
    moment, pk, as_of, total = place_of(cursor, str, int, str, int)
    try:
        place = Place(datetime.fromisoformat(moment), pk, datetime.fromisoformat(as_of), total)
    except ValueError:
        raise BadCursorError from None
    if place.moment.tzinfo is None or place.as_of.tzinfo is None:
        raise BadCursorError
    return place
