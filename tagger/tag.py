"""Contacts to tags: a job, a trained reader, and which turns carried its decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from classifiers.scores import NONE_LABEL, LabelScores, LabelSpace
from tagger.labels import outcome_of
from tagger.model import Contact, EvidenceSpan, Tag
from taxonomy.model import Job

EVIDENCE_SHARE = 0.5
"""A turn is evidence if it speaks for the answer at least half as strongly as the strongest turn."""

MOST_EVIDENCE = 3
LLM = "llm"

Document = tuple[str, ...]


class Answers(Protocol):
    """What a reader says of documents: probabilities, and whether it was sure enough to stand by them."""

    @property
    def scores(self) -> LabelScores:
        """Calibrated probabilities and novelty."""

    @property
    def deferred(self) -> NDArray[np.bool_]:
        """Shape (n,): True where the answer is left to somebody else."""

    @property
    def stage(self) -> Sequence[str]:
        """Who spoke last of each document: a trained stage, or `llm`."""


class Reader(Protocol):
    """A trained classifier of documents, each a tuple of what the customer said in turn."""

    @property
    def id(self) -> str:
        """The model's id."""

    @property
    def space(self) -> LabelSpace:
        """Its labels."""

    def answer(self, documents: Sequence[Document]) -> Answers:
        """Read documents."""

    def segment_scores(self, documents: Sequence[Document], labels: Sequence[str]) -> list[NDArray[np.float64]]:
        """How strongly each segment of each document speaks for that document's label, in [0, 1]."""


@dataclass(frozen=True)
class Tagged:
    """Tags of a batch with the label probabilities behind them, shape (n, labels)."""

    tags: tuple[Tag, ...]
    probabilities: NDArray[np.float64]


def document_of(contact: Contact) -> Document:
    """What the customer said, turn by turn: the text that a classifier reads."""
    return tuple(contact.turns[position].text for position in contact.customer_turns)


def tag_contacts(job: Job, reader: Reader, contacts: Sequence[Contact]) -> Tagged:
    """Tag a batch. The step is the most probable one; the outcome is the most probable within it."""
    space = reader.space
    documents = [document_of(contact) for contact in contacts]
    answers = reader.answer(documents)
    scores, groups = answers.scores.probabilities, answers.scores.by_group
    best = groups.argmax(axis=1)
    chosen = [_best_label(space, row, group) for row, group in zip(scores, best, strict=True)]
    weights = reader.segment_scores(documents, chosen)
    shares = [_shares(space.groups, row) for row in groups]
    prompt: str | None = getattr(reader, "prompt", None)  # readers without an LLM have none
    tags = tuple(
        Tag(
            contact_id=contact.id,
            step=None if space.groups[group] == NONE_LABEL else space.groups[group],
            outcome=outcome_of(label),
            confidence=shares[row][space.groups[group]],
            deferred=bool(answers.deferred[row]),
            # What an LLM was not sure of is still the classifier's answer.
            source="llm" if answers.stage[row] == LLM and not answers.deferred[row] else "classifier",
            steps=shares[row],
            outcomes=_shares(space.labels, scores[row]),
            evidence=evidence(contact, weights[row]),
            novelty=float(answers.scores.novelty[row]),
            model=reader.id,
            job=job.id,
            job_version=job.stamp,
            prompt=prompt if answers.stage[row] == LLM and not answers.deferred[row] else None,
        )
        for row, (contact, group, label) in enumerate(zip(contacts, best, chosen, strict=True))
    )
    return Tagged(tags, scores)


def _best_label(space: LabelSpace, scores: NDArray[np.float64], group: int) -> str:
    inside = [column for column, owner in enumerate(space.group_of) if owner == group]
    return space.labels[max(inside, key=lambda column: scores[column])]


def _shares(names: Sequence[str], values: NDArray[np.float64]) -> dict[str, float]:
    """Probabilities by name that sum to 1 after rounding to what they can mean."""
    rounded = np.round(values / values.sum(), 6)
    top = rounded.argmax()
    rounded[top] = round(rounded[top] + 1.0 - rounded.sum(), 6)
    return dict(zip(names, rounded.tolist(), strict=True))


def evidence(contact: Contact, weights: NDArray[np.float64]) -> tuple[EvidenceSpan, ...]:
    """The customer turns that spoke most for the answer, in the order of the conversation."""
    if not len(weights) or weights.max() <= 0:
        return ()
    strong = np.flatnonzero(weights >= EVIDENCE_SHARE * weights.max())
    kept = sorted(sorted(strong, key=lambda position: -weights[position])[:MOST_EVIDENCE])
    turns = [contact.customer_turns[position] for position in kept]
    return tuple(EvidenceSpan(turn, 0, len(contact.turns[turn].text)) for turn in turns)
