"""Contacts to tags: a job, a trained reader, and which turns carried its decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from classifiers.hostile import LabelNames, Plain, plain_of
from classifiers.scores import NONE_LABEL, LabelScores, LabelSpace
from tagger.evidence import Passages, best_label, evidence, learned_secondaries, secondaries, turns_that
from tagger.labels import outcome_of
from tagger.model import Contact, EvidenceSpan, Tag
from taxonomy.model import Job

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

    def passage_scores(self, passages: Sequence[str]) -> LabelScores:
        """What the words of each passage alone say."""

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


def names_of(job: Job) -> LabelNames:
    """What a job's labels are called: words that customers do not say to a service."""
    statements = [outcome.statement for outcome in job.outcome_by_id.values()]
    return LabelNames.of([*job.step_by_id, *job.outcome_by_id], [*(step.name for step in job.steps), *statements])


def tag_contacts(job: Job, reader: Reader, contacts: Sequence[Contact], *, wary: bool = True) -> Tagged:
    """Tag a batch. The step is the most probable one; the outcome is the most probable within it.

    Words that speak to the tagger are not read, and such a contact is deferred; `wary` False reads everything, to
    measure what that would do.
    """
    space, names = reader.space, names_of(job)
    plain = [plain_of(one, names) if wary else Plain(one) for one in map(document_of, contacts)]
    answers = reader.answer([one.document for one in plain])
    scores, groups = answers.scores.probabilities, answers.scores.by_group
    best = groups.argmax(axis=1)
    chosen = [best_label(space, row, group) for row, group in zip(scores, best, strict=True)]
    by_llm = _by_llm(answers, plain)
    read = Passages.read(contacts, reader.passage_scores, space)
    learned = answers.scores.besides is not None
    others = learned_secondaries(answers.scores) if learned else secondaries(read, best.tolist())
    carried = _carriers(reader, contacts, read, chosen, by_llm)
    shares = [as_shares(space.groups, row) for row in groups]
    prompt: str | None = getattr(reader, "prompt", None)  # readers without an LLM have none
    tags = tuple(
        Tag(
            contact_id=contact.id,
            step=None if space.groups[group] == NONE_LABEL else space.groups[group],
            outcome=outcome_of(label),
            confidence=shares[row][space.groups[group]],
            deferred=bool(answers.deferred[row]) or plain[row].suspicious,
            # What an LLM was not sure of is still the classifier's answer.
            source="llm" if by_llm[row] else "classifier",
            steps=shares[row],
            outcomes=as_shares(space.labels, scores[row]),
            # Among words that were not read nothing carried the decision, and no second step is believed.
            evidence=() if plain[row].suspicious else carried[row],
            secondary=() if plain[row].suspicious else others.get(row, ()),
            novelty=float(answers.scores.novelty[row]),
            model=reader.id,
            job=job.id,
            job_version=job.stamp,
            prompt=prompt if by_llm[row] else None,
            suspicious=plain[row].suspicious,
        )
        for row, (contact, group, label) in enumerate(zip(contacts, best, chosen, strict=True))
    )
    return Tagged(tags, scores)


def _by_llm(answers: Answers, plain: Sequence[Plain]) -> list[bool]:
    """Whose answer an LLM gave and nobody has to look at."""
    spoke = [stage == LLM and not away for stage, away in zip(answers.stage, answers.deferred, strict=True)]
    return [by_llm and not one.suspicious for by_llm, one in zip(spoke, plain, strict=True)]


def _carriers(
    reader: Reader, contacts: Sequence[Contact], read: Passages, chosen: Sequence[str], by_llm: Sequence[bool]
) -> list[tuple[EvidenceSpan, ...]]:
    """Which words carried each contact's decision."""
    carried = [evidence(read, row, reader.space.labels.index(label)) for row, label in enumerate(chosen)]
    for row in np.flatnonzero(by_llm).tolist():
        (weights,) = reader.segment_scores([document_of(contacts[row])], [chosen[row]])
        carried[row] = turns_that(weights, contacts[row])
    return carried


def as_shares(names: Sequence[str], values: NDArray[np.float64]) -> dict[str, float]:
    """Probabilities by name that sum to 1 after rounding to what they can mean."""
    rounded = np.round(values / values.sum(), 6)
    top = rounded.argmax()
    rounded[top] = round(rounded[top] + 1.0 - rounded.sum(), 6)
    return dict(zip(names, rounded.tolist(), strict=True))
