"""The trainable heads: a linear one for words, as scikit-learn has it, and kernel ridge for vectors. For training."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.svm import LinearSVC
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from classifiers.margins import KernelScorer, LinearScorer, similarity

ROWS_AT_ONCE = 2048


class LinearHead(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """One linear support vector machine per label, for sparse word features.

    `C` is the usual inverse of regularisation; `seed` fixes the solver's order.
    """

    scorer_: LinearScorer
    classes_: NDArray[Any]

    def __init__(self, C: float = 1.0, seed: int = 0) -> None:
        self.C = C
        self.seed = seed

    def fit(self, X: Any, y: Any, *, weights: NDArray[np.float64] | None = None) -> Self:
        """Learn from features X, shape (n, features), sparse or dense, and labels y, shape (n,).

        `weights`, shape (n,), say how much each label counts; without them all count alike.
        """
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float64)
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) == 1:
            self.scorer_ = LinearScorer(np.zeros((X.shape[1], 1), np.float32), np.ones(1, np.float32))
            return self
        machine = LinearSVC(C=self.C, random_state=self.seed).fit(X, y, sample_weight=weights)
        weights, bias = machine.coef_.T, machine.intercept_
        if len(self.classes_) == 2:
            weights, bias = np.hstack([-weights, weights]), np.array([-bias[0], bias[0]])
        self.scorer_ = LinearScorer(np.asarray(weights, np.float32), np.asarray(bias, np.float32))
        return self

    def margins(self, X: Any) -> NDArray[np.float64]:
        """One margin per class in the order of `classes_`, shape (n, classes)."""
        check_is_fitted(self)
        checked = validate_data(self, X, reset=False, accept_sparse="csr", dtype=np.float64)
        return np.asarray(self.scorer_.margins(checked))

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """As scikit-learn has it: shape (n, classes), or (n,) for the second of two classes."""
        margins = self.margins(X)
        return (margins[:, 1] - margins[:, 0]) / 2.0 if len(self.classes_) == 2 else margins

    def predict(self, X: Any) -> NDArray[Any]:
        """The class with the largest margin."""
        margins = self.margins(X)
        return np.asarray(self.classes_[margins.argmax(axis=1)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def group_heads(features: Any, about: NDArray[np.bool_], *, seed: int) -> LinearScorer:
    """One linear support vector machine per group of documents with these word features, shape (n, features).

    `about`, shape (n, groups), says which groups a document is about; what all or none of them are about stays so.
    """
    weights = np.zeros((features.shape[1], about.shape[1]), np.float32)
    bias = np.where(about.all(axis=0), 1.0, -1.0).astype(np.float32)
    for group in np.flatnonzero(about.any(axis=0) & ~about.all(axis=0)).tolist():
        machine = LinearSVC(tol=1e-2, random_state=seed).fit(features, about[:, group])
        weights[:, group], bias[group] = machine.coef_[0], machine.intercept_[0]
    return LinearScorer(weights, bias)


def landmark_rows(count: int, *, limit: int, seed: int) -> NDArray[np.int64]:
    """Which rows span the kernel solution: all of them, or a seeded draw, in ascending order."""
    if count <= limit:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).permutation(count)[:limit])


def signs(y: NDArray[Any], classes: NDArray[Any]) -> NDArray[np.float64]:
    """+1 in the column of each row's class and -1 elsewhere, shape (n, classes)."""
    return np.where(y[:, None] == classes[None, :], 1.0, -1.0)


def kernel_sums(
    vectors: Any,
    targets: NDArray[np.float64],
    landmarks: Any,
    *,
    gamma: float,
    weights: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """K'WK, shape (m, m), and K'WY, shape (m, classes): sums over rows, so that folds subtract.

    W holds how much each row counts (`weights`); without them it is the identity.
    """
    gram = np.zeros((len(landmarks), len(landmarks)))
    target = np.zeros((len(landmarks), targets.shape[1]))
    for start in range(0, len(vectors), ROWS_AT_ONCE):
        part = similarity(vectors[start : start + ROWS_AT_ONCE], landmarks, gamma=gamma).astype(np.float64)
        counted = part if weights is None else part * weights[start : start + ROWS_AT_ONCE, None]
        gram += counted.T @ part
        target += counted.T @ targets[start : start + ROWS_AT_ONCE]
    return gram, target


def ridge_weights(gram: NDArray[np.float64], target: NDArray[np.float64], landmark_kernel: Any, *, ridge: float) -> Any:
    """A in (K'K + ridge Z) A = K'Y, shape (m, classes): kernel ridge on +1 and -1 (least-squares SVM, Suykens 1999).

    Some of the texts span the solution (subset of regressors, Smola & Schoelkopf 2000). A whiff on the diagonal keeps
    duplicates solvable.
    """
    system = gram + ridge * landmark_kernel.astype(np.float64)
    system[np.diag_indices_from(system)] += 1e-6 * max(1.0, float(np.trace(gram)) / len(gram))
    return linalg.solve(system, target, assume_a="pos")


def weighted_head(
    points: Any, targets: NDArray[np.float64], weights: NDArray[np.float64], *, gamma: float, ridge: float
) -> KernelScorer:
    """Weighted kernel ridge, (K + ridge W^-1) A = Y, on points of shape (n, d) that count `weights`, shape (n,)."""
    system = similarity(points, points, gamma=gamma).astype(np.float64)
    system[np.diag_indices_from(system)] += ridge / weights
    solved = linalg.solve(system, targets, assume_a="pos")
    return KernelScorer(points, solved.astype(np.float32), gamma)
