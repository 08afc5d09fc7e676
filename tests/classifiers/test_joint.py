from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifiers.anchors import Anchors
from classifiers.artifact import load, save
from classifiers.encoder import Encoder
from classifiers.held_out import Views, fold_numbers
from classifiers.joint import Mix, Points, fit_joint, points_of
from classifiers.lexical import LexicalFeatures
from classifiers.training import train
from tests.classifiers.parcels import SPACE, sample

NOBODY = Anchors(np.zeros((0, 8), np.float32), np.zeros(0, np.int64), np.zeros(0), 3)


def silent(what: str, share: float) -> None:
    """Nobody listens."""


def some_points(seed: int = 0, count: int = 60) -> tuple[Points, np.ndarray, LexicalFeatures, list[str]]:
    rng = np.random.default_rng(seed)
    codes = np.arange(count) % 3
    vectors = rng.normal(size=(count, 8)) + 2 * np.eye(8)[codes]
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    texts = [f"{('late', 'broken', 'refund')[code]} parcel {rng.integers(20)}" for code in codes]
    features = LexicalFeatures.fit(texts)
    words = features.transform(texts)
    weights = rng.uniform(0.5, 1.5, count)
    return (
        points_of(Views(vectors, vectors), codes, words, anchors=NOBODY, meant=words[:0], weights=weights),
        codes,
        features,
        texts,
    )


def test_held_out_margins_are_those_of_a_head_fitted_without_the_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifiers.joint.MIXES", (Mix(2.0, 0.15, (0.3,)),))
    monkeypatch.setattr("classifiers.joint.FEW_A_LABEL", 0)
    points, codes, _, _ = some_points()
    folds = fold_numbers(codes, seed=0)
    whole = fit_joint(points, codes, folds, report=silent)
    inside, outside = folds == 2, folds != 2
    known = Views(points.vectors[outside], points.vectors[outside])
    less = Points(known, known.seen, points.words[outside], points.targets[outside], points.weights[outside])
    apart = fit_joint(less, codes[outside], folds[outside], report=silent)
    again = apart.kernel.margins(points.vectors[inside]) + apart.words.margins(points.words[inside])
    assert np.allclose(again, whole.margins[inside], atol=1e-4)


def test_held_out_margins_know_of_anchors_what_the_other_folds_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifiers.joint.MIXES", (Mix(2.0, 0.15, (0.3,)),))
    monkeypatch.setattr("classifiers.joint.FEW_A_LABEL", 0)
    whole, codes, _, _ = some_points()
    texts, folds = np.arange(50), fold_numbers(codes[:50], seed=0)
    known = replace(whole, views=whole.views.rows(texts))
    told = np.stack([whole.targets[np.roll(np.arange(50, 60), fold)] for fold in range(5)])
    found = fit_joint(replace(known, unseen=told), codes[:50], folds, report=silent)
    inside = np.flatnonzero(folds == 2)
    rows = np.concatenate([np.flatnonzero(folds != 2), np.arange(50, 60)])
    targets = np.concatenate([whole.targets[:50], told[2]])[rows]
    seen = whole.views.rows(np.flatnonzero(folds != 2))
    less = Points(seen, whole.vectors[rows], whole.words[rows], targets, whole.weights[rows])
    apart = fit_joint(less, codes[:50][folds != 2], folds[folds != 2], report=silent)
    again = apart.kernel.margins(whole.vectors[inside]) + apart.words.margins(whole.words[inside])
    assert np.allclose(again, found.margins[inside], atol=1e-4)


def test_held_out_margins_may_be_of_other_vectors_than_those_learnt_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifiers.joint.MIXES", (Mix(2.0, 0.15, (0.3,)),))
    monkeypatch.setattr("classifiers.joint.FEW_A_LABEL", 0)
    points, codes, _, _ = some_points()
    turned = np.roll(points.vectors, 1, axis=1)
    folds = fold_numbers(codes, seed=0)
    whole = fit_joint(replace(points, views=Views(points.vectors, turned)), codes, folds, report=silent)
    inside, outside = folds == 2, folds != 2
    known = Views(points.vectors[outside], points.vectors[outside])
    less = Points(known, known.seen, points.words[outside], points.targets[outside], points.weights[outside])
    apart = fit_joint(less, codes[outside], folds[outside], report=silent)
    again = apart.kernel.margins(turned[inside]) + apart.words.margins(points.words[inside])
    assert np.allclose(again, whole.margins[inside], atol=1e-4)


def test_permuting_the_labels_permutes_the_margins() -> None:
    points, codes, _, _ = some_points(1)
    folds = fold_numbers(codes, seed=0)
    turned = np.array([2, 0, 1])
    other = Points(points.views, points.vectors, points.words, points.targets[:, np.argsort(turned)], points.weights)
    straight, permuted = (fit_joint(p, c, folds, report=silent) for p, c in ((points, codes), (other, turned[codes])))
    assert np.allclose(straight.margins, permuted.margins[:, turned], atol=1e-6)


def test_a_trained_model_uses_both_parts_and_survives_the_disk(encoder: Encoder, tmp_path: Path) -> None:
    documents, labels = sample(60)
    model = train(documents, labels, SPACE, encoder=encoder)
    assert model.embedding.words is not None
    asked, _ = sample(20, seed=5)
    save(model, tmp_path)
    again = load(tmp_path, encoder=encoder)
    scores = model.score(asked, mode="embedding").probabilities
    assert np.array_equal(again.score(asked, mode="embedding").probabilities, scores)
