"""What labels mean, said in words: points that stand for a label before anybody labelled a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from classifiers.encoder import Encoder, FloatMatrix

ANCHOR_WEIGHT = 0.7
"""All anchors of a label together count as much as this part of one labelled text."""

Words: TypeAlias = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Situation:
    """Something people come with, whatever the job: the need behind it in a few wordings, its name, what is said."""

    need: tuple[str, ...]
    name: str
    said: tuple[str, ...]


@dataclass(frozen=True)
class Meanings:
    """What labels mean, in a few wordings each, and known situations that may turn out to belong to one of them."""

    labels: Words
    situations: tuple[Situation, ...] = ()


Descriptions: TypeAlias = Words | Meanings


@dataclass(frozen=True)
class Anchors:
    """Vectors, shape (n, d), the text and the code of each one's label among `labels`, and how much each counts.

    Where labelled texts told whose anchors some are, `unseen`, shape (folds, n), has the codes that the texts outside
    of each fold would have told.
    """

    vectors: FloatMatrix
    codes: NDArray[np.int64]
    weights: NDArray[np.float64]
    labels: int
    texts: tuple[str, ...] = ()
    unseen: NDArray[np.int64] | None = None

    def joined(self, more: Anchors) -> Anchors:
        """These and more anchors of the same labels; only the latter may hang on labelled texts."""
        if (unseen := more.unseen) is not None:
            unseen = np.hstack([np.tile(self.codes, (len(unseen), 1)), unseen])
        return Anchors(
            np.concatenate([self.vectors, more.vectors]),
            np.concatenate([self.codes, more.codes]),
            np.concatenate([self.weights, more.weights]),
            self.labels,
            (*self.texts, *more.texts),
            unseen,
        )


def meanings_of(descriptions: Descriptions) -> Meanings:
    """Bare wordings as meanings without situations."""
    return descriptions if isinstance(descriptions, Meanings) else Meanings(descriptions)


def anchors_of(seen: Sequence[str], words: Words, encoder: Encoder) -> Anchors:
    """The anchors of the labels in `seen`, whose places are the codes; labels without a description have none."""
    texts = tuple(text for label in seen for text in words.get(label, ()))
    counts = [len(words.get(label, ())) for label in seen]
    vectors = encoder.encode(texts) if texts else np.zeros((0, encoder.dimension), np.float32)
    weights = np.repeat(ANCHOR_WEIGHT / np.maximum(counts, 1), counts)
    return Anchors(vectors, np.repeat(np.arange(len(seen)), counts), weights, len(seen), texts)
