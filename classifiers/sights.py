"""What an encoder makes of the labelled texts: the head on its vectors, and honest margins to judge both by."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from classifiers.anchors import Anchors, Descriptions
from classifiers.besides import Several
from classifiers.borrowing import Labelled, anchors_for
from classifiers.calibration import Codes, Floats
from classifiers.documents import Document, as_one_text, as_points, joined, pooled_layers, side_by_side
from classifiers.encoder import CachedEncoder, Encoder, FloatMatrix
from classifiers.gist import gists_of, held_out_gists, is_long
from classifiers.head import landmark_rows
from classifiers.held_out import (
    LANDMARKS,
    RIDGES,
    KernelFit,
    Report,
    Views,
    best_ridge,
    fit_kernel,
    lessens_loss,
    span_of,
)
from classifiers.joint import MOST_TEXTS, fit_joint, points_of, with_groups
from classifiers.lexical import LexicalFeatures
from classifiers.margins import KernelScorer, LinearScorer
from classifiers.novelty import nearest_distance
from classifiers.openings import are_conversations, beside_openings, held_out_openings
from classifiers.stages import LexicalStage
from classifiers.telling import Telling, learnt_telling
from classifiers.tuning import TuningPlan, plan_for, tune

AT_ONCE = 1024
FEWEST_A_LABEL = 24
"""With fewer texts a label than this, a tuned encoder read the rest worse than the plain one did (8 a label: 79.5 %
of outcomes right against 81.0 %)."""

LONG = 0.05
"""Gists are read where at least this share of the documents is longer than a gist."""


@dataclass(frozen=True)
class Tuning:
    """Leave to fine-tune the encoder: a folder for the tuned ones, and about how many seconds it may take in all.

    `passes` is the most often that a text may be read.
    """

    folder: Path
    seconds: float
    passes: float = 20.0


@dataclass(frozen=True)
class Texts:
    """Labelled documents, their codes in order of first appearance, folds, and which codes are in scope.

    `weights`, shape (n,), say how much each label counts; None: all alike. `several`: what else the documents are
    about; None: too few are about anything else, or nobody said. `groups` number the group of each code.
    """

    documents: Sequence[Document]
    codes: Codes
    groups: Codes
    folds: Codes
    in_scope: Codes
    seen: tuple[str, ...]
    descriptions: Descriptions
    seed: int
    weights: Floats | None = None
    several: Several | None = None

    def weights_of(self, rows: Codes) -> Floats | None:
        """The weights of some of the texts."""
        return None if self.weights is None else self.weights[rows]

    @property
    def enough_to_tune(self) -> bool:
        """Whether labels have enough texts, on average, for an encoder to be tuned on them."""
        return len(self.codes) >= FEWEST_A_LABEL * len(self.seen)

    def anchors(self, encoder: Encoder, labelled: Labelled) -> Anchors:
        """What stands for the labels besides these texts, of which some or all are `labelled`."""
        return anchors_for(self.seen, self.descriptions, encoder, labelled=labelled, texts=len(self.codes))

    def openings(self, features: LexicalFeatures) -> list[Document]:
        """The opening of each text, found without the labels of its own fold."""
        return held_out_openings(self.documents, self.codes, self.folds, features)

    @property
    def at_once(self) -> bool:
        """Whether a document is read as one text: where these are conversations, not single messages.

        Turns read one by one and averaged were right less often: 83 against 85 % of outcomes of chats with 16 labels an
        outcome (with all labels 92 % both ways), 75 against 79 % of generated contacts of several turns.
        """
        return are_conversations(self.documents)

    def shown(self, features: LexicalFeatures) -> Shown:
        """What of the documents an encoder is shown."""
        whole = as_one_text if self.at_once else list
        if sum(map(is_long, self.documents)) < LONG * len(self.documents):
            return Shown(whole(self.documents), whole(self.documents), None)
        gists = learnt_telling(self.documents, self.codes, features)
        unseen = held_out_gists(self.documents, self.codes, self.folds, features)
        return Shown(whole(gists_of(self.documents, gists)), whole(unseen), gists)

    @property
    def familiar(self) -> Codes:
        """Rows of the texts that are in scope."""
        return np.flatnonzero(np.isin(self.codes, self.in_scope))


@dataclass(frozen=True)
class Shown:
    """What of the labelled texts an encoder is shown: as from now on, and found without the labels of their own fold.

    `gists` tell what of a long document is shown; None: all of it, so that both are the same.
    """

    documents: Sequence[Document]
    unseen: Sequence[Document]
    gists: Telling | None

    def views(self, encoder: Encoder, report: Report) -> Views:
        """Both as an encoder reads them, layer by layer."""
        seen = read_layers(self.documents, encoder, report)
        return Views(seen, seen if self.gists is None else read_layers(self.unseen, encoder, report))


@dataclass(frozen=True)
class Sight:
    """One encoder with its head, and what they say of texts that neither learned from.

    `rows` are those texts; `margins`, shape (rows, labels), are in their order.
    """

    encoder: Encoder
    scorer: KernelScorer
    ridge: float
    rows: Codes
    margins: Floats


@dataclass(frozen=True)
class PlainSight(Sight):
    """The encoder as it is: it holds out every text, and tells how strange a text is.

    `distances` to the nearest other labelled texts, shape (rows,); `reference` are the vectors that distance is
    measured to from now on. `further` are margins of groups, shape (rows, groups), where the head has columns for them.
    `layered`: the head reads all layers of the encoder.
    """

    reference: FloatMatrix
    distances: Floats
    words: LinearScorer | None = None
    further: Floats | None = None
    layered: bool = False


@dataclass(frozen=True)
class _Reading:
    """Labelled texts and anchors as points: by the last layer of an encoder, or by `every` one."""

    every: bool
    views: Views
    anchors: Anchors


def plain_sight(texts: Texts, shown: Shown, encoder: Encoder, words: LexicalStage, *, report: Report) -> PlainSight:
    """The encoder as it is: the head of every fold learns from the other folds.

    The head learns over the features of the stage for `words` and vectors together, where the texts are not too many
    for that; where the stage looks for openings, the head learns over these, too. Else all layers of the encoder are
    read where that lessens the loss on held-out texts by more than chance; beside openings they brought nothing (chats
    of 29 tasks: 0.05 points fewer and 0.01 more of 10,160).
    """
    openings = None if words.openings is None else texts.openings(words.features)
    layers = shown.views(encoder, report)
    whole = layers.points(every=False)
    anchors = texts.anchors(encoder, Labelled(whole.seen, texts.codes, texts.folds))
    if openings is not None:
        readings = [_beside_openings(whole, read(openings, encoder, report), anchors)]
    else:
        described = encoder.encode_layers(anchors.texts)
        choices = (False, True) if encoder.layers > 1 else (False,)
        readings = [_by_layers(layers, anchors, described, every=every) for every in choices]
    linear = None
    if len(whole.seen) <= MOST_TEXTS:
        kernel, linear, reading = _joint(texts, readings, words.features, openings, report=report)
    else:
        kernel, reading = _apart(texts, readings, report=report)
    near_rows = np.intersect1d(kernel.landmark_rows, texts.familiar)
    reference = whole.seen[near_rows]
    own_rows = np.full(len(whole.seen), -1)
    own_rows[near_rows] = np.arange(len(near_rows))
    distances = nearest_distance(whole.unseen, reference, own_rows=own_rows)
    everyone = np.arange(len(whole.seen))
    return PlainSight(
        encoder,
        kernel.scorer,
        kernel.ridge,
        everyone,
        kernel.margins,
        reference,
        distances,
        linear,
        kernel.further,
        reading.every,
    )


def _beside_openings(whole: Views, opened: FloatMatrix, anchors: Anchors) -> _Reading:
    """The texts with their openings beside them, by the last layer."""
    meant = side_by_side(anchors.vectors, anchors.vectors)
    return _Reading(False, whole.beside(opened), replace(anchors, vectors=meant))


def _by_layers(layers: Views, anchors: Anchors, described: FloatMatrix, *, every: bool) -> _Reading:
    """The texts by the last layer or by `every` one; `described` are the layers of the anchors."""
    meant = as_points(described, every=every)
    return _Reading(every, layers.points(every=every), replace(anchors, vectors=meant))


def _joint(
    texts: Texts,
    readings: Sequence[_Reading],
    features: LexicalFeatures,
    openings: Sequence[Document] | None,
    *,
    report: Report,
) -> tuple[KernelFit, LinearScorer, _Reading]:
    """The joint head of the best reading; distances are measured to as many texts as in the other case."""
    said = beside_openings(features, texts.documents, openings)
    described = [(text,) for text in readings[0].anchors.texts]
    meant = beside_openings(features, described, None if openings is None else described)
    tried = []
    for reading, told in zip(readings, _parts(report, len(readings)), strict=True):
        anchors = reading.anchors
        labelled = points_of(reading.views, texts.codes, said, anchors=anchors, meant=meant, weights=texts.weights)
        tried.append((fit_joint(labelled, texts.codes, texts.folds, report=told), labelled, reading))
    fit, labelled, reading = tried[_best([one.margins for one, *_ in tried], texts.codes)]
    if (several := texts.several) is not None:
        anchors = reading.anchors
        about = np.concatenate([several.signs, several.signs_of(texts.groups[anchors.codes])])
        unseen = None if anchors.unseen is None else several.signs_of(texts.groups[anchors.unseen])
        fit = with_groups(fit, labelled, about, unseen=unseen, told=several.told, folds=texts.folds)
    rows = landmark_rows(len(texts.codes), limit=LANDMARKS, seed=texts.seed)
    return KernelFit(fit.kernel, fit.margins, fit.ridge, rows, fit.further), fit.words, reading


def _apart(texts: Texts, readings: Sequence[_Reading], *, report: Report) -> tuple[KernelFit, _Reading]:
    """The head over vectors alone, of the best reading."""
    tried = []
    for reading, told in zip(readings, _parts(report, len(readings)), strict=True):
        fit = fit_kernel(
            reading.views,
            texts.codes,
            texts.folds,
            anchors=reading.anchors,
            seed=texts.seed,
            report=told,
            weights=texts.weights,
        )
        tried.append((fit, reading))
    return tried[_best([one.margins for one, _ in tried], texts.codes)]


def _parts(report: Report, count: int) -> list[Report]:
    """So many reports, one for each part of the same work."""

    def part(place: int) -> Report:
        return lambda what, share: report(what, (place + share) / count)

    return [part(place) for place in range(count)]


def _best(margins: Sequence[Floats], codes: Codes) -> int:
    """Which reading to take: the first one, unless a later one lessens the loss by more than chance would."""
    return next((place for place in range(1, len(margins)) if lessens_loss(margins[place], margins[0], codes)), 0)


def tuned_sight(texts: Texts, shown: Shown, tuning: Tuning, *, report: Report) -> Sight:
    """An encoder tuned on all texts; others, tuned without some folds, say what such an encoder makes of the unseen.

    The first fold is always held out; more of them as long as the time lasts.
    """
    started = time.perf_counter()
    plan = plan_for(len(texts.codes), seconds=tuning.seconds / 2, seed=texts.seed)
    plan = replace(plan, passes=min(plan.passes, tuning.passes))
    held: list[_Fold] = []
    for fold in np.unique(texts.folds):
        began = time.perf_counter()
        held.append(_held_fold(texts, shown, int(fold), plan=plan, folder=tuning.folder, report=report))
        took = time.perf_counter() - began
        if time.perf_counter() - started + 2.3 * took > tuning.seconds:
            break
    encoder = _tuned(shown.documents, texts.codes, plan=plan, folder=tuning.folder / "final", report=report)
    vectors = read(shown.documents, encoder, report)
    rows = np.concatenate([one.rows for one in held])
    margins = {ridge: np.concatenate([one.margins[ridge] for one in held]) for ridge in RIDGES}
    ridge = best_ridge(margins, texts.codes[rows])
    anchors = texts.anchors(encoder, Labelled(vectors, texts.codes))
    span = span_of(vectors, texts.codes, anchors=anchors, seed=texts.seed, weights=texts.weights)
    return Sight(encoder, span.head(ridge), ridge, rows, margins[ridge])


@dataclass(frozen=True)
class _Fold:
    rows: Codes
    margins: dict[float, Floats]


def _held_fold(texts: Texts, shown: Shown, fold: int, *, plan: TuningPlan, folder: Path, report: Report) -> _Fold:
    inside, outside = np.flatnonzero(texts.folds == fold), np.flatnonzero(texts.folds != fold)
    others = [shown.unseen[row] for row in outside.tolist()]
    encoder = _tuned(others, texts.codes[outside], plan=plan, folder=folder / f"without-{fold}", report=report)
    vectors = read(shown.unseen, encoder, report)
    anchors = texts.anchors(encoder, Labelled(vectors[outside], texts.codes[outside]))
    counted = texts.weights_of(outside)
    span = span_of(vectors[outside], texts.codes[outside], anchors=anchors, seed=texts.seed, weights=counted)
    margins = {ridge: span.head(ridge).margins(vectors[inside]) for ridge in RIDGES}
    return _Fold(inside, margins)


def _tuned(documents: Sequence[Document], codes: Codes, *, plan: TuningPlan, folder: Path, report: Report) -> Encoder:
    said = joined(documents)
    some = np.array([number for number, text in enumerate(said) if text.strip()])
    dense = np.unique(codes[some], return_inverse=True)[1]
    return CachedEncoder(tune([said[i] for i in some], dense, plan=plan, folder=folder, report=report))


def read(documents: Sequence[Document], encoder: Encoder, report: Report) -> FloatMatrix:
    """What all documents mean, the last layer, shape (n, dimension)."""
    return as_points(read_layers(documents, encoder, report), every=False)


def read_layers(documents: Sequence[Document], encoder: Encoder, report: Report) -> FloatMatrix:
    """The vectors of all documents, some at a time, shape (n, layers, dimension)."""
    parts = []
    for start in range(0, len(documents), AT_ONCE):
        parts.append(pooled_layers(encoder, documents[start : start + AT_ONCE]))
        report("reading texts", min(1.0, (start + AT_ONCE) / len(documents)))
    return np.concatenate(parts)
