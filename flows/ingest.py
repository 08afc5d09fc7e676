"""Input into the store: contacts, outcome surveys and product events. Nothing lost, nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from flows.progress import Ticker, silent
from flows.workspace import Workspace
from store.contacts import Added, Incoming, add_contacts
from store.quarantine import Refused, put_aside
from store.surveys import add_answers, add_events
from tagger.answers import RowError, parse_answer, parse_event
from tagger.formats.reading import Accepted, Rejected, discover, read_contacts
from tagger.formats.rows import read_rows
from tagger.labels import LabelReader
from tagger.redact import redact_contact, redact_raw

Kind = Literal["contacts", "outcome-survey", "events"]
BATCH = 1000
COLUMNS = {
    "outcome-survey": ("respondent_id", "answered_at", "outcome", "importance", "satisfaction"),
    "events": ("event_id", "at", "step", "type"),
}


@dataclass(frozen=True)
class Ingested:
    """What became of the input: every line is in exactly one of these counts."""

    accepted: int = 0
    updated: int = 0
    already_there: int = 0
    quarantined: int = 0

    def __add__(self, other: Ingested) -> Ingested:
        mine, theirs = asdict(self), asdict(other)
        return Ingested(**{name: mine[name] + theirs[name] for name in mine})


def ingest(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    kind: Kind = "contacts",
    format: str = "auto",
    source: str = "default",
    quarantine: bool = True,
    tick: Ticker = silent,
) -> Ingested:
    """Read files and folders into the store, a batch a unit of work. Raises BadInputError for unusable files.

    `quarantine` False only counts what is refused: a second look at something that is in quarantine already.
    """
    total = Ingested()
    for path in discover(paths):
        for batch in _batches(workspace, path, kind, format):
            total += _store(workspace, batch, path=path, kind=kind, source=source, quarantine=quarantine)
            tick(len(batch))
    return total


def _batches(workspace: Workspace, path: Path, kind: Kind, format: str) -> Iterator[tuple[Any, ...]]:
    now = datetime.now(UTC)
    if kind == "contacts":
        return _batched(read_contacts(path, format=format, now=now))
    labels = LabelReader(workspace.job)
    parse = parse_answer if kind == "outcome-survey" else parse_event
    return _batched(_checked(row, labels, parse, now) for row in read_rows(path, needed=COLUMNS[kind]))


def _batched(items: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    rest = iter(items)
    while batch := tuple(islice(rest, BATCH)):
        yield batch


@dataclass(frozen=True)
class _Row:
    line: int
    values: Mapping[str, Any]


def _checked(
    row: tuple[int, Mapping[str, Any]] | Rejected,
    labels: LabelReader,
    parse: Callable[..., dict[str, Any]],
    now: datetime,
) -> _Row | Rejected:
    if isinstance(row, Rejected):
        return row
    line, values = row
    try:
        return _Row(line, parse(values, labels, now=now))
    except RowError as error:
        return Rejected(line, error.kind, str(error), json.dumps(values, default=str), False)


def _store(
    workspace: Workspace, batch: Sequence[Any], *, path: Path, kind: Kind, source: str, quarantine: bool
) -> Ingested:
    good = [item for item in batch if not isinstance(item, Rejected)]
    bad = [_refused(item, workspace, path, kind, source) for item in batch if isinstance(item, Rejected)]
    with workspace.database.session() as session:
        if kind == "contacts":
            added = _add_contacts(session, workspace, good, source)
            bad += _conflicts(added, good, workspace, path, source)
            stored = Ingested(added.accepted, added.updated, added.present)
        else:
            add = add_answers if kind == "outcome-survey" else add_events
            new = add(session, [_keyed(item.values, workspace) for item in good])
            stored = Ingested(new, 0, len(good) - new)
        put_aside(session, bad if quarantine else [])
    return stored + Ingested(quarantined=len(bad))


def _add_contacts(session: Any, workspace: Workspace, good: Iterable[Accepted], source: str) -> Added:
    identity = workspace.identity
    batch = [Incoming.of(item.contact, redacted=redact_contact(item.contact), identity=identity) for item in good]
    return add_contacts(session, batch, source=source, job_id=workspace.job.id, identity=identity)


def _conflicts(added: Added, good: Sequence[Accepted], workspace: Workspace, path: Path, source: str) -> list[Refused]:
    return [
        Refused(
            input_kind="contacts",
            source=source,
            job_id=workspace.job.id,
            path=str(path),
            line=good[position].line,
            reason="id-conflict",
            message=f"id {good[position].contact.id!r} was seen with other content; give this contact an id of its own",
            raw="",
        )
        for position in added.conflicts
    ]


def _refused(item: Rejected, workspace: Workspace, path: Path, kind: Kind, source: str) -> Refused:
    raw = redact_raw(item.raw)
    return Refused(
        kind, source, workspace.job.id, str(path), item.line, item.kind, redact_raw(item.message), raw, item.truncated
    )


def _keyed(values: Mapping[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Survey and event rows under their job, with people as keyed hashes."""
    keyed = {**values, "job_id": workspace.job.id}
    for name in ("respondent", "customer"):
        if keyed.get(name) is not None:
            keyed[name] = workspace.identity.customer(keyed[name])
    return keyed
