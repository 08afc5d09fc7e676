from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, roc_auc_score

from evals.accuracy import NothingToMeasureError, evaluate, macro_f1
from evals.curves import area_under_risk, ranked_auroc, share_flagged
from tagger.model import NONE_FITS, Labels, Tag

STEP_OF = {"a1": "a", "a2": "a", "b1": "b", NONE_FITS: NONE_FITS}


def tag(outcome: str | None, *, chance: float = 0.8, deferred: bool = False, novelty: float = 0.1) -> Tag:
    """An answer that gives `chance` to one outcome and shares the rest among the others."""
    given = outcome or NONE_FITS
    outcomes = {name: chance if name == given else (1 - chance) / 3 for name in STEP_OF}
    steps: dict[str, float] = {}
    for name, share in outcomes.items():
        steps[STEP_OF[name]] = steps.get(STEP_OF[name], 0.0) + share
    step = None if outcome is None else STEP_OF[outcome]
    return Tag("c", step, outcome, chance, deferred, "classifier", steps, outcomes, (), novelty, "m1", "job", "1+abc")


TRUTH = [Labels("a", "a1")] * 4 + [Labels("b", "b1")] * 4 + [Labels(None)] * 2
TAGS = [tag("a1")] * 3 + [tag("a2")] + [tag("b1")] * 3 + [tag("a1", deferred=True)] + [tag(None, novelty=0.9)] * 2


def test_a_worked_example() -> None:
    report = evaluate(TRUTH, TAGS, max_error=0.1, seconds=2.0)
    assert (report.n, report.step.accuracy) == (10, pytest.approx(0.9))
    assert report.outcome is not None
    assert report.outcome.accuracy == pytest.approx(0.8)
    assert report.outcome.macro_f1 == pytest.approx((6 / 8 + 6 / 7 + 1) / 3)
    assert report.deferral.rate == pytest.approx(0.1)
    assert report.deferral.error_kept == pytest.approx(1 / 9)
    assert report.ece["outcome"] == pytest.approx(10 / 10 * 0.2 * 0.8 + 0.8 * 0.2)
    assert report.ece_by_chance["outcome"] == pytest.approx(2 * 0.8 * 0.2, abs=0.02)
    assert report.contacts_per_second == pytest.approx(5.0)
    assert report.step.accuracy_ci[0] < 0.9 <= report.step.accuracy_ci[1]


def test_the_json_has_the_names_of_the_contract() -> None:
    written = evaluate(TRUTH, TAGS, max_error=0.1).as_json()
    wanted = {"n", "step", "outcome", "ece", "deferral", "risk_coverage_area", "contacts_per_second", "model", "job"}
    assert wanted <= set(written)
    assert {"accuracy", "accuracy_ci", "macro_f1"} <= set(written["step"])
    assert {"rate", "error_kept", "max_error"} <= set(written["deferral"])


def test_contacts_that_fit_no_step_are_told_apart() -> None:
    scope = evaluate(TRUTH, TAGS, max_error=0.1).out_of_scope
    assert scope is not None
    assert (scope.n_none, scope.auroc_novelty, scope.fpr95_novelty) == (2, 1.0, 0.0)
    assert evaluate(TRUTH[:8], TAGS[:8], max_error=0.1).out_of_scope is None


def test_a_known_step_without_outcome_is_graded_on_the_step() -> None:
    truth = [Labels("a"), Labels("a"), Labels("b", "b1")]
    report = evaluate(truth, [tag("a1"), tag("b1"), tag("b1")], max_error=0.1)
    assert report.outcome is not None
    assert (report.outcome.n, report.outcome.accuracy) == (1, 1.0)
    assert report.step.accuracy == pytest.approx(2 / 3)
    assert report.deferral.error_kept == pytest.approx(1 / 3)
    steps_only = evaluate([Labels("a")], [tag("a1")], max_error=0.1)
    assert (steps_only.outcome, steps_only.ece["outcome"], steps_only.ece_by_chance["outcome"]) == (None, None, None)


def test_a_step_without_outcome_is_not_taken_for_fitting_none() -> None:
    answer = replace(tag("a1"), outcome=None)
    report = evaluate([Labels(None), Labels("a", "a1")], [answer, answer], max_error=0.1)
    assert report.outcome is not None
    assert report.outcome.accuracy == 0.0


def test_nothing_kept_has_no_error() -> None:
    report = evaluate(TRUTH, [replace(one, deferred=True) for one in TAGS], max_error=0.1)
    assert (report.deferral.rate, report.deferral.error_kept) == (1.0, None)


def test_answers_that_do_not_pair_are_refused() -> None:
    with pytest.raises(NothingToMeasureError, match="10 known labels and 1 answers"):
        evaluate(TRUTH, TAGS[:1], max_error=0.1)
    with pytest.raises(NothingToMeasureError):
        evaluate([], [], max_error=0.1)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=40))
def test_macro_f1_is_that_of_scikit_learn_over_true_labels(pairs: list[tuple[int, int]]) -> None:
    truth, given = np.array(pairs).T
    theirs = f1_score(truth, given, labels=np.unique(truth), average="macro", zero_division=0)
    assert macro_f1(truth, given) == pytest.approx(theirs)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=40), st.permutations(range(6)))
def test_renaming_labels_changes_no_macro_f1(pairs: list[tuple[int, int]], names: list[int]) -> None:
    truth, given = np.array(pairs).T
    renamed = np.array(names)
    assert macro_f1(renamed[truth], renamed[given]) == pytest.approx(macro_f1(truth, given))


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=40))
def test_auroc_is_that_of_scikit_learn(pairs: list[tuple[int, bool]]) -> None:
    score, positive = np.array([one for one, _ in pairs], float), np.array([one for _, one in pairs])
    if positive.all() or not positive.any():
        return
    assert ranked_auroc(score, positive) == pytest.approx(roc_auc_score(positive, score))


def test_share_flagged_counts_negatives_above_the_limit() -> None:
    score = np.array([0.9, 0.8, 0.7, 0.1, 0.75, 0.2, 0.05, 0.0])
    positive = np.array([True] * 4 + [False] * 4)
    assert share_flagged(score, positive, recall=0.75) == pytest.approx(0.25)
    assert share_flagged(score, positive, recall=1.0) == pytest.approx(0.5)


def test_area_under_risk_is_small_when_errors_come_last() -> None:
    right = np.array([True, True, True, False])
    assert area_under_risk(np.array([0.9, 0.8, 0.7, 0.1]), right) == pytest.approx(0.25 / 4)
    assert area_under_risk(np.array([0.1, 0.2, 0.3, 0.9]), right) > 0.4
