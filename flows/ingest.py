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
from store.original_keys import ring_to_keep
from tagger.formats.reading import Accepted, Rejected, discover, read_contacts
from tagger.formats.rows import read_rows
from tagger.formats.survey_rows import read_survey
from taxonomy.errors import BadInputError
from taxonomy.model import Job

EVENT_COLUMNS = ("event_id", "at", "step", "type")
MOST_REFUSED = 10_000
"""Refused lines of one file that are kept: a small file of nothing but line ends must not fill the database."""


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
    passed over; those without a start are not. `answers` is the scale of survey rows that name none. One of several
    files that cannot be used at all is put aside as a whole, the others are read.
    Raises JobNeededError, or BadInputError where the only file cannot be used.
    """
    if kind != "contacts" and job is None:
        raise JobNeededError(f"{kind} rows name steps and outcomes of a job: say which with --job")
    ring = ring_to_keep(home.settings)
    total, files = Ingested(), discover(paths)
    for path in files:
        intake = Intake(home.database, home.identity, str(path), kind, job, source, quarantine, ring)
        held = Held()
        try:
            for batch in batched(held.back(FileOf(path, kind, job, answers).read(format))):
                kept = [item for item in batch if not _began_before(item, since)]
                total += intake.store(kept).counts + Ingested(passed_over=len(batch) - len(kept))
                tick(len(batch))
        except BadInputError as error:
            if len(files) == 1:
                raise
            total += intake.store([Rejected(1, "unusable-file", str(error), "")]).counts
        total += Ingested(quarantined=max(0, held.more - 1))
    return total


@dataclass
class Held:
    """Refused lines beyond the first MOST_REFUSED of a file are counted, not kept one by one."""

    refused: int = 0
    more: int = 0

    def back(self, items: Iterator[Item]) -> Iterator[Item]:
        """The items; what was held back is told by one last refusal."""
        line = 1
        for item in items:
            self.refused += isinstance(item, Rejected)
            if isinstance(item, Rejected) and self.refused > MOST_REFUSED:
                line = line if self.more else item.line
                self.more += 1
            else:
                yield item
        if self.more:
            yield Rejected(line, "more-refused", f"{self.more:,} more lines of this file cannot be used", "")


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
