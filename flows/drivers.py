"""Find what made contacts hard work: those in hand while tagging, and afterwards those that older rules read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from flows.workspace import Workspace
from store.contacts import read_contacts
from store.drivers import (
    driven_upto,
    earlier_contacts,
    forget_followers,
    note_driven,
    save_drivers,
    stale,
    unread,
)
from tagger.drivers import find_drivers
from tagger.model import Contact
from taxonomy.model import Job

BATCH = 2000


def note_drivers(session: Session, job: Job, keyed: Sequence[tuple[int, Contact]]) -> int:
    """Find and store the drivers of these contacts by row, as far as they are not known yet; how many were read."""
    wanted = stale(session, job, [key for key, _ in keyed])
    fresh = [(key, contact) for key, contact in keyed if key in wanted]
    if not fresh:
        return 0
    before = earlier_contacts(session, job, fresh)
    forget_followers(session, job, fresh)
    return save_drivers(session, job, {key: find_drivers(contact, earlier=before.get(key)) for key, contact in fresh})


def catch_up(workspace: Workspace) -> int:
    """Read the drivers of every contact that no rules, or only older ones, have read; a batch a unit of work."""
    read = 0
    while True:
        found = _go_through(workspace)
        with workspace.database.session() as session:
            note_driven(session, workspace.job)
        if not found:
            return read
        read += found  # late contacts leave earlier ones to be read again: once more, from the first of these


def _go_through(workspace: Workspace) -> int:
    """Read the drivers of what nobody read, from the first contact on to the last; how many."""
    job, read = workspace.job, 0
    with workspace.database.session() as session:
        after = driven_upto(session, job)
    while True:
        with workspace.database.session() as session:
            keys = unread(session, job, after=after, limit=BATCH)
            if not keys:
                return read
            read += note_drivers(session, job, read_contacts(session, keys))
        after = keys[-1]
