"""Which slices of moments something touched, and the contacts that must be read to fold them again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from alignment.moments import Pairs, Slice, week_of
from alignment.response import UNDATED, period_of
from store.tables import contacts

CHUNK = 500


@dataclass(frozen=True)
class Scope:
    """Touched slices, and periods of which every slice is touched (their response model is fitted again)."""

    slices: frozenset[Slice]
    periods: frozenset[str] = frozenset()

    def holds(self, where: Slice) -> bool:
        """Whether a slice has to be folded again."""
        return where in self.slices or period_of(where.day) in self.periods

    @property
    def weeks(self) -> frozenset[date | None]:
        """The Mondays of the weeks with touched slices, since replicates are kept by week; None holds undated ones."""
        weeks = {where.week for where in self.slices}
        for period in self.periods:
            weeks |= weeks_of_period(period)
        return frozenset(weeks)


def month_of(period: str) -> tuple[date, date]:
    """The first day of a month such as 2026-03, and the first after it."""
    first = date.fromisoformat(f"{period}-01")
    return first, (first + timedelta(days=31)).replace(day=1)


def weeks_of_period(period: str) -> set[date | None]:
    """The Mondays of the weeks that share a day with a month; None for what has no date."""
    if period == UNDATED:
        return {None}
    first, after = month_of(period)
    return {week_of(first + timedelta(days=day)) for day in range((after - first).days)}


def begun_in(weeks: Iterable[date | None] | None) -> ColumnElement[bool]:
    """The condition that a contact began in one of these weeks; None: in any."""
    if weeks is None:
        return contacts.c.pk > 0
    weeks = set(weeks)
    spans = [begun_between(first, after) for first, after in spans_of(monday for monday in weeks if monday is not None)]
    return or_(*spans, *([contacts.c.started_at.is_(None)] if None in weeks else []), contacts.c.pk < 0)


def spans_of(mondays: Iterable[date]) -> list[tuple[date, date]]:
    """First day and first day after of each run of weeks without a gap: databases take only so many conditions."""
    spans: list[tuple[date, date]] = []
    for monday in sorted(set(mondays)):
        after = monday + timedelta(weeks=1)
        if spans and spans[-1][1] == monday:
            spans[-1] = (spans[-1][0], after)
        else:
            spans.append((monday, after))
    return spans


def begun_between(first: date, after: date) -> ColumnElement[bool]:
    """The condition that a contact began on one of these days (UTC)."""
    start, end = (datetime.combine(day, time.min, UTC) for day in (first, after))
    return and_(contacts.c.started_at >= start, contacts.c.started_at < end)


def slices_of(session: Session, keys: Iterable[int]) -> frozenset[Slice]:
    """The slices that the contacts of these rows belong to."""
    wanted, found = sorted(keys), set()
    columns = (contacts.c.started_at, contacts.c.channel, contacts.c.segment, contacts.c.circumstance)
    for at in range(0, len(wanted), CHUNK):
        for row in session.execute(select(*columns).where(contacts.c.pk.in_(wanted[at : at + CHUNK]))):
            day = None if row.started_at is None else row.started_at.date()
            found.add(Slice(day, row.channel, pairs_of(row.segment), pairs_of(row.circumstance)))
    return frozenset(found)


def pairs_of(values: dict[str, Any]) -> Pairs:
    """A contact's attributes in the form that slices have."""
    return tuple(sorted((name, str(value)) for name, value in values.items()))
