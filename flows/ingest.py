"""Files into the store: contacts, outcome surveys and product events. Nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flows.progress import Ticker, silent
from flows.workspace import Home
from store.intake import Given, Ingested, Intake, Item, Kind, batched, checked_rows
from tagger.formats.reading import Accepted, Rejected, discover, read_contacts
from tagger.formats.rows import read_rows
from tagger.formats.survey_rows import read_survey
from taxonomy.errors import BadInputError
from taxonomy.model import Job

EVENT_COLUMNS = ("event_id", "at", "step", "type")


class JobNeededError(BadInputError):
    """Input that speaks of steps or outcomes came without the job that they belong to."""


def ingest(
    home: Home,
    paths: Sequence[Path],
    *,
    job: Job | None = None,
    kind: Kind = "contacts",
    format: str = "auto",
    source: str = "default",
    quarantine: bool = True,
    since: date | None = None,
    answers: str = "1-10",
    tick: Ticker = silent,
) -> Ingested:
    """Read files and folders into the store, a batch a unit of work.

    Contacts without a `job` may be read by every job; surveys and events need one. `quarantine` False only counts
    what is refused: a second look at something that is in quarantine already. Contacts that began before `since` are
    passed over; those without a start are not. `answers` is the scale of survey rows that name none.
    Raises JobNeededError, or BadInputError for unusable files.
    """
    if kind != "contacts" and job is None:
        raise JobNeededError(f"{kind} rows name steps and outcomes of a job: say which with --job")
    total = Ingested()
    for path in discover(paths):
        intake = Intake(home.database, home.identity, str(path), kind, job, source, quarantine)
        for batch in batched(FileOf(path, kind, job, answers).read(format)):
            kept = [item for item in batch if not _began_before(item, since)]
            total += intake.store(kept).counts + Ingested(passed_over=len(batch) - len(kept))
            tick(len(batch))
    return total


@dataclass(frozen=True)
class FileOf:
    """One file of contacts, survey answers or events; `answers` is the scale of survey rows that name none."""

    path: Path
    kind: Kind
    job: Job | None
    answers: str = "1-10"

    def read(self, format: str) -> Iterator[Item]:
        """The file's items, checked."""
        now = datetime.now(UTC)
        if self.kind == "contacts" or self.job is None:
            return read_contacts(self.path, format=format, now=now)
        if self.kind == "events":
            return checked_rows(read_rows(self.path, needed=EVENT_COLUMNS), self.kind, self.job, now=now)
        rows = (_on_scale(row, self.answers) for row in read_survey(self.path, self.job))
        return checked_rows(rows, self.kind, self.job, now=now)


def _began_before(item: Item, since: date | None) -> bool:
    if since is None or not isinstance(item, Accepted) or item.contact.started_at is None:
        return False
    return item.contact.started_at.date() < since


def _on_scale(row: tuple[int, Mapping[str, Any]] | Rejected, scale: str) -> Given:
    """The row with the scale that it was asked on, so that a refused one says it too."""
    return row if isinstance(row, Rejected) else (row[0], {"scale": scale, **row[1]})
