"""Checked input into the store: contacts, outcome surveys and product events. Nothing lost, nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any, Literal

from sqlalchemy.orm import Session

from store.contacts import Incoming, add_contacts
from store.erased import contact_key, erased_among
from store.identity import Identity
from store.original_keys import KeyRing
from store.originals import keep_originals
from store.quarantine import Refused, hashed_people, put_aside
from store.session import Database
from store.surveys import add_answers, add_events
from tagger.answers import RowError, parse_answer, parse_event
from tagger.formats.fields import clean
from tagger.formats.outcome import RAW_KEPT
from tagger.formats.people import People, people_of, without_customers
from tagger.formats.reading import Accepted, Rejected
from tagger.formats.record import contact_to_json
from tagger.labels import LabelReader
from tagger.redact import Rules, redact_contact, redact_raw, redact_turns
from taxonomy.model import Job

Kind = Literal["contacts", "outcome-survey", "events"]
BATCH = 1000
BATCH_BYTES = 32 * 1024 * 1024
"""Bytes of input from which on a batch is full: a thousand contacts of 20 MB would not fit into memory."""

PEOPLE = ("respondent_id", "customer_id")
ERASED = "this contact was erased on request and is not taken again; nothing of it was kept"


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


@dataclass(frozen=True)
class Row:
    """A checked row of a survey or of events."""

    line: int
    values: Mapping[str, Any]


Item = Accepted | Row | Rejected
Given = tuple[int, Mapping[str, Any]] | Rejected
"""A row as it came in, with its line."""


@dataclass(frozen=True)
class Stored:
    """What became of a batch, and what of it was refused with the reason."""

    counts: Ingested
    refused: tuple[Rejected, ...]


@dataclass(frozen=True)
class Intake:
    """One file or request on its way into the store.

    `place` says where it came from, for the quarantine; `quarantine` False only counts what is refused. With a `ring`
    of keys the originals of new contacts are kept, encrypted.
    """

    database: Database
    identity: Identity
    place: str
    kind: Kind = "contacts"
    job: Job | None = None
    source: str = "default"
    quarantine: bool = True
    ring: KeyRing | None = None

    @cached_property
    def rules(self) -> Rules:
        """What the job adds to redaction."""
        return Rules.of(self.job)

    def store(self, batch: Sequence[Item]) -> Stored:
        """Store a batch and put aside what was refused, in one unit of work."""
        refused = [item for item in batch if isinstance(item, Rejected)]
        with self.database.session() as session:
            done, conflicts = self._add_contacts(session, [item for item in batch if isinstance(item, Accepted)])
            rows, at_odds = self._add_rows(session, [item for item in batch if isinstance(item, Row)])
            every = (*self._without_erased(session, refused), *conflicts, *at_odds)
            put_aside(session, [self._refused(item) for item in every] if self.quarantine else [])
        return Stored(done + rows + Ingested(quarantined=len(every)), every)

    def _add_contacts(self, session: Session, good: Sequence[Accepted]) -> tuple[Ingested, list[Rejected]]:
        redact = partial(redact_contact, rules=self.rules)
        batch = [Incoming.of(item.contact, redact=redact, identity=self.identity) for item in good]
        job_id = self.job.id if self.job else None
        added = add_contacts(session, batch, source=self.source, job_id=job_id, identity=self.identity)
        if self.ring is not None:
            fresh = {pk: (contact, redact_turns(contact, self.rules)) for pk, contact in added.fresh.items()}
            keep_originals(session, self.ring, fresh, source=self.source)
        conflicts = [_conflict(good[position], self.rules) for position in added.conflicts]
        conflicts += [Rejected(good[position].line, "erased", ERASED, "") for position in added.erased]
        return Ingested(added.accepted, added.updated, added.present), conflicts

    def _add_rows(self, session: Session, good: Sequence[Row]) -> tuple[Ingested, list[Rejected]]:
        if not good or self.job is None:
            return Ingested(), []
        add = add_answers if self.kind == "outcome-survey" else add_events
        new, at_odds = add(session, [_keyed(item.values, self.identity, self.job.id) for item in good])
        present = len(good) - new - len(at_odds)
        return Ingested(new, 0, present), [_row_conflict(good[position]) for position in at_odds]

    def _without_erased(self, session: Session, refused: Sequence[Rejected]) -> list[Rejected]:
        """Of a broken line that names an erased contact nothing is kept either."""
        if self.kind != "contacts":
            return list(refused)
        keys = [{contact_key(self.identity, self.source, one) for one in item.people.contacts} for item in refused]
        erased = erased_among(session, set().union(*keys))
        return [
            Rejected(item.line, "erased", ERASED, "") if mine & erased else item
            for item, mine in zip(refused, keys, strict=True)
        ]

    def _refused(self, item: Rejected) -> Refused:
        return Refused(
            input_kind=self.kind,
            source=self.source,
            job_id=self.job.id if self.job else None,
            path=clean(self.place),
            line=item.line,
            reason=item.kind,
            message=redact_raw(without_customers(clean(item.message[:RAW_KEPT]), item.people), self.rules),
            raw=redact_raw(without_customers(clean(item.raw[:RAW_KEPT]), item.people), self.rules),
            truncated=item.truncated or len(item.raw) > RAW_KEPT,
            named=hashed_people(item.people, source=self.source, identity=self.identity),
        )


def checked_rows(rows: Iterable[Given], kind: Kind, job: Job, *, now: datetime | None = None) -> Iterator[Item]:
    """Rows of an outcome survey or of events in the words of the job, or why each cannot be used."""
    labels = LabelReader(job)
    parse = parse_event if kind == "events" else parse_answer
    moment = now or datetime.now(UTC)
    return (_checked(row, labels, parse, moment) for row in rows)


def batched(items: Iterable[Item]) -> Iterator[tuple[Item, ...]]:
    """As many at a time as one unit of work takes."""
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += item.byte_size if isinstance(item, Accepted) else len(item.raw) if isinstance(item, Rejected) else 0
        if len(batch) == BATCH or size > BATCH_BYTES:
            yield tuple(batch)
            batch, size = [], 0
    if batch:
        yield tuple(batch)


def _checked(row: Given, labels: LabelReader, parse: Callable[..., dict[str, Any]], now: datetime) -> Row | Rejected:
    if isinstance(row, Rejected):
        return row
    line, values = row
    try:
        return Row(line, parse(values, labels, now=now))
    except RowError as error:
        nameless = {name: value for name, value in values.items() if name not in PEOPLE}
        people = people_of({name: values.get(name) for name in PEOPLE})
        return Rejected(line, error.kind, str(error), json.dumps(nameless, default=str), people=people)


def _conflict(item: Accepted, rules: Rules) -> Rejected:
    message = f"id {item.contact.id!r} was seen with other content; give this contact an id of its own"
    kept = json.dumps(contact_to_json(redact_contact(item.contact, rules)))
    people = People.of(customer=item.contact.customer_id, contact=item.contact.id)
    return Rejected(item.line, "id-conflict", message, kept, id=item.contact.id, people=people)


def _row_conflict(item: Row) -> Rejected:
    message = "a row of the same key was seen with other content; give this one a key of its own"
    who = ("respondent", "customer")
    nameless = {name: value for name, value in item.values.items() if name not in who}
    people = people_of({name: item.values.get(name) for name in who})
    return Rejected(item.line, "id-conflict", message, json.dumps(nameless, default=str), people=people)


def _keyed(values: Mapping[str, Any], identity: Identity, job_id: str) -> dict[str, Any]:
    """Survey and event rows under their job, with people as keyed hashes."""
    keyed = {**values, "job_id": job_id}
    for name in ("respondent", "customer"):
        if keyed.get(name) is not None:
            keyed[name] = identity.customer(keyed[name])
    return keyed
