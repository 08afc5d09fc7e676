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
    """One vector of length 1 per document, shape (n, dimension).

    An encoder that reads whole documents weighs their turns itself; of any other, the weighted mean of the
    segments' vectors counts.
    """
    if encoder.whole:
        return encoder.encode(joined(documents))
    texts = [segment for document in documents for segment in document]
    vectors = encoder.encode(texts) if texts else np.zeros((0, encoder.dimension), np.float32)
    owners = np.repeat(np.arange(len(documents)), [len(document) for document in documents])
    weights = [segment_weights(document) for document in documents]
    summed: FloatMatrix = np.zeros((len(documents), encoder.dimension), dtype=np.float32)
    if texts:
        np.add.at(summed, owners, vectors * np.concatenate(weights).astype(np.float32)[:, None])
    return unit_rows(summed)


def side_by_side(vectors: FloatMatrix, others: FloatMatrix) -> FloatMatrix:
    """Two views of each document as one point, shape (n, 2 dimension), whose squared distances are the mean of both's.

    A head's kernel of such points is the product of a kernel for each view; two equal views are as one.
    """
    halved: FloatMatrix = np.hstack([vectors, others]) * np.float32(np.sqrt(0.5))
    return halved
