"""Which words carried a decision, and what else a contact is about, from its passages read one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.besides import FEWEST_WORDS, PassageScores
from classifiers.documents import segment_weights
from classifiers.passages import spans_of
from classifiers.scores import NONE_LABEL, LabelScores, LabelSpace
from tagger.labels import outcome_of
from tagger.model import Contact, EvidenceSpan, Secondary

EVIDENCE_SHARE = 0.5
"""Words are evidence if they speak for the answer at least half as strongly as the strongest ones."""

MOST_EVIDENCE = 3
MOST_SECONDARY = 2

SURE_OF_SECOND = 0.9
"""The least chance that a passage alone must give another step; at 0.9 the contact was about it in 85 % of real chats
with a word for each turn's intent, at 0.8 in 73 %."""

SURE_OF_FIRST = 0.7
"""The least chance that some other passage gives the primary step: else the second step may well be the only one."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Passages:
    """What the customers of many contacts said, passage by passage, one contact after the other.

    Those of contact `n` are at `bounds[n]` to `bounds[n + 1]`. `scores` are of each passage alone, zeros for a contact
    that has only one: it is read as a whole.
    """

    spans: tuple[EvidenceSpan, ...]
    texts: tuple[str, ...]
    bounds: NDArray[np.int64]
    scores: LabelScores

    @classmethod
    def read(cls, contacts: Sequence[Contact], score: PassageScores, space: LabelSpace) -> Passages:
        """Cut into passages, and each read alone."""
        pieces = [_pieces(contact) for contact in contacts]
        bounds = np.cumsum([0, *map(len, pieces)], dtype=np.int64)
        spans = tuple(span for own in pieces for span, _ in own)
        texts = tuple(text for own in pieces for _, text in own)
        among = np.flatnonzero(np.repeat(np.diff(bounds) > 1, np.diff(bounds)))
        chances = np.zeros((len(texts), len(space.labels)))
        if len(among):
            chances[among] = score([texts[place] for place in among.tolist()]).probabilities
        return cls(spans, texts, bounds, LabelScores(space, chances, np.zeros(len(texts))))

    def of_contact(self, number: int) -> slice:
        """The places of one contact's passages."""
        return slice(int(self.bounds[number]), int(self.bounds[number + 1]))


def _pieces(contact: Contact) -> list[tuple[EvidenceSpan, str]]:
    return [
        (EvidenceSpan(turn, start, end), contact.turns[turn].text[start:end])
        for turn in contact.customer_turns
        for start, end in spans_of(contact.turns[turn].text)
    ]


def turns_that(weights: Floats, contact: Contact) -> tuple[EvidenceSpan, ...]:
    """The customer turns of the largest weights, in the order of the conversation."""
    turns = [contact.customer_turns[place] for place in _strong(weights)]
    return tuple(EvidenceSpan(turn, 0, len(contact.turns[turn].text)) for turn in turns)


def evidence(passages: Passages, number: int, column: int) -> tuple[EvidenceSpan, ...]:
    """The passages that spoke most for the label in `column`, in order: its chance given each alone, by its length.

    Neighbours in one turn become one span.
    """
    inside = passages.of_contact(number)
    spans = passages.spans[inside]
    if len(spans) < 2:
        return spans
    found: list[tuple[int, EvidenceSpan]] = []
    for place in _strong(passages.scores.probabilities[inside, column] * segment_weights(passages.texts[inside])):
        span = spans[place]
        if found and found[-1][0] == place - 1 and found[-1][1].turn == span.turn:
            span = EvidenceSpan(span.turn, found.pop()[1].start, span.end)
        found.append((place, span))
    return tuple(span for _, span in found)


def _strong(weights: Floats) -> list[int]:
    """Places of the few weights that are at least half as large as the largest, in order."""
    if not len(weights) or weights.max() <= 0:
        return []
    strong = np.flatnonzero(weights >= EVIDENCE_SHARE * weights.max())
    return sorted(sorted(strong.tolist(), key=lambda place: -weights[place])[:MOST_EVIDENCE])


def secondaries(passages: Passages, first: Sequence[int]) -> dict[int, tuple[Secondary, ...]]:
    """What contacts are about besides their primary group `first`, by number of contact, the surest first.

    A second step needs a passage that speaks for it with near certainty, and another one that speaks for the primary
    step. Its confidence is the product of both chances.
    """
    scores, space = passages.scores, passages.scores.space
    groups = scores.by_group.copy()
    groups[:, space.groups.index(NONE_LABEL)] = 0.0
    groups[np.array([text.count(" ") < FEWEST_WORDS - 1 for text in passages.texts], dtype=bool)] = 0.0
    found = {}
    for number in _candidates(groups, passages, first):
        inside = passages.of_contact(number)
        others = _others(space, groups[inside], scores.probabilities[inside], first[number])
        if others:
            found[number] = others
    return found


def learned_secondaries(scores: LabelScores) -> dict[int, tuple[Secondary, ...]]:
    """What contacts are about besides their primary group, by number, the surest first, as a model learned it.

    Its confidence is the chance of the step; the outcome is the most probable one of the step.
    """
    given, chances, space = scores.given_besides, scores.others, scores.space
    found = {}
    for number in np.flatnonzero(given.any(axis=1)).tolist():
        groups = sorted(np.flatnonzero(given[number]).tolist(), key=lambda group: -chances[number, group])
        labels = [best_label(space, scores.probabilities[number], group) for group in groups]
        found[number] = tuple(
            Secondary(space.groups[group], outcome_of(label), round(float(chances[number, group]), 6))
            for group, label in zip(groups, labels, strict=True)
        )
    return found


def _candidates(groups: Floats, passages: Passages, first: Sequence[int]) -> list[int]:
    """Contacts with a passage that is sure of another group than their first, which is one of the job's."""
    rows = np.flatnonzero((groups >= SURE_OF_SECOND).any(axis=1))
    owners = np.searchsorted(passages.bounds, rows, side="right") - 1
    other = groups[rows].argmax(axis=1) != np.array(first, dtype=np.int64)[owners]
    return sorted(set(owners[other].tolist()))


def _others(space: LabelSpace, groups: Floats, labels: Floats, first: int) -> tuple[Secondary, ...]:
    """The further steps of one contact, from its passages' chances of groups and labels."""
    found = []
    for group in np.flatnonzero(groups.max(axis=0) >= SURE_OF_SECOND).tolist():
        place = int(groups[:, group].argmax())
        support = np.delete(groups[:, first], place).max(initial=0.0)
        if group == first or support < SURE_OF_FIRST:
            continue
        label = best_label(space, labels[place], group)
        confidence = round(float(groups[place, group] * support), 6)
        found.append(Secondary(space.groups[group], outcome_of(label), confidence))
    return tuple(sorted(found, key=lambda one: -one.confidence)[:MOST_SECONDARY])


def best_label(space: LabelSpace, chances: Floats, group: int) -> str:
    """The most probable label of a group."""
    inside = [column for column, owner in enumerate(space.group_of) if owner == group]
    return space.labels[max(inside, key=lambda column: chances[column])]
