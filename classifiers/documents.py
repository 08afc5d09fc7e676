"""A document is what one customer said, in segments (turns); how segments become one text and one vector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifiers.encoder import Encoder, FloatMatrix, unit_rows
from taxonomy.errors import BadInputError

Document = Sequence[str]

SMALL_TALK_WORDS = 4.0


class DocumentError(BadInputError):
    """Documents are not sequences of segments, or do not match their labels."""


def joined(documents: Sequence[Document]) -> list[str]:
    """Each document as one text. Raises DocumentError for a bare string, whose segments would be letters."""
    for number, document in enumerate(documents):
        if isinstance(document, str):
            raise DocumentError(f"document {number} is a string; give a list of segments, such as [text].")
    return [" ".join(document) for document in documents]


def as_one_text(documents: Sequence[Document]) -> list[Document]:
    """Each document with all its segments as one. Raises DocumentError."""
    return [(text,) for text in joined(documents)]


def segment_weights(document: Document) -> NDArray[np.float64]:
    """How much each segment counts, shape (segments,): w^2 / (w + 4) for w words.

    Long turns count by their length; "ok" and "thank you" hardly count, unless nothing else was said.
    """
    words = np.array([len(segment.split()) for segment in document], dtype=np.float64)
    return np.asarray(words * words / (words + SMALL_TALK_WORDS))


def pooled(encoder: Encoder, documents: Sequence[Document]) -> FloatMatrix:
    """What documents mean, the last layer: one vector of length 1 each, shape (n, dimension)."""
    return np.ascontiguousarray(pooled_layers(encoder, documents)[:, 0])


def pooled_layers(encoder: Encoder, documents: Sequence[Document]) -> FloatMatrix:
    """A vector of length 1 for each document and layer of the encoder, the last first, shape (n, layers, dimension).

    An encoder that reads whole documents weighs their turns itself; of any other, the weighted mean of the
    segments' vectors counts.
    """
    if encoder.whole:
        return encoder.encode_layers(joined(documents))
    texts = [segment for document in documents for segment in document]
    summed: FloatMatrix = np.zeros((len(documents), encoder.layers, encoder.dimension), dtype=np.float32)
    if texts:
        owners = np.repeat(np.arange(len(documents)), [len(document) for document in documents])
        weights = np.concatenate([segment_weights(document) for document in documents]).astype(np.float32)
        np.add.at(summed, owners, encoder.encode_layers(texts) * weights[:, None, None])
    return unit_rows(summed)


def as_points(layers: FloatMatrix, *, every: bool) -> FloatMatrix:
    """Documents as points for a head's kernel: by their last layer, or by `every` layer side by side.

    Of shape (n, layers, dimension) come points of length 1, shape (n, dimension) or (n, layers dimension); squared
    distances are the mean of those of the layers.
    """
    if not every:
        return np.ascontiguousarray(layers[:, 0])
    texts, count, dimension = layers.shape
    points: FloatMatrix = (layers * np.float32(np.sqrt(1.0 / count))).reshape(texts, count * dimension)
    return points


def side_by_side(vectors: FloatMatrix, others: FloatMatrix) -> FloatMatrix:
    """Two views of each document as one point, shape (n, 2 dimension), whose squared distances are the mean of both's.

    A head's kernel of such points is the product of a kernel for each view; two equal views are as one.
    """
    halved: FloatMatrix = np.hstack([vectors, others]) * np.float32(np.sqrt(0.5))
    return halved
