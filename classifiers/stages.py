"""The two trained stages of the cascade: words first, sentence vectors where words do not settle it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from classifiers.besides import BesidesByWords, BesidesScale, Heard
from classifiers.calibration import Floats, MarginScale
from classifiers.cascade import StageAnswers
from classifiers.documents import Document, as_one_text, as_points, joined, pooled, pooled_layers, side_by_side
from classifiers.encoder import Encoder, FloatMatrix
from classifiers.gist import gists_of
from classifiers.lexical import LexicalFeatures
from classifiers.margins import KernelScorer, LinearScorer
from classifiers.novelty import TailFit, lexical_distance, nearest_distance, with_none
from classifiers.openings import beside_openings, openings_of
from classifiers.scores import NONE_LABEL, LabelScores, LabelSpace
from classifiers.telling import Telling
from classifiers.word_sense import WordSense


@dataclass(frozen=True)
class Columns:
    """Which columns of a label space a head has seen examples of, in the head's own order."""

    space: LabelSpace
    seen: tuple[int, ...]

    @property
    def none(self) -> int:
        """The column of `_none`."""
        return self.space.labels.index(NONE_LABEL)

    @property
    def in_scope(self) -> NDArray[np.int64]:
        """Positions among `seen` of the labels that are not `_none`."""
        return np.array([place for place, column in enumerate(self.seen) if column != self.none], dtype=np.int64)

    @property
    def groups(self) -> NDArray[np.int64]:
        """The group of each seen label, shape (seen,)."""
        return np.array([self.space.group_of[column] for column in self.seen], dtype=np.int64)

    def split(self, margins: Floats) -> tuple[Floats, Floats]:
        """The columns of labels, and those of groups behind them, shape (n, groups) or (n, 0)."""
        return margins[:, : len(self.seen)], margins[:, len(self.seen) :]

    def spread(self, probabilities: Floats, chance_of_none: Floats) -> Floats:
        """From seen labels to the whole space: unseen ones get 0, `_none` gains what strangeness says.

        Several seen labels of one column are merged: their probabilities add up.
        """
        into = np.zeros((len(self.seen), len(self.space.labels)))
        into[np.arange(len(self.seen)), list(self.seen)] = 1.0
        whole = probabilities @ into
        return with_none(whole, self.none, chance_of_none)


@dataclass(frozen=True)
class Acceptance:
    """When a stage answers itself: at least this confident, and no stranger than this (both inclusive).

    Besides, what else a document is about must be settled. With `none_strange` a document may be as strange as it likes
    where the answer is that it fits nothing.
    """

    confidence: float
    novelty: float = 1.0
    none_strange: bool = False

    def familiar(self, scores: LabelScores) -> NDArray[np.bool_]:
        """Which rows are not too strange to be answered, shape (n,)."""
        near = scores.novelty <= self.novelty
        return np.asarray(near | (scores.best == scores.space.labels.index(NONE_LABEL)) if self.none_strange else near)

    def sure(self, scores: LabelScores) -> NDArray[np.bool_]:
        """Which rows the stage keeps, shape (n,)."""
        return np.asarray((scores.confidence >= self.confidence) & self.familiar(scores) & scores.settled)


@dataclass(frozen=True)
class LexicalStage:
    """TF-IDF and a linear head: tens of thousands of texts a second.

    With `openings`, which tell where these are, a document is read twice: as a whole, and its opening turn apart. With
    `sense` a document is strange, too, if its words mean nothing that labelled ones do. With `besides` the head has
    columns for groups behind those of labels, which tell what else a document is about.
    """

    name: ClassVar[str] = "lexical"
    columns: Columns
    features: LexicalFeatures
    scorer: LinearScorer
    scale: MarginScale
    tail: TailFit
    accept: Acceptance
    openings: Telling | None = None
    sense: WordSense | None = None
    besides: BesidesByWords | None = None

    def judge(self, documents: Sequence[Document], *, earlier: StageAnswers | None = None) -> StageAnswers:
        """Scores from words and characters alone; `earlier` is not used."""
        texts = joined(documents)
        opened = None if self.openings is None else openings_of(documents, self.openings)
        features = beside_openings(self.features, documents, opened)
        margins, further = self.columns.split(self.scorer.margins(features))
        distances = self._distances(texts, margins)
        scores = scored(self.columns, [margins], scale=self.scale, tail=self.tail, distances=distances)
        if self.sense is not None:
            scores = scores.at_least_as_strange(self.sense.novelty(texts))
        if self.besides is None:
            return StageAnswers(scores, margins, self.accept.sure(scores), features, opened)
        scores, heard = self.besides.hear(documents, further, scores, self.passage_scores)
        return StageAnswers(scores, margins, self.accept.sure(scores), features, opened, heard)

    def passage_scores(self, passages: Sequence[str]) -> LabelScores:
        """Scores of the parts of documents, of which there are many: what their words mean is not looked at."""
        alone = [(passage,) for passage in passages]
        opened = None if self.openings is None else alone
        margins, _ = self.columns.split(self.scorer.margins(beside_openings(self.features, alone, opened)))
        distances = self._distances(passages, margins)
        return scored(self.columns, [margins], scale=self.scale, tail=self.tail, distances=distances)

    def _distances(self, texts: Sequence[str], margins: Floats) -> Floats:
        return lexical_distance(margins[:, self.columns.in_scope], self.features.unfamiliarity(texts))


