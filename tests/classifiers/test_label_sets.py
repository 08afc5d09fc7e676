import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.label_sets import LabelSets, SetRule, fit_label_sets, fit_rule, label_set, label_sets_of
from classifiers.model import Model
from classifiers.scores import LabelScores, LabelSpace

SPACE = LabelSpace.of([(f"o{number}", f"s{number // 3}") for number in range(12)])


def world(count: int, *, seed: int, sharpness: float = 1.0, easy: float = 0.0) -> tuple[LabelScores, np.ndarray]:
    """Texts whose true label is drawn from other chances than the model states, which is too sure; some are easy."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(count, len(SPACE.labels))) * np.where(rng.random(count) < easy, 12, 2)[:, None]
    real = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = (real.cumsum(axis=1) > rng.random((count, 1))).argmax(axis=1)
    stated = np.exp(sharpness * logits)
    return LabelScores(SPACE, stated / stated.sum(axis=1, keepdims=True), np.zeros(count)), truth


def covered(scores: LabelScores, truth: np.ndarray, sets: LabelSets, deferred: np.ndarray) -> np.ndarray:
    """Whether each text's set of labels holds the true one."""
    names = scores.space.labels
    return np.array(
        [
            names[right] in label_set(dict(zip(names, row, strict=True)), sets, deferred=bool(away), level="label")
            for row, right, away in zip(scores.probabilities, truth, deferred, strict=True)
        ]
    )


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
def test_sets_hold_the_true_label_as_often_as_they_say_also_where_the_model_is_too_sure(coverage: float) -> None:
    held: list[np.ndarray] = []
    for seed in range(40):
        scores, truth = world(300, seed=seed, sharpness=1.7)
        deferred = scores.confidence < 0.7
        sets = fit_label_sets(scores, truth, deferred, coverage=coverage)
        fresh, right = world(200, seed=1000 + seed, sharpness=1.7)
        away = fresh.confidence < 0.7
        held.append(np.stack([covered(fresh, right, sets, away), away]))
    joined, away = np.concatenate(held, axis=1)
    assert joined[away == 1].mean() >= coverage - 0.01
    assert joined[away == 0].mean() >= coverage - 0.01
    assert joined[away == 1].mean() <= coverage + 0.02


def test_one_rule_for_all_would_fail_the_texts_that_are_handed_over() -> None:
    scores, truth = world(4000, seed=1, easy=0.8)
    together = fit_rule(scores.probabilities, truth, coverage=0.9)
    away = scores.confidence < 0.7
    held = covered(scores, truth, LabelSets(0.9, {"label": together}, {"label": together}), away)
    assert held.mean() >= 0.9
    assert held[away].mean() < 0.75


@given(st.integers(1, 60), st.sampled_from([0.5, 0.8, 0.9, 0.95]), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_the_rule_lets_in_the_true_label_of_enough_held_out_texts(count: int, coverage: float, seed: int) -> None:
    scores, truth = world(count, seed=seed)
    rule = fit_rule(scores.probabilities, truth, coverage=coverage)
    inside = scores.probabilities[np.arange(count), truth] >= rule.least - 1e-6
    assert inside.sum() >= min(count, np.ceil((count + 1) * coverage))


def test_sets_are_those_of_the_library() -> None:
    from mapie.classification import SplitConformalClassifier
    from sklearn.base import BaseEstimator, ClassifierMixin

    class Stated(ClassifierMixin, BaseEstimator):
        """Says what it is given."""

        def fit(self, _x: np.ndarray, _y: object = None) -> "Stated":
            self.classes_ = np.arange(len(SPACE.labels))
            return self

        def predict_proba(self, x: np.ndarray) -> np.ndarray:
            return x

        def predict(self, x: np.ndarray) -> np.ndarray:
            return x.argmax(axis=1)

    scores, truth = world(400, seed=5)
    fresh, _ = world(100, seed=6)
    theirs = SplitConformalClassifier(Stated().fit(fresh.probabilities), confidence_level=0.9, prefit=True)
    theirs.conformalize(scores.probabilities, truth)
    _, sets = theirs.predict_set(fresh.probabilities)
    rule = fit_rule(scores.probabilities, truth, coverage=0.9)
    ours = fresh.probabilities >= rule.least - 1e-6
    assert (ours == sets[:, :, 0]).all()


def test_labels_come_most_probable_first_and_never_none() -> None:
    strict = {"group": SetRule(0.9, 100, 1.0), "label": SetRule(0.9, 100, 1.0)}
    loose = {"group": SetRule(0.25, 100, 1.0), "label": SetRule(0.9, 100, 1.0)}
    sets = LabelSets(0.9, strict, loose)
    chances = {"a": 0.3, "b": 0.45, "c": 0.25}
    assert label_set(chances, sets, deferred=True, level="group") == ("b", "a", "c")
    assert label_set(chances, sets, deferred=False, level="group") == ("b",)


def test_without_a_measurement_nothing_is_ruled_out() -> None:
    assert label_sets_of({"note": "made from the job's own words"}) is None
    assert label_set({"a": 0.1, "b": 0.9}, None, deferred=True, level="group") == ("b", "a")


def test_too_few_held_out_texts_rule_nothing_out() -> None:
    scores, truth = world(8, seed=0)
    assert fit_rule(scores.probabilities, truth, coverage=0.9) == SetRule(0.0, 8, 13.0)


def test_the_rules_stand_on_the_models_card(model: Model) -> None:
    sets = label_sets_of(json.loads(json.dumps(dict(model.card))))
    assert sets is not None
    assert sets.as_json() == model.card["label_sets"]
    assert sets.kept["group"].count + sets.deferred["group"].count == 160
