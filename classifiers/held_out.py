"""Margins of every labelled text from heads that did not see it: what calibration and promises are fitted on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from classifiers.anchors import Anchors
from classifiers.calibration import Codes, Floats, fit_scale
from classifiers.documents import Document, joined, side_by_side
from classifiers.encoder import FloatMatrix
from classifiers.head import LinearHead, kernel_sums, landmark_rows, ridge_weights, signs
from classifiers.lexical import LexicalFeatures
from classifiers.margins import KernelScorer, similarity
from classifiers.novelty import lexical_distance
from classifiers.openings import are_conversations, words_in
from classifiers.telling import learnt_telling

Report = Callable[[str, float], None]

FOLDS = 5
NEVER = -1.0
RIDGES = (0.1, 0.3, 1.0)
GAMMA = 1.0
LANDMARKS = 4000
FEW_TEXTS = 3000
SURE = 1.645
"""Standard errors by which reading openings apart must lessen the loss: 95 %, one-sided."""


@dataclass(frozen=True)
class HeldOutLexical:
    """Held-out margins, shape (n, labels), lexical distances, shape (n,), and whether openings were read apart."""

    margins: Floats
    distances: Floats
    openings: bool = False


@dataclass(frozen=True)
class Views:
    """Vectors of labelled texts, shape (n, d): as texts look from now on, and to who does not know their labels."""

    seen: FloatMatrix
    unseen: FloatMatrix

    def beside(self, others: FloatMatrix) -> Views:
        """Both with other vectors of the texts beside them."""
        return Views(side_by_side(self.seen, others), side_by_side(self.unseen, others))


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
    documents: Sequence[Document],
    codes: Codes,
    folds: Codes,
    *,
    in_scope: Codes,
    seed: int,
    report: Report,
    weights: Floats | None = None,
) -> HeldOutLexical:
    """Per fold: tables, openings and head from the other folds, so that unseen words are unseen here too.

    Conversations are read with their openings and without, and the better reading is kept.
    """
    shape = len(documents), int(codes.max()) + 1
    readings = (False, True) if are_conversations(documents) else (False,)
    found = [HeldOutLexical(np.full(shape, NEVER), np.zeros(len(documents)), apart) for apart in readings]
    for fold in np.unique(folds):
        inside, outside = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        known = [documents[row] for row in outside.tolist()]
        asked = [documents[row] for row in inside.tolist()]
        features = lexical_features(joined(known))
        strange = features.unfamiliarity(joined(asked))
        counted = None if weights is None else weights[outside]
        for one in found:
            telling = learnt_telling(known, codes[outside], features) if one.openings else None
            head = LinearHead(seed=seed).fit(words_in(known, features, telling), codes[outside], weights=counted)
            one.margins[np.ix_(inside, head.classes_)] = head.margins(words_in(asked, features, telling))
            one.distances[inside] = lexical_distance(one.margins[inside][:, in_scope], strange)
        report("held-out words", (float(fold) + 1) / FOLDS)
    return _better(found, codes)


def _better(found: Sequence[HeldOutLexical], codes: Codes) -> HeldOutLexical:
    """The whole alone, unless openings beside it lessen the loss by more than chance would."""
    plain, *apart = found
    for other in apart:
        gain = losses([plain.margins], codes) - losses([other.margins], codes)
        if gain.mean() > SURE * gain.std() / np.sqrt(len(gain)):
            return other
    return plain


def fit_kernel(
    views: Views,
    codes: Codes,
    folds: Codes,
    *,
    anchors: Anchors,
    seed: int,
    report: Report,
    weights: Floats | None = None,
) -> KernelFit:
    """The kernel head for every ridge, each judged on held-out margins; the one with the smallest loss is kept.

    The sums K'K and K'Y of all folds minus those of one fold train its held-out head, without a second pass.
    Anchors are no labelled texts: they stay in every fold.
    """
    vectors = views.seen
    whole = span_of(vectors, codes, anchors=anchors, seed=seed, weights=weights)
    margins = {ridge: np.zeros((len(codes), anchors.labels)) for ridge in RIDGES}
    for fold in np.unique(folds):
        inside = np.flatnonzero(folds == fold)
        others = whole.without(vectors[inside], codes[inside], None if weights is None else weights[inside])
        for ridge in RIDGES:
            margins[ridge][inside] = others.head(ridge).margins(views.unseen[inside])
        report("held-out vectors", (float(fold) + 1) / FOLDS)
    best = best_ridge(margins, codes)
    return KernelFit(whole.head(best), margins[best], best, whole.rows)


@dataclass(frozen=True)
class Span:
    """The sums K'K and K'Y over some texts, on given landmarks: all that a kernel head needs for any ridge."""

    landmarks: FloatMatrix
    rows: Codes
    gram: Floats
    target: Floats

    def without(self, vectors: FloatMatrix, codes: Codes, weights: Floats | None = None) -> Span:
        """The same without these texts, which counted by these weights."""
        gram, target = self._sums(vectors, codes, weights)
        return replace(self, gram=self.gram - gram, target=self.target - target)

    def head(self, ridge: float) -> KernelScorer:
        """The head with this ridge."""
        near = similarity(self.landmarks, self.landmarks, gamma=GAMMA)
        weights = ridge_weights(self.gram, self.target, near, ridge=ridge)
        return KernelScorer(self.landmarks, weights.astype(np.float32), GAMMA)

    def _sums(self, vectors: FloatMatrix, codes: Codes, weights: Floats | None) -> tuple[Floats, Floats]:
        targets = signs(codes, np.arange(self.target.shape[1]))
        return kernel_sums(vectors, targets, self.landmarks, gamma=GAMMA, weights=weights)


def span_of(vectors: FloatMatrix, codes: Codes, *, anchors: Anchors, seed: int, weights: Floats | None = None) -> Span:
    """The sums over labelled texts, each as much as it weighs, and anchors; both give landmarks."""
    rows = landmark_rows(len(vectors), limit=LANDMARKS, seed=seed)
    landmarks = np.concatenate([vectors[rows], anchors.vectors])
    targets = signs(codes, np.arange(anchors.labels))
    gram, target = kernel_sums(vectors, targets, landmarks, gamma=GAMMA, weights=weights)
    if len(anchors.vectors):
        near = similarity(anchors.vectors, landmarks, gamma=GAMMA).astype(np.float64)
        weighted = near * anchors.weights[:, None]
        gram += weighted.T @ near
        target += weighted.T @ signs(anchors.codes, np.arange(anchors.labels))
    return Span(landmarks, rows, gram, target)


def best_ridge(margins: Mapping[float, Floats], codes: Codes) -> float:
    """The ridge whose held-out margins, of texts with these codes, have the smallest loss."""
    return min(margins, key=lambda ridge: log_loss([margins[ridge]], codes))


def log_loss(margins: Sequence[Floats], codes: Codes) -> float:
    """Mean negative log likelihood of the sum of these heads after the best scales."""
    return float(losses(margins, codes).mean())


def losses(margins: Sequence[Floats], codes: Codes) -> Floats:
    """The negative log likelihood of each text, shape (n,), after the best scales."""
    chances = fit_scale(margins, codes).probabilities(margins)[np.arange(len(codes)), codes]
    return np.asarray(-np.log(np.clip(chances, 1e-12, 1.0)))
