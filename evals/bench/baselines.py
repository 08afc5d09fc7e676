"""What a good engineer builds in an afternoon. Each learns outcomes; an outcome's step is its step in the job."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_union
from sklearn.svm import LinearSVC

from classifiers.encoder import CachedEncoder, Encoder
from classifiers.encoder_export import default_encoder
from evals.bench.answered import Answered, System
from evals.bench.split import Split, texts

Scores = NDArray[np.float64]
Predict = Callable[[list[str]], tuple[Sequence[str], Scores]]
"""Texts to the classes known and a score of each class per text."""


@dataclass(frozen=True)
class Baselines:
    """The baselines over one MiniLM at full precision; texts to learn from are read once for all of them."""

    home: Path

    @cached_property
    def encoder(self) -> Encoder:
        """MiniLM as published, unquantised: slower and surer. Taken before the clock starts: it is made once."""
        return default_encoder(self.home, precision="fp32")

    @cached_property
    def cached(self) -> CachedEncoder:
        """The same, which reads a text only once: for texts to learn from, where no speed is measured."""
        return CachedEncoder(self.encoder)

    def systems(self) -> dict[str, System]:
        """By name, in the order of the report."""
        return {
            "tfidf-svc": self.tfidf_svc,
            "tfidf-minilm-svc": self.tfidf_minilm_svc,
            "minilm-svc": self.minilm_svc,
            "minilm-logistic": self.minilm_logistic,
        }

    def tfidf_svc(self, split: Split) -> Answered:
        """TF-IDF over words 1-2 and characters 3-5 with a linear SVM."""

        def fit(said: list[str], labels: list[str]) -> Predict:
            features = tfidf()
            model = LinearSVC().fit(features.fit_transform(said), labels)
            return lambda asked: (model.classes_, _margins(model, features.transform(asked)))

        return timed(split, fit)

    def tfidf_minilm_svc(self, split: Split) -> Answered:
        """TF-IDF and MiniLM's vectors side by side with a linear SVM: the strong baseline."""
        encoder = self.encoder

        def fit(said: list[str], labels: list[str]) -> Predict:
            features = tfidf()
            model = LinearSVC().fit(beside(features.fit_transform(said), self.cached.encode(said)), labels)
            return lambda asked: (
                model.classes_,
                _margins(model, beside(features.transform(asked), encoder.encode(asked))),
            )

        return timed(split, fit)

    def minilm_svc(self, split: Split) -> Answered:
        """MiniLM's vectors with a linear SVM."""
        encoder = self.encoder

        def fit(said: list[str], labels: list[str]) -> Predict:
            model = LinearSVC().fit(self.cached.encode(said), labels)
            return lambda asked: (model.classes_, _margins(model, encoder.encode(asked)))

        return timed(split, fit)

    def minilm_logistic(self, split: Split) -> Answered:
        """MiniLM's vectors with logistic regression, whose probabilities are taken as they are."""
        encoder = self.encoder

        def fit(said: list[str], labels: list[str]) -> Predict:
            model = LogisticRegression(C=10, max_iter=1000).fit(self.cached.encode(said), labels)
            return lambda asked: (model.classes_, model.predict_proba(encoder.encode(asked)))

        return timed(split, fit, calibrated=True)

    def prototypes(self, split: Split) -> Answered:
        """No labels: the outcome whose statement is nearest to the text by cosine."""
        outcomes, encoder = split.job.outcome_by_id, self.encoder

        def fit(_said: list[str], _labels: list[str]) -> Predict:
            meant = encoder.encode([outcome.statement for outcome in outcomes.values()])
            return lambda asked: (list(outcomes), np.asarray(encoder.encode(asked) @ meant.T, float))

        return timed(split, fit)


def tfidf() -> Any:
    """Words 1-2 and characters 3-5 inside words, both with sublinear counts."""
    return make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True),
    )


def timed(split: Split, fit: Callable[[list[str], list[str]], Predict], *, calibrated: bool = False) -> Answered:
    """Fit and answer, each timed; the whole batch of measured contacts is answered in one call."""
    began = time.perf_counter()
    predict = fit(texts(split.train), [line["labels"]["outcome"] or "" for line in split.train])
    trained = time.perf_counter()
    classes, scores = predict(texts(split.test))
    seconds = time.perf_counter() - trained
    return by_scores(
        split, classes, scores, per_second=len(split.test) / seconds, trained=trained - began, calibrated=calibrated
    )


def by_scores(
    split: Split, classes: Sequence[str], scores: Scores, *, per_second: float, trained: float, calibrated: bool
) -> Answered:
    """The best class per row, its step, and how far it can be believed: its probability, or its lead on the next.

    A step's probability is the sum of those of its outcomes.
    """
    step_of = {**split.job.step_of, "": ""}
    best = scores.argmax(axis=1)
    outcomes = [str(classes[column]) for column in best]
    ranked = np.sort(scores, axis=1)
    top = ranked[:, -1] if calibrated else ranked[:, -1] - ranked[:, -2]
    owners = np.array([step_of[str(name)] for name in classes])
    summed = [float(row[owners == owners[column]].sum()) for row, column in zip(scores, best, strict=True)]
    return Answered(
        [step_of[name] for name in outcomes],
        outcomes,
        per_second,
        trained,
        confidence=top.tolist(),
        step_confidence=summed if calibrated else top.tolist(),
        calibrated=calibrated,
    )


def _margins(model: LinearSVC, features: Any) -> Scores:
    """One column a class; of two classes scikit-learn gives one column only."""
    margins = np.asarray(model.decision_function(features), float)
    return np.stack([-margins, margins], axis=1) if margins.ndim == 1 else margins


def beside(words: Any, vectors: Any) -> Any:
    """Sparse and dense features of the same texts as one sparse matrix."""
    return hstack([words, csr_matrix(vectors)], format="csr")
