"""Margins of every labelled text from heads that did not see it: what calibration and promises are fitted on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from classifiers.anchors import Anchors
from classifiers.calibration import Codes, Floats, fit_scale
from classifiers.documents import as_points, side_by_side
from classifiers.encoder import FloatMatrix
from classifiers.head import kernel_sums, landmark_rows, ridge_weights, signs
from classifiers.margins import KernelScorer, similarity

Report = Callable[[str, float], None]

FOLDS = 5
RIDGES = (0.1, 0.3, 1.0)
GAMMA = 1.0
LANDMARKS = 4000

SURE = 1.645
"""Standard errors by which what makes a model larger must lessen the loss on texts held out: 95 %, one-sided."""


@dataclass(frozen=True)
class Views:
    """Vectors of labelled texts, shape (n, d): as texts look from now on, and to who does not know their labels.

    Or those of each layer of an encoder, shape (n, layers, d), which are to be made `points` first.
    """

    seen: FloatMatrix
    unseen: FloatMatrix

    def points(self, *, every: bool) -> Views:
        """Of layers, the last one, or `every` one side by side."""
        seen = as_points(self.seen, every=every)
        return Views(seen, seen if self.unseen is self.seen else as_points(self.unseen, every=every))

    def beside(self, others: FloatMatrix) -> Views:
        """Both with other vectors of the texts beside them."""
        return Views(side_by_side(self.seen, others), side_by_side(self.unseen, others))

    def rows(self, chosen: Codes) -> Views:
        """Those of some texts."""
        return Views(self.seen[chosen], self.unseen[chosen])


@dataclass(frozen=True)
class KernelFit:
    """The final kernel head, held-out margins (n, labels), the ridge they chose, and which texts are landmarks.

    `further` are held-out margins of groups, shape (n, groups): the head then has columns for these, too.
    """

    scorer: KernelScorer
    margins: Floats
    ridge: float
    landmark_rows: Codes
    further: Floats | None = None


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


def lessens_loss(margins: Floats, plain: Floats, codes: Codes) -> bool:
    """Whether the loss of held-out margins is smaller than that of plainer ones, by more than chance would have it."""
    gain = losses([plain], codes) - losses([margins], codes)
    return bool(gain.mean() > SURE * gain.std() / np.sqrt(len(gain)))
