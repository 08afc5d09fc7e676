"""Effort drivers of contacts: written once per job and version of the rules, done again under a newer one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, delete, func, select
from sqlalchemy.orm import Session

from store.read_marks import lower_mark, move_mark, read_upto
from store.session import insert_new
from store.tables import contact_drivers, contacts, transcripts
from store.tags import of_job
from tagger.drivers import DRIVERS, VERSION, Driver, Earlier
from tagger.model import Contact, EvidenceSpan
from taxonomy.model import Job

CHUNK = 500
REPEATED = DRIVERS[3]


def reader_of(job: Job) -> str:
    """What the drivers of a job's contacts hang on: the rules' version and the window of its chains."""
    return f"{VERSION}/{job.friction.fcr.window_days:g}"


def driven_upto(session: Session, job: Job) -> int:
    """A row of contacts up to which the drivers of every one of the job were found; 0 where nobody knows."""
    return read_upto(session, job.id, _mark(job))


def note_driven(session: Session, job: Job) -> int:
    """Take down up to where all drivers were found; in a unit of work of its own."""

    def first(one: Session, after: int) -> int | None:
        return next(iter(unread(one, job, after=after, limit=1)), None)

    return move_mark(session, job.id, _mark(job), first_unread=first)


def _mark(job: Job) -> str:
    return f"drivers/{reader_of(job)}"


def unread(session: Session, job: Job, *, after: int, limit: int) -> list[int]:
    """Rows of the job's contacts beyond `after` whose drivers nobody found yet, or only older rules; in order."""
    done = and_(
        contact_drivers.c.contact_pk == contacts.c.pk,
        contact_drivers.c.job_id == job.id,
        contact_drivers.c.reader == reader_of(job),
    )
    query = (
        select(contacts.c.pk)
        .join(transcripts, transcripts.c.contact_pk == contacts.c.pk)
        .outerjoin(contact_drivers, done)
        .where(contacts.c.pk > after, of_job(job.id), contact_drivers.c.job_id.is_(None))
    )
    return list(session.scalars(query.order_by(contacts.c.pk).limit(limit)))


def earlier_contacts(session: Session, job: Job, keyed: Sequence[tuple[int, Contact]]) -> dict[int, Earlier]:
    """By row of contact, the customer's contact on the job that ended last before it within the job's window.

    A contact of unknown customer or date has none. Among those begun before it, as for first contact resolution.
    """
    window = timedelta(days=job.friction.fcr.window_days)
    dated = {key: contact for key, contact in keyed if contact.customer_id and contact.started_at}
    known: dict[str, list[Row[Any]]] = {}
    for row in _history(session, job, dated.values(), window):
        known.setdefault(row.customer, []).append(row)
    wanted = set(dated)
    found: dict[int, Earlier] = {}
    for rows in known.values():
        found.update(_chained(rows, wanted, window))
    return found


def _history(session: Session, job: Job, dated: Iterable[Contact], window: timedelta) -> Iterable[Row[Any]]:
    """Contacts of the same customers that may precede one of these, by start; ties by contact id."""
    customers = sorted({str(contact.customer_id) for contact in dated})
    starts = [contact.started_at for contact in dated if contact.started_at]
    ended = func.coalesce(contacts.c.ended_at, contacts.c.started_at).label("ended_at")
    columns = (contacts.c.pk, contacts.c.customer, contacts.c.channel, contacts.c.started_at, ended)
    for at in range(0, len(customers), CHUNK):
        query = select(*columns).where(
            of_job(job.id),
            contacts.c.customer.in_(customers[at : at + CHUNK]),
            contacts.c.started_at <= max(starts),
            ended >= min(starts) - window,
        )
        yield from session.execute(query.order_by(contacts.c.started_at, contacts.c.contact_id))


def _chained(rows: Sequence[Row[Any]], wanted: set[int], window: timedelta) -> Mapping[int, Earlier]:
    """Of one customer's contacts in order, those that follow another within the window."""
    found, last = {}, None
    for row in rows:
        if last is not None and row.pk in wanted and row.started_at <= last.ended_at + window:
            found[row.pk] = Earlier(last.channel, last.ended_at)
        if last is None or row.ended_at >= last.ended_at:
            last = row
    return found


