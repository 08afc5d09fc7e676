"""Labelled documents to a calibrated model whose figures all come from texts its heads had not seen."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from classifiers.calibration import fit_scale
from classifiers.card import cascade_scores, make_card
from classifiers.content import content_id
from classifiers.documents import Document, joined, pooled
from classifiers.encoder import CachedEncoder, Encoder, FloatMatrix
from classifiers.head import LinearHead
from classifiers.held_out import (
    Codes,
    HeldOutLexical,
    KernelFit,
    Report,
    fit_kernel,
    fold_numbers,
    held_out_lexical,
    lexical_features,
)
from classifiers.model import Model
from classifiers.novelty import TailFit, nearest_distance
from classifiers.promises import HeldOut, Promise, thresholds
from classifiers.scores import LabelSpace
from classifiers.stages import Acceptance, Columns, EmbeddingStage, LexicalStage, scored
from taxonomy.errors import BadInputError

EVERYTHING = Acceptance(0.0)


class TrainingError(BadInputError):
    """The labelled contacts cannot train a model: too few labels, or labels that the job does not know."""


@dataclass(frozen=True)
class _Material:
    """What training works on: texts, their vectors, labels as codes in order of first appearance, and folds."""

    texts: list[str]
    vectors: FloatMatrix
    codes: Codes
    columns: Columns
    folds: Codes

    @property
    def truth(self) -> Codes:
        return np.array(self.columns.seen)[self.codes]

    @property
    def familiar(self) -> Codes:
        """Rows of the texts that are in scope."""
        return np.flatnonzero(self.truth != self.columns.none)


def train(
    documents: Sequence[Document],
    labels: Sequence[str],
    space: LabelSpace,
    *,
    encoder: Encoder,
    max_error: float = 0.1,
    delta: float = 0.05,
    loss: float = 0.003,
    seed: int = 0,
    progress: Report | None = None,
    about: Mapping[str, Any] | None = None,
) -> Model:
    """Train both stages, calibrate them, set what each may keep, and write the card.

    `labels` name one label of `space` per document (`_none` for real examples of what fits nothing; without any,
    "fits nothing" comes from strangeness alone). `about` is put on the card (job, job version, source).
    `progress` hears what is being done and the share of it done. Raises TrainingError.
    """
    started = time.perf_counter()
    report = progress or _silent
    remembering = CachedEncoder(encoder)
    material = _material(documents, labels, space, encoder=remembering, seed=seed, report=report)
    in_scope = material.columns.in_scope
    words = held_out_lexical(
        material.texts, material.codes, material.folds, in_scope=in_scope, seed=seed, report=report
    )
    kernel = fit_kernel(material.vectors, material.codes, material.folds, seed=seed, report=report)
    lexical = _lexical_stage(material, words, seed=seed)
    embedding, distances = _embedding_stage(material, words, kernel, encoder=remembering)
    held_out = _held_out(material, words, kernel, lexical=lexical, embedding=embedding, distances=distances)
    promise = Promise(max_error, delta, loss)
    found = thresholds(held_out, promise)
    model = Model(space, replace(lexical, accept=found.lexical), replace(embedding, accept=found.embedding))
    card = make_card(
        held_out,
        found,
        promise,
        labels=labels,
        encoder=encoder,
        ridge=kernel.ridge,
        seed=seed,
        seconds=time.perf_counter() - started,
        about=about or {},
    )
    report("done", 1.0)
    return replace(model, id=content_id(model), card=card, held_out=cascade_scores(held_out, found))


def _material(
    documents: Sequence[Document],
    labels: Sequence[str],
    space: LabelSpace,
    *,
    encoder: Encoder,
    seed: int,
    report: Report,
) -> _Material:
    _check(documents, labels, space)
    seen = tuple(dict.fromkeys(labels))
    code_of = {label: code for code, label in enumerate(seen)}
    codes = np.array([code_of[label] for label in labels], dtype=np.int64)
    texts = joined(documents)
    vectors = []
    for start in range(0, len(documents), 1024):
        vectors.append(pooled(encoder, documents[start : start + 1024]))
        report("reading texts", min(1.0, (start + 1024) / len(documents)))
    columns = Columns(space, tuple(space.labels.index(label) for label in seen))
    return _Material(texts, np.concatenate(vectors), codes, columns, fold_numbers(codes, seed=seed))


def _check(documents: Sequence[Document], labels: Sequence[str], space: LabelSpace) -> None:
    if len(documents) != len(labels):
        raise TrainingError(f"{len(documents)} documents came with {len(labels)} labels; each needs one.")
    unknown = sorted(set(labels) - set(space.labels))
    if unknown:
        raise TrainingError(f"labels that the job does not know: {', '.join(unknown[:5])}. Correct them or the job.")
    if len(set(labels)) < 2:
        found = f"only {labels[0]!r}" if labels else "none"
        raise TrainingError(f"training needs contacts under at least two labels, found {found}. Label more contacts.")


def _lexical_stage(material: _Material, words: HeldOutLexical, *, seed: int) -> LexicalStage:
    features = lexical_features(material.texts)
    head = LinearHead(seed=seed).fit(features.transform(material.texts), material.codes)
    scale = fit_scale([words.margins], material.codes)
    tail = TailFit.of(words.distances[material.familiar])
    return LexicalStage(material.columns, features, head.scorer_, scale, tail, EVERYTHING)


def _embedding_stage(
    material: _Material, words: HeldOutLexical, kernel: KernelFit, *, encoder: Encoder
) -> tuple[EmbeddingStage, Any]:
    """The stage, and every text's distance to the nearest other labelled text."""
    landmark_in_scope = np.isin(kernel.landmark_rows, material.familiar)
    reference = kernel.scorer.landmarks[landmark_in_scope]
    own_rows = np.full(len(material.texts), -1)
    own_rows[kernel.landmark_rows[landmark_in_scope]] = np.arange(len(reference))
    distances = nearest_distance(material.vectors, reference, own_rows=own_rows)
    scale = fit_scale([words.margins, kernel.margins], material.codes)
    tail = TailFit.of(distances[material.familiar])
    return EmbeddingStage(material.columns, encoder, kernel.scorer, reference, scale, tail, EVERYTHING), distances


def _held_out(
    material: _Material,
    words: HeldOutLexical,
    kernel: KernelFit,
    *,
    lexical: LexicalStage,
    embedding: EmbeddingStage,
    distances: Any,
) -> HeldOut:
    """Both stages' answers to every text, as if it had not been labelled."""
    columns = material.columns
    return HeldOut(
        scored(columns, [words.margins], scale=lexical.scale, tail=lexical.tail, distances=words.distances),
        scored(
            columns,
            [words.margins, kernel.margins],
            scale=embedding.scale,
            tail=embedding.tail,
            distances=distances,
        ),
        material.truth,
    )


def _silent(what: str, share: float) -> None:
    """Nobody listens."""
