"""How much each word tells of the labels: by it the parts of a conversation that matter are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse, special

from classifiers.calibration import Codes, Floats
from classifiers.documents import Document, joined
from classifiers.lexical import WORD, GramTable, LexicalFeatures

DOUBT = 5.0
"""A word counts as if it had been seen this often in documents that are labelled as all are."""


@dataclass(frozen=True)
class Telling:
    """How much each n-gram of a table tells of the label, shape (columns,), in nats; single words are asked for."""

    table: GramTable
    told: Floats

    def of(self, text: str) -> float:
        """What the most telling word of a text tells."""
        told = self._by_word
        return max([told.get(word, 0.0) for word in WORD.findall(text.lower())], default=0.0)

    @classmethod
    def over(cls, table: GramTable, told: Floats) -> Telling:
        """These figures for the columns of a table. Raises ValueError if they are not as many."""
        if told.shape != (len(table.idf),):
            raise ValueError(f"{len(table.idf)} n-grams but {len(told)} say how much they tell")
        return cls(table, told)

    @cached_property
    def _by_word(self) -> dict[str, float]:
        return {gram: float(self.told[column]) for gram, column in self.table.columns.items() if " " not in gram}


def learnt_telling(documents: Sequence[Document], codes: Codes, features: LexicalFeatures) -> Telling:
    """What tells of the labels `codes` in documents."""
    said = features.words.transform(joined(documents))
    return Telling(features.words, _Counts.of(said, codes, int(codes.max()) + 1).told)


def held_out_telling(
    documents: Sequence[Document], codes: Codes, folds: Codes, features: LexicalFeatures
) -> Iterator[tuple[list[int], Telling]]:
    """The rows of each fold, and what tells in the documents of the other folds."""
    said, labels = features.words.transform(joined(documents)), int(codes.max()) + 1
    whole = _Counts.of(said, codes, labels)
    for fold in np.unique(folds):
        rows = np.flatnonzero(folds == fold)
        others = whole.without(_Counts.of(said[rows], codes[rows], labels))
        yield rows.tolist(), Telling(features.words, others.told)


@dataclass(frozen=True)
class _Counts:
    """In how many documents each word stands, by label, shape (columns, labels), and how many there are, by label."""

    words: Floats
    documents: Floats

    @classmethod
    def of(cls, said: sparse.csr_matrix, codes: Codes, labels: int) -> _Counts:
        """Count documents with these word features, shape (n, columns), and codes."""
        own = sparse.csr_matrix((np.ones(len(codes)), (np.arange(len(codes)), codes)), shape=(len(codes), labels))
        return cls((said > 0).astype(np.float64).T.dot(own).toarray(), own.sum(axis=0).A1)

    def without(self, others: _Counts) -> _Counts:
        """The counts of the documents that are not among these others."""
        return _Counts(self.words - others.words, self.documents - others.documents)

    @property
    def told(self) -> Floats:
        """By word the divergence (Kullback-Leibler) of its documents' labels from those of all, shape (columns,)."""
        usual = self.documents / max(1.0, self.documents.sum())
        found = (self.words + DOUBT * usual) / (self.words.sum(axis=1, keepdims=True) + DOUBT)
        return np.asarray(special.rel_entr(found, usual).sum(axis=1))
