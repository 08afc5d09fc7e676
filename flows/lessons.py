"""What a training learns from: labelled contacts of a file, and what analysts decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.labelled import Labelled, read_labelled, settled_names
from store.session import Database, open_database
from store.settings import Settings
from store.training import Decided, known_contacts, read_decided
from tagger.held_back import MEASURING_SHARE, Learned
from tagger.labels import LabelReader, UnknownLabelError
from tagger.model import Labels
from tagger.tag import document_of
from taxonomy.model import Job


@dataclass(frozen=True)
class Lessons:
    """Contacts to learn from, and the reviews held back to measure what was learned.

    `taught` are the decisions among them, last in `labelled`, oldest first; `held_back` never teach. `learned` is None
    where no decision teaches. `withheld` labelled contacts of the file were left out: their customers are held back.
    """

    labelled: Labelled | None
    taught: tuple[Decided, ...] = ()
    held_back: tuple[Decided, ...] = ()
    learned: Learned | None = None
    withheld: int = 0
    examples: tuple[str, ...] = field(default=())

    def of_first(self, count: int, job: Job) -> Labelled:
        """The same contacts with only the first `count` of the decisions that teach."""
        return _merged(job, self._from_file(), self.taught[:count])

    def _from_file(self) -> Labelled:
        if self.labelled is None:
            return Labelled((), (), (), {}, ())
        kept = len(self.labelled.contacts) - len(self.taught)
        return replace(
            self.labelled,
            contacts=self.labelled.contacts[:kept],
            labels=self.labelled.labels[:kept],
            names=self.labelled.names[:kept],
            weights=self.labelled.weights[:kept],
        )


def learned_of(card: Mapping[str, Any]) -> Learned | None:
    """What a model's card says of the reviews that may not correct it; None where all of them may.

    All may where each contact that taught is tagged by heads that had not seen it: the correction is cross-fitted
    (METHODS 2, cross-PPI). A tuned encoder is too dear for that; it is corrected by the reviews held back alone.
    """
    said = card.get("reviews")
    if said is None or said.get("cross_fitted", False):
        return None
    return Learned(datetime.fromisoformat(said["until"]), said["share_held_back"])


def existing_database(settings: Settings) -> Database | None:
    """The database that the settings name, its schema up to date; None where there is none yet, and none is made."""
    path = Path(settings.database.removeprefix("sqlite:///"))
    if settings.database_url is None and not path.exists():
        return None
    database = open_database(settings)
    database.upgrade()
    return database


@contextmanager
def closed(database: Database) -> Iterator[None]:
    """Close the database's connections when the block ends: a process that lives on must not collect them."""
    try:
        yield
    finally:
        database.engine.dispose()


def gather(job: Job, data: Path | None, *, settings: Settings) -> Lessons:
    """Everything there is to learn from. Raises NothingLabelledError for a file without a usable label."""
    labelled = None if data is None else read_labelled(job, data)
    database = existing_database(settings)
    if database is None:
        return Lessons(labelled)
    learned = Learned(datetime.now(UTC), MEASURING_SHARE)
    ids = [] if labelled is None else [contact.id for contact in labelled.contacts]
    with closed(database), database.session() as session:
        decided = read_decided(session, job.id, share=learned.share, as_of=learned.until)
        back = known_contacts(session, ids, job_id=job.id, share=learned.share) if decided else {}
    if not decided:
        return Lessons(labelled)
    known, unknown = _in_words_of(job, decided)
    taught = tuple(one for one in known if not one.held_back)
    base, withheld = _without(labelled, {one.contact.id for one in taught}, {name for name in back if back[name]})
    merged = _merged(job, base, taught)
    if unknown:
        merged = replace(merged, unused={**merged.unused, "unknown-label": len(unknown)})
    return Lessons(
        merged if merged.contacts else None,
        taught,
        tuple(one for one in known if one.held_back),
        learned if taught else None,
        withheld,
        tuple(unknown[:20]),
    )


def _in_words_of(job: Job, decided: Sequence[Decided]) -> tuple[list[Decided], list[str]]:
    """Decisions in the ids of this version of the job, and why others cannot be used."""
    reader = LabelReader(job)
    known, unknown = [], []
    for one in decided:
        try:
            known.append(replace(one, labels=resolved(reader, one.labels)))
        except UnknownLabelError as error:
            unknown.append(f"contact {one.contact.id}: {error}")
    return known, unknown


def resolved(reader: LabelReader, labels: Labels) -> Labels:
    """The labels in the job's own ids; second steps that it no longer has are not known. Raises UnknownLabelError."""
    try:
        return reader.resolve(labels)
    except UnknownLabelError:
        return reader.resolve(replace(labels, secondary=None))


def _without(labelled: Labelled | None, decided: set[str], back: set[str]) -> tuple[Labelled, int]:
    """The file's contacts but those that an analyst decided and those of customers held back; how many of the latter.

    A contact held back must not teach, however its label came.
    """
    if labelled is None:
        return Labelled((), (), (), {}, ()), 0
    names = [contact.id for contact in labelled.contacts]
    kept = [row for row, name in enumerate(names) if name not in decided and name not in back]
    chosen = replace(
        labelled,
        contacts=tuple(labelled.contacts[row] for row in kept),
        labels=tuple(labelled.labels[row] for row in kept),
        names=tuple(labelled.names[row] for row in kept),
        weights=tuple(1.0 for _ in kept),
    )
    return chosen, sum(name in back for name in names)


def _merged(job: Job, base: Labelled, taught: Sequence[Decided]) -> Labelled:
    reader = LabelReader(job)
    contacts = (*base.contacts, *(one.contact for one in taught))
    labels: tuple[Labels, ...] = (*base.labels, *(one.labels for one in taught))
    names = [reader.label(label) for label in labels]
    texts = [" ".join(document_of(contact)) for contact in contacts]
    return replace(
        base,
        contacts=contacts,
        labels=labels,
        names=settled_names(names, labels, texts),
        weights=(*base.weights, *(one.counts for one in taught)),
    )
