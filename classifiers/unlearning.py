"""What a saved model keeps of single texts, taken out again: n-grams that nobody else said, and their vectors.

The other numbers were fitted with those texts among many and stay; only a new training never saw them.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.artifact import save
from classifiers.documents import Document, joined
from classifiers.encoder import FloatMatrix, unit_rows
from classifiers.lexical import GramTable, grams_of
from classifiers.margins import KernelScorer
from classifiers.model import Model
from classifiers.telling import Telling

SAME = 0.9999
"""Cosine from which a stored vector is that of the text itself."""

MARK = "\x00erased-"
"""No n-gram of a text can begin so: words hold no such character, runs of characters are shorter."""

ERASED = "erased_texts"
"""The place on the card that counts what was taken out: the mark of a model that should be trained again."""

OLD = ".old-"


def erased_texts(card: Mapping[str, Any]) -> int:
    """How many texts that a model had learned from were taken out of it since."""
    found = card.get(ERASED, 0)
    return found if isinstance(found, int) else 0


@dataclass(frozen=True)
class Forgotten:
    """How many texts the model had learned from, and the n-grams and vectors that were taken out."""

    documents: int
    grams: int
    vectors: int


def forget_in_model(folder: Path, model: Model, documents: Sequence[Document]) -> Forgotten | None:
    """Take documents out of a saved model that learned from them; None where it had learned from none.

    The model keeps its id and says of other texts what it said before, but for what hung on these texts alone.
    """
    mend_swap(folder)
    learned = [document for document in documents if learned_from(model, document)]
    if not learned:
        return None
    without, vectors = _without_vectors(model, learned)  # first: gists are found by the words
    without, grams = _without_grams(without, learned)
    if not grams and not vectors:
        return None
    told = int(model.card.get(ERASED, 0)) + len(learned)
    _swap(replace(without, card={**model.card, ERASED: told}), folder)
    return Forgotten(len(learned), grams, vectors)


def learned_from(model: Model, document: Document) -> bool:
    """Whether a model holds a text: its own vector, or each of the words and word pairs that it could have kept."""
    if not any(segment.strip() for segment in document):
        return False
    vectors = model.embedding
    point = vectors.vectors([document])
    if any(len(_same(kept, point)) for kept in (vectors.reference, _wholes(vectors.scorer, point))):
        return True
    if len(_meant(model, [document])):
        return True
    said = grams_of(joined([document])[0], "words")
    return len(said) > 2 and said <= model.lexical.features.words.columns.keys()


def mend_swap(folder: Path) -> None:
    """Finish or undo an exchange of model files that was killed half way."""
    old = folder.with_name(f"{OLD}{folder.name}")
    if old.exists() and not folder.exists():
        old.replace(folder)
    shutil.rmtree(old, ignore_errors=True)


def _swap(model: Model, folder: Path) -> None:
    """Write the model beside the old one, then exchange the two; files that `save` does not know go along."""
    draft, old = folder.with_name(f".draft-{folder.name}"), folder.with_name(f"{OLD}{folder.name}")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(folder, draft)
    save(model, draft)
    folder.replace(old)
    draft.replace(folder)
    shutil.rmtree(old)


def _without_grams(model: Model, documents: Sequence[Document]) -> tuple[Model, int]:
    """Names of n-grams that no other text of the training held become marks, which nothing matches."""
    features, count = model.lexical.features, _texts_of(model)
    words, gone_words = _marked(features.words, documents, count)
    chars, gone_chars = _marked(features.chars, documents, count)
    openings, gists = (
        None if telling is None else Telling.over(words, telling.told)
        for telling in (model.lexical.openings, model.embedding.gists)
    )
    lexical = replace(model.lexical, features=replace(features, words=words, chars=chars), openings=openings)
    if lexical.sense is not None:
        gone = features.words.columns.keys() - words.columns.keys()
        lexical = replace(lexical, sense=lexical.sense.without(words=gone))
    embedding = replace(model.embedding, gists=gists)
    return replace(model, lexical=lexical, embedding=embedding), gone_words + gone_chars


def _marked(table: GramTable, documents: Sequence[Document], texts: float) -> tuple[GramTable, int]:
    held = Counter(gram for text in joined(documents) for gram in grams_of(text, table.kind))
    # smoothed idf = ln((1 + n) / (1 + df)) + 1, turned round to the number of texts that held the n-gram
    frequency = (1.0 + texts) / np.exp(table.idf - 1.0) - 1.0
    names: list[str] = []
    gone = 0
    for gram, column in sorted(table.columns.items(), key=lambda pair: pair[1]):
        alone = bool(held[gram] > 0 and held[gram] >= frequency[column] - 0.5)
        gone += int(alone)
        names.append(f"{MARK}{column}" if alone else gram)
    return GramTable(table.kind, {name: column for column, name in enumerate(names)}, table.idf), gone


def _texts_of(model: Model) -> float:
    """How many texts the n-grams were counted in; without a card, as if the rarest of them had been in one."""
    said: Any = model.card.get("trained_on", {}).get("documents", 0)
    return float(said) or 2.0 * float(np.exp(model.lexical.features.words.rarest - 1.0)) - 1.0


def _without_vectors(model: Model, documents: Sequence[Document]) -> tuple[Model, int]:
    """Rows of landmarks, of the reference and of what words mean that are a document's own vector."""
    embedding = model.embedding
    points = embedding.vectors(documents)
    scorer, gone = _without_landmarks(embedding.scorer, points)
    near = _same(embedding.reference, points)
    lexical, meant = model.lexical, _meant(model, documents)
    if lexical.sense is not None:
        lexical = replace(lexical, sense=lexical.sense.without(rows=meant))
    embedding = replace(embedding, scorer=scorer, reference=np.delete(embedding.reference, near, axis=0))
    if embedding.second is not None:
        again = embedding.vectors(documents, embedding.second.encoder)
        second, more = _without_landmarks(embedding.second.scorer, again)
        embedding, gone = replace(embedding, second=replace(embedding.second, scorer=second)), gone + more
    return replace(model, lexical=lexical, embedding=embedding), gone + len(near) + len(meant)


def _meant(model: Model, documents: Sequence[Document]) -> NDArray[np.int64]:
    """Rows of what words mean that are a document's own."""
    sense = model.lexical.sense
    if sense is None:
        return np.zeros(0, dtype=np.int64)
    return _same(unit_rows(sense.reference), unit_rows(sense.points(joined(documents))))


def _without_landmarks(scorer: KernelScorer, points: FloatMatrix) -> tuple[KernelScorer, int]:
    rows = _same(_wholes(scorer, points), points)
    if not len(rows):
        return scorer, 0
    kept = replace(scorer, landmarks=np.delete(scorer.landmarks, rows, 0), weights=np.delete(scorer.weights, rows, 0))
    return kept, len(rows)


def _wholes(scorer: KernelScorer, points: FloatMatrix) -> FloatMatrix:
    """A head's landmarks without the openings that may stand beside the whole documents, of length 1."""
    return unit_rows(scorer.landmarks[:, : points.shape[1]])


def _same(kept: FloatMatrix, points: FloatMatrix) -> NDArray[np.int64]:
    """Rows of `kept` that are one of the points."""
    found: NDArray[np.int64] = np.flatnonzero((kept @ points.T).max(axis=1, initial=0.0) > SAME)
    return found