def stale(session: Session, job: Job, keys: Sequence[int]) -> set[int]:
    """Which of these rows of contacts have to be read: never, or by older rules."""
    fresh: set[int] = set()
    for at in range(0, len(keys), CHUNK):
        query = select(contact_drivers.c.contact_pk).where(
            contact_drivers.c.job_id == job.id,
            contact_drivers.c.reader == reader_of(job),
            contact_drivers.c.contact_pk.in_(keys[at : at + CHUNK]),
        )
        fresh.update(session.scalars(query))
    return set(keys) - fresh


def save_drivers(session: Session, job: Job, found: Mapping[int, Sequence[Driver]]) -> int:
    """Store the drivers by row of contact in place of what older rules found; how many contacts are new."""
    now, reader = datetime.now(UTC), reader_of(job)
    _forget(session, job, list(found))
    rows = [
        {
            "job_id": job.id,
            "contact_pk": key,
            "reader": reader,
            "drivers": ",".join(driver.driver for driver in drivers),
            "found": [_plain(driver) for driver in drivers],
            "read_at": now,
        }
        for key, drivers in found.items()
    ]
    return insert_new(session, contact_drivers, rows)


def forget_followers(session: Session, job: Job, keyed: Sequence[tuple[int, Contact]]) -> int:
    """Late contacts turn what came after them into repeats: those are left to be read again; how many."""
    window = timedelta(days=job.friction.fcr.window_days)
    late: set[int] = set()
    dated = [(contact, contact.started_at) for _, contact in keyed if contact.customer_id and contact.started_at]
    by_customer: dict[str, list[tuple[datetime, datetime]]] = {}
    for contact, start in dated:
        end = max(contact.ended_at or start, start)
        by_customer.setdefault(str(contact.customer_id), []).append((start, end + window))
    for row in _followers(session, job, by_customer):
        if any(start < row.started_at <= until for start, until in by_customer[row.customer]):
            late.add(row.contact_pk)
    if late:
        lower_mark(session, job.id, _mark(job), below=min(late))
    return _forget(session, job, sorted(late))


def _followers(
    session: Session, job: Job, spans: Mapping[str, Sequence[tuple[datetime, datetime]]]
) -> Iterable[Row[Any]]:
    """Contacts of these customers that were read already and did not count as repeats."""
    customers = sorted(spans)
    first = min((start for own in spans.values() for start, _ in own), default=None)
    for at in range(0, len(customers), CHUNK):
        query = (
            select(contact_drivers.c.contact_pk, contacts.c.customer, contacts.c.started_at)
            .join(contacts, contacts.c.pk == contact_drivers.c.contact_pk)
            .where(
                contact_drivers.c.job_id == job.id,
                contacts.c.customer.in_(customers[at : at + CHUNK]),
                contacts.c.started_at > first,
                contact_drivers.c.drivers.not_like(f"%{REPEATED}%"),
            )
        )
        yield from session.execute(query)


def _forget(session: Session, job: Job, keys: Sequence[int]) -> int:
    gone = 0
    for at in range(0, len(keys), CHUNK):
        where = (contact_drivers.c.job_id == job.id) & contact_drivers.c.contact_pk.in_(keys[at : at + CHUNK])
        gone += session.execute(delete(contact_drivers).where(where)).rowcount  # type: ignore[attr-defined]
    return gone


def _plain(driver: Driver) -> list[Any]:
    span = driver.span
    return [driver.driver, driver.source, *([] if span is None else [span.turn, span.start, span.end])]


def read_drivers(session: Session, contact_pk: int) -> dict[str, tuple[Driver, ...]]:
    """What made one contact hard work, by job."""
    query = select(contact_drivers.c.job_id, contact_drivers.c.found).where(contact_drivers.c.contact_pk == contact_pk)
    return {row.job_id: tuple(_driver(entry) for entry in row.found) for row in session.execute(query)}


def _driver(entry: Sequence[Any]) -> Driver:
    return Driver(entry[0], entry[1], EvidenceSpan(*entry[2:]) if len(entry) > 2 else None)
