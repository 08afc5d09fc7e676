"""Very long contacts, read by the passages that say something: the rest would drown what the customer came for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.cascade import Answers
from classifiers.documents import Document, segment_weights
from classifiers.passages import spans_of
from classifiers.scores import NONE_LABEL, LabelScores
from classifiers.stages import LexicalStage

FEWEST_WORDS = 48
"""What is kept of a very long document, where training documents were no longer."""

AGREEMENT = 0.8
"""The least share of all that passages say for groups which must speak for the answer, else it is deferred.

On generated contacts among 400 words of other people's small talk, 5 % of the answers kept so were wrong, 17 % without;
a promise made on short documents says nothing of such ones.
"""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reach:
    """How long a model's training documents were: what is far longer is read by its passages.

    `words`: as many words are kept, about a usual document; `beyond`: documents of more words than this.
    """

    words: int
    beyond: int

    @classmethod
    def of(cls, documents: Sequence[Document]) -> Reach:
        """From training documents: their median length, and twice the length that one in twenty passes."""
        lengths = [words_of(document) for document in documents]
        usual, long = np.quantile(lengths, [0.5, 0.95]) if lengths else (0.0, 0.0)
        kept = max(FEWEST_WORDS, round(usual))
        return cls(kept, max(2 * kept, round(2 * long)))


@dataclass(frozen=True)
class Focused:
    """Documents ready to be read; `rows` are those reduced, `support` what their passages say for each group.

    `support` has shape (rows, groups) and sums to 1 where anything was said at all.
    """

    documents: list[Document]
    rows: NDArray[np.int64]
    support: Floats

    def settled(self, answers: Answers) -> Answers:
        """The answers; those to reduced documents are deferred where their passages do not agree with them."""
        if not len(self.rows):
            return answers
        best = answers.scores.by_group[self.rows].argmax(axis=1)
        agreed = self.support[np.arange(len(self.rows)), best] >= AGREEMENT
        deferred = answers.deferred.copy()
        by_llm = np.array([answers.stage[row] == "llm" for row in self.rows.tolist()])
        deferred[self.rows] |= ~agreed & ~by_llm
        return Answers(answers.scores, answers.stage, deferred)


def words_of(document: Document) -> int:
    """How many words a document has."""
    return sum(len(segment.split()) for segment in document)


def focused(documents: Sequence[Document], lexical: LexicalStage, reach: Reach | None) -> Focused:
    """Reduce the documents far longer than those of training to the passages that say most; leave the others."""
    rows = [row for row, document in enumerate(documents) if reach is not None and words_of(document) > reach.beyond]
    found, support = list(documents), []
    for row in rows:
        found[row], said = _reduced(documents[row], lexical, reach.words if reach else FEWEST_WORDS)
        support.append(said)
    shape = (len(rows), len(lexical.columns.space.groups))
    return Focused(found, np.array(rows, dtype=np.int64), np.array(support).reshape(shape))


def _reduced(document: Document, lexical: LexicalStage, words: int) -> tuple[Document, Floats]:
    """About so many words of a document, in their order, and what all its passages say for each group.

    A passage counts by its length, its familiarity, and how far the others agree with it; said again it counts once.
    """
    passages = list(dict.fromkeys(segment[start:end] for segment in document for start, end in spans_of(segment)))
    scores = lexical.passage_scores(passages)
    weights = segment_weights(passages) * (1.0 - scores.novelty)
    groups = _in_scope(scores)
    said = (groups**4 * weights[:, None] ** 2).sum(axis=0)
    support = said / said.sum() if said.sum() > 0 else said
    worth = (groups * support).max(axis=1) * weights
    kept: list[int] = []
    length = 0
    for place in np.argsort(-worth, kind="stable").tolist():
        length += len(passages[place].split())
        if kept and length > words:
            break
        kept.append(place)
    return [passages[place] for place in sorted(kept)], support


def _in_scope(scores: LabelScores) -> Floats:
    """Chances of the groups, that of fitting none left out."""
    groups = scores.by_group.copy()
    groups[:, scores.space.groups.index(NONE_LABEL)] = 0.0
    return groups
