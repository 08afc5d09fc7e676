"""The passages of a long document that tell what it is about: all of it that a sentence encoder reads.

An encoder takes time for every word, and the mean over hundreds of them is about everything and nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from classifiers.calibration import Codes
from classifiers.documents import Document
from classifiers.lexical import LexicalFeatures
from classifiers.passages import spans_of
from classifiers.telling import Telling, held_out_telling

MOST_WORDS = 64
"""A document of no more words is its own gist."""


def gists_of(documents: Sequence[Document], telling: Telling) -> list[Document]:
    """Each document with only its most telling passages, in their order and in their segments."""
    return [_gist(document, telling) if is_long(document) else document for document in documents]


def held_out_gists(
    documents: Sequence[Document], codes: Codes, folds: Codes, features: LexicalFeatures
) -> list[Document]:
    """The gist of every document, found by what the documents of other folds tell."""
    found = list(documents)
    for rows, telling in held_out_telling(documents, codes, folds, features):
        for row, gist in zip(rows, gists_of([documents[row] for row in rows], telling), strict=True):
            found[row] = gist
    return found


def is_long(document: Document) -> bool:
    """Whether a document has more words than are read of it."""
    return sum(len(segment.split()) for segment in document) > MOST_WORDS


def _gist(document: Document, telling: Telling) -> Document:
    spans = [(place, start, end) for place, segment in enumerate(document) for start, end in spans_of(segment)]
    told = np.array([telling.of(document[place][start:end]) for place, start, end in spans])
    kept: list[int] = []
    words = 0
    for number in np.argsort(-told, kind="stable").tolist():
        place, start, end = spans[number]
        words += len(document[place][start:end].split())
        if kept and words > MOST_WORDS:
            break
        kept.append(number)
    parts: dict[int, list[str]] = {}
    for place, start, end in (spans[number] for number in sorted(kept)):
        parts.setdefault(place, []).append(document[place][start:end])
    return tuple(" ".join(passages) for passages in parts.values())
