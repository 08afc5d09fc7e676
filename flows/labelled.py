"""Labelled contacts from a file: what `train` learns from and `eval` is measured on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from classifiers.nearest import nearest_labels
from classifiers.scores import LabelSpace
from tagger.formats.reading import Rejected, read_contacts
from tagger.labels import STEP_ONLY, LabelReader, UnknownLabelError, label_space
from tagger.model import Contact, Labels
from tagger.redact import Rules, redact_contact
from tagger.tag import Document, document_of
from taxonomy.errors import BadInputError
from taxonomy.model import Job


class NothingLabelledError(BadInputError):
    """A file holds no labelled contact that could be used."""


@dataclass(frozen=True)
class Labelled:
    """Redacted contacts with labels in the job's own ids, and what could not be used, by reason.

    `weights` say how much each label counts; none: all alike.
    """

    contacts: tuple[Contact, ...]
    labels: tuple[Labels, ...]
    names: tuple[str, ...]
    unused: Mapping[str, int]
    examples: tuple[str, ...]
    weights: tuple[float, ...] = ()

    @property
    def documents(self) -> list[Document]:
        """What the customers said, as the classifier reads it."""
        return [document_of(contact) for contact in self.contacts]

    @property
    def besides(self) -> list[tuple[str, ...] | None]:
        """The steps that each contact is about besides its own; None: nobody said."""
        return [label.secondary for label in self.labels]

    def space(self, job: Job) -> LabelSpace:
        """The label space that these labels need under a job."""
        return label_space(
            job, step_only=[name.removesuffix(STEP_ONLY) for name in self.names if name.endswith(STEP_ONLY)]
        )


def read_labelled(job: Job, path: Path) -> Labelled:
    """Read a file of labelled contacts; lines that cannot be used are counted, not fatal.

    Raises NothingLabelledError if no line can be used, or BadInputError for an unusable file.
    """
    reader, rules = LabelReader(job, within="labels"), Rules.of(job)
    contacts, labels, names, examples = [], [], [], []
    unused: Counter[str] = Counter()
    for read in read_contacts(path, now=datetime.now(UTC)):
        if isinstance(read, Rejected):
            unused[read.kind] += 1
            examples.append(f"{path}:{read.line}: {read.message}")
            continue
        try:
            known = read.contact.labels
            if known is None:
                unused["no-labels"] += 1
                continue
            resolved, name = reader.resolve(known), reader.label(known)
        except UnknownLabelError as error:
            unused["unknown-label"] += 1
            examples.append(f"{path}:{read.line}: {error}")
            continue
        contacts.append(redact_contact(read.contact, rules))
        labels.append(resolved)
        names.append(name)
    if not contacts:
        why = f" ({examples[0]})" if examples else ""
        raise NothingLabelledError(f"{path}: no contact with `labels` of job {job.id!r} could be used{why}")
    settled = settled_names(names, labels, [" ".join(document_of(contact)) for contact in contacts])
    return Labelled(tuple(contacts), tuple(labels), settled, dict(unused), tuple(examples[:20]))


def settled_names(names: Sequence[str], labels: Sequence[Labels], texts: Sequence[str]) -> tuple[str, ...]:
    """Names to train on, where "on this step" is not made to compete with the step's own outcomes.

    A contact that names only its step takes the outcome of the most similar contact of that step that names one,
    so that it teaches the step; where no contact of the step names an outcome, the step alone is the name.
    """
    settled = list(names)
    for step in {label.step for label, name in zip(labels, names, strict=True) if name.endswith(STEP_ONLY)}:
        rows = [row for row, label in enumerate(labels) if label.step == step]
        named = [row for row in rows if not names[row].endswith(STEP_ONLY)]
        bare = [row for row in rows if names[row].endswith(STEP_ONLY)]
        if named:
            known = [names[row] for row in named]
            nearest = nearest_labels([texts[row] for row in bare], [texts[row] for row in named], known)
            for row, name in zip(bare, nearest, strict=True):
                settled[row] = name
    return tuple(settled)


def read_documents(path: Path, *, job: Job) -> list[Document]:
    """What the customers said in every contact of a file that can be read, labelled or not; redacted."""
    reads, rules = read_contacts(path, now=datetime.now(UTC)), Rules.of(job)
    return [document_of(redact_contact(read.contact, rules)) for read in reads if not isinstance(read, Rejected)]
