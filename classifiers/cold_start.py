"""A model before anybody labelled anything: from what labels are said to mean, and from unlabelled texts if any."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from classifiers.anchors import Anchors, Descriptions, meanings_of
from classifiers.borrowing import anchor_head, anchors_for
from classifiers.calibration import MarginScale, softmax
from classifiers.content import named
from classifiers.deferral import NOTHING
from classifiers.documents import Document, as_one_text, joined
from classifiers.encoder import CachedEncoder, Encoder, FloatMatrix
from classifiers.head import LinearHead, signs, weighted_head
from classifiers.held_out import GAMMA, Report
from classifiers.held_out_words import lexical_features
from classifiers.margins import KernelScorer
from classifiers.model import Model
from classifiers.novelty import TailFit
from classifiers.scores import LabelSpace
from classifiers.sights import read
from classifiers.stages import Acceptance, Columns, EmbeddingStage, LexicalStage
from taxonomy.errors import BadInputError

TEXT_RIDGE = 1.0
ROUNDS = 4
SURENESS = 6.0
"""How sharply a round believes the round before it."""

ROUGH_SCALES = {"described": (7.0, 0.6, 0.2), "self-trained": (2.8, 0.4, 0.3)}
"""Margins to probabilities: a sharp temperature that grows with the logarithm of the number of labels, the share of
the sharp, and the ratio of a flat one to it. Rough: what fits depends on how well a job's words say what it means. Over
five jobs the calibration error of outcomes was 0.06 to 0.14 described, 0.07 to 0.18 self-trained. Flatter, a step with
many outcomes won by their number alone: on chats that cost 12 points of steps."""

MOST_TEXTS = 3000
NEVER_STRANGE = TailFit(0.8, 0.1)
NOTE = "No labelled contact: made from the job's own words. Probabilities are rough, and everything is handed over."


class ColdStartError(BadInputError):
    """A job says too little to make a model of: fewer than two labels are described."""


def cold_start(
    space: LabelSpace,
    descriptions: Descriptions,
    *,
    encoder: Encoder,
    unlabelled: Sequence[Document] = (),
    seed: int = 0,
    report: Report = lambda _what, _share: None,
    about: Mapping[str, Any] | None = None,
) -> Model:
    """A model whose every answer is deferred; on the card there are no figures, since nothing could be measured.

    With `unlabelled` texts the head also learns from its own answers to them (self-training), which draws the
    borders where the texts lie. A document is read as one text, not turn by turn: descriptions say a whole trouble, and
    single turns of a chat are further from them (3 to 8 points of outcomes on chats). Raises ColdStartError.
    """
    started = time.perf_counter()
    meant = meanings_of(descriptions)
    seen = tuple(label for label in space.labels if meant.labels.get(label))
    if len(seen) < 2:
        raise ColdStartError("without labelled contacts a job needs at least two described outcomes. Describe more.")
    remembering = CachedEncoder(encoder)
    anchors = anchors_for(seen, meant, remembering)
    some = np.random.default_rng(seed).permutation(len(unlabelled))[:MOST_TEXTS]
    texts = as_one_text([unlabelled[row] for row in np.sort(some).tolist()])
    vectors = read(texts, remembering, report) if texts else np.zeros((0, encoder.dimension), np.float32)
    scorer = self_trained(anchors, vectors)
    columns = Columns(space, tuple(space.labels.index(label) for label in seen))
    lexical = _words(columns, anchors)
    sharpness, sharp, flatness = ROUGH_SCALES["self-trained" if texts else "described"]
    scale = MarginScale((0.0, sharpness * float(np.log(len(seen)))), sharp, flatness)
    embedding = EmbeddingStage(columns, remembering, scorer, anchors.vectors, scale, NEVER_STRANGE, Acceptance(NOTHING))
    model = Model(space, lexical, replace(embedding, at_once=True))
    card = {
        **(about or {}),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "note": NOTE,
        "trained_on": {"documents": 0, "unlabelled": len(texts), "labels": {}},
        "encoder": encoder.id,
        "settings": {"seed": seed, "seconds": round(time.perf_counter() - started, 1)},
    }
    report("done", 1.0)
    return named(replace(model, card=card))


def self_trained(anchors: Anchors, vectors: FloatMatrix) -> KernelScorer:
    """The kernel head over the anchors, then over texts too, each round believing the one before it a little."""
    meant = signs(anchors.codes, np.arange(anchors.labels))
    first = anchor_head(anchors)
    if not len(vectors):
        return first
    points = np.concatenate([vectors, anchors.vectors])
    weights = np.concatenate([np.ones(len(vectors)), anchors.weights])
    at_first = first.margins(vectors)
    believed = softmax(SURENESS * at_first)
    head = first
    for _ in range(ROUNDS):
        targets = np.concatenate([2.0 * believed - 1.0, meant])
        head = weighted_head(points, targets, weights, gamma=GAMMA, ridge=TEXT_RIDGE)
        believed = softmax(SURENESS * (head.margins(vectors) + at_first))
    return head


def _words(columns: Columns, anchors: Anchors) -> LexicalStage:
    """The words of the anchors: sure of nothing, but they show which turn spoke for the answer."""
    texts = joined([[text] for text in anchors.texts])
    features = lexical_features(texts)
    head = LinearHead().fit(features.transform(texts), anchors.codes)
    return LexicalStage(columns, features, head.scorer_, MarginScale((1.0,)), NEVER_STRANGE, Acceptance(NOTHING))
