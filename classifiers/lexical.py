"""TF-IDF over words and characters, computed here so that a saved model is plain numbers and starts fast.

The same figures as scikit-learn's TfidfVectorizer (sublinear, smoothed idf, length 1 per block); a test holds
the two together. Character n-grams stay inside words, so each distinct word is cut up once and remembered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

WORD = re.compile(r"\b\w\w+\b")
CHAR_SIZES = (3, 4, 5)
REMEMBERED_WORDS = 200_000
PAIR_SHARE = 0.5

Kind = Literal["words", "chars"]


@dataclass(frozen=True)
class GramTable:
    """One block of features: n-gram to column, and the inverse document frequency of each column."""

    kind: Kind
    columns: Mapping[str, int]
    idf: NDArray[np.float64]
    _seen: dict[str, NDArray[np.int64]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def rarest(self) -> float:
        """The largest inverse document frequency, 1 for an empty table."""
        return float(self.idf.max()) if len(self.idf) else 1.0

    @classmethod
    def fit(cls, texts: Sequence[str], *, kind: Kind, min_count: int = 1, limit: int = 200_000) -> GramTable:
        """The n-grams in at least `min_count` texts, at most `limit` of them (the most frequent)."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(grams_of(text, kind))
        kept = [(gram, count) for gram, count in counts.items() if count >= min_count]
        if len(kept) > limit:
            kept = sorted(kept, key=lambda pair: (-pair[1], pair[0]))[:limit]
        kept.sort()
        frequency = np.array([count for _, count in kept], dtype=np.float64)
        idf = np.log((1.0 + len(texts)) / (1.0 + frequency)) + 1.0
        return cls(kind, {gram: column for column, (gram, _) in enumerate(kept)}, idf)

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Weights of length 1 per text, shape (n, columns); a text without a known n-gram is all zeros."""
        pieces = [self._columns_of(text) for text in texts]
        lengths = np.fromiter(map(len, pieces), dtype=np.int64, count=len(pieces))
        columns = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int64)
        rows = np.repeat(np.arange(len(pieces)), lengths)
        shape = (len(pieces), len(self.idf))
        counted = sparse.coo_matrix((np.ones(len(columns)), (rows, columns)), shape=shape).tocsr()
        counted.data = (1.0 + np.log(counted.data)) * self.idf[counted.indices]
        return _unit_rows(counted)

    def _columns_of(self, text: str) -> NDArray[np.int64]:
        if self.kind == "words":
            return self._known(_word_grams(text))
        if len(self._seen) > REMEMBERED_WORDS:
            self._seen.clear()
        pieces = []
        for word in text.lower().split():
            known = self._seen.get(word)
            if known is None:
                known = self._seen[word] = self._known(_char_grams(word))
            pieces.append(known)
        return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int64)

    def _known(self, grams: Iterable[str]) -> NDArray[np.int64]:
        found = (self.columns.get(gram) for gram in grams)
        return np.array([column for column in found if column is not None], dtype=np.int64)


@dataclass(frozen=True)
class LexicalFeatures:
    """Word 1-2-grams beside character 3-5-grams."""

    words: GramTable
    chars: GramTable

    @classmethod
    def fit(cls, texts: Sequence[str], *, min_count: int = 1) -> LexicalFeatures:
        """Both blocks, learnt from `texts`."""
        return cls(
            GramTable.fit(texts, kind="words", min_count=min_count),
            GramTable.fit(texts, kind="chars", min_count=min_count),
        )

    @property
    def size(self) -> int:
        """Number of columns."""
        return len(self.words.idf) + len(self.chars.idf)

    def unfamiliarity(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """How much of each text was never seen in training, shape (n,), 0 to 1.5.

        The share of unseen words, rare words counting more (idf; an unseen word as the rarest), plus half the share
        of unseen word pairs. A text without words is 1.5.
        """
        return np.array([_unfamiliar(WORD.findall(text.lower()), self.words) for text in texts], dtype=np.float64)

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Weights, shape (n, size): each block has length 1, or 0 where nothing in it is known."""
        return sparse.hstack([self.words.transform(texts), self.chars.transform(texts)], format="csr")


def grams_of(text: str, kind: Kind) -> set[str]:
    """The distinct n-grams of a text."""
    return set(_grams(text, kind))


def _grams(text: str, kind: Kind) -> Iterable[str]:
    if kind == "words":
        return _word_grams(text)
    return chain.from_iterable(_char_grams(word) for word in text.lower().split())


def _word_grams(text: str) -> list[str]:
    tokens = WORD.findall(text.lower())
    return tokens + [f"{first} {second}" for first, second in pairwise(tokens)]


def _char_grams(word: str) -> list[str]:
    """All runs of 3 to 5 characters of the word between blanks; a shorter word counts once, whole."""
    padded = f" {word} "
    grams: list[str] = []
    for size in CHAR_SIZES:
        grams.extend(padded[start : start + size] for start in range(max(1, len(padded) - size + 1)))
        if len(padded) <= size:
            break
    return grams


def _unfamiliar(tokens: list[str], table: GramTable) -> float:
    if not tokens:
        return 1.0 + PAIR_SHARE
    rarest = table.rarest
    found = [table.columns.get(token) for token in tokens]
    known = sum(table.idf[column] for column in found if column is not None)
    unknown = rarest * sum(column is None for column in found)
    pairs = [f"{first} {second}" not in table.columns for first, second in pairwise(tokens)]
    return float(unknown / (known + unknown)) + PAIR_SHARE * sum(pairs) / max(1, len(pairs))


def _unit_rows(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    squares = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
    lengths = np.sqrt(np.where(squares > 0, squares, 1.0))
    rows.data /= np.repeat(lengths, np.diff(rows.indptr))
    return rows
