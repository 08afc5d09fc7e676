"""The turn in which a customer first says what a conversation is about: a view of it beside the whole.

Later turns answer questions (a name, a number, another wish) and draw the whole away from what the customer came for;
the first turn is often a greeting. Which turn it is comes from the labels themselves: how much a word tells of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from classifiers.calibration import Codes
from classifiers.documents import Document, joined
from classifiers.lexical import LexicalFeatures
from classifiers.telling import Telling, held_out_telling

CONVERSATIONS = 0.5
"""Openings are learnt where at least this share of the documents has several turns."""

LIKE_THE_MOST = 0.6
"""The opening is the first turn that tells at least this part of what the most telling turn does."""


def openings_of(documents: Sequence[Document], telling: Telling) -> list[Document]:
    """The opening turn of every document, as a document of its own; one of a single turn is its own opening.

    It is the first turn that tells nearly as much as any of them does.
    """
    return [document if len(document) < 2 else (document[_place(document, telling)],) for document in documents]


def held_out_openings(
    documents: Sequence[Document], codes: Codes, folds: Codes, features: LexicalFeatures
) -> list[Document]:
    """The opening of every document, found by what the documents of other folds tell."""
    found = list(documents)
    for rows, telling in held_out_telling(documents, codes, folds, features):
        for row, opening in zip(rows, openings_of([documents[row] for row in rows], telling), strict=True):
            found[row] = opening
    return found


def are_conversations(documents: Sequence[Document]) -> bool:
    """Whether at least half of the documents have several turns."""
    several = sum(len(document) > 1 for document in documents)
    return several >= CONVERSATIONS * max(1, len(documents))


def words_in(documents: Sequence[Document], features: LexicalFeatures, telling: Telling | None) -> sparse.csr_matrix:
    """Word features of documents, beside those of their openings where these are looked for."""
    return beside_openings(features, documents, None if telling is None else openings_of(documents, telling))


def beside_openings(
    features: LexicalFeatures, documents: Sequence[Document], openings: Sequence[Document] | None
) -> sparse.csr_matrix:
    """Word features, shape (n, size); with openings, (n, 2 size): the whole and its opening, each at half weight."""
    whole = features.transform(joined(documents))
    if openings is None:
        return whole
    opened = whole if all(len(document) == 1 for document in documents) else features.transform(joined(openings))
    both = sparse.hstack([whole, opened], format="csr")
    both.data *= np.sqrt(0.5)
    return both


def _place(document: Document, telling: Telling) -> int:
    tells = [telling.of(segment) for segment in document]
    least = LIKE_THE_MOST * max(tells)
    return next(place for place, told in enumerate(tells) if told >= least)
