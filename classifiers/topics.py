"""Texts that belong together, and the words that set them apart from the rest.

Average-linkage clustering on cosine distance: the same texts always give the same groups, and one text more or less
moves little. Density-based clustering (HDBSCAN) left a third to a half of such texts out, and cut planted topics up
or joined them from run to run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from classifiers.documents import Document, pooled, segment_weights
from classifiers.encoder import Encoder, FloatMatrix, unit_rows
from classifiers.novelty import nearest_distance

Codes = NDArray[np.int64]

APART = 0.68
"""Mean cosine distance at which two groups stay two. On planted topics 0.65 broke them up and 0.75 joined strangers."""

FEWEST = 5
"""Texts that make a topic; fewer are chance."""

MOST_AT_ONCE = 3000
"""Texts clustered by their distances (their square in memory: 72 MB); the others join the nearest group."""

STRANGE = 0.5
"""Novelty from which a contact counts as strange: of those that fit, one in a hundred is as far from all labelled."""

IN_TEXTS = 3
"""A name's word stands in so many texts of its topic, so that nobody's own words become one."""

WORD = re.compile(r"[^\W\d_]{3,}(?:'[a-z]+)?")
PLACEHOLDER = re.compile(r"\[[A-Z_]+\d*\]")


def salient_vectors(
    encoder: Encoder, documents: Sequence[Document], known: FloatMatrix
) -> tuple[FloatMatrix, NDArray[np.int64]]:
    """One vector of length 1 per document, shape (n, dimension), and the number of its strangest segment (-1: empty).

    Segments count by their length times their distance to `known` (labelled texts, shape (m, dimension)): greetings
    and small talk, which are alike everywhere, would otherwise decide which contacts look alike.
    """
    texts = [segment for document in documents for segment in document]
    if not texts:
        return np.zeros((len(documents), encoder.dimension), np.float32), np.full(len(documents), -1)
    vectors = encoder.encode(texts)
    lengths = [len(document) for document in documents]
    owners = np.repeat(np.arange(len(documents)), lengths)
    worth = np.concatenate([segment_weights(document) for document in documents]) * nearest_distance(vectors, known)
    summed: FloatMatrix = np.zeros((len(documents), encoder.dimension), dtype=np.float32)
    np.add.at(summed, owners, vectors * worth.astype(np.float32)[:, None])
    if encoder.whole:
        summed = pooled(encoder, documents)
    ends = np.cumsum(lengths)
    tops = [
        int(worth[end - length : end].argmax()) if length else -1 for end, length in zip(ends, lengths, strict=True)
    ]
    return unit_rows(summed), np.array(tops, dtype=np.int64)


def group(vectors: FloatMatrix, *, apart: float = APART, fewest: int = FEWEST) -> Codes:
    """The topic of each row, shape (n,): 0, 1, ... by size, -1 where too few are like it. Rows have length 1."""
    some = np.arange(len(vectors))
    if len(vectors) < max(2, fewest):
        return np.full(len(vectors), -1)
    if len(vectors) > MOST_AT_ONCE:
        some = np.linspace(0, len(vectors) - 1, MOST_AT_ONCE).astype(int)
    model = AgglomerativeClustering(n_clusters=None, distance_threshold=apart, metric="cosine", linkage="average")
    found = _by_size(model.fit_predict(vectors[some].astype(np.float64)), fewest)
    if len(some) == len(vectors):
        return found
    return nearest_group(vectors, centres(vectors[some], found), apart=apart)


def centres(vectors: FloatMatrix, codes: Codes) -> FloatMatrix:
    """The mean direction of each topic, shape (topics, dimension), rows of length 1."""
    count = int(codes.max(initial=-1)) + 1
    return unit_rows(
        np.stack([vectors[codes == code].mean(axis=0) for code in range(count)])
        if count
        else np.zeros((0, vectors.shape[1]), np.float32)
    )


def nearest_group(vectors: FloatMatrix, middles: FloatMatrix, *, apart: float = APART) -> Codes:
    """The topic whose centre is nearest, -1 where none is as near as two texts of one topic are on average."""
    if not len(middles):
        return np.full(len(vectors), -1)
    near = vectors @ middles.T
    best = near.argmax(axis=1)
    return np.where(near[np.arange(len(vectors)), best] >= 1 - apart, best, -1)


def _by_size(labels: NDArray[np.int64], fewest: int) -> Codes:
    """Codes renumbered by size, ties by first appearance; small groups become -1."""
    names, firsts, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = sorted(range(len(names)), key=lambda place: (-sizes[place], firsts[place]))
    code_of = {int(names[place]): code for code, place in enumerate(order) if sizes[place] >= fewest}
    return np.array([code_of.get(int(label), -1) for label in labels], dtype=np.int64)


def terms_of(texts: Sequence[str], codes: Codes, *, count: int = 6) -> tuple[tuple[str, ...], ...]:
    """The words that name each topic, most telling first, by class TF-IDF (Grootendorst 2022).

    The share of the topic's texts that hold a word, times log(1 + 1 / its share of all texts); texts of no topic
    (-1) are what a topic stands out from. Words and pairs of words; stop words, digits and placeholders of redacted
    values never name anything.
    """
    topics = int(codes.max(initial=-1)) + 1
    held = [Counter[str]() for _ in range(topics + 1)]
    sizes = np.zeros(topics + 1)
    for text, code in zip(texts, codes, strict=True):
        words = _words(text)
        held[code].update(words)  # -1 is the last: the rest
        sizes[code] += 1
    overall: Counter[str] = sum(held, Counter())
    return tuple(_named(held[code], overall, sizes, code, count) for code in range(topics))


def _named(
    mine: Counter[str], overall: Counter[str], sizes: NDArray[np.float64], code: int, count: int
) -> tuple[str, ...]:
    total, rest = sizes.sum(), max(sizes.sum() - sizes[code], 1.0)
    scores = {
        word: (held / sizes[code]) * np.log1p(total / overall[word])
        for word, held in mine.items()
        if held >= IN_TEXTS and held / sizes[code] > (overall[word] - held) / rest
    }
    ranked = sorted(scores, key=lambda word: (-scores[word], word))
    return tuple(_distinct(ranked, count))


def _distinct(ranked: Sequence[str], count: int) -> list[str]:
    """The first words that say something new: of `reset` and `password reset` the one that comes first."""
    kept: list[str] = []
    for word in ranked:
        if not any(set(word.split()) & set(other.split()) for other in kept):
            kept.append(word)
        if len(kept) == count:
            break
    return kept


def _words(text: str) -> set[str]:
    """Words and neighbouring pairs of one text, without stop words and placeholders."""
    tokens = WORD.findall(PLACEHOLDER.sub(" . ", text).lower())
    told = [token for token in tokens if token.split("'")[0] not in ENGLISH_STOP_WORDS]
    return {*told, *(f"{first} {second}" for first, second in pairwise(told))}
