"""One head over words and sentence vectors together: each learns what the other does not explain.

Kernel ridge regression with the kernel exp(-gamma |x - z|^2) + w <a, b> over vectors x and word features a. Two heads
trained apart and added afterwards both explain the same easy part; trained together they were right on 0.5 to 0.8
points more of 2,001 held-out banking messages. The linear part is stored as weights per n-gram, so it costs little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg, sparse

from classifiers.anchors import Anchors
from classifiers.calibration import Floats
from classifiers.encoder import FloatMatrix
from classifiers.head import signs
from classifiers.held_out import Codes, Report, best_ridge
from classifiers.margins import KernelScorer, LinearScorer, similarity

JOINT_GAMMA = 2.0
WORDS_SHARE = 0.15
"""Weight of the words' part of the kernel; it is 2 for a text with itself, the vectors' part is 1."""

JOINT_RIDGES = (0.1, 0.3)
MOST_TEXTS = 16_000
"""Solved exactly up to here: the time grows with the cube (a minute for 10,000), the memory with the square."""

EXACT_TEXTS = 4000
"""Up to here in double precision; beyond, single precision halves time and memory."""


@dataclass(frozen=True)
class JointFit:
    """Both parts of the head, held-out margins of the texts, shape (n, labels), and the ridge they chose."""

    kernel: KernelScorer
    words: LinearScorer
    margins: Floats
    ridge: float


@dataclass(frozen=True)
class Points:
    """Labelled texts, then anchors: vectors (n, d), word features (n, grams), +1/-1 targets, how much each counts."""

    vectors: FloatMatrix
    words: sparse.csr_matrix
    targets: Floats
    weights: Floats


def points_of(
    vectors: FloatMatrix,
    codes: Codes,
    words: sparse.csr_matrix,
    *,
    anchors: Anchors,
    meant: sparse.csr_matrix,
    weights: Floats | None = None,
) -> Points:
    """Texts with these vectors, codes, word features and weights (1 where not given), then the anchors.

    `meant` are the word features of the anchors, shape (anchors, grams).
    """
    counted = np.ones(len(codes)) if weights is None else weights
    every = np.concatenate([codes, anchors.codes])
    return Points(
        np.concatenate([vectors, anchors.vectors]),
        sparse.vstack([words, meant], format="csr"),
        signs(every, np.arange(anchors.labels)),
        np.concatenate([counted, anchors.weights]),
    )


def fit_joint(points: Points, codes: Codes, folds: Codes, *, report: Report) -> JointFit:
    """The head for every ridge, each judged on held-out margins; the one with the smallest loss is kept.

    No fold is fitted again: with C = (K + ridge W^-1)^-1 and A = C Y the margins of fold B from the others are
    Y_B - C_BB^-1 A_B (Rasmussen & Williams 2006, 5.4.2, by blocks). Anchors belong to no fold.
    """
    kernel = _kernel(points)
    solved, margins = {}, {}
    for step, ridge in enumerate(JOINT_RIDGES, 1):
        inverse = _inverse(kernel, ridge / points.weights)
        solved[ridge] = inverse @ points.targets.astype(inverse.dtype)
        margins[ridge] = _held_out(inverse, solved[ridge], points.targets, folds)
        report("held-out vectors", step / len(JOINT_RIDGES))
    best = best_ridge(margins, codes)
    weights = solved[best].astype(np.float32)
    linear = np.asarray(WORDS_SHARE * (points.words.T @ weights), dtype=np.float32)
    words = LinearScorer(linear, np.zeros(linear.shape[1], np.float32))
    return JointFit(KernelScorer(points.vectors, weights, JOINT_GAMMA), words, margins[best], best)


def _kernel(points: Points) -> Any:
    """Both parts summed, shape (n, n)."""
    precision = np.float64 if len(points.weights) <= EXACT_TEXTS else np.float32
    kernel: Any = similarity(points.vectors, points.vectors, gamma=JOINT_GAMMA).astype(precision, copy=False)
    kernel += WORDS_SHARE * (points.words @ points.words.T).toarray().astype(precision, copy=False)
    return kernel


def _inverse(kernel: Any, noise: Floats) -> Any:
    """(K + diag(noise))^-1 by Cholesky, shape (n, n)."""
    system: Any = kernel.copy(order="F")
    system[np.diag_indices_from(system)] += noise
    factor, _ = linalg.cho_factor(system, lower=True, overwrite_a=True, check_finite=False)
    invert = linalg.get_lapack_funcs("potri", (factor,))
    half, failed = invert(factor, lower=True, overwrite_c=True)
    if failed:
        raise linalg.LinAlgError("the kernel of the labelled texts cannot be inverted")
    whole: Any = np.tril(half)
    whole += np.tril(half, -1).T
    return whole


def _held_out(inverse: Any, solved: Any, targets: Floats, folds: Codes) -> Floats:
    """Margins of every text from a head that its own fold did not teach, shape (texts, labels)."""
    margins = np.zeros((len(folds), targets.shape[1]))
    for fold in np.unique(folds):
        rows = np.flatnonzero(folds == fold)
        missed = linalg.solve(inverse[np.ix_(rows, rows)], solved[rows], assume_a="pos", check_finite=False)
        margins[rows] = targets[rows] - missed
    return margins