@dataclass(frozen=True)
class SecondLook:
    """An encoder tuned for this model and its head: asked where words and plain vectors are not sure.

    `scale` weighs the margins of all three; at a confidence of at least `settled` the first two answer alone.
    """

    encoder: Encoder
    scorer: KernelScorer
    scale: MarginScale
    settled: float


@dataclass(frozen=True)
class EmbeddingStage:
    """Sentence vectors and a kernel head, added to the margins of the words; then a second look if there is one.

    `words`, where there are any, are the part of this head that was learnt over word features. Where the words' stage
    found openings, the head reads the vector of each beside that of the whole. With `gists`, which tell where these
    are, only the gist of a long document is read; with `at_once` its turns are read as one text. With `besides` both
    parts have columns for groups behind those of labels, as those of the words' stage have. With `layered` the head
    reads all layers that the encoder gives, else the last; no head reads both openings and layers.
    """

    name: ClassVar[str] = "embedding"
    columns: Columns
    encoder: Encoder
    scorer: KernelScorer
    reference: FloatMatrix
    scale: MarginScale
    tail: TailFit
    accept: Acceptance
    second: SecondLook | None = None
    words: LinearScorer | None = None
    at_once: bool = False
    gists: Telling | None = None
    besides: BesidesScale | None = None
    layered: bool = False

    def vectors(self, documents: Sequence[Document], encoder: Encoder | None = None) -> FloatMatrix:
        """Documents as this stage reads them, by its encoder if no other is given, shape (n, dimension)."""
        return pooled(encoder or self.encoder, self._shown(documents))

    def _shown(self, documents: Sequence[Document]) -> Sequence[Document]:
        """What the encoder is shown of the documents."""
        shown = documents if self.gists is None else gists_of(documents, self.gists)
        return as_one_text(shown) if self.at_once else shown

    def judge(self, documents: Sequence[Document], *, earlier: StageAnswers) -> StageAnswers:
        """Scores from the sum of this stage's margins and the lexical stage's."""
        layers = pooled_layers(self.encoder, self._shown(documents))
        points = as_points(layers, every=self.layered)
        if (opened := earlier.openings) is not None:
            points = side_by_side(points, pooled(self.encoder, opened))
        margins = self.scorer.margins(points)
        if self.words is not None and earlier.features is not None:
            margins = margins + self.words.margins(earlier.features)
        margins, further = self.columns.split(margins)
        distances = nearest_distance(as_points(layers, every=False), self.reference)
        blocks = [earlier.margins, margins]
        scores = scored(self.columns, blocks, scale=self.scale, tail=self.tail, distances=distances)
        scores = self._looked_again(documents, scores, blocks, distances)
        if earlier.heard is not None:
            scores = replace(scores, besides=self._besides(earlier.scores, earlier.heard, further))
        return StageAnswers(scores, margins, self.accept.sure(scores))

    def _besides(self, words: LabelScores, heard: Heard, margins: Floats) -> Floats | None:
        """What else documents are about: as the words have it, where these were sure or this stage learned nothing."""
        if self.besides is None or words.besides is None:
            return words.besides
        chances = self.besides.chances([heard.margins, heard.apart, margins])
        return np.where(heard.asked[:, None], chances, words.besides)

    def _looked_again(
        self, documents: Sequence[Document], scores: LabelScores, blocks: Sequence[Floats], distances: Floats
    ) -> LabelScores:
        """The scores, those of unsettled documents made again with the second encoder."""
        if self.second is None:
            return scores
        rows = np.flatnonzero(scores.confidence < self.second.settled)
        if not len(rows):
            return scores
        vectors = self.vectors([documents[row] for row in rows.tolist()], self.second.encoder)
        margins = [*(block[rows] for block in blocks), self.second.scorer.margins(vectors)]
        again = scored(self.columns, margins, scale=self.second.scale, tail=self.tail, distances=distances[rows])
        return put_rows(scores, rows, again)


def put_rows(scores: LabelScores, rows: NDArray[np.int64], again: LabelScores) -> LabelScores:
    """The scores with those of some rows replaced; strangeness stays."""
    probabilities = scores.probabilities.copy()
    probabilities[rows] = again.probabilities
    return replace(scores, probabilities=probabilities)


def scored(
    columns: Columns, margins: Sequence[Floats], *, scale: MarginScale, tail: TailFit, distances: Floats
) -> LabelScores:
    """Margins and distances of n texts as calibrated scores over the whole label space."""
    return spread_scores(columns, scale.probabilities(margins, columns.groups), tail=tail, distances=distances)


def spread_scores(columns: Columns, chances: Floats, *, tail: TailFit, distances: Floats) -> LabelScores:
    """Probabilities of seen labels, shape (n, seen), and distances of n texts as scores over the whole label space."""
    return LabelScores(columns.space, columns.spread(chances, tail.chance_of_none(distances)), tail.novelty(distances))
