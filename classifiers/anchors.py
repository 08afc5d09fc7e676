"""What labels mean, said in words: points that stand for a label before anybody labelled a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.encoder import Encoder, FloatMatrix

ANCHOR_WEIGHT = 0.7
"""All anchors of a label together count as much as this part of one labelled text."""

Descriptions = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Anchors:
    """Vectors, shape (n, d), the code of each one's label among `labels`, and how much each counts."""

    vectors: FloatMatrix
    codes: NDArray[np.int64]
    weights: NDArray[np.float64]
    labels: int


def anchors_of(seen: Sequence[str], descriptions: Descriptions, encoder: Encoder) -> Anchors:
    """The anchors of the labels in `seen`, whose places are the codes; labels without a description have none."""
    texts = [text for label in seen for text in descriptions.get(label, ())]
    counts = [len(descriptions.get(label, ())) for label in seen]
    vectors = encoder.encode(texts) if texts else np.zeros((0, encoder.dimension), np.float32)
    weights = np.repeat(ANCHOR_WEIGHT / np.maximum(counts, 1), counts)
    return Anchors(vectors, np.repeat(np.arange(len(seen)), counts), weights, len(seen))
