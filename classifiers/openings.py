"""The turn in which a customer first says what a conversation is about: a view of it beside the whole.

Later turns answer questions (a name, a number, another wish) and draw the whole away from what the customer came for;
the first turn is often a greeting. Which turn it is comes from the labels themselves: how much a word tells of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special

from classifiers.documents import Document, joined
from classifiers.lexical import WORD, GramTable, LexicalFeatures

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]

CONVERSATIONS = 0.5
"""Openings are learnt where at least this share of the documents has several turns."""

LIKE_THE_MOST = 0.6
"""The opening is the first turn that tells at least this part of what the most telling turn does."""

DOUBT = 5.0
"""A word counts as if it had been seen this often in documents that are labelled as all are."""


@dataclass(frozen=True)
class Openings:
    """How much each n-gram of a table tells of the label, shape (columns,), in nats; single words are asked for."""

    table: GramTable
    told: Floats

    def of(self, documents: Sequence[Document]) -> list[Document]:
        """The opening turn of every document, as a document of its own; one of a single turn is its own opening.

        It is the first turn that tells nearly as much as any of them does.
        """
        return [document if len(document) < 2 else (document[self._place(document)],) for document in documents]

    @classmethod
    def over(cls, table: GramTable, told: Floats) -> Openings:
        """These figures for the columns of a table. Raises ValueError if they are not as many."""
        if told.shape != (len(table.idf),):
            raise ValueError(f"{len(table.idf)} n-grams but {len(told)} say how much they tell")
        return cls(table, told)

    def _place(self, document: Document) -> int:
        tells = [self._told_by(segment) for segment in document]
        least = LIKE_THE_MOST * max(tells)
        return next(place for place, told in enumerate(tells) if told >= least)

    def _told_by(self, segment: str) -> float:
        """What the most telling word of a segment tells."""
        told = self._by_word
        return max([told.get(word, 0.0) for word in WORD.findall(segment.lower())], default=0.0)

    @cached_property
    def _by_word(self) -> dict[str, float]:
        return {gram: float(self.told[column]) for gram, column in self.table.columns.items() if " " not in gram}


@dataclass(frozen=True)
class Counts:
    """In how many documents each word stands, by label, shape (columns, labels), and how many there are, by label."""

    words: Floats
    documents: Floats

    @classmethod
    def of(cls, said: sparse.csr_matrix, codes: Codes, labels: int) -> Counts:
        """Count documents with these word features, shape (n, columns), and codes."""
        own = sparse.csr_matrix((np.ones(len(codes)), (np.arange(len(codes)), codes)), shape=(len(codes), labels))
        return cls((said > 0).astype(np.float64).T.dot(own).toarray(), own.sum(axis=0).A1)

    def without(self, others: Counts) -> Counts:
        """The counts of the documents that are not among these others."""
        return Counts(self.words - others.words, self.documents - others.documents)

    @property
    def told(self) -> Floats:
        """By word the divergence (Kullback-Leibler) of its documents' labels from those of all, shape (columns,)."""
        usual = self.documents / max(1.0, self.documents.sum())
        found = (self.words + DOUBT * usual) / (self.words.sum(axis=1, keepdims=True) + DOUBT)
        return np.asarray(special.rel_entr(found, usual).sum(axis=1))


def learnt_openings(documents: Sequence[Document], codes: Codes, features: LexicalFeatures) -> Openings:
    """What tells of the labels `codes` in documents."""
    said = features.words.transform(joined(documents))
    return Openings(features.words, Counts.of(said, codes, int(codes.max()) + 1).told)


def held_out_openings(
    documents: Sequence[Document], codes: Codes, folds: Codes, features: LexicalFeatures
) -> list[Document]:
    """The opening of every document, found by what the documents of other folds tell."""
    said, labels = features.words.transform(joined(documents)), int(codes.max()) + 1
    whole = Counts.of(said, codes, labels)
    found = list(documents)
    for fold in np.unique(folds):
        rows = np.flatnonzero(folds == fold)
        others = Openings(features.words, whole.without(Counts.of(said[rows], codes[rows], labels)).told)
        for row, opening in zip(rows.tolist(), others.of([documents[row] for row in rows.tolist()]), strict=True):
            found[row] = opening
    return found


def are_conversations(documents: Sequence[Document]) -> bool:
    """Whether at least half of the documents have several turns."""
    several = sum(len(document) > 1 for document in documents)
    return several >= CONVERSATIONS * max(1, len(documents))


def words_in(documents: Sequence[Document], features: LexicalFeatures, openings: Openings | None) -> sparse.csr_matrix:
    """Word features of documents, beside those of their openings where these are looked for."""
    return beside_openings(features, documents, None if openings is None else openings.of(documents))


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
