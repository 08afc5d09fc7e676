"""New and changed files of the inboxes into the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import get_args

from flows.ingest import ingest
from flows.progress import Ticker, silent
from flows.workspace import Workspace
from store.intake import Ingested
from store.pulled import FoundFile, note_read, unread
from store.quarantine import Refused, put_aside
from store.timetable import Inbox, Kind, Timetable
from tagger.formats.problems import EmptyFileError
from tagger.formats.reading import discover
from taxonomy.errors import BadInputError

SETTLED = timedelta(seconds=60)
"""A file that changed less long ago may still be being written; the next pull reads it."""


@dataclass(frozen=True)
class Pulled(Ingested):
    """What became of the rows, and of the files: read now, left for the next pull, or unusable as a whole."""

    files: int = 0
    settling: int = 0
    unusable: int = 0


def pull(workspace: Workspace, *, now: datetime | None = None, tick: Ticker = silent) -> Pulled:
    """Read the files of the job's inboxes that were not read as they are now.

    A file counts as read once its last batch is stored: killed in between, it is read again and its rows, which have
    keys of their own, count as already there. A file that cannot be read at all goes to quarantine with the reason,
    and the others are read.
    """
    moment = now or datetime.now(UTC)
    rows, files, settling, unusable = Ingested(), 0, 0, 0
    for inbox in inboxes(workspace):
        for file in _waiting(workspace, inbox):
            if moment - file.changed_at < SETTLED:
                settling += 1
                continue
            done = _read(workspace, file, tick)
            files, unusable = files + (done is not None), unusable + (done is None)
            rows += done or Ingested(quarantined=1)
    return Pulled(**asdict(rows), files=files, settling=settling, unusable=unusable)


def inboxes(workspace: Workspace) -> tuple[Inbox, ...]:
    """Where the job's input comes from: what the settings name for it, else HOME/inbox/JOB/KIND."""
    table, job = workspace.settings.schedule or Timetable(), workspace.job.id
    named = tuple(inbox for inbox in table.inboxes if inbox.job == job)
    folder = workspace.settings.home.absolute() / "inbox" / job
    return named or tuple(Inbox(job=job, path=folder / kind, kind=kind) for kind in get_args(Kind))


def _waiting(workspace: Workspace, inbox: Inbox) -> list[FoundFile]:
    files = list(_files(inbox))
    with workspace.database.session() as session:
        return unread(session, inbox, files)


def _files(inbox: Inbox) -> Iterator[FoundFile]:
    if not inbox.path.exists():
        return
    try:
        paths = discover([inbox.path])
    except EmptyFileError:
        return
    for path in paths:
        try:
            yield FoundFile.of(inbox, path)
        except FileNotFoundError:
            continue  # taken away between the listing and the look


def _read(workspace: Workspace, file: FoundFile, tick: Ticker) -> Ingested | None:
    """What came of a file; None where it cannot be used at all."""
    inbox = file.inbox
    try:
        done: Ingested | None = ingest(
            workspace, [file.path], job=workspace.job, kind=inbox.kind, source=inbox.source, tick=tick
        )
    except BadInputError as error:
        done = None
        with workspace.database.session() as session:
            put_aside(session, [_refused(file, str(error))])
    with workspace.database.session() as session:
        note_read(session, file, {"unusable": 1} if done is None else asdict(done))
    return done


def _refused(file: FoundFile, message: str) -> Refused:
    inbox = file.inbox
    return Refused(
        inbox.kind, inbox.source, inbox.job, str(file.path), None, "unusable-file", message, "", truncated=True
    )
