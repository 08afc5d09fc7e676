"""Which files of the inboxes were read, as they were then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.session import insert_new
from store.tables import pulled_files
from store.timetable import Inbox


@dataclass(frozen=True)
class FoundFile:
    """A file of an inbox as it is now. A changed file is read again: its rows have keys of their own."""

    inbox: Inbox
    path: Path
    fingerprint: str
    changed_at: datetime

    @classmethod
    def of(cls, inbox: Inbox, path: Path) -> FoundFile:
        """The file with its size and the time of its last change. Raises FileNotFoundError."""
        state = path.stat()
        changed = datetime.fromtimestamp(state.st_mtime, UTC)
        return cls(inbox, path.absolute(), f"{state.st_size}:{state.st_mtime_ns}", changed)

    @property
    def key(self) -> dict[str, str]:
        """What makes it the same file, unchanged."""
        names = {"job_id": self.inbox.job, "kind": self.inbox.kind, "source": self.inbox.source}
        return {**names, "path": str(self.path), "fingerprint": self.fingerprint}


def unread(session: Session, inbox: Inbox, files: Sequence[FoundFile]) -> list[FoundFile]:
    """Those of an inbox's files that were not read as they are now."""
    names = (pulled_files.c.job_id == inbox.job, pulled_files.c.kind == inbox.kind)
    query = select(pulled_files.c.path, pulled_files.c.fingerprint).where(*names, pulled_files.c.source == inbox.source)
    known = {(row.path, row.fingerprint) for row in session.execute(query)}
    return [file for file in files if (str(file.path), file.fingerprint) not in known]


def note_read(session: Session, file: FoundFile, counts: Mapping[str, Any]) -> None:
    """Keep that a file was read to its end, and what came of it."""
    insert_new(session, pulled_files, [{**file.key, "counts": dict(counts), "pulled_at": datetime.now(UTC)}])
