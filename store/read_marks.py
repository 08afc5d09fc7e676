"""Up to where a reader has read every contact of a job: what is new is looked for behind it only.

A mark holds as long as no contact and no tag was deleted: then the next look goes over everything once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import and_, case, select, update
from sqlalchemy.orm import Session

from store.mark_tables import read_marks
from store.session import insert_new
from store.settling import removals_so_far, settled_row
from store.tables import contacts

FirstUnread = Callable[[Session, int], int | None]
"""The first contact behind a row that was not read yet; None: there is none."""


def read_upto(session: Session, job_id: str, reader: str) -> int:
    """Every contact of the job up to this row was read; 0 where nobody knows."""
    query = select(read_marks.c.upto).where(_named(job_id, reader), read_marks.c.removals == removals_so_far(session))
    return session.scalar(query) or 0


def move_mark(session: Session, job_id: str, reader: str, *, first_unread: FirstUnread) -> int:
    """Take down up to where everything was read; what holds now.

    For a unit of work of its own. Rows that are being written may still appear below later ones: where they do not
    settle in time the mark stays.
    """
    last, settled = settled_row(session, contacts)
    _lock(session, job_id, reader)
    upto = read_upto(session, job_id, reader)
    if not settled:
        return upto
    gone = removals_so_far(session)  # before looking: what goes meanwhile makes the mark void, not wrong
    first = first_unread(session, upto)
    upto = last if first is None else min(last, first - 1)
    session.execute(update(read_marks).where(_named(job_id, reader)).values(upto=upto, removals=gone))
    return upto


def lower_mark(session: Session, job_id: str, reader: str, *, below: int) -> None:
    """Say that a contact has to be read again, in the unit of work that makes it so, before it does."""
    _lock(session, job_id, reader)
    upto = case((read_marks.c.upto < below, read_marks.c.upto), else_=below - 1)
    session.execute(update(read_marks).where(_named(job_id, reader)).values(upto=upto))


def _lock(session: Session, job_id: str, reader: str) -> None:
    """One at a time: of two units of work the later one sees what the earlier one did, on both databases."""
    insert_new(session, read_marks, [{"job_id": job_id, "reader": reader, "upto": 0, "removals": 0}])
    session.execute(update(read_marks).where(_named(job_id, reader)).values(upto=read_marks.c.upto))


def _named(job_id: str, reader: str) -> Any:
    return and_(read_marks.c.job_id == job_id, read_marks.c.reader == reader)
