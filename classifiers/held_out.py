"""Margins of every labelled text from heads that did not see it: what calibration and promises are fitted on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.calibration import Floats, fit_scale, softmax
from classifiers.encoder import FloatMatrix
from classifiers.head import LinearHead, kernel_sums, landmark_rows, ridge_weights, signs
from classifiers.lexical import LexicalFeatures
from classifiers.margins import KernelScorer, similarity
from classifiers.novelty import lexical_distance

Codes = NDArray[np.int64]
Report = Callable[[str, float], None]

FOLDS = 5
NEVER = -1.0
RIDGES = (0.1, 0.3, 1.0)
GAMMA = 1.0
LANDMARKS = 4000
FEW_TEXTS = 3000


@dataclass(frozen=True)
class HeldOutLexical:
    """Held-out margins, shape (n, labels), and lexical distances, shape (n,)."""

    margins: Floats
    distances: Floats


@dataclass(frozen=True)
class KernelFit:
    """The final kernel head, held-out margins (n, labels), the ridge they chose, and which texts are landmarks."""

    scorer: KernelScorer
    margins: Floats
    ridge: float
    landmark_rows: Codes


def fold_numbers(codes: Codes, *, seed: int, folds: int = FOLDS) -> Codes:
    """A fold number per text; each label is spread evenly, labels with one or two examples included.

    Depends on the order of texts and on who shares a label, never on what labels are called.
    """
    rng = np.random.default_rng(seed)
    numbers = np.zeros(len(codes), dtype=np.int64)
    dealt = 0
    for code in range(int(codes.max()) + 1):
        rows = rng.permutation(np.flatnonzero(codes == code))
        numbers[rows] = (dealt + np.arange(len(rows))) % folds
        dealt += len(rows)
    return numbers


def lexical_features(texts: Sequence[str]) -> LexicalFeatures:
    """TF-IDF tables: with few texts every n-gram counts, with many only those seen twice."""
    return LexicalFeatures.fit(texts, min_count=1 if len(texts) < FEW_TEXTS else 2)


def held_out_lexical(
    texts: Sequence[str], codes: Codes, folds: Codes, *, in_scope: Codes, seed: int, report: Report
) -> HeldOutLexical:
    """Per fold: tables and head from the other folds, so that unseen words are unseen here too."""
    margins = np.full((len(texts), int(codes.max()) + 1), NEVER)
    distances = np.zeros(len(texts))
    for fold in np.unique(folds):
        inside, outside = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        known = [texts[row] for row in outside.tolist()]
        asked = [texts[row] for row in inside.tolist()]
        features = lexical_features(known)
        head = LinearHead(seed=seed).fit(features.transform(known), codes[outside])
        margins[np.ix_(inside, head.classes_)] = head.margins(features.transform(asked))
        distances[inside] = lexical_distance(margins[inside][:, in_scope], features.unfamiliarity(asked))
        report("held-out words", (float(fold) + 1) / FOLDS)
    return HeldOutLexical(margins, distances)


def fit_kernel(vectors: FloatMatrix, codes: Codes, folds: Codes, *, seed: int, report: Report) -> KernelFit:
    """The kernel head for every ridge, each judged on held-out margins; the one with the smallest loss is kept.

    The sums K'K and K'Y of all folds minus those of one fold train its held-out head, without a second pass.
    """
    rows = landmark_rows(len(vectors), limit=LANDMARKS, seed=seed)
    landmarks = vectors[rows]
    targets = signs(codes, np.arange(int(codes.max()) + 1))
    span = similarity(landmarks, landmarks, gamma=GAMMA)
    gram, target = kernel_sums(vectors, targets, landmarks, gamma=GAMMA)
    margins = {ridge: np.zeros(targets.shape) for ridge in RIDGES}
    for fold in np.unique(folds):
        inside = np.flatnonzero(folds == fold)
        own_gram, own_target = kernel_sums(vectors[inside], targets[inside], landmarks, gamma=GAMMA)
        for ridge in RIDGES:
            weights = ridge_weights(gram - own_gram, target - own_target, span, ridge=ridge)
            head = KernelScorer(landmarks, weights.astype(np.float32), GAMMA)
            margins[ridge][inside] = head.margins(vectors[inside])
        report("held-out vectors", (float(fold) + 1) / FOLDS)
    best = min(RIDGES, key=lambda ridge: log_loss(margins[ridge], codes))
    weights = ridge_weights(gram, target, span, ridge=best).astype(np.float32)
    return KernelFit(KernelScorer(landmarks, weights, GAMMA), margins[best], best, rows)


def log_loss(margins: Floats, codes: Codes) -> float:
    """Mean negative log likelihood after the best single scale."""
    scale = fit_scale([margins], codes)
    chances = softmax(scale.scales[0] * margins)[np.arange(len(codes)), codes]
    return float(-np.log(np.clip(chances, 1e-12, 1.0)).mean())
