"""How many contacts and tags there are up to which row: counted on from an earlier count wherever that still holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from store.settling import removals_so_far, settled_row
from store.tables import contacts, tags
from store.tags import of_job, tagged
from taxonomy.model import Job


@dataclass(frozen=True)
class Reach:
    """How far contacts and tags had been read: the last row of each, and how many there were up to it.

    `deferred`: of the tags those left to analysts. `settled`: no row could appear below any more when it was counted.
    `removals`: how often rows had gone by then; measurements of earlier versions do not say.
    """

    contact: int
    contacts: int
    tag: int
    tags: int
    deferred: int = 0
    settled: bool = False
    removals: int = -1


NOTHING = Reach(0, 0, 0, 0)


def holds(session: Session, reach: Reach) -> bool:
    """Whether the counts up to a reach are surely what they were. Where not, they may be all the same: count them."""
    return reach.settled and reach.removals == removals_so_far(session)


def reach_now(session: Session, job: Job, model_id: str, *, base: Reach, patience: float) -> Reach:
    """How far there is to read now; exact. Only what came after `base` is counted where that holds, else everything.

    Who writes just now is waited for at most `patience` seconds, or the reach is not settled.
    """
    gone = removals_so_far(session)  # before counting: what goes meanwhile makes the counts void, not wrong
    known = base if holds(session, base) else NOTHING
    (last, first), (last_tag, second) = (settled_row(session, table, patience=patience) for table in (contacts, tags))
    added = _count(session, contacts, of_job(job.id), known.contact, last)
    read = tagged(job_id=job.id, job_version=job.stamp, model_id=model_id)
    inside = (tags.c.pk > known.tag, tags.c.pk <= last_tag)
    both = select(func.count(), func.count().filter(tags.c.deferred)).where(read, *inside)
    more, deferred = session.execute(both).one()
    return replace(
        known, contact=last, contacts=known.contacts + added, tag=last_tag, tags=known.tags + more,
        deferred=known.deferred + deferred, settled=first and second, removals=gone,
    )  # fmt: skip


def still_as_many(session: Session, job: Job, model_id: str, reach: Reach) -> bool:
    """Whether the rows up to a reach are still as many: nothing went, nothing came in below."""
    if holds(session, reach):
        return True
    if _count(session, contacts, of_job(job.id), 0, reach.contact) != reach.contacts:
        return False
    read = tagged(job_id=job.id, job_version=job.stamp, model_id=model_id)
    return _count(session, tags, read, 0, reach.tag) == reach.tags


def _count(session: Session, table: Table, where: Any, after: int, last: int) -> int:
    query = select(func.count()).select_from(table).where(where, table.c.pk > after, table.c.pk <= last)
    return session.execute(query).scalar_one()
