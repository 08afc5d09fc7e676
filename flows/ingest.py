"""Input into the store: contacts, outcome surveys and product events. Nothing lost, nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from sqlalchemy.orm import Session

from flows.progress import Ticker, silent
from flows.workspace import Home
from store.contacts import Incoming, add_contacts
from store.identity import Identity
from store.quarantine import Refused, put_aside
from store.surveys import add_answers, add_events
from tagger.answers import RowError, parse_answer, parse_event
from tagger.formats.reading import Accepted, Rejected, discover, read_contacts
from tagger.formats.record import contact_to_json
from tagger.formats.rows import read_rows
from tagger.formats.survey_rows import read_survey
from tagger.labels import LabelReader
from tagger.redact import redact_contact, redact_raw
from taxonomy.errors import BadInputError
from taxonomy.model import Job

Kind = Literal["contacts", "outcome-survey", "events"]
BATCH = 1000
EVENT_COLUMNS = ("event_id", "at", "step", "type")
PEOPLE = ("respondent_id", "customer_id")


class JobNeededError(BadInputError):
    """Input that speaks of steps or outcomes came without the job that they belong to."""


@dataclass(frozen=True)
class Ingested:
    """What became of the input: every line is in exactly one of these counts.

    `passed_over` counts contacts that began before the day asked for.
    """

    accepted: int = 0
    updated: int = 0
    already_there: int = 0
    quarantined: int = 0
    passed_over: int = 0

    def __add__(self, other: Ingested) -> Ingested:
        mine, theirs = asdict(self), asdict(other)
        return Ingested(**{name: mine[name] + theirs[name] for name in mine})


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
        intake = Intake(home, path, kind, job, source, quarantine, answers)
        for batch in _batched(intake.read(format)):
            kept = [item for item in batch if not _began_before(item, since)]
            total += intake.store(kept) + Ingested(passed_over=len(batch) - len(kept))
            tick(len(batch))
    return total


@dataclass(frozen=True)
class Row:
    """A checked row of a survey or of events."""

    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Intake:
    """One file on its way into the store."""

    home: Home
    path: Path
    kind: Kind
    job: Job | None
    source: str
    quarantine: bool
    answers: str = "1-10"

    def read(self, format: str) -> Iterator[Accepted | Row | Rejected]:
        """The file's items, checked."""
        now = datetime.now(UTC)
        if self.kind == "contacts" or self.job is None:
            return read_contacts(self.path, format=format, now=now)
        labels = LabelReader(self.job)
        if self.kind == "events":
            rows = read_rows(self.path, needed=EVENT_COLUMNS)
            return (_checked(row, labels, parse_event, now) for row in rows)
        return (
            _checked(_on_scale(row, self.answers), labels, parse_answer, now)
            for row in read_survey(self.path, self.job)
        )

    def store(self, batch: Sequence[Accepted | Row | Rejected]) -> Ingested:
        """Store a batch and put aside what was refused, in one unit of work."""
        refused = [item for item in batch if isinstance(item, Rejected)]
        with self.home.database.session() as session:
            done, conflicts = self._add_contacts(session, [item for item in batch if isinstance(item, Accepted)])
            rows, at_odds = self._add_rows(session, [item for item in batch if isinstance(item, Row)])
            done += rows
            bad = [self._refused(item) for item in [*refused, *conflicts, *at_odds]]
            put_aside(session, bad if self.quarantine else [])
        return done + Ingested(quarantined=len(bad))

    def _add_contacts(self, session: Session, good: Sequence[Accepted]) -> tuple[Ingested, list[Rejected]]:
        identity = self.home.identity
        batch = [Incoming.of(item.contact, redact=redact_contact, identity=identity) for item in good]
        job_id = self.job.id if self.job else None
        added = add_contacts(session, batch, source=self.source, job_id=job_id, identity=identity)
        conflicts = [_conflict(good[position]) for position in added.conflicts]
        return Ingested(added.accepted, added.updated, added.present), conflicts

    def _add_rows(self, session: Session, good: Sequence[Row]) -> tuple[Ingested, list[Rejected]]:
        if not good or self.job is None:
            return Ingested(), []
        add = add_answers if self.kind == "outcome-survey" else add_events
        new, at_odds = add(session, [_keyed(item.values, self.home.identity, self.job.id) for item in good])
        present = len(good) - new - len(at_odds)
        return Ingested(new, 0, present), [_row_conflict(good[position]) for position in at_odds]

    def _refused(self, item: Rejected) -> Refused:
        return Refused(
            input_kind=self.kind,
            source=self.source,
            job_id=self.job.id if self.job else None,
            path=str(self.path),
            line=item.line,
            reason=item.kind,
            message=redact_raw(item.message),
            raw=redact_raw(item.raw),
            truncated=item.truncated,
        )


def _began_before(item: Accepted | Row | Rejected, since: date | None) -> bool:
    if since is None or not isinstance(item, Accepted) or item.contact.started_at is None:
        return False
    return item.contact.started_at.date() < since


def _batched(items: Iterable[Accepted | Row | Rejected]) -> Iterator[tuple[Accepted | Row | Rejected, ...]]:
    rest = iter(items)
    while batch := tuple(islice(rest, BATCH)):
        yield batch


def _on_scale(row: tuple[int, Mapping[str, Any]] | Rejected, scale: str) -> tuple[int, Mapping[str, Any]] | Rejected:
    """The row with the scale that it was asked on, so that a refused one says it too."""
    return row if isinstance(row, Rejected) else (row[0], {"scale": scale, **row[1]})


def _checked(
    row: tuple[int, Mapping[str, Any]] | Rejected,
    labels: LabelReader,
    parse: Callable[..., dict[str, Any]],
    now: datetime,
) -> Row | Rejected:
    if isinstance(row, Rejected):
        return row
    line, values = row
    try:
        return Row(line, parse(values, labels, now=now))
    except RowError as error:
        nameless = {name: value for name, value in values.items() if name not in PEOPLE}
        return Rejected(line, error.kind, str(error), json.dumps(nameless, default=str))


def _conflict(item: Accepted) -> Rejected:
    message = f"id {item.contact.id!r} was seen with other content; give this contact an id of its own"
    return Rejected(item.line, "id-conflict", message, json.dumps(contact_to_json(redact_contact(item.contact))))


def _row_conflict(item: Row) -> Rejected:
    message = "a row of the same key was seen with other content; give this one a key of its own"
    nameless = {name: value for name, value in item.values.items() if name not in ("respondent", "customer")}
    return Rejected(item.line, "id-conflict", message, json.dumps(nameless, default=str))


def _keyed(values: Mapping[str, Any], identity: Identity, job_id: str) -> dict[str, Any]:
    """Survey and event rows under their job, with people as keyed hashes."""
    keyed = {**values, "job_id": job_id}
    for name in ("respondent", "customer"):
        if keyed.get(name) is not None:
            keyed[name] = identity.customer(keyed[name])
    return keyed
